"""Totals by year, quarter and month of announcement, and of a range of days."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.api.making import get
from tests.builders import euros, published

pytestmark = pytest.mark.django_db


def rows(**query: Any) -> dict[Any, str]:
    """The central sum of each row, by the value of its one dimension."""
    answer = get("totals/", **query)
    return {row[query["group_by"]]: row["amount"]["central"] for row in answer["results"]}


@pytest.fixture(autouse=True)
def four_pledges() -> None:
    """One in December, two in the next spring, one undated."""
    for amount, day in (("1", date(2021, 12, 31)), ("2", date(2022, 3, 31)), ("4", date(2022, 4, 1)), ("8", None)):
        precision = "unknown" if day is None else "day"
        dated = {"announced_earliest": day, "announced_latest": day, "announced_precision": precision}
        published("Money", **euros(amount), **dated)


@pytest.mark.parametrize(
    ("dimension", "expected"),
    [
        ("year", {2021: "1.00", 2022: "6.00", None: "8.00"}),
        ("quarter", {"2021-Q4": "1.00", "2022-Q1": "2.00", "2022-Q2": "4.00", None: "8.00"}),
        ("month", {"2021-12": "1.00", "2022-03": "2.00", "2022-04": "4.00", None: "8.00"}),
    ],
)
def test_pledges_are_summed_by_the_period_of_their_announcement_and_undated_ones_apart_and_last(
    dimension: str, expected: dict[Any, str]
) -> None:
    found = rows(group_by=dimension)
    assert found == expected
    assert list(found) == list(expected)


def test_periods_go_with_other_dimensions() -> None:
    answer = get("totals/", group_by="year,month,donor")
    assert [(row["year"], row["month"]) for row in answer["results"]][-2:] == [(2022, "2022-04"), (None, None)]
    assert list(answer["results"][0])[:3] == ["year", "month", "donor"]


def test_a_range_of_days_holds_both_its_ends_and_no_undated_pledge() -> None:
    answer = get("totals/", announced_from="2021-12-31", announced_until="2022-03-31")
    assert answer["total"]["amount"]["central"] == "3.00"
    assert answer["meta"]["filters"] == {"announced_from": "2021-12-31", "announced_until": "2022-03-31"}


def test_a_range_that_ends_before_it_begins_is_refused() -> None:
    problem = get("totals/", status=400, announced_from="2022-03-31", announced_until="2022-03-30")
    assert problem["errors"][0]["parameter"] == "announced_until"


def test_a_value_basis_that_does_not_exist_is_refused_and_ours_is_the_default() -> None:
    assert get("totals/")["meta"]["value_basis"] == "ours"
    assert "Allowed: ours, source" in get("totals/", status=400, value_basis="theirs")["detail"]


def test_by_the_sources_own_values_our_own_records_have_none() -> None:
    answer = get("totals/", value_basis="source")
    assert answer["total"]["count"] == 0
    assert answer["meta"]["rate_basis"].startswith("The rates of the dataset's own keepers")
