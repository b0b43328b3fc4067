"""Taking in files that staff handed in."""

from __future__ import annotations

from functools import partial

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from interchange.uploads import take_in_file as take_in


@shared_task
def take_in_file(import_id: int) -> str:
    """Take one queued file in. Harmless when run twice."""
    return take_in(import_id, now=timezone.now())


def send(import_id: int) -> None:
    """Have a worker take the file in, once what was written so far is committed."""
    transaction.on_commit(partial(take_in_file.delay, import_id))
