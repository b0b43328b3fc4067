"""What an activity is made of, read from the record some pledges at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet

from interchange.datatables.catalogue import published_pledges
from interchange.publishing.scope import Stand
from pledges.models import Evidence, Move, Pledge, PledgeDonor, PledgeRecipient, TotalLine

AT_ONCE = 500


@dataclass(slots=True)
class Facts:
    """A pledge with everything that its activity tells."""

    pledge: Pledge
    donors: list[PledgeDonor] = field(default_factory=list)
    recipients: list[PledgeRecipient] = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)
    lines: list[TotalLine] = field(default_factory=list)
    package: str = ""  # public ids of pledges that are in the file too
    parts: list[str] = field(default_factory=list)
    supersedes: str = ""

    @property
    def left_out(self) -> str:
        """Why totals do not count it; empty where they do."""
        return self.lines[0].left_out if self.lines else ""

    @property
    def counted_eur(self) -> int | None:
        """What totals count of it in euro cents; ``None`` where that is not known."""
        known = [line.eur_central for line in self.lines if line.eur_central is not None]
        return sum(known) if known else None


def facts_of(stand: Stand) -> Iterator[Facts]:
    """The published pledges, in the order in which they were entered."""
    pledges = published_pledges(stand.key).select_related("channel", "financed_from")
    chunk: list[Pledge] = []
    for pledge in pledges.iterator(chunk_size=AT_ONCE):
        chunk.append(pledge)
        if len(chunk) == AT_ONCE:
            yield from _complete(chunk, stand)
            chunk = []
    if chunk:
        yield from _complete(chunk, stand)


def _complete(pledges: list[Pledge], stand: Stand) -> Iterator[Facts]:
    ids = [pledge.pk for pledge in pledges]
    donors = _by_pledge(PledgeDonor.objects.select_related("party"), ids)
    recipients = _by_pledge(PledgeRecipient.objects.select_related("party"), ids)
    moves = _by_pledge(Move.objects.select_related("item"), ids)
    evidence = _by_pledge(Evidence.objects.select_related("revision__article"), ids)
    lines = _by_pledge(TotalLine.objects.filter(until__isnull=True), ids, "position")
    linked = {pk for pledge in pledges for pk in (pledge.package_id, pledge.supersedes_id) if pk is not None}
    shown = published_pledges(stand.key).order_by("pk")
    names = dict(shown.filter(pk__in=linked).values_list("pk", "public_id"))
    parts: dict[int, list[str]] = defaultdict(list)
    for package, public_id in shown.filter(Q(package__in=ids)).values_list("package_id", "public_id"):
        parts[package].append(public_id)
    for pledge in pledges:
        pk = pledge.pk
        yield Facts(
            pledge,
            donors[pk],
            recipients[pk],
            moves[pk],
            evidence[pk],
            lines[pk],
            package=names.get(pledge.package_id or 0, ""),
            parts=parts[pk],
            supersedes=names.get(pledge.supersedes_id or 0, ""),
        )


def _by_pledge(rows: QuerySet[Any], ids: list[int], *order: str) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows.filter(pledge__in=ids).order_by("pledge_id", *(order or ("pk",))):
        found[row.pledge_id].append(row)
    return found
