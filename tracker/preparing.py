"""Fills a fresh database with what the tracker needs before anybody can use it. Running it again changes nothing."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.password_validation import validate_password
from django.core.checks import ERROR, run_checks
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import DatabaseError, connections
from django.utils import timezone
from django_celery_beat.models import IntervalSchedule, PeriodicTask

from ingestion.sample import load_sample_source
from ingestion.schedules import SCHEDULES as INGESTION
from ingestion.services.upgrading import fill_folded_addresses
from interchange.schedules import SCHEDULES as INTERCHANGE
from pledges.schedules import SCHEDULES as PLEDGES
from pledges.summing.rebuilding import ensure_kept
from pledges.upgrading import ensure_breakdowns
from reference.models import Rate
from reference.services import load_parties, load_rates, packaged_rates, read_ecb_csv, tracker_dataset
from tracker import env
from tracker.health import HEARTBEAT_SECONDS
from tracker.sample import load_sample_records

OWN = [("Show that schedule and worker live", "tracker.tasks.heartbeat", HEARTBEAT_SECONDS)]


class NotPreparedError(Exception):
    """The tracker could not be prepared; the message says why and what to do."""


def prepare() -> Iterator[str]:
    """Bring the tables up to date and fill them; yields what the person at the terminal should know.

    Raises ``NotPreparedError``.
    """
    _check_settings()
    try:
        call_command("migrate", verbosity=0, interactive=False)
        _fill(now=timezone.now())
        account = ensure_staff_account()
    except DatabaseError as error:
        raise NotPreparedError(f"The database could not be prepared: {str(error).strip()}") from error
    except ValidationError as error:
        raise NotPreparedError(" ".join(error.messages)) from error
    _gather_static_files()
    connections.close_all()
    yield from account


def _check_settings() -> None:
    """Refuse what is an error among the checks; outside of local mode also among those for deployment."""
    found = run_checks(include_deployment_checks=not settings.LOCAL)
    if wrong := [one for one in found if one.level >= ERROR and not one.is_silenced()]:
        raise NotPreparedError("\n".join(f"{one.msg} {one.hint or ''} ({one.id})" for one in wrong))


def _fill(*, now: datetime) -> None:
    load_parties()
    tracker_dataset()
    if not Rate.objects.exists():
        load_rates(read_ecb_csv(packaged_rates()), now=now)
    fill_folded_addresses()
    ensure_breakdowns(now=now)
    ensure_kept()
    ensure_schedules(now=now)
    if settings.LOAD_SAMPLE:
        load_sample_source(now=now)
        load_sample_records(now=now)


def ensure_schedules(*, now: datetime) -> None:
    """Put each room's schedule into the database where it is missing. What staff changed there stays.

    A new schedule counts as having run just now: a first start does not reach out to anywhere at once. A message that
    no worker took up until its successor was due is dropped.
    """
    for name, task, seconds in [*INGESTION, *PLEDGES, *INTERCHANGE, *OWN]:
        if not PeriodicTask.objects.filter(name=name).exists():
            interval, _ = IntervalSchedule.objects.get_or_create(every=seconds, period=IntervalSchedule.SECONDS)
            PeriodicTask.objects.create(
                name=name, task=task, interval=interval, last_run_at=now, expire_seconds=max(seconds, 30)
            )


def ensure_staff_account() -> list[str]:
    """Make an administrator where there is none: STAFF_USERNAME and STAFF_PASSWORD, or a random password.

    Returns the lines to print. Raises ``ValidationError`` for a name that is taken, and outside of local mode for a
    password that is too easy to guess.
    """
    users = get_user_model()
    if users.objects.filter(is_superuser=True).exists():
        return []
    username = env.text("STAFF_USERNAME", default="admin")
    if users.objects.filter(username=username).exists():
        raise ValidationError(f"STAFF_USERNAME is {username!r}, an account without admin rights. Choose another name.")
    given = env.text("STAFF_PASSWORD")
    warning = _weakness(given, username) if given else ""
    password = given or secrets.token_urlsafe(12)
    users.objects.create_superuser(username=username, password=password)
    if given:
        return [f"\nStaff account: {username}, with the password from STAFF_PASSWORD.{warning}"]
    return [f"\nStaff account: {username}\nPassword:      {password}   (shown only this once)"]


def _weakness(password: str, username: str) -> str:
    try:
        validate_password(password, get_user_model()(username=username))
    except ValidationError as error:
        if not settings.LOCAL:
            raise ValidationError(f"STAFF_PASSWORD is too easy to guess: {' '.join(error.messages)}") from error
        return " It is easy to guess; change it before anybody else can reach this machine."
    return ""


def _gather_static_files() -> None:
    """In local mode they are served from where they are; elsewhere from one folder, compressed, with hashed names."""
    folder = Path(settings.STATIC_ROOT)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not settings.LOCAL:
            call_command("collectstatic", verbosity=0, interactive=False)
    except OSError as error:
        raise NotPreparedError(
            f"The folder {folder} cannot be written ({error.strerror}). Make it writable."
        ) from error
