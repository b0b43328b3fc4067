"""Writes tables as a workbook: a sheet for each, a *Read me* sheet first, no formula, amounts without loss.

The library keeps one row at a time in memory. A spreadsheet holds numbers as floats of 15 digits: a decimal or a whole
number that has more, or more decimals than the float keeps, is written as a text, so that nothing is rounded.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from interchange.writing.guarding import guard
from interchange.writing.tables import Column, Kind, Row, Table
from interchange.writing.values import AS_TEXT

READ_ME = "Read me"
DIGITS = 15  # that every spreadsheet program keeps of a number
FIRST_DAY = date(1900, 3, 1)  # before it programs count a day that never was
MOST_ROWS = 1_048_576
LONGEST_CELL = 32_767
LONGEST_NAME = 31
NOT_IN_A_NAME = re.compile(r"[\[\]:*?/\\]")
# Characters that no XML can hold, not even escaped as the library escapes the other control characters.
NOT_IN_XML = re.compile("[\x00\ufffe\uffff]")
OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": False,
    "default_date_format": "yyyy-mm-dd",
    "remove_timezone": False,
}
WIDTHS = {Kind.TEXT: 32, Kind.LIST: 24, Kind.DATETIME: 20, Kind.DECIMAL: 18}


class WorkbookTooLargeError(ValueError):
    """A table has more rows than a sheet can hold, or a text more characters than a cell; the message says which."""


def write_xlsx(
    target: IO[bytes] | Path,
    sheets: Iterable[tuple[Table, Iterable[Row]]],
    *,
    read_me: Sequence[str] = (),
    created: datetime | None = None,
    folder: Path | None = None,
) -> None:
    """Write a workbook. ``read_me`` are lines for the first sheet, which then also tells what each column means.

    ``sheets`` is gone through once, table by table. ``created`` is the moment that the workbook tells (now, without
    it), ``folder`` the place of what is kept while it is written. Raises ``WorkbookTooLargeError``; the target is then
    no workbook.
    """
    options = OPTIONS if folder is None else {**OPTIONS, "tmpdir": str(folder)}
    book = Workbook(str(target) if isinstance(target, Path) else target, options)
    if created is not None:
        book.set_properties({"created": created.astimezone(UTC).replace(tzinfo=None)})
    try:
        head = book.add_format({"bold": True})
        told = book.add_worksheet(READ_ME) if read_me else None
        tables = [_sheet(book, table, rows, head) for table, rows in sheets]
        if told is not None:
            _read_me(told, read_me, tables, head)
    finally:
        book.close()


def as_a_cell(text: str) -> str:
    """A text as a workbook can hold it: a sign stands for each of the two or three characters that none can."""
    return NOT_IN_XML.sub("\ufffd", text)


def sheet_name(table: Table) -> str:
    """The name of a table's sheet: the table's own, as far as a workbook takes it."""
    return NOT_IN_A_NAME.sub(" ", table.name)[:LONGEST_NAME]


def _sheet(book: Workbook, table: Table, rows: Iterable[Row], head: Format) -> Table:
    sheet = book.add_worksheet(sheet_name(table))
    sheet.freeze_panes(1, 0)
    for place, column in enumerate(table.columns):
        sheet.set_column(place, place, WIDTHS.get(column.kind, 12))
        sheet.write_string(0, place, column.name, head)
    writers = [(place, column.name, _writer(book, sheet, column)) for place, column in enumerate(table.columns)]
    for number, row in enumerate(rows, 1):
        if number >= MOST_ROWS:
            raise WorkbookTooLargeError(
                f"{table.title} has more than {MOST_ROWS - 1:,} rows, which no sheet can hold; ask for CSV."
            )
        for place, name, write in writers:
            value = row[name]
            if value is not None:
                try:
                    write(number, place, value)
                except (TypeError, ValueError) as error:
                    raise type(error)(f"{table.name}.{name}: {error}") from error
    return table


Write = Callable[[int, int, Any], object]


def _writer(book: Workbook, sheet: Worksheet, column: Column) -> Write:
    as_text = AS_TEXT[column.kind]

    def text(row: int, place: int, value: Any) -> None:
        words = as_a_cell(as_text(value))
        if len(words) > LONGEST_CELL:
            raise WorkbookTooLargeError(
                f"A text in row {row + 1} has more than {LONGEST_CELL:,} characters; ask for CSV."
            )
        if words:
            sheet.write_string(row, place, words, quoted if guard(words) != words else None)

    def number(row: int, place: int, value: Any) -> None:
        words = as_text(value)
        if fits(words):
            sheet.write_number(row, place, float(words))
        else:
            sheet.write_string(row, place, words)

    def day(row: int, place: int, value: date) -> None:
        as_text(value)
        if value < FIRST_DAY:
            text(row, place, value)
        else:
            sheet.write_datetime(row, place, datetime(value.year, value.month, value.day), days)  # noqa: DTZ001

    def moment(row: int, place: int, value: datetime) -> None:
        as_text(value)
        naive = value.astimezone(UTC).replace(tzinfo=None)
        if value.microsecond or naive.date() < FIRST_DAY:
            text(row, place, value)  # a float keeps no microseconds
        else:
            sheet.write_datetime(row, place, naive, moments)

    def truth(row: int, place: int, value: Any) -> None:
        as_text(value)
        sheet.write_boolean(row, place, value)

    quoted = book.add_format({"quote_prefix": True})  # stays a text when somebody edits the cell
    days = book.add_format({"num_format": "yyyy-mm-dd"})
    moments = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
    by_kind: dict[Kind, Write] = {
        Kind.INTEGER: number,
        Kind.DECIMAL: number,
        Kind.DATE: day,
        Kind.DATETIME: moment,
        Kind.BOOLEAN: truth,
    }
    return by_kind.get(column.kind, text)


def fits(digits: str) -> bool:
    """Whether a spreadsheet keeps the number: no more than 15 digits that count, and not more than it can show."""
    counting = digits.lstrip("-").replace(".", "").strip("0")
    return len(counting) <= DIGITS and Decimal(repr(float(digits))) == Decimal(digits)


def _read_me(sheet: Worksheet, lines: Sequence[str], tables: Sequence[Table], head: Format) -> None:
    sheet.set_column(0, 1, 24)
    sheet.set_column(2, 2, 12)
    sheet.set_column(3, 3, 18)
    sheet.set_column(4, 4, 80)
    row = 0
    for line in lines:
        sheet.write_string(row, 0, as_a_cell(line))
        row += 1
    for table in tables:
        row += 1
        sheet.write_string(row, 0, table.name, head)
        sheet.write_string(row, 1, f"{table.title}. {table.description}")
        row += 1
        for column in table.columns:
            told = [column.name, column.title, str(column.kind), column.unit, _meaning(column)]
            for place, words in enumerate(told):
                if words:
                    sheet.write_string(row, place, words)
            row += 1


def _meaning(column: Column) -> str:
    if not column.vocabulary:
        return column.description
    codes = ", ".join(f"{code} ({label})" for code, label in column.vocabulary.items() if code)
    return f"{column.description} Codes: {codes}."[:LONGEST_CELL]
