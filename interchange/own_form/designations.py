"""Designations brought back. Target, programme and measure are named by their ids; who is new is entered by hand first.

A list's row says whom it names in many ways, and a name alone is no identity: a file makes no targets.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from django.db.models import Model, QuerySet

from interchange.datatables import sanctions
from interchange.own_form.desks import Desk, Making, Standing, Writing, value_of
from interchange.own_form.edits import RecordEdit, RowEdit
from interchange.own_form.parts import Part
from interchange.problems import FileProblem
from interchange.writing.tables import Row
from reference.services import TRACKER_DATASET
from sanctions import designating
from sanctions.designating import ENTERED, DesignationEntry
from sanctions.models import Designation, LegalAct, Measure, Programme, Target

PLAIN = ("annex", "reason", "listed_on", "listed_as_written", "ended_on", "ended_by")
LINKS: dict[str, tuple[type[Model], str, str]] = {  # column: whom it names, and by what
    "target": (Target, "public_id", "id"),
    "programme": (Programme, "key", "key"),
    "measure": (Measure, "public_id", "id"),
}
ACT = {"act_identifier": "identifier", "act": "title"}
NEEDED = ("target", "programme")


class DesignationDesk(Desk):
    """How designations are read, compared and written."""

    what, room = "designation", "sanctions"
    table = sanctions.STAFF_DESIGNATIONS
    parts: Sequence[Part] = ()
    stated = frozenset({*PLAIN, *LINKS, *ACT})
    refers: tuple[str, ...] = ()
    fields: dict[str, str] = {}

    def records(self, keys: Sequence[str]) -> QuerySet[Designation]:
        """The designations with these public ids."""
        return Designation.objects.filter(public_id__in=keys).order_by("pk")

    def rows(self, records: QuerySet[Designation], *, staff: bool) -> Iterator[Row]:
        """Their rows as they would be exported."""
        return sanctions.designation_rows(records, staff=True)

    def made_before(self, draft: DesignationEntry) -> Standing | None:
        """The designation of the tracker's own that has the entry's key."""
        found = Designation.objects.filter(dataset__key=TRACKER_DATASET, origin_key=draft.origin_key).first()
        return None if found is None else Standing(found.pk, found.public_id, found.last_seq)

    def draft_of(self, edit: RecordEdit, standing: Standing | None, making: Making) -> DesignationEntry:
        """The entry that the edit makes. Raises ``FileProblem`` with the place."""
        own = edit.own
        if own is None:
            raise ValueError("A designation has no tables of its own, so that each edit is one of its row.")
        given = self._own(own)
        if standing is None:
            lacking = ", ".join(f"“{name}”" for name in NEEDED if given.get(f"{name}_id") is None)
            if lacking:
                raise FileProblem(f"a new designation needs {lacking}.", own.row.at())
            return DesignationEntry(**{**given, **_act(own, given)}, import_batch_id=making.import_batch_id)
        one = Designation.objects.get(pk=standing.pk)
        entry = DesignationEntry(**{name: getattr(one, name) for name in ENTERED}, based_on=standing.version)
        entry = replace(entry, **given)
        return replace(entry, **_act(own, {"programme_id": entry.programme_id}))

    def create(self, draft: DesignationEntry, writing: Writing) -> Standing:
        """Enter the designation as a draft."""
        made = designating.create_designation(
            draft, now=writing.now, acting_user=writing.acting_user, change=writing.change
        )
        return Standing(made.pk, made.public_id, made.last_seq)

    def correct(self, standing: Standing, draft: DesignationEntry, writing: Writing) -> None:
        """Correct the designation."""
        designating.correct_designation(
            standing.pk, draft, now=writing.now, acting_user=writing.acting_user, change=writing.change
        )

    def _own(self, edit: RowEdit) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, cell in edit.stated.items():
            if name in LINKS:
                found[f"{name}_id"] = _link(name, cell.after, edit)
            elif name not in ACT:
                found[name] = value_of(self.table, edit, name, cell.after)
        return found


def _link(name: str, key: str | None, edit: RowEdit) -> int | None:
    if key is None:
        if name in NEEDED:
            raise FileProblem(f"a designation needs a {name}.", edit.row.at(name))
        return None
    model, field, called = LINKS[name]
    found = model._default_manager.filter(**{field: key}).values_list("pk", flat=True).first()
    if found is None:
        words = f"There is no {name} with the {called} “{key}”; add it in the admin first, or mend the cell."
        raise FileProblem(words, edit.row.at(name))
    return int(found)


def _act(edit: RowEdit, known: dict[str, Any]) -> dict[str, Any]:
    """The act that changed cells name by number or title, among those of the programme; what is not changed stays."""
    cells = {name: edit.stated[name].after for name in ACT if name in edit.stated}
    said = {ACT[name]: value for name, value in cells.items() if value is not None}
    if not cells:
        return {}
    if not said:
        return {"act_id": None}
    place = edit.row.at(next(name for name in cells if cells[name] is not None))
    found = list(LegalAct.objects.filter(programme=known["programme_id"], **said).values_list("pk", flat=True)[:2])
    words = " and ".join(f"{name} “{value}”" for name, value in said.items())
    if not found:
        raise FileProblem(f"its programme has no legal act with the {words}; add the act there first.", place)
    if len(found) > 1:
        raise FileProblem(f"its programme has several legal acts with the {words}; name it by its number.", place)
    return {"act_id": found[0]}
