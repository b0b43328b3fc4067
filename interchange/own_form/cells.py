"""What a cell means, by the kind of its column; nothing is guessed. Pure.

A cell of a CSV file is a text. One of a workbook is what the spreadsheet program made of it, and that is the danger:
it turns codes into numbers, small numbers into days of 1900, long numbers into rounded ones. What may have been turned
is refused with what to do, instead of being turned back.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from interchange.writing.guarding import unguard
from interchange.writing.tables import Column, Kind
from interchange.writing.values import split_list
from interchange.writing.xlsx import DIGITS, FIRST_DAY, as_a_cell
from reference.amounts import AmountError, parse_amount

WHOLE = re.compile(r"0|[1-9][0-9]{0,17}", re.ASCII)
PLAIN = re.compile(r"(?:0|[1-9][0-9]*)(?:\.[0-9]+)?", re.ASCII)
LEADING_ZEROS = re.compile(r"0[0-9]", re.ASCII)
SHORTENED = re.compile(r"[0-9]+(?:[.,][0-9]+)?[eE]\+?[0-9]+", re.ASCII)
ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
TRUTHS = {"true": True, "yes": True, "false": False, "no": False}
LONGEST_TOLD = 40


class CellError(ValueError):
    """A cell that cannot be taken; the message is a sentence that says what to write."""


def read_cell(column: Column, cell: Any) -> Any:
    """The value of a cell, ``None`` for an empty one (a list is then empty). Raises ``CellError``."""
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        return [] if column.kind is Kind.LIST else None
    return READERS[column.kind](column, cell)


def told(cell: Any) -> str:
    """The cell as it is named in a sentence."""
    words = str(cell)
    return f"“{words[:LONGEST_TOLD]}…”" if len(words) > LONGEST_TOLD else f"“{words}”"


def _words(cell: Any) -> str:
    """The text of a cell that should hold one."""
    if isinstance(cell, bool):
        raise CellError(f"{told(cell)} is true or false, and the column holds text; format the cell as text.")
    if isinstance(cell, int | float):
        raise CellError(
            f"{told(_digits(cell))} is a number, and the column holds text; format the cell as text and write it "
            "anew, as a spreadsheet drops leading zeros."
        )
    if isinstance(cell, date | time):
        raise CellError(f"{told(cell)} was made a date, and the column holds text; format the cell as text.")
    if not isinstance(cell, str):
        raise CellError(f"{told(cell)} is no text.")
    if "\0" in cell or any("\ud800" <= sign <= "\udfff" for sign in cell):
        raise CellError("The text holds a character that no database keeps; write it anew.")
    return cell


def _text(column: Column, cell: Any) -> str:
    return _words(cell)


def _code(column: Column, cell: Any) -> str:
    known = column.vocabulary or {}
    if isinstance(cell, float | int) and not isinstance(cell, bool) and _digits(cell) in known:
        return _digits(cell)  # a code of digits that a spreadsheet took for a number, and none is lost
    code = _words(cell).strip()
    if code in known:
        return code
    by_label = [one for one, label in known.items() if label.casefold() == code.casefold() or one == code.casefold()]
    if len(by_label) == 1:
        return by_label[0]
    raise CellError(f"{told(code)} is no code for it. Allowed: {', '.join(known)}.")


def _list(column: Column, cell: Any) -> list[str]:
    entries = split_list(_words(cell))
    if len(set(entries)) < len(entries):
        raise CellError("An entry stands twice.")
    if column.vocabulary is None:
        return entries
    unknown = [entry for entry in entries if entry not in column.vocabulary]
    if unknown:
        raise CellError(
            f"{told(unknown[0])} is no code for it; part codes by semicolons. Allowed: {', '.join(column.vocabulary)}."
        )
    return entries


def _integer(column: Column, cell: Any) -> int:
    if isinstance(cell, bool | date | time) or (isinstance(cell, float) and not cell.is_integer()):
        raise CellError(f"{told(cell)} is no whole number.")
    if isinstance(cell, float | int):
        cell = _digits(cell)
    written = cell.strip()
    if LEADING_ZEROS.match(written):
        raise CellError(f"{told(written)} begins with a zero; write the number without it.")
    if not WHOLE.fullmatch(written):
        raise CellError(f"{told(written)} is no whole number.")
    return int(written)


def _decimal(column: Column, cell: Any) -> Decimal:
    if isinstance(cell, bool | date | time):
        raise CellError(f"{told(cell)} is no number; format the cell as a number or as text.")
    if isinstance(cell, float | int):
        return _of_spreadsheet(cell)
    written = str(cell).strip()
    if LEADING_ZEROS.match(written):
        raise CellError(f"{told(written)} begins with a zero; write the number without it.")
    if SHORTENED.fullmatch(written):
        raise CellError(f"{told(written)} was shortened by a spreadsheet; write all the figures.")
    if PLAIN.fullmatch(written):
        return Decimal(written)
    try:
        return parse_amount(written)
    except AmountError as error:
        raise CellError(str(error)) from error


def _of_spreadsheet(number: float) -> Decimal:
    """The number that somebody wrote into a cell, from the float that the program keeps of it."""
    exact = Decimal(repr(number))
    if not exact.is_finite() or exact < 0:
        raise CellError(f"{told(number)} is no amount; it should be above zero.")
    if len(f"{exact:f}".replace(".", "").strip("0")) > DIGITS:
        raise CellError(
            f"{told(number)} has more than {DIGITS} figures, of which a spreadsheet keeps no more; "
            "format the cell as text and write it anew."
        )
    return exact


def _digits(number: float) -> str:
    return str(int(number)) if float(number).is_integer() else repr(number)


def _date(column: Column, cell: Any) -> date:
    if isinstance(cell, bool | int | float):
        raise CellError(f"{told(_digits(cell))} is a number; format the cell as a date, or write it as 2022-02-27.")
    if isinstance(cell, datetime):
        if cell.time() != time():
            raise CellError(f"{told(cell)} is a moment, and the column holds days.")
        cell = cell.date()
    if isinstance(cell, date):
        if cell < FIRST_DAY:
            raise CellError(f"{told(cell)} is what a spreadsheet makes of a small number; write the day anew.")
        return cell
    written = str(cell).strip()
    if not ISO_DAY.fullmatch(written):
        raise CellError(f"{told(written)} is no day that can be read in one way only; write it as 2022-02-27.")
    try:
        return date.fromisoformat(written)
    except ValueError as error:
        raise CellError(f"There is no day {written}.") from error


def _datetime(column: Column, cell: Any) -> datetime:
    if isinstance(cell, datetime):
        return cell.replace(tzinfo=UTC) if cell.tzinfo is None else cell.astimezone(UTC)
    if isinstance(cell, date):  # midnight, which a spreadsheet keeps as a day
        return datetime(cell.year, cell.month, cell.day, tzinfo=UTC)
    try:
        found = datetime.fromisoformat(str(cell).strip())
    except ValueError as error:
        raise CellError(f"{told(cell)} is no moment; write it as 2022-02-27T10:00:00Z.") from error
    if found.tzinfo is None:
        raise CellError(f"{told(cell)} has no time zone; end it with Z.")
    return found.astimezone(UTC)


def _boolean(column: Column, cell: Any) -> bool:
    if isinstance(cell, bool):
        return cell
    if isinstance(cell, str) and cell.strip().lower() in TRUTHS:
        return TRUTHS[cell.strip().lower()]
    raise CellError(f"{told(cell)} is neither true nor false.")


READERS: dict[Kind, Callable[[Column, Any], Any]] = {
    Kind.TEXT: _text,
    Kind.CODE: _code,
    Kind.LIST: _list,
    Kind.INTEGER: _integer,
    Kind.DECIMAL: _decimal,
    Kind.DATE: _date,
    Kind.DATETIME: _datetime,
    Kind.BOOLEAN: _boolean,
}
LINE_ENDS = re.compile(r"\r\n?")


def same(column: Column, one: Any, other: Any) -> bool:
    """Whether two values of a column say the same: a file may have other line ends, and nothing is an empty text."""
    if column.kind is Kind.LIST:
        return list(one or []) == list(other or [])
    if column.kind in (Kind.TEXT, Kind.CODE):
        return _as_kept(one) == _as_kept(other)
    return bool(one == other)


def _as_kept(text: str | None) -> str:
    """A text as any file keeps it; one of blanks alone says nothing."""
    return as_a_cell(LINE_ENDS.sub("\n", text)) if text and text.strip() else ""


def unguarded(cell: str) -> str:
    """A cell of a CSV file as it was before the writer made it harmless."""
    return unguard(cell)
