"""Sanctions programmes and designations: the legal regimes, and the names on their lists."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from reference.models import Dataset
from sanctions.models import Designation, RecordState
from tests.api.making import get, listing, measure, programme, take_in
from tests.builders import NOW, party

pytestmark = pytest.mark.django_db

JUNE = date(2022, 6, 1)


def closed() -> Dataset:
    """A dataset whose rows may not be given out."""
    return Dataset.objects.create(key="closed", name="Closed", licence="all rights reserved", redistributable=False)


def keys(**query: Any) -> list[str]:
    return [row["key"] for row in get("programmes/", **query)["results"]]


def names(**query: Any) -> list[str]:
    return [row["target"]["name"] for row in get("designations/", **query)["results"]]


def test_a_programme_tells_its_issuer_targets_and_what_it_provides_for() -> None:
    programme()
    (row,) = get("programmes/")["results"]
    assert (row["key"], row["issuer"]["code"], row["measures_provided"]) == ("EU-X", "EU", ["asset_freeze"])
    assert [one["code"] for one in row["targets"]] == ["RU"]
    assert row["web_page"] == "https://example.org/regime"


def test_a_programme_in_full_has_its_acts_and_counts_what_is_published_under_it() -> None:
    regime = programme()
    measure("Freeze", programme_id=regime.pk)
    take_in(listing("1"), listing("2", "B"), regime=regime)
    Designation.objects.filter(origin_key="2").update(state=RecordState.DRAFT)
    full = get("programmes/EU-X/")
    assert [act["identifier"] for act in full["legal_acts"]] == ["32014R0001"]
    assert (full["measures_count"], full["designations_count"]) == (1, 1)


def test_a_programme_that_may_not_be_given_out_is_not_given_out() -> None:
    programme("SECRET", dataset=closed())
    assert keys() == []
    assert "all rights reserved" in get("programmes/SECRET/", status=403)["detail"]
    assert get("programmes/NONE/", status=404)["detail"].startswith("No programme has the key “NONE”.")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"issuer": "US"}, ["US-Y"]),
        ({"target": "RU"}, ["EU-X", "US-Y"]),
        ({"target": "BY"}, ["US-Y"]),
        ({"measure": "travel_ban,tariff"}, ["US-Y"]),
        ({"measure": "tariff"}, []),
        ({"q": "REGIME eu"}, ["EU-X"]),
        ({"dataset": "tracker"}, ["EU-X", "US-Y"]),
    ],
)
def test_filters_pick_out_the_programmes_asked_for(query: dict[str, str], found: list[str]) -> None:
    programme()
    programme("US-Y", "An order", issuer="US", targets=("RU", "BY"), measures=("travel_ban", "asset_freeze"))
    assert keys(**query) == found


def test_a_designation_tells_who_is_listed_under_which_act_and_programme() -> None:
    (made,) = take_in(listing("1", "A Company", reason="It builds tanks."))
    (row,) = get("designations/")["results"]
    assert (row["id"], row["target"]["name"], row["target"]["kind"]) == (made.public_id, "A Company", "Company")
    assert (row["programme"]["key"], row["act"]["identifier"], row["annex"]) == ("EU-X", "32014R0001", "I")
    assert (row["reason"], row["listed_on"], row["ended_on"]) == ("It builds tanks.", "2022-02-25", None)


def test_a_designation_in_full_has_every_name_and_number() -> None:
    (made,) = take_in(listing("1", "A Company", aliases=("Una Compañía",)))
    target = get(f"designations/{made.public_id}/")["target"]
    assert target["names"] == [{"kind": "name", "name": "A Company"}, {"kind": "alias", "name": "Una Compañía"}]
    assert target["identifiers"] == [
        {"kind": "registration", "value": "N1", "as_written": "No. N1", "country": None}
    ]  # fmt: skip
    assert target["details"] == {"address": "A street"}


def test_one_target_in_two_lists_has_one_id() -> None:
    take_in(listing("1", "A Company"))
    other = programme("EU-Z")
    take_in(listing("other:1", "A Company"), regime=other)
    one, two = get("designations/")["results"]
    assert one["target"]["id"] == two["target"]["id"]
    assert one["id"] != two["id"]


def test_what_a_later_list_drops_has_ended_and_is_still_told() -> None:
    take_in(listing("1", "Stays"), listing("2", "Goes"))
    take_in(listing("1", "Stays"), day=JUNE)
    assert {row["target"]["name"]: row["ended_on"] for row in get("designations/")["results"]} == {
        "Stays": None, "Goes": "2022-06-01",
    }  # fmt: skip
    assert names(in_force_on="2022-05-31") == ["Goes", "Stays"]
    assert names(in_force_on="2022-06-01") == ["Stays"]
    assert names(in_force_on="2022-02-24") == []


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"issuer": "EU"}, ["Ship", "Société Générale"]),
        ({"issuer": "US"}, []),
        ({"target": "RU"}, ["Ship", "Société Générale"]),
        ({"country": "BY"}, ["Ship"]),
        ({"kind": "Vessel"}, ["Ship"]),
        ({"kind": "Vessel,Company"}, ["Ship", "Société Générale"]),
        ({"programme": "EU-X"}, ["Ship", "Société Générale"]),
        ({"listed_from": "2022-03-01"}, ["Ship"]),
        ({"listed_until": "2022-03-01"}, ["Société Générale"]),
        ({"ordering": "listed"}, ["Société Générale", "Ship"]),
        ({"q": "SHIP"}, ["Ship"]),
        ({"q": "générale SOCIÉTÉ"}, ["Société Générale"]),
        ({"q": "корабль"}, ["Ship"]),
        ({"q": "ship société"}, []),
        ({"q": "S.*"}, []),
    ],
)
def test_filters_pick_out_the_designations_asked_for(query: dict[str, str], found: list[str]) -> None:
    party("US")
    take_in(
        listing("1", "Société Générale"),
        listing("2", "Ship", kind="Vessel", aliases=("КОРАБЛЬ",), listed_on=JUNE),
    )
    Designation.objects.get(origin_key="2").target.countries.set([party("BY")])
    assert names(**query) == found


def test_a_designation_that_was_never_published_is_not_found() -> None:
    (made,) = take_in(listing("1"))
    Designation.objects.update(state=RecordState.DRAFT)
    assert names() == []
    get(f"designations/{made.public_id}/", status=404)


def test_a_withdrawn_designation_is_gone_and_says_why() -> None:
    (made,) = take_in(listing("1"))
    Designation.objects.update(state=RecordState.WITHDRAWN, withdrawn_reason="Another one was meant.", published_at=NOW)
    assert get(f"designations/{made.public_id}/", status=410)["reason"] == "Another one was meant."


def test_a_designation_of_a_list_that_may_not_be_given_out_is_not_given_out() -> None:
    (made,) = take_in(listing("1"), regime=programme("SECRET", dataset=closed()))
    assert names() == []
    assert "all rights reserved" in get(f"designations/{made.public_id}/", status=403)["detail"]


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ({"programme": "NONE"}, "programme"),
        ({"q": ""}, "q"),
        ({"q": "   "}, "q"),
        ({"q": "a\x00b"}, "q"),
        ({"q": "a" * 201}, "q"),
        ({"q": "a " * 11}, "q"),
        ({"kind": "vessel"}, "kind"),
        ({"dataset": "closed"}, "dataset"),
    ],
)
def test_what_cannot_be_looked_for_is_refused(query: dict[str, Any], parameter: str) -> None:
    assert get("designations/", status=400, **query)["errors"][0]["parameter"] == parameter
