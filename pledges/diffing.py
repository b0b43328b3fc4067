"""Why a total moved between two changes: which pledges did it, each with one reason, and by how much.

What a pledge adds is read from its lines as they stood right after each of the two changes, by the same question, so
that the parts sum to the difference to the cent.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from django.db.models import Q, QuerySet

from history.models import Version
from pledges.cents import Cents
from pledges.models import RecordState
from pledges.state import KIND
from pledges.totals import Question
from pledges.totals.walking import COLUMNS

MOST_PLEDGES = 20_000
IDS_AT_ONCE = 500
NOTHING = Cents(0, 0, 0)


class Reason(StrEnum):
    """Why a pledge adds something else than before."""

    NEW = "new"
    WITHDRAWN = "withdrawn"
    MERGED = "merged"
    CORRECTED = "corrected"
    RATES = "rates"
    COUNTING = "counting"
    MOVED_IN = "moved_in"
    MOVED_OUT = "moved_out"


REASONS = {
    Reason.NEW: "Published since.",
    Reason.WITHDRAWN: "Withdrawn since.",
    Reason.MERGED: "Merged into another record since.",
    Reason.CORRECTED: "Corrected since, or told of further.",
    Reason.RATES: "Converted by other rates than before; nothing else changed.",
    Reason.COUNTING: "Itself unchanged: what belongs with it changed, such as the parts of a package.",
    Reason.MOVED_IN: "Was public before, and has come to be counted by this question.",
    Reason.MOVED_OUT: "Is still public, and has ceased to be counted by this question.",
}
# What a conversion writes on a record; where nothing else differs, only rates moved.
OF_RATES = ("rate_", "eur_", "usd_", "delivered_eur", "delivered_usd", "valued_from", "last_seq", "modified_at")


class TooManyChangesError(ValueError):
    """More pledges are concerned than can be told; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Moved:
    """One pledge: what it added before and after (``None``: it was not counted), and why that differs."""

    pledge_id: int
    reason: Reason
    before: Cents | None
    after: Cents | None

    @property
    def change(self) -> Cents:
        """After less before; may be below zero."""
        old, new = self.before or NOTHING, self.after or NOTHING
        return Cents(new.low - old.low, new.central - old.central, new.high - old.high)

    @property
    def count(self) -> int:
        """By how much it changed the number of pledges."""
        return (self.after is not None) - (self.before is not None)


def moved(question: Question, *, first: int, last: int) -> list[Moved]:
    """The pledges that add something else after the change ``last`` than after ``first``; the largest change first.

    Raises ``TooManyChangesError`` beyond ``MOST_PLEDGES`` of them.
    """
    before, after = replace(question, as_of=first), replace(question, as_of=last)
    found = []
    ids = sorted(_concerned(before, after))
    for start in range(0, len(ids), IDS_AT_ONCE):
        some = ids[start : start + IDS_AT_ONCE]
        old, new = _amounts(before, some), _amounts(after, some)
        told = [one for one in some if old.get(one) != new.get(one)]
        was, now = _states(told, first), _states(told, last)
        for one in told:
            amounts = (old.get(one), new.get(one))
            reason = _reason(amounts, was.get(one), now.get(one), by_the_book=question.walked)
            found.append(Moved(one, reason, *amounts))
    return sorted(found, key=lambda one: (-abs(one.change.central), -abs(one.change.high), one.pledge_id))


def _concerned(before: Question, after: Question) -> set[int]:
    """The pledges of which some line began or ended in between; or all, where a line may add else by itself."""
    ended, begun = Q(), Q()
    filters = before.filters
    if not (before.walked or filters.donor_group or filters.words):
        ended, begun = Q(until__lte=after.as_of), Q(since__gt=before.as_of)
    ids: set[int] = set()
    for lines in [*_sets(before, ended), *_sets(after, begun)]:
        ids.update(lines.order_by().values_list("pledge_id", flat=True).distinct()[: MOST_PLEDGES + 1])
        if len(ids) > MOST_PLEDGES:
            raise TooManyChangesError(
                f"More than {MOST_PLEDGES:,} pledges are concerned. Allowed: moments closer to each other, or a "
                "narrower question (donor, type, announced_from …)."
            )
    return ids


def _sets(question: Question, condition: Q) -> Iterator[QuerySet[Any]]:
    for lines in question.sets():
        yield lines.filter(condition)


def _amounts(question: Question, ids: Iterable[int]) -> dict[int, Cents | None]:
    """What each pledge that is counted adds; what is not known in the currency is counted as nothing."""
    found: dict[int, Cents | None] = {}
    for lines in _sets(question, Q(pledge_id__in=ids)):
        for line in lines.order_by().values(*COLUMNS):
            for share in question.walk.shares(line):
                standing = found.get(line["pledge_id"]) or NOTHING
                found[line["pledge_id"]] = standing.plus(share.amount or NOTHING)
    return found


def _states(ids: Iterable[int], seq: int) -> dict[int, Mapping[str, Any]]:
    """What each pledge said right after a change; ``public`` is added."""
    stood = Q(since__lte=seq) & (Q(until__isnull=True) | Q(until__gt=seq))
    versions = Version.objects.filter(stood, kind=KIND, object_id__in=ids)
    return {
        pk: {**state, "public": public} for pk, state, public in versions.values_list("object_id", "state", "public")
    }


def _reason(
    amounts: tuple[Cents | None, Cents | None],
    was: Mapping[str, Any] | None,
    now: Mapping[str, Any] | None,
    *,
    by_the_book: bool,
) -> Reason:
    """``by_the_book``: amounts are not frozen, but converted by the rates that were known."""
    if was is None or not was["public"]:
        return Reason.NEW
    if now is None or now["state"] == RecordState.MERGED:
        return Reason.MERGED
    if not now["public"] or now["state"] == RecordState.WITHDRAWN:
        return Reason.WITHDRAWN
    if amounts[0] is None:
        return Reason.MOVED_IN
    if amounts[1] is None:
        return Reason.MOVED_OUT
    differing = {name for name in {*was, *now} if was.get(name) != now.get(name)}
    if not differing:
        return Reason.RATES if by_the_book else Reason.COUNTING
    return Reason.RATES if all(name.startswith(OF_RATES) for name in differing) else Reason.CORRECTED
