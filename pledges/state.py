"""A pledge's whole state as plain JSON: what history keeps, and what a version is restored from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db.models import Model

from history.services import RecordState as HistoryState
from history.states import fields_of
from pledges.models import Pledge, RecordState
from pledges.writing import SAME_NAME

KIND = "pledge"
# What changes with every save or says nothing of the record itself.
NOT_KEPT = {"id", "breakdown", "created_at", "modified_at", "last_seq", "origin_hash"}
CHILDREN = ("donors", "recipients", "deductions", "items", "moves", "evidence")
# What people enter; the rest of a state follows from it.
ENTERED = (*SAME_NAME, *CHILDREN)


def state_of(pledge: Pledge) -> HistoryState:
    """The pledge and all that belongs to it, ready to be kept under a change."""
    return state_with(pledge, {name: getattr(pledge, name).order_by("pk") for name in CHILDREN})


def state_with(pledge: Pledge, children: Mapping[str, Iterable[Model]]) -> HistoryState:
    """The same for rows at hand: ``children`` holds those of each name in ``CHILDREN``, in order of their ids."""
    state = fields_of(pledge, NOT_KEPT)
    for name in CHILDREN:
        state[name] = [fields_of(child, {"pledge"}) for child in children[name]]
    return HistoryState(
        kind=KIND,
        object_id=pledge.pk,
        public_id=pledge.public_id,
        state=state,
        public=pledge.state == RecordState.PUBLISHED,
    )
