"""Fills a fresh database with what the tracker needs before anybody can use it. Running it again changes nothing."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth import get_user_model
from django_celery_beat.models import IntervalSchedule, PeriodicTask

from ingestion.sample import load_sample_source
from ingestion.schedules import SCHEDULES as INGESTION
from pledges.schedules import SCHEDULES as PLEDGES
from reference.models import Rate
from reference.services import load_parties, load_rates, packaged_rates, read_ecb_csv, tracker_dataset
from tracker.sample import load_sample_records


@dataclass(frozen=True, slots=True)
class StaffAccount:
    """The account that was made; ``password`` is the one to print, empty where the environment gave it."""

    username: str
    password: str


def prepare(*, now: datetime, sample: bool) -> None:
    """Load parties, exchange rates and schedules, and, for a first look, the sample source and records."""
    load_parties()
    tracker_dataset()
    if not Rate.objects.exists():
        load_rates(read_ecb_csv(packaged_rates()), now=now)
    ensure_schedules(now=now)
    if sample:
        load_sample_source(now=now)
        load_sample_records(now=now)


def ensure_schedules(*, now: datetime) -> None:
    """Put each room's schedule into the database where it is missing. What staff changed there stays.

    A new schedule counts as having run just now: a first start does not reach out to anywhere at once.
    """
    for name, task, seconds in [*INGESTION, *PLEDGES]:
        if not PeriodicTask.objects.filter(name=name).exists():
            interval, _ = IntervalSchedule.objects.get_or_create(every=seconds, period=IntervalSchedule.SECONDS)
            PeriodicTask.objects.create(
                name=name, task=task, interval=interval, last_run_at=now, expire_seconds=max(seconds, 30)
            )


def ensure_staff_account() -> StaffAccount | None:
    """Make an administrator where there is none: STAFF_USERNAME and STAFF_PASSWORD, or a random password."""
    users = get_user_model()
    if users.objects.filter(is_superuser=True).exists():
        return None
    username = os.environ.get("STAFF_USERNAME", "").strip() or "admin"
    given = os.environ.get("STAFF_PASSWORD", "")
    password = given or secrets.token_urlsafe(12)
    users.objects.create_superuser(username=username, password=password)
    return StaffAccount(username, "" if given else password)
