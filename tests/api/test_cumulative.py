"""Running series: no gaps, what is undated apart, and the last point makes the total."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.api.making import get
from tests.builders import DAY, euros, published
from tests.pledges.summing.test_cells import run

pytestmark = pytest.mark.django_db


def on(day: date | None, **fields: Any) -> None:
    precision = "day" if day else "unknown"
    published(announced_earliest=day, announced_latest=day, announced_precision=precision, **fields)


def series(**query: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = get("totals/cumulative/", **query)["results"]
    return found


def test_days_in_between_have_points_in_which_nothing_is_added() -> None:
    on(DAY, **euros("100"))
    on(DAY + timedelta(days=3), **euros("50"))
    points = series(by="day")[0]["points"]
    assert [point["running"]["central"] for point in points] == ["100.00", "100.00", "100.00", "150.00"]
    assert [point["added"]["count"] for point in points] == [1, 0, 0, 1]


def test_weeks_begin_on_monday() -> None:
    on(date(2022, 2, 25), **euros("100"))
    on(date(2022, 2, 28), **euros("50"))
    assert [point["first_day"] for point in series(by="week")[0]["points"]] == ["2022-02-21", "2022-02-28"]


def test_months_go_over_the_end_of_the_year() -> None:
    on(date(2021, 12, 31), **euros("100"))
    on(date(2022, 2, 1), **euros("50"))
    days = [point["first_day"] for point in series(by="month")[0]["points"]]
    assert days == ["2021-12-01", "2022-01-01", "2022-02-01"]


def test_what_is_undated_stands_apart_and_in_the_total() -> None:
    on(DAY, **euros("100"))
    on(None, **euros("7"))
    answer = get("totals/cumulative/", by="day")
    assert answer["results"][0]["undated"]["central"] == "7.00"
    assert answer["results"][0]["points"][-1]["running"]["central"] == "100.00"
    assert answer["total"]["amount"]["central"] == "107.00"


def test_an_empty_record_has_an_empty_series() -> None:
    assert series() == [{**series()[0], "points": []}]


def test_a_span_that_is_asked_for_is_the_axis() -> None:
    on(DAY, **euros("100"))
    points = series(by="day", announced_from="2022-02-24", announced_until="2022-02-27")[0]["points"]
    assert [point["first_day"] for point in points] == ["2022-02-24", "2022-02-25", "2022-02-26", "2022-02-27"]


@pytest.mark.parametrize("by", ["day", "week"])
def test_a_series_that_would_be_too_long_is_refused_at_once(by: str) -> None:
    on(DAY, **euros("100"))
    problem = get("totals/cumulative/", by=by, announced_from="0001-01-01", announced_until="9999-12-31", status=400)
    assert problem["errors"][0]["parameter"] == "by"


def test_two_dimensions_are_refused() -> None:
    get("totals/cumulative/", group_by="donor,type", status=400)


@pytest.mark.parametrize("by", ["day", "week", "month"])
@pytest.mark.parametrize("group_by", ["", "donor", "type", "item_category"])
@pytest.mark.parametrize("currency", ["EUR", "SEK"])
def test_the_last_points_and_what_is_undated_make_the_total(by: str, group_by: str, currency: str) -> None:
    run(random.Random(11), 12)  # noqa: S311
    query: dict[str, Any] = {"currency": currency, **({"group_by": group_by} if group_by else {})}
    rows = get("totals/", **query)
    found = get("totals/cumulative/", by=by, **query)
    assert found["total"] == rows["total"]
    totals = [one["total"] for one in found["results"]]
    members = ("count", "amount", "by_finance_type", "up_to")
    wanted = rows["results"] if group_by else [rows["total"]]
    assert [[one[name] for name in members] for one in totals] == [[row[name] for name in members] for row in wanted]
    for one in found["results"]:
        last = one["points"][-1]["running"] if one["points"] else {"central": "0.00"}
        parts = [Decimal(text) for text in (last["central"], one["undated"]["central"])]
        assert sum(parts) == Decimal(one["total"]["amount"]["central"])
