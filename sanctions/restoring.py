"""Restores an earlier version of a measure: what people entered comes back, what follows from it is computed anew."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AbstractBaseUser

from history.refusing import Problem, refuse
from history.restoring import missing, values_of, version_at
from sanctions.drafts import EvidenceDraft, MeasureDraft, StepDraft
from sanctions.models import Evidence, Measure, MeasureImposer, MeasureTarget, Step
from sanctions.services import correct_measure
from sanctions.state import KIND
from sanctions.writing import SAME_NAME

Row = Mapping[str, Any]
TABLES = {"imposers": MeasureImposer, "targets": MeasureTarget, "steps": Step, "evidence": Evidence}


def restore_measure(
    measure_id: int,
    *,
    seq: int,
    now: datetime,
    acting_user: AbstractBaseUser,
    why: str,
    public_reason: str = "",
    based_on: int | None = None,
) -> Measure:
    """Enter again what the version of change ``seq`` said, as a new change; whether it is published stays.

    Raises ``ValidationError`` as ``pledges.restoring.restore_pledge`` does.
    """
    version = version_at(KIND, measure_id, seq)
    if not why.strip():
        refuse([Problem("why", "Say why the earlier version comes back; the history keeps the reason.")])
    refuse(missing(_rows(version.state)))
    return correct_measure(
        measure_id,
        draft_of(version.state, based_on=based_on),
        now=now,
        acting_user=acting_user,
        why=why,
        public_reason=public_reason,
        action="measure.restore",
    )


def draft_of(state: Row, *, based_on: int | None = None) -> MeasureDraft:
    """What people had entered by a kept state."""
    return MeasureDraft(
        **values_of(Measure, state, ("title", *SAME_NAME)),
        imposers=tuple(row["party_id"] for row in state.get("imposers", [])),
        targets=tuple(row["party_id"] for row in state.get("targets", [])),
        types=tuple(row["type"] for row in state.get("types", [])),
        steps=tuple(
            StepDraft(**row, ref=f"step-{row['id']}")
            for row in (values_of(Step, one) for one in state.get("steps", []))
        ),
        evidence=tuple(_evidence(values_of(Evidence, row)) for row in state.get("evidence", [])),
        based_on=based_on,
    )


def _rows(state: Row) -> dict[str, tuple[type[Any], list[Row]]]:
    own = {name: state.get(name) for name in SAME_NAME}
    found: dict[str, tuple[type[Any], list[Row]]] = {"": (Measure, [own])}
    for name, model in TABLES.items():
        found[name] = (
            model,
            [{key: one for key, one in row.items() if key != "step_id"} for row in state.get(name, [])],
        )
    return found


def _evidence(row: dict[str, Any]) -> EvidenceDraft:
    step = row.pop("step_id", None)
    return EvidenceDraft(**row, step=f"step-{step}" if step is not None else "")
