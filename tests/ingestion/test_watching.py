"""Watching a fetch that someone asked for: each step is told from the rows, and who may see what."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse

from ingestion import services
from ingestion.models import (
    Article,
    Candidate,
    ExtractState,
    FetchAttempt,
    HostSlot,
    Outcome,
    Revision,
    Source,
    SourceState,
)
from ingestion.watching import STEPS, Progress, Step, claims, progress, titles
from tests.admin_pages import client_of, text_of
from tests.ingestion.conftest import NOW, FakeReader, MakeSource, item, rss

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


def address(source: Source, name: str = "progress", since: str | None = None) -> str:
    """Of the page or of what its script asks."""
    asked = urlencode({"since": NOW.isoformat() if since is None else since})
    return f"{reverse(f'admin:ingestion_source_{name}', args=[source.pk])}?{asked}"


def seen(source: Source, now: datetime = NOW + SECOND) -> Progress:
    """How far it is, asked for at noon."""
    source.refresh_from_db()
    return progress(source, since=NOW, now=now)


def attempt(source: Source, **values: Any) -> FetchAttempt:
    """A poll that was begun since."""
    return FetchAttempt.objects.create(source=source, url=source.url, **{"started_at": NOW, **values})


@pytest.fixture
def asked(make_source: MakeSource) -> Source:
    """A source that someone has just asked to be fetched."""
    return make_source("https://news.example.org/feed", next_poll_at=NOW)


def test_at_first_it_waits_for_a_worker(asked: Source) -> None:
    found = seen(asked)
    assert (found.step, found.warning, found.finished) == (Step.WORKER, "", False)


def test_if_nobody_takes_it_for_a_while_that_is_said_with_its_likely_cause(asked: Source) -> None:
    found = seen(asked, NOW + 30 * SECOND)
    assert found.step == Step.WORKER
    assert "Nobody has taken it for 30 seconds." in found.warning
    assert "no worker runs for the queue “fetching”" in found.warning
    assert not found.finished


def test_it_waits_for_its_turn_at_a_busy_host_without_blaming_the_workers(asked: Source) -> None:
    Source.objects.update(next_poll_at=NOW + 40 * SECOND)
    found = seen(asked, NOW + 20 * SECOND)
    assert (found.step, found.warning) == (Step.HOST, "")
    assert "news.example.org is asked for something else just now" in found.words
    assert seen(asked, NOW + 45 * SECOND).warning == ""
    assert "Nobody has taken it for 20 seconds" in seen(asked, NOW + 60 * SECOND).warning


def test_a_host_that_asked_for_a_pause_is_named_with_its_words(asked: Source) -> None:
    later = NOW + timedelta(minutes=30)
    Source.objects.update(next_poll_at=later)
    HostSlot.objects.create(host="news.example.org", not_before=later, asked_to_wait="It answered with 429.")
    found = seen(asked, NOW)
    assert found.words == (
        "news.example.org asked to be left alone for now: It answered with 429. It is asked in 30 minutes."
    )


def test_fetching_and_storing_are_told_with_figures(asked: Source) -> None:
    made = attempt(asked, phase="fetching")
    assert seen(asked).words == "Fetching https://news.example.org/feed."
    FetchAttempt.objects.filter(pk=made.pk).update(phase="storing", entries=300)
    assert seen(asked).words == "Storing 300 entries."
    FetchAttempt.objects.filter(pk=made.pk).update(done=20)
    found = seen(asked)
    assert (found.step, found.done, found.total) == (Step.STORING, 20, 300)
    assert found.words == "Storing 20 of 300 entries."


def test_a_fetch_that_takes_longer_than_any_may_is_said_to_have_broken_off(asked: Source) -> None:
    attempt(asked, phase="fetching")
    assert not seen(asked, NOW + timedelta(minutes=5)).warning
    assert "has most likely broken off" in seen(asked, NOW + timedelta(minutes=6)).warning


def test_an_attempt_that_was_over_before_is_not_meant_but_one_under_way_is(asked: Source) -> None:
    before = NOW - timedelta(minutes=1)
    attempt(asked, started_at=before, finished_at=NOW - SECOND, outcome=Outcome.NOT_MODIFIED)
    assert seen(asked).step == Step.WORKER
    attempt(asked, started_at=before, phase="fetching")
    assert seen(asked).step == Step.FETCHING


def test_the_fetch_of_an_articles_page_is_not_taken_for_the_poll(asked: Source) -> None:
    FetchAttempt.objects.create(source=asked, url="https://news.example.org/a", started_at=NOW)
    assert seen(asked).step == Step.WORKER


def test_a_source_that_moved_while_it_was_fetched_is_still_seen(asked: Source) -> None:
    attempt(asked, finished_at=NOW, outcome=Outcome.NOTHING_NEW, words="0 new.")
    Source.objects.update(url="https://new.example.org/", former_url=asked.url)
    assert seen(asked).finished


@pytest.mark.parametrize("outcome", [Outcome.NOT_MODIFIED, Outcome.NOTHING_NEW])
def test_a_fetch_that_brings_nothing_is_done_at_once(asked: Source, outcome: Outcome) -> None:
    attempt(asked, finished_at=NOW, outcome=outcome, words="Nothing has changed.")
    found = seen(asked)
    assert (found.step, found.finished, found.failed) == (Step.DONE, True, False)
    assert found.words == f"{outcome.label}. Nothing has changed."


@pytest.mark.parametrize("outcome", [Outcome.HTTP_ERROR, Outcome.POSTPONED, Outcome.FORBIDDEN, Outcome.CRASHED])
def test_a_fetch_without_success_is_over_and_says_why(asked: Source, outcome: Outcome) -> None:
    attempt(asked, finished_at=NOW, outcome=outcome, words="It answered with 404.")
    found = seen(asked)
    assert (found.finished, found.failed) == (True, True)
    assert "It answered with 404." in found.words
    told = client_of("chief", everything=True).get(address(asked)).json()["steps"]
    assert told[-1] == {"name": "Did not succeed", "state": "failed"}
    assert {step["state"] for step in told[:-1]} == {""}


def test_a_source_that_is_paused_in_between_is_not_waited_for(asked: Source) -> None:
    Source.objects.update(state=SourceState.PAUSED)
    assert (seen(asked).finished, seen(asked).failed) == (True, True)


def test_reading_is_told_until_each_text_is_read_and_then_articles_and_candidates_are_linked(
    make_source: MakeSource, folder: Path
) -> None:
    (folder / "feed.xml").write_text(rss(*(item(f"n{n}", f"Spain will send {n} trucks.") for n in range(3))))
    source, chief = make_source("feed.xml", next_poll_at=NOW), client_of("chief", everything=True)
    services.poll_source(source.pk, now=NOW)
    found = seen(source)
    assert (found.step, found.done, found.total) == (Step.READING, 0, 3)
    assert found.words == "0 of 3 texts are read."
    for revision in Revision.objects.all():
        services.extract_revision(revision.pk, now=NOW, reader=FakeReader())
    told = chief.get(address(source)).json()
    assert told["finished"]
    assert told["words"].startswith("Brought something new. 3 new")
    assert [step["state"] for step in told["steps"]] == ["past"] * len(STEPS)
    assert {link["address"] for link in told["articles"]} == {
        reverse("admin:ingestion_article_change", args=[pk]) for pk in Article.objects.values_list("id", flat=True)
    }
    assert {link["words"] for link in told["articles"]} == {"About n0", "About n1", "About n2"}
    assert {link["address"] for link in told["candidates"]} == {
        reverse("admin:review_deskcandidate_change", args=[pk]) for pk in Candidate.objects.values_list("id", flat=True)
    }
    page = text_of(chief.get(address(source, "watch")))
    assert "About n2" in page
    assert "Candidates that wait for a decision" in page


def test_a_text_that_could_not_be_read_does_not_hold_it_up_and_is_told(make_source: MakeSource, folder: Path) -> None:
    (folder / "feed.xml").write_text(rss(item("one")))
    source = make_source("feed.xml", next_poll_at=NOW)
    services.poll_source(source.pk, now=NOW)
    Revision.objects.update(extract_state=ExtractState.FAILED)
    found = seen(source)
    assert found.finished
    assert found.warning == "1 text could not be read; the article's page says why."


def test_pages_that_are_to_be_fetched_first_are_told(make_source: MakeSource, folder: Path) -> None:
    (folder / "feed.xml").write_text(rss(item("one"), item("two", "Other words.")))
    source = make_source("feed.xml", next_poll_at=NOW)
    services.poll_source(source.pk, now=NOW)
    Revision.objects.update(extract_state=ExtractState.DONE)
    Article.objects.update(page_due_at=NOW)
    found = seen(source)
    assert (found.step, found.finished) == (Step.READING, False)
    assert found.words == "2 of 2 texts are read. 2 pages of articles must be fetched first."


def test_of_very_many_articles_twenty_are_linked(make_source: MakeSource, folder: Path) -> None:
    (folder / "feed.xml").write_text(rss(*(item(f"n{n}", f"Text {n}") for n in range(25))))
    source = make_source("feed.xml", next_poll_at=NOW)
    services.poll_source(source.pk, now=NOW)
    found = seen(source)
    assert len(found.article_ids) == 25
    assert len(titles(found.article_ids)) == 20
    assert claims(found.article_ids) == []


def test_only_who_may_see_sources_may_watch_and_links_go_to_whom_they_are_for(
    make_source: MakeSource, folder: Path
) -> None:
    (folder / "feed.xml").write_text(rss(item("one")))
    source = make_source("feed.xml", next_poll_at=NOW)
    services.poll_source(source.pk, now=NOW)
    services.extract_revision(Revision.objects.get().pk, now=NOW, reader=FakeReader())
    assert client_of("other", "ingestion.view_article").get(address(source)).status_code == 403
    assert client_of("other").get(address(source, "watch")).status_code == 403
    assert Client().get(address(source)).status_code == 302
    told = client_of("viewer", "ingestion.view_source").get(address(source)).json()
    assert (told["articles"], told["candidates"], told["attempt"]) == ([], [], "")
    told = client_of("desk", "ingestion.view_source", "review.add_decision").get(address(source)).json()
    assert len(told["candidates"]) == 1


def test_the_answer_for_the_script_is_never_kept_and_only_asked_for_by_get(asked: Source) -> None:
    chief = client_of("chief", everything=True)
    assert "no-store" in chief.get(address(asked))["Cache-Control"]
    assert chief.post(address(asked)).status_code == 405
    missing = reverse("admin:ingestion_source_progress", args=[asked.pk + 1])
    assert chief.get(missing).status_code == 404


@pytest.mark.parametrize("since", ["", "yesterday", "2026-13-45T99:00", "2026-05-04T12:00"])
def test_a_moment_that_cannot_be_read_is_taken_for_now(asked: Source, since: str) -> None:
    assert client_of("chief", everything=True).get(address(asked, "watch", since)).status_code == 200


def test_without_its_script_the_page_says_how_far_it_is_and_offers_to_look_again(asked: Source) -> None:
    page = client_of("chief", everything=True).get(address(asked, "watch")).content.decode()
    assert "<noscript>" in page
    assert "Look again" in page
    assert 'aria-live="polite"' in page
    assert "Waiting for a worker" in page
