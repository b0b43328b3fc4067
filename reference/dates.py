"""Dates with precision, as people write them, turned into a first day, a last day and how exactly it is known. Pure.

``2022-02-27``, ``27 Feb 2022``, ``Feb 2022``, ``Q1 2022``, ``2022``, ``2022-03-03..2022-03-11``, ``by 2022-03-01``,
``from 2022-03-01``; empty or ``unknown`` where nothing is known. The precisions are those of the record's models.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

FIRST_YEAR, LAST_YEAR = 1900, 2100
LONGEST = 60
MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_name) if name}
MONTHS |= {name.lower(): number for number, name in enumerate(calendar.month_abbr) if name}
MONTHS["sept"] = 9

DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)
DAY_DOTTED = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})", re.ASCII)
DAY_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})", re.ASCII)
DAY_IN_WORDS = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?\.? ([a-z]+)\.?,? (\d{4})", re.ASCII)
DAY_AMERICAN = re.compile(r"([a-z]+)\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})", re.ASCII)
MONTH = re.compile(r"(\d{4})-(\d{1,2})", re.ASCII)
MONTH_IN_WORDS = re.compile(r"([a-z]+)\.?,? (\d{4})", re.ASCII)
QUARTER = re.compile(r"q([1-4])[ /-]?(\d{4})", re.ASCII)
QUARTER_AFTER_YEAR = re.compile(r"(\d{4})[ /-]?q([1-4])", re.ASCII)
YEAR = re.compile(r"(\d{4})", re.ASCII)
RANGE = re.compile(r"\s*(?:\.\.\.?|…|\s(?:to|until|[-–—])\s|–)\s*")
BOUND = re.compile(r"(on or before|by|until|before|on or after|from|since|after) (.+)")


class DateError(ValueError):
    """The text is no date, or could be two; the message is a sentence for the person who wrote it."""


@dataclass(frozen=True, slots=True)
class When:
    """Between which days something happened, and how exactly that is known (a ``Precision`` code)."""

    earliest: date | None = None
    latest: date | None = None
    precision: str = "unknown"


UNKNOWN = When()


def parse_when(text: str) -> When:
    """The days that a text means. Raises ``DateError``."""
    written = " ".join(text.split())
    if len(written) > LONGEST:
        raise DateError(f"A date has at most {LONGEST} characters; this text has {len(written)}.")
    lowered = written.lower()
    if lowered in {"", "unknown"}:
        return UNKNOWN
    if bound := BOUND.fullmatch(lowered):
        return _bounded(bound.group(1), _period(bound.group(2), written))
    ends = RANGE.split(lowered)
    if len(ends) == 2 and all(ends):
        first, last = _period(ends[0], written), _period(ends[1], written)
        return _between(first, last)
    return _period(lowered, written)


def _bounded(word: str, period: When) -> When:
    first, last = period.earliest, period.latest
    if first is None or last is None:
        raise DateError(f"“{word}” needs a date after it.")
    if word in {"by", "until", "on or before"}:
        return When(latest=last, precision="before")
    if word == "before":
        return When(latest=first - timedelta(days=1), precision="before")
    if word == "after":
        return When(earliest=last + timedelta(days=1), precision="after")
    return When(earliest=first, precision="after")


def _between(first: When, last: When) -> When:
    if first.earliest is None or last.latest is None:
        raise DateError("A range needs a date at both ends.")
    if last.latest < first.earliest:
        raise DateError(f"The range ends ({last.latest}) before it begins ({first.earliest}).")
    if first.earliest == last.latest:
        return When(first.earliest, last.latest, "day")
    return When(first.earliest, last.latest, "range")


def _period(text: str, written: str) -> When:
    """One day, month, quarter or year."""
    if found := DAY.fullmatch(text):
        year, month, day = map(int, found.groups())
        return _day(year, month, day, written)
    if found := DAY_DOTTED.fullmatch(text):
        day, month, year = map(int, found.groups())
        return _day(year, month, day, written)
    if found := DAY_SLASHED.fullmatch(text):
        return _slashed(*map(int, found.groups()), written=written)
    if (found := DAY_IN_WORDS.fullmatch(text)) and found.group(2) in MONTHS:
        return _day(int(found.group(3)), MONTHS[found.group(2)], int(found.group(1)), written)
    if (found := DAY_AMERICAN.fullmatch(text)) and found.group(1) in MONTHS:
        return _day(int(found.group(3)), MONTHS[found.group(1)], int(found.group(2)), written)
    return _longer(text, written)


def _longer(text: str, written: str) -> When:
    if found := MONTH.fullmatch(text):
        return _months(int(found.group(1)), int(found.group(2)), 1, "month", written)
    if (found := MONTH_IN_WORDS.fullmatch(text)) and found.group(1) in MONTHS:
        return _months(int(found.group(2)), MONTHS[found.group(1)], 1, "month", written)
    if found := QUARTER.fullmatch(text):
        return _months(int(found.group(2)), 3 * int(found.group(1)) - 2, 3, "quarter", written)
    if found := QUARTER_AFTER_YEAR.fullmatch(text):
        return _months(int(found.group(1)), 3 * int(found.group(2)) - 2, 3, "quarter", written)
    if found := YEAR.fullmatch(text):
        return _months(int(found.group(1)), 1, 12, "year", written)
    raise DateError(
        f"“{written}” is no date that we can read. Write 2022-02-27, Feb 2022, Q1 2022, 2022, "
        "2022-03-03..2022-03-11, by 2022-03-01, or leave it empty where it is unknown."
    )


def _slashed(first: int, second: int, year: int, *, written: str) -> When:
    if first <= 12 and second <= 12 and first != second:
        raise DateError(
            f"“{written}” can be read in two ways: write the year first, as in {year}-{second:02}-{first:02}."
        )
    day, month = (first, second) if second <= 12 else (second, first)
    return _day(year, month, day, written)


def _day(year: int, month: int, day: int, written: str) -> When:
    _check_year(year)
    try:
        found = date(year, month, day)
    except ValueError as error:
        raise DateError(f"There is no such day as “{written}”.") from error
    return When(found, found, "day")


def _months(year: int, first_month: int, count: int, precision: str, written: str) -> When:
    _check_year(year)
    if not 1 <= first_month <= 12:
        raise DateError(f"There is no such month as “{written}”.")
    last_month = first_month + count - 1
    last_day = calendar.monthrange(year, last_month)[1]
    return When(date(year, first_month, 1), date(year, last_month, last_day), precision)


def _check_year(year: int) -> None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise DateError(f"The year {year} is not between {FIRST_YEAR} and {LAST_YEAR}.")


def write_when(when: When) -> str:
    """Days and precision as a text that ``parse_when`` reads back as the same; empty where unknown."""
    first, last = when.earliest, when.latest
    if first is None:
        return "" if last is None else f"by {last}"
    if last is None:
        return f"from {first}"
    if first == last:
        return str(first)
    for text in (f"{first:%b %Y}", f"Q{(first.month + 2) // 3} {first.year}", str(first.year)):
        whole = parse_when(text)
        if (whole.earliest, whole.latest) == (first, last) and whole.precision == when.precision:
            return text
    return f"{first}..{last}"


def around(day: date | None, precision: str) -> When:
    """The days that a record means which keeps only the last day and a precision: a month's last day is its month."""
    if day is None:
        return UNKNOWN
    shapes = {
        "month": f"{day.year}-{day.month}",
        "quarter": f"{day.year} Q{(day.month + 2) // 3}",
        "year": str(day.year),
    }
    if precision in shapes:
        return parse_when(shapes[precision])
    return When(day, day, "day") if precision == "day" else When(latest=day, precision="before")
