"""What is wrong with a measure as entered. Each message is a sentence, under the field that it is about."""

from __future__ import annotations

from collections.abc import Iterator

from history.fitting import Row, misfits
from history.refusing import Problem
from reference.models import Party
from reference.services import tracker_dataset
from sanctions.drafts import MeasureDraft
from sanctions.models import (
    Evidence,
    Measure,
    MeasureKind,
    Precision,
    RecordState,
    Step,
    StepKind,
    StepStatus,
    TargetKind,
)
from sanctions.writing import SAME_NAME


def problems_of(draft: MeasureDraft) -> list[Problem]:
    """Everything that keeps the draft from being saved."""
    found = [Problem(field, words) for field, words in misfits(_rows(draft))]
    return [*found, *_fields(draft), *_parties(draft), *_steps(draft), *_evidence(draft)]


def _rows(draft: MeasureDraft) -> Iterator[Row]:
    """The rows that the draft would become."""
    names = (*SAME_NAME, "title", "dataset_id", "import_batch_id", "origin_key")
    yield Row(Measure, {name: getattr(draft, name) for name in names})
    for field, model, children in (("steps", Step, draft.steps), ("evidence", Evidence, draft.evidence)):
        for child in children:
            values = {name: getattr(child, name) for name in child.__slots__ if name not in ("id", "step")}
            yield Row(model, values, field)


def problems_of_taking_in(draft: MeasureDraft) -> list[Problem]:
    """Whether the row of a dataset that a new measure would be is one already."""
    dataset = draft.dataset_id or tracker_dataset().pk
    other = Measure.objects.filter(dataset=dataset, origin_key=draft.origin_key).first() if draft.origin_key else None
    if other is None:
        return []
    return [Problem("origin_key", f"{other.public_id} is the row {draft.origin_key} of that dataset already.")]


def problems_of_merging(measure: Measure, into: Measure) -> list[Problem]:
    """What keeps a measure from being merged into another one."""
    if measure.pk == into.pk or into.state not in (RecordState.DRAFT, RecordState.PUBLISHED):
        words = f"{measure.public_id} cannot be merged into {into.public_id}."
    elif measure.state not in (RecordState.DRAFT, RecordState.PUBLISHED):
        words = f"{measure.public_id} is {measure.state} and can no longer be merged."
    elif measure.dataset_id != into.dataset_id:
        words = "The two measures belong to different datasets."
    elif measure.state == RecordState.PUBLISHED and into.state != RecordState.PUBLISHED:
        words = f"{into.public_id} is not published; publish it first."
    else:
        return []
    return [Problem("merged_into", words)]


def _fields(draft: MeasureDraft) -> Iterator[Problem]:
    if not draft.title.strip():
        yield Problem("title", "Say in a few words what is banned.")
    if not draft.types:
        yield Problem("types", "Choose what is banned; “Not specified” where the source does not say.")
    for code in draft.types:
        if code not in MeasureKind.values:
            yield Problem("types", f"{code!r} is no measure type. Allowed: {', '.join(MeasureKind.values)}.")
    if len(set(draft.types)) < len(draft.types):
        yield Problem("types", "A measure type is named twice.")
    if draft.target_kind not in TargetKind.values:
        yield Problem("target_kind", f"{draft.target_kind!r} is no kind of target.")


def _parties(draft: MeasureDraft) -> Iterator[Problem]:
    for field, ids in (("imposers", draft.imposers), ("targets", draft.targets)):
        if len(set(ids)) < len(ids):
            yield Problem(field, "A party is named twice.")
        missing = set(ids) - set(Party.objects.filter(pk__in=ids).values_list("pk", flat=True))
        if missing:
            yield Problem(field, f"No party has the id {', '.join(map(str, sorted(missing)))}.")


def _steps(draft: MeasureDraft) -> Iterator[Problem]:
    for step in draft.steps:
        if step.step not in StepKind.values:
            yield Problem("steps", f"{step.step!r} is no step. Allowed: {', '.join(StepKind.values)}.")
        if step.status not in StepStatus.values:
            yield Problem("steps", f"{step.status!r} is no status. Allowed: {', '.join(StepStatus.values)}.")
        if step.precision not in Precision.values or (step.adopted_on is None) != (step.precision == Precision.UNKNOWN):
            yield Problem("steps", "Give the day of the step, or say that it is unknown.")
        begins = step.applies_from or step.adopted_on
        if begins and step.ends_on and step.ends_on < begins:
            yield Problem("steps", f"The step would end ({step.ends_on}) before it applies ({begins}).")


def _evidence(draft: MeasureDraft) -> Iterator[Problem]:
    refs = {step.ref for step in draft.steps if step.ref}
    for one in draft.evidence:
        place = one.revision_id is not None and one.start is not None and one.end is not None
        if not ((place or one.url.strip()) and one.quote.strip()) and not one.dataset_row:
            yield Problem("evidence", "Evidence needs an address and the words that say so.")
        if one.url and not one.url.lower().startswith(("http://", "https://")):
            yield Problem("evidence", f"{one.url!r} is no web address; it should begin with https://.")
        if one.start is not None and (one.end is None or one.end <= one.start):
            yield Problem("evidence", "The quote ends before it begins; mark it in the text again.")
        if one.step and one.step not in refs:
            yield Problem("evidence", f"The evidence names a step ({one.step}) that this measure does not have.")


def problems_of_publishing(measure: Measure) -> list[Problem]:
    """What a saved measure still lacks before the public may see it."""
    found = []
    if not measure.evidence.exists():
        found.append(Problem("evidence", "A measure needs evidence before it is published: an address and a quote."))
    if not measure.imposers.exists() and not measure.imposers_as_written:
        found.append(Problem("imposers", "Name the imposer, or write who the source says it is."))
    if not measure.steps.exists():
        found.append(Problem("steps", "A measure needs at least one step, such as its imposition."))
    return found
