"""What a table holds: its columns with their kinds, meanings and units, its key, and what it refers to. Pure.

A row is a mapping of column names to Python values, ``None`` where nothing is known. The kinds and their values:
``text`` and ``code`` (str), ``integer`` (int), ``decimal`` (Decimal), ``date`` (date), ``datetime`` (aware datetime),
``boolean`` (bool), ``list`` (a sequence of str). A float is refused everywhere: it cannot hold an amount of money.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

Row = Mapping[str, Any]


class Kind(StrEnum):
    """What the values of a column are."""

    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    DATE = "date"
    DATETIME = "datetime"
    BOOLEAN = "boolean"
    CODE = "code"
    LIST = "list"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table."""

    name: str
    kind: Kind
    title: str  # a heading for people
    description: str
    unit: str = ""  # such as EUR, or the name of the column that holds the currency
    required: bool = False  # whether every row has a value
    unique: bool = False
    minimum: int | None = None  # the smallest number allowed
    vocabulary: Mapping[str, str] | None = None  # of a code, or of each entry of a list: label by code


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """Columns of a table that name a row of another (or the same) table."""

    columns: tuple[str, ...]
    table: str
    to: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A documented table."""

    name: str
    title: str
    description: str
    columns: tuple[Column, ...]
    primary_key: tuple[str, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of the columns, in order."""
        return tuple(column.name for column in self.columns)

    @cached_property
    def by_name(self) -> dict[str, Column]:
        """The columns by name."""
        return {column.name: column for column in self.columns}

    def only(self, *names: str) -> Table:
        """The same table with some of its columns, in the order given. Raises ``KeyError`` for one it does not have."""
        kept = set(names)
        return Table(
            self.name,
            self.title,
            self.description,
            tuple(self.by_name[name] for name in names),
            self.primary_key if kept.issuperset(self.primary_key) else (),
            tuple(key for key in self.foreign_keys if kept.issuperset(key.columns)),
        )

    def with_columns(self, *columns: Column) -> Table:
        """The same table with further columns at its end."""
        return Table(
            self.name, self.title, self.description, (*self.columns, *columns), self.primary_key, self.foreign_keys
        )
