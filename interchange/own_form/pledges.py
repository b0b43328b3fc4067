"""Pledges brought back: rows become drafts, which the services of the aid record check and write."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from django.db.models import QuerySet

from interchange.datatables import pledge_details as details
from interchange.datatables.pledges import STAFF_PLEDGES, pledge_rows
from interchange.own_form.desks import Desk, Making, Standing, Writing, apply_part, new_key, value_of
from interchange.own_form.edits import RecordEdit, RowEdit, is_new
from interchange.own_form.parts import Part
from interchange.problems import FileProblem
from interchange.writing.tables import Row
from pledges import services
from pledges.drafts import DeductionDraft, EvidenceDraft, ItemDraft, MoveDraft, PledgeDraft, ShareDraft
from pledges.models import Pledge
from pledges.standing import standing_draft
from pledges.writing import SAME_NAME
from reference.services import TRACKER_DATASET

PARTIES = {"channel": "channel_id", "financed_from": "financed_from_id"}
LINKS = {"package": "package_id", "supersedes": "supersedes_id"}
OWN_NAMES = {"note": "public_note", **PARTIES, **LINKS}
SHARES = {"donors": details.PLEDGE_DONORS.name, "recipients": details.PLEDGE_RECIPIENTS.name}
PLAIN = (set(SAME_NAME) & set(STAFF_PLEDGES.names)) - set(OWN_NAMES)
SHARE_COLUMNS = {"share_amount": "amount", "share_weight": "weight"}


def _same(*names: str) -> dict[str, str]:
    return {name: name for name in names}


EVIDENCE_COLUMNS = _same("url", "quote", "publisher", "published_on", "official", "dataset_row")
PARTS = (
    Part(details.PLEDGE_DONORS, details.donor_rows, "pledge", "donor", "donors", ShareDraft,
         {"donor": "party_id", **SHARE_COLUMNS}, {}),
    Part(details.PLEDGE_RECIPIENTS, details.recipient_rows, "pledge", "recipient", "recipients", ShareDraft,
         {"recipient": "party_id", **SHARE_COLUMNS}, {}),
    Part(details.ITEMS, details.item_rows, "pledge", "id", "items", ItemDraft,
         {**_same("name", "category", "subtype", "quantity", "quantity_to", "quantity_qualifier", "unit", "unit_price",
                  "price_currency", "price_source"), "price": "price_id"}, {}),
    Part(details.MOVES, details.move_rows, "pledge", "id", "moves", MoveDraft,
         _same("stage", "day", "precision", "amount", "units", "extent_unknown", "note"), {"item": "item"}),
    Part(details.DEDUCTIONS, lambda rows: details.deduction_rows(rows, staff=True), "pledge", "number", "deductions",
         DeductionDraft, {**_same("amount", "reason", "note"), "other": "other_id"}, {},
         defaults={"amount": None}, position=True),
    Part(details.PLEDGE_EVIDENCE, details.evidence_rows, "pledge", "id", "evidence", EvidenceDraft, EVIDENCE_COLUMNS,
         {"move": "move"}),
)  # fmt: skip


class PledgeDesk(Desk):
    """How pledges are read, compared and written."""

    what, room = "pledge", "pledges"
    table = STAFF_PLEDGES
    parts = PARTS
    stated = frozenset({*PLAIN, *OWN_NAMES, *SHARES})
    refers = tuple(LINKS)
    fields = {field: column for column, field in OWN_NAMES.items()}

    def records(self, keys: Sequence[str]) -> QuerySet[Pledge]:
        """The pledges with these public ids."""
        return Pledge.objects.filter(public_id__in=keys).order_by("pk")

    def rows(self, records: QuerySet[Pledge], *, staff: bool) -> Iterator[Row]:
        """Their rows as they would be exported."""
        return pledge_rows(records, staff=staff)

    def made_before(self, draft: PledgeDraft) -> Standing | None:
        """The pledge of the tracker's own that has the draft's key."""
        found = Pledge.objects.filter(dataset__key=TRACKER_DATASET, origin_key=draft.origin_key).first()
        return None if found is None else Standing(found.pk, found.public_id, found.last_seq)

    def draft_of(self, edit: RecordEdit, standing: Standing | None, making: Making) -> PledgeDraft:
        """The draft that the edit makes. Raises ``FileProblem`` with the place."""
        if standing is None:
            draft = PledgeDraft(title="", import_batch_id=making.import_batch_id)
        else:
            draft = replace(standing_draft(Pledge.objects.get(pk=standing.pk)), based_on=standing.version)
        if edit.own is not None:
            draft = replace(draft, **self._own(edit.own, making))
            draft = replace(draft, **self._shares(edit.own, draft, making))
        codes = {pk: code for code, pk in making.parties.items()}
        for part in PARTS:
            children = getattr(draft, part.attribute)
            keys = [_key(part, child, number, codes) for number, child in enumerate(children, 1)]
            applied = apply_part(part, children, keys, edit, making)
            made: dict[str, Any] = {part.attribute: tuple(applied.children.values())}
            if part.attribute == "deductions":
                made["deductions"] = tuple(self._deduction(one, edit, making) for one in made["deductions"])
            draft = replace(draft, **made)
        self._check_shares(edit, draft, codes)
        return draft

    def create(self, draft: PledgeDraft, writing: Writing) -> Standing:
        """Enter the draft."""
        made = services.create_pledge(draft, now=writing.now, acting_user=writing.acting_user, change=writing.change)
        return Standing(made.pk, made.public_id, made.last_seq)

    def correct(self, standing: Standing, draft: PledgeDraft, writing: Writing) -> None:
        """Correct the pledge."""
        services.correct_pledge(
            standing.pk, draft, now=writing.now, acting_user=writing.acting_user, change=writing.change
        )

    def _own(self, edit: RowEdit, making: Making) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, cell in edit.stated.items():
            if name in SHARES:
                continue
            if cell.after is None and name in OWN_NAMES and name != "note":
                found[OWN_NAMES[name]] = None
            elif name in PARTIES:
                found[PARTIES[name]] = making.party(cell.after, edit, name)
            elif name in LINKS:
                found[LINKS[name]] = _pledge(cell.after, edit, name, making)
            else:
                found[OWN_NAMES.get(name, name)] = value_of(self.table, edit, name, cell.after)
        return found

    def _shares(self, edit: RowEdit, draft: PledgeDraft, making: Making) -> dict[str, Any]:
        """Donors and recipients as the pledge's own row names them; those that stay keep their shares."""
        found: dict[str, Any] = {}
        for name in SHARES:
            if name in edit.stated:
                known = {share.party_id: share for share in getattr(draft, name)}
                ids = [making.party(code, edit, name) for code in edit.stated[name].after]
                found[name] = tuple(known.get(pk, ShareDraft(pk)) for pk in ids)
        return found

    def _check_shares(self, edit: RecordEdit, draft: PledgeDraft, codes: dict[int, str]) -> None:
        """The row of a pledge and the rows of its shares must name the same parties, if both name them anew."""
        for name, table in SHARES.items():
            if edit.own is None or name not in edit.own.stated or table not in edit.children:
                continue
            said = set(edit.own.stated[name].after)
            made = {codes[share.party_id] for share in getattr(draft, name)}
            if said != made:
                raise FileProblem(
                    f"{name} are {'; '.join(sorted(said))} here and {'; '.join(sorted(made))} by the rows of {table}; "
                    "mend one of them.",
                    edit.own.row.at(name),
                )

    def _deduction(self, one: DeductionDraft, edit: RecordEdit, making: Making) -> DeductionDraft:
        """With the other pledge by its number; rows of files name it by its public id."""
        named: Any = one.other_id
        if not isinstance(named, str):
            return one
        row = edit.children[details.DEDUCTIONS.name][0]
        return replace(one, other_id=_pledge(named, row, "other", making) if named else None)


def _key(part: Part, child: Any, number: int, codes: dict[int, str]) -> str:
    """How a file names a standing child."""
    if part.position:
        return str(number)
    return codes[child.party_id] if isinstance(child, ShareDraft) else str(child.id)


def _pledge(key: str, edit: RowEdit, column: str, making: Making) -> int:
    """The pledge that a cell names, be it one that this import has made."""
    if is_new(key):
        made = making.made.get(new_key(key))
        if made is None:
            raise FileProblem(f"“{key}” stands further down or nowhere; put it above this row.", edit.row.at(column))
        return made
    found = Pledge.objects.filter(public_id=key).values_list("pk", flat=True).first()
    if found is None:
        raise FileProblem(f"There is no pledge with the id “{key}”.", edit.row.at(column))
    return found
