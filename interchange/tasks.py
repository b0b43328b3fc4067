"""Taking in files that staff handed in."""

from __future__ import annotations

from functools import partial

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from interchange.publishing.editions import BusyError, make_nightly
from interchange.uploads import take_in_file as take_in


@shared_task
def take_in_file(import_id: int) -> str:
    """Take one queued file in. Harmless when run twice."""
    return take_in(import_id, now=timezone.now())


# Writing files of a million records takes longer than other tasks may. A message that is delivered once more meanwhile
# finds the work being done.
@shared_task(soft_time_limit=3_600, time_limit=3_700)
def make_downloads() -> str:
    """Make the editions of the day that are missing. Harmless when run twice."""
    try:
        return "; ".join(make_nightly(now=timezone.now()))
    except BusyError as error:
        return str(error)


def send(import_id: int) -> None:
    """Have a worker take the file in, once what was written so far is committed."""
    transaction.on_commit(partial(take_in_file.delay, import_id))
