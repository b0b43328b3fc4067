"""Puts a draft into the rows of a pledge. Used by ``pledges.services`` alone, inside its transaction."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from django.db.models import Model, QuerySet

from pledges.drafts import DeductionDraft, EvidenceDraft, ItemDraft, MoveDraft, PledgeDraft, ShareDraft
from pledges.models import Deduction, Evidence, Item, Move, Pledge, PledgeDonor, PledgeRecipient

# Fields that a draft and a pledge have in common by name.
SAME_NAME = (
    "title",
    "donors_as_written",
    "recipients_as_written",
    "channel_id",
    "financed_from_id",
    "type",
    "in_kind",
    "finance_type",
    "sector",
    "goods_from",
    "refugee_costs",
    "running_total",
    "announced_earliest",
    "announced_latest",
    "announced_precision",
    "announced_as_written",
    "disclosed_on",
    "period_from",
    "period_to",
    "stated",
    "stated_to",
    "currency",
    "qualifier",
    "source_value",
    "source_value_currency",
    "source_delivered",
    "outside_source_total",
    "stated_other",
    "currency_other",
    "package_id",
    "supersedes_id",
    "public_note",
    "private_note",
)

Child = TypeVar("Child", bound=Model)


def write(pledge: Pledge, draft: PledgeDraft) -> None:
    """Write the pledge's own fields and make its children those of the draft, keeping the rows that stay."""
    for name in SAME_NAME:
        setattr(pledge, name, getattr(draft, name))
    pledge.title = draft.title.strip()
    pledge.save()
    _write_shares(pledge, draft.donors, PledgeDonor)
    _write_shares(pledge, draft.recipients, PledgeRecipient)
    _write_deductions(pledge, draft)
    items = _write_items(pledge, draft)
    moves = _write_moves(pledge, draft, items)
    _write_evidence(pledge, draft, moves)


def _write_shares(
    pledge: Pledge, shares: Iterable[ShareDraft], model: type[PledgeDonor] | type[PledgeRecipient]
) -> None:
    standing = {row.party_id: row for row in model.objects.filter(pledge=pledge)}
    for share in shares:
        row = standing.pop(share.party_id, None) or model(pledge=pledge, party_id=share.party_id)
        row.share_amount, row.share_weight = share.amount, share.weight
        row.save()
    for row in standing.values():
        row.delete()


def _row(standing: dict[int, Child], row_id: int | None, model: type[Child]) -> Child:
    """The row that a draft's child corrects, or a new one."""
    found = standing.pop(row_id, None) if row_id is not None else None
    return found if found is not None else model()


def _standing(rows: QuerySet[Child]) -> dict[int, Child]:
    return {row.pk: row for row in rows}


def _remove(rows: dict[int, Child]) -> None:
    for row in rows.values():
        row.delete()


def _write_deductions(pledge: Pledge, draft: PledgeDraft) -> None:
    standing = _standing(Deduction.objects.filter(pledge=pledge))
    # Those with an id first, so that a row which they name is not taken for its twin.
    for one in sorted(draft.deductions, key=lambda one: one.id is None):
        row_id = one.id if one.id is not None else _twin(one, standing)
        row = _row(standing, row_id, Deduction)
        row.pledge, row.amount, row.reason = pledge, one.amount, one.reason
        row.other_id, row.note = one.other_id, one.note
        row.save()
    _remove(standing)


def _twin(draft: DeductionDraft, standing: dict[int, Deduction]) -> int | None:
    """The row that says what a deduction says, for callers that know no ids, such as imports."""
    said = (draft.amount, draft.reason, draft.other_id, draft.note)
    same = (pk for pk, row in standing.items() if (row.amount, row.reason, row.other_id, row.note) == said)
    return next(same, None)


def _write_items(pledge: Pledge, draft: PledgeDraft) -> dict[str, Item]:
    standing, by_ref = _standing(Item.objects.filter(pledge=pledge)), {}
    for one in draft.items:
        item = fill_item(_row(standing, one.id, Item), pledge, one)
        item.save()
        if one.ref:
            by_ref[one.ref] = item
    _remove(standing)
    return by_ref


def fill_item(item: Item, pledge: Pledge, draft: ItemDraft) -> Item:
    """The row with what the draft says; the caller saves it."""
    item.pledge, item.name, item.category = pledge, draft.name.strip(), draft.category
    item.subtype = draft.subtype
    item.quantity, item.quantity_to = draft.quantity, draft.quantity_to
    item.quantity_qualifier, item.unit = draft.quantity_qualifier, draft.unit
    item.unit_price, item.price_currency = draft.unit_price, draft.price_currency
    item.price_source, item.price_id = draft.price_source, draft.price_id
    return item


def _write_moves(pledge: Pledge, draft: PledgeDraft, items: dict[str, Item]) -> dict[str, Move]:
    # An item that was removed took its moves with it.
    standing, by_ref = _standing(Move.objects.filter(pledge=pledge)), {}
    for one in draft.moves:
        move = fill_move(_row(standing, one.id, Move), pledge, one, items.get(one.item))
        move.save()
        if one.ref:
            by_ref[one.ref] = move
    _remove(standing)
    return by_ref


def fill_move(move: Move, pledge: Pledge, draft: MoveDraft, item: Item | None) -> Move:
    """The row with what the draft says; the caller saves it."""
    move.pledge, move.stage, move.day, move.precision = pledge, draft.stage, draft.day, draft.precision
    move.amount, move.item, move.units, move.note = draft.amount, item, draft.units, draft.note
    move.extent_unknown = draft.extent_unknown
    return move


def _write_evidence(pledge: Pledge, draft: PledgeDraft, moves: dict[str, Move]) -> None:
    standing = _standing(Evidence.objects.filter(pledge=pledge))
    for one in draft.evidence:
        fill_evidence(_row(standing, one.id, Evidence), pledge, one, moves.get(one.move)).save()
    _remove(standing)


def fill_evidence(evidence: Evidence, pledge: Pledge, draft: EvidenceDraft, move: Move | None) -> Evidence:
    """The row with what the draft says; the caller saves it."""
    evidence.pledge, evidence.move = pledge, move
    evidence.url, evidence.quote, evidence.publisher = draft.url.strip(), draft.quote, draft.publisher
    evidence.published_on, evidence.official = draft.published_on, draft.official
    evidence.revision_id, evidence.start, evidence.end = draft.revision_id, draft.start, draft.end
    evidence.finding_id, evidence.dataset_row = draft.finding_id, draft.dataset_row
    return evidence


def add_evidence(pledge: Pledge, draft: EvidenceDraft, move_draft: MoveDraft | None) -> None:
    """Add one piece of evidence and the move that it tells of. The same words at the same place are kept once."""
    same = next(
        (
            row
            for row in Evidence.objects.filter(pledge=pledge, quote=draft.quote)
            if (row.url, row.revision_id, row.start) == (draft.url.strip(), draft.revision_id, draft.start)
        ),
        None,
    )
    if same is not None and (move_draft is None or _tells_of(same.move, move_draft)):
        return
    move = fill_move(Move(), pledge, move_draft, None) if move_draft else None
    if move is not None:
        move.save()
    fill_evidence(same or Evidence(), pledge, draft, move).save()


def _tells_of(move: Move | None, draft: MoveDraft) -> bool:
    """Whether the move is the one that a draft describes."""
    names = ("stage", "day", "precision", "amount", "units", "extent_unknown")
    return move is not None and all(getattr(move, name) == getattr(draft, name) for name in names)


def remove_evidence(pledge: Pledge, evidence_ids: list[int]) -> None:
    """Remove evidence, and the moves that no other evidence tells of."""
    rows = Evidence.objects.filter(pledge=pledge, pk__in=evidence_ids)
    moves = {row.move_id for row in rows if row.move_id is not None}
    rows.delete()
    for move in Move.objects.filter(pk__in=moves):
        if not move.evidence.exists():
            move.delete()
