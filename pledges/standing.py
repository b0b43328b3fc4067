"""A pledge as it stands, as a draft: for those who change one thing of it, or make another record like it."""

from __future__ import annotations

from pledges.drafts import DeductionDraft, EvidenceDraft, ItemDraft, MoveDraft, PledgeDraft, ShareDraft
from pledges.models import Pledge
from pledges.writing import SAME_NAME


def standing_draft(pledge: Pledge) -> PledgeDraft:
    """A pledge as it stands, as the draft that would leave it unchanged."""
    items = {item.pk: f"item-{item.pk}" for item in pledge.items.all()}
    return PledgeDraft(
        **{name: getattr(pledge, name) for name in SAME_NAME},
        donors=tuple(ShareDraft(one.party_id, one.share_amount, one.share_weight) for one in pledge.donors.all()),
        recipients=tuple(
            ShareDraft(one.party_id, one.share_amount, one.share_weight) for one in pledge.recipients.all()
        ),
        deductions=tuple(
            DeductionDraft(one.amount, one.reason, one.other_id, one.note, one.pk) for one in pledge.deductions.all()
        ),
        items=tuple(
            ItemDraft(
                name=one.name,
                category=one.category,
                subtype=one.subtype,
                quantity=one.quantity,
                quantity_to=one.quantity_to,
                quantity_qualifier=one.quantity_qualifier,
                unit=one.unit,
                unit_price=one.unit_price,
                price_currency=one.price_currency,
                price_source=one.price_source,
                price_id=one.price_id,
                id=one.pk,
                ref=items[one.pk],
            )
            for one in pledge.items.all()
        ),
        moves=tuple(
            MoveDraft(
                stage=one.stage,
                day=one.day,
                precision=one.precision,
                amount=one.amount,
                item=items.get(one.item_id, "") if one.item_id is not None else "",
                units=one.units,
                extent_unknown=one.extent_unknown,
                note=one.note,
                id=one.pk,
                ref=f"move-{one.pk}",
            )
            for one in pledge.moves.all()
        ),
        evidence=tuple(
            EvidenceDraft(
                url=one.url,
                quote=one.quote,
                publisher=one.publisher,
                published_on=one.published_on,
                official=one.official,
                revision_id=one.revision_id,
                start=one.start,
                end=one.end,
                finding_id=one.finding_id,
                dataset_row=one.dataset_row,
                move=f"move-{one.move_id}" if one.move_id is not None else "",
                id=one.pk,
            )
            for one in pledge.evidence.all()
        ),
    )
