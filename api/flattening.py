"""Rows of an answer as a flat table: what stands inside a member becomes columns of its own.

The columns come from the serializer that describes the rows, so that a member added there is in the table as well. A
party is two columns, its code and its name; a list of texts is one; other lists are left out, as they are no part of a
flat row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from rest_framework import serializers

from api.serializers.fields import Amount, Cents, Coded, Number, ReportedCents
from api.serializers.shared import PartyBrief
from interchange.writing import Column, Kind, Row, Table

KINDS: tuple[tuple[type[serializers.Field[Any, Any, Any, Any]], Kind], ...] = (
    (serializers.BooleanField, Kind.BOOLEAN),
    (serializers.IntegerField, Kind.INTEGER),
    (serializers.DateTimeField, Kind.DATETIME),
    (serializers.DateField, Kind.DATE),
    (Amount, Kind.DECIMAL),
    (Cents, Kind.DECIMAL),
    (ReportedCents, Kind.DECIMAL),
    (Number, Kind.DECIMAL),
    (Coded, Kind.CODE),
)
READ: dict[Kind, Callable[[str], Any]] = {
    Kind.DECIMAL: Decimal,
    Kind.DATE: date.fromisoformat,
    Kind.DATETIME: datetime.fromisoformat,
}


@dataclass(frozen=True, slots=True)
class Place:
    """A column, and the path of members that leads to its value."""

    column: Column
    path: tuple[str, ...]

    def value(self, row: Mapping[str, Any]) -> Any:
        """The value in a row of the answer, as the writers of tables take it."""
        found: Any = row
        for name in self.path:
            found = found.get(name) if isinstance(found, Mapping) else None
            if found is None:
                return None
        read = READ.get(self.column.kind)
        if read is None or not isinstance(found, str):
            return found
        return read(found)


def flat(
    name: str,
    title: str,
    description: str,
    serializer: type[serializers.Serializer[Any]],
    rows: Sequence[Mapping[str, Any]],
) -> tuple[Table, Iterator[Row]]:
    """The table of the rows of an answer, and its rows. Members that no row has are no columns.

    Members that a serializer makes from a mapping (sums by finance type) have one column for each of its keys.
    """
    places = list(_places(serializer(), (), rows))
    table = Table(name, title, description, tuple(place.column for place in places))
    return table, ({place.column.name: place.value(row) for place in places} for row in rows)


def _places(serializer: Any, above: tuple[str, ...], rows: Sequence[Any]) -> Iterator[Place]:
    known = set(serializer.fields)
    order = list(dict.fromkeys([*(name for row in rows for name in row if name in known), *known_order(serializer)]))
    for name in order:
        field = serializer.fields[name]
        present = [row[name] for row in rows if name in row]
        if not present and not field.required:
            continue
        yield from _of_field(field, (*above, name), [one for one in present if one is not None])


def known_order(serializer: Any) -> Iterable[str]:
    """The members of a serializer, in order."""
    return tuple(serializer.fields)


def _of_field(field: Any, path: tuple[str, ...], values: Sequence[Any]) -> Iterator[Place]:
    told = str(field.help_text or field.__class__.__doc__ or "").strip().partition("\n")[0]
    if isinstance(field, PartyBrief):
        for part, words in (("code", "Code"), ("name", "Name")):
            ending = () if part == "code" else (part,)
            yield Place(_column((*path, *ending), Kind.TEXT, f"{words}: {told}"), (*path, part))
    elif isinstance(field, serializers.Serializer):
        yield from _places(field, path, values)
    elif isinstance(field, (serializers.ListSerializer, serializers.ListField)):
        if isinstance(getattr(field, "child", None), serializers.CharField):
            yield Place(_column(path, Kind.LIST, told), path)
    elif isinstance(field, (serializers.SerializerMethodField, serializers.DictField)):
        yield from _of_mapping(path, values, told)
    else:
        kind = next((kind for cls, kind in KINDS if isinstance(field, cls)), Kind.TEXT)
        yield Place(_column(path, kind, told), path)


def _of_mapping(path: tuple[str, ...], values: Sequence[Any], told: str) -> Iterator[Place]:
    """Columns for each key of mappings; of a plain value, one column of text."""
    if any(isinstance(one, Mapping) for one in values):
        for key in dict.fromkeys(key for one in values for key in one):
            yield Place(_column((*path, key), Kind.DECIMAL, told), (*path, key))
    elif not any(isinstance(one, list) for one in values):
        yield Place(_column(path, Kind.TEXT, told), path)


def _column(path: tuple[str, ...], kind: Kind, told: str) -> Column:
    name = "_".join(path)
    return Column(name, kind, name.replace("_", " ").capitalize(), told or name)
