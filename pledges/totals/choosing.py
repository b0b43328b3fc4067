"""Which lines a question is about."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, TypeVar

from django.db.models import Q, QuerySet

from history.models import Version
from pledges.dividing import SEVERAL
from pledges.models import CutLine, SourceLine, Stage, TotalLine, Valuation
from pledges.state import KIND
from pledges.totals.memberships import AT_DATE, Memberships

# What can have been reached; every pledge has reached the first stage, by its announcement.
STAGES_REACHED = (Stage.PLEDGE, Stage.COMMITMENT, Stage.ALLOCATION, Stage.DELIVERY)


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
    donor_group: tuple[str, ...] = ()
    membership: str = AT_DATE  # when a donor has to belong to the group
    today: date | None = None  # the day that is today, for memberships
    item_category: tuple[str, ...] = ()  # ``several``: what is not divided among categories
    stage_reached: str = ""  # one of ``STAGES_REACHED``: what moved there or beyond, instead of the whole
    valued: bool | None = None  # whether the pledge has a value, be it in a currency without a rate
    valuation: tuple[str, ...] = ()
    has_delivery: bool | None = None
    amount_min: int | None = None  # of the whole pledge, in euro cents
    amount_max: int | None = None
    words: tuple[str, ...] = ()  # all of them in the title, as it was then

    @property
    def reached(self) -> str:
        """The stage whose cut is asked for; empty for the whole of each pledge."""
        return "" if self.stage_reached == Stage.PLEDGE else self.stage_reached


Lines = TypeVar("Lines", TotalLine, SourceLine, CutLine)


def line_sets(
    dataset: str, filters: Filters, as_of: int | None, *, by_category: bool = False, left_out_too: bool = False
) -> list[QuerySet[Any]]:
    """The lines that answer to the filters, as one or two sets with no pledge in both.

    ``by_category``: each category's part by itself, where a pledge has goods of several.
    """
    apart = by_category or bool(filters.item_category)

    def whole(narrowed: Filters) -> QuerySet[Any]:
        if not filters.reached:
            return lines_of(TotalLine, dataset, narrowed, as_of, left_out_too=left_out_too)
        lines = lines_of(CutLine, dataset, narrowed, as_of, left_out_too=left_out_too)
        return lines.filter(reached=filters.reached, divided=False)

    if not apart:
        return [whole(filters)]
    divided = lines_of(CutLine, dataset, filters, as_of, left_out_too=left_out_too)
    return [whole(filters).exclude(category=SEVERAL), divided.filter(reached=filters.reached, divided=True)]


def source_lines_of(dataset: str, filters: Filters, as_of: int | None) -> QuerySet[SourceLine]:
    """The lines of what a source says itself. What it values it is asked by its own value, not by ours."""
    lines = lines_of(SourceLine, dataset, replace(filters, valued=None, valuation=()), as_of)
    return lines if filters.valued is None else lines.filter(value__isnull=not filters.valued)


def lines_of(
    model: type[Lines], dataset: str, filters: Filters, as_of: int | None, *, left_out_too: bool = False
) -> QuerySet[Lines]:
    """The lines of a dataset that answer to the filters, as they stood right after a change or stand now."""
    lines = model._default_manager.filter(standing_at(as_of), dataset__key=dataset)
    if not left_out_too:
        lines = lines.filter(left_out="")
    if not filters.refugee_costs:
        lines = lines.filter(refugee_costs=False)
    for column, values in (
        ("donor__code__in", filters.donor),
        ("recipient__code__in", filters.recipient),
        ("type__in", filters.type),
        ("finance_type__in", filters.finance_type),
        ("stage__in", filters.stage),
        ("category__in", filters.item_category),
        ("valuation__in", filters.valuation),
    ):
        if values:
            lines = lines.filter(**{column: values})
    if filters.announced_from is not None:
        lines = lines.filter(announced_on__gte=filters.announced_from)
    if filters.announced_until is not None:
        lines = lines.filter(announced_on__lte=filters.announced_until)
    if filters.in_kind is not None:
        lines = lines.filter(in_kind=filters.in_kind)
    if filters.donor_group:
        lines = lines.filter(Memberships.of(filters.donor_group, as_of).lines(filters.membership, filters.today))
    return lines.filter(_of_the_pledge(filters, as_of))


def standing_at(as_of: int | None) -> Q:
    """Rows with a validity that stood right after a change, or stand now."""
    if as_of is None:
        return Q(until__isnull=True)
    return Q(Q(until__isnull=True) | Q(until__gt=as_of), since__lte=as_of)


def _of_the_pledge(filters: Filters, as_of: int | None) -> Q:
    """What is asked of the whole pledge, whatever the line's part of it."""
    found = Q()
    if filters.valued is not None:
        without = Q(valuation=Valuation.NONE)
        found &= ~without if filters.valued else without
    if filters.has_delivery is not None:
        found &= Q(has_delivery=filters.has_delivery)
    if filters.amount_min is not None:
        found &= Q(pledge_cents__gte=filters.amount_min)
    if filters.amount_max is not None:
        found &= Q(pledge_cents__lte=filters.amount_max)
    if filters.words:
        titled = Version.objects.filter(standing_at(as_of), has_words("state__title", filters.words), kind=KIND)
        found &= Q(pledge_id__in=titled.values("object_id"))
    return found


def has_words(column: str, words: Sequence[str]) -> Q:
    """A text that has all words, in any case. By regular expression: LIKE on SQLite knows the case of ASCII only."""
    found = Q()
    for word in words:
        found &= Q(**{f"{column}__iregex": re.escape(word)})
    return found
