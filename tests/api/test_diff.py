"""Why a total moved: every pledge with one reason, and parts that sum to the difference to the cent."""

from __future__ import annotations

import random
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from history.models import Change, ChangeCounter
from history.selectors import last_seq
from pledges import diffing
from pledges.diffing import Reason, moved
from pledges.services import correct_pledge, merge_pledge, withdraw_pledge
from pledges.totals import Filters, Question, totals
from tests.api.making import get
from tests.builders import NOW, draft, euros, party, person, published, rates
from tests.pledges.summing.test_cells import RECIPIENTS, change_one, random_filters

pytestmark = pytest.mark.django_db
SINCE: dict[str, Any] = {"from": (NOW - timedelta(days=1)).isoformat()}
LATER = NOW + timedelta(days=2)


def reasons(first: int, **filters: Any) -> list[tuple[Reason, int]]:
    question = Question("EUR", Filters(**filters), "tracker")
    return [(one.reason, one.change.central) for one in moved(question, first=first, last=last_seq())]


def test_a_new_pledge_is_new() -> None:
    first = last_seq()
    published(**euros("100"))
    assert reasons(first) == [(Reason.NEW, 10_000)]


def test_a_corrected_amount_is_a_correction() -> None:
    pledge = published(**euros("100"))
    first = last_seq()
    correct_pledge(pledge.pk, draft(**euros("70")), now=LATER, acting_user=person())
    assert reasons(first) == [(Reason.CORRECTED, -3_000)]


def test_a_withdrawn_and_a_merged_pledge_are_told_apart() -> None:
    gone, same, other = (published(**euros(amount)) for amount in ("100", "70", "5"))
    first = last_seq()
    withdraw_pledge(gone.pk, reason="Never promised.", now=LATER, acting_user=person())
    merge_pledge(same.pk, into_id=other.pk, now=LATER, acting_user=person())
    assert reasons(first) == [(Reason.WITHDRAWN, -10_000), (Reason.MERGED, -7_000)]


def test_a_pledge_that_is_of_another_type_by_now_moved_out_of_one_question_and_into_another() -> None:
    pledge = published(**euros("100"), type="military")
    first = last_seq()
    correct_pledge(pledge.pk, draft(**euros("100"), type="financial"), now=LATER, acting_user=person())
    assert reasons(first, type=("military",)) == [(Reason.MOVED_OUT, -10_000)]
    assert reasons(first, type=("financial",)) == [(Reason.MOVED_IN, 10_000)]
    assert reasons(first) == []


def test_a_package_whose_part_was_told_is_itself_unchanged() -> None:
    package = published("Package", **euros("100"))
    first = last_seq()
    published("Part", **euros("30"), package_id=package.pk)
    assert reasons(first) == [(Reason.COUNTING, -3_000), (Reason.NEW, 3_000)]


def test_a_joint_pledge_of_which_one_share_moved_is_counted_before_and_after() -> None:
    pledge = published(donors=("IT", "ES"), **euros("100"))
    first = last_seq()
    correct_pledge(pledge.pk, draft(donors=("IT", "SE"), **euros("110")), now=LATER, acting_user=person())
    (one,) = moved(Question("EUR", Filters(), "tracker"), first=first, last=last_seq())
    assert (one.reason, one.count, one.change.central) == (Reason.CORRECTED, 0, 1_000)


@pytest.mark.parametrize("seed", [1, 2])
def test_the_parts_sum_to_the_difference_of_the_totals(seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311 - a reproducible run, nothing secret
    for code in (*RECIPIENTS, "IT", "ES", "SE", "NO"):
        party(code)
    rates(SEK="10.6")
    seqs = [0]
    for _ in range(40):
        try:
            change_one(dice)
        except ValidationError:
            continue
        seqs.append(last_seq())
    for _ in range(20):
        first, last = sorted(dice.sample(seqs, 2))
        currency, filters = dice.choice(["EUR", "USD", "SEK"]), random_filters(dice)
        question = Question(currency, filters, "tracker")
        old, new = (totals(currency=currency, filters=filters, as_of=seq).total for seq in (first, last))
        moves = moved(question, first=first, last=last)
        for bound in ("low", "central", "high"):
            assert sum(getattr(one.change, bound) for one in moves) == getattr(new, bound) - getattr(old, bound)
        assert sum(one.count for one in moves) == new.count - old.count


def test_the_answer_tells_both_totals_and_what_lies_between() -> None:
    pledge = published("First", **euros("100"))
    Change.objects.update(at=NOW - timedelta(days=2))
    ChangeCounter.objects.update(last_at=NOW - timedelta(days=2))
    correct_pledge(pledge.pk, draft("First", **euros("70")), now=NOW, acting_user=person())
    published("Second", **euros("5"))
    answer = get("totals/diff/", **SINCE)
    assert (answer["before"]["central"], answer["after"]["central"]) == ("100.00", "75.00")
    assert answer["change"] == {"count": 1, "low": "-25.00", "central": "-25.00", "high": "-25.00"}
    assert [(one["reason"], one["change"]["central"]) for one in answer["by_reason"]] == [
        ("new", "5.00"), ("corrected", "-30.00"),
    ]  # fmt: skip
    assert sum(Decimal(one["change"]["central"]) for one in answer["results"]) == Decimal("-25.00")
    assert get("totals/diff/", **SINCE, page_size="1")["count"] == 2


def test_a_withdrawn_record_is_told_without_its_title() -> None:
    pledge = published("Secret by now", **euros("100"))
    Change.objects.update(at=NOW - timedelta(days=2))
    withdraw_pledge(pledge.pk, reason="Never promised.", now=NOW, acting_user=person())
    assert [one["title"] for one in get("totals/diff/", **SINCE)["results"]] == [None]


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"from": "tomorrow"},
        {"from": "2022-03-01", "until": "2022-02-01"},
        {"from": "2022-02-01", "as_of": "2022-02-02"},
        {"from": "2022-02-01", "group_by": "donor"},
    ],
)
def test_a_question_that_cannot_be_answered_is_refused(query: dict[str, str]) -> None:
    get("totals/diff/", status=400, **query)


def test_too_many_pledges_are_refused_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diffing, "MOST_PLEDGES", 1)
    for _ in range(2):
        published(**euros("1"))
    problem = get("totals/diff/", **SINCE, status=400)
    assert "narrower question" in problem["detail"]
