"""The list of sanctions measures, and one measure with its steps and evidence."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client

from sanctions.drafts import StepDraft
from sanctions.services import create_measure, merge_measure, withdraw_measure
from tests.api.making import get, measure, measure_draft
from tests.builders import DAY, NOW, party, person

pytestmark = pytest.mark.django_db

JUNE = date(2022, 6, 1)


def titles(**query: Any) -> list[str]:
    return [row["title"] for row in get("sanctions/", **query)["results"]]


def test_a_published_measure_is_listed() -> None:
    made = measure("Freeze", imposers=(party("EU"), party("GB")))
    row = get("sanctions/")["results"][0]
    assert row["id"] == made.public_id
    assert [one["code"] for one in row["imposers"]] == ["EU", "GB"]
    assert [one["code"] for one in row["targets"]] == ["RU"]
    assert row["types"] == [{"type": "asset_freeze", "gsdb_class": "financial"}]
    assert (row["adopted"], row["in_force_from"], row["last_action"]) == (True, "2022-02-25", "imposed")


def test_a_measure_whose_imposers_are_not_named_is_told_in_the_words_of_its_source() -> None:
    measure("Heavy", imposers=(), imposers_as_written="some powers", types=("unspecified",))
    row = get("sanctions/")["results"][0]
    assert (row["imposers"], row["imposers_as_written"]) == ([], "some powers")


def test_a_measure_in_full_carries_steps_and_evidence() -> None:
    full = get(f"sanctions/{measure().public_id}/")
    (step,) = full["steps"]
    assert (step["step"], step["status"], step["adopted_on"], step["precision"]) == (
        "impose", "adopted", "2022-02-25", "day",
    )  # fmt: skip
    (evidence,) = full["evidence"]
    assert (evidence["quote"], evidence["url"], evidence["step"]) == (
        "They froze it.", "https://example.org/ban", step["id"],
    )  # fmt: skip


def test_a_draft_measure_is_neither_listed_nor_found() -> None:
    hidden = create_measure(measure_draft(), now=NOW, acting_user=person())
    assert get("sanctions/")["count"] == 0
    get(f"sanctions/{hidden.public_id}/", status=404)


def test_a_withdrawn_measure_is_gone_and_says_why() -> None:
    made = measure()
    withdraw_measure(made.pk, reason="It was never decided.", now=NOW, acting_user=person())
    assert get(f"sanctions/{made.public_id}/", status=410)["reason"] == "It was never decided."


def test_a_merged_measure_leads_to_its_successor() -> None:
    one, other = measure("One"), measure("The same")
    merge_measure(other.pk, into_id=one.pk, now=NOW, acting_user=person())
    answer = Client().get(f"/api/v1/sanctions/{other.public_id}/")
    assert (answer.status_code, answer["Location"]) == (301, f"http://testserver/api/v1/sanctions/{one.public_id}/")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"imposer": "US"}, ["Ban"]),
        ({"imposer": "US,EU"}, ["Ban", "Freeze"]),
        ({"target": "BY"}, ["Ban"]),
        ({"measure": "travel_ban"}, ["Ban"]),
        ({"action": "announced"}, ["Ban"]),
        ({"action": "imposed"}, ["Freeze"]),
        ({"target_kind": "country"}, ["Ban", "Freeze"]),
        ({"in_force_on": "2022-07-01"}, ["Freeze"]),
        ({"in_force_on": "2022-02-24"}, []),
        ({"first_step_from": "2022-03-01"}, ["Ban"]),
        ({"first_step_until": "2022-03-01"}, ["Freeze"]),
        ({"ordering": "first_step"}, ["Freeze", "Ban"]),
    ],
)
def test_filters_pick_out_the_measures_asked_for(query: dict[str, Any], found: list[str]) -> None:
    measure("Freeze")
    measure("Ban", imposers=(party("US"),), targets=(party("RU"), party("BY")), types=("travel_ban", "arms_embargo"),
            steps=(StepDraft(status="announced", adopted_on=JUNE, ref="s"),))  # fmt: skip
    assert titles(**query) == found


def counts(**query: Any) -> Any:
    return get("sanctions/totals/", **query)


def test_counts_by_imposer_and_measure_take_each_measure_once_in_the_total() -> None:
    measure("Together", imposers=(party("EU"), party("GB")))
    measure("Planned", steps=(StepDraft(status="announced", adopted_on=DAY, ref="s"),))
    answer = counts(group_by="imposer,measure")
    assert answer["results"] == [
        {"imposer": {"code": "EU", "name": "Land EU"}, "measure": "asset_freeze", "count": 2, "in_force_count": 1,
         "not_adopted_count": 1},
        {"imposer": {"code": "GB", "name": "Land GB"}, "measure": "asset_freeze", "count": 1, "in_force_count": 1,
         "not_adopted_count": 0},
    ]  # fmt: skip
    assert answer["total"] == {"count": 2, "in_force_count": 1, "not_adopted_count": 1}
    words = " ".join(answer["meta"]["messages"])
    assert "1 measure is only proposed or announced: it is counted, and not in force." in words
    assert "the rows do not sum to the total" in words


def test_a_measure_without_a_named_imposer_stands_under_unnamed() -> None:
    measure("Heavy", imposers=(), imposers_as_written="some powers")
    assert counts(group_by="imposer")["results"][0]["imposer"] == {"code": "unnamed", "name": "Not named"}


def test_a_day_is_echoed_and_picks_out_what_was_in_force_on_it() -> None:
    measure("Short", steps=(StepDraft(adopted_on=DAY, ends_on=JUNE, ref="s"),))
    answer = counts(in_force_on="2022-07-01")
    assert answer["total"]["count"] == 0
    assert (answer["meta"]["day"], answer["meta"]["filters"]) == ("2022-07-01", {"in_force_on": "2022-07-01"})
    assert counts(in_force_on="2022-05-01")["total"] == {"count": 1, "in_force_count": 1, "not_adopted_count": 0}


def test_counts_can_be_filtered_by_kind_and_target() -> None:
    measure("Freeze")
    measure("Ban", types=("travel_ban",), targets=(party("BY"),))
    assert counts(measure="travel_ban")["total"]["count"] == 1
    assert counts(target="RU,BY")["total"]["count"] == 2
    assert counts(group_by="target,programme,action,target_kind")["results"][0]["programme"] is None
