"""Saving a record as it stands leaves no trace: no number, no version, no new day of change."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from history.models import Change, Version
from pledges.drafts import DeductionDraft, ItemDraft, MoveDraft, PledgeDraft
from pledges.models import Pledge
from pledges.services import add_evidence, correct_pledge, create_pledge
from pledges.standing import standing_draft
from tests.builders import GROUNDS, NOW, draft, euros, person, rates

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=30)
LESS = (DeductionDraft(Decimal(20), "raises"), DeductionDraft(Decimal(20), "raises"), DeductionDraft(None, "home_cost"))


def full() -> Pledge:
    rates()
    wanted = draft(
        **euros("110"),
        deductions=LESS,
        items=(ItemDraft("Tents", quantity=Decimal(3), ref="tents"),),
        moves=(MoveDraft("delivery", precision="unknown", item="tents", ref="gone"),),
        evidence=(replace(GROUNDS[0], move="gone"),),
    )
    return create_pledge(wanted, now=NOW, acting_user=person())


def traces(pledge: Pledge) -> tuple[object, ...]:
    pledge.refresh_from_db()
    return Change.objects.count(), Version.objects.count(), pledge.last_seq, pledge.modified_at


def save(pledge: Pledge, wanted: PledgeDraft) -> None:
    correct_pledge(pledge.pk, wanted, now=LATER, acting_user=person())


def test_a_pledge_saved_as_it_stands_keeps_its_version_and_takes_no_number() -> None:
    pledge = full()
    before = traces(pledge)
    save(pledge, standing_draft(pledge))
    assert traces(pledge) == before


def test_deductions_that_stay_keep_their_rows() -> None:
    pledge = full()
    before = list(pledge.deductions.values_list("pk", flat=True))
    save(pledge, replace(standing_draft(pledge), title="Another title"))
    assert list(pledge.deductions.values_list("pk", flat=True)) == before


def test_deductions_without_ids_are_known_by_what_they_say() -> None:
    pledge = full()
    before = traces(pledge)
    save(pledge, replace(standing_draft(pledge), deductions=LESS))
    assert traces(pledge) == before


def test_one_of_two_deductions_that_say_the_same_can_go() -> None:
    pledge = full()
    save(pledge, replace(standing_draft(pledge), deductions=LESS[1:]))
    assert sorted(str(one.amount) for one in pledge.deductions.all()) == ["20.0000", "None"]


def test_a_deduction_is_corrected_in_its_row() -> None:
    pledge = full()
    first, *others = standing_draft(pledge).deductions
    wanted = replace(standing_draft(pledge), deductions=(replace(first, amount=Decimal(30)), *others))
    save(pledge, wanted)
    assert pledge.deductions.filter(pk=first.id or 0, amount=Decimal(30)).exists()
    assert pledge.deductions.count() == 3


def test_evidence_that_is_there_already_changes_nothing_of_the_record() -> None:
    pledge = full()
    _, versions, last_seq, modified_at = traces(pledge)
    add_evidence(pledge.pk, GROUNDS[0], now=LATER, acting_user=person())
    assert traces(pledge)[1:] == (versions, last_seq, modified_at)
