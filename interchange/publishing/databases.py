"""The record as an SQLite database: typed, with keys and indexes, and a description of itself.

SQLite has no exact decimals, and adding up texts makes floats of them. An amount is therefore kept as the text of its
digits, and amounts in euros and dollars also as whole cents, in a column of the same name that ends in ``_cents``:
``SELECT SUM(eur_central_cents)`` is exact.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from interchange.publishing.scope import Stand
from interchange.writing.tables import Column, Kind, Row, Table
from interchange.writing.values import AS_TEXT, plain_boolean, plain_integer
from reference.currencies import EXACT

IN_CENTS = ("EUR", "USD")
QUICK = "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA page_size=4096; PRAGMA user_version=1;"
ABOUT = """
CREATE TABLE metadata (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE columns ("table" TEXT NOT NULL, "column" TEXT NOT NULL, kind TEXT NOT NULL, unit TEXT, title TEXT NOT NULL,
  description TEXT NOT NULL, PRIMARY KEY ("table", "column"));
CREATE TABLE codes ("table" TEXT NOT NULL, "column" TEXT NOT NULL, code TEXT NOT NULL, label TEXT NOT NULL,
  PRIMARY KEY ("table", "column", code));
"""


def in_cents(column: Column) -> bool:
    """Whether a column also stands as whole cents."""
    return column.kind is Kind.DECIMAL and column.unit in IN_CENTS


class Database:
    """A new database file. Not open for others before ``close``."""

    def __init__(self, path: Path, tables: Sequence[Table]) -> None:
        self._tables = tables
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.executescript(QUICK)
        self._connection.execute("BEGIN")
        self._inserts: dict[str, tuple[str, list[tuple[str, Callable[[Any], Any]]]]] = {}
        for table in tables:
            self._connection.execute(_definition(table, {one.name for one in tables}))

    def insert(self, table: Table, rows: Sequence[Row]) -> None:
        """Append rows."""
        if table.name not in self._inserts:
            cells = _cells(table)
            marks = ", ".join("?" * len(cells))
            self._inserts[table.name] = (f"INSERT INTO {_name(table.name)} VALUES ({marks})", cells)  # noqa: S608
        statement, cells = self._inserts[table.name]
        self._connection.executemany(
            statement,
            [[None if row[name] is None else convert(row[name]) for name, convert in cells] for row in rows],
        )

    def close(self, stand: Stand, words: Sequence[str], counts: dict[str, int]) -> None:
        """Add what the database says of itself, and the indexes, which are quicker made last."""
        for table in self._tables:
            for key in table.foreign_keys:
                name = f"{table.name}_by_{'_'.join(key.columns)}"
                columns = ", ".join(map(_name, key.columns))
                self._connection.execute(f"CREATE INDEX {_name(name)} ON {_name(table.name)} ({columns})")
        self._describe(stand, words, counts)
        self._connection.execute("COMMIT")
        self._connection.execute("PRAGMA optimize")
        self._connection.close()

    def discard(self) -> None:
        """Leave the file as it is; whoever made it takes it away."""
        self._connection.close()

    def _describe(self, stand: Stand, words: Sequence[str], counts: dict[str, int]) -> None:
        for statement in ABOUT.split(";"):
            if statement.strip():
                self._connection.execute(statement)
        told = {
            "title": stand.title, "scope": stand.scope, "change": str(stand.seq), "release": stand.release,
            "changed_at": stand.at.isoformat() if stand.at else "", "licence": stand.licence,
            "citation": stand.citation, "read_me": "\n".join(words),
            **{f"rows_of_{name}": str(count) for name, count in counts.items()},
        }  # fmt: skip
        self._connection.executemany("INSERT INTO metadata VALUES (?, ?)", told.items())
        for table in self._tables:
            for column in table.columns:
                self._connection.execute(
                    "INSERT INTO columns VALUES (?, ?, ?, ?, ?, ?)",
                    [table.name, column.name, str(column.kind), column.unit or None, column.title, column.description],
                )
                codes = [(table.name, column.name, *one) for one in (column.vocabulary or {}).items()]
                self._connection.executemany("INSERT INTO codes VALUES (?, ?, ?, ?)", codes)


def _cells(table: Table) -> list[tuple[str, Callable[[Any], Any]]]:
    found: list[tuple[str, Callable[[Any], Any]]] = []
    for column in table.columns:
        found.append((column.name, _converter(column)))
        if in_cents(column):
            found.append((column.name, _cents))
    return found


def _converter(column: Column) -> Callable[[Any], Any]:
    if column.kind is Kind.INTEGER:
        return lambda value: int(plain_integer(value))
    if column.kind is Kind.BOOLEAN:
        return lambda value: plain_boolean(value) == "true"
    if column.kind is Kind.LIST:
        return lambda value: json.dumps([str(one) for one in value], ensure_ascii=False)
    return AS_TEXT[column.kind]


def _cents(value: Decimal) -> int:
    scaled = EXACT.scaleb(value, 2)
    if scaled != int(scaled):
        raise ValueError(f"{value} has parts of a cent.")
    return int(scaled)


def _definition(table: Table, known: set[str]) -> str:
    lines = []
    for column in table.columns:
        affinity = "INTEGER" if column.kind in (Kind.INTEGER, Kind.BOOLEAN) else "TEXT"
        lines.append(f"{_name(column.name)} {affinity}{' NOT NULL' if column.required else ''}")
        if in_cents(column):
            lines.append(f"{_name(f'{column.name}_cents')} INTEGER")
    if table.primary_key:
        lines.append(f"PRIMARY KEY ({', '.join(map(_name, table.primary_key))})")
    for key in table.foreign_keys:
        if key.table in known:
            here, there = (", ".join(map(_name, columns)) for columns in (key.columns, key.to))
            lines.append(f"FOREIGN KEY ({here}) REFERENCES {_name(key.table)} ({there})")
    return f"CREATE TABLE {_name(table.name)} ({', '.join(lines)})"


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
