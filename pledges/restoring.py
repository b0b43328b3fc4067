"""Restores an earlier version of a pledge: what people entered comes back, what follows from it is computed anew."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AbstractBaseUser

from history.refusing import Problem, refuse
from history.restoring import missing, values_of, version_at
from pledges.drafts import DeductionDraft, EvidenceDraft, ItemDraft, MoveDraft, PledgeDraft, ShareDraft
from pledges.models import Deduction, Evidence, Item, Move, Pledge, PledgeDonor, PledgeRecipient
from pledges.services import correct_pledge
from pledges.state import KIND
from pledges.writing import SAME_NAME

Row = Mapping[str, Any]
TABLES = {
    "donors": PledgeDonor,
    "recipients": PledgeRecipient,
    "deductions": Deduction,
    "items": Item,
    "moves": Move,
    "evidence": Evidence,
}
# Links between rows of one pledge, and what only says who entered it: nothing of it can be missing.
WITHIN = {"item_id", "move_id"}


def restore_pledge(
    pledge_id: int,
    *,
    seq: int,
    now: datetime,
    acting_user: AbstractBaseUser,
    why: str,
    public_reason: str = "",
    based_on: int | None = None,
) -> Pledge:
    """Enter again what the version of change ``seq`` said, as a new change; whether it is published stays.

    Raises ``ValidationError`` where the version refers to what is gone or closed, where its content would be refused
    by today's rules, where nobody says why, and, with ``based_on``, where somebody changed the record since.
    """
    version = version_at(KIND, pledge_id, seq)
    if not why.strip():
        refuse([Problem("why", "Say why the earlier version comes back; the history keeps the reason.")])
    refuse(missing(_rows(version.state)))
    return correct_pledge(
        pledge_id,
        draft_of(version.state, based_on=based_on),
        now=now,
        acting_user=acting_user,
        why=why,
        public_reason=public_reason,
        action="pledge.restore",
    )


def draft_of(state: Row, *, based_on: int | None = None) -> PledgeDraft:
    """What people had entered by a kept state."""
    items = [values_of(Item, row) for row in state.get("items", [])]
    refs = {row["id"]: f"item-{row['id']}" for row in items}
    return PledgeDraft(
        **values_of(Pledge, state, SAME_NAME),
        donors=_shares(PledgeDonor, state.get("donors", [])),
        recipients=_shares(PledgeRecipient, state.get("recipients", [])),
        deductions=tuple(
            DeductionDraft(row["amount"], row["reason"], row["other_id"], row["note"], row["id"])
            for row in (values_of(Deduction, one) for one in state.get("deductions", []))
        ),
        items=tuple(ItemDraft(**row, ref=refs[row["id"]]) for row in items),
        moves=tuple(_move(values_of(Move, row), refs) for row in state.get("moves", [])),
        evidence=tuple(_evidence(values_of(Evidence, row)) for row in state.get("evidence", [])),
        based_on=based_on,
    )


def _rows(state: Row) -> dict[str, tuple[type[Any], list[Row]]]:
    """The rows of a state by their list, with only the links that lead out of the record."""
    own = {name: state.get(name) for name in SAME_NAME}
    found: dict[str, tuple[type[Any], list[Row]]] = {"": (Pledge, [own])}
    for name, model in TABLES.items():
        rows: list[Row] = [{key: one for key, one in row.items() if key not in WITHIN} for row in state.get(name, [])]
        found[name] = (model, rows)
    return found


def _shares(model: type[PledgeDonor] | type[PledgeRecipient], rows: list[Row]) -> tuple[ShareDraft, ...]:
    kept = (values_of(model, row) for row in rows)
    return tuple(ShareDraft(row["party_id"], row["share_amount"], row["share_weight"]) for row in kept)


def _move(row: dict[str, Any], refs: Mapping[int, str]) -> MoveDraft:
    item = row.pop("item_id", None)
    return MoveDraft(**row, item=refs.get(item, "") if item is not None else "", ref=f"move-{row['id']}")


def _evidence(row: dict[str, Any]) -> EvidenceDraft:
    move = row.pop("move_id", None)
    return EvidenceDraft(**row, move=f"move-{move}" if move is not None else "")
