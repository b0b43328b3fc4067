"""Scheduled and queued work: thin, ids in, a service call, the next stage enqueued. Each is harmless when run twice.

A message that is lost is no loss: the rows say what is due, and ``sweep`` finds it.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable
from functools import partial
from typing import Any

from celery import Task, shared_task
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from extraction.reader import default_extractor
from ingestion import services

POLL_DUE_SECONDS = 30
SWEEP_SECONDS = 60
BATCH = 20  # revisions in one message
READING_BUDGET_SECONDS = 20  # well within the time limit of the task, so that one more reading fits

Subject = int | str | list[int]

log = logging.getLogger(__name__)


@shared_task
def poll_due_sources() -> None:
    """Enqueue a poll for each source that is due. A poll not begun before the next look is dropped: that one asks."""
    _send_all(poll_source, services.due_source_ids(now=timezone.now()), expires=POLL_DUE_SECONDS)


@shared_task
def poll_source(source_id: int) -> None:
    """Poll one source, if it is still due. If its host is busy, come again at the turn that it was given."""
    now = timezone.now()
    result = services.poll_source(source_id, now=now)
    if result is None:
        return
    if result.again_at is not None:
        _send_all(poll_source, [source_id], expires=POLL_DUE_SECONDS, countdown=(result.again_at - now).total_seconds())
    enqueue_visits(result.page_hosts)
    enqueue_extraction(result.revision_ids)


@shared_task
def visit_host(host: str) -> None:
    """Fetch article pages that are due at one host, and go on as long as there are some."""
    visited = services.visit_host(host, now=timezone.now())
    enqueue_extraction(visited.revision_ids)
    if visited.again_in is not None:
        _send_all(visit_host, [host], countdown=visited.again_in)


@shared_task(soft_time_limit=60, time_limit=90)
def extract_revisions(revision_ids: list[int]) -> None:
    """Read revisions that still wait to be read, each on its own; what does not fit into the time goes to the queue."""
    begun = time.monotonic()
    for place, revision_id in enumerate(revision_ids):
        if place and time.monotonic() - begun > READING_BUDGET_SECONDS:
            _send_all(extract_revisions, [revision_ids[place:]])
            return
        services.extract_revision(revision_id, now=timezone.now(), reader=default_extractor())


@shared_task
def sweep() -> None:
    """Take up what was left half-done."""
    left = services.sweep(now=timezone.now())
    _send_all(visit_host, left.page_hosts, expires=SWEEP_SECONDS)
    _send_all(extract_revisions, _batches(left.revision_ids), expires=SWEEP_SECONDS)


@shared_task
def forget_old_attempts() -> None:
    """Clear away fetch attempts that nothing rests on."""
    services.forget_old_attempts(now=timezone.now())


@shared_task
def forget_old_sketches() -> None:
    """Clear away the sketches of articles too old for a copy of them to appear."""
    services.forget_old_sketches(now=timezone.now())


@shared_task
def weigh_waiting() -> None:
    """Let the newest rates say which candidate is looked at first."""
    services.weigh_waiting()


@shared_task
def check_bounds() -> None:
    """See whether each source brings what is expected of it, and whether work waits too long."""
    services.check_bounds(now=timezone.now())


@shared_task
def mail_notices() -> None:
    """Mail staff what they should know."""
    services.mail_notices(now=timezone.now())


def enqueue_poll(source_id: int) -> None:
    """Poll a source as soon as the current transaction is committed."""
    transaction.on_commit(partial(_send_all, poll_source, [source_id]))


def enqueue_visits(hosts: Iterable[str]) -> None:
    """Fetch the pages due at hosts as soon as the current transaction is committed, where nobody does so yet."""
    transaction.on_commit(partial(_visit, list(hosts)))


def _visit(hosts: list[str]) -> None:
    _send_all(visit_host, services.begin_visits(hosts, now=timezone.now()))


def enqueue_extraction(revision_ids: Iterable[int]) -> None:
    """Read revisions as soon as the current transaction is committed."""
    transaction.on_commit(partial(_send_all, extract_revisions, _batches(revision_ids)))


def _batches(revision_ids: Iterable[int]) -> list[list[int]]:
    """A message for each revision would cost about as much as reading it."""
    ids = list(revision_ids)
    return [ids[first : first + BATCH] for first in range(0, len(ids), BATCH)]


def _send_all(
    task: Task[Any, Any], subjects: Iterable[Subject], *, expires: int | None = None, countdown: float = 0.0
) -> None:
    """Put a message for each subject on the task's queue, to be taken after ``countdown`` seconds.

    It is dropped if nobody has begun it ``expires`` seconds after that. Without a broker that is only logged, and not
    tried for every subject, since each try waits: the sweep will find the rows.
    """
    try:
        for subject in subjects:
            _send(task, subject, expires=expires, countdown=countdown)
    except OperationalError:
        log.warning("no broker to take a task; the sweep will", extra={"task": task.name})


def _send(task: Task[Any, Any], subject: Subject, *, expires: int | None, countdown: float) -> None:
    options: dict[str, Any] = {"countdown": countdown} if countdown > 0 else {}
    if expires is not None:
        options["expires"] = expires + max(countdown, 0.0)
    task.apply_async((subject,), retry=False, **options)
