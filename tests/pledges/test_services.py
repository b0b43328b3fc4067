"""Entering, correcting, publishing, withdrawing and merging pledges."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from history.models import Change, Version
from pledges.checks import warnings_of
from pledges.drafts import DeductionDraft, EvidenceDraft, ItemDraft, MoveDraft, PledgeDraft, ShareDraft
from pledges.models import Pledge
from pledges.services import (
    add_evidence,
    convert_waiting,
    correct_pledge,
    create_pledge,
    merge_pledge,
    publish_pledge,
    withdraw_pledge,
)
from reference.services import DayRate, enter_rate, load_rates
from tests.builders import DAY, GROUNDS, NOW, draft, euros, party, person, published, rates

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _rates(db: None) -> None:
    rates(SEK="10.6")


def create(wanted: PledgeDraft) -> Pledge:
    return create_pledge(wanted, now=NOW, acting_user=person())


def refusal(wanted: PledgeDraft) -> dict[str, list[str]]:
    with pytest.raises(ValidationError) as refused:
        create(wanted)
    found: dict[str, list[str]] = refused.value.message_dict
    return found


def test_a_value_is_computed_and_frozen_with_its_rate() -> None:
    made = create(draft(**euros("110000000")))
    assert (made.eur_central, made.usd_central) == (11_000_000_000, 12_337_600_000)
    assert (made.rate_day, made.rate_usd_per_euro, made.rate_basis) == (DAY, Decimal("1.1216"), "announcement")


def test_a_stated_amount_keeps_every_digit_on_every_database() -> None:
    made = create(draft(stated=Decimal("12345678901234567.89"), currency="UAH"))
    assert Pledge.objects.get(pk=made.pk).stated == Decimal("12345678901234567.89")


def test_an_undated_pledge_takes_the_rate_of_its_first_evidence_and_says_so() -> None:
    made = create(
        draft(
            stated=Decimal(106),
            currency="SEK",
            announced_earliest=None,
            announced_latest=None,
            announced_precision="unknown",
        )
    )
    assert (made.eur_central, made.rate_basis) == (1000, "evidence")


def test_a_future_announcement_takes_the_rate_of_today() -> None:
    future = NOW.date() + timedelta(days=30)
    load_rates([DayRate("USD", NOW.date(), Decimal(1)), DayRate("SEK", NOW.date(), Decimal(10))], now=NOW)
    made = create(draft(stated=Decimal(100), currency="SEK", announced_earliest=future, announced_latest=future))
    assert (made.eur_central, made.rate_for) == (1000, NOW.date())


def test_a_frozen_value_does_not_move_when_the_rate_is_corrected_later() -> None:
    made = create(draft(stated=Decimal(106), currency="SEK"))
    load_rates([DayRate("SEK", DAY, Decimal(12))], now=NOW)
    again = correct_pledge(
        made.pk, draft("Another title", stated=Decimal(106), currency="SEK"), now=NOW, acting_user=person()
    )
    assert again.eur_central == 1000


def test_a_corrected_amount_makes_a_new_frozen_value_and_the_old_stays_in_history() -> None:
    made = create(draft(**euros("100")))
    correct_pledge(made.pk, draft(**euros("120")), now=NOW, acting_user=person(), why="The decree says 120.")
    states = Version.objects.filter(kind="pledge", object_id=made.pk).order_by("since_id")
    assert [version.state["eur_central"] for version in states] == [10_000, 12_000]
    assert states[1].since.why == "The decree says 120."


def test_a_rate_that_staff_enter_converts_what_waited_for_it() -> None:
    made = create(draft(stated=Decimal(331), currency="UAH"))
    assert made.eur_central is None
    enter_rate(currency="UAH", day=DAY, per_euro=Decimal("33.1"), source="Bank", acting_user=person(), now=NOW)
    assert convert_waiting(now=NOW, job="test") == 1
    assert Pledge.objects.get(pk=made.pk).eur_central == 1000
    assert convert_waiting(now=NOW, job="test") == 0


def test_a_pledge_needs_evidence_before_it_is_published() -> None:
    made = create(replace(draft(), evidence=()))
    with pytest.raises(ValidationError, match="needs evidence"):
        publish_pledge(made.pk, now=NOW, acting_user=person())
    assert Pledge.objects.get(pk=made.pk).state == "draft"


def test_publishing_twice_is_one_change() -> None:
    made = published()
    before = Change.objects.count()
    publish_pledge(made.pk, now=NOW, acting_user=person())
    assert Pledge.objects.get(pk=made.pk).last_seq <= before


def test_the_evidence_of_a_published_pledge_cannot_be_taken_away() -> None:
    made = published()
    with pytest.raises(ValidationError, match="needs evidence"):
        correct_pledge(made.pk, replace(draft(), evidence=()), now=NOW, acting_user=person())
    assert made.evidence.count() == 1


def test_a_withdrawal_needs_a_reason_for_the_public() -> None:
    made = published()
    with pytest.raises(ValidationError, match="the public is told"):
        withdraw_pledge(made.pk, reason="  ", now=NOW, acting_user=person())


def test_the_second_of_two_editors_is_told_who_was_quicker() -> None:
    made = create(draft(**euros("100")))
    correct_pledge(made.pk, draft(**euros("110"), based_on=made.last_seq), now=NOW, acting_user=person("first"))
    with pytest.raises(ValidationError, match="first changed this pledge"):
        correct_pledge(made.pk, draft(**euros("120"), based_on=made.last_seq), now=NOW, acting_user=person("second"))
    assert Pledge.objects.get(pk=made.pk).stated == 110


def test_a_correction_keeps_the_rows_that_it_names() -> None:
    made = create(draft(items=(ItemDraft(name="tanks", ref="a"),), moves=(MoveDraft("delivery", DAY, item="a"),)))
    item = made.items.get()
    correct_pledge(
        made.pk,
        draft(items=(ItemDraft(name="14 tanks", id=item.pk, ref="a"), ItemDraft(name="shells"))),
        now=NOW,
        acting_user=person(),
    )
    assert made.items.get(pk=item.pk).name == "14 tanks"
    assert made.items.count() == 2
    assert made.moves.count() == 0


def test_the_same_evidence_is_kept_once() -> None:
    made = create(draft())
    add_evidence(made.pk, GROUNDS[0], now=NOW, acting_user=person())
    assert made.evidence.count() == 1


def test_evidence_of_a_delivery_brings_its_move_along() -> None:
    made = create(draft(**euros("100")))
    add_evidence(
        made.pk,
        EvidenceDraft(url="https://example.org/later", quote="It arrived."),
        move=MoveDraft("delivery", date(2022, 4, 1)),
        now=NOW,
        acting_user=person(),
    )
    made.refresh_from_db()
    assert (made.stage, made.delivered_eur) == ("delivery", 10_000)
    move = made.moves.get()
    assert move.evidence.get().quote == "It arrived."


def test_a_merged_pledge_names_its_successor_and_cannot_be_corrected() -> None:
    kept, double = published(), published()
    merge_pledge(double.pk, into_id=kept.pk, now=NOW, acting_user=person())
    double.refresh_from_db()
    assert (double.state, double.merged_into) == ("merged", kept)
    with pytest.raises(ValidationError, match="can no longer be corrected"):
        correct_pledge(double.pk, draft(), now=NOW, acting_user=person())


def test_a_pledge_cannot_be_merged_into_itself() -> None:
    made = published()
    with pytest.raises(ValidationError, match="cannot be merged"):
        merge_pledge(made.pk, into_id=made.pk, now=NOW, acting_user=person())


def test_a_package_cannot_be_part_of_its_own_part() -> None:
    package = create(draft("package"))
    part = create(draft("part", package_id=package.pk))
    with pytest.raises(ValidationError, match="round in a circle"):
        correct_pledge(package.pk, draft("package", package_id=part.pk), now=NOW, acting_user=person())


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"stated": Decimal(5), "currency": "XXZ"}, "currency", "is no currency"),
        ({"stated": Decimal(5), "currency": ""}, "currency", "needs its currency"),
        ({"stated": Decimal(0), "currency": "EUR"}, "stated", "above zero"),
        ({"stated": Decimal("NaN"), "currency": "EUR"}, "stated", "is no number"),
        ({"stated": Decimal("1.234"), "currency": "EUR"}, "stated", "has 2 decimals"),
        ({"stated": Decimal("1e20"), "currency": "EUR"}, "stated", "number of zeros"),
        ({"stated": Decimal(5), "currency": "EUR", "qualifier": "range"}, "stated_to", "upper end"),
        ({"stated_to": Decimal(5)}, "stated", "lower end"),
        ({"type": "weapons"}, "type", "Allowed: military"),
        ({"announced_latest": date(2022, 1, 1)}, "announced_latest", "lies before"),
        ({"announced_precision": "unknown"}, "announced_precision", "how exactly"),
        ({"deductions": (DeductionDraft(Decimal(5), "raises"),)}, "deductions", "no stated amount"),
        (euros("5", deductions=(DeductionDraft(Decimal(6), "raises"),)), "deductions", "more than the stated"),
        ({"items": (ItemDraft(name=""),)}, "items", "needs a name"),
        ({"items": (ItemDraft(name="x", unit_price=Decimal(1), price_currency="EUR"),)}, "items", "comes from"),
        ({"moves": (MoveDraft("sent", DAY),)}, "moves", "is no stage"),
        ({"moves": (MoveDraft("delivery", None),)}, "moves", "day of the move"),
        ({"evidence": (EvidenceDraft(url="https://example.org"),)}, "evidence", "the words that say so"),
        ({"evidence": (EvidenceDraft(url="javascript:alert(1)", quote="x"),)}, "evidence", "no web address"),
        ({"title": " "}, "title", "what is pledged"),
        ({"package_id": 999_999}, "package_id", "No pledge has the id"),
    ],
)
def test_what_cannot_be_right_is_refused_with_a_sentence(fields: dict[str, Any], field: str, words: str) -> None:
    assert words in " ".join(refusal(draft(**{"title": "A pledge", **fields}))[field])


@pytest.mark.parametrize(
    ("shares", "words"),
    [
        ([(Decimal(60), None), (Decimal(50), None)], "more than the stated"),
        ([(Decimal(60), None), (None, Decimal(1))], "not both"),
        ([(None, Decimal(1)), (None, None)], "each party needs one"),
        ([(Decimal(0), None), (None, None)], "above zero"),
    ],
)
def test_shares_that_cannot_be_right_are_refused(
    shares: list[tuple[Decimal | None, Decimal | None]], words: str
) -> None:
    donors = tuple(
        ShareDraft(party(code), amount, weight) for code, (amount, weight) in zip(("SE", "NO"), shares, strict=True)
    )
    assert words in " ".join(refusal(replace(draft(**euros("100")), donors=donors))["donors"])


def test_a_refused_pledge_leaves_nothing_behind() -> None:
    before = Change.objects.count()
    refusal(draft(title=""))
    assert not Pledge.objects.exists()
    assert Change.objects.count() == before


def test_the_same_donor_and_amount_within_a_week_is_a_warning() -> None:
    first, second = published(**euros("100")), published(**euros("100"))
    assert any(first.public_id in words for words in warnings_of(second, today=NOW.date()))


def test_more_delivered_than_pledged_is_a_warning() -> None:
    made = published(**euros("100"), moves=(MoveDraft("delivery", DAY, amount=Decimal(120)),))
    assert any("More was delivered" in words for words in warnings_of(made, today=NOW.date()))


def test_the_database_itself_refuses_an_amount_without_a_currency() -> None:
    made = create(draft(**euros("100")))
    with pytest.raises(IntegrityError):
        Pledge.objects.filter(pk=made.pk).update(currency="")


def test_the_database_itself_refuses_a_negative_amount() -> None:
    made = create(draft(**euros("100")))
    with pytest.raises(IntegrityError):
        Pledge.objects.filter(pk=made.pk).update(stated=Decimal(-1))


def test_public_ids_are_short_and_differ() -> None:
    ids = {create(draft()).public_id for _ in range(5)}
    assert len(ids) == 5
    assert all(len(one) == 9 and one.startswith("P") for one in ids)
