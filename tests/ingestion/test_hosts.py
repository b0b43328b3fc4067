"""Asking hosts politely: turns, pauses, robots.txt, and servers that turn us away."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from pytest_django import Settings
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from ingestion import services
from ingestion.addresses import parse_address
from ingestion.fetching import (
    AskedToWaitError,
    Fetched,
    ForbiddenError,
    HttpError,
    PostponedError,
    UnreachableError,
    user_agent,
)
from ingestion.hosts import host_key, origin_of
from ingestion.models import FetchAttempt, HostSlot, Outcome, RobotsFile, RobotsState
from ingestion.services.hosts import claim_host, free_at, next_turn, polite_fetch, release_host, seconds_to_wait
from tests.ingestion.conftest import NOW, MakeSource, item, rss

pytestmark = pytest.mark.django_db

HOST = "example.org"
SECOND = timedelta(seconds=1)


@pytest.fixture
def site(httpserver: HTTPServer, settings: Settings) -> HTTPServer:
    """A server on loopback that may be asked, with a feed and no robots.txt of its own yet."""
    settings.FETCH_ALLOW_LOOPBACK = True
    settings.FETCH_TIMEOUT_SECONDS = 2
    httpserver.expect_request("/feed").respond_with_data(rss(item("one")))
    return httpserver


def robots(site: HTTPServer, text: str, status: int = 200) -> None:
    """Give the server a robots.txt."""
    site.expect_request("/robots.txt").respond_with_data(text, status=status)


def asked(site: HTTPServer) -> list[str]:
    """The paths that the server was asked for."""
    return [request.path for request, _response in site.log]


def slot_of(site: HTTPServer) -> HostSlot:
    return HostSlot.objects.get(host=host_key(site.url_for("/")))


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("https://Example.ORG/a", "example.org"),
        ("http://example.org:80/a", "example.org"),
        ("https://example.org:443/", "example.org"),
        ("http://example.org:443/", "example.org"),
        ("http://example.org:8080/a", "example.org:8080"),
        ("https://bücher.example/", "xn--bcher-kva.example"),
    ],
)
def test_a_host_has_one_name_whatever_the_scheme(address: str, key: str) -> None:
    assert host_key(address) == key


def test_an_origin_keeps_scheme_and_port() -> None:
    assert origin_of(parse_address("http://Example.org:8080/a?b")) == "http://example.org:8080"


def test_only_one_worker_at_a_time_has_a_hosts_turn() -> None:
    turn = claim_host(HOST, now=NOW)
    assert turn is not None
    assert claim_host(HOST, now=NOW + SECOND) is None
    release_host(turn, now=NOW + SECOND, delay=0)
    assert claim_host(HOST, now=NOW + SECOND) is not None


def test_between_two_requests_a_host_has_its_pause() -> None:
    turn = claim_host(HOST, now=NOW)
    assert turn is not None
    release_host(turn, now=NOW, delay=5)
    assert claim_host(HOST, now=NOW + 4 * SECOND) is None
    assert seconds_to_wait(HOST, now=NOW + 4 * SECOND) == 1
    assert claim_host(HOST, now=NOW + 5 * SECOND) is not None


def test_the_turn_of_a_worker_that_died_is_free_when_its_time_is_over() -> None:
    turn = claim_host(HOST, now=NOW)
    assert turn is not None
    assert free_at(HOST, now=NOW) == turn.until
    assert claim_host(HOST, now=turn.until) is not None


def test_a_late_release_does_not_take_the_turn_from_the_next_worker() -> None:
    first = claim_host(HOST, now=NOW)
    assert first is not None
    second = claim_host(HOST, now=first.until)
    assert second is not None
    release_host(first, now=first.until + SECOND, delay=0)
    assert claim_host(HOST, now=first.until + SECOND) is None


def test_those_who_wait_are_given_turns_one_after_the_other(settings: Settings) -> None:
    settings.HOST_DELAY_SECONDS = 2.0
    assert claim_host(HOST, now=NOW) is not None
    assert [next_turn(HOST, now=NOW) - NOW for _ in range(3)] == [2 * SECOND, 4 * SECOND, 6 * SECOND]


def test_a_fetch_asks_for_robots_txt_first_and_only_once(site: HTTPServer) -> None:
    robots(site, "User-agent: *\nDisallow: /private\n")
    for seconds in range(2):
        assert isinstance(polite_fetch(site.url_for("/feed"), now=NOW + seconds * SECOND), Fetched)
    assert asked(site) == ["/robots.txt", "/feed", "/feed"]
    assert site.log[0][0].headers["User-Agent"] == user_agent()


def test_robots_txt_is_asked_for_again_after_a_day(site: HTTPServer) -> None:
    robots(site, "")
    polite_fetch(site.url_for("/feed"), now=NOW)
    polite_fetch(site.url_for("/feed"), now=NOW + timedelta(hours=24, seconds=5))
    assert asked(site).count("/robots.txt") == 2


@pytest.mark.parametrize(
    ("rules", "allowed"),
    [
        ("User-agent: *\nDisallow: /\n", False),
        ("User-agent: *\nDisallow: /\n\nUser-agent: pledge-tracker\nAllow: /feed\nDisallow: /\n", True),
        ("User-agent: Pledge-Tracker\nDisallow: /fe*d\n", False),
        ("User-agent: othertracker\nDisallow: /\n", True),
        ("<html>Not found</html>", True),
        ("\x00\ufffd nonsense :::", True),
    ],
)
def test_what_robots_txt_says_of_our_agent_is_kept(site: HTTPServer, rules: str, allowed: bool) -> None:
    robots(site, rules)
    if allowed:
        assert isinstance(polite_fetch(site.url_for("/feed"), now=NOW), Fetched)
    else:
        with pytest.raises(ForbiddenError, match=r"robots.txt does not allow .*/feed"):
            polite_fetch(site.url_for("/feed"), now=NOW)
        assert asked(site) == ["/robots.txt"]


def test_where_there_is_no_robots_txt_everything_may_be_asked(site: HTTPServer) -> None:
    robots(site, "no", status=404)
    assert isinstance(polite_fetch(site.url_for("/feed"), now=NOW), Fetched)
    assert RobotsFile.objects.get().state == RobotsState.NONE


def test_while_robots_txt_cannot_be_had_nothing_else_is_asked(site: HTTPServer) -> None:
    robots(site, "broken", status=500)
    with pytest.raises(UnreachableError, match="could not be had, so nothing else is asked"):
        polite_fetch(site.url_for("/feed"), now=NOW)
    with pytest.raises(UnreachableError):
        polite_fetch(site.url_for("/feed"), now=NOW + 30 * SECOND)
    assert asked(site) == ["/robots.txt"], "it is not asked for again within the minute"


def test_a_robots_txt_that_was_had_stands_for_thirty_days_when_it_can_be_had_no_more(site: HTTPServer) -> None:
    origin = origin_of(parse_address(site.url_for("/")))
    RobotsFile.objects.create(
        origin=origin, state=RobotsState.READ, text="User-agent: *\nDisallow: /feed", fetched_at=NOW, expires_at=NOW
    )
    robots(site, "broken", status=500)
    with pytest.raises(ForbiddenError):
        polite_fetch(site.url_for("/feed"), now=NOW + SECOND)
    with pytest.raises(UnreachableError):
        polite_fetch(site.url_for("/feed"), now=NOW + timedelta(days=31))


def test_a_robots_txt_that_redirects_in_circles_counts_as_none(site: HTTPServer) -> None:
    site.expect_request("/robots.txt").respond_with_data(status=302, headers={"Location": "/robots.txt"})
    assert isinstance(polite_fetch(site.url_for("/feed"), now=NOW), Fetched)
    assert RobotsFile.objects.get().state == RobotsState.NONE


def test_the_pause_that_robots_txt_asks_for_is_kept(site: HTTPServer) -> None:
    robots(site, "User-agent: *\nCrawl-delay: 7\n")
    polite_fetch(site.url_for("/feed"), now=NOW)
    slot = slot_of(site)
    assert slot.not_before is not None
    assert slot.last_request_at is not None
    assert slot.not_before - slot.last_request_at == 7 * SECOND


def test_a_pause_that_staff_set_for_a_host_is_kept_and_stands_in_history(site: HTTPServer, staff: User) -> None:
    robots(site, "", status=404)
    HostSlot.objects.create(host=host_key(site.url_for("/")))
    services.set_host_delay(host_key(site.url_for("/")), delay_seconds=3.0, acting_user=staff, now=NOW)
    polite_fetch(site.url_for("/feed"), now=NOW)
    with pytest.raises(PostponedError):
        polite_fetch(site.url_for("/feed"), now=NOW + 2 * SECOND)
    with pytest.raises(ValidationError, match="from 0 to 3,600"):
        services.set_host_delay(HOST, delay_seconds=-1.0, acting_user=staff, now=NOW)


def test_a_busy_host_postpones_and_says_until_when(site: HTTPServer) -> None:
    robots(site, "", status=404)
    claim_host(host_key(site.url_for("/")), now=NOW)
    with pytest.raises(PostponedError) as caught:
        polite_fetch(site.url_for("/feed"), now=NOW)
    assert not isinstance(caught.value, AskedToWaitError)
    assert NOW <= caught.value.until < NOW + timedelta(minutes=1)
    assert asked(site) == []


def test_patience_waits_for_a_hosts_turn(site: HTTPServer) -> None:
    robots(site, "", status=404)
    turn = claim_host(host_key(site.url_for("/")), now=NOW)
    assert turn is not None

    def released_meanwhile(_seconds: float) -> None:
        release_host(turn, now=NOW, delay=0)

    answer = polite_fetch(site.url_for("/feed"), now=NOW, patience=1.0, sleep=released_meanwhile)
    assert isinstance(answer, Fetched)


@pytest.mark.parametrize(
    ("status", "headers", "seconds"),
    [(429, {"Retry-After": "600"}, 600), (503, {"Retry-After": "600"}, 600), (429, {}, 60)],
)
def test_a_server_that_turns_us_away_is_left_alone_by_everyone(
    site: HTTPServer, status: int, headers: dict[str, str], seconds: int
) -> None:
    robots(site, "", status=404)
    site.expect_request("/busy").respond_with_data("busy", status=status, headers=headers)
    with pytest.raises(AskedToWaitError, match="is asked again in") as caught:
        polite_fetch(site.url_for("/busy"), now=NOW)
    assert timedelta(0) <= caught.value.until - NOW - seconds * SECOND < timedelta(seconds=30)
    with pytest.raises(PostponedError):
        polite_fetch(site.url_for("/feed"), now=NOW + (seconds - 5) * SECOND)
    assert "/feed" not in asked(site)
    assert isinstance(polite_fetch(site.url_for("/feed"), now=NOW + (seconds + 30) * SECOND), Fetched)
    slot = slot_of(site)
    assert (slot.refusals, slot.asked_to_wait) == (0, "")


def test_without_a_time_of_its_own_a_server_is_left_alone_longer_from_once_to_once(site: HTTPServer) -> None:
    robots(site, "", status=404)
    site.expect_request("/busy").respond_with_data("busy", status=429)
    moment, waits = NOW, []
    for _ in range(3):
        with pytest.raises(AskedToWaitError) as caught:
            polite_fetch(site.url_for("/busy"), now=moment)
        waits.append(round((caught.value.until - moment).total_seconds() / 60))
        moment = caught.value.until
    assert waits == [1, 2, 4]


def test_a_connection_that_fails_does_not_forgive_how_often_a_host_turned_us_away(
    site: HTTPServer, settings: Settings
) -> None:
    settings.FETCH_TIMEOUT_SECONDS = 0.3
    robots(site, "", status=404)
    site.expect_request("/busy").respond_with_data("busy", status=429)

    def slow(_request: Request) -> Response:
        time.sleep(0.6)
        return Response("late")

    site.expect_request("/slow").respond_with_handler(slow)
    with pytest.raises(AskedToWaitError) as caught:
        polite_fetch(site.url_for("/busy"), now=NOW)
    with pytest.raises(UnreachableError):
        polite_fetch(site.url_for("/slow"), now=caught.value.until)
    assert slot_of(site).refusals == 1
    polite_fetch(site.url_for("/feed"), now=caught.value.until + timedelta(minutes=1))
    assert slot_of(site).refusals == 0


def test_a_plain_503_is_a_failure_and_not_a_wish_of_the_host(site: HTTPServer) -> None:
    robots(site, "", status=404)
    site.expect_request("/down").respond_with_data("down", status=503)
    with pytest.raises(HttpError):
        polite_fetch(site.url_for("/down"), now=NOW)
    assert isinstance(polite_fetch(site.url_for("/feed"), now=NOW + SECOND), Fetched)


def test_a_robots_txt_that_answers_too_many_requests_is_obeyed_too(site: HTTPServer) -> None:
    site.expect_request("/robots.txt").respond_with_data("busy", status=429, headers={"Retry-After": "300"})
    with pytest.raises(AskedToWaitError):
        polite_fetch(site.url_for("/feed"), now=NOW)
    assert asked(site) == ["/robots.txt"]


def test_a_redirect_to_another_host_has_that_hosts_turn_and_its_robots_txt(
    site: HTTPServer, settings: Settings
) -> None:
    with HTTPServer(host="127.0.0.1") as other:
        robots(site, "", status=404)
        robots(other, "User-agent: *\nDisallow: /elsewhere\n")
        target = other.url_for("/elsewhere")
        site.expect_request("/away").respond_with_data(status=302, headers={"Location": target})
        with pytest.raises(ForbiddenError, match="elsewhere"):
            polite_fetch(site.url_for("/away"), now=NOW)
        assert asked(other) == ["/robots.txt"]
    assert HostSlot.objects.filter(claimed_until__isnull=False).count() == 0, "both turns were given back"


def test_a_poll_whose_host_is_busy_leaves_no_attempt_and_comes_again(site: HTTPServer, make_source: MakeSource) -> None:
    robots(site, "", status=404)
    source = make_source(site.url_for("/feed"))
    claim_host(host_key(source.url), now=NOW)
    result = services.poll_source(source.pk, now=NOW)
    assert result is not None
    assert result.outcome == Outcome.POSTPONED
    source.refresh_from_db()
    assert source.next_poll_at == result.again_at
    assert (source.claimed_until, source.failures) == (None, 0)
    assert not FetchAttempt.objects.exists()


def test_a_source_that_robots_txt_forbids_says_so(site: HTTPServer, make_source: MakeSource) -> None:
    robots(site, "User-agent: *\nDisallow: /\n")
    source = make_source(site.url_for("/feed"))
    services.poll_source(source.pk, now=NOW)
    attempt = FetchAttempt.objects.get()
    assert attempt.outcome == Outcome.FORBIDDEN
    assert "robots.txt does not allow" in attempt.words
    source.refresh_from_db()
    assert source.hard_failures == 1
