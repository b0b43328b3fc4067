"""What one party gave, got, imposed and suffered, in one list by day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from django.db.models import CharField, F, Model, QuerySet, Value
from django.db.models.functions import Coalesce

from api.records import published_measures, published_pledges
from pledges.models import Pledge, PledgeDonor, PledgeRecipient, RecordState
from reference.models import Party
from sanctions.models import Measure, MeasureImposer, MeasureTarget

PLEDGE, MEASURE = "pledge", "measure"
Row = TypeVar("Row", bound=Model)


class Role(StrEnum):
    """What a party is in a record."""

    DONOR = "donor"
    RECIPIENT = "recipient"
    IMPOSER = "imposer"
    TARGET = "target"


@dataclass(frozen=True, slots=True)
class Entry:
    """A record in which the party has a role, by the day of its announcement or first step."""

    day: date | None
    role: Role
    pledge: Pledge | None
    measure: Measure | None


# In which table each role stands, through which column its record, and the record's day.
_LAST = Coalesce("pledge__announced_latest", "pledge__announced_earliest")
ROLES: dict[Role, tuple[type[Model], str, Any]] = {
    Role.DONOR: (PledgeDonor, PLEDGE, _LAST),
    Role.RECIPIENT: (PledgeRecipient, PLEDGE, _LAST),
    Role.IMPOSER: (MeasureImposer, MEASURE, F("measure__first_step_on")),
    Role.TARGET: (MeasureTarget, MEASURE, F("measure__first_step_on")),
}


def places(
    party: Party, *, dataset: str, roles: Iterable[str] = (), since: date | None = None, until: date | None = None
) -> QuerySet[Any, dict[str, Any]]:
    """Where the party stands in public records: ``role``, ``record`` (its id), ``day``. Newest first, undated last."""
    wanted = [one for one in Role if one in set(roles) or not roles]
    first, *others = [_of_role(role, party, dataset, since, until) for role in wanted]
    found = first.union(*others, all=True) if others else first
    return found.order_by(F("day").desc(nulls_last=True), "role", "-record")


def _of_role(
    role: Role, party: Party, dataset: str, since: date | None, until: date | None
) -> QuerySet[Any, dict[str, Any]]:
    model, record, day = ROLES[role]
    rows = model._default_manager.filter(
        **{"party": party, f"{record}__state": RecordState.PUBLISHED, f"{record}__dataset__key": dataset}
    ).order_by()
    rows = rows.annotate(role=Value(str(role), output_field=CharField()), record=F(f"{record}_id"), day=day)
    if since is not None:
        rows = rows.filter(day__gte=since)
    if until is not None:
        rows = rows.filter(day__lte=until)
    found: QuerySet[Any, dict[str, Any]] = rows.values("role", "record", "day")
    return found


def entries(rows: Iterable[dict[str, Any]]) -> list[Entry]:
    """The places with their records; a fixed number of queries."""
    found = list(rows)
    pledges = _by_id(published_pledges(), found, PLEDGE)
    measures = _by_id(published_measures(), found, MEASURE)
    return [
        Entry(
            row["day"],
            Role(row["role"]),
            pledges.get(row["record"]) if ROLES[Role(row["role"])][1] == PLEDGE else None,
            measures.get(row["record"]) if ROLES[Role(row["role"])][1] == MEASURE else None,
        )
        for row in found
    ]


def _by_id(records: QuerySet[Row], rows: list[dict[str, Any]], kind: str) -> dict[int, Row]:
    ids = {row["record"] for row in rows if ROLES[Role(row["role"])][1] == kind}
    return {one.pk: one for one in records.filter(pk__in=ids)}
