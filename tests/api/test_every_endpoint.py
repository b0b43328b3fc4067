"""What holds for every endpoint that the description names, so that new ones are tried by themselves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from pledges.services import correct_pledge
from tests.api.making import ROOT, listing, measure, programme, rich_pledge, take_in
from tests.api.test_examples import QUERIES, described, everything, question
from tests.builders import NOW, draft, euros, party, person, rates

pytestmark = pytest.mark.django_db

FEW, MANY = 2, 200
MOST_QUERIES = 25
LARGEST_ERROR = 20_000


def parameters(schema: dict[str, Any], path: str) -> list[dict[str, Any]]:
    return [one for one in schema["paths"][path]["get"].get("parameters", []) if one["in"] == "query"]


def grow(first: int, last: int) -> None:
    """More of everything that lists give."""
    regime = programme("P0")
    for n in range(first, last):
        programme(f"P{n}", targets=(f"T{n}", "RU"))
        made = rich_pledge(f"Rich {n}", donors=(f"D{n}", "EU"), children=1)
        correct_pledge(made.pk, draft(f"Richer {n}", donors=(f"D{n}", "EU"), **euros("6")), now=NOW,
                       acting_user=person())  # fmt: skip
        measure(f"Ban {n}", imposers=(party(f"I{n}"), party("EU")))
    take_in(*(listing(f"{1000 + n}", f"Company {n}", aliases=(f"Alias {n}",)) for n in range(last)), regime=regime)


def addresses(schema: dict[str, Any], known: dict[str, list[str]]) -> Iterator[str]:
    """Every endpoint, with its largest page, everything expanded, and as a table."""
    for path in schema["paths"]:
        names = {one["name"]: one for one in parameters(schema, path)}
        base = ROOT + question(path, known).partition("?")[0]
        own = path.removeprefix(ROOT)
        asked = [QUERIES[own].replace("page_size=1", "page_size=200")] if own in QUERIES else []
        if "page_size" in names and not asked:
            asked = ["page_size=200"]
        yield f"{base}?{asked[0]}" if asked else base
        if "expand" in names:
            every = ",".join(names["expand"]["schema"]["items"]["enum"])
            yield f"{base}?expand={every}" + ("&page_size=200" if "page_size" in names else "")
        if "csv" in names["format"]["schema"].get("enum", []):
            yield f"{base}?format=csv" + (f"&{asked[0]}" if own in QUERIES and "page_size" not in asked[0] else "")


def queries(address: str) -> int:
    caches["default"].clear()
    with CaptureQueriesContext(connection) as captured:
        answer: Any = Client().get(address)
        if answer.streaming:
            b"".join(answer.streaming_content)
    assert answer.status_code == 200, (address, answer.content)
    return len(captured)


def test_no_endpoint_takes_more_queries_for_two_hundred_rows_than_for_two() -> None:
    rates()
    grow(0, FEW)
    known, schema = everything(), described()
    asked = list(addresses(schema, known))
    few = {address: queries(address) for address in asked}
    grow(FEW, MANY)
    many = {address: queries(address) for address in asked}
    assert {one: (few[one], many[one]) for one in asked if many[one] > few[one]} == {}
    assert {one: count for one, count in many.items() if count > MOST_QUERIES} == {}
    assert len(asked) > 40


@pytest.mark.parametrize(
    "query",
    [
        "x" * 100_000, "&".join(f"a{n}=1" for n in range(5_000)), "donor=" + "IT," * 33_000, "donor=IT&" * 900,
        "%00=%00", "%FF%FE=%80", "page=1&page=2", "%", "&&&===", "fields=" + "id," * 30_000, "?????",
    ],
)  # fmt: skip
def test_no_query_however_long_or_odd_breaks_any_endpoint(query: str) -> None:
    known, schema = everything(), described()
    for path in schema["paths"]:
        base = ROOT + question(path, known).partition("?")[0]
        answer = Client().get(base, QUERY_STRING=query)
        assert answer.status_code in {200, 400}, (base, query[:40])
        if answer.status_code == 400:
            assert len(answer.content) < LARGEST_ERROR, base


def test_a_parameter_that_comes_twice_is_refused_by_every_endpoint() -> None:
    known, schema = everything(), described()
    for path in schema["paths"]:
        base = ROOT + question(path, known).partition("?")[0]
        for one in parameters(schema, path):
            answer = Client().get(base, QUERY_STRING=f"{one['name']}=a&{one['name']}=b")
            assert answer.status_code == 400, (base, one["name"])


def test_every_endpoint_answers_head_as_it_answers_get() -> None:
    known, schema = everything(), described()
    for path in schema["paths"]:
        asked = question(path, known)
        address = ROOT + asked.removesuffix("?page_size=1")
        whole, head = Client().get(address), Client().head(address)
        assert (head.status_code, head.content) == (200, b""), address
        for name in ("Content-Type", "ETag", "Cache-Control", "Vary", "Last-Modified"):
            assert head.get(name) == whole.get(name), (address, name)


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_no_endpoint_writes(method: str) -> None:
    known, schema = everything(), described()
    for path in schema["paths"]:
        answer = getattr(Client(), method)(ROOT + question(path, known))
        assert answer.status_code == 405, path
        assert answer["Content-Type"] == "application/problem+json"
