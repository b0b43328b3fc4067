"""Totals of what is pledged, by any mix of dimensions: exact, each pledge once, what is unknown counted apart.

Totals read the lines that ``pledges.recounting`` keeps. Rows of overlapping dimensions (a joint pledge counts one in
each of its donors' rows) do not sum to the total; the total takes each pledge once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from pledges.models import Part
from pledges.sums import Sums
from pledges.totals.asking import OURS, Question
from pledges.totals.bounding import bounded
from pledges.totals.choosing import Filters
from pledges.totals.dimensions import DIMENSIONS, Dimension, Key, PartyKey, order
from pledges.totals.fulfilling import Fulfilment, fulfilments
from pledges.totals.relating import Relative, related
from reference.models import Party
from reference.services import TRACKER_DATASET

# Rows of one answer; some ten megabytes as JSON.
MOST_ROWS = 20_000


class TooManyRowsError(ValueError):
    """A question whose answer has too many rows; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of totals: the value of each dimension, and the sums."""

    keys: Mapping[str, Key]
    sums: Sums
    relative: Relative | None = None  # to a figure of the row's donor, where that is asked for
    fulfilment: Fulfilment | None = None  # where that is asked for


@dataclass(frozen=True, slots=True)
class Totals:
    """An answer: rows in a stable order, and the total over all of them."""

    dataset: str
    currency: str
    group_by: tuple[str, ...]
    rows: tuple[Row, ...]
    total: Sums
    attribution_sources: tuple[str, ...] = ()  # of the keys that were at hand, the latest first
    left_out_count: int = 0  # pledges of refugee costs that would answer too, where these are not asked for


def totals(
    *,
    group_by: Sequence[str] = (),
    currency: str = "EUR",
    filters: Filters | None = None,
    dataset: str = TRACKER_DATASET,
    as_of: int | None = None,
    value_basis: str = OURS,
    rates: date | None = None,
    attribute_eu: str = "",
    relative_to: str = "",
    fulfilled_by: date | None = None,
) -> Totals:
    """Totals of one dataset. ``as_of`` is the number of a change: the answer is what held right after it.

    ``group_by`` holds names of ``DIMENSIONS``; ``currency`` is one that the ECB quotes; ``value_basis`` one of
    ``VALUE_BASES``; all are checked by the caller. By ``source``, an imported record counts with what its source says
    it is worth and never with a value of ours. ``rates`` is a day whose rates are taken for all amounts.
    ``attribute_eu`` is empty or ``members``. ``relative_to`` is empty or a measure of ``PartyFigure``, for rows by
    donor. ``fulfilled_by`` is the day that is today, where the share that came of each row is asked for. Few queries,
    however many rows there are; ``TooManyRowsError`` where there are more than ``MOST_ROWS``.
    """
    question = Question(
        currency, filters or Filters(), dataset, as_of, value_basis=value_basis, rates=rates, attribute_eu=attribute_eu
    )
    dimensions = [DIMENSIONS[name] for name in group_by]
    columns = [column for dimension in dimensions for column in dimension.columns]
    # What is left out is told, so both are read together; each pledge has this mark or has it not, so counts add up.
    both = question if question.filters.refugee_costs else question.with_refugee_costs()
    grouped = _without_refugee_costs(both, question, columns) if columns else {}
    if len(grouped) > MOST_ROWS:
        raise TooManyRowsError(
            f"these dimensions make {len(grouped):,} rows; at most {MOST_ROWS:,} are told at once. Group by fewer, or "
            "ask for less (donor, type, announced_from …)"
        )
    total, left_out = _total(both, question)
    came: Mapping[tuple[Any, ...], Fulfilment | None] = {}
    if fulfilled_by is not None:
        with bounded():
            came = fulfilments(question, columns, fulfilled_by)
    rows = _rows(dimensions, grouped, came)
    if relative_to:
        rows = related(rows, relative_to, question)
    keys = question.attribution.keys if question.attribution is not None else ()
    sources = tuple(key.source for key in keys)
    return Totals(dataset, currency, tuple(group_by), rows, total, sources, left_out)


MARK = "refugee_costs"


def _without_refugee_costs(both: Question, asked: Question, columns: Sequence[str]) -> Mapping[tuple[Any, ...], Sums]:
    if both is asked:
        return both.sums(columns)
    return {key[:-1]: sums for key, sums in both.sums([*columns, MARK]).items() if not key[-1]}


def _total(both: Question, asked: Question) -> tuple[Sums, int]:
    """The total, and how many pledges of refugee costs it leaves out."""
    if both is asked:
        return both.sums([]).get((), Sums()), 0
    found = both.sums([MARK])
    return found.get((False,), Sums()), found.get((True,), Sums()).count


def _rows(
    dimensions: Sequence[Dimension],
    grouped: Mapping[tuple[Any, ...], Sums],
    came: Mapping[tuple[Any, ...], Fulfilment | None],
) -> tuple[Row, ...]:
    return tuple(Row(keys, grouped[place], fulfilment=came.get(place)) for place, keys in keys_of(dimensions, grouped))


def keys_of(
    dimensions: Sequence[Dimension], grouped: Iterable[tuple[Any, ...]]
) -> list[tuple[tuple[Any, ...], dict[str, Key]]]:
    """The values of columns, each with what the dimensions read from them, in the order of rows."""
    places = list(grouped)
    parties = _parties(dimensions, places)
    found = []
    for place in places:
        values = iter(place)
        keys: dict[str, Key] = {}
        for dimension in dimensions:
            read = [
                parties.get(value) if column.endswith("_id") else value
                for column, value in zip(dimension.columns, values, strict=False)
            ]
            keys[dimension.name] = dimension.read(*read)
        found.append((place, keys))
    return sorted(found, key=lambda one: [order(name, value) for name, value in one[1].items()])


def _parties(dimensions: Sequence[Dimension], grouped: Iterable[tuple[Any, ...]]) -> dict[int | None, PartyKey]:
    columns = [column for dimension in dimensions for column in dimension.columns]
    places = [place for place, column in enumerate(columns) if column.endswith("_id")]
    ids = {key[place] for key in grouped for place in places if key[place] is not None}
    found = Party.objects.filter(pk__in=ids).values_list("pk", "code", "name")
    return {pk: PartyKey(Part.NAMED, code, name) for pk, code, name in found}
