"""The one task of the project itself: the sign of life that ``/readyz`` looks for."""

from __future__ import annotations

from typing import Any

from celery import shared_task
from celery.signals import beat_init
from django.utils import timezone

from tracker.health import record_heartbeat


@shared_task
def heartbeat() -> None:
    """Note that the schedule sent this and a worker ran it."""
    record_heartbeat(now=timezone.now())


@beat_init.connect
def _at_the_start_of_the_schedule(**_: Any) -> None:
    """The first sign of life comes when the schedule starts, not one period later."""
    heartbeat.apply_async(expires=60, retry=False)
