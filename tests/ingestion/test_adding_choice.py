"""The choice between the words of a feed and those of the article's page."""

from __future__ import annotations

import pytest

from ingestion.choosing import LONGEST_NOTICE, about_the_same, is_notice, new_page_is_better, page_is_better

SUMMARY = "Norway will give Ukraine another 200 million kroner for winter clothing, the foreign ministry announced."
WHOLE = f"{SUMMARY} The money goes to the soldiers through a fund administered by the United Kingdom."
OTHER = (
    "Several players remain injured, and coaches spoke of patience while younger talents prepare for their debut. " * 3
)


def test_the_longer_text_about_the_same_wins() -> None:
    assert page_is_better(given=SUMMARY, page=WHOLE)
    assert not page_is_better(given=WHOLE, page=SUMMARY)
    assert not page_is_better(given=WHOLE, page=WHOLE)


def test_a_long_page_about_something_else_does_not_win() -> None:
    assert not page_is_better(given=SUMMARY, page=OTHER)


def test_any_page_is_better_than_no_words_but_an_empty_one() -> None:
    assert page_is_better(given="", page="A few words.")
    assert not page_is_better(given="", page=" \n")


def test_a_very_short_summary_says_too_little_to_judge_by() -> None:
    assert about_the_same("Read more on our site.", OTHER)


@pytest.mark.parametrize(
    ("given", "page"),
    [
        pytest.param(
            "Міністерство оборони Норвегії оголосило допомогу українській армії: зимовий одяг, транспорт, боєприпаси.",
            "Норвезьке міністерство оборони передасть українським військовим зимового одягу, транспорту й боєприпасів.",
            id="other endings",
        ),
        pytest.param(
            "挪威将再向乌克兰提供冬季服装。外交部周一宣布。资金将用于士兵。", "完全不同的文字。", id="no spaces"
        ),
    ],
)
def test_a_page_in_a_language_of_endings_or_without_spaces_is_not_thought_to_be_another(given: str, page: str) -> None:
    assert about_the_same(given, page)


@pytest.mark.parametrize(
    "page",
    [
        "Subscribe to continue reading. Already a subscriber? Log in.",
        "We and our partners use cookies to give you the best experience. Manage cookies or accept all cookies.",
        "Please enable JavaScript to view this site.",
        "Checking your browser before accessing the site.",
        "Cet article est réservé aux abonnés.",
        "Jetzt abonnieren und weiterlesen.",
    ],
)
def test_a_page_that_only_asks_for_something_is_recognised(page: str) -> None:
    assert is_notice(page)
    assert not page_is_better(given="", page=page)
    assert not new_page_is_better(given="", page=page)


def test_an_article_that_ends_with_a_word_on_cookies_is_an_article() -> None:
    assert not is_notice("word " * LONGEST_NOTICE + "We use cookies.")


def test_a_corrected_page_may_be_shorter_but_not_by_more_than_half() -> None:
    assert new_page_is_better(given=WHOLE, page=SUMMARY)
    assert not new_page_is_better(given=WHOLE + OTHER, page=SUMMARY)
