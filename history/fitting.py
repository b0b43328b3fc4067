"""What the columns of a record can keep, told in sentences before a database refuses it.

PostgreSQL refuses a text that is too long, a NUL in it, and a number with too many digits; SQLite takes them or rounds.
A record is to be refused alike on both, and never half-way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import DecimalField, Field, ForeignKey, Model, PositiveIntegerField

# Days outside are slips of the keyboard, and no calendar that we reckon with reaches beyond them on both sides.
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2100, 12, 31)
LARGEST_POSITION = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Row:
    """Values for one row by column name; ``field`` is what the person who entered them calls the place."""

    model: type[Model]
    values: Mapping[str, Any]
    field: str = ""  # empty: the column's own name


def misfits(rows: Iterable[Row]) -> Iterator[tuple[str, str]]:
    """What cannot be kept, as pairs of field and sentence. One query for each kind of record that rows refer to."""
    wanted: dict[type[Model], list[tuple[str, int]]] = {}
    for row in rows:
        for column in row.model._meta.concrete_fields:
            if column.attname not in row.values:
                continue
            value, place = row.values[column.attname], row.field or column.attname
            words = _misfit(column, value)
            if words:
                yield place, f"{str(column.verbose_name).capitalize()}: {words}"
            if isinstance(column, ForeignKey) and value is not None:
                wanted.setdefault(column.remote_field.model, []).append((place, value))
    for model, named in wanted.items():
        known = set(model._default_manager.filter(pk__in={pk for _, pk in named}).values_list("pk", flat=True))
        for place, pk in named:
            if pk not in known:
                yield place, f"There is no {model._meta.verbose_name} with the id {pk}."


def _misfit(column: Field[Any, Any], value: Any) -> str:
    if isinstance(value, str):
        return _text(column.max_length, value)
    if isinstance(value, Decimal) and isinstance(column, DecimalField):
        return _number(column, value)
    if isinstance(value, date) and not FIRST_DAY <= value <= LAST_DAY:
        return f"{value} is not between {FIRST_DAY.year} and {LAST_DAY.year}; check the year."
    if isinstance(column, PositiveIntegerField) and value is not None and not 0 <= value <= LARGEST_POSITION:
        return f"{value} is no place in a text."
    return ""


def _text(longest: int | None, value: str) -> str:
    if not keepable(value):
        return "the text holds a character that no database keeps; write it anew."
    if longest is not None and len(value) > longest:
        return f"the text has {len(value)} characters; {longest} are the most."
    return ""


def _number(column: DecimalField[Any, Any], value: Decimal) -> str:
    if not value.is_finite():
        return ""
    whole = column.max_digits - column.decimal_places
    if value and value.adjusted() >= whole:
        return f"{value:g} is too large; at most {whole} digits before the point can be kept."
    exponent = value.normalize().as_tuple().exponent
    if isinstance(exponent, int) and -exponent > column.decimal_places:
        return f"{value:g} has too many decimals; at most {column.decimal_places} can be kept."
    return ""


def keepable(text: str) -> bool:
    """Whether every database can keep the text: no NUL, and no half of a surrogate pair."""
    return "\0" not in text and not any("\ud800" <= sign <= "\udfff" for sign in text)
