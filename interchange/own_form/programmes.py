"""Sanctions programmes and their legal acts brought back. They have no drafts: what is entered stands at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from history.models import Change
from interchange.datatables import sanctions
from interchange.own_form.desks import Desk, Making, Standing, Writing, apply_part, value_of
from interchange.own_form.edits import RecordEdit, RowEdit
from interchange.own_form.parts import Part
from interchange.writing.tables import Row
from sanctions import regimes
from sanctions.models import Programme
from sanctions.regimes import ACT_COLUMNS, ActEntry, ProgrammeEntry

PLAIN = ("key", "name", "issuer_as_written", "url")
PARTS = (
    Part(sanctions.PROGRAMME_ACTS, sanctions.act_rows, "programme", "id", "acts", ActEntry,
         {name: name for name in ACT_COLUMNS}, {}),
)  # fmt: skip


class ProgrammeDesk(Desk):
    """How programmes are read, compared and written."""

    what, room = "programme", "sanctions"
    table = sanctions.STAFF_PROGRAMMES
    parts = PARTS
    stated = frozenset({*PLAIN, "issuer", "targets", "measures_provided"})
    refers = ("id",)
    entered = ""
    fields: dict[str, str] = {}

    def records(self, keys: Sequence[str]) -> QuerySet[Programme]:
        """The programmes with these numbers."""
        return Programme.objects.filter(pk__in=[int(key) for key in keys if key.isdecimal() and len(key) < 19])

    def rows(self, records: QuerySet[Programme], *, staff: bool) -> Iterator[Row]:
        """Their rows as they would be exported."""
        return sanctions.programme_rows(records.order_by("pk"), staff=True)

    def standing(self, records: QuerySet[Programme]) -> Iterator[tuple[str, Standing]]:
        """How they stand, each by its number."""
        for row in sanctions.programme_rows(records.order_by("pk"), staff=True):
            yield str(row["id"]), Standing(row["id"], row["key"], row["version"])

    def last_change(self, standing: Standing) -> Change | None:
        """Imports change programmes without a number, so that nobody is named."""
        return None

    def prepare(self, standing: Standing, now: datetime) -> None:
        """How an imported programme stood is kept before its first correction."""
        regimes.begin_history(standing.pk, now=now)

    def keyed(self, draft: ProgrammeEntry, key: str) -> ProgrammeEntry:
        """It is known by a key of its own."""
        return draft

    def made_before(self, draft: ProgrammeEntry) -> Standing | None:
        """The programme that says just this already; one with the same key that says something else is a mistake."""
        found = Programme.objects.filter(key=draft.key).first()
        if found is None:
            return None
        says = regimes.entry_of(found)
        says = replace(says, acts=tuple(replace(act, id=None) for act in says.acts))
        return Standing(found.pk, found.key, 0) if says == draft else None

    def draft_of(self, edit: RecordEdit, standing: Standing | None, making: Making) -> ProgrammeEntry:
        """The entry that the edit makes. Raises ``FileProblem`` with the place."""
        found = regimes.entry_of(regimes.get_programme(standing.pk)) if standing is not None else ProgrammeEntry()
        if edit.own is not None:
            found = replace(found, **self._own(edit.own, making))
        applied = apply_part(PARTS[0], found.acts, [str(act.id) for act in found.acts], edit, making)
        return replace(found, acts=tuple(applied.children.values()))

    def create(self, draft: ProgrammeEntry, writing: Writing) -> Standing:
        """Enter the programme."""
        made = regimes.create_programme(draft, now=writing.now, acting_user=writing.acting_user, change=writing.change)
        return Standing(made.pk, made.key, 0)

    def correct(self, standing: Standing, draft: ProgrammeEntry, writing: Writing) -> None:
        """Correct the programme."""
        regimes.correct_programme(
            standing.pk, draft, now=writing.now, acting_user=writing.acting_user, change=writing.change
        )

    def _own(self, edit: RowEdit, making: Making) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, cell in edit.stated.items():
            if name == "issuer":
                found["issuer_id"] = None if cell.after is None else making.party(cell.after, edit, name)
            elif name == "targets":
                found[name] = tuple(making.party(code, edit, name) for code in cell.after)
            elif name == "measures_provided":
                found[name] = tuple(cell.after)
            else:
                found[name] = value_of(self.table, edit, name, cell.after)
        return found
