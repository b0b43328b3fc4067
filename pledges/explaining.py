"""Why a total is what it is: each line that it counts, and each that it leaves out with the reason.

The lines are those that :func:`pledges.totals.totals` sums, so the parts always make the whole. What a record said when
it was counted (its amounts, its rate, its evidence) comes from its version in history, so that an answer as of a past
moment is explained by what stood then.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import F, Q, QuerySet

from history.models import Version
from pledges.counting import LeftOut
from pledges.models import RecordState, TotalLine
from pledges.state import KIND
from pledges.totals import Filters, lines_of
from reference.services import TRACKER_DATASET

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

    line: TotalLine
    left_out: str  # a key of ``REASONS``; empty if it is counted
    state: Mapping[str, Any]  # of the pledge; its names are those of its columns
    shown: bool  # whether its words may be shown: it has not been withdrawn since


def explained_lines(
    *,
    currency: str = "EUR",
    filters: Filters | None = None,
    dataset: str = TRACKER_DATASET,
    as_of: int | None = None,
    counted: bool | None = None,
) -> QuerySet[TotalLine]:
    """The lines that answer to the filters, those that are counted first and the largest of them before the others.

    ``counted`` picks those that are, or those that are left out. ``as_of`` is the number of a change.
    """
    filters = filters or Filters()
    lines = lines_of(TotalLine, dataset, replace(filters, refugee_costs=True), as_of, left_out_too=True)
    summed = Q(left_out="") if filters.refugee_costs else Q(left_out="", refugee_costs=False)
    if counted is not None:
        lines = lines.filter(summed if counted else ~summed)
    largest = F(f"{currency.lower()}_central").desc(nulls_last=True)
    return lines.select_related("pledge", "donor", "recipient").order_by(
        "left_out", "refugee_costs", largest, "pledge_id", "position"
    )


def explain(lines: Iterable[TotalLine], filters: Filters, *, as_of: int | None = None) -> list[Explained]:
    """Lines with what their records said then; one query."""
    rows = list(lines)
    states = _states({line.pledge_id for line in rows}, as_of)
    return [
        Explained(
            line=line,
            left_out=line.left_out or (REFUGEE_COSTS if line.refugee_costs and not filters.refugee_costs else ""),
            state=states.get(line.pledge_id, {}),
            shown=line.pledge.state != RecordState.WITHDRAWN,
        )
        for line in rows
    ]


def _states(pledge_ids: set[int], as_of: int | None) -> dict[int, Mapping[str, Any]]:
    """What each pledge said right after a change, or says now."""
    versions = Version.objects.filter(kind=KIND, object_id__in=pledge_ids)
    if as_of is None:
        versions = versions.filter(until__isnull=True)
    else:
        versions = versions.filter(Q(until__isnull=True) | Q(until__gt=as_of), since__lte=as_of)
    return dict(versions.values_list("object_id", "state"))
