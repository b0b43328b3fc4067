"""Which texts are nearly the same: sketches that never change, and what makes two texts one or two."""

from __future__ import annotations

from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.likeness import BANDS, read_text, same_text, sketch
from ingestion.likeness.figures import contradict, read_figures

FLASH = "Norway gives Ukraine 100 million kroner for air defence"


SYLLABLES = ("ba", "do", "fe", "gi", "lu", "me", "no", "pa", "ri", "so", "tu", "ve")


def prose(seed: int, count: int) -> str:
    """So many sentences of ten made-up words, always the same ones for a seed."""
    random = Random(seed)  # noqa: S311 - the same words each time are wanted
    words = [["".join(random.choices(SYLLABLES, k=3)) for _ in range(10)] for _ in range(count)]
    return " ".join(" ".join(sentence).capitalize() + "." for sentence in words)


def same(one: str, other: str) -> bool:
    """Whether two texts without titles are one; asked both ways, for the order must not matter."""
    answers = {same_text(read_text("", one), read_text("", other)), same_text(read_text("", other), read_text("", one))}
    assert len(answers) == 1
    return answers.pop()


def test_a_sketch_is_what_it_was_when_the_stored_ones_were_made() -> None:
    """If this fails after an upgrade of the library, raise ``sketching.VERSION`` and write down the new numbers."""
    numbers = sketch("", "The ministry of defence said on Monday that it would send nine field kitchens to the east.")
    assert len(numbers) == BANDS
    assert numbers[:2] == (-9000860365057123546, 6406911381136819367)
    assert numbers[-2:] == (8957620146234735935, -825684474275630908)


def test_a_sketch_does_not_see_case_punctuation_and_white_space() -> None:
    text = "The ministry of defence said on Monday that it would send nine field kitchens."
    assert sketch("", text) == sketch(
        "", "“THE MINISTRY of\n\ndefence”, said on Monday, that it would send nine field kitchens!"
    )


def test_a_text_without_words_is_known_by_its_title_and_one_of_few_words_by_nothing() -> None:
    assert sketch(FLASH, "…") == sketch("", FLASH) != ()
    assert sketch("Live updates", "") == ()


@given(st.text(max_size=400), st.text(max_size=400))
def test_any_text_has_a_sketch_of_whole_length_or_none_and_is_like_itself_if_it_is_long_enough(
    title: str, text: str
) -> None:
    numbers = sketch(title, text)
    assert len(numbers) in {0, BANDS}
    assert all(-(2**63) <= number < 2**63 for number in numbers)
    assert same_text(read_text(title, text), read_text(title, text)) == bool(numbers)


def test_texts_that_share_words_share_numbers_and_others_none() -> None:
    whole = prose(1, 30)
    cut, others = prose(1, 10), prose(2, 30)
    assert whole.startswith(cut)
    assert len(set(sketch("", whole)) & set(sketch("", cut))) >= 8, "all those of the opening"
    assert not set(sketch("", whole)) & set(sketch("", others))


def test_a_megabyte_is_sketched_by_its_beginning() -> None:
    begun = prose(1, 600)
    assert sketch("", begun + " end" * 250_000) == sketch("", begun)


def test_a_text_that_was_cut_or_added_to_is_the_same() -> None:
    text = prose(3, 30)
    assert same(text, prose(3, 9))
    assert same(text, text + " " + prose(4, 20))
    assert same(text, "Another beginning was written for it by the paper. " + text)


def test_a_short_item_far_down_in_a_round_up_is_not_the_round_up() -> None:
    item = prose(5, 8)
    assert not same(item, prose(6, 16) + " " + item)
    assert same(item, item + " " + prose(6, 16))
    assert not same(item, item + " " + prose(6, 60)), "one item of many"


def test_short_texts_are_the_same_only_if_all_their_words_are() -> None:
    assert same(FLASH, FLASH.upper() + "!")
    assert not same(FLASH, FLASH + " today")
    assert not same("Live updates from Kyiv", "Live updates from Kyiv"), "too short to mean anything"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("100 million kroner", "200 million kroner"),
        ("nine howitzers", "12 howitzers"),
        ("9 howitzers", "19 howitzers"),
        ("in 2025", "in 2026"),
    ],
)
def test_another_figure_between_the_same_words_is_another_story(before: str, after: str) -> None:
    around = prose(7, 12)
    text = f"{around} The ministry said it would give {before} to the neighbour by the end. {around}"
    assert same(text, text)
    assert not same(text, text.replace(before, after))


def test_another_giver_in_the_same_place_is_another_story() -> None:
    text = f"{prose(8, 6)} It was Norway that gave the most of all of them. {prose(9, 6)}"
    assert not same(text, text.replace("Norway", "Denmark"))
    assert same(text.replace("Norway", "Turkey"), text.replace("Norway", "Türkiye"))


def test_an_amount_changed_in_a_rewritten_opening_is_another_story() -> None:
    body = prose(10, 20)
    first = f"Oslo is to give €50 million, the minister said. {body}"
    assert not same(first, f"The minister spoke of a sum of 80 million euros that would be given. {body}")
    assert same(first, f"The minister spoke of a sum of 50 million euros that would be given. {body}")


def test_an_opening_about_another_party_is_another_story_but_not_one_written_from_another_place() -> None:
    body = prose(11, 20)
    first = f"Finland, it was said, gives most of it. {body}"
    assert not same(first, f"Most of it is a gift of Japan. {body}")
    dated = "{}, May 4 (Wire) – Most of it is a gift of Finland. {}"
    assert same(dated.format("LONDON", body), dated.format("NEW YORK", body))
    assert same(first, dated.format("TOKYO", body))


def test_an_amount_given_in_the_papers_own_currency_instead_contradicts_nothing() -> None:
    body = prose(12, 20)
    assert same(f"It will give €50 million, he said. {body}", f"A gift of $54 million was announced. {body}")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("$1,500 million", "$1.5 billion"),
        ("€50m", "50 million euros"),
        ("twelve tanks", "12 tanks"),
        ("on 4 May 2026", "on 5 May 2026"),
        ("at 10:30 in the morning", "at 11:45 in the morning"),
        ("about 300 tents", "300 tents"),
    ],
)
def test_the_spelling_of_a_number_and_days_and_times_contradict_nothing(one: str, other: str) -> None:
    frame = "They said that they would send {} to the people there before the winter came."
    assert not contradict(read_figures(frame.format(one)), read_figures(frame.format(other)))


def test_figures_in_another_order_contradict_nothing() -> None:
    one = "It gave 20 million euros to the north. It gave 30 million euros to the south."
    other = "It gave 30 million euros to the north, he said. It gave 20 million euros to the south."
    assert not contradict(read_figures(one), read_figures(other))


def test_the_sentences_of_these_tests_differ() -> None:
    texts = [prose(seed, 20) for seed in range(1, 11)]
    assert not any(same(one, other) for one, other in pairwise(texts))
