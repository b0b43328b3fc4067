"""Writes a table as NDJSON: one JSON object a line, decimals and days as texts, constant memory."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from interchange.writing.tables import Kind, Row, Table
from interchange.writing.values import AS_TEXT, plain_boolean, plain_integer

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
    found: dict[str, Any] = {}
    for column in table.columns:
        value = row[column.name]
        try:
            found[column.name] = None if value is None else AS_JSON[column.kind](value)
        except (TypeError, ValueError) as error:
            raise type(error)(f"{table.name}.{column.name}: {error}") from error
    return found


def ndjson_lines(table: Table, rows: Iterable[Row]) -> Iterator[bytes]:
    """The file in pieces of whole lines."""
    encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode
    lines: list[str] = []
    for row in rows:
        lines.append(encode(json_row(table, row)))
        if len(lines) >= ROWS_A_PIECE:
            yield ("\n".join(lines) + "\n").encode()
            lines.clear()
    if lines:
        yield ("\n".join(lines) + "\n").encode()
