"""A pledge's whole state as plain JSON: what history keeps, and what a version is restored from."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Model

from history.services import RecordState as HistoryState
from pledges.models import Pledge, RecordState

KIND = "pledge"
# What changes with every save or says nothing of the record itself.
NOT_KEPT = {"id", "created_at", "modified_at", "last_seq"}
CHILDREN = ("donors", "recipients", "deductions", "items", "moves", "evidence")


def state_of(pledge: Pledge) -> HistoryState:
    """The pledge and all that belongs to it, ready to be kept under a change."""
    state = _fields(pledge, NOT_KEPT)
    for name in CHILDREN:
        state[name] = [_fields(child, {"pledge"}) for child in getattr(pledge, name).order_by("pk")]
    return HistoryState(
        kind=KIND,
        object_id=pledge.pk,
        public_id=pledge.public_id,
        state=state,
        public=pledge.state == RecordState.PUBLISHED,
    )


def _fields(record: Model, left_out: set[str]) -> dict[str, Any]:
    return {
        field.attname: _plain(getattr(record, field.attname))
        for field in record._meta.concrete_fields
        if field.name not in left_out
    }


def _plain(value: Any) -> Any:
    """Amounts as texts without loss, days and moments in ISO form, the rest as it is."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value
