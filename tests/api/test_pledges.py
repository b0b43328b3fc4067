"""The list of pledges, and one pledge with its evidence."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from pledges.drafts import DeductionDraft, MoveDraft, ShareDraft
from pledges.services import correct_pledge, merge_pledge, publish_pledge, withdraw_pledge
from reference.models import Dataset
from tests.api.making import QUOTE, TEXT, get, rich_pledge, unpublished
from tests.builders import DAY, NOW, draft, euros, party, person, published, rates

pytestmark = pytest.mark.django_db


def titles(**query: Any) -> list[str]:
    return [row["title"] for row in get("pledges/", **query)["results"]]


def test_a_published_pledge_is_listed_with_its_amount_as_text() -> None:
    rates()
    made = published("Money", **euros("110000000"), type="financial")
    page = get("pledges/")
    assert (page["count"], page["next"], page["previous"]) == (1, None, None)
    row = page["results"][0]
    assert row["id"] == made.public_id
    assert row["url"] == f"http://testserver/api/v1/pledges/{made.public_id}/"
    assert row["amount"] == {
        "stated": "110000000.00", "stated_to": None, "currency": "EUR", "qualifier": "exact", "other": None
    }  # fmt: skip
    assert row["eur"] == {"low": "110000000.00", "central": "110000000.00", "high": "110000000.00"}
    assert row["usd"]["central"] == "123376000.00"
    assert row["donors"] == [{"party": {"code": "IT", "name": "Land IT"}, "amount": None, "weight": None}]
    assert row["announced"] == {
        "earliest": "2022-02-25", "latest": "2022-02-25", "precision": "day", "as_written": None
    }  # fmt: skip


def test_a_pledge_without_a_value_says_null_and_never_zero() -> None:
    published("Goods", in_kind=True)
    row = get("pledges/")["results"][0]
    assert row["valuation"] == "none"
    assert [row[name] for name in ("amount", "value", "eur", "usd", "conversion")] == [None] * 5
    assert row["delivered"]["eur"] in (None, "0.00")


def test_a_pledge_in_full_tells_the_rate_that_its_value_rests_on() -> None:
    rates(CZK="24.997")
    made = published("Crowns", stated=Decimal("1000000"), currency="CZK", qualifier="up_to")
    full = get(f"pledges/{made.public_id}/")
    assert full["conversion"] == {
        "asked_for": "2022-02-25", "basis": "announcement", "rate_day": "2022-02-25", "per_euro": "24.997",
        "usd_per_euro": "1.1216", "source": "ECB",
    }  # fmt: skip
    assert full["value"] == {
        "currency": "CZK", "low": "0.00", "central": "1000000.00", "high": "1000000.00", "high_open": False
    }  # fmt: skip
    assert full["eur"] == {"low": "0.00", "central": "40004.80", "high": "40004.80"}


def test_an_open_upper_bound_is_null_in_the_value_and_the_floor_in_euros() -> None:
    rates()
    made = published("Much", **euros("500", qualifier="at_least"))
    full = get(f"pledges/{made.public_id}/")
    assert (full["value"]["high"], full["value"]["high_open"]) == (None, True)
    assert full["eur"]["high"] == "500.00"


def test_a_currency_without_decimals_is_told_without_decimals() -> None:
    rates(JPY="129.6")
    made = published("Yen", stated=Decimal("100000000"), currency="JPY")
    assert get(f"pledges/{made.public_id}/")["amount"]["stated"] == "100000000"


def test_a_pledge_in_full_carries_its_evidence_at_its_place_in_the_article() -> None:
    made = rich_pledge()
    full = get(f"pledges/{made.public_id}/")
    (evidence,) = full["evidence"]
    assert evidence["quote"] == QUOTE == TEXT[evidence["start"] : evidence["end"]]
    assert evidence["url"] == "https://example.org/0"
    assert (evidence["publisher"], evidence["published_on"], evidence["official"]) == ("A paper", "2022-02-25", True)
    assert evidence["move"] == full["moves"][0]["id"]
    assert get(f"articles/{evidence['article']}/")["pledges"] == [made.public_id]


def test_a_pledge_in_full_carries_deductions_items_and_moves() -> None:
    full = get(f"pledges/{rich_pledge().public_id}/")
    assert full["deductions"] == [
        {"amount": "10000000.00", "reason": "raises", "counted_in": None, "note": "Told before."}
    ]
    assert full["value"]["central"] == "100000000.00"
    (item,) = full["items"]
    assert (item["quantity"], item["unit_price"]) == (
        "12",
        {"amount": "900.50", "currency": "EUR", "source": "A price list"},
    )
    (move,) = full["moves"]
    assert (move["stage"], move["day"], move["units"], move["item"]) == ("delivery", "2022-03-01", "4", item["id"])
    assert full["channel"] == {"code": "WFP", "name": "Land WFP"}


def test_shares_of_joint_donors_are_told_as_amounts_or_weights() -> None:
    one = unpublished("Amounts", **euros("100"))
    donors = (ShareDraft(party("IT"), amount=Decimal(60)), ShareDraft(party("ES"), amount=Decimal("39.5")))
    correct_pledge(one.pk, replace(draft("Amounts", **euros("100")), donors=donors), now=NOW, acting_user=person())
    publish_pledge(one.pk, now=NOW, acting_user=person())
    told = get(f"pledges/{one.public_id}/")["donors"]
    assert [(share["party"]["code"], share["amount"], share["weight"]) for share in told] == [
        ("IT", "60.00", None),
        ("ES", "39.50", None),
    ]


def test_a_package_and_its_parts_point_to_each_other() -> None:
    package = published("Whole", **euros("100"))
    part = published("Part", **euros("40"), package_id=package.pk)
    assert get(f"pledges/{part.public_id}/")["package"]["id"] == package.public_id
    assert [one["id"] for one in get(f"pledges/{package.public_id}/")["parts"]] == [part.public_id]


def test_a_superseded_pledge_says_what_replaces_it_and_that_it_is_not_counted() -> None:
    older = published("Old", **euros("100"))
    newer = published("New", **euros("120"), supersedes_id=older.pk)
    full = get(f"pledges/{older.public_id}/")
    assert [one["id"] for one in full["superseded_by"]] == [newer.public_id]
    assert full["left_out"] == "superseded"
    newer_full = get(f"pledges/{newer.public_id}/")
    assert newer_full["supersedes"]["id"] == older.public_id
    assert newer_full["left_out"] is None


def test_links_to_drafts_are_not_told() -> None:
    hidden = unpublished("Hidden", **euros("100"))
    made = published("Shown", **euros("100"), package_id=hidden.pk, supersedes_id=hidden.pk,
                     deductions=(DeductionDraft(Decimal(1), "other_record", other_id=hidden.pk),))  # fmt: skip
    unpublished("Hidden part", package_id=made.pk)
    unpublished("Hidden successor", supersedes_id=made.pk)
    full = get(f"pledges/{made.public_id}/")
    assert full["package"] is None
    assert full["supersedes"] is None
    assert full["deductions"][0]["counted_in"] is None
    assert full["parts"] == full["superseded_by"] == []


def test_an_undated_move_stands_last() -> None:
    moves = (MoveDraft("commitment", precision="unknown"), MoveDraft("allocation", day=date(2022, 3, 1)))
    made = published("Moved", **euros("100"), moves=moves)
    assert [move["day"] for move in get(f"pledges/{made.public_id}/")["moves"]] == ["2022-03-01", None]


def test_a_draft_is_neither_listed_nor_found() -> None:
    hidden = unpublished()
    assert get("pledges/")["count"] == 0
    problem = get(f"pledges/{hidden.public_id}/", status=404)
    assert problem["detail"] == f"There is no published pledge with the id “{hidden.public_id}”."


def test_a_withdrawn_pledge_is_gone_and_says_why() -> None:
    made = published("Wrong")
    withdraw_pledge(made.pk, reason="It was a misreading.", now=NOW, acting_user=person())
    assert get("pledges/")["count"] == 0
    problem = get(f"pledges/{made.public_id}/", status=410)
    assert problem["reason"] == "It was a misreading."
    assert problem["detail"] == f"{made.public_id} was withdrawn. Reason: It was a misreading."


def test_a_draft_that_was_withdrawn_was_never_public() -> None:
    hidden = unpublished()
    withdraw_pledge(hidden.pk, reason="Nothing in it.", now=NOW, acting_user=person())
    assert "Nothing in it" not in str(get(f"pledges/{hidden.public_id}/", status=404))


def test_a_merged_pledge_leads_to_its_successor() -> None:
    one, other = published("One"), published("The same")
    merge_pledge(other.pk, into_id=one.pk, now=NOW, acting_user=person())
    answer = Client().get(f"/api/v1/pledges/{other.public_id}/")
    assert answer.status_code == 301
    assert answer["Location"] == f"http://testserver/api/v1/pledges/{one.public_id}/"
    assert get("pledges/")["count"] == 1


def test_a_draft_that_was_merged_was_never_public() -> None:
    kept, hidden = published("Kept"), unpublished()
    merge_pledge(hidden.pk, into_id=kept.pk, now=NOW, acting_user=person())
    get(f"pledges/{hidden.public_id}/", status=404)


def test_records_of_a_dataset_that_may_not_be_given_out_are_not_given_out() -> None:
    kept = Dataset.objects.create(key="closed", name="Closed", licence="all rights reserved", redistributable=False)
    made = published("Theirs", dataset_id=kept.pk, **euros("5"))
    assert "all rights reserved" in get(f"pledges/{made.public_id}/", status=403)["detail"]
    assert "Allowed: tracker" in get("pledges/", status=400, dataset="closed")["detail"]
    assert get("totals/", dataset="closed")["total"]["count"] == 1


def test_a_list_covers_one_dataset() -> None:
    other = Dataset.objects.create(key="other", name="Other", licence="CC BY 4.0", redistributable=True)
    published("Ours")
    published("Theirs", dataset_id=other.pk)
    assert titles() == ["Ours"]
    assert titles(dataset="other") == ["Theirs"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"donor": "ES"}, ["Spain"]),
        ({"donor": "ES,IT"}, ["Spain", "Italy"]),
        ({"recipient": "MD"}, ["Spain"]),
        ({"type": "military"}, ["Spain"]),
        ({"type": "military,financial"}, ["Spain", "Italy"]),
        ({"finance_type": "loan"}, ["Italy"]),
        ({"stage": "delivery"}, []),
        ({"in_kind": "true"}, ["Spain"]),
        ({"in_kind": "false"}, ["Italy"]),
        ({"announced_from": "2022-03-01"}, ["Spain"]),
        ({"announced_until": "2022-02-28"}, ["Italy"]),
        ({"announced_from": "2022-02-25", "announced_until": "2022-03-02"}, ["Spain", "Italy"]),
        ({"donor": "IT", "in_kind": "true"}, []),
        ({"ordering": "announced"}, ["Italy", "Spain"]),
    ],
)
def test_filters_pick_out_the_pledges_asked_for(query: dict[str, Any], found: list[str]) -> None:
    published("Italy", **euros("5"), type="financial", finance_type="loan")
    later = date(2022, 3, 2)
    published("Spain", donors=("ES",), to=("UA", "MD"), type="military", in_kind=True,
              announced_earliest=later, announced_latest=later)  # fmt: skip
    assert titles(**query) == found


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"amount_min": "5"}, ["Ten", "Five"]),
        ({"amount_min": "5.01"}, ["Ten"]),
        ({"amount_max": "9.99"}, ["Five"]),
        ({"amount_min": "0", "amount_max": "10"}, ["Ten", "Five"]),
        ({"valued": "true"}, ["Kronor", "Ten", "Five"]),
        ({"valued": "false"}, ["Généreux"]),
        ({"valuation": "none"}, ["Généreux"]),
        ({"valuation": "stated,estimated"}, ["Kronor", "Ten", "Five"]),
        ({"has_delivery": "true"}, ["Ten"]),
        ({"has_delivery": "false"}, ["Kronor", "Généreux", "Five"]),
        ({"q": "TEN"}, ["Ten"]),
        ({"q": "généREUX"}, ["Généreux"]),
        ({"q": "ten five"}, []),
        ({"q": "%"}, []),
        ({"q": ".*"}, []),
    ],
)
def test_pledges_can_be_asked_for_by_value_delivery_and_words(query: dict[str, Any], found: list[str]) -> None:
    published("Five", **euros("5"))
    published("Généreux")
    published("Ten", moves=(MoveDraft("delivery", day=DAY),), **euros("10"))
    published("Kronor", **{**euros("7"), "currency": "SEK"})
    assert titles(**query) == found


@pytest.mark.parametrize("amount", ["-1", "1e3", "1.001", "1,000", "", "NaN", "9" * 16, "\u0665"])
def test_what_is_no_amount_is_refused(amount: str) -> None:
    assert get("pledges/", status=400, amount_min=amount)["errors"][0]["parameter"] == "amount_min"


def test_a_range_of_amounts_ends_above_its_beginning() -> None:
    assert get("pledges/", status=400, amount_min="5", amount_max="4")["detail"] == (
        "amount_max: 4.00 is less than amount_min, 5.00. Allowed: as much or more."
    )


def test_undated_pledges_stand_last_in_either_order() -> None:
    published("Dated")
    published("Undated", announced_earliest=None, announced_latest=None, announced_precision="unknown")
    assert titles() == ["Dated", "Undated"]
    assert titles(ordering="announced") == ["Dated", "Undated"]


def test_pledges_of_one_day_keep_one_order_across_pages() -> None:
    made = [published(f"Number {n}") for n in range(5)]
    seen: list[str] = []
    for page in ("1", "2", "3"):
        seen += [row["id"] for row in get("pledges/", page=page, page_size="2")["results"]]
    assert seen == [one.public_id for one in reversed(made)]
    second = get("pledges/", page="2", page_size="2")
    assert second["count"] == 5
    assert "page=3" in second["next"]
    assert "page_size=2" in second["previous"]


def test_a_joint_pledge_is_listed_once_when_both_donors_are_asked_for() -> None:
    published("Joint", donors=("IT", "ES"))
    assert titles(donor="IT,ES") == ["Joint"]
