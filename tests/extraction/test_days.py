"""On which day a deed was announced, as the text has it."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extraction.contract import Article
from extraction.reader import default_extractor

WEDNESDAY = date(2023, 3, 8)


def announced(text: str, published: date | None = WEDNESDAY) -> Any:
    (finding,) = default_extractor().read(Article(text, published=published)).findings
    return finding.announced


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Denmark announced €5 million in aid for Sudan on Tuesday.", date(2023, 3, 7)),
        ("Denmark on Wednesday announced €5 million in aid for Sudan.", WEDNESDAY),
        ("Denmark will send Sudan €5 million in aid, its minister said Thursday.", date(2023, 3, 2)),
        ("On 3 March, Denmark pledged €5 million in aid for Sudan.", date(2023, 3, 3)),
        ("Denmark pledged €5 million in aid for Sudan on March 3, 2023.", date(2023, 3, 3)),
        ("Denmark pledged €5 million in aid for Sudan on 28th February.", date(2023, 2, 28)),
        ("Denmark pledged €5 million in aid for Sudan yesterday.", date(2023, 3, 7)),
        ("Today Denmark pledged €5 million in aid for Sudan.", WEDNESDAY),
        ("Norway imposed sanctions on three Iranian generals on Monday.", date(2023, 3, 6)),
    ],
)
def test_the_day_is_read_beside_the_verb(text: str, day: date) -> None:
    assert announced(text) == day


@pytest.mark.parametrize(
    "text",
    [
        "Denmark will send Sudan €5 million in aid on Friday.",
        "Denmark pledged €5 million in aid for Sudan from 1 July.",
        "Denmark pledged €5 million in aid for Sudan.",
        "Denmark pledged €5 million in aid for Sudan on 31 February.",
        "Denmark pledged €5 million in aid for Sudan next Tuesday.",
    ],
)
def test_a_day_to_come_or_no_day_at_all_is_none(text: str) -> None:
    assert announced(text) is None


def test_without_a_day_of_publication_a_weekday_is_no_day() -> None:
    assert announced("Denmark announced €5 million in aid for Sudan on Tuesday.", None) is None


@given(st.dates(min_value=date(1995, 1, 1), max_value=date(2035, 1, 1)), st.sampled_from(["Monday", "Sunday", "3 May"]))
def test_a_day_is_never_after_publication(published: date, named: str) -> None:
    day = announced(f"Denmark announced €5 million in aid for Sudan on {named}.", published)
    assert day <= published
