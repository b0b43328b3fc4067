"""Writes a table as NDJSON: one JSON object a line, decimals and days as texts, constant memory."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from interchange.writing.tables import Kind, Row, Table
from interchange.writing.values import AS_TEXT, plain_boolean, plain_integer, values_getter, wrong_column

ROWS_A_PIECE = 500


def _checked(check: Callable[[Any], str]) -> Callable[[Any], Any]:
    """The value itself, once it was found to be of its kind."""

    def same(value: Any) -> Any:
        check(value)
        return value

    return same


def _entries(value: Any) -> list[str]:
    return [str(entry) for entry in value]


AS_JSON: dict[Kind, Callable[[Any], Any]] = {
    **AS_TEXT,
    Kind.INTEGER: _checked(plain_integer),
    Kind.BOOLEAN: _checked(plain_boolean),
    Kind.LIST: _entries,
}


def json_row(table: Table, row: Row) -> dict[str, Any]:
    """A row as JSON has it: every column, null where nothing is known, a decimal as a text without loss."""
    return json_writer(table)(row)


def json_writer(table: Table) -> Callable[[Row], dict[str, Any]]:
    """Makes JSON objects of the rows of a table, as ``json_row`` does of one."""
    written = [AS_JSON[column.kind] for column in table.columns]
    values_of, names = values_getter(table), table.names

    def write_row(row: Row) -> dict[str, Any]:
        try:
            cells = zip(names, values_of(row), written, strict=True)
            return {name: None if value is None else write(value) for name, value, write in cells}
        except (TypeError, ValueError) as error:
            raise type(error)(f"{table.name}.{wrong_column(table, row, written)}: {error}") from error

    return write_row


def ndjson_lines(table: Table, rows: Iterable[Row]) -> Iterator[bytes]:
    """The file in pieces of whole lines."""
    encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode
    as_json = json_writer(table)
    lines: list[str] = []
    for row in rows:
        lines.append(encode(as_json(row)))
        if len(lines) >= ROWS_A_PIECE:
            yield ("\n".join(lines) + "\n").encode()
            lines.clear()
    if lines:
        yield ("\n".join(lines) + "\n").encode()
