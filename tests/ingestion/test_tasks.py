"""The tasks: what is enqueued, on which queue, and what happens without a broker; the sweep; the sample."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.contrib.auth.models import User
from django.db import transaction
from kombu.exceptions import OperationalError
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from ingestion import services, tasks
from ingestion.models import Article, ExtractState, FetchAttempt, Outcome, Revision, Source
from ingestion.sample import load_sample_source
from ingestion.schedules import SCHEDULES
from tests.ingestion.conftest import NOW, FakeReader, MakeSource, item, rss
from tracker.celery import app

Sent = list[tuple[str, tasks.Subject, int | None]]


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Sent:
    """The messages that were put on a queue: task, id, seconds until it expires."""
    messages: Sent = []

    def note(task: object, subject: tasks.Subject, *, expires: int | None, countdown: float) -> None:
        messages.append((task.name, subject, expires))  # type: ignore[attr-defined]

    monkeypatch.setattr(tasks, "_send", note)
    return messages


def test_what_is_due_is_enqueued_and_expires_when_the_next_look_comes(make_source: MakeSource, sent: Sent) -> None:
    source = make_source("feed.xml")
    tasks.poll_due_sources()
    assert sent == [("ingestion.tasks.poll_source", source.pk, 30)]


def test_a_poll_enqueues_the_reading_of_what_it_brought(
    folder: Path,
    make_source: MakeSource,
    sent: Sent,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    (folder / "feed.xml").write_text(rss(item("one")))
    with django_capture_on_commit_callbacks(execute=True):
        tasks.poll_source(make_source("feed.xml").pk)
    assert sent == [("ingestion.tasks.extract_revisions", [Revision.objects.get().pk], None)]


def test_many_revisions_go_into_few_messages_and_what_does_not_fit_into_the_time_goes_back(
    db: None,
    sent: Sent,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        tasks.enqueue_extraction(range(1, 46))
    assert [subject for _task, subject, _expires in sent] == [
        list(range(1, 21)), list(range(21, 41)), list(range(41, 46))
    ]  # fmt: skip
    sent.clear()
    read: list[int] = []
    monkeypatch.setattr(services, "extract_revision", lambda pk, **_values: read.append(pk))
    tasks.extract_revisions([5, 6])
    monkeypatch.setattr(tasks, "READING_BUDGET_SECONDS", -1)
    tasks.extract_revisions([7, 8, 9])
    assert read == [5, 6, 7]
    assert sent == [("ingestion.tasks.extract_revisions", [8, 9], None)]


def test_nothing_is_enqueued_by_a_transaction_that_is_rolled_back(
    sent: Sent, db: None, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        tasks.enqueue_extraction([1])
        transaction.set_rollback(True)
    assert sent == []


def test_without_a_broker_nothing_is_lost(
    folder: Path,
    make_source: MakeSource,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    tried: list[object] = []

    def gone(*args: object, **kwargs: object) -> None:
        tried.append(args)
        raise OperationalError("no broker")

    monkeypatch.setattr(tasks.extract_revisions, "apply_async", gone)
    (folder / "feed.xml").write_text(rss(item("one"), item("two", "Italy.")))
    with django_capture_on_commit_callbacks(execute=True):
        tasks.poll_source(make_source("feed.xml").pk)
    first, second = Revision.objects.order_by("id")
    assert len(tried) == 1, "each try waits for the broker, so there is only one"
    assert services.sweep(now=first.fetched_at + timedelta(minutes=1)).revision_ids == (first.pk, second.pk)


def test_the_sweep_enqueues_what_waits_too_long(staff: User, sent: Sent) -> None:
    added = services.add_text(text="Words", acting_user=staff, now=NOW)
    Revision.objects.update(fetched_at="2020-01-01T00:00:00Z")
    tasks.sweep()
    assert sent == [("ingestion.tasks.extract_revisions", [added.revision_id], 60)]


def test_the_sweep_leaves_alone_what_was_stored_just_now(staff: User) -> None:
    services.add_text(text="Words", acting_user=staff, now=NOW)
    assert services.sweep(now=NOW + timedelta(seconds=10)).revision_ids == ()


def test_a_source_that_keeps_killing_its_workers_is_tried_less_and_less(make_source: MakeSource) -> None:
    source = make_source("feed.xml", poll_floor=600)
    moment, pauses = NOW, []
    for _ in range(4):
        source.refresh_from_db()
        FetchAttempt.objects.create(source=source, started_at=moment)
        source.claimed_until = moment + timedelta(seconds=1)
        source.save()
        moment += timedelta(minutes=10)
        services.sweep(now=moment)
        source.refresh_from_db()
        assert source.next_poll_at is not None
        pauses.append((source.next_poll_at - moment).total_seconds())
    assert pauses == [0, 0, 4800, 9600]
    assert set(FetchAttempt.objects.values_list("outcome", flat=True)) == {Outcome.CRASHED}


def test_old_attempts_go_but_those_that_brought_a_revision_stay(staff: User, make_source: MakeSource) -> None:
    services.add_text(text="Words", acting_user=staff, now=NOW)
    source = make_source("feed.xml")
    FetchAttempt.objects.create(source=source, started_at=NOW, outcome=Outcome.NOTHING_NEW)
    recent = FetchAttempt.objects.create(source=source, started_at=NOW + timedelta(days=5), outcome=Outcome.NEW)
    assert services.forget_old_attempts(now=NOW + timedelta(days=91)) == 1
    kept = FetchAttempt.objects.exclude(pk=recent.pk).get()
    assert kept.revisions.exists()


def test_every_schedule_names_a_task_that_exists_and_every_task_has_its_queue() -> None:
    app.loader.import_default_modules()
    for scheduled in SCHEDULES:
        assert scheduled.task in app.tasks
        assert scheduled.seconds >= 30
    routed = {
        name: app.amqp.router.route({}, name)["queue"].name for name in app.tasks if name.startswith("ingestion.")
    }
    assert routed == {
        "ingestion.tasks.poll_due_sources": "fetching",
        "ingestion.tasks.poll_source": "fetching",
        "ingestion.tasks.visit_host": "fetching",
        "ingestion.tasks.extract_revisions": "extraction",
        "ingestion.tasks.sweep": "upkeep",
        "ingestion.tasks.forget_old_attempts": "upkeep",
        "ingestion.tasks.forget_old_sketches": "upkeep",
        "ingestion.tasks.check_bounds": "upkeep",
        "ingestion.tasks.mail_notices": "upkeep",
        "ingestion.tasks.weigh_waiting": "upkeep",
    }


def test_the_sample_is_loaded_once_and_polled_without_the_network(db: None, settings: Settings) -> None:
    settings.LOCAL_SOURCES_ROOT = str(django_settings.BASE_DIR / "sample")
    source = load_sample_source(now=NOW)
    assert load_sample_source(now=NOW + timedelta(days=1)) == source
    assert Source.objects.count() == 1
    result = services.poll_source(source.pk, now=NOW)
    assert result is not None
    assert result.outcome == Outcome.NEW
    assert Article.objects.count() == 7
    assert all(revision.published_at and len(revision.text) > 150 for revision in Revision.objects.all())
    for revision_id in result.revision_ids:
        assert services.extract_revision(revision_id, now=NOW, reader=FakeReader()) is not None
    assert set(Revision.objects.values_list("extract_state", flat=True)) == {ExtractState.DONE}
