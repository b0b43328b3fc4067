"""Counts of sanctions measures by any mix of dimensions. Measures have no sum; each counts once in the total.

A measure of several imposers, targets or types stands in each of their rows, so rows do not sum to the total.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet

from reference.models import Party
from reference.services import TRACKER_DATASET
from sanctions.models import Measure, MeasureKind, RecordState

# The public name of a dimension and the column of a measure that makes it.
DIMENSIONS = {
    "imposer": "imposers__party_id",
    "target": "targets__party_id",
    "measure": "types__type",
    "action": "last_action",
    "target_kind": "target_kind",
    "programme": "programme__key",
}
PARTY_DIMENSIONS = {"imposer", "target"}


@dataclass(frozen=True, slots=True)
class Filters:
    """What is asked for; an empty tuple or ``None`` asks for all."""

    imposer: tuple[str, ...] = ()
    target: tuple[str, ...] = ()
    measure: tuple[str, ...] = ()
    action: tuple[str, ...] = ()
    in_force_on: date | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """How many measures: all, those in force on the day asked about, those only proposed or announced."""

    count: int = 0
    in_force_count: int = 0
    not_adopted_count: int = 0


@dataclass(frozen=True, slots=True)
class PartyKey:
    """An imposer or target in a row; the code is empty where none is named."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the value of each dimension, and the counts."""

    keys: Mapping[str, PartyKey | str]
    counts: Counts


@dataclass(frozen=True, slots=True)
class Totals:
    """An answer: rows in a stable order, and the counts over all of them."""

    dataset: str
    day: date
    group_by: tuple[str, ...]
    rows: tuple[Row, ...]
    total: Counts


def in_force(day: date) -> Q:
    """The measures that are in force on a day, by the last run of their adopted steps."""
    begun = Q(in_force_from__isnull=True) | Q(in_force_from__lte=day)
    lasting = Q(in_force_until__isnull=True) | Q(in_force_until__gte=day)
    return Q(adopted=True) & begun & lasting


def totals(
    *,
    day: date,
    group_by: Sequence[str] = (),
    filters: Filters | None = None,
    dataset: str = TRACKER_DATASET,
) -> Totals:
    """Counts of one dataset's published measures; ``day`` is the day on which they are in force or not.

    ``group_by`` holds names of ``DIMENSIONS``, checked by the caller. Three queries, however many rows there are.
    """
    measures = _measures(dataset, filters or Filters())
    columns = [DIMENSIONS[name] for name in group_by]
    records = list(_counted(measures.order_by().values(*columns), day)) if columns else []
    parties = _parties(group_by, records)
    rows = [Row(_keys(group_by, record, parties), _counts(record)) for record in records]
    rows.sort(key=lambda row: [_order(name, value) for name, value in row.keys.items()])
    total = measures.aggregate(**_aggregates(day))
    return Totals(dataset, day, tuple(group_by), tuple(rows), _counts(total))


def _measures(dataset: str, filters: Filters) -> QuerySet[Measure]:
    measures = Measure.objects.filter(dataset__key=dataset, state=RecordState.PUBLISHED)
    for column, values in (
        ("imposers__party__code__in", filters.imposer),
        ("targets__party__code__in", filters.target),
        ("types__type__in", filters.measure),
        ("last_action__in", filters.action),
    ):
        if values:
            matching = Measure.objects.filter(**{column: values}).values("pk")
            measures = measures.filter(pk__in=matching)
    return measures if filters.in_force_on is None else measures.filter(in_force(filters.in_force_on))


def _aggregates(day: date) -> dict[str, Count]:
    return {
        "count": Count("pk", distinct=True),
        "in_force": Count("pk", distinct=True, filter=in_force(day)),
        "not_adopted": Count("pk", distinct=True, filter=Q(adopted=False)),
    }


def _counted(records: Any, day: date) -> Any:
    return records.annotate(**_aggregates(day))


def _counts(record: Mapping[str, Any]) -> Counts:
    return Counts(record["count"], record["in_force"], record["not_adopted"])


def _parties(group_by: Sequence[str], records: Sequence[Mapping[str, Any]]) -> dict[int, PartyKey]:
    columns = [DIMENSIONS[name] for name in group_by if name in PARTY_DIMENSIONS]
    ids = {record[column] for record in records for column in columns if record[column] is not None}
    rows = Party.objects.filter(pk__in=ids).values_list("pk", "code", "name")
    return {pk: PartyKey(code, name) for pk, code, name in rows}


def _keys(
    group_by: Sequence[str], record: Mapping[str, Any], parties: Mapping[int, PartyKey]
) -> dict[str, PartyKey | str]:
    keys: dict[str, PartyKey | str] = {}
    for name in group_by:
        value = record[DIMENSIONS[name]]
        if name in PARTY_DIMENSIONS:
            keys[name] = parties[value] if value is not None else PartyKey("", "Not named")
        else:
            keys[name] = value or ""
    return keys


def _order(name: str, value: PartyKey | str) -> tuple[int, str]:
    if isinstance(value, PartyKey):
        return int(value.code == ""), value.name
    if name == "measure" and value in MeasureKind.values:
        return MeasureKind.values.index(value), ""
    return int(value == ""), value
