"""Totals: their shape, their rows, and what they tell the reader besides."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from api.serializers.totals import SumsAnswer, sums_told
from pledges.sums import Sums
from pledges.totals import Row
from tests.api.making import get, unpublished
from tests.builders import euros, published, rates

pytestmark = pytest.mark.django_db

MEMBERS = [
    "count", "valued_count", "unvalued_count", "unconverted_count", "amount", "stated", "estimated", "up_to",
    "suspended", "by_finance_type",
]  # fmt: skip


def totals(**query: Any) -> Any:
    return get("totals/", **query)


def messages(**query: Any) -> list[str]:
    told: list[str] = totals(**query)["meta"]["messages"]
    return told


def four_pledges() -> None:
    """Italy gives money; Spain, Czechia and Greece give goods without a stated value."""
    published("Money", **euros("110000000"), type="financial")
    published("Equipment", donors=("ES",), type="military", in_kind=True)
    published("Material", donors=("CZ",), in_kind=True)
    published("Material", donors=("GR",), in_kind=True)


def test_totals_by_donor_and_type_have_the_shape_that_readers_rely_on() -> None:
    four_pledges()
    answer = totals(group_by="donor,type", currency="EUR")
    assert list(answer) == ["meta", "results", "total"]
    meta = answer["meta"]
    assert list(meta) == [
        "dataset", "currency", "group_by", "filters", "value_basis", "rates", "relative_to", "as_of", "generated_at",
        "rate_basis", "messages",
    ]  # fmt: skip
    assert (meta["dataset"], meta["currency"], meta["group_by"]) == ("tracker", "EUR", ["donor", "type"])
    assert (meta["filters"], meta["as_of"]) == ({}, None)
    assert datetime.fromisoformat(meta["generated_at"]).tzinfo is not None
    assert meta["messages"] == ["3 pledges have no stated value: they are counted, not summed."]
    italy = next(row for row in answer["results"] if row["donor"]["code"] == "IT")
    assert italy == {
        "donor": {"code": "IT", "name": "Land IT"},
        "type": "financial",
        "count": 1,
        "valued_count": 1,
        "unvalued_count": 0,
        "unconverted_count": 0,
        "amount": {"low": "110000000.00", "central": "110000000.00", "high": "110000000.00", "high_open": 0},
        "stated": "110000000.00",
        "estimated": "0.00",
        "up_to": "0.00",
        "suspended": "0.00",
        "by_finance_type": {"unspecified": "110000000.00"},
    }
    assert list(italy) == ["donor", "type", *MEMBERS]
    total = answer["total"]
    assert list(total) == MEMBERS
    assert (total["count"], total["valued_count"], total["unvalued_count"]) == (4, 1, 3)
    assert total["amount"]["central"] == "110000000.00"


def test_rows_carry_the_dimensions_in_the_order_asked_for() -> None:
    four_pledges()
    row = totals(group_by="in_kind,stage,finance_type,recipient")["results"][0]
    assert list(row)[:4] == ["in_kind", "stage", "finance_type", "recipient"]
    assert (row["in_kind"], row["stage"], row["recipient"]["code"]) == (False, "pledge", "UA")


def test_without_dimensions_there_is_the_total_alone() -> None:
    four_pledges()
    answer = totals()
    assert answer["results"] == []
    assert answer["total"]["count"] == 4


def test_dollars_are_asked_for_by_the_currency() -> None:
    rates()
    published("Money", **euros("100"))
    answer = totals(currency="USD", group_by="donor")
    assert answer["meta"]["currency"] == "USD"
    assert answer["results"][0]["amount"]["central"] == "112.16"


def test_what_a_joint_pledge_does_not_divide_stands_under_joint() -> None:
    rates()
    published("Joint", donors=("ES", "IT"), **euros("100"))
    answer = totals(group_by="donor")
    by_code = {row["donor"]["code"]: row for row in answer["results"]}
    assert list(by_code) == ["ES", "IT", "joint"]
    assert by_code["joint"]["donor"] == {"code": "joint", "name": "Joint, not allocated"}
    assert by_code["joint"]["amount"]["central"] == "100.00"
    assert (by_code["ES"]["count"], by_code["ES"]["unvalued_count"]) == (1, 1)
    assert (answer["total"]["count"], answer["total"]["amount"]["central"]) == (1, "100.00")
    words = " ".join(answer["meta"]["messages"])
    assert "Joint, not allocated" in words
    assert "the counts of the rows do not sum to the total's" in words


def test_a_single_pledge_is_told_of_in_the_singular() -> None:
    published("Goods", in_kind=True)
    assert messages() == ["1 pledge has no stated value: it is counted, not summed."]


def test_a_currency_without_a_rate_is_told_of() -> None:
    published("Hryvnia", stated=Decimal(5), currency="UAH")
    assert messages() == ["1 pledge is in a currency without an exchange rate for its day: it is counted, not summed."]
    assert totals()["total"]["unconverted_count"] == 1


def test_what_rests_on_up_to_and_on_open_bounds_is_told() -> None:
    published("Up to", **euros("1500", qualifier="up_to"))
    published("At least", **euros("10", qualifier="at_least"))
    answer = totals()
    assert answer["meta"]["messages"] == [
        "EUR 1,500.00 of the central sum rests on “up to” amounts; their low is zero.",
        "1 pledge is of “at least” its amount: the high sum takes it at that floor.",
    ]
    assert answer["total"]["amount"] == {"low": "10.00", "central": "1510.00", "high": "1510.00", "high_open": 1}


def test_refugee_costs_are_left_out_and_told_of_unless_asked_for() -> None:
    published("Shelter at home", **euros("70"), refugee_costs=True)
    published("Money", **euros("30"))
    answer = totals()
    assert answer["total"]["amount"]["central"] == "30.00"
    assert answer["meta"]["messages"] == [
        "1 pledge of refugee costs in the donor's own country is left out; include=refugee_costs takes them in."
    ]
    whole = totals(include="refugee_costs")
    assert whole["total"]["amount"]["central"] == "100.00"
    assert whole["meta"]["messages"] == []
    assert whole["meta"]["filters"] == {"include": ["refugee_costs"]}


def test_nothing_found_is_said() -> None:
    assert messages() == ["No published pledge answers to this question."]


def test_drafts_do_not_count() -> None:
    unpublished(**euros("100"))
    assert totals(group_by="donor")["results"] == []


def test_filters_are_applied_and_echoed() -> None:
    four_pledges()
    answer = totals(donor="ES,IT", type="military", in_kind="true", stage="pledge", finance_type="unspecified")
    assert answer["total"]["count"] == 1
    assert answer["meta"]["filters"] == {
        "donor": ["ES", "IT"], "type": ["military"], "finance_type": ["unspecified"], "stage": ["pledge"],
        "in_kind": True,
    }  # fmt: skip
    assert totals(recipient="IT")["total"]["count"] == 0


def test_amounts_beyond_fifteen_digits_are_exact() -> None:
    day = date(2022, 2, 25)
    for _ in range(3):
        published("Much", **euros("99999999999999.99"), announced_earliest=day, announced_latest=day)
    assert totals()["total"]["amount"]["central"] == "299999999999999.97"


def test_sums_are_written_out_as_their_description_has_them() -> None:
    sums = Sums(9, 5, 1, 1, 200, 30_000, 2, 150, 50, 7, 8, {"loan": 1, "grant": 199})
    for currency in ("EUR", "JPY", "KWD"):
        described = SumsAnswer(context={"currency": currency})
        fields = super(SumsAnswer, described).to_representation(Row({}, sums))
        assert json.dumps(sums_told(sums, currency)) == json.dumps(fields)
