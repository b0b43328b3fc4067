"""When a source is polled next."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from ingestion.pacing import next_interval, pause_after_hard, pause_after_soft, pause_after_success

floors = st.integers(30, 3600)
luck = st.floats(0, 1, exclude_max=True)


@given(floor=floors, more=st.integers(0, 100_000), present=st.integers(30, 200_000), brought=st.booleans())
def test_an_interval_always_lies_between_floor_and_ceiling(floor: int, more: int, present: int, brought: bool) -> None:
    ceiling = floor + more
    assert floor <= next_interval(present, floor=floor, ceiling=ceiling, brought=brought) <= ceiling


def test_a_source_that_brings_something_about_once_in_so_many_seconds_is_polled_a_few_times_as_often() -> None:
    interval, clock, next_article, polls = 60, 0.0, 7200.0, 0
    for _ in range(500):
        clock += interval
        brought = clock >= next_article
        while next_article <= clock:
            next_article += 7200.0
        interval = next_interval(interval, floor=60, ceiling=21_600, brought=brought)
        polls += 1
    assert 3 < polls / (clock / 7200.0) < 6


@given(floor=floors, more=st.integers(0, 100_000), in_a_row=st.integers(1, 1000), by_chance=luck)
def test_pauses_after_soft_failures_never_pass_the_ceiling_by_more_than_chance(
    floor: int, more: int, in_a_row: int, by_chance: float
) -> None:
    pause = pause_after_soft(in_a_row, floor=floor, ceiling=floor + more, luck=by_chance).total_seconds()
    assert floor <= pause <= (floor + more) * 1.5


@given(interval=floors, in_a_row=st.integers(1, 1000), by_chance=luck)
def test_pauses_after_hard_failures_grow_to_a_day_and_a_little(interval: int, in_a_row: int, by_chance: float) -> None:
    pause = pause_after_hard(in_a_row, interval=interval, luck=by_chance)
    assert timedelta(seconds=interval) < pause <= timedelta(days=1.1)


def test_hard_failures_wait_longer_than_soft_ones() -> None:
    for in_a_row in range(1, 10):
        soft = pause_after_soft(in_a_row, floor=900, ceiling=21_600, luck=0)
        assert pause_after_hard(in_a_row, interval=900, luck=0) > soft


def test_chance_puts_polls_off_and_never_past_the_ceiling() -> None:
    assert pause_after_success(600, ceiling=3600, luck=0) == timedelta(seconds=600)
    assert pause_after_success(600, ceiling=3600, luck=0.5) == timedelta(seconds=630)
    assert pause_after_success(3600, ceiling=3600, luck=0.9) == timedelta(seconds=3600)
