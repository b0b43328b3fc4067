"""Keeps package and parts together, whichever of them is decided on first."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.contrib.auth.models import User

from history.models import Change
from ingestion.models import Candidate
from pledges.models import Pledge, RecordState
from pledges.services import correct_pledge
from pledges.standing import standing_draft
from review.models import Decision, DecisionKind

STANDING = (RecordState.DRAFT, RecordState.PUBLISHED)


def record_of(candidate: Candidate) -> Pledge | None:
    """The pledge that a candidate was accepted as or merged into, if both that and the pledge still stand."""
    decision = (
        Decision.objects.filter(
            candidate=candidate,
            kind__in=[DecisionKind.ACCEPT, DecisionKind.MERGE],
            reversed_by__isnull=True,
            pledge__state__in=STANDING,
        )
        .select_related("pledge")
        .order_by("-pk")
        .first()
    )
    return decision.pledge if decision is not None else None


def gather_parts(candidate: Candidate, package: Pledge, *, change: Change, acting_user: User, now: datetime) -> None:
    """Put the pledges made of a package's parts before it into the package, or they would count beside it."""
    for part in candidate.parts.all():
        pledge = record_of(part)
        if pledge is None or pledge.package_id is not None or pledge.pk == package.pk:
            continue
        draft = replace(standing_draft(pledge), package_id=package.pk)
        correct_pledge(pledge.pk, draft, now=now, acting_user=acting_user, change=change)
