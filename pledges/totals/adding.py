"""Adds up lines in the database: integers, in one query for each set of groups."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Case, Count, F, Q, QuerySet, Sum, When

from pledges.models import Valuation
from pledges.sums import Sums


def grouped_sums(lines: QuerySet[Any], currency: str, columns: Sequence[str]) -> dict[tuple[Any, ...], Sums]:
    """Sums of the lines by the values of the columns; one query."""
    grouped: dict[tuple[Any, ...], Sums] = {}
    for record in _summed(lines, [*columns, "finance_type"], currency):
        key = tuple(record[column] for column in columns)
        grouped[key] = grouped.get(key, Sums()).plus(_sums(record))
    return grouped


def sums_of_sets(sets: Sequence[QuerySet[Any]], currency: str, columns: Sequence[str]) -> dict[tuple[Any, ...], Sums]:
    """The same over several sets of lines, no pledge in two of them; one query for each."""
    found: dict[tuple[Any, ...], Sums] = {}
    for lines in sets:
        for key, sums in grouped_sums(lines, currency, columns).items():
            found[key] = found.get(key, Sums()).plus(sums)
    return found


def _summed(lines: QuerySet[Any], columns: Sequence[str], currency: str) -> Iterable[dict[str, Any]]:
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
            halted=Sum(f"{prefix}_suspended"),
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
        suspended=int(record["halted"] or 0),
        by_finance_type={record["finance_type"]: central} if record["valued"] else {},
    )
