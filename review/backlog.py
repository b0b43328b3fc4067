"""How much waits for a decision, by kind and age."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q

from ingestion.models import Candidate, CandidateState, FindingKind

DAY, WEEK = timedelta(days=1), timedelta(days=7)
AGES = {"day": "under a day", "week": "a day to a week", "older": "a week and more"}


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits of one kind."""

    kind: str
    label: str
    count: int
    by_age: dict[str, int]


def of_age(age: str, now: datetime) -> Q:
    """Candidates that were found that long ago; ``age`` is one of ``AGES``."""
    if age == "day":
        return Q(created_at__gt=now - DAY)
    if age == "week":
        return Q(created_at__lte=now - DAY, created_at__gt=now - WEEK)
    return Q(created_at__lte=now - WEEK)


def backlog(*, now: datetime) -> list[Waiting]:
    """What waits, in one query: each kind, those without any too."""
    counts = {age: Count("pk", filter=of_age(age, now)) for age in AGES}
    rows = Candidate.objects.filter(state=CandidateState.PENDING).order_by().values("kind")
    found: dict[str, dict[str, Any]] = {row["kind"]: dict(row) for row in rows.annotate(count=Count("pk"), **counts)}
    return [_waiting(kind, found.get(kind.value, {})) for kind in FindingKind]


def _waiting(kind: FindingKind, row: dict[str, Any]) -> Waiting:
    return Waiting(kind.value, str(kind.label), row.get("count", 0), {age: row.get(age, 0) for age in AGES})
