"""How a value is written as text: exact, the same in every place and on every machine. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from operator import itemgetter
from typing import Any

from interchange.writing.guarding import guard
from interchange.writing.tables import Column, Kind, Row, Table

SEPARATOR = ";"  # between the entries of a list


def plain_integer(value: Any) -> str:
    """Digits. A truth value is no number, though Python counts with it."""
    if type(value) is not int:
        raise TypeError(f"{value!r} is no whole number.")
    return str(value)


def plain_decimal(value: Any) -> str:
    """Digits and a point, never an exponent. Raises ``TypeError`` for a float, ``ValueError`` for no finite number."""
    if type(value) is not Decimal:
        raise TypeError(f"{value!r} is no decimal; a float cannot hold an amount.")
    if not value.is_finite():
        raise ValueError(f"{value!r} is no finite number.")
    text = str(value)
    return f"{value:f}" if "E" in text else text


def plain_date(value: Any) -> str:
    """ISO 8601. A moment is no day: which day it falls on depends on where one stands."""
    if type(value) is not date:
        raise TypeError(f"{value!r} is no day.")
    return value.isoformat()


def plain_datetime(value: Any) -> str:
    """ISO 8601 in UTC, with a Z. Raises ``TypeError`` for a moment without a time zone."""
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise TypeError(f"{value!r} is no moment with a time zone.")
    if value.tzinfo is not UTC:
        value = value.astimezone(UTC)
    return f"{value.isoformat().removesuffix('+00:00')}Z"


def plain_boolean(value: Any) -> str:
    """``true`` or ``false``."""
    if value is True:
        return "true"
    if value is False:
        return "false"
    raise TypeError(f"{value!r} is neither true nor false.")


def plain_list(value: Any) -> str:
    """Entries joined by semicolons; a semicolon or backslash within an entry stands behind a backslash."""
    joined = SEPARATOR.join(value)
    if joined.isalnum():
        return joined  # a single code or word, as most lists are
    if "" in value:
        raise ValueError("An entry of a list is empty.")
    if "\\" not in joined and joined.count(SEPARATOR) < max(len(value), 1):
        return joined  # nothing in it needs a backslash
    return SEPARATOR.join(entry.replace("\\", "\\\\").replace(SEPARATOR, f"\\{SEPARATOR}") for entry in value)


def split_list(text: str) -> list[str]:
    """The entries of what ``plain_list`` wrote; blanks around entries, as people type them, are left out."""
    entries, entry, escaped = [], "", False
    for sign in text:
        if escaped:
            entry, escaped = entry + sign, False
        elif sign == "\\":
            escaped = True
        elif sign == SEPARATOR:
            entries.append(entry)
            entry = ""
        else:
            entry += sign
    entries.append(entry + ("\\" if escaped else ""))
    return [one.strip() for one in entries if one.strip()]


def plain_text(value: Any) -> str:
    """The text itself."""
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text.")
    return value


AS_TEXT: dict[Kind, Callable[[Any], str]] = {
    Kind.TEXT: plain_text,
    Kind.CODE: plain_text,
    Kind.INTEGER: plain_integer,
    Kind.DECIMAL: plain_decimal,
    Kind.DATE: plain_date,
    Kind.DATETIME: plain_datetime,
    Kind.BOOLEAN: plain_boolean,
    Kind.LIST: plain_list,
}
WORDED = (Kind.TEXT, Kind.CODE, Kind.LIST)  # kinds whose cells can hold any words


def _guarded_text(value: Any) -> str:
    if type(value) is not str:
        value = plain_text(value)
    # Nearly all texts begin with a letter or a figure and need no guard.
    return value if value[:1].isalnum() else guard(value)


def _guarded_list(value: Any) -> str:
    return _guarded_text(plain_list(value))


def cell_writer(column: Column) -> Callable[[Any], str]:
    """How the values of a column are written into a cell of a CSV file: words are guarded, numbers need no guard."""
    plain = AS_TEXT[column.kind]
    if column.kind is Kind.LIST:
        return _guarded_list
    return _guarded_text if column.kind in WORDED else plain


def values_getter(table: Table) -> Callable[[Row], tuple[Any, ...]]:
    """Takes the values of a row in the order of the table's columns."""
    if len(table.names) == 1:
        (name,) = table.names
        return lambda row: (row[name],)
    return itemgetter(*table.names)


def wrong_column(table: Table, row: Row, written: Sequence[Callable[[Any], Any]]) -> str:
    """The first column of the row whose value is not of its kind."""
    for name, write in zip(table.names, written, strict=True):
        try:
            if row[name] is not None:
                write(row[name])
        except (TypeError, ValueError):
            return name
    return "?"
