"""Why a total is what it is: every line behind it, and what it leaves out."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from pledges.drafts import MoveDraft
from pledges.services import withdraw_pledge
from tests.api.making import QUOTE, article, get, quoting, rich_pledge
from tests.builders import DAY, NOW, euros, person, published, rates

pytestmark = pytest.mark.django_db


def explained(**query: Any) -> Any:
    return get("totals/explain/", **query)


def test_a_counted_line_leads_from_the_figure_to_the_quoted_words() -> None:
    evidence = (quoting(article()),)
    pledge = published("Money", **euros("110000000", qualifier="up_to"), type="financial", evidence=evidence)
    answer = explained()
    line = answer["results"][0]
    assert (line["counted"], line["left_out"], line["reason"]) == (True, None, None)
    assert line["pledge"]["id"] == pledge.public_id
    assert line["pledge"]["url"].endswith(f"/api/v1/pledges/{pledge.public_id}/")
    assert line["amount"] == {
        "low": "0.00", "central": "110000000.00", "high": "110000000.00", "high_open": False
    }  # fmt: skip
    assert line["stated"] == {
        "amount": "110000000.00", "amount_to": None, "currency": "EUR", "qualifier": "up_to"
    }  # fmt: skip
    assert (line["donor"]["code"], line["recipient"]["code"], line["up_to"]) == ("IT", "UA", True)
    assert [one["quote"] for one in line["evidence"]] == [QUOTE]


def test_a_converted_line_tells_the_rate_and_its_day() -> None:
    rates(USD="1.25")
    published("Money", **{**euros("100"), "currency": "USD"})
    line = explained()["results"][0]
    assert line["amount"]["central"] == "80.00"
    assert (line["rate"]["per_euro"], line["rate"]["rate_day"]) == ("1.25", "2022-02-25")


@pytest.mark.parametrize("reason", ["superseded", "cancelled", "part_of_package", "refugee_costs"])
def test_what_is_left_out_is_listed_with_the_reason(reason: str) -> None:
    if reason == "superseded":
        older = published("Old", **euros("5"))
        published("New", **euros("7"), supersedes_id=older.pk)
    elif reason == "cancelled":
        published("Gone", **euros("5"), moves=(MoveDraft(stage="cancelled", day=DAY),))
    elif reason == "part_of_package":
        package = published("Package", **euros("5"))
        published("Unpriced part", package_id=package.pk)
    else:
        published("At home", **euros("5"), refugee_costs=True)
    out = explained(counted="false")["results"]
    assert [line["left_out"] for line in out] == [reason]
    assert out[0]["reason"].endswith(".")
    assert reason not in [line["left_out"] for line in explained(counted="true")["results"]]


def test_refugee_costs_that_are_asked_for_are_counted() -> None:
    published("At home", **euros("5"), refugee_costs=True)
    answer = explained(include="refugee_costs")
    assert answer["results"][0]["counted"] is True
    assert answer["total"]["amount"]["central"] == "5.00"


def test_as_of_a_past_moment_a_withdrawn_pledge_has_its_figure_but_no_words() -> None:
    pledge = published("Private words", **euros("5"))
    later = NOW + timedelta(days=2)
    withdraw_pledge(pledge.pk, reason="Somebody asked for it.", acting_user=person(), now=later)
    line = explained(as_of=NOW.isoformat())["results"][0]
    assert line["amount"]["central"] == "5.00"
    assert (line["pledge"]["title"], line["evidence"]) == (None, [])
    assert explained()["results"] == []


def test_the_same_queries_for_two_lines_and_for_thirty(django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    for number in range(2):
        rich_pledge(f"Rich {number}")
    # Twelve, and on PostgreSQL those that set the limit of time and take it back.
    with django_assert_max_num_queries(14) as few:
        explained(page_size="200")
    for number in range(28):
        published(f"More {number}", **euros("3"))
    with django_assert_max_num_queries(len(few)):
        explained(page_size="200")


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.integers(1, 10**9), st.sampled_from(["exact", "up_to", "at_least"]), st.sampled_from("AB"),
            st.booleans(), st.booleans(),
        ),
        min_size=1, max_size=4,
    )
)  # fmt: skip
def test_the_counted_lines_always_sum_to_the_total_to_the_cent(pledges: list[tuple[int, str, str, bool, bool]]) -> None:
    before = None
    for cents, qualifier, donor, joint, refugees in pledges:
        donors = (f"X{donor}", "XJ") if joint else (f"X{donor}",)
        amount = str(Decimal(cents) / 100)
        made = published(
            "Money", **euros(amount, qualifier=qualifier), donors=donors, refugee_costs=refugees,
            supersedes_id=before,
        )  # fmt: skip
        before = made.pk if before is None else None
    for query in ({}, {"donor": "XA"} if any(one[2] == "A" for one in pledges) else {}, {"include": "refugee_costs"}):
        answer = explained(page_size="200", **query)
        for bound in ("low", "central", "high"):
            counted = [Decimal(one["amount"][bound]) for one in answer["results"] if one["counted"] and one["amount"]]
            assert sum(counted, Decimal(0)) == Decimal(answer["total"]["amount"][bound])


def test_a_group_is_not_asked_of_an_explanation() -> None:
    assert get("totals/explain/", status=400, group_by="donor")["errors"][0]["parameter"] == "group_by"
