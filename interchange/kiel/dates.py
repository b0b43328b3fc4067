"""Announcement days as the Kiel workbook writes them: real days, and words with American dates. Pure."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date

from interchange.workbooks import Cell
from reference.dates import FIRST_YEAR, LAST_YEAR, UNKNOWN, When

SLASHED = r"(\d{1,2}/\d{1,2}/\d{2,4})"
UNTIL = re.compile(rf"until\s+{SLASHED}", re.ASCII)
SINCE = re.compile(rf"since\s+{SLASHED}", re.ASCII)
BETWEEN = re.compile(rf"between\s+{SLASHED}\s*(?:&|and)\s*{SLASHED}", re.ASCII)
MONTH = re.compile(r"(?:not specified|unclear|unspecified|undisclosed),?\s+(\d{1,2})/(\d{2,4})", re.ASCII)
NOT_KNOWN = {"", ".", "unspecified", "not specified", "undisclosed", "unclear"}
SPREADSHEETS_FIRST_YEAR = 1900


class DayError(ValueError):
    """The cell holds no day; the message is a sentence for the person who brings the file."""


@dataclass(frozen=True, slots=True)
class Announced:
    """When something was announced, the words where it was said in words, and what is odd about it."""

    when: When
    as_written: str = ""
    remark: str = ""


def announced(cell: Cell, newest: date | None = None) -> Announced:
    """What a cell says. A day that cannot be right is kept in words and remarked on, never mended.

    ``newest`` is the last day that the file covers; what lies after it is remarked on. Raises ``DayError``.
    """
    if isinstance(cell, date):
        day = date(cell.year, cell.month, cell.day)
        if day.year <= SPREADSHEETS_FIRST_YEAR:
            raise DayError(f"{day} is the day that a spreadsheet makes of a small number; write the day that is meant.")
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            return Announced(UNKNOWN, day.isoformat(), f"the date {day} cannot be right, so the day is left unknown")
        return _checked(When(day, day, "day"), "", newest)
    if isinstance(cell, int | float):
        raise DayError(f"{cell:g} is a number; format the cell as a date.")
    return _in_words(" ".join(str(cell).replace("\u00a0", " ").split()), newest)


def _in_words(text: str, newest: date | None) -> Announced:
    lowered = text.lower()
    if lowered in NOT_KNOWN:
        return Announced(UNKNOWN, text if len(text) > 1 else "")
    if found := UNTIL.fullmatch(lowered):
        return _checked(When(None, _american(found.group(1)), "before"), text, newest)
    if found := SINCE.fullmatch(lowered):
        return _checked(When(_american(found.group(1)), None, "after"), text, newest)
    if found := BETWEEN.fullmatch(lowered):
        first, last = _american(found.group(1)), _american(found.group(2))
        if last < first:
            raise DayError(f"“{text}” ends before it begins.")
        return _checked(When(first, last, "range"), text, newest)
    if found := MONTH.fullmatch(lowered):
        year, month = _year(found.group(2)), int(found.group(1))
        if not 1 <= month <= 12:
            raise DayError(f"“{text}” names no month.")
        last_day = calendar.monthrange(year, month)[1]
        return _checked(When(date(year, month, 1), date(year, month, last_day), "month"), text, newest)
    raise DayError(f"“{text}” is no day that we can read; write a date, or words such as “until 3/10/2022”.")


def _checked(when: When, text: str, newest: date | None) -> Announced:
    last = when.earliest if when.precision in ("day", "after") else when.latest
    if newest is None or last is None or when.precision == "month" or last <= newest:
        return Announced(when, text)
    return Announced(when, text, f"the date ({text or last}) lies after the newest day of the file, {newest}")


def _american(text: str) -> date:
    month, day, year = text.split("/")
    try:
        return date(_year(year), int(month), int(day))
    except ValueError as error:
        raise DayError(f"There is no day {text} (month, day, year).") from error


def _year(text: str) -> int:
    return int(text) + (2000 if len(text) == 2 else 0)
