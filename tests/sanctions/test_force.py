"""When a measure is in force, by its steps: pure rules."""

from __future__ import annotations

from datetime import date

import pytest

from sanctions.force import Dated, action_of, force_of

MARCH, JUNE, SEPTEMBER = date(2022, 3, 1), date(2022, 6, 1), date(2022, 9, 1)


def step(
    kind: str, day: date | None, status: str = "adopted", *, applies: date | None = None, ends: date | None = None
) -> Dated:
    return Dated(kind, status, day, applies, ends)


def test_an_adopted_ban_is_in_force_from_its_day() -> None:
    force = force_of([step("impose", MARCH)])
    assert not force.on(date(2022, 2, 28))
    assert force.on(MARCH)
    assert force.on(date(2030, 1, 1))


def test_a_ban_applies_from_the_day_that_the_act_sets() -> None:
    force = force_of([step("impose", MARCH, applies=JUNE)])
    assert not force.on(date(2022, 5, 31))
    assert force.on(JUNE)


@pytest.mark.parametrize("status", ["proposed", "announced"])
def test_what_is_not_adopted_is_not_in_force(status: str) -> None:
    assert not force_of([step("impose", MARCH, status)]).on(JUNE)


def test_a_plan_to_lift_lifts_nothing() -> None:
    force = force_of([step("impose", MARCH), step("lift", JUNE, "announced")])
    assert force.on(SEPTEMBER)
    assert force.last_action == "announced"


def test_a_lifted_ban_ends_the_day_before() -> None:
    force = force_of([step("impose", MARCH), step("lift", JUNE)])
    assert force.on(date(2022, 5, 31))
    assert not force.on(JUNE)


def test_a_ban_that_ends_by_itself_ends_after_that_day() -> None:
    force = force_of([step("impose", MARCH, ends=JUNE)])
    assert force.on(JUNE)
    assert not force.on(SEPTEMBER)


def test_an_extension_moves_the_end() -> None:
    force = force_of([step("impose", MARCH, ends=JUNE), step("extend", date(2022, 5, 20), ends=SEPTEMBER)])
    assert force.on(SEPTEMBER)
    assert not force.on(date(2022, 9, 2))


def test_easing_and_widening_leave_a_ban_in_force() -> None:
    force = force_of([step("impose", MARCH), step("widen", JUNE), step("ease", SEPTEMBER)])
    assert force.on(date(2022, 10, 1))
    assert force.last_action == "eased"


def test_an_undated_ban_is_in_force_with_its_start_unknown() -> None:
    force = force_of([step("impose", None)])
    assert force.on(date(1990, 1, 1))
    assert (force.since, force.first_step_on) == (None, None)


def test_a_ban_imposed_again_after_it_was_lifted_is_in_force_again() -> None:
    force = force_of([step("impose", MARCH), step("lift", JUNE), step("impose", SEPTEMBER)])
    assert (force.since, force.until) == (SEPTEMBER, None)


def test_a_measure_without_steps_is_nothing_yet() -> None:
    force = force_of([])
    assert not force.on(MARCH)
    assert force.last_action == ""


@pytest.mark.parametrize(
    ("kind", "status", "word"),
    [
        ("impose", "adopted", "imposed"),
        ("widen", "adopted", "imposed"),
        ("extend", "adopted", "extended"),
        ("ease", "adopted", "eased"),
        ("lift", "adopted", "lifted"),
        ("lift", "proposed", "proposed"),
        ("impose", "announced", "announced"),
    ],
)
def test_steps_have_the_words_that_news_has_for_them(kind: str, status: str, word: str) -> None:
    assert action_of(kind, status) == word


def test_a_ban_imposed_anew_on_the_day_after_its_end_goes_on() -> None:
    force = force_of([step("impose", MARCH, ends=date(2022, 5, 31)), step("impose", JUNE)])
    assert (force.since, force.until) == (MARCH, None)


def test_steps_of_one_day_have_one_order_however_the_database_gives_them() -> None:
    steps = [step("lift", None, applies=JUNE), step("widen", JUNE)]
    assert force_of(steps) == force_of(steps[::-1])
