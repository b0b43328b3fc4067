"""Records told in part (`fields`) or with more (`expand`)."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.api.making import ROOT, get, listing, measure, programme, rich_pledge, take_in
from tests.builders import euros, party, published

pytestmark = pytest.mark.django_db


def test_a_list_tells_only_the_members_that_are_asked_for() -> None:
    made = published("Money", **euros("5"))
    (row,) = get("pledges/", fields="title,id,eur")["results"]
    assert row == {"id": made.public_id, "title": "Money", "eur": {"low": "5.00", "central": "5.00", "high": "5.00"}}


@pytest.mark.parametrize("path", ["pledges", "sanctions", "designations", "programmes", "parties", "articles"])
def test_every_list_and_every_record_can_be_told_in_part(path: str) -> None:
    rich_pledge(), measure(), take_in(listing("1"))
    key = {"programmes": "key", "parties": "code"}.get(path, "id")
    page = get(f"{path}/", fields=key)["results"]
    assert page
    assert all(list(row) == [key] for row in page)
    assert get(f"{path}/{page[0][key]}/", fields=key) == page[0]


def test_a_member_that_nobody_knows_is_an_error_that_lists_the_others() -> None:
    problem = get("exchange-rates/", status=400, fields="day,colour")
    assert problem["detail"] == (
        "fields: “colour” is not allowed. Allowed: currency, day, per_euro, source, recorded_at."
    )
    assert problem["errors"][0]["allowed"] == ["currency", "day", "per_euro", "source", "recorded_at"]


@pytest.mark.parametrize("name", ["private_note", "state", "entered_by", "last_seq", "origin_hash", "dataset__key"])
def test_a_member_that_is_not_public_is_as_unknown_as_any_other(name: str) -> None:
    made = published()
    for path in ("pledges/", f"pledges/{made.public_id}/"):
        assert f"“{name}” is not allowed" in get(path, status=400, fields=name)["detail"]


def test_a_list_leaves_out_what_is_not_expanded() -> None:
    rich_pledge()
    assert not {"items", "moves", "evidence", "deductions"} & set(get("pledges/")["results"][0])


def test_what_is_expanded_stands_in_a_list_as_in_the_record() -> None:
    made, ban = rich_pledge(children=2), measure()
    row = get("pledges/", expand="evidence,items,stages,deductions")["results"][0]
    full = get(f"pledges/{made.public_id}/")
    for name in ("evidence", "items", "moves", "deductions"):
        assert len(row[name]) >= 1
        assert row[name] == full[name], name
    row = get("sanctions/", expand="evidence,stages")["results"][0]
    full = get(f"sanctions/{ban.public_id}/")
    assert (row["evidence"], row["steps"]) == (full["evidence"], full["steps"])


def test_a_member_that_is_named_is_expanded() -> None:
    made = rich_pledge()
    (row,) = get("pledges/", fields="id,items")["results"]
    assert (list(row), row["id"], len(row["items"])) == (["id", "items"], made.public_id, 1)


def test_a_record_told_in_part_can_be_told_with_more() -> None:
    made = rich_pledge()
    assert set(get(f"pledges/{made.public_id}/", fields="id", expand="stages")) == {"id", "moves"}


@pytest.mark.parametrize("deep", ["evidence.article", "evidence__revision", "parts.items", "lines", "*"])
def test_nothing_can_be_expanded_in_depth(deep: str) -> None:
    assert get("pledges/", status=400, expand=deep)["errors"][0]["allowed"] == [
        "evidence", "items", "stages", "deductions"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("path", "expand"), [("pledges/", "evidence,items,stages,deductions"), ("sanctions/", "evidence,stages")]
)
def test_what_is_expanded_takes_as_many_queries_for_many_rows_as_for_two(path: str, expand: str) -> None:
    def more(count: int) -> None:
        for n in range(count):
            _ = rich_pledge(f"Rich {n}", children=2) if path == "pledges/" else measure(f"Ban {n}")

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            answer: Any = Client().get(ROOT + path, {"expand": expand, "page_size": "200"})
        assert answer.status_code == 200
        return len(captured)

    more(2)
    few = queries()
    more(20)
    assert queries() == few <= 11


def test_unknown_members_are_refused_where_there_is_no_record_too() -> None:
    assert "colour" in get("pledges/P2222222/", status=400, fields="colour")["detail"]
    programme(), party("FR")
    assert "colour" in get("programmes/EU-X/", status=400, fields="colour")["detail"]
