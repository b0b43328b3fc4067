"""Scheduled work on the aid record and the exchange rates that it rests on."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from pledges.services import convert_waiting as convert
from reference.refresh import refresh_rates as refresh


@shared_task
def refresh_rates() -> str:
    """Read the ECB's file, then convert the pledges that waited for a rate. Harmless when run twice."""
    attempt = refresh(now=timezone.now())
    if attempt.added:
        convert_waiting()
    return attempt.words


@shared_task
def convert_waiting() -> int:
    """Convert the pledges that waited for a rate, for example one that staff entered."""
    return convert(now=timezone.now(), job="convert_waiting")
