"""How a question is put to the cells: which cut answers it, for which periods, and what is left to the lines. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
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
ALWAYS = {"finance_type", "in_kind"}


@dataclass(frozen=True, slots=True)
class Span:
    """Days of announcement, from and until, both included; ``None`` is open. Without both, undated ones belong too."""

    first: date | None
    last: date | None


@dataclass(frozen=True, slots=True)
class Plan:
    """What to read: cells of one cut within a range of periods, and lines of the days that cells do not tell apart."""

    bits: int
    level: Level
    cells: Span | None  # None: no cells at all
    lines: tuple[Span, ...] = field(default=())

    @property
    def periods(self) -> tuple[int | None, int | None]:
        """The first and the last period, as cells have them."""
        if self.cells is None:
            return None, None
        first, last = self.cells.first, self.cells.last
        return (
            None if first is None else period(first, self.level),
            None if last is None else period(last, self.level),
        )


def plan(columns: Iterable[str], filtered: Sequence[str], span: Span, *, by_day: bool = True) -> Plan | None:
    """How to answer, or ``None`` where cells cannot. ``by_day``: whether cells of single days may be read."""
    wanted = list(columns)
    if any(name not in DIMENSION_OF and name not in LEVEL_OF and name not in ALWAYS for name in wanted):
        return None
    names = {DIMENSION_OF[name] for name in wanted if name in DIMENSION_OF} | set(filtered)
    bits = bits_of(name for name in names if name in DIMENSION_BITS)
    finest = max((LEVEL_OF[name] for name in wanted if name in LEVEL_OF), default=Level.WHOLE)
    days = by_day and Level.DAY in LEVELS[bits]
    if finest is Level.DAY:
        return Plan(bits, Level.DAY, span) if days else None
    if span.first is None and span.last is None:
        return Plan(bits, finest, span)
    if _of_years(span):
        return Plan(bits, max(finest, Level.YEAR), span)
    if _of_months(span):
        return Plan(bits, Level.MONTH, span)
    return Plan(bits, Level.DAY, span) if days else _with_broken_months(bits, span)


def _of_years(span: Span) -> bool:
    first, last = span.first, span.last
    return (first is None or (first.month, first.day) == (1, 1)) and (
        last is None or (last.month, last.day) == (12, 31)
    )


def _of_months(span: Span) -> bool:
    return (span.first is None or span.first.day == 1) and (span.last is None or _ends_month(span.last))


def _ends_month(day: date) -> bool:
    return day == date.max or (day + timedelta(days=1)).day == 1


def _month_end(day: date) -> date:
    if (day.year, day.month) == (date.max.year, date.max.month):
        return date.max
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def _with_broken_months(bits: int, span: Span) -> Plan:
    """Whole months by cells, and the days at both ends by lines."""
    first, last = span.first, span.last
    lines: list[Span] = []
    if first is not None and first.day != 1:
        end = _month_end(first)
        if last is not None and last <= end:
            return Plan(bits, Level.MONTH, None, (span,))
        lines.append(Span(first, end))
        if end == date.max:
            return Plan(bits, Level.MONTH, None, tuple(lines))
        first = end + timedelta(days=1)
    if last is not None and not _ends_month(last):
        begin = last.replace(day=1)
        lines.append(Span(begin, last))
        if first is not None and begin <= first:
            return Plan(bits, Level.MONTH, None, tuple(lines))
        if begin == date.min:
            return Plan(bits, Level.MONTH, None, tuple(lines))
        last = begin - timedelta(days=1)
    return Plan(bits, Level.MONTH, Span(first, last), tuple(lines))
