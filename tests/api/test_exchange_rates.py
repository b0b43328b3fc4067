"""Exchange rates by day: the one that holds, newest first."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from reference.services import DayRate, enter_rate, load_rates
from tests.api.making import get
from tests.builders import DAY, NOW, person, rates

pytestmark = pytest.mark.django_db

LATER = date(2022, 2, 28)


def listed(**query: Any) -> list[tuple[str, str, str]]:
    return [(row["currency"], row["day"], row["per_euro"]) for row in get("exchange-rates/", **query)["results"]]


def test_rates_are_listed_the_newest_day_first_and_then_by_currency() -> None:
    rates(SEK="10.6")
    rates(LATER, SEK="10.7", USD="1.1199")
    assert listed() == [
        ("SEK", "2022-02-28", "10.7"), ("USD", "2022-02-28", "1.1199"), ("SEK", "2022-02-25", "10.6"),
        ("USD", "2022-02-25", "1.1216"),
    ]  # fmt: skip


def test_of_a_corrected_rate_the_correction_is_given_once() -> None:
    rates(SEK="10.6")
    load_rates([DayRate("SEK", DAY, Decimal("10.65"))], now=NOW + timedelta(days=1))
    page = get("exchange-rates/", currency="SEK")
    assert page["count"] == 1
    assert page["results"][0] == {
        "currency": "SEK", "day": "2022-02-25", "per_euro": "10.65", "source": "ECB",
        "recorded_at": "2022-03-11T12:00:00Z",
    }  # fmt: skip


def test_of_two_sources_of_one_day_the_one_recorded_last_holds() -> None:
    rates(RUB="90")
    enter_rate(currency="RUB", day=DAY, per_euro=Decimal("101.5"), source="A central bank", acting_user=person(),
               now=NOW)  # fmt: skip
    assert [row["source"] for row in get("exchange-rates/", currency="RUB")["results"]] == ["A central bank"]


@pytest.mark.parametrize(
    ("query", "days"),
    [
        ({"day_from": "2022-02-26"}, ["2022-02-28"]),
        ({"day_until": "2022-02-27"}, ["2022-02-25"]),
        ({"day_from": "2022-02-25", "day_until": "2022-02-28"}, ["2022-02-28", "2022-02-25"]),
        ({"currency": "SEK"}, []),
        ({"currency": "SEK,USD"}, ["2022-02-28", "2022-02-25"]),
    ],
)
def test_rates_can_be_asked_for_by_currency_and_day(query: dict[str, Any], days: list[str]) -> None:
    rates()
    rates(LATER)
    assert [day for _, day, _ in listed(**query)] == days


@pytest.mark.parametrize("code", ["usd", "XYZ", "", "US\x00"])
def test_what_is_no_currency_is_refused(code: str) -> None:
    assert get("exchange-rates/", status=400, currency=code)["errors"][0]["parameter"] == "currency"
