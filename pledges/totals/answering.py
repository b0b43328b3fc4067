"""Totals of what is pledged, by any mix of dimensions: exact, each pledge once, what is unknown counted apart.

Totals read the lines that ``pledges.recounting`` keeps. Rows of overlapping dimensions (a joint pledge counts one in
each of its donors' rows) do not sum to the total; the total takes each pledge once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from pledges.models import Part, SourceLine, TotalLine
from pledges.source_totals import sums_by_source
from pledges.sums import Sums
from pledges.totals.adding import grouped_sums
from pledges.totals.choosing import Filters, lines_of
from pledges.totals.dimensions import DIMENSIONS, MADE, Dimension, Key, PartyKey, order
from pledges.totals.quick import QuickSums, quick_sums
from reference.models import Party
from reference.services import TRACKER_DATASET

CURRENCIES = ("EUR", "USD")
OURS, BY_SOURCE = "ours", "source"
VALUE_BASES = (OURS, BY_SOURCE)
SumsBy = Callable[[Sequence[str]], dict[tuple[Any, ...], Sums]]


@dataclass(frozen=True, slots=True)
class Row:
    """One row of totals: the value of each dimension, and the sums."""

    keys: Mapping[str, Key]
    sums: Sums


@dataclass(frozen=True, slots=True)
class Totals:
    """An answer: rows in a stable order, and the total over all of them."""

    dataset: str
    currency: str
    group_by: tuple[str, ...]
    rows: tuple[Row, ...]
    total: Sums


def totals(
    *,
    group_by: Sequence[str] = (),
    currency: str = "EUR",
    filters: Filters | None = None,
    dataset: str = TRACKER_DATASET,
    as_of: int | None = None,
    value_basis: str = OURS,
) -> Totals:
    """Totals of one dataset. ``as_of`` is the number of a change: the answer is what held right after it.

    ``group_by`` holds names of ``DIMENSIONS``; ``currency`` is one of ``CURRENCIES``; ``value_basis`` one of
    ``VALUE_BASES``; all are checked by the caller. By ``source``, an imported record counts with what its source says
    it is worth and never with a value of ours. Few queries, however many rows there are.
    """
    filters = filters or Filters()
    dimensions = [DIMENSIONS[name] for name in group_by]
    columns = [column for dimension in dimensions for column in dimension.columns]
    sums: SumsBy
    made = {column: MADE[column] for column in columns if column in MADE}
    if value_basis == BY_SOURCE:
        source_lines = lines_of(SourceLine, dataset, filters, as_of).annotate(**made)
        sums = partial(sums_by_source, source_lines, currency)
    else:
        of_lines = partial(grouped_sums, lines_of(TotalLine, dataset, filters, as_of).annotate(**made), currency)
        sums = partial(_quickest, quick_sums(dataset, currency, filters) if as_of is None else None, of_lines)
    grouped = sums(columns) if columns else {}
    total = sums([]).get((), Sums())
    return Totals(dataset, currency, tuple(group_by), _rows(dimensions, grouped), total)


def _quickest(quick: QuickSums | None, of_lines: SumsBy, columns: Sequence[str]) -> dict[tuple[Any, ...], Sums]:
    """By the sums that are kept, if they can tell; else by the lines themselves."""
    found = quick(columns) if quick is not None else None
    return of_lines(columns) if found is None else found


def _rows(dimensions: Sequence[Dimension], grouped: Mapping[tuple[Any, ...], Sums]) -> tuple[Row, ...]:
    parties = _parties(dimensions, grouped)
    rows = []
    for key, sums in grouped.items():
        values = iter(key)
        keys: dict[str, Key] = {}
        for dimension in dimensions:
            found = [
                parties.get(value) if column.endswith("_id") else value
                for column, value in zip(dimension.columns, values, strict=False)
            ]
            keys[dimension.name] = dimension.read(*found)
        rows.append(Row(keys, sums))
    return tuple(sorted(rows, key=lambda row: [order(name, value) for name, value in row.keys.items()]))


def _parties(dimensions: Sequence[Dimension], grouped: Iterable[tuple[Any, ...]]) -> dict[int | None, PartyKey]:
    columns = [column for dimension in dimensions for column in dimension.columns]
    places = [place for place, column in enumerate(columns) if column.endswith("_id")]
    ids = {key[place] for key in grouped for place in places if key[place] is not None}
    found = Party.objects.filter(pk__in=ids).values_list("pk", "code", "name")
    return {pk: PartyKey(Part.NAMED, code, name) for pk, code, name in found}
