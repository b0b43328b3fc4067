"""How often one address may ask."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from unittest import mock

import pytest
import redis
import time_machine
from django.core.cache import caches
from django.test import Client, RequestFactory
from pytest_django import Settings

from api import throttling
from api.throttling import COUNTING, REQUESTS, network_of
from tests.api.making import ROOT
from tests.builders import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def three_a_minute(settings: Settings) -> Iterator[None]:
    """A small limit, an empty count, and a clock that stands."""
    settings.API_REQUESTS_PER_MINUTE = 3
    caches["throttle"].clear()
    COUNTING.silent_until = 0.0
    with time_machine.travel(NOW, tick=False):
        yield
    caches["throttle"].clear()
    COUNTING.silent_until = 0.0


def ask(address: str = "192.0.2.1", path: str = "", **headers: str) -> Any:
    return Client(REMOTE_ADDR=address).get(ROOT + path, headers=headers)


def test_every_answer_says_what_is_left() -> None:
    told = [ask()["RateLimit"] for _ in range(3)]
    assert told == [f'"requests";r={n};t=60' for n in (2, 1, 0)]
    assert ask()["RateLimit-Policy"] == '"requests";q=3;w=60'


def test_who_asks_too_often_is_told_when_to_ask_again() -> None:
    for _ in range(3):
        assert ask().status_code == 200
    answer = ask()
    problem = answer.json()
    assert (answer.status_code, answer["Content-Type"]) == (429, "application/problem+json")
    assert (answer["Retry-After"], answer["Cache-Control"]) == ("60", "no-store")
    assert (problem["title"], problem["status"]) == ("Too many requests", 429)
    assert "Ask again in 60 seconds" in problem["detail"]


def test_a_new_minute_is_a_new_count() -> None:
    for _ in range(4):
        last = ask()
    assert last.status_code == 429
    with time_machine.travel(NOW.timestamp() + 60, tick=False):
        assert ask().status_code == 200


def test_each_address_has_a_count_of_its_own() -> None:
    for _ in range(4):
        ask("192.0.2.1")
    assert ask("192.0.2.2").status_code == 200


@pytest.mark.parametrize("path", ["totals/", "nowhere/", "schema/", "docs/", "totals/?currency=X", "feeds/pledges/"])
def test_every_address_of_the_api_counts(path: str) -> None:
    for _ in range(3):
        assert "RateLimit" in ask(path=path)
    assert ask(path=path).status_code == 429


def test_behind_a_proxy_visitors_are_told_apart(settings: Settings) -> None:
    settings.BEHIND_PROXY = True
    for _ in range(4):
        last = ask(**{"X-Forwarded-For": "spoofed, 198.51.100.7"})
    assert last.status_code == 429
    assert ask(**{"X-Forwarded-For": "198.51.100.7, 198.51.100.8"}).status_code == 200


def test_without_a_proxy_nobody_can_make_up_an_address() -> None:
    for n in range(4):
        last = ask(**{"X-Forwarded-For": f"198.51.100.{n}"})
    assert last.status_code == 429


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.1", "192.0.2.1"), ("2001:db8:1:2:3::4", "2001:db8:1:2::"), ("::ffff:192.0.2.1", "192.0.2.1"),
        ("", "unknown"), ("/run/socket", "unknown"),
    ],
)  # fmt: skip
def test_a_subscriber_of_ipv6_is_one_visitor(address: str, network: str) -> None:
    assert network_of(RequestFactory().get("/", REMOTE_ADDR=address)) == network


def test_no_limit_means_no_count(settings: Settings) -> None:
    settings.API_REQUESTS_PER_MINUTE = 0
    answers = [ask() for _ in range(5)]
    assert {answer.status_code for answer in answers} == {200}
    assert "RateLimit" not in answers[0]


def test_a_cache_that_does_not_answer_stops_nobody() -> None:
    broken = mock.Mock()
    broken.incr.side_effect = redis.ConnectionError("Connection refused")
    with mock.patch.object(throttling, "caches", {"throttle": broken}):
        assert [ask().status_code for _ in range(5)] == [200] * 5
    assert broken.incr.call_count == 1


def test_the_preflight_of_a_browser_is_not_counted() -> None:
    headers = {"origin": "https://elsewhere.example", "access-control-request-method": "GET"}
    answer = Client(REMOTE_ADDR="192.0.2.1").options(ROOT, headers=headers)
    assert answer.status_code == 200
    assert "RateLimit" not in answer
    assert ask()["RateLimit"].startswith('"requests";r=2')


def test_scripts_of_other_sites_may_read_what_is_left() -> None:
    exposed = ask(origin="https://elsewhere.example")["Access-Control-Expose-Headers"]
    assert {"ratelimit", "ratelimit-policy", "retry-after", "etag", "x-total-count"} <= set(exposed.split(", "))


def test_two_at_once_count_as_two(settings: Settings) -> None:
    settings.API_REQUESTS_PER_MINUTE = 1000
    request = RequestFactory().get("/", REMOTE_ADDR="192.0.2.1")
    with ThreadPoolExecutor(8) as pool:
        left = [one.remaining for one in pool.map(lambda _: COUNTING.spend(request, REQUESTS), range(200)) if one]
    assert sorted(left) == list(range(800, 1000))


@pytest.mark.services
def test_the_count_is_kept_where_all_processes_see_it(settings: Settings) -> None:
    ask(), ask()
    (kept,) = redis.Redis.from_url(settings.REDIS_URL).scan_iter("throttle:*:requests:192.0.2.1:*")
    assert b"requests:192.0.2.1:" in kept
    settings.CACHES = {**settings.CACHES}  # connections of their own from here on, as in another process
    caches["throttle"].close()
    assert [ask().status_code for _ in range(2)] == [200, 429]


def test_an_answer_that_the_reader_holds_counts_as_one_request() -> None:
    first = ask(path="totals/")
    again = ask(path="totals/", **{"if-none-match": first["ETag"]})
    assert (again.status_code, again["RateLimit"]) == (304, '"requests";r=1;t=60')


def test_who_asks_too_often_is_refused_even_what_he_holds() -> None:
    first = ask(path="totals/")
    for _ in range(2):
        ask(path="totals/")
    assert ask(path="totals/", **{"if-none-match": first["ETag"]}).status_code == 429
