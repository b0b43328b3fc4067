"""The tables of one dataset, or of all that may be given out, with no reference that leads out of them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from interchange.datatables.catalogue import TABLES
from interchange.writing.tables import Row, Table

ROWS_AT_ONCE = 1_000
# Links between records of one kind, which may lead from one dataset into another.
LINKS = {"pledges": ("package", "supersedes"), "deductions": ("other",), "designations": ("measure",)}


def all_tables() -> list[Table]:
    """The tables, in the order in which they are written."""
    return [one.table for one in TABLES]


def rows_of(table: Table, key: str | None) -> Iterator[Row]:
    """The rows of a table: of the one dataset with that key, or of all that may be given out."""
    rows = next(one for one in TABLES if one.table.name == table.name).rows(key)
    links = LINKS.get(table.name, ())
    return rows if key is None or not links else _within(rows, key, links)


def _within(rows: Iterator[Row], key: str, links: tuple[str, ...]) -> Iterator[Row]:
    for row in rows:
        outside = [link for link in links if row[link] is not None and row[f"{link}__dataset__key"] != key]
        yield {**row, **dict.fromkeys(outside)} if outside else row


def chunks_of(rows: Iterator[Row]) -> Iterator[list[Row]]:
    """The rows, some at a time."""
    while chunk := list(islice(rows, ROWS_AT_ONCE)):
        yield chunk
