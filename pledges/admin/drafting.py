"""Turns a cleaned pledge form and its tables into the draft that the services take."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError

from history.record_forms import RecordForm, RecordFormSet
from pledges.drafts import DeductionDraft, EvidenceDraft, ItemDraft, MoveDraft, PledgeDraft, ShareDraft
from pledges.forms import EvidenceForm, ItemForm, MoveForm, PledgeForm
from pledges.writing import SAME_NAME

Rows = dict[str, RecordFormSet]
LINKS = ("channel", "financed_from", "package", "supersedes")
AMOUNTS = ("stated", "stated_to", "currency", "stated_other", "currency_other")


def draft_of(form: RecordForm, rows: Rows) -> PledgeDraft:
    """The pledge as entered; what the form does not show stays as it is stored.

    A row that names goods or a move which is not there gets its error here, and ``ValidationError`` is raised.
    """
    stored = form.instance
    values: dict[str, Any] = {name: getattr(stored, name) for name in SAME_NAME} if stored.pk is not None else {}
    cleaned = form.cleaned_data
    values |= {name: cleaned[name] for name in (*PledgeForm.Meta.fields, *AMOUNTS) if name not in LINKS}
    values |= {f"{name}_id": cleaned[name].pk if cleaned[name] else None for name in LINKS}
    if not form.stands("announced"):
        when = cleaned["announced"]
        values |= {
            "announced_earliest": when.earliest,
            "announced_latest": when.latest,
            "announced_precision": when.precision,
        }
    moves = _moves(rows)
    draft = PledgeDraft(
        **values,
        donors=_shares(rows["donors"]),
        recipients=_shares(rows["recipients"]),
        deductions=tuple(_deduction(one) for one in rows["deductions"].kept()),
        items=tuple(_item(one) for one in rows["items"].kept()),
        moves=moves,
        evidence=_evidence(rows, moves),
        based_on=cleaned["based_on"] if stored.pk is not None else None,
    )
    if any(one.errors for name in ("moves", "evidence") for one in rows[name].forms):
        raise ValidationError({})  # the messages stand beside their fields already
    return draft


def _shares(table: RecordFormSet) -> tuple[ShareDraft, ...]:
    return tuple(
        ShareDraft(one["party"].pk, one["share_amount"], one["share_weight"])
        for one in (form.cleaned_data for form in table.kept())
    )


def _deduction(form: Any) -> DeductionDraft:
    row, other = form.cleaned_data, form.cleaned_data["other"]
    return DeductionDraft(row["amount"], row["reason"], other.pk if other else None, row["note"], form.instance.pk)


def _ref(form: Any) -> str:
    """A name for a row within the draft; its place in the form is unique."""
    return str(form.prefix)


def _item(form: ItemForm) -> ItemDraft:
    row = form.cleaned_data
    return ItemDraft(
        name=row["name"],
        category=row["category"],
        subtype=row["subtype"],
        quantity=row["quantity"],
        quantity_to=row["quantity_to"],
        quantity_qualifier=row["quantity_qualifier"],
        unit=row["unit"],
        unit_price=row["unit_price"],
        price_currency=row["price_currency"],
        price_source=row["price_source"],
        price_id=row["price"].pk if row["price"] else None,
        id=form.instance.pk,
        ref=_ref(form),
    )


def _moves(rows: Rows) -> tuple[MoveDraft, ...]:
    return tuple(_move(form, rows["items"]) for form in rows["moves"].kept())


def _move(form: MoveForm, items: RecordFormSet) -> MoveDraft:
    row = form.cleaned_data
    when = row["when"]
    day, precision = when.latest, when.precision
    if form.stands("when"):
        day, precision = form.instance.day, form.instance.precision
    return MoveDraft(
        stage=row["stage"],
        day=day,
        precision=precision,
        amount=row["amount"],
        item=_goods(form, items),
        units=row["units"],
        extent_unknown=row["extent_unknown"],
        note=row["note"],
        id=form.instance.pk,
        ref=_ref(form),
    )


def _goods(form: MoveForm, items: RecordFormSet) -> str:
    """The item that a move names, by its name or by its number in the table; an error in the row where none fits."""
    named = form.cleaned_data["goods"].strip()
    if not named:
        return ""
    kept = items.kept()
    if form.stands("goods"):
        found = [one for one in kept if one.instance.pk == form.instance.item_id]
    elif named.startswith("#") and named[1:].isdecimal() and named.isascii():
        found = [one for place, one in enumerate(items.forms, 1) if place == int(named[1:]) and one in kept]
    else:
        found = [one for one in kept if one.cleaned_data["name"].strip().casefold() == named.casefold()]
    if len(found) == 1:
        return _ref(found[0])
    known = ", ".join(f"#{items.forms.index(one) + 1} {one.cleaned_data['name']}" for one in kept) or "none"
    problem = "Several items have this name; give the number." if found else "No item of this pledge is called so."
    form.add_error("goods", f"{problem} Items: {known}.")
    return ""


def _evidence(rows: Rows, moves: tuple[MoveDraft, ...]) -> tuple[EvidenceDraft, ...]:
    refs = {one.ref for one in moves}
    return tuple(_one_evidence(form, rows["moves"], refs) for form in rows["evidence"].kept())


def _one_evidence(form: EvidenceForm, moves: RecordFormSet, refs: set[str]) -> EvidenceDraft:
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
        move=_proved(form, moves, refs),
        id=stored.pk,
    )


def _proved(form: EvidenceForm, moves: RecordFormSet, refs: set[str]) -> str:
    number = form.cleaned_data["move_number"]
    if number is None:
        return ""
    if form.stands("move_number"):
        kept = (_ref(one) for one in moves.forms if one.instance.pk == form.instance.move_id)
        return next((ref for ref in kept if ref in refs), "")
    ref = _ref(moves.forms[number - 1]) if number <= len(moves.forms) else ""
    if ref not in refs:
        form.add_error("move_number", f"There is no move no. {number}.")
        return ""
    return ref
