"""What was changed after publication: as it was and as it is, with the public reason, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from pledges.drafts import DeductionDraft, EvidenceDraft, MoveDraft
from pledges.services import add_evidence, convert_waiting, correct_pledge, merge_pledge, withdraw_pledge
from sanctions.drafts import StepDraft
from sanctions.services import correct_measure
from tests.api.making import get, listing, measure, measure_draft, take_in, unpublished
from tests.builders import DAY, NOW, draft, euros, party, person, published, rates

pytestmark = pytest.mark.django_db


def told(**query: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = get("corrections/", **query)["results"]
    return rows


def fields(row: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    return {one["field"]: (one["before"], one["after"]) for one in row["changes"]}


def test_a_corrected_amount_is_told_as_it_was_and_as_it_is() -> None:
    rates()
    made = published("Money", **euros("110000000"))
    correct_pledge(made.pk, draft("Money", **euros("100000000.5")), now=NOW, acting_user=person(), why="A slip")
    (row,) = told()
    assert (row["id"], row["kind"], row["happened"], row["title"]) == (made.public_id, "pledge", "modified", "Money")
    assert (row["reason"], row["figures_moved"]) == (None, True)
    assert fields(row) == {
        "amount.stated": ("110000000.00", "100000000.50"),
        "value.low": ("110000000.00", "100000000.50"),
        "value.central": ("110000000.00", "100000000.50"),
        "value.high": ("110000000.00", "100000000.50"),
        "eur.low": ("110000000.00", "100000000.50"),
        "eur.central": ("110000000.00", "100000000.50"),
        "eur.high": ("110000000.00", "100000000.50"),
        "usd.low": ("123376000.00", "112160000.56"),
        "usd.central": ("123376000.00", "112160000.56"),
        "usd.high": ("123376000.00", "112160000.56"),
    }


def test_a_new_publication_is_no_correction() -> None:
    published("Money", **euros("5"))
    measure("Ban")
    assert told() == []


def test_words_and_parties_are_told_by_what_the_public_knows_them_by() -> None:
    made = published("Money", donors=("IT",), type="financial")
    better = draft("Money and goods", donors=("IT", "ES"), type="mixed", channel_id=party("WFP"))
    correct_pledge(made.pk, better, now=NOW, acting_user=person())
    (row,) = told()
    found = fields(row)
    assert row["figures_moved"] is False
    assert found["title"] == ("Money", "Money and goods")
    assert found["type"] == ("financial", "mixed")
    assert found["channel"] == (None, "WFP")
    assert [[one["party"] for one in side] for side in found["donors"]] == [["IT"], ["IT", "ES"]]


def test_deductions_and_moves_are_told_as_they_are_in_the_record() -> None:
    made = published("Money", **euros("50"))
    better = draft(
        "Money", **euros("50"), deductions=(DeductionDraft(amount=euros("10")["stated"], reason="raises"),),
        moves=(MoveDraft("delivery", day=DAY),),
    )  # fmt: skip
    correct_pledge(made.pk, better, now=NOW, acting_user=person())
    found = fields(told()[0])
    assert found["deductions"] == ([], [{"amount": "10.00", "reason": "raises", "note": None}])
    assert found["moves"][1][0]["stage"] == "delivery"
    assert found["stage"] == ("pledge", "delivery")
    assert found["delivered.eur"] == ("0.00", "40.00")


def test_private_notes_reasons_of_staff_and_links_to_drafts_do_not_leave() -> None:
    made, hidden = published("Money"), unpublished("Hidden")
    noted = draft("Money", private_note="for staff", package_id=hidden.pk)
    correct_pledge(made.pk, noted, now=NOW, acting_user=person("somebody"), why="between us")
    assert told() == []


def test_of_evidence_only_the_number_of_pieces_is_told() -> None:
    made = published("Money")
    more = EvidenceDraft(url="https://example.org/more", quote="They said it again.")
    add_evidence(made.pk, more, now=NOW, acting_user=person())
    (row,) = told()
    assert fields(row) == {"evidence_count": (1, 2)}
    assert row["reason"] == "Evidence was added or taken back."


def test_a_withdrawn_record_is_told_with_its_reason_and_without_its_words() -> None:
    rates()
    made = published("Wrong words", **euros("5"))
    correct_pledge(made.pk, draft("Other words", **euros("6")), now=NOW, acting_user=person())
    withdraw_pledge(made.pk, reason="It was never promised.", now=NOW, acting_user=person())
    gone, corrected = told()
    assert (gone["happened"], gone["reason"], gone["changes"]) == ("withdrawn", "It was never promised.", [])
    assert gone["figures_moved"] is True
    assert fields(corrected)["amount.stated"] == ("5.00", "6.00")
    assert "words" not in str([gone, corrected])


def test_a_merged_record_names_the_other_one() -> None:
    one, other = published("One"), published("Same")
    merge_pledge(other.pk, into_id=one.pk, now=NOW, acting_user=person())
    row = next(row for row in told() if row["happened"] == "merged")
    assert (row["id"], row["merged_into"]) == (other.public_id, one.public_id)


def test_a_value_that_got_its_rate_says_so() -> None:
    made = published("Money", **{**euros("5"), "currency": "SEK"})
    rates(SEK="10")
    convert_waiting(now=NOW, job="a test")
    (row,) = told()
    assert (row["id"], row["reason"]) == (made.public_id, "An exchange rate was added.")
    assert fields(row)["eur.central"] == (None, "0.50")
    assert fields(row)["conversion.per_euro"] == (None, "10")


def test_a_corrected_measure_and_an_ended_designation_are_told() -> None:
    ban = measure("Ban")
    two_steps = (StepDraft(adopted_on=DAY, ref="s"), StepDraft(step="lift", adopted_on=NOW.date()))
    correct_measure(ban.pk, measure_draft("Ban", steps=two_steps), now=NOW, acting_user=person())
    take_in(listing("1"), listing("2", "Goes"))
    take_in(listing("1"), day=NOW.date())
    ended, lifted = told()
    assert (ended["kind"], ended["title"], ended["reason"]) == (
        "designation", "Goes", "A later issue of the list says so.",
    )  # fmt: skip
    assert fields(ended)["ended_on"] == (None, "2022-03-10")
    assert fields(lifted)["last_action"] == ("imposed", "lifted")
    assert told(kind="designation") == [ended]


def test_pages_lead_from_the_latest_correction_to_the_first() -> None:
    made = published("Money", **euros("1"))
    for amount in ("2", "3", "4"):
        correct_pledge(made.pk, draft("Money", **euros(amount)), now=NOW, acting_user=person())
    page, seen = get("corrections/", page_size="2"), []
    while True:
        seen += [fields(row)["amount.stated"][1] for row in page["results"]]
        if page["next"] is None:
            break
        page = get(page["next"].removeprefix("http://testserver/api/v1/"))
    assert seen == ["4.00", "3.00", "2.00"]


def test_those_that_moved_a_figure_can_be_asked_for() -> None:
    rates()
    made = published("Money", **euros("1"))
    plan = draft("Money", **euros("2"))
    correct_pledge(made.pk, plan, now=NOW, acting_user=person())
    correct_pledge(made.pk, replace(plan, title="More money"), now=NOW, acting_user=person())
    assert ["amount.stated" in fields(row) for row in told(figures_moved="true")] == [True]
    assert [list(fields(row)) for row in told(figures_moved="false")] == [["title"]]
