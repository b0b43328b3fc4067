"""Running series: what had been pledged by each day, week or month, without gaps.

A series is made of the same sums as totals, by day (or month) of announcement, so its last point and what is undated
make the total. Counts are of pledges: each is announced on one day, so they run like amounts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from pledges.sums import Sums
from pledges.totals import DIMENSIONS, PERIODS, Key, Question
from pledges.totals.answering import keys_of

DAY, WEEK, MONTH = "day", "week", "month"
STEPS = (DAY, WEEK, MONTH)
GROUPS = [name for name in DIMENSIONS if name not in PERIODS]
MOST_POINTS = 10_000
A_DAY, A_WEEK = timedelta(days=1), timedelta(days=7)


class TooManyPointsError(ValueError):
    """The series would be too long; the message says how long, and what is allowed."""


@dataclass(frozen=True, slots=True)
class Point:
    """One step: its first day, what was added in it, and what had been pledged by its end."""

    first: date
    added: Sums
    running: Sums


@dataclass(frozen=True, slots=True)
class Series:
    """The points of one group (all, where no dimension is asked for), and what has no day."""

    keys: Mapping[str, Key]
    points: tuple[Point, ...]
    undated: Sums
    total: Sums


def cumulative(question: Question, *, by: str, group_by: str = "") -> list[Series]:
    """A series for each value of a dimension, all over the same days.

    The axis runs from the first day of the filter to its last, else from the first announcement to the last. Raises
    ``TooManyPointsError`` where that is too long.
    """
    days = ["announced_year", "announced_month"] if by == MONTH else ["announced_on"]
    dimensions = [DIMENSIONS[group_by]] if group_by else []
    columns = [column for dimension in dimensions for column in dimension.columns]
    groups: dict[tuple[Any, ...], dict[date | None, Sums]] = {}
    for key, sums in question.sums([*columns, *days]).items():
        step = _step(key[len(columns) :], by)
        own = groups.setdefault(key[: len(columns)], {})
        own[step] = own.get(step, Sums()).plus(sums)
    if not group_by:
        groups.setdefault((), {})
    axis = _axis(question, [day for own in groups.values() for day in own if day is not None], by, max(len(groups), 1))
    return [_series(keys, groups[place], axis) for place, keys in keys_of(dimensions, groups)]


def _step(values: Sequence[Any], by: str) -> date | None:
    """The first day of the step in which a day lies; weeks begin on Monday, as in ISO 8601."""
    if values[0] is None:
        return None
    if by == MONTH:
        return date(int(values[0]), int(values[1]), 1)
    day: date = values[0]
    return _begin(day, by)


def _begin(day: date, by: str) -> date:
    if by == MONTH:
        return day.replace(day=1)
    if by == DAY or day.toordinal() <= day.weekday():
        return day
    return day - timedelta(days=day.weekday())


def _axis(question: Question, dated: Sequence[date], by: str, groups: int) -> list[date]:
    filters = question.filters
    first = filters.announced_from or min(dated, default=None)
    last = filters.announced_until or max(dated, default=None)
    if first is None or last is None or first > last:
        return []
    first = _begin(first, by)
    length = {DAY: 1, WEEK: 7, MONTH: 28}[by]
    most = MOST_POINTS // groups
    if (last - first).days // length + 1 > most * (1 if by != MONTH else 1.1):
        raise TooManyPointsError(
            f"The series would have more than {MOST_POINTS:,} points in all. Allowed: a shorter span of days "
            "(announced_from, announced_until), longer steps (by), or fewer groups."
        )
    return list(_steps(first, last, by))


def _steps(first: date, last: date, by: str) -> Iterator[date]:
    day = first
    while day <= last:
        yield day
        try:
            day = _next(day, by)
        except (OverflowError, ValueError):  # the end of the calendar
            return


def _next(day: date, by: str) -> date:
    if by == MONTH:
        return date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return day + (A_DAY if by == DAY else A_WEEK)


def _series(keys: Mapping[str, Key], own: Mapping[date | None, Sums], axis: Sequence[date]) -> Series:
    running, points = Sums(), []
    for day in axis:
        added = own.get(day, Sums())
        running = running.plus(added) if added.count else running
        points.append(Point(day, added, running))
    undated = own.get(None, Sums())
    return Series(keys, tuple(points), undated, running.plus(undated))
