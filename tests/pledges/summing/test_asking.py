"""How the days that are asked for are taken apart into years, months and days: all of them, none twice."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from pledges.summing.asking import Plan, Span, plan
from pledges.summing.cuts import Level

DAYS = st.dates(date(2019, 12, 1), date(2024, 3, 1))
EDGES = st.sampled_from([date.min, date.max, date(1, 1, 31), date(9999, 12, 1), date(2020, 2, 29), date(2020, 12, 31)])


def made(columns: list[str], span: Span, filtered: tuple[str, ...] = ()) -> Plan:
    found = plan(columns, filtered, span)
    assert found is not None
    return found


@given(DAYS | EDGES, DAYS | EDGES, st.sampled_from(["type", "announced_year", "announced_month", "announced_on"]))
def test_every_day_that_is_asked_for_is_read_once_and_no_other(one: date, other: date, column: str) -> None:
    span = Span(min(one, other), max(one, other))
    spans = [piece for _level, piece in made([column], span).cells]
    assert all(piece.first and piece.last and piece.first <= piece.last for piece in spans)
    ordered = sorted((piece.first, piece.last) for piece in spans if piece.first and piece.last)
    assert ordered[0][0] == span.first
    assert ordered[-1][1] == span.last
    assert all(end + timedelta(days=1) == begin for (_, end), (begin, _) in pairwise(ordered))


@given(DAYS, DAYS)
def test_cells_of_months_are_read_for_whole_months_only(one: date, other: date) -> None:
    found = made(["donor_id"], Span(min(one, other), max(one, other)), ("type",))
    for level, piece in found.cells:
        assert level in {Level.YEAR, Level.MONTH}
        assert piece.first
        assert piece.first.day == 1
        assert piece.last
        assert (piece.last + timedelta(days=1)).day == 1


def test_an_open_end_stays_open() -> None:
    found = made(["type"], Span(date(2022, 2, 24), None))
    assert found.cells == (
        (Level.DAY, Span(date(2022, 2, 24), date(2022, 2, 28))),
        (Level.MONTH, Span(date(2022, 3, 1), date(2022, 12, 31))),
        (Level.YEAR, Span(date(2023, 1, 1), None)),
    )


def test_days_that_no_cells_tell_apart_are_left_to_the_lines() -> None:
    found = made(["donor_id", "type"], Span(date(2022, 2, 24), date(2022, 12, 31)))
    assert found.lines == (Span(date(2022, 2, 24), date(2022, 2, 28)),)


def test_without_days_undated_ones_are_asked_for_too() -> None:
    assert made(["type"], Span(None, None)).cells == ((Level.WHOLE, Span(None, None)),)


def test_a_column_that_cells_do_not_have_is_none_for_them() -> None:
    assert plan(["valuation"], (), Span(None, None)) is None
