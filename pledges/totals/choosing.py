"""Which lines a question is about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from django.db.models import Q, QuerySet

from pledges.models import SourceLine, TotalLine


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
