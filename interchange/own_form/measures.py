"""Sanctions measures brought back: rows become drafts, which the services of the sanctions record check and write."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from django.db.models import QuerySet

from interchange.datatables import sanctions
from interchange.own_form.desks import Desk, Making, Standing, Writing, apply_part, value_of
from interchange.own_form.edits import RecordEdit, RowEdit
from interchange.own_form.parts import Part
from interchange.problems import FileProblem
from interchange.writing.tables import Row
from reference.services import TRACKER_DATASET
from sanctions import services
from sanctions.drafts import EvidenceDraft, MeasureDraft, StepDraft
from sanctions.models import Measure, Programme
from sanctions.restoring import draft_of
from sanctions.state import state_of
from sanctions.writing import SAME_NAME

LISTS = {"types": "types", "imposers": "imposers", "targets": "targets"}
OWN_NAMES = {"note": "public_note", "programme": "programme_id"}
PLAIN = (set(SAME_NAME) | {"title"}) & set(sanctions.STAFF_MEASURES.names)
STEP_COLUMNS = ("step", "status", "adopted_on", "precision", "applies_from", "ends_on", "note")
EVIDENCE_COLUMNS = ("url", "quote", "publisher", "published_on", "official", "dataset_row")
PARTS = (
    Part(sanctions.STEPS, sanctions.step_rows, "measure", "id", "steps", StepDraft,
         {name: name for name in STEP_COLUMNS}, {}),
    Part(sanctions.MEASURE_EVIDENCE, sanctions.evidence_rows, "measure", "id", "evidence", EvidenceDraft,
         {name: name for name in EVIDENCE_COLUMNS}, {"step": "step"}),
)  # fmt: skip


class MeasureDesk(Desk):
    """How measures are read, compared and written."""

    what, room = "measure", "sanctions"
    table = sanctions.STAFF_MEASURES
    parts = PARTS
    stated = frozenset({*PLAIN, *OWN_NAMES, *LISTS})
    refers: tuple[str, ...] = ()
    fields = {field: column for column, field in OWN_NAMES.items()}

    def records(self, keys: Sequence[str]) -> QuerySet[Measure]:
        """The measures with these public ids."""
        return Measure.objects.filter(public_id__in=keys).order_by("pk")

    def rows(self, records: QuerySet[Measure], *, staff: bool) -> Iterator[Row]:
        """Their rows as they would be exported."""
        return sanctions.measure_rows(records, staff=staff)

    def made_before(self, draft: MeasureDraft) -> Standing | None:
        """The measure of the tracker's own that has the draft's key."""
        found = Measure.objects.filter(dataset__key=TRACKER_DATASET, origin_key=draft.origin_key).first()
        return None if found is None else Standing(found.pk, found.public_id, found.last_seq)

    def draft_of(self, edit: RecordEdit, standing: Standing | None, making: Making) -> MeasureDraft:
        """The draft that the edit makes. Raises ``FileProblem`` with the place."""
        if standing is None:
            draft = MeasureDraft(title="", import_batch_id=making.import_batch_id)
        else:
            draft = draft_of(state_of(Measure.objects.get(pk=standing.pk)).state, based_on=standing.version)
        if edit.own is not None:
            draft = replace(draft, **self._own(edit.own, making))
        for part in PARTS:
            children = getattr(draft, part.attribute)
            applied = apply_part(part, children, [str(child.id) for child in children], edit, making)
            made: dict[str, Any] = {part.attribute: tuple(applied.children.values())}
            draft = replace(draft, **made)
        return draft

    def create(self, draft: MeasureDraft, writing: Writing) -> Standing:
        """Enter the draft."""
        made = services.create_measure(draft, now=writing.now, acting_user=writing.acting_user, change=writing.change)
        return Standing(made.pk, made.public_id, made.last_seq)

    def correct(self, standing: Standing, draft: MeasureDraft, writing: Writing) -> None:
        """Correct the measure."""
        services.correct_measure(
            standing.pk, draft, now=writing.now, acting_user=writing.acting_user, change=writing.change
        )

    def _own(self, edit: RowEdit, making: Making) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, cell in edit.stated.items():
            if name in ("imposers", "targets"):
                found[name] = tuple(making.party(code, edit, name) for code in cell.after)
            elif name == "types":
                found[name] = tuple(cell.after)
            elif name == "programme":
                found["programme_id"] = None if cell.after is None else _programme(cell.after, edit)
            else:
                found[OWN_NAMES.get(name, name)] = value_of(self.table, edit, name, cell.after)
        return found


def _programme(key: str, edit: RowEdit) -> int:
    found = Programme.objects.filter(key=key).values_list("pk", flat=True).first()
    if found is None:
        raise FileProblem(f"There is no programme with the key “{key}”.", edit.row.at("programme"))
    return found
