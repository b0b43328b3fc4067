"""Scheduled and queued work: thin, ids in, a service call, the next stage enqueued. Each is harmless when run twice.

A message that is lost is no loss: the rows say what is due, and ``sweep`` finds it.
"""

from __future__ import annotations

import logging
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

log = logging.getLogger(__name__)


@shared_task
def poll_due_sources() -> None:
    """Enqueue a poll for each source that is due. A poll not begun before the next look is dropped: that one asks."""
    _send_all(poll_source, services.due_source_ids(now=timezone.now()), expires=POLL_DUE_SECONDS)


@shared_task
def poll_source(source_id: int) -> None:
    """Poll one source, if it is still due."""
    result = services.poll_source(source_id, now=timezone.now())
    if result is not None:
        enqueue_pages(result.page_ids)
        enqueue_extraction(result.revision_ids)


@shared_task
def fetch_page(article_id: int) -> None:
    """Fetch an article's own page, if it still waits for that."""
    enqueue_extraction(services.fetch_page(article_id, now=timezone.now()))


@shared_task(soft_time_limit=60, time_limit=90)
def extract_revision(revision_id: int) -> None:
    """Read one revision, if it still waits to be read."""
    services.extract_revision(revision_id, now=timezone.now(), reader=default_extractor())


@shared_task
def sweep() -> None:
    """Take up what was left half-done."""
    left = services.sweep(now=timezone.now())
    _send_all(fetch_page, left.page_ids, expires=SWEEP_SECONDS)
    _send_all(extract_revision, left.revision_ids, expires=SWEEP_SECONDS)


@shared_task
def forget_old_attempts() -> None:
    """Clear away fetch attempts that nothing rests on."""
    services.forget_old_attempts(now=timezone.now())


def enqueue_poll(source_id: int) -> None:
    """Poll a source as soon as the current transaction is committed."""
    transaction.on_commit(partial(_send_all, poll_source, [source_id]))


def enqueue_pages(article_ids: Iterable[int]) -> None:
    """Fetch articles' own pages as soon as the current transaction is committed."""
    transaction.on_commit(partial(_send_all, fetch_page, list(article_ids)))


def enqueue_extraction(revision_ids: Iterable[int]) -> None:
    """Read revisions as soon as the current transaction is committed."""
    transaction.on_commit(partial(_send_all, extract_revision, list(revision_ids)))


def _send_all(task: Task[Any, Any], object_ids: Iterable[int], *, expires: int | None = None) -> None:
    """Put a message for each object on the task's queue.

    Without a broker that is only logged, and not tried for every object, since each try waits: the sweep will find
    the rows.
    """
    try:
        for object_id in object_ids:
            _send(task, object_id, expires=expires)
    except OperationalError:
        log.warning("no broker to take a task; the sweep will", extra={"task": task.name})


def _send(task: Task[Any, Any], object_id: int, *, expires: int | None = None) -> None:
    if expires is None:
        task.apply_async((object_id,), retry=False)
    else:
        task.apply_async((object_id,), expires=expires, retry=False)
