"""Makes a record of the tracker's own out of an imported one: a draft with the same content, linked both ways."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.models import AbstractBaseUser

from history.models import Change
from history.refusing import Problem, refuse
from history.services import joining
from pledges.drafts import EvidenceDraft, ItemDraft, MoveDraft, PledgeDraft, ShareDraft
from pledges.models import Pledge, PledgeDonor, PledgeRecipient, RecordState
from pledges.services import create_pledge, get_pledge
from pledges.writing import SAME_NAME
from reference.services import TRACKER_DATASET

# What stays with the imported record: its place among that dataset's packages and in its source's own totals.
LEFT = {"package_id", "supersedes_id", "outside_source_total", "private_note"}


def adopt_pledge(
    pledge_id: int,
    *,
    now: datetime,
    acting_user: AbstractBaseUser,
    change: Change | None = None,
) -> Pledge:
    """Enter the imported pledge as a draft of the tracker's own. Raises ``ValidationError`` where that cannot be.

    A part of an adopted package becomes a part of the adopting one. Deductions are for people to make anew.
    """
    pledge = get_pledge(pledge_id)
    why = f"Adopted from {pledge.public_id}."
    with joining(change, action="pledge.create", now=now, acting_user=acting_user, why=why) as current:
        refuse(_problems(pledge))
        return create_pledge(_draft(pledge), now=now, acting_user=acting_user, change=current)


def _problems(pledge: Pledge) -> list[Problem]:
    if pledge.dataset.key == TRACKER_DATASET:
        return [Problem("adopted_from_id", f"{pledge.public_id} is one of the tracker's own already.")]
    if pledge.state in (RecordState.WITHDRAWN, RecordState.MERGED):
        return [Problem("adopted_from_id", f"{pledge.public_id} is {pledge.state} and cannot be adopted.")]
    return []


def _draft(pledge: Pledge) -> PledgeDraft:
    package = Pledge.objects.filter(adopted_from=pledge.package_id).first() if pledge.package_id else None
    same = {name: getattr(pledge, name) for name in SAME_NAME if name not in LEFT}
    return PledgeDraft(
        **same,
        package_id=package.pk if package is not None else None,
        adopted_from_id=pledge.pk,
        donors=_shares(pledge, PledgeDonor),
        recipients=_shares(pledge, PledgeRecipient),
        items=_items(pledge),
        moves=_moves(pledge),
        evidence=_evidence(pledge),
    )


def _shares(pledge: Pledge, model: type[PledgeDonor] | type[PledgeRecipient]) -> tuple[ShareDraft, ...]:
    rows = model._default_manager.filter(pledge=pledge)
    return tuple(ShareDraft(row.party_id, row.share_amount, row.share_weight) for row in rows)


def _items(pledge: Pledge) -> tuple[ItemDraft, ...]:
    return tuple(
        ItemDraft(
            name=item.name,
            category=item.category,
            subtype=item.subtype,
            quantity=item.quantity,
            quantity_to=item.quantity_to,
            quantity_qualifier=item.quantity_qualifier,
            unit=item.unit,
            unit_price=item.unit_price,
            price_currency=item.price_currency,
            price_source=item.price_source,
            price_id=item.price_id,
            ref=str(item.pk),
        )
        for item in pledge.items.all()
    )


def _moves(pledge: Pledge) -> tuple[MoveDraft, ...]:
    return tuple(
        MoveDraft(
            stage=move.stage,
            day=move.day,
            precision=move.precision,
            amount=move.amount,
            item=str(move.item_id) if move.item_id is not None else "",
            units=move.units,
            extent_unknown=move.extent_unknown,
            note=move.note,
            ref=str(move.pk),
        )
        for move in pledge.moves.all()
    )


def _evidence(pledge: Pledge) -> tuple[EvidenceDraft, ...]:
    return tuple(
        EvidenceDraft(
            url=row.url,
            quote=row.quote,
            publisher=row.publisher,
            published_on=row.published_on,
            official=row.official,
            revision_id=row.revision_id,
            start=row.start,
            end=row.end,
            finding_id=row.finding_id,
            dataset_row=row.dataset_row,
            move=str(row.move_id) if row.move_id is not None else "",
        )
        for row in pledge.evidence.all()
    )
