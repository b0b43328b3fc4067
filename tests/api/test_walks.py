"""Walks over a whole list by a cursor, and counts alone."""

from __future__ import annotations

import random
from datetime import timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from pledges.services import publish_pledge, withdraw_pledge
from reference.services import DayRate, load_rates
from tests.api.making import ROOT, get, listing, measure, programme, rich_pledge, take_in, unpublished
from tests.builders import DAY, NOW, euros, party, person, published, rates

pytestmark = pytest.mark.django_db


def walk(path: str, **query: str) -> Any:
    """The pages of a walk, one by one."""
    asked: dict[str, str] | None = {"cursor": "start", **query}
    while asked is not None:
        page = get(path, 200, **asked)
        assert (page["count"], page["previous"]) == (None, None)
        yield page["results"]
        following = page["next"]
        asked = {k: v[0] for k, v in parse_qs(urlsplit(following).query).items()} if following else None


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("pledges/", "id"), ("sanctions/", "id"), ("designations/", "id"), ("programmes/", "key"),
        ("parties/", "code"), ("articles/", "id"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("size", ["1", "2", "200"])
def test_a_walk_tells_every_row_once(path: str, key: str, size: str) -> None:
    for n in range(3):
        rich_pledge(f"Rich {n}"), measure(f"Ban {n}"), programme(f"P{n}", targets=(f"T{n}",))
    take_in(*(listing(f"{n}", f"Company {n}") for n in range(3)))
    told = [row[key] for page in walk(path, page_size=size) for row in page]
    usual = [row[key] for row in get(path, page_size="200")["results"]]
    assert sorted(told) == sorted(usual)
    assert len(set(told)) == len(told) >= 3


def test_a_walk_over_rates_tells_every_day_and_currency_once() -> None:
    for n in range(3):
        rates(DAY + timedelta(days=n), SEK="10.6", NOK="9.9")
    told = [(row["day"], row["currency"]) for page in walk("exchange-rates/", page_size="2") for row in page]
    assert told == sorted(set(told))
    assert len(told) == 9


def test_a_rate_corrected_during_a_walk_comes_once() -> None:
    rates(DAY, SEK="10.6")
    rates(DAY + timedelta(days=1), SEK="10.7")
    pages = walk("exchange-rates/", page_size="1", currency="SEK")
    assert [row["per_euro"] for row in next(pages)] == ["10.6"]
    load_rates([DayRate("SEK", DAY, Decimal("10.8"))], now=NOW)
    assert [row["day"] for page in pages for row in page] == [str(DAY + timedelta(days=1))]


def test_what_stands_from_beginning_to_end_comes_once_whatever_else_changes_meanwhile() -> None:
    chance = random.Random(7)  # noqa: S311  # a test's own dice
    steady = [published(f"Steady {n}", **euros(str(n + 1))) for n in range(12)]
    fleeting = [published(f"Fleeting {n}") for n in range(12)]
    drafts = [unpublished(f"Draft {n}") for n in range(6)]
    told: list[str] = []
    for page in walk("pledges/", page_size="3"):
        told += [row["id"] for row in page]
        if fleeting:
            gone = fleeting.pop(chance.randrange(len(fleeting)))
            withdraw_pledge(gone.pk, reason="Wrong.", now=NOW, acting_user=person())
        if drafts:
            publish_pledge(drafts.pop().pk, now=NOW, acting_user=person())
        if len(told) < 24:
            published("New")
    assert len(told) == len(set(told))
    assert {one.public_id for one in steady} <= set(told)


def test_a_walk_goes_on_behind_a_record_that_was_withdrawn_since() -> None:
    first, second, third = (published(f"{n}") for n in range(3))
    withdraw_pledge(second.pk, reason="Wrong.", now=NOW, acting_user=person())
    page = get("pledges/", cursor=second.public_id)
    assert [row["id"] for row in page["results"]] == [third.public_id]
    assert first.public_id not in str(page)


def test_a_walk_keeps_its_filters_and_its_shape() -> None:
    for n in range(3):
        published(f"Of Italy {n}"), published(f"Of France {n}", donors=("FR",))
    pages = list(walk("pledges/", donor="FR", fields="title", page_size="2"))
    assert [row for page in pages for row in page] == [{"title": f"Of France {n}"} for n in range(3)]


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ({"cursor": "nowhere"}, "cursor"), ({"cursor": ""}, "cursor"), ({"cursor": "a b"}, "cursor"),
        ({"cursor": "\x00"}, "cursor"), ({"cursor": "9" * 70}, "cursor"), ({"cursor": "start", "page": "1"}, "page"),
        ({"cursor": "start", "ordering": "modified"}, "ordering"), ({"cursor": "start", "page_size": "0"}, "page_size"),
    ],
)  # fmt: skip
def test_what_makes_no_walk_is_refused(query: dict[str, str], name: str) -> None:
    published()
    assert [one["parameter"] for one in get("pledges/", status=400, **query)["errors"]] == [name]


@pytest.mark.parametrize("cursor", ["1", "2022-02-30.SEK", "2022-02-25", "99999999999999999999999"])
def test_a_place_that_is_none_is_refused(cursor: str) -> None:
    for path in ("exchange-rates/", "articles/"):
        if path == "articles/" and cursor == "1":
            continue
        assert get(path, status=400, cursor=cursor)["errors"][0]["parameter"] == "cursor"


@pytest.mark.parametrize("path", ["pledges/", "sanctions/", "articles/", "parties/", "totals/explain/"])
def test_a_count_alone_reads_no_rows(path: str) -> None:
    rich_pledge(), measure(), party("FR")
    page = get(path, page_size="0")
    assert page["count"] == get(path)["count"] >= 1
    assert (page["results"], page["next"], page["previous"]) == ([], None, None)


def test_a_count_alone_is_one_query_and_a_head_request_tells_it_too() -> None:
    for n in range(3):
        published(f"{n}", donors=("FR",))
    published("Of Italy")
    asked = {"page_size": "0", "donor": "FR"}
    with CaptureQueriesContext(connection) as captured:
        answer = Client().get(ROOT + "pledges/", asked)
    assert answer.json()["count"] == 3
    assert len(captured) <= 3  # the record's version, whether France is known, and the count
    head = Client().head(ROOT + "pledges/", asked)
    assert (head["X-Total-Count"], head.content) == ("3", b"")
