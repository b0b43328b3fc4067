"""Totals of what is pledged, by any mix of dimensions: exact, each pledge once, what is unknown counted apart.

Totals read the lines that ``pledges.recounting`` keeps. Rows of overlapping dimensions (a joint pledge counts one in
each of its donors' rows) do not sum to the total; the total takes each pledge once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, TypeVar

from django.db.models import Case, Count, F, Q, QuerySet, Sum, When
from django.db.models.functions import ExtractMonth, ExtractQuarter, ExtractYear

from pledges.models import AidType, FinanceType, Part, SourceLine, Stage, TotalLine, Valuation
from pledges.source_totals import sums_by_source
from pledges.sums import Sums
from reference.models import Party
from reference.services import TRACKER_DATASET

CURRENCIES = ("EUR", "USD")
PERIODS = ("year", "quarter", "month")
OURS, BY_SOURCE = "ours", "source"
VALUE_BASES = (OURS, BY_SOURCE)


@dataclass(frozen=True, slots=True)
class PartyKey:
    """A donor or recipient in a row: a party, *joint, not allocated*, or not named."""

    part: Part
    code: str
    name: str


Key = PartyKey | str | int | bool | None  # None: not dated


def _itself(value: Key) -> Key:
    return value


def _party_key(part: str, party: PartyKey | None) -> PartyKey:
    return party if party is not None else PartyKey(Part(part), part, Part(part).label)


def _quarter(year: int | None, quarter: int | None) -> str | None:
    return None if year is None else f"{year:04d}-Q{quarter}"


def _month(year: int | None, month: int | None) -> str | None:
    return None if year is None else f"{year:04d}-{month:02d}"


@dataclass(frozen=True, slots=True)
class Dimension:
    """One way to group: its public name, the columns of a line that make it, and how its value is read from them."""

    name: str
    columns: tuple[str, ...]
    read: Callable[..., Key] = _itself


DIMENSIONS = {
    one.name: one
    for one in (
        Dimension("donor", ("donor_part", "donor_id"), _party_key),
        Dimension("recipient", ("recipient_part", "recipient_id"), _party_key),
        Dimension("type", ("type",)),
        Dimension("finance_type", ("finance_type",)),
        Dimension("in_kind", ("in_kind",)),
        Dimension("stage", ("stage",)),
        Dimension("year", ("announced_year",)),
        Dimension("quarter", ("announced_year", "announced_quarter"), _quarter),
        Dimension("month", ("announced_year", "announced_month"), _month),
    )
}
# Columns that are no fields of a line but made from its day of announcement; null where it has none.
MADE = {
    "announced_year": ExtractYear("announced_on"),
    "announced_quarter": ExtractQuarter("announced_on"),
    "announced_month": ExtractMonth("announced_on"),
}


@dataclass(frozen=True, slots=True)
class Filters:
    """What is asked for; an empty tuple or ``None`` asks for all."""

    donor: tuple[str, ...] = ()
    recipient: tuple[str, ...] = ()
    type: tuple[str, ...] = ()
    finance_type: tuple[str, ...] = ()
    stage: tuple[str, ...] = ()
    in_kind: bool | None = None
    announced_from: date | None = None  # by the latest possible day of announcement; undated ones are left out
    announced_until: date | None = None
    refugee_costs: bool = False  # whether refugee costs at home are included


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
    it is worth and never with a value of ours. Three queries, however many rows there are.
    """
    filters = filters or Filters()
    dimensions = [DIMENSIONS[name] for name in group_by]
    columns = [column for dimension in dimensions for column in dimension.columns]
    sums: Callable[[Sequence[str]], dict[tuple[Any, ...], Sums]]
    made = {column: MADE[column] for column in columns if column in MADE}
    if value_basis == BY_SOURCE:
        source_lines = lines_of(SourceLine, dataset, filters, as_of).annotate(**made)
        sums = partial(sums_by_source, source_lines, currency)
    else:
        sums = partial(_grouped, lines_of(TotalLine, dataset, filters, as_of).annotate(**made), currency)
    grouped = sums(columns) if columns else {}
    total = sums([]).get((), Sums())
    return Totals(dataset, currency, tuple(group_by), _rows(dimensions, grouped), total)


Lines = TypeVar("Lines", TotalLine, SourceLine)


def lines_of(
    model: type[Lines], dataset: str, filters: Filters, as_of: int | None, *, left_out_too: bool = False
) -> QuerySet[Lines]:
    """The lines of a dataset that answer to the filters, as they stood right after a change or stand now."""
    lines = model._default_manager.filter(dataset__key=dataset)
    if not left_out_too:
        lines = lines.filter(left_out="")
    if as_of is None:
        lines = lines.filter(until__isnull=True)
    else:
        lines = lines.filter(Q(until__isnull=True) | Q(until__gt=as_of), since__lte=as_of)
    if not filters.refugee_costs:
        lines = lines.filter(refugee_costs=False)
    for column, values in (
        ("donor__code__in", filters.donor),
        ("recipient__code__in", filters.recipient),
        ("type__in", filters.type),
        ("finance_type__in", filters.finance_type),
        ("stage__in", filters.stage),
    ):
        if values:
            lines = lines.filter(**{column: values})
    if filters.announced_from is not None:
        lines = lines.filter(announced_on__gte=filters.announced_from)
    if filters.announced_until is not None:
        lines = lines.filter(announced_on__lte=filters.announced_until)
    return lines if filters.in_kind is None else lines.filter(in_kind=filters.in_kind)


def _grouped(lines: QuerySet[TotalLine], currency: str, columns: Sequence[str]) -> dict[tuple[Any, ...], Sums]:
    grouped: dict[tuple[Any, ...], Sums] = {}
    for record in _summed(lines, [*columns, "finance_type"], currency):
        key = tuple(record[column] for column in columns)
        grouped[key] = grouped.get(key, Sums()).plus(_sums(record))
    return grouped


def _summed(lines: QuerySet[TotalLine], columns: Sequence[str], currency: str) -> Iterable[dict[str, Any]]:
    prefix = currency.lower()
    central = f"{prefix}_central"
    known = Q(**{f"{central}__isnull": False})
    estimated = Q(valuation__in=[Valuation.ESTIMATED, Valuation.PARTIAL])
    records: Iterable[dict[str, Any]] = (
        lines.order_by()
        .values(*dict.fromkeys(columns))
        .annotate(
            count=Count("pledge_id", distinct=True),
            valued=Count("pledge_id", distinct=True, filter=known),
            unconverted=Count("pledge_id", distinct=True, filter=Q(has_value=True) & ~known),
            open_count=Count("pledge_id", distinct=True, filter=known & Q(high_open=True)),
            low=Sum(f"{prefix}_low"),
            central=Sum(central),
            high=Sum(f"{prefix}_high"),
            estimated=Sum(Case(When(estimated, then=F(central)))),
            resting_on_up_to=Sum(Case(When(Q(up_to=True), then=F(central)))),
        )
    )
    return records


def _sums(record: Mapping[str, Any]) -> Sums:
    central, estimated = int(record["central"] or 0), int(record["estimated"] or 0)
    return Sums(
        count=record["count"],
        valued_count=record["valued"],
        unconverted_count=record["unconverted"],
        low=int(record["low"] or 0),
        central=central,
        high=int(record["high"] or 0),
        high_open=record["open_count"],
        stated=central - estimated,
        estimated=estimated,
        up_to=int(record["resting_on_up_to"] or 0),
        by_finance_type={record["finance_type"]: central} if record["valued"] else {},
    )


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
    return tuple(sorted(rows, key=lambda row: [_order(name, value) for name, value in row.keys.items()]))


def _parties(dimensions: Sequence[Dimension], grouped: Iterable[tuple[Any, ...]]) -> dict[int | None, PartyKey]:
    columns = [column for dimension in dimensions for column in dimension.columns]
    places = [place for place, column in enumerate(columns) if column.endswith("_id")]
    ids = {key[place] for key in grouped for place in places if key[place] is not None}
    found = Party.objects.filter(pk__in=ids).values_list("pk", "code", "name")
    return {pk: PartyKey(Part.NAMED, code, name) for pk, code, name in found}


ORDERS: dict[str, list[str]] = {
    "type": AidType.values,
    "finance_type": FinanceType.values,
    "stage": Stage.values,
}


def _order(name: str, value: Key) -> tuple[int, str]:
    """Named parties by name, then joint, then not named; codes in the order of the vocabulary; undated ones last."""
    if isinstance(value, PartyKey):
        return Part.values.index(value.part), value.name
    if name in ORDERS:
        return ORDERS[name].index(str(value)), ""
    if name in PERIODS:
        return int(value is None), f"{value:>10}" if value is not None else ""
    return int(bool(value)), ""
