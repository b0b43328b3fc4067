"""Writes the sanctions record: the only place where measures change.

Each function is one change: one transaction, one numbered row of history, what follows from the steps brought up to
date with it. ``now`` is an aware moment in UTC.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError

from history.four_eyes import problems_of_four_eyes
from history.models import Change
from history.refusing import Problem, refuse, somebody_was_quicker
from history.services import UnchangedError, joining, keep_versions, stands
from reference.models import Dataset
from reference.public_ids import new_public_id
from reference.services import tracker_dataset
from sanctions import writing
from sanctions.checks import (
    problems_of,
    problems_of_merging,
    problems_of_publishing,
    problems_of_taking_in,
)
from sanctions.drafts import EvidenceDraft, MeasureDraft, StepDraft
from sanctions.force import Dated, force_of
from sanctions.models import Measure, RecordState
from sanctions.state import ENTERED, KIND, state_of


def create_measure(
    draft: MeasureDraft,
    *,
    now: datetime,
    acting_user: AbstractBaseUser | None = None,
    job: str = "",
    why: str = "",
    change: Change | None = None,
) -> Measure:
    """Enter a measure as a draft. Raises ``ValidationError`` by field where it cannot be right."""
    with joining(change, action="measure.create", now=now, acting_user=acting_user, job=job, why=why) as current:
        refuse([*problems_of(draft), *problems_of_taking_in(draft)])
        measure = Measure(
            public_id=new_public_id("S", lambda one: Measure.objects.filter(public_id=one).exists()),
            dataset=Dataset.objects.get(pk=draft.dataset_id) if draft.dataset_id else tracker_dataset(),
            import_batch_id=draft.import_batch_id,
            origin_key=draft.origin_key,
            entered_by_id=acting_user.pk if acting_user else None,
            created_at=current.at,
            modified_at=current.at,
        )
        writing.write(measure, draft)
        return _settle(current, measure)


def correct_measure(
    measure_id: int,
    draft: MeasureDraft,
    *,
    now: datetime,
    acting_user: AbstractBaseUser | None = None,
    job: str = "",
    why: str = "",
    public_reason: str = "",
    change: Change | None = None,
    action: str = "measure.correct",
) -> Measure:
    """Replace what is stated of a measure; with ``draft.based_on`` only if nobody changed it since.

    What changes nothing leaves no number, unless it is a part of a ``change`` that is being made already.
    """
    try:
        with joining(
            change,
            action=action,
            now=now,
            acting_user=acting_user,
            job=job,
            why=why,
            public_reason=public_reason,
        ) as current:
            measure = _correct(measure_id, draft, current)
            if change is None and measure.last_seq != current.seq:
                raise UnchangedError
            return measure
    except UnchangedError:
        return get_measure(measure_id)


def _correct(measure_id: int, draft: MeasureDraft, current: Change) -> Measure:
    measure = get_measure(measure_id)
    if measure.state in (RecordState.WITHDRAWN, RecordState.MERGED):
        refuse([Problem("state", f"{measure.public_id} is {measure.state} and can no longer be corrected.")])
    if draft.based_on is not None and draft.based_on != measure.last_seq:
        refuse([somebody_was_quicker("measure", measure.last_seq)])
    refuse(problems_of(draft))
    writing.write(measure, draft)
    if measure.state == RecordState.PUBLISHED:
        refuse(problems_of_publishing(measure))
    return _settle(current, measure)


def publish_measure(
    measure_id: int,
    *,
    now: datetime,
    acting_user: AbstractBaseUser | None = None,
    job: str = "",
    why: str = "",
    change: Change | None = None,
) -> Measure:
    """Let the public see a draft. It needs evidence and a step; publishing what is published changes nothing."""
    with joining(change, action="measure.publish", now=now, acting_user=acting_user, job=job, why=why) as current:
        measure = get_measure(measure_id)
        if measure.state == RecordState.PUBLISHED:
            return measure
        if measure.state != RecordState.DRAFT:
            refuse([Problem("state", f"{measure.public_id} is {measure.state}; only a draft can be published.")])
        refuse([*problems_of_publishing(measure), *_four_eyes(measure, acting_user)])
        measure.state = RecordState.PUBLISHED
        measure.published_at = measure.published_at or current.at
        measure.reviewed_at = current.at
        return _settle(current, measure)


def withdraw_measure(
    measure_id: int,
    *,
    reason: str,
    now: datetime,
    acting_user: AbstractBaseUser | None = None,
    job: str = "",
    change: Change | None = None,
) -> Measure:
    """Take a measure out of the record. The reason is told to the public; the id is never used again."""
    with joining(
        change, action="measure.withdraw", now=now, acting_user=acting_user, job=job, why=reason, public_reason=reason
    ) as current:
        measure = get_measure(measure_id)
        if not reason.strip():
            refuse([Problem("withdrawn_reason", "Say why it is withdrawn; the public is told this reason.")])
        if measure.state == RecordState.MERGED:
            refuse([Problem("state", f"{measure.public_id} is merged into another measure already.")])
        measure.state, measure.withdrawn_reason = RecordState.WITHDRAWN, reason.strip()
        return _settle(current, measure)


def merge_measure(
    measure_id: int,
    *,
    into_id: int,
    now: datetime,
    acting_user: AbstractBaseUser | None = None,
    job: str = "",
    why: str = "",
    change: Change | None = None,
) -> Measure:
    """Say that a measure is the same as another one: its evidence and designations go there, its id points there."""
    with joining(change, action="measure.merge", now=now, acting_user=acting_user, job=job, why=why) as current:
        measure, into = get_measure(measure_id), get_measure(into_id)
        refuse(problems_of_merging(measure, into))
        measure.evidence.update(measure=into, step=None)
        measure.designations.update(measure=into)
        measure.state, measure.merged_into = RecordState.MERGED, into
        _settle(current, measure)
        return _settle(current, into)


def add_evidence(
    measure_id: int,
    evidence: EvidenceDraft,
    *,
    now: datetime,
    acting_user: AbstractBaseUser | None = None,
    job: str = "",
    why: str = "",
    step: StepDraft | None = None,
    change: Change | None = None,
) -> Measure:
    """Add evidence, and with it, if it tells of one, a further step. The same quote is kept once."""
    with joining(change, action="measure.evidence", now=now, acting_user=acting_user, job=job, why=why) as current:
        measure = get_measure(measure_id)
        if measure.state in (RecordState.WITHDRAWN, RecordState.MERGED):
            refuse([Problem("state", f"{measure.public_id} is {measure.state} and takes no more evidence.")])
        draft = MeasureDraft(title=measure.title, evidence=(replace(evidence, step=""),), steps=(step,) if step else ())
        refuse([one for one in problems_of(draft) if one.field in {"evidence", "steps"}])
        writing.add_evidence(measure, evidence, step)
        return _settle(current, measure)


def remove_evidence(
    measure_id: int,
    evidence_ids: list[int],
    *,
    now: datetime,
    acting_user: AbstractBaseUser | None = None,
    job: str = "",
    why: str = "",
    change: Change | None = None,
) -> Measure:
    """Take evidence back, and the steps that rested on it alone. A published record keeps at least one piece."""
    with joining(change, action="measure.evidence", now=now, acting_user=acting_user, job=job, why=why) as current:
        measure = get_measure(measure_id)
        writing.remove_evidence(measure, evidence_ids)
        if measure.state == RecordState.PUBLISHED:
            refuse(problems_of_publishing(measure))
        return _settle(current, measure)


def get_measure(measure_id: int) -> Measure:
    """The measure, or a ``ValidationError`` that says it does not exist."""
    try:
        return Measure.objects.get(pk=measure_id)
    except Measure.DoesNotExist as error:
        raise ValidationError(f"There is no measure with the id {measure_id}.") from error


def _four_eyes(measure: Measure, acting_user: AbstractBaseUser | None) -> list[Problem]:
    return problems_of_four_eyes(
        KIND, measure, acting_user=acting_user, permission="sanctions.publish_measure", entered=ENTERED
    )


def _settle(change: Change, measure: Measure) -> Measure:
    """Bring what follows from the steps, and the history, up to date. What did not change keeps its version."""
    force = force_of(
        [
            Dated(step.step, step.status, step.adopted_on, step.applies_from, step.ends_on)
            for step in measure.steps.all()
        ]
    )
    measure.adopted, measure.in_force_from, measure.in_force_until = force.adopted, force.since, force.until
    measure.last_action, measure.first_step_on = force.last_action, force.first_step_on
    state = state_of(measure)
    if not stands(state):
        measure.last_seq, measure.modified_at = change.seq, change.at
        measure.save()
        keep_versions(change, [state])
    return measure
