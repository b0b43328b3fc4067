"""Reads rows of the database as rows of a table: chunk by chunk, so that memory does not grow with them.

Each chunk costs one query, and one more for each table of children, however many rows it has.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from itertools import islice
from operator import itemgetter
from typing import Any

from django.db.models import QuerySet, TextChoices

from interchange.writing.tables import Column
from reference.currencies import EXACT, decimals

ROWS_AT_ONCE = 1_000
Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class From:
    """A column and where its value is read from; without a path the table's own function fills it in."""

    column: Column
    path: str = ""
    convert: Callable[[Any], Any] | None = None


def columns_of(fields: Iterable[From]) -> tuple[Column, ...]:
    """The columns alone."""
    return tuple(field.column for field in fields)


def chunks(rows: QuerySet[Any], fields: Sequence[From], *more: str) -> Iterator[list[Values]]:
    """The rows in the order of the query, a chunk at a time; ``more`` are further paths, kept under their own names."""
    read = [field for field in fields if field.path]
    paths = list(dict.fromkeys([*(field.path for field in read), *more]))
    place = {path: number for number, path in enumerate(paths)}
    names = (*(field.column.name for field in read), *more)
    values_of = itemgetter(*(place[path] for path in (*(field.path for field in read), *more)))
    texts = [field.column.name for field in read if field.convert is or_none]
    made = [(field.column.name, field.convert) for field in read if field.convert not in (None, or_none)]
    found = rows.values_list(*paths).iterator(chunk_size=ROWS_AT_ONCE)
    while some := list(islice(found, ROWS_AT_ONCE)):
        chunk = []
        for values in some:
            row = dict(zip(names, values_of(values), strict=True))
            for name in texts:
                if row[name] == "":
                    row[name] = None
            for name, convert in made:
                if (value := row[name]) is not None:
                    row[name] = convert(value)
            chunk.append(row)
        yield chunk


def grouped(rows: QuerySet[Any], key: str, *paths: str) -> Mapping[Any, list[tuple[Any, ...]]]:
    """Children by what they belong to, in the order of the query; one query."""
    found: dict[Any, list[tuple[Any, ...]]] = {}
    for row in rows.values_list(key, *paths):
        if row[0] in found:
            found[row[0]].append(row[1:])
        else:
            found[row[0]] = [row[1:]]
    return found


def among(column: str, ids: Collection[int]) -> dict[str, Any]:
    """A filter for children of these rows. Where ids follow each other their range is asked for, which is quicker.

    It may then give children of a few other rows besides, which nobody looks up.
    """
    first, last = min(ids), max(ids)
    if last - first < 2 * len(ids):
        return {f"{column}__gte": first, f"{column}__lte": last}
    return {f"{column}__in": ids}


def or_none(text: str) -> str | None:
    """An empty text says that nothing is known."""
    return text or None


def trimmed(number: Decimal) -> Decimal:
    """A number without the zeros that its column keeps at the end: 12, 1.1216."""
    text = f"{number:f}"
    return Decimal(text.rstrip("0").rstrip(".")) if "." in text else number


def in_currency(amount: Decimal, currency: str) -> Decimal:
    """An amount with its currency's decimals, and with more only where it has more: 110000000.00, 0.0375."""
    rounded = EXACT.quantize(amount, _last_place(currency))
    if rounded == amount:
        return rounded
    whole, _, fraction = f"{amount:f}".partition(".")
    fraction = fraction.rstrip("0").ljust(decimals(currency) if currency else 0, "0")
    return Decimal(f"{whole}.{fraction}" if fraction else whole)


@cache
def _last_place(currency: str) -> Decimal:
    """The smallest amount of a currency; one of a currency that is not known has no decimals."""
    return Decimal(1).scaleb(-decimals(currency) if currency else 0)


def cents_of(currency: str) -> Callable[[int], Decimal]:
    """Makes amounts of minor units of a currency."""
    places = -decimals(currency)
    return lambda units: Decimal(units).scaleb(places, EXACT)


def codes(choices: type[TextChoices]) -> dict[str, str]:
    """A vocabulary: labels by code, without the code for nothing."""
    return {str(code): str(label) for code, label in choices.choices if code}
