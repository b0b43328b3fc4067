"""What the steps of a measure leave open, and how it is settled."""

from __future__ import annotations

from datetime import date

from sanctions.force import Dated, Force, force_of

BEGINS, ENDS = date(2022, 2, 25), date(2022, 8, 31)


def imposed(*more: Dated, ends: date | None = ENDS) -> Force:
    return force_of([Dated("impose", "adopted", BEGINS, None, ends), *more])


def test_an_adopted_lift_without_a_day_ends_nothing() -> None:
    lifted = Dated("lift", "adopted", None, None, None)
    assert imposed(lifted, ends=None) == force_of([lifted, Dated("impose", "adopted", BEGINS, None, None)])
    assert imposed(lifted, ends=None).until is None
    assert imposed(lifted).until == ENDS


def test_an_extension_without_an_end_leaves_the_end_that_stands() -> None:
    assert imposed(Dated("extend", "adopted", date(2022, 7, 1), None, None)).until == ENDS


def test_an_extension_with_an_end_moves_it() -> None:
    assert imposed(Dated("extend", "adopted", date(2022, 7, 1), None, date(2023, 1, 31))).until == date(2023, 1, 31)
