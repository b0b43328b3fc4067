"""The page *Source health*: how each source is doing, what runs and what waits."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from celery import current_app
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from ingestion import machinery
from ingestion.admin.charts import chart
from ingestion.machinery import HEARTBEAT_KEY, Machinery, Queue
from ingestion.models import HostSlot, Notice, NoticeKind, Source, SourceKind, SourceState
from tests.admin_pages import client_of, text_of
from tests.ingestion.conftest import NOW
from tests.ingestion.test_bounds import article

pytestmark = pytest.mark.django_db
WELL = Machinery(
    queues=(Queue("fetching", "Polls", 3, 1), Queue("extraction", "Texts", 1204, 1), Queue("upkeep", "Else", 0, 1)),
    queues_words="", workers=("one@here",), workers_words="", schedule_works=True, schedule_words="It ran.",
)  # fmt: skip


@pytest.fixture
def machines(monkeypatch: pytest.MonkeyPatch) -> None:
    """Queues and workers that need not be asked."""
    monkeypatch.setattr(machinery, "look", lambda *, now: WELL)


@pytest.fixture
def viewer(machines: None) -> Client:
    """Someone who may look at sources and at nothing else."""
    return client_of("viewer", "ingestion.view_source")


def see(client: Client, **asked: str) -> Any:
    """The page."""
    return client.get(reverse("admin:ingestion_source_health"), asked)


def names(page: Any) -> list[str]:
    """The sources of the page in their order."""
    return [row.source.name for row in page.context["rows"]]


def source(name: str, **values: Any) -> Source:
    """A source that is read well, unless said otherwise."""
    now = timezone.now()
    common = {"kind": SourceKind.FEED, "url": f"https://{name}.example.org/", "created_at": now - timedelta(days=99)}
    well = {"last_success_at": now - timedelta(minutes=5), "next_poll_at": now + timedelta(minutes=10)}
    return Source.objects.create(name=name, **{**common, **well, **values})


def test_trouble_comes_first_and_each_source_says_how_it_is_in_words(viewer: Client) -> None:
    source("a paused", state=SourceState.PAUSED)
    source("b well")
    source("c new", last_success_at=None)
    source("d failing", failures=2)
    flagged = source("e flagged")
    Notice.objects.create(kind=NoticeKind.TOO_LITTLE, source=flagged, words="Too little.", raised_at=NOW)
    source("f down", state=SourceState.FAILING, failures=10)
    source("g single", kind=SourceKind.SINGLE, url="")
    page = see(viewer)
    assert names(page) == ["f down", "e flagged", "d failing", "c new", "b well", "a paused"]
    assert [row.state for row in page.context["rows"]] == [
        "Paused after repeated failures",
        "Needs a look",
        "2 failures in a row, tried again",
        "Not read yet",
        "Well",
        "Paused by staff",
    ]
    assert "Too little." in text_of(page)


def test_a_source_shows_success_error_pace_next_poll_and_expectations(viewer: Client) -> None:
    now = timezone.now()
    source(
        "One", failures=1, last_success_at=now - timedelta(hours=2), last_error_at=now - timedelta(minutes=1),
        last_error="It did not answer.", next_poll_at=now + timedelta(minutes=30, seconds=30), poll_interval=3600,
        articles_week_least=4, findings_month_most=9,
    )  # fmt: skip
    words = text_of(see(viewer))
    assert "2 hours ago" in words
    assert "1 minute ago: It did not answer." in words
    assert "In 30 minutes every hour" in words
    assert "0 new articles in seven days; at least 4 expected: too few." in words
    assert "0 findings in thirty days; at most 9 expected: as expected." in words


def test_an_error_that_a_success_has_followed_is_not_shown(viewer: Client) -> None:
    now = timezone.now()
    source("One", last_error_at=now - timedelta(hours=1), last_error="It did not answer.")
    assert "It did not answer." not in text_of(see(viewer))


def test_the_charts_tell_their_figures_to_those_who_do_not_see_them(viewer: Client) -> None:
    one, now = source("One"), timezone.now()
    for days in (1, 2, 8):
        article(one, now - timedelta(days=days), findings=2 if days == 1 else 0)
    page = see(viewer).content.decode()
    assert "New articles a week over the last 12 weeks, the oldest first: 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2." in page
    assert "Findings a week over the last 12 weeks, the oldest first: 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2." in page
    assert page.count('<svg role="img" aria-label=') == 2


def test_bars_are_as_high_as_their_share_of_the_highest_and_something_is_never_nothing() -> None:
    bars = chart("Articles", [0, 1, 500, 1000]).bars
    assert [bar.height for bar in bars] == [1, 2, 15, 30]
    assert [bar.empty for bar in bars] == [True, False, False, False]
    assert all(bar.y + bar.height == 30 for bar in bars)


def test_sources_are_chosen_by_state_and_searched_by_name(viewer: Client) -> None:
    source("Herald")
    source("Herald two", failures=1)
    source("Other", failures=1)
    assert names(see(viewer, state="failing")) == ["Herald two", "Other"]
    assert names(see(viewer, state="failing", q="herald")) == ["Herald two"]
    assert names(see(viewer, state="no such state")) == ["Herald two", "Other", "Herald"]
    assert "No source is like that." in text_of(see(viewer, q="nothing"))


def test_many_sources_come_in_pages_that_keep_what_was_chosen(viewer: Client) -> None:
    for number in range(30):
        source(f"s{number:02}", failures=1)
    page = see(viewer, state="failing")
    assert len(names(page)) == 25
    assert "?state=failing&amp;page=2" in page.content.decode()
    assert names(see(viewer, state="failing", page="2")) == [f"s{number}" for number in range(25, 30)]
    assert names(see(viewer, page="nonsense"))[0] == "s00"


def test_the_page_costs_as_many_queries_for_fifty_sources_as_for_two(viewer: Client) -> None:
    def filled(number: int) -> int:
        for _ in range(number):
            one = source(f"s{Source.objects.count():03}", articles_week_least=1, findings_month_least=1)
            Notice.objects.create(kind=NoticeKind.TOO_LITTLE, source=one, words="Few.", raised_at=NOW)
            article(one, timezone.now(), findings=1)
        with CaptureQueriesContext(connection) as queries:
            assert see(viewer).status_code == 200
        return len(queries)

    assert filled(2) == filled(48)


def test_queues_workers_hosts_and_waiting_work_stand_above_the_sources(viewer: Client) -> None:
    overdue = timezone.now() - timedelta(hours=3, seconds=1)
    article(source("One", next_poll_at=overdue), overdue, read=False)
    HostSlot.objects.create(
        host="news.example.org",
        not_before=timezone.now() + timedelta(minutes=50, seconds=9),
        asked_to_wait="Too often.",
    )
    HostSlot.objects.create(host="quick.example.org", not_before=timezone.now() + timedelta(seconds=1))
    words = text_of(see(viewer))
    assert "extraction Texts 1204 1" in words
    assert "Worker one@here answers." in words
    assert "1 text waits to be read, the oldest for 3 hours." in words
    assert "1 source waits to be polled, the oldest for 3 hours." in words
    assert "No page waits to be fetched." in words
    assert "news.example.org 50 minutes Too often." in words
    assert "quick.example.org" not in words


def test_a_hostile_name_and_error_are_shown_as_text(viewer: Client) -> None:
    hostile = "<script>alert(1)</script>"
    source(hostile, failures=1, last_error_at=timezone.now(), last_error=hostile)
    assert hostile not in see(viewer).content.decode()


def test_nothing_on_the_page_is_inline(viewer: Client) -> None:
    source("One", failures=1)
    page = see(viewer).content.decode()
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)", page)


def test_who_may_not_see_sources_does_not_see_the_page_nor_the_way_to_it(machines: None) -> None:
    other = client_of("other", "ingestion.view_article")
    assert see(other).status_code == 403
    assert "Source health" not in text_of(other.get(reverse("admin:index")))
    assert see(Client()).status_code == 302


def test_the_way_to_it_is_on_the_front_page_and_on_the_list_of_sources(viewer: Client) -> None:
    address = reverse("admin:ingestion_source_health")
    for page in ("admin:index", "admin:ingestion_source_changelist"):
        assert f'href="{address}"' in viewer.get(reverse(page)).content.decode()


def test_only_who_may_change_sources_is_offered_to_fetch(viewer: Client, machines: None) -> None:
    source("One")
    assert "Fetch One now" not in see(viewer).content.decode()
    assert "Fetch One now" in see(client_of("editor", "ingestion.change_source")).content.decode()


class TestMachinery:
    """What is asked of the broker, the workers and the schedule."""

    @pytest.fixture(autouse=True)
    def hurry(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        """Workers are given a tenth of a second; there are none here."""
        monkeypatch.setattr(machinery, "PATIENCE_SECONDS", 0.1)
        cache.delete(HEARTBEAT_KEY)
        yield
        cache.delete(HEARTBEAT_KEY)

    def test_messages_are_counted_and_missing_workers_are_told(self) -> None:
        before = machinery.look(now=NOW).queues[2].waiting
        with current_app.connection_for_write() as broker, broker.SimpleQueue("upkeep") as queue:
            queue.put({})
            queue.put({})
            found = machinery.look(now=NOW)
            queue.clear()
        assert [one.name for one in found.queues] == ["fetching", "extraction", "upkeep"]
        assert found.queues[2].waiting == before + 2
        assert found.workers == ()
        assert "No worker answered within a second." in found.workers_words

    def test_a_queue_that_no_worker_takes_from_is_named(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(machinery, "_served", lambda _: {"a@b": {"fetching"}, "c@d": {"fetching", "upkeep"}})
        found = machinery.look(now=NOW)
        assert found.workers == ("a@b", "c@d")
        assert [queue.workers for queue in found.queues] == [2, 0, 1]
        assert found.queues_words == "No worker takes from the queue extraction: what is put there waits."

    @pytest.mark.parametrize(
        ("last", "works", "words"),
        [
            (None, False, "No scheduled task has run yet"),
            (NOW - timedelta(seconds=90), True, "The last scheduled task ran 1 minute ago."),
            (NOW - timedelta(hours=3), False, "The last scheduled task ran 3 hours ago."),
        ],
    )
    def test_the_last_sign_of_life_of_the_schedule_is_told(
        self, last: datetime | None, works: bool, words: str
    ) -> None:
        if last is not None:
            cache.set(HEARTBEAT_KEY, last)
        found = machinery.look(now=NOW)
        assert found.schedule_works == works
        assert words in found.schedule_words

    @pytest.mark.parametrize("silent", [True, False])
    def test_a_broker_that_is_gone_or_silent_is_told_in_words_and_the_page_comes(
        self, settings: Settings, monkeypatch: pytest.MonkeyPatch, silent: bool
    ) -> None:
        source("One")
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            if silent:
                listener.listen(50)  # connections are taken, and never answered
            settings.REDIS_URL = f"redis://127.0.0.1:{listener.getsockname()[1]}/0"
            monkeypatch.setattr(current_app.conf, "broker_read_url", settings.REDIS_URL)
            page = see(client_of("chief", everything=True))
        words = text_of(page)
        assert "The broker does not answer, so the queues cannot be counted." in words
        assert "Not known: workers are asked through the broker." in words
        assert names(page) == ["One"]
