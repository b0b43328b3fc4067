"""How a question is put to the cells: which cut answers it, for which periods, and what is left to the lines. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from pledges.summing.cuts import DIMENSION_BITS, LEVELS, Level, bits_of, period

# By the columns of a line that a question groups by: the dimension that a cut needs for it, or the finest period.
DIMENSION_OF = {
    "donor_part": "donor",
    "donor_id": "donor",
    "recipient_part": "recipient",
    "recipient_id": "recipient",
    "type": "type",
    "stage": "stage",
}
LEVEL_OF = {
    "announced_year": Level.YEAR,
    "announced_quarter": Level.MONTH,
    "announced_month": Level.MONTH,
    "announced_on": Level.DAY,
}
ALWAYS = {"finance_type", "in_kind", "refugee_costs"}
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Span:
    """Days of announcement, from and until, both included; ``None`` is open. Without both, undated ones belong too."""

    first: date | None
    last: date | None

    def periods(self, level: Level) -> tuple[int | None, int | None]:
        """The first and the last period, as cells of a level have them."""
        first = None if self.first is None else period(self.first, level)
        return first, None if self.last is None else period(self.last, level)


@dataclass(frozen=True, slots=True)
class Plan:
    """What to read: spans of cells of one choice of dimensions, and lines of days that its cells do not tell apart."""

    bits: int
    cells: tuple[tuple[Level, Span], ...]
    lines: tuple[Span, ...] = ()


def plan(columns: Iterable[str], filtered: Sequence[str], span: Span, *, by_day: bool = True) -> Plan | None:
    """How to answer, or ``None`` where cells cannot. ``by_day``: whether cells of single days may be read."""
    wanted = list(columns)
    if any(name not in DIMENSION_OF and name not in LEVEL_OF and name not in ALWAYS for name in wanted):
        return None
    names = {DIMENSION_OF[name] for name in wanted if name in DIMENSION_OF} | set(filtered)
    bits = bits_of(name for name in names if name in DIMENSION_BITS)
    finest = max((LEVEL_OF[name] for name in wanted if name in LEVEL_OF), default=Level.WHOLE)
    days = by_day and Level.DAY in LEVELS[bits]
    if finest is Level.DAY and not days:
        return None
    if finest is Level.DAY or span == Span(None, None):
        return Plan(bits, ((finest, span),))
    pieces = list(_pieces(span, finest))
    cells = tuple((level, piece) for level, piece in pieces if level is not Level.DAY or days)
    return Plan(bits, cells, tuple(piece for level, piece in pieces if level is Level.DAY and not days))


def _pieces(span: Span, finest: Level) -> Iterable[tuple[Level, Span]]:
    """A span in whole years, the whole months before and after them, and the days that are left at both ends."""
    months = _whole(span, Level.MONTH)
    years = _whole(span, Level.YEAR) if finest is not Level.MONTH else None
    yield from ((Level.DAY, piece) for piece in _without(span, months))
    if months is not None:
        yield from ((Level.MONTH, piece) for piece in _without(months, years))
    if years is not None:
        yield Level.YEAR, years


def _whole(span: Span, level: Level) -> Span | None:
    """The whole months or years within a span; ``None`` where there is none."""
    first, last = span.first, span.last
    if first is not None and first != _begin(first, level):
        end = _end(first, level)
        if end == date.max:
            return None
        first = end + ONE_DAY
    if last is not None and last != _end(last, level):
        begin = _begin(last, level)
        if begin == date.min:
            return None
        last = begin - ONE_DAY
    return None if first is not None and last is not None and first > last else Span(first, last)


def _begin(day: date, level: Level) -> date:
    return day.replace(day=1) if level is Level.MONTH else day.replace(month=1, day=1)


def _end(day: date, level: Level) -> date:
    if level is Level.YEAR:
        return day.replace(month=12, day=31)
    if day.month == 12:
        return day.replace(day=31)
    return day.replace(month=day.month + 1, day=1) - ONE_DAY


def _without(outer: Span, inner: Span | None) -> list[Span]:
    """What of a span lies before and after another one within it."""
    if inner is None:
        return [outer]
    found = []
    if inner.first is not None and inner.first != outer.first:
        found.append(Span(outer.first, inner.first - ONE_DAY))
    if inner.last is not None and inner.last != outer.last:
        found.append(Span(inner.last + ONE_DAY, outer.last))
    return found
