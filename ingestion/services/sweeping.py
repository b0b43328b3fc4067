"""Takes up what was left half-done, and clears away what is no longer needed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from ingestion.models import FetchAttempt, HostSlot, Outcome, Revision, Source
from ingestion.pacing import pause_after_hard
from ingestion.services.extracting import readable
from ingestion.services.polling import HARD_FAILURES_UNTIL_PAUSED, LEASE, pause_failing
from ingestion.services.visiting import begin_visits, waiting_hosts

GRACE = timedelta(seconds=30)  # what was stored just now is already on its way
ATTEMPTS_KEPT = timedelta(days=90)
MOST_AT_ONCE = 500
WORDS = "It broke off before its end, most likely because the worker was stopped. It is tried again."


@dataclass(frozen=True, slots=True)
class Leftovers:
    """What is to be done again."""

    crashed_attempts: int
    revision_ids: tuple[int, ...]
    page_hosts: tuple[str, ...]


def sweep(*, now: datetime) -> Leftovers:
    """Close attempts that died, give their sources back, and name the revisions and pages that wait for a worker.

    Harmless at any time and beside itself; at most 500 of each kind are named at once, the rest at the next sweep.
    """
    crashed = _close_dead_attempts(now)
    waiting = readable(now).filter(fetched_at__lte=now - GRACE).order_by("fetched_at", "id")
    return Leftovers(
        crashed_attempts=crashed,
        revision_ids=tuple(waiting.values_list("id", flat=True)[:MOST_AT_ONCE]),
        page_hosts=tuple(begin_visits(waiting_hosts(now=now), now=now)),
    )


def _close_dead_attempts(now: datetime) -> int:
    closed = 0
    dead = FetchAttempt.objects.filter(outcome=Outcome.RUNNING, started_at__lte=now - LEASE).order_by("id")
    for attempt in dead[:MOST_AT_ONCE]:
        with transaction.atomic():
            ours = FetchAttempt.objects.filter(pk=attempt.pk, outcome=Outcome.RUNNING).update(
                outcome=Outcome.CRASHED, words=WORDS, finished_at=now
            )
            if ours:
                closed += 1
                _give_back(attempt.source_id, now)
    return closed


def _give_back(source_id: int, now: datetime) -> None:
    """A source whose poll died is due again: at once at first, later and later if it keeps killing its workers."""
    source = Source.objects.select_for_update().get(pk=source_id)
    if source.claimed_until is None or source.claimed_until > now:
        return
    source.failures += 1
    source.hard_failures += 1
    source.claimed_until = None
    source.last_error_at, source.last_error = now, WORDS
    pause = pause_after_hard(source.hard_failures, interval=source.poll_interval or source.poll_floor, luck=0)
    source.next_poll_at = now if source.hard_failures < 3 else now + pause
    source.save(
        update_fields=["failures", "hard_failures", "claimed_until", "last_error_at", "last_error", "next_poll_at"]
    )
    if source.hard_failures >= HARD_FAILURES_UNTIL_PAUSED:
        pause_failing(source, WORDS, in_a_row=source.hard_failures, now=now)


def release_everything(*, now: datetime) -> None:
    """Let go of every claim. Only for the start of an installation that is one process: no one else can hold one."""
    Source.objects.filter(claimed_until__gt=now).update(claimed_until=now)
    HostSlot.objects.filter(claimed_until__gt=now).update(claimed_until=None)
    HostSlot.objects.filter(visit_until__gt=now).update(visit_until=None)
    FetchAttempt.objects.filter(outcome=Outcome.RUNNING).update(outcome=Outcome.CRASHED, words=WORDS, finished_at=now)
    Revision.objects.filter(lease_until__gt=now).update(lease_until=now)


def forget_old_attempts(*, now: datetime) -> int:
    """Delete attempts older than 90 days, but for those that brought a revision. How many were deleted."""
    old = FetchAttempt.objects.filter(started_at__lt=now - ATTEMPTS_KEPT, revisions__isnull=True)
    deleted, _of_each = old.exclude(outcome=Outcome.RUNNING).delete()
    return deleted
