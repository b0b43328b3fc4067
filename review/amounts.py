"""A merge that also corrects the amount of its record to what the candidate states, and the way back."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError

from history.models import Change
from ingestion.models import Candidate
from pledges.drafts import PledgeDraft
from pledges.models import Pledge, RecordState
from pledges.services import correct_pledge
from pledges.standing import standing_draft
from review import proposals

CORRECT = "pledges.change_pledge"
FIELDS = ("stated", "stated_to", "currency", "qualifier")
Kept = dict[str, dict[str, str | None]]


def may_correct(user: User) -> bool:
    """Whether a person may change what a pledge states."""
    return user.has_perm(CORRECT)


def correct_amount(candidate: Candidate, pledge: Pledge, *, change: Change, acting_user: User, now: datetime) -> Kept:
    """Let the pledge state what the candidate does; what it was before and after, to be taken back by an undo."""
    if not may_correct(acting_user):
        raise PermissionDenied("You may merge candidates, but not correct records. Merge it without the amount.")
    told = proposals.pledge_of(candidate)
    if told.stated is None:
        raise ValidationError("This candidate states no amount in all, so that there is nothing to correct by.")
    before = standing_draft(pledge)
    after = replace(before, **{name: getattr(told, name) for name in FIELDS})
    correct_pledge(pledge.pk, after, now=now, acting_user=acting_user, change=change)
    return {"before": _plain(before), "after": _plain(after)}


def take_amount_back(pledge: Pledge, kept: Kept, *, change: Change, acting_user: User, now: datetime) -> None:
    """Put the amount back that a merge corrected; one that somebody has changed since stays as it is."""
    if not kept or pledge.state not in (RecordState.DRAFT, RecordState.PUBLISHED):
        return
    standing = standing_draft(pledge)
    if _plain(standing) != kept["after"] or kept["before"] == kept["after"]:
        return
    if not may_correct(acting_user):
        raise PermissionDenied(
            f"The merge corrected the amount of {pledge.public_id}. Only who may correct records can take it back."
        )
    before = {name: _read(name, kept["before"][name]) for name in FIELDS}
    correct_pledge(pledge.pk, replace(standing, **before), now=now, acting_user=acting_user, change=change)


def states_another(pledge: Pledge, told: PledgeDraft) -> bool:
    """Whether a pledge states another amount than a candidate does."""
    return any(getattr(pledge, name) != getattr(told, name) for name in FIELDS)


def _plain(draft: PledgeDraft) -> dict[str, str | None]:
    values = {name: getattr(draft, name) for name in FIELDS}
    return {name: f"{value.normalize():f}" if isinstance(value, Decimal) else value for name, value in values.items()}


def _read(name: str, value: str | None) -> Any:
    return Decimal(value) if name in ("stated", "stated_to") and value is not None else value
