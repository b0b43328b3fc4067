"""Reads history: which change was the last at a moment, and the versions of a record."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.db.models import QuerySet

from history.models import Change, Version


def last_seq(*, at: datetime | None = None) -> int:
    """The number of the last change made at or before a moment (of all changes without one); 0 before the first."""
    changes = Change.objects.all() if at is None else Change.objects.filter(at__lte=at)
    return changes.order_by("-seq").values_list("seq", flat=True).first() or 0


Answer = TypeVar("Answer")


def steadily(ask: Callable[[int | None], Answer], seq: int | None) -> Answer:
    """An answer of several queries from one state of the record: as of a change, or as it stands now.

    ``ask`` takes the number of the change, or ``None`` for now. Where a change is committed while it reads what stands
    now, it is asked once more, as of the change before: what held right after a change never moves.
    """
    if seq is not None:
        return ask(seq)
    before = last_seq()
    answer = ask(None)
    return answer if last_seq() == before else ask(before)


def versions_of(kind: str, object_id: int) -> QuerySet[Version]:
    """A record's versions, the newest first, each with its change and who made it."""
    return Version.objects.filter(kind=kind, object_id=object_id).select_related("since__actor").order_by("-since_id")


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field that differs between two states; ``None`` stands for absent."""

    field: str
    before: Any
    after: Any


def differences(before: dict[str, Any], after: dict[str, Any]) -> list[FieldChange]:
    """What changed from one state to the next, by field, in the order of the newer state."""
    names = [*after, *(name for name in before if name not in after)]
    return [
        FieldChange(name, before.get(name), after.get(name)) for name in names if before.get(name) != after.get(name)
    ]
