"""What a fresh database is filled with, and that doing it again changes nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django_celery_beat.models import PeriodicTask
from pytest_django import Settings

from history.models import Change
from ingestion.schedules import SCHEDULES as INGESTION
from interchange.schedules import SCHEDULES as INTERCHANGE
from pledges.models import Pledge, RecordState
from pledges.schedules import SCHEDULES as PLEDGES
from reference.services import load_parties
from sanctions.models import Measure
from tests.builders import NOW, rates
from tracker.celery import app
from tracker.preparing import ensure_schedules, ensure_staff_account
from tracker.sample import load_sample_records

pytestmark = pytest.mark.django_db


@pytest.fixture
def sample() -> int:
    load_parties()
    rates(NOW.date().replace(month=2, day=25), SEK="10.6085")
    return load_sample_records(now=NOW)


@pytest.mark.usefixtures("sample")
def test_the_sample_holds_what_a_first_look_should_show() -> None:
    assert set(Pledge.objects.values_list("state", flat=True)) == {RecordState.PUBLISHED}
    italy = Pledge.objects.get(donors__party__code="IT")
    assert (italy.stated, italy.currency, italy.type) == (Decimal(110_000_000), "EUR", "financial")
    spain = Pledge.objects.get(donors__party__code="ES")
    assert (spain.stated, spain.in_kind, spain.type) == (None, True, "military")
    assert Pledge.objects.exclude(currency__in=["", "EUR"]).exists()
    assert any(pledge.donors.count() > 1 for pledge in Pledge.objects.all())
    assert Measure.objects.get().state == RecordState.PUBLISHED


def test_the_sample_is_loaded_once(sample: int) -> None:
    before = Change.objects.count()
    assert sample == Pledge.objects.count() + Measure.objects.count()
    assert load_sample_records(now=NOW + timedelta(days=1)) == 0
    assert Change.objects.count() == before


@pytest.mark.usefixtures("sample")
def test_the_evidence_of_the_sample_leads_to_example_addresses_only() -> None:
    addresses = [one.url for pledge in Pledge.objects.all() for one in pledge.evidence.all()]
    addresses += [one.url for one in Measure.objects.get().evidence.all()]
    assert [address for address in addresses if not address.startswith("https://example.org/")] == []


def test_each_room_s_schedule_is_put_into_the_database_and_not_due_at_once() -> None:
    ensure_schedules(now=NOW)
    names = {name for name, _, _ in [*INGESTION, *PLEDGES, *INTERCHANGE]}
    put = {task.name: task for task in PeriodicTask.objects.all()}
    assert names < set(put)
    assert {task.last_run_at for task in put.values()} == {NOW}


def test_every_scheduled_task_exists() -> None:
    ensure_schedules(now=NOW)
    app.loader.import_default_modules()
    assert set(PeriodicTask.objects.values_list("task", flat=True)) <= set(app.tasks)


def test_what_staff_changed_in_the_schedule_stays() -> None:
    ensure_schedules(now=NOW)
    changed = PeriodicTask.objects.get(task="pledges.tasks.refresh_rates")
    changed.enabled = False
    changed.save()
    count = PeriodicTask.objects.count()
    ensure_schedules(now=datetime(2026, 1, 1, tzinfo=UTC))
    changed.refresh_from_db()
    assert (changed.enabled, PeriodicTask.objects.count()) == (False, count)


def test_a_random_password_is_told_once_and_works() -> None:
    (told,) = ensure_staff_account()
    password = told.split("Password:")[1].split()[0]
    assert get_user_model().objects.get(username="admin").check_password(password)
    assert ensure_staff_account() == []


def test_the_account_of_the_environment_is_made_and_its_password_not_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STAFF_USERNAME", "chief")
    monkeypatch.setenv("STAFF_PASSWORD", "a long pass phrase of its own")
    (told,) = ensure_staff_account()
    assert "pass phrase" not in told
    assert get_user_model().objects.get(username="chief").check_password("a long pass phrase of its own")


def test_a_password_easy_to_guess_is_refused_but_on_a_laptop(
    monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    monkeypatch.setenv("STAFF_PASSWORD", "password")
    settings.LOCAL = False
    with pytest.raises(ValidationError, match="STAFF_PASSWORD is too easy to guess"):
        ensure_staff_account()
    settings.LOCAL = True
    assert "easy to guess; change it" in ensure_staff_account()[0]


def test_a_name_that_is_taken_by_an_ordinary_account_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    get_user_model().objects.create_user("vera", password="a long pass phrase of hers", is_staff=True)
    monkeypatch.setenv("STAFF_USERNAME", "vera")
    with pytest.raises(ValidationError, match="an account without admin rights"):
        ensure_staff_account()


def test_settings_that_are_dangerous_in_production_stop_the_setup_before_anything_is_filled(settings: Settings) -> None:
    settings.LOCAL, settings.FETCH_ALLOW_LOOPBACK = False, True
    with pytest.raises(
        CommandError, match=r"FETCH_ALLOW_LOOPBACK is on: .* Unset FETCH_ALLOW_LOOPBACK.*\(tracker\.E003\)"
    ):
        call_command("setup", stdout=StringIO())
    assert not PeriodicTask.objects.exists()


def test_the_setup_command_fails_with_the_sentence(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    rates()
    settings.LOCAL, settings.LOAD_SAMPLE = False, False
    monkeypatch.setenv("STAFF_PASSWORD", "password")
    with pytest.raises(CommandError, match="STAFF_PASSWORD is too easy to guess"):
        call_command("setup", stdout=StringIO())
