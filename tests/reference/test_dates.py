"""Dates with precision, as people write them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference.dates import UNKNOWN, DateError, When, parse_when, write_when

DAYS = st.dates(date(1900, 1, 1), date(2099, 12, 31))


@pytest.mark.parametrize(
    ("written", "first", "last", "precision"),
    [
        ("2022-02-27", "2022-02-27", "2022-02-27", "day"),
        (" 27 Feb 2022 ", "2022-02-27", "2022-02-27", "day"),
        ("27th February 2022", "2022-02-27", "2022-02-27", "day"),
        ("February 27, 2022", "2022-02-27", "2022-02-27", "day"),
        ("27.2.2022", "2022-02-27", "2022-02-27", "day"),
        ("27/02/2022", "2022-02-27", "2022-02-27", "day"),
        ("02/27/2022", "2022-02-27", "2022-02-27", "day"),
        ("Feb 2022", "2022-02-01", "2022-02-28", "month"),
        ("sept. 2024", "2024-09-01", "2024-09-30", "month"),
        ("2024-02", "2024-02-01", "2024-02-29", "month"),
        ("Q1 2022", "2022-01-01", "2022-03-31", "quarter"),
        ("2022-Q4", "2022-10-01", "2022-12-31", "quarter"),
        ("2022", "2022-01-01", "2022-12-31", "year"),
        ("2022-03-03..2022-03-11", "2022-03-03", "2022-03-11", "range"),
        ("Mar 2022 – May 2022", "2022-03-01", "2022-05-31", "range"),
        ("3 Mar 2022 to 11 Mar 2022", "2022-03-03", "2022-03-11", "range"),
        ("2022-03-03..2022-03-03", "2022-03-03", "2022-03-03", "day"),
        ("by 2022-03-01", None, "2022-03-01", "before"),
        ("before Mar 2022", None, "2022-02-28", "before"),
        ("from 2022-03-01", "2022-03-01", None, "after"),
        ("after Q1 2022", "2022-04-01", None, "after"),
    ],
)
def test_a_date_is_read_with_its_precision(written: str, first: str | None, last: str | None, precision: str) -> None:
    def day(text: str | None) -> date | None:
        return date.fromisoformat(text) if text else None

    assert parse_when(written) == When(day(first), day(last), precision)


@pytest.mark.parametrize("written", ["", "  ", "unknown", "Unknown"])
def test_an_empty_date_is_unknown(written: str) -> None:
    assert parse_when(written) == UNKNOWN


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("03/04/2022", "two ways: write the year first"),
        ("2022-02-30", "no such day"),
        ("2022-13", "no such month"),
        ("spring 2022", "no date that we can read"),
        ("22-03-01", "no date that we can read"),
        ("1066", "not between 1900 and 2100"),
        ("2022-03-11..2022-03-03", "ends .* before it begins"),
        ("Q5 2022", "no date that we can read"),
        ("x" * 61, "at most 60"),
    ],
)
def test_what_is_no_date_or_could_be_two_is_refused_with_a_sentence(written: str, said: str) -> None:
    with pytest.raises(DateError, match=said):
        parse_when(written)


@given(DAYS, st.integers(0, 800))
def test_a_written_range_is_read_back_as_the_same_days(first: date, length: int) -> None:
    last = min(first + timedelta(days=length), date(2100, 12, 31))
    when = When(first, last, "day" if first == last else "range")
    assert parse_when(write_when(when)) == when


@given(DAYS, st.sampled_from(["{:%b %Y}", "{:%Y}", "by {}", "from {}", "{}"]))
def test_what_was_read_is_written_so_that_it_reads_the_same(day: date, shape: str) -> None:
    read = parse_when(shape.format(day))
    assert parse_when(write_when(read)) == read


@given(st.text(alphabet="0123456789-./Qq2 febmartoy", max_size=30))
def test_any_text_is_days_in_order_or_a_sentence(text: str) -> None:
    said, when = "", UNKNOWN
    try:
        when = parse_when(text)
    except DateError as error:
        said = str(error)
    in_order = when.earliest is None or when.latest is None or when.earliest <= when.latest
    assert said.endswith(".") if said else in_order
