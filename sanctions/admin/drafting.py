"""Turns a cleaned measure form and its tables into the draft that the services take."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError

from history.record_forms import RecordForm, RecordFormSet
from sanctions.drafts import EvidenceDraft, MeasureDraft, StepDraft

Rows = dict[str, RecordFormSet]
TEXTS = ("title", "imposers_as_written", "targets_as_written", "target_kind", "sectors", "public_note", "private_note")


def draft_of(form: RecordForm, rows: Rows) -> MeasureDraft:
    """The measure as entered.

    Evidence of a step that is not there gets its error beside the field, and ``ValidationError`` is raised.
    """
    row = form.cleaned_data
    steps = tuple(_step(one) for one in rows["steps"].kept())
    draft = MeasureDraft(
        **{name: row[name] for name in TEXTS},
        imposers=tuple(one.pk for one in row["imposers"]),
        targets=tuple(one.pk for one in row["targets"]),
        types=tuple(row["types"]),
        programme_id=row["programme"].pk if row["programme"] else None,
        round_id=row["round"].pk if row["round"] else None,
        steps=steps,
        evidence=_evidence(rows, steps),
        based_on=row["based_on"] if form.instance.pk is not None else None,
    )
    if any(one.errors for one in rows["evidence"].forms):
        raise ValidationError({})  # the messages stand beside their fields already
    return draft


def _step(form: Any) -> StepDraft:
    row = form.cleaned_data
    day, precision = row["when"].latest, row["when"].precision
    if form.stands("when"):
        day, precision = form.instance.adopted_on, form.instance.precision
    return StepDraft(
        step=row["step"],
        status=row["status"],
        adopted_on=day,
        precision=precision,
        applies_from=row["applies_from"],
        ends_on=row["ends_on"],
        act_id=row["act"].pk if row["act"] else None,
        note=row["note"],
        id=form.instance.pk,
        ref=str(form.prefix),
    )


def _evidence(rows: Rows, steps: tuple[StepDraft, ...]) -> tuple[EvidenceDraft, ...]:
    refs = {one.ref for one in steps}
    return tuple(_one(form, rows["steps"], refs) for form in rows["evidence"].kept())


def _one(form: Any, steps: RecordFormSet, refs: set[str]) -> EvidenceDraft:
    row, stored = form.cleaned_data, form.instance
    return EvidenceDraft(
        url=row["url"],
        quote=row["quote"],
        publisher=row["publisher"],
        published_on=row["published_on"],
        official=row["official"],
        revision_id=stored.revision_id,
        start=stored.start,
        end=stored.end,
        finding_id=stored.finding_id,
        dataset_row=stored.dataset_row,
        step=_proved(form, steps, refs),
        id=stored.pk,
    )


def _proved(form: Any, steps: RecordFormSet, refs: set[str]) -> str:
    number = form.cleaned_data["step_number"]
    if number is None:
        return ""
    if form.stands("step_number"):
        kept = (str(one.prefix) for one in steps.forms if one.instance.pk == form.instance.step_id)
        return next((ref for ref in kept if ref in refs), "")
    ref = str(steps.forms[number - 1].prefix) if number <= len(steps.forms) else ""
    if ref not in refs:
        form.add_error("step_number", f"There is no step no. {number}.")
        return ""
    return ref
