"""Puts a draft into the rows of a measure. Used by ``sanctions.services`` alone, inside its transaction."""

from __future__ import annotations

from sanctions.drafts import EvidenceDraft, MeasureDraft, StepDraft
from sanctions.models import Evidence, Measure, MeasureImposer, MeasureTarget, MeasureType, Step

SAME_NAME = (
    "imposers_as_written",
    "targets_as_written",
    "target_kind",
    "sectors",
    "programme_id",
    "round_id",
    "public_note",
    "private_note",
)


def write(measure: Measure, draft: MeasureDraft) -> None:
    """Write the measure's own fields and make its children those of the draft, keeping the rows that stay."""
    for name in SAME_NAME:
        setattr(measure, name, getattr(draft, name))
    measure.title = draft.title.strip()
    measure.save()
    _write_parties(measure, draft)
    MeasureType.objects.filter(measure=measure).exclude(type__in=draft.types).delete()
    known = set(MeasureType.objects.filter(measure=measure).values_list("type", flat=True))
    for code in draft.types:
        if code not in known:
            MeasureType.objects.create(measure=measure, type=code)
    _write_evidence(measure, draft, _write_steps(measure, draft))


def _write_parties(measure: Measure, draft: MeasureDraft) -> None:
    for model, ids in ((MeasureImposer, draft.imposers), (MeasureTarget, draft.targets)):
        rows = model._default_manager.filter(measure=measure)
        rows.exclude(party__in=ids).delete()
        known = set(rows.values_list("party_id", flat=True))
        for party_id in ids:
            if party_id not in known:
                model._default_manager.create(measure=measure, party_id=party_id)


def _write_steps(measure: Measure, draft: MeasureDraft) -> dict[str, Step]:
    standing = {row.pk: row for row in Step.objects.filter(measure=measure)}
    by_ref: dict[str, Step] = {}
    for one in draft.steps:
        row = standing.pop(one.id, None) if one.id is not None else None
        step = _fill_step(row or Step(), measure, one)
        if one.ref:
            by_ref[one.ref] = step
    for row in standing.values():
        row.delete()
    return by_ref


def _fill_step(step: Step, measure: Measure, draft: StepDraft) -> Step:
    step.measure, step.step, step.status = measure, draft.step, draft.status
    step.adopted_on, step.precision = draft.adopted_on, draft.precision
    step.applies_from, step.ends_on = draft.applies_from, draft.ends_on
    step.act_id, step.note = draft.act_id, draft.note
    step.save()
    return step


def _write_evidence(measure: Measure, draft: MeasureDraft, steps: dict[str, Step]) -> None:
    standing = {row.pk: row for row in Evidence.objects.filter(measure=measure)}
    for one in draft.evidence:
        row = standing.pop(one.id, None) if one.id is not None else None
        _fill_evidence(row or Evidence(), measure, one, steps.get(one.step))
    for row in standing.values():
        row.delete()


def _fill_evidence(evidence: Evidence, measure: Measure, draft: EvidenceDraft, step: Step | None) -> None:
    evidence.measure, evidence.step = measure, step
    evidence.url, evidence.quote, evidence.publisher = draft.url.strip(), draft.quote, draft.publisher
    evidence.published_on, evidence.official = draft.published_on, draft.official
    evidence.revision_id, evidence.start, evidence.end = draft.revision_id, draft.start, draft.end
    evidence.finding_id, evidence.dataset_row = draft.finding_id, draft.dataset_row
    evidence.save()


def add_evidence(measure: Measure, draft: EvidenceDraft, step_draft: StepDraft | None) -> None:
    """Add one piece of evidence and the step that it tells of. The same words at the same place are kept once."""
    same = next(
        (
            row
            for row in Evidence.objects.filter(measure=measure, quote=draft.quote)
            if (row.url, row.revision_id, row.start) == (draft.url.strip(), draft.revision_id, draft.start)
        ),
        None,
    )
    if same is not None and (step_draft is None or _tells_of(same.step, step_draft)):
        return
    step = _fill_step(Step(), measure, step_draft) if step_draft else None
    _fill_evidence(same or Evidence(), measure, draft, step)


def _tells_of(step: Step | None, draft: StepDraft) -> bool:
    """Whether the step is the one that a draft describes."""
    names = ("step", "status", "adopted_on", "precision", "applies_from", "ends_on")
    return step is not None and all(getattr(step, name) == getattr(draft, name) for name in names)


def remove_evidence(measure: Measure, evidence_ids: list[int]) -> None:
    """Remove evidence, and the steps that no other evidence tells of."""
    rows = Evidence.objects.filter(measure=measure, pk__in=evidence_ids)
    steps = {row.step_id for row in rows if row.step_id is not None}
    rows.delete()
    for step in Step.objects.filter(pk__in=steps):
        if not step.evidence.exists():
            step.delete()
