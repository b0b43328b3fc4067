"""Puts the children of many new pledges into their tables, a few statements for each table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import TypeVar

from django.db.models import Model

from pledges.drafts import PledgeDraft, ShareDraft
from pledges.models import Deduction, Evidence, Item, Move, Pledge, PledgeDonor, PledgeRecipient
from pledges.writing import fill_evidence, fill_item, fill_move

Row = TypeVar("Row", bound=Model)
ROWS_A_STATEMENT = 200


def insert_children(pledges: Sequence[Pledge], drafts: Sequence[PledgeDraft]) -> list[Mapping[str, Sequence[Model]]]:
    """Write what belongs to new, saved pledges; returns each pledge's rows by their name on the pledge."""
    own = list(zip(pledges, drafts, strict=True))
    donors = _create(PledgeDonor, [_shares(PledgeDonor, pledge, draft.donors) for pledge, draft in own])
    recipients = _create(PledgeRecipient, [_shares(PledgeRecipient, pledge, draft.recipients) for pledge, draft in own])
    deductions = _create(Deduction, [_deductions(pledge, draft) for pledge, draft in own])
    items = _create(Item, [[fill_item(Item(), pledge, one) for one in draft.items] for pledge, draft in own])
    moves = _create(Move, [_moves(pledge, draft, rows) for (pledge, draft), rows in zip(own, items, strict=True)])
    evidence = _create(
        Evidence, [_evidence(pledge, draft, rows) for (pledge, draft), rows in zip(own, moves, strict=True)]
    )
    return [
        {
            "donors": donors[place],
            "recipients": recipients[place],
            "deductions": deductions[place],
            "items": items[place],
            "moves": moves[place],
            "evidence": evidence[place],
        }
        for place in range(len(own))
    ]


def _create(model: type[Row], by_pledge: list[list[Row]]) -> list[list[Row]]:
    model._default_manager.bulk_create(list(chain.from_iterable(by_pledge)), batch_size=ROWS_A_STATEMENT)
    return by_pledge


Share = TypeVar("Share", PledgeDonor, PledgeRecipient)


def _shares(model: type[Share], pledge: Pledge, shares: Iterable[ShareDraft]) -> list[Share]:
    return [
        model(pledge=pledge, party_id=one.party_id, share_amount=one.amount, share_weight=one.weight) for one in shares
    ]


def _deductions(pledge: Pledge, draft: PledgeDraft) -> list[Deduction]:
    return [
        Deduction(pledge=pledge, amount=one.amount, reason=one.reason, other_id=one.other_id, note=one.note)
        for one in draft.deductions
    ]


def _moves(pledge: Pledge, draft: PledgeDraft, items: Sequence[Item]) -> list[Move]:
    by_ref = {one.ref: row for one, row in zip(draft.items, items, strict=True) if one.ref}
    return [fill_move(Move(), pledge, one, by_ref.get(one.item)) for one in draft.moves]


def _evidence(pledge: Pledge, draft: PledgeDraft, moves: Sequence[Move]) -> list[Evidence]:
    by_ref = {one.ref: row for one, row in zip(draft.moves, moves, strict=True) if one.ref}
    return [fill_evidence(Evidence(), pledge, one, by_ref.get(one.move)) for one in draft.evidence]
