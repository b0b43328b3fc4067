"""Who is at work on a candidate: for some minutes it is offered to nobody else.

A claim only steers what is offered. It forbids nothing: of two people who decide all the same, the second is told (see
``review.services``). Each claim is one conditional update of the row itself.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db.models import Q

from ingestion.models import Candidate, CandidateState

LEASE = timedelta(minutes=10)  # longer than a text takes to read; the page renews it while somebody is at work


def free_for(user: User, now: datetime) -> Q:
    """Candidates that nobody else is at work on."""
    return Q(claimed_by__isnull=True) | Q(claimed_until__isnull=True) | Q(claimed_until__lte=now) | Q(claimed_by=user)


def claim(candidate_id: int, *, acting_user: User, now: datetime) -> datetime | None:
    """Take a waiting candidate, or keep it for longer; until when, or ``None`` if it is decided or somebody has it."""
    until = now + LEASE
    waiting = Candidate.objects.filter(pk=candidate_id, state=CandidateState.PENDING)
    taken = waiting.filter(free_for(acting_user, now)).update(claimed_by=acting_user, claimed_until=until)
    return until if taken else None


def give_back(candidate_id: int, *, acting_user: User, until: datetime | None = None) -> bool:
    """Let others have a candidate; whether it was given back.

    With ``until``, only the claim that ends then: a page that is left late takes nothing from the one opened since.
    """
    mine = Candidate.objects.filter(pk=candidate_id, claimed_by=acting_user)
    if until is not None:
        mine = mine.filter(claimed_until=until)
    return bool(mine.update(claimed_by=None, claimed_until=None))


def holder(candidate: Candidate, *, now: datetime) -> User | None:
    """Who is at work on a candidate, if anybody."""
    held = candidate.claimed_until is not None and candidate.claimed_until > now
    return candidate.claimed_by if held else None
