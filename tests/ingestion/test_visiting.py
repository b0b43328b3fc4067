"""Visits to hosts: pages one after the other, with the host's pause between two, by one chain of tasks at a time."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings
from pytest_httpserver import HTTPServer

from ingestion import services, tasks
from ingestion.hosts import host_key
from ingestion.models import Article, HostSlot, Revision
from ingestion.services.visiting import SILENCE, waiting_hosts
from tests.ingestion.conftest import NOW, MakeSource, item, rss

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loopback")]

LONG = "Spain will send forty trucks and two field hospitals to Ukraine, the ministry of defence said on Monday. " * 8
PAGE = f"<html><head><title>T</title></head><body><article><h1>T</h1><p>{LONG}</p></article></body></html>"


@pytest.fixture
def host(httpserver: HTTPServer, make_source: MakeSource) -> str:
    """A host with three articles whose own pages are due."""
    names = ("one", "two", "three")
    items = (item(name, f"Spain will send trucks, {name}.", url=httpserver.url_for(f"/{name}")) for name in names)
    httpserver.expect_request("/feed").respond_with_data(rss(*items))
    for name in names:
        httpserver.expect_request(f"/{name}").respond_with_data(PAGE.replace("forty", name), content_type="text/html")
    source = make_source(httpserver.url_for("/feed"), fetch_pages=True)
    result = services.poll_source(source.pk, now=NOW)
    assert result is not None
    name = host_key(source.url)
    assert result.page_hosts == (name,)
    return name


def due() -> int:
    return Article.objects.filter(page_due_at__isnull=False).count()


def test_a_visit_fetches_all_pages_due_at_a_host_and_ends(host: str) -> None:
    assert services.begin_visits([host], now=NOW) == [host]
    visited = services.visit_host(host, now=NOW + timedelta(seconds=1))
    assert due() == 0
    assert set(visited.revision_ids) >= set(Revision.objects.filter(number=2).values_list("id", flat=True))
    assert visited.again_in is None
    assert HostSlot.objects.get(host=host).visit_until is None


def test_between_two_pages_a_visit_gives_way_for_the_hosts_pause(host: str, settings: Settings) -> None:
    settings.HOST_DELAY_SECONDS = 5.0
    visited = services.visit_host(host, now=NOW + timedelta(seconds=10))
    assert due() == 2
    assert visited.again_in is not None
    assert 4 < visited.again_in <= 5
    later = NOW + timedelta(seconds=16)
    assert services.visit_host(host, now=later).again_in is not None
    assert due() == 1


def test_one_chain_at_a_time_visits_a_host(host: str) -> None:
    assert services.begin_visits([host, host], now=NOW) == [host]
    assert services.begin_visits([host], now=NOW + timedelta(seconds=60)) == []


def test_a_chain_that_died_is_followed_by_another_after_its_silence(host: str) -> None:
    services.begin_visits([host], now=NOW)
    assert services.sweep(now=NOW + timedelta(seconds=60)).page_hosts == ()
    assert services.sweep(now=NOW + SILENCE).page_hosts == (host,)


def test_a_host_that_asked_to_be_left_alone_is_not_visited_before(host: str) -> None:
    HostSlot.objects.filter(host=host).update(not_before=NOW + timedelta(hours=1))
    assert waiting_hosts(now=NOW) == []
    assert services.visit_host(host, now=NOW).again_in is None
    assert due() == 3
    assert waiting_hosts(now=NOW + timedelta(hours=1)) == [host]


def test_a_host_that_another_worker_asks_is_tried_again_in_a_moment(host: str) -> None:
    HostSlot.objects.filter(host=host).update(claimed_until=NOW + timedelta(minutes=1))
    visited = services.visit_host(host, now=NOW)
    assert visited.again_in == 0.5
    assert due() == 3


def test_the_task_goes_on_after_the_pause_and_has_what_is_ready_read(
    host: str,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    settings.HOST_DELAY_SECONDS = 5.0
    monkeypatch.setattr("ingestion.tasks.timezone.now", lambda: NOW + timedelta(seconds=10))
    sent: list[tuple[str, object, float]] = []

    def note(task: object, subject: object, *, expires: int | None, countdown: float) -> None:
        sent.append((task.name, subject, countdown))  # type: ignore[attr-defined]

    monkeypatch.setattr(tasks, "_send", note)
    with django_capture_on_commit_callbacks(execute=True):
        tasks.visit_host(host)
    names = {name for name, _subject, _countdown in sent}
    assert names == {"ingestion.tasks.visit_host", "ingestion.tasks.extract_revisions"}
    ((subject, countdown),) = [(what, wait) for name, what, wait in sent if name.endswith("visit_host")]
    assert subject == host
    assert 4 < countdown <= 5


def test_a_poll_whose_host_is_busy_is_sent_again_for_its_turn(
    host: str, make_source: MakeSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    moment = datetime(2026, 5, 4, 13, 0, tzinfo=NOW.tzinfo)
    HostSlot.objects.filter(host=host).update(not_before=moment + timedelta(seconds=7))
    other = make_source(f"http://{host}/other")
    monkeypatch.setattr("ingestion.tasks.timezone.now", lambda: moment)
    sent: list[tuple[object, int | None, float]] = []
    monkeypatch.setattr(
        tasks, "_send", lambda _task, subject, *, expires, countdown: sent.append((subject, expires, countdown))
    )
    tasks.poll_source(other.pk)
    assert sent == [(other.pk, tasks.POLL_DUE_SECONDS, 7.0)]
