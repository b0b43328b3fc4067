"""Answers that were made before are given again without reading the record, and never once it has changed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache.backends.locmem import LocMemCache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from pledges.services import withdraw_pledge
from tests.api.making import ROOT, get
from tests.builders import NOW, euros, person, published

pytestmark = pytest.mark.django_db
ASKED = "totals/?group_by=donor"


@pytest.fixture(autouse=True)
def cache(monkeypatch: pytest.MonkeyPatch) -> Iterator[LocMemCache]:
    """A cache of the test's own; the others run without one."""
    made = LocMemCache("answers of a test", {})
    monkeypatch.setattr("api.keeping.caches", {"answers": made})
    yield made
    made.clear()


def test_the_same_question_again_takes_one_query_and_has_the_same_answer() -> None:
    published(**euros("100"))
    first = Client().get(ROOT + ASKED)
    with CaptureQueriesContext(connection) as queries:
        again = Client().get(ROOT + ASKED)
    assert len(queries) == 1
    assert again.content == first.content
    for header in ("ETag", "Content-Type", "Cache-Control", "Last-Modified", "Vary"):
        assert again[header] == first[header]


def test_an_unchanged_answer_takes_one_query() -> None:
    published(**euros("100"))
    tag = Client().get(ROOT + ASKED)["ETag"]
    with CaptureQueriesContext(connection) as queries:
        again = Client().get(ROOT + ASKED, headers={"if-none-match": tag})
    assert (again.status_code, len(queries)) == (304, 1)


def test_a_change_of_the_record_makes_the_answer_anew() -> None:
    pledge = published(**euros("100"))
    assert get(ASKED)["total"]["count"] == 1
    withdraw_pledge(pledge.pk, reason="Never promised.", now=NOW, acting_user=person())
    assert get(ASKED)["total"]["count"] == 0


def test_another_question_has_another_answer() -> None:
    published(**euros("100"))
    assert "donor" in get(ASKED)["results"][0]
    assert "type" in get("totals/?group_by=type")["results"][0]


def test_a_table_is_not_taken_for_json() -> None:
    published(**euros("100"))
    get(ASKED)
    table = Client().get(ROOT + ASKED, headers={"accept": "text/csv"})
    assert table["Content-Type"].startswith("text/csv")
    assert get(ASKED)["results"]


def test_a_large_answer_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.keeping.LARGEST_KEPT", 10)
    published(**euros("100"))
    get(ASKED)
    with CaptureQueriesContext(connection) as queries:
        get(ASKED)
    assert len(queries) > 1


def test_an_error_is_not_kept() -> None:
    get("totals/?currency=XXX", status=400)
    get("totals/?currency=XXX", status=400)


def test_a_cache_that_does_not_answer_does_no_harm(cache: LocMemCache, monkeypatch: pytest.MonkeyPatch) -> None:
    import redis

    def fail(*_args: Any, **_kwargs: Any) -> None:
        raise redis.ConnectionError("gone")

    monkeypatch.setattr(cache, "get", fail)
    monkeypatch.setattr(cache, "set", fail)
    published(**euros("100"))
    assert get(ASKED)["total"]["count"] == 1
