"""Totals as of a past moment: what the tracker said then, whatever became of the records since."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from pledges.services import withdraw_pledge
from tests.api.making import get
from tests.builders import NOW, euros, person, published

pytestmark = pytest.mark.django_db


def central(**query: Any) -> str:
    amount: str = get("totals/", **query)["total"]["amount"]["central"]
    return amount


def test_a_total_as_of_a_past_moment_still_counts_what_was_withdrawn_since() -> None:
    pledge = published("Money", **euros("110000000"), type="financial")
    later = NOW + timedelta(days=2)
    withdraw_pledge(pledge.pk, reason="It was never promised.", acting_user=person(), now=later)
    assert central() == "0.00"
    assert central(as_of=(later - timedelta(seconds=1)).isoformat()) == "110000000.00"
    assert central(as_of=later.isoformat()) == "0.00"
    assert central(as_of=(NOW - timedelta(days=1)).isoformat()) == "0.00"


def test_a_day_means_its_end_in_utc() -> None:
    published("Money", **euros("110000000"), type="financial")
    assert central(as_of=f"{NOW:%Y-%m-%d}") == "110000000.00"
    assert central(as_of=f"{NOW - timedelta(days=1):%Y-%m-%d}") == "0.00"


def test_the_answer_echoes_the_moment_in_utc_and_says_that_it_is_past() -> None:
    published("Money", **euros("110000000"), type="financial")
    meta = get("totals/", as_of="2026-05-04T14:00:00+02:00")["meta"]
    assert meta["as_of"] == "2026-05-04T12:00:00Z"
    assert meta["messages"][0].startswith("This is what the tracker said at 04 May 2026, 12:00:00 UTC")


@pytest.mark.parametrize(
    "written",
    [
        "2999-01-01",
        "2999-01-01T00:00:00Z",
        "yesterday",
        "2026-05-04T12:00:00",
        "2026-02-30",
        "20260504",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "2026-05-04T12:00:00Z" + "0" * 100,
        "",
    ],
)
def test_a_moment_that_cannot_be_read_or_is_not_past_is_refused(written: str) -> None:
    problem = get("totals/", status=400, as_of=written)
    assert problem["errors"][0]["parameter"] == "as_of"
    assert problem["detail"].startswith("as_of: “")
