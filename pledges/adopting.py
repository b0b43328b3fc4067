"""Makes a record of the tracker's own out of an imported one: a draft with the same content, linked both ways."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.contrib.auth.models import AbstractBaseUser

from history.models import Change
from history.refusing import Problem, refuse
from history.services import joining
from pledges.drafts import PledgeDraft
from pledges.models import Pledge, RecordState
from pledges.services import create_pledge, get_pledge
from pledges.standing import standing_draft
from reference.services import TRACKER_DATASET


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
    """The same content as rows of a new record."""
    package = Pledge.objects.filter(adopted_from=pledge.package_id).first() if pledge.package_id else None
    standing = standing_draft(pledge)
    return replace(
        standing,
        adopted_from_id=pledge.pk,
        package_id=package.pk if package is not None else None,
        items=tuple(replace(one, id=None) for one in standing.items),
        moves=tuple(replace(one, id=None) for one in standing.moves),
        evidence=tuple(replace(one, id=None) for one in standing.evidence),
        deductions=(),
        # These stay with the imported record: its successors and its place in its source's own totals.
        supersedes_id=None,
        outside_source_total="",
        private_note="",
    )
