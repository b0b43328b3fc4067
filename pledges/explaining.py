"""Why a total is what it is: each line that it counts, and each that it leaves out with the reason.

The lines are those that :func:`pledges.totals.totals` sums, so the parts always make the whole. What a record said when
it was counted (its amounts, its rate, its evidence) comes from its version in history, so that an answer as of a past
moment is explained by what stood then.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import F, Q, QuerySet

from history.models import Version
from pledges.cents import Cents
from pledges.counting import LeftOut
from pledges.models import AmountLine, Pledge, RecordState
from pledges.state import KIND
from pledges.totals import Question
from pledges.totals.walking import COLUMNS, FROZEN, Telling
from reference.rates import Quote

REFUGEE_COSTS = "refugee_costs"
REASONS = {
    LeftOut.SUPERSEDED: "Another pledge takes its place.",
    LeftOut.CANCELLED: "It was cancelled, and nothing of it was delivered.",
    LeftOut.PART_OF_PACKAGE: "It is a part of a package that is counted with its stated value.",
    LeftOut.PARTS_MAKE_WHOLE: "It is a package whose parts, which are counted, leave nothing of it over.",
    LeftOut.PARTS_COUNTED: "It is a package without a value of its own; its parts are counted.",
    REFUGEE_COSTS: "Refugee costs in the donor's own country are left out unless they are asked for.",
}


@dataclass(frozen=True, slots=True)
class Explained:
    """One line, with the record as it stood when the line held."""

    line: AmountLine
    pledge: Pledge
    left_out: str  # a key of ``REASONS``; empty if it is counted
    state: Mapping[str, Any]  # of the pledge; its names are those of its columns
    shown: bool  # whether its words may be shown: it has not been withdrawn since
    amount: Cents | None  # what it adds, in the currency of the answer; of one left out, what it would add
    attributed: tuple[tuple[int, Cents | None], ...] = ()  # to which members, where it is attributed
    rate: Quote | None = None  # of the answer's currency, where it is none of those that are frozen


class ExplainedLines:
    """The lines that answer to a question, those that are counted before the others, the largest first.

    A sequence for pages: it is counted and sliced without reading what is not shown.
    """

    def __init__(self, question: Question, counted: bool | None = None) -> None:
        """``counted`` picks those that are, or those that are left out."""
        filters = question.filters
        wide = replace(question, filters=replace(filters, refugee_costs=True))
        summed = Q(left_out="") if filters.refugee_costs else Q(left_out="", refugee_costs=False)
        sets = [_ordered(lines, question.currency) for lines in wide.sets(left_out_too=True)]
        parts = [(True, summed), (False, ~summed)]
        self.segments = [
            lines.filter(condition) for wanted, condition in parts if counted in (None, wanted) for lines in sets
        ]

    @cached_property
    def counts(self) -> list[int]:
        """How many lines each segment has."""
        return [segment.count() for segment in self.segments]

    def count(self) -> int:
        """How many lines there are."""
        return sum(self.counts)

    def __len__(self) -> int:
        """The same."""
        return self.count()

    def __getitem__(self, place: slice) -> list[AmountLine]:
        """The lines at these places."""
        first, last = place.start or 0, self.count() if place.stop is None else place.stop
        found: list[AmountLine] = []
        for segment, size in zip(self.segments, self.counts, strict=True):
            if first < size and last > 0:
                found += list(segment[max(first, 0) : min(last, size)])
            first, last = first - size, last - size
        return found


def _ordered(lines: QuerySet[Any], currency: str) -> QuerySet[Any]:
    frozen = currency.lower() if currency in FROZEN else "eur"
    largest = F(f"{frozen}_central").desc(nulls_last=True)
    return lines.select_related("pledge", "donor", "recipient").order_by(
        "left_out", "refugee_costs", largest, "pledge_id", "position"
    )


def explain(lines: Iterable[Any], question: Question) -> list[Explained]:
    """Lines with what their records said then, and what each adds; one query, and one for each currency."""
    rows = list(lines)
    states = _states({line.pledge_id for line in rows}, question.as_of)
    return [_explained(line, states.get(line.pledge_id, {}), question) for line in rows]


def _explained(line: Any, state: Mapping[str, Any], question: Question) -> Explained:
    filters, telling = question.filters, question.telling
    columns = {name: getattr(line, name) for name in COLUMNS}
    shares = list(question.walk.shares(columns))
    apart = [(share.donor, share.amount) for share in shares if share.donor is not None]
    attributed = tuple(apart) if [share.donor for share in shares] != [line.donor_id] else ()
    return Explained(
        line=line,
        pledge=line.pledge,
        left_out=line.left_out or (REFUGEE_COSTS if line.refugee_costs and not filters.refugee_costs else ""),
        state=state,
        shown=line.pledge.state != RecordState.WITHDRAWN,
        amount=_added([share.amount for share in shares]),
        attributed=attributed if line.donor_id is not None else (),
        rate=_rate(state, telling),
    )


def _added(amounts: list[Cents | None]) -> Cents | None:
    known = [one for one in amounts if one is not None]
    if not known:
        return None
    total = known[0]
    for one in known[1:]:
        total = total.plus(one)
    return total


def _rate(state: Mapping[str, Any], telling: Telling) -> Quote | None:
    if telling.frozen:
        return None
    written = state.get("rate_for")
    day = telling.day or (date.fromisoformat(written) if written else None)
    return None if day is None else telling.book.quote(telling.currency, day)


def _states(pledge_ids: set[int], as_of: int | None) -> dict[int, Mapping[str, Any]]:
    """What each pledge said right after a change, or says now."""
    versions = Version.objects.filter(kind=KIND, object_id__in=pledge_ids)
    if as_of is None:
        versions = versions.filter(until__isnull=True)
    else:
        versions = versions.filter(Q(until__isnull=True) | Q(until__gt=as_of), since__lte=as_of)
    return dict(versions.values_list("object_id", "state"))
