"""Sums of what sources say themselves, from the lines that ``pledges.source_lines`` makes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from pledges.models import SourceLine
from pledges.sums import Sums
from reference.currencies import EXACT, to_minor_units

ZERO = Decimal(0)


@dataclass(slots=True)
class _Sum:
    """What is being added up for one row; values with all decimals of the source."""

    pledges: set[int] = field(default_factory=set)
    valued: set[int] = field(default_factory=set)
    elsewhere: set[int] = field(default_factory=set)  # valued in another currency
    by_finance_type: defaultdict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))


def sums_by_source(lines: QuerySet[SourceLine], currency: str, columns: Sequence[str]) -> dict[tuple[Any, ...], Sums]:
    """Sums by the values of the columns, each rounded once, after all of it is added; one query.

    A value in another currency than the one asked for is not converted: it counts as unconverted.
    """
    found: defaultdict[tuple[Any, ...], _Sum] = defaultdict(_Sum)
    rows = lines.order_by().values_list("pledge_id", "value", "currency", "finance_type", *columns)
    for pledge, value, of, finance_type, *key in rows.iterator(chunk_size=5_000):
        one = found[tuple(key)]
        one.pledges.add(pledge)
        if value is not None and of == currency:
            one.valued.add(pledge)
            one.by_finance_type[finance_type] = EXACT.add(one.by_finance_type[finance_type], value)
        elif value is not None:
            one.elsewhere.add(pledge)
    return {key: _rounded(one, currency) for key, one in found.items()}


def _rounded(one: _Sum, currency: str) -> Sums:
    exact = ZERO
    for part in one.by_finance_type.values():
        exact = EXACT.add(exact, part)
    central = to_minor_units(exact, currency)
    return Sums(
        count=len(one.pledges),
        valued_count=len(one.valued),
        unconverted_count=len(one.elsewhere - one.valued),
        low=central,
        central=central,
        high=central,
        stated=central,
        by_finance_type={name: to_minor_units(part, currency) for name, part in one.by_finance_type.items()},
    )
