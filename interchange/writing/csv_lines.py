"""Writes a table as CSV: UTF-8, RFC 4180, formulas made harmless, amounts without loss, constant memory."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator

from interchange.writing.tables import Row, Table
from interchange.writing.values import cell_writer, values_getter, wrong_column

ROWS_A_PIECE = 500
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def csv_lines(table: Table, rows: Iterable[Row], *, mark: bool = False, header: bool = True) -> Iterator[bytes]:
    """The file in pieces of whole lines, the header first. Nothing known is an empty cell.

    ``mark`` puts a byte order mark in front, by which spreadsheet programs know UTF-8. Raises ``TypeError`` or
    ``ValueError`` with the column for a value that is not of its column's kind: a fault of the program, not of a user.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    written = [cell_writer(column) for column in table.columns]
    values_of = values_getter(table)
    if mark:
        yield BYTE_ORDER_MARK
    if header:
        writer.writerow(table.names)
    waiting = 0
    for row in rows:
        try:
            pairs = zip(values_of(row), written, strict=True)
            cells = ["" if value is None else write(value) for value, write in pairs]
        except (TypeError, ValueError) as error:
            raise type(error)(f"{table.name}.{wrong_column(table, row, written)}: {error}") from error
        writer.writerow(cells)
        waiting += 1
        if waiting >= ROWS_A_PIECE:
            yield _taken(out)
            waiting = 0
    if rest := _taken(out):
        yield rest


def _taken(out: io.StringIO) -> bytes:
    content = out.getvalue().encode()
    out.seek(0)
    out.truncate()
    return content
