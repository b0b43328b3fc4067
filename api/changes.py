"""What the public record became, change by change, read from the numbered versions in history.

Changes are numbered in the order of their commits, so whoever has read up to a place misses nothing behind it: what is
committed later has a higher number. A place is the number of a change and, within a change of many records, the version
that was read last.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.db.models import BooleanField, Case, Exists, Model, OuterRef, Q, QuerySet, Value, When
from django.db.models.fields.json import KT

from history.models import Version
from pledges.models import Pledge
from pledges.state import KIND as PLEDGE
from sanctions.listing import KIND as DESIGNATION
from sanctions.models import Designation, Measure
from sanctions.state import KIND as MEASURE

MODELS: dict[str, type[Model]] = {PLEDGE: Pledge, MEASURE: Measure, DESIGNATION: Designation}
VIEWS = {PLEDGE: "api:pledge", MEASURE: "api:sanction", DESIGNATION: "api:designation"}


class Happened(StrEnum):
    """What became of a record in a change."""

    ADDED = "added"
    MODIFIED = "modified"
    WITHDRAWN = "withdrawn"
    MERGED = "merged"


@dataclass(frozen=True, order=True, slots=True)
class Place:
    """A place in the list of changes: after a version of a change; without a version, after the whole change."""

    seq: int
    version: int | None = None

    def __str__(self) -> str:
        return str(self.seq) if self.version is None else f"{self.seq}-{self.version}"


def public_changes(dataset: str, kinds: tuple[str, ...] = (), *, of_published: bool = False) -> QuerySet[Version]:
    """The versions by which the public came to see, or to see no more, a record of one dataset; each with its change.

    ``of_published`` leaves out those by which a record was published.
    Each has ``was_public``, whether the version before it was, and ``became``, the state of the record from then on.
    """
    # ``since`` says nothing new, but leads databases to the record's few versions and not to all that a change ended.
    before = Version.objects.filter(
        kind=OuterRef("kind"), object_id=OuterRef("object_id"), since__lt=OuterRef("since"), until=OuterRef("since")
    )
    records = {
        kind: Exists(MODELS[kind]._default_manager.filter(pk=OuterRef("object_id"), dataset__key=dataset))
        for kind in kinds or MODELS
    }
    # One expression and no OR, so that changes are walked in their order up to the end of the page.
    ours = Case(
        *(When(kind=kind, then=record) for kind, record in records.items()),
        default=Value(False),
        output_field=BooleanField(),
    )
    return (
        Version.objects.annotate(was_public=Exists(before.filter(public=True)), became=KT("state__state"))
        .filter(ours, Q(was_public=True) if of_published else Q(public=True) | Q(was_public=True))
        .select_related("since")
    )


def after(rows: QuerySet[Version], place: Place) -> QuerySet[Version]:
    """The changes behind a place, in their order."""
    behind = Q(since__gt=place.seq)
    if place.version is not None:
        behind |= Q(since=place.seq, pk__gt=place.version)
    return rows.filter(behind, since__gte=place.seq).order_by("since_id", "pk")


def before(rows: QuerySet[Version], place: Place | None) -> QuerySet[Version]:
    """The changes ahead of a place, the latest first; all of them without a place."""
    if place is not None:
        ahead = Q(since__lt=place.seq)
        if place.version is not None:
            ahead |= Q(since=place.seq, pk__lt=place.version)
        rows = rows.filter(ahead, since__lte=place.seq)
    return rows.order_by("-since_id", "-pk")


def happened(version: Version) -> Happened:
    """What became of the record in the change that the version began with."""
    was_public, became = version.was_public, version.became  # type: ignore[attr-defined]  # annotated
    if version.public:
        return Happened.MODIFIED if was_public else Happened.ADDED
    return Happened.MERGED if became == "merged" else Happened.WITHDRAWN


def place_of(version: Version) -> Place:
    """The place right after a version."""
    return Place(version.since_id, version.pk)
