"""A measure's whole state as plain JSON: what history keeps, and what a version is restored from."""

from __future__ import annotations

from history.services import RecordState as HistoryState
from history.states import fields_of
from sanctions.models import Measure, RecordState
from sanctions.writing import SAME_NAME

KIND = "measure"
# What changes with every save or says nothing of the record itself.
NOT_KEPT = {"id", "created_at", "modified_at", "last_seq"}
CHILDREN = ("imposers", "targets", "types", "steps", "evidence")
# What people enter; the rest of a state follows from it.
ENTERED = ("title", *SAME_NAME, *CHILDREN)


def state_of(measure: Measure) -> HistoryState:
    """The measure and all that belongs to it, ready to be kept under a change."""
    state = fields_of(measure, NOT_KEPT)
    for name in CHILDREN:
        state[name] = [fields_of(child, {"measure"}) for child in getattr(measure, name).order_by("pk")]
    return HistoryState(
        kind=KIND,
        object_id=measure.pk,
        public_id=measure.public_id,
        state=state,
        public=measure.state == RecordState.PUBLISHED,
    )
