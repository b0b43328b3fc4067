"""What machines that look after the tracker are told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.utils import OperationalError
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from ingestion.machinery import HEARTBEAT_KEY, SILENCE
from tracker.health import parts, record_heartbeat
from tracker.tasks import heartbeat

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def no_sign_of_life() -> None:
    cache.delete(HEARTBEAT_KEY)


def test_alive_is_answered_for_any_host_name_without_the_database() -> None:
    answer = Client().get("/healthz", headers={"host": "10.1.2.3"})
    assert (answer.status_code, answer.json()) == (200, {"status": "alive"})


def test_a_probe_on_plain_http_is_not_sent_to_https(settings: Settings) -> None:
    settings.SECURE_SSL_REDIRECT = True
    assert Client().get("/healthz").status_code == 200


@pytest.mark.django_db
def test_ready_once_the_schedule_has_shown_life() -> None:
    assert Client().get("/readyz").status_code == 503
    heartbeat()
    answer = Client().get("/readyz")
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.django_db
def test_a_schedule_that_fell_silent_is_not_ready() -> None:
    record_heartbeat(now=NOW)
    assert parts(now=NOW + SILENCE)["schedule"].works
    assert not parts(now=NOW + SILENCE + timedelta(seconds=1))["schedule"].works


@pytest.mark.django_db
def test_a_database_that_does_not_answer_is_not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> None:
        raise OperationalError("gone")

    record_heartbeat(now=timezone.now())
    monkeypatch.setattr(connection, "cursor", refuse)
    answer = Client().get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["database"] == {"works": False, "words": "The database does not answer."}


@pytest.mark.django_db
def test_a_broker_that_does_not_answer_is_not_ready(settings: Settings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    assert Client().get("/readyz").json()["broker"] == {"works": False, "words": "Redis does not answer."}


@pytest.mark.django_db
def test_the_command_fails_while_something_does_not_work() -> None:
    with pytest.raises(CommandError, match="Not working: schedule"):
        call_command("health", stdout=StringIO())
    record_heartbeat(now=timezone.now())
    call_command("health", stdout=StringIO())
