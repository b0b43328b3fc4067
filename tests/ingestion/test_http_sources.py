"""Polling feeds over real HTTP: what each kind of answer leaves on the attempt and on the source."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from pytest_django import Settings
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from history.models import Change
from ingestion import services
from ingestion.models import Article, FetchAttempt, Notice, NoticeKind, Outcome
from tests.ingestion.conftest import NOW, MakeSource, item, rss

pytestmark = pytest.mark.usefixtures("loopback")


def test_a_feed_that_says_nothing_has_changed_leaves_its_own_outcome(
    httpserver: HTTPServer, make_source: MakeSource
) -> None:
    def answer(request: Request) -> Response:
        if request.headers.get("If-None-Match") == '"v1"':
            return Response(status=304)
        return Response(rss(item("one")), headers={"ETag": '"v1"'}, content_type="application/rss+xml")

    httpserver.expect_request("/feed").respond_with_handler(answer)
    source = make_source(httpserver.url_for("/feed"))
    services.poll_source(source.pk, now=NOW)
    services.poll_source(source.pk, now=NOW + timedelta(hours=1))
    newest, first = FetchAttempt.objects.all()
    assert (first.outcome, first.http_status) == (Outcome.NEW, 200)
    assert (newest.outcome, newest.http_status) == (Outcome.NOT_MODIFIED, 304)
    source.refresh_from_db()
    assert source.etag == '"v1"'
    assert source.failures == 0


@pytest.mark.parametrize(
    ("status", "body", "outcome", "words"),
    [
        (500, "no", Outcome.HTTP_ERROR, "answered with status 500"),
        (404, "no", Outcome.HTTP_ERROR, "not found"),
        (200, "<!DOCTYPE html><html></html>", Outcome.UNREADABLE, "a web page, not a feed"),
        (200, "", Outcome.UNREADABLE, "empty"),
        (200, "<!DOCTYPE r [<!ENTITY a 'b'>]><rss>&a;</rss>", Outcome.UNREADABLE, "declares XML entities"),
        (200, "x" * 2_000_000, Outcome.REFUSED, "larger than 1,000,000 bytes"),
    ],
)
def test_a_failure_is_told_on_the_attempt_and_on_the_source_and_brings_nothing(
    httpserver: HTTPServer,
    make_source: MakeSource,
    settings: Settings,
    status: int,
    body: str,
    outcome: Outcome,
    words: str,
) -> None:
    settings.FETCH_MAX_BYTES = 1_000_000
    httpserver.expect_request("/feed").respond_with_data(body, status=status)
    source = make_source(httpserver.url_for("/feed"))
    result = services.poll_source(source.pk, now=NOW)
    assert result is not None
    assert result.outcome == outcome
    attempt = FetchAttempt.objects.get()
    source.refresh_from_db()
    assert words in attempt.words
    assert source.last_error == attempt.words
    assert source.failures == 1
    assert source.claimed_until is None
    assert attempt.finished_at is not None
    assert not Article.objects.exists()


def test_a_busy_server_is_left_alone_for_as_long_as_it_asks(httpserver: HTTPServer, make_source: MakeSource) -> None:
    httpserver.expect_request("/feed").respond_with_data("busy", status=429, headers={"Retry-After": "7200"})
    source = make_source(httpserver.url_for("/feed"), poll_floor=60)
    services.poll_source(source.pk, now=NOW)
    source.refresh_from_db()
    assert source.next_poll_at is not None
    assert timedelta(0) <= source.next_poll_at - NOW - timedelta(hours=2) < timedelta(seconds=60)
    assert FetchAttempt.objects.get().outcome == Outcome.POSTPONED


def test_a_redirect_to_a_private_address_is_refused(httpserver: HTTPServer, make_source: MakeSource) -> None:
    httpserver.expect_request("/feed").respond_with_data(status=302, headers={"Location": "http://10.0.0.1/feed"})
    result = services.poll_source(make_source(httpserver.url_for("/feed")).pk, now=NOW)
    assert result is not None
    assert result.outcome == Outcome.REFUSED


def test_a_server_that_is_too_slow_is_told_and_the_next_source_goes_on(
    httpserver: HTTPServer, make_source: MakeSource, settings: Settings
) -> None:
    settings.FETCH_TIMEOUT_SECONDS = 0.3

    def slow(request: Request) -> Response:
        time.sleep(0.6)
        return Response("late")

    httpserver.expect_request("/slow").respond_with_handler(slow)
    result = services.poll_source(make_source(httpserver.url_for("/slow")).pk, now=NOW)
    assert result is not None
    assert result.outcome == Outcome.UNREACHABLE
    assert "did not answer fully within 0.3 seconds" in FetchAttempt.objects.get().words


def test_a_feed_that_has_moved_for_good_says_where_to(httpserver: HTTPServer, make_source: MakeSource) -> None:
    httpserver.expect_request("/old").respond_with_data(status=301, headers={"Location": "/new"})
    httpserver.expect_request("/new").respond_with_data(rss(item("one")))
    source = make_source(httpserver.url_for("/old"))
    services.poll_source(source.pk, now=NOW)
    old, new = httpserver.url_for("/old"), httpserver.url_for("/new")
    assert f"has moved for good to {new}" in FetchAttempt.objects.get().words
    source.refresh_from_db()
    assert (source.url, source.former_url, source.moved_at is not None) == (new, old, True)
    assert Notice.objects.get().kind == NoticeKind.MOVED
    assert Change.objects.get().action == "source.moved"


def test_loopback_is_refused_where_it_is_not_allowed(
    httpserver: HTTPServer, make_source: MakeSource, settings: Settings
) -> None:
    settings.FETCH_ALLOW_LOOPBACK = False
    result = services.poll_source(make_source(httpserver.url_for("/feed")).pk, now=NOW)
    assert result is not None
    assert result.outcome == Outcome.REFUSED
