"""A merge that corrects the amount of its record, and the way back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from extraction.contract import Amount
from ingestion.models import Candidate, CandidateState
from pledges.models import Pledge
from pledges.services import correct_pledge
from pledges.standing import standing_draft
from review import services
from tests.builders import euros, published, rates
from tests.review import making
from tests.review.making import NOW

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)
MAY = ("review.add_decision", "pledges.change_pledge")
TOLD = replace(making.ITALY, amount=Amount(Decimal(120_000_000), "EUR", qualifier="about"))


@pytest.fixture(autouse=True)
def static_folder(settings: Settings) -> None:
    """The folder whose absence the static files' middleware warns of."""
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)


@pytest.fixture
def rita() -> User:
    """Who may decide and correct."""
    return making.user(permissions=MAY)


@pytest.fixture
def known() -> Pledge:
    """Recorded with EUR 110 million."""
    rates(making.DAY)
    day = {"announced_earliest": making.DAY, "announced_latest": making.DAY}
    return published("Known", **euros("110000000"), **day, public_note="By transfer")


def amount(pledge: Pledge) -> tuple[Decimal | None, str, str]:
    pledge.refresh_from_db()
    return pledge.stated, pledge.currency, pledge.qualifier


def test_a_merge_corrects_the_amount_and_nothing_else(known: Pledge, rita: User) -> None:
    candidate = making.one(TOLD)
    services.merge(candidate.pk, record=known, acting_user=rita, now=NOW, with_amount=True)
    assert amount(known) == (Decimal(120_000_000), "EUR", "about")
    assert (known.eur_central, known.public_note, known.evidence.count()) == (12_000_000_000, "By transfer", 2)


def test_without_being_asked_for_the_amount_stays(known: Pledge, rita: User) -> None:
    services.merge(making.one(TOLD).pk, record=known, acting_user=rita, now=NOW)
    assert amount(known) == (Decimal(110_000_000), "EUR", "exact")


def test_undo_puts_the_amount_back(known: Pledge, rita: User) -> None:
    merged = services.merge(making.one(TOLD).pk, record=known, acting_user=rita, now=NOW, with_amount=True)
    services.undo(merged.decision.pk, acting_user=rita, now=LATER)
    assert amount(known) == (Decimal(110_000_000), "EUR", "exact")
    assert known.evidence.count() == 1


def test_undo_leaves_an_amount_that_somebody_has_changed_since(known: Pledge, rita: User) -> None:
    merged = services.merge(making.one(TOLD).pk, record=known, acting_user=rita, now=NOW, with_amount=True)
    known.refresh_from_db()
    changed = replace(standing_draft(known), stated=Decimal(130_000_000))
    correct_pledge(known.pk, changed, now=NOW, acting_user=rita)
    services.undo(merged.decision.pk, acting_user=rita, now=LATER)
    assert amount(known) == (Decimal(130_000_000), "EUR", "about")
    assert known.evidence.count() == 1


def test_who_may_not_correct_records_merges_without_the_amount_only(known: Pledge, rita: User) -> None:
    sam, candidate = making.user("sam"), making.one(TOLD)
    with pytest.raises(PermissionDenied, match="Merge it without the amount"):
        services.merge(candidate.pk, record=known, acting_user=sam, now=NOW, with_amount=True)
    candidate.refresh_from_db()
    assert candidate.state == CandidateState.PENDING
    merged = services.merge(candidate.pk, record=known, acting_user=rita, now=NOW, with_amount=True)
    with pytest.raises(PermissionDenied, match="Only who may correct records"):
        services.undo(merged.decision.pk, acting_user=sam, now=LATER)


def test_a_candidate_without_an_amount_corrects_none(known: Pledge, rita: User) -> None:
    candidate = making.one(replace(making.ITALY, amount=None))
    with pytest.raises(ValidationError, match="states no amount"):
        services.merge(candidate.pk, record=known, acting_user=rita, now=NOW, with_amount=True)
    assert amount(known)[0] == Decimal(110_000_000)


# --- on the screen ----------------------------------------------------------------------------------------------------
def page(client: Client, candidate: Candidate, user: User) -> Any:
    client.force_login(user)
    return client.get(reverse("admin:review_deskcandidate_change", args=[candidate.pk]))


def test_the_page_offers_it_to_those_who_may_where_the_record_states_another_amount(
    client: Client, known: Pledge, rita: User
) -> None:
    candidate = making.one(replace(TOLD, amount=Amount(Decimal(112_000_000), "EUR")))
    assert "also correct its amount to EUR 112 million" in page(client, candidate, rita).content.decode()
    assert "also correct" not in page(client, candidate, making.user("sam")).content.decode()
    assert "also correct" not in page(client, making.one(), rita).content.decode(), "it states the same already"


def test_the_page_corrects_it(client: Client, known: Pledge, rita: User) -> None:
    candidate = making.one(TOLD)
    address = reverse("admin:review_deskcandidate_change", args=[candidate.pk])
    client.force_login(rita)
    client.post(address, {"decision": "merge", "public_id": known.public_id, "with_amount": "on"})
    assert amount(known) == (Decimal(120_000_000), "EUR", "about")


@pytest.mark.parametrize(("stage", "preset"), [("delivery", True), ("pledge", False)])
def test_a_further_step_of_the_first_record_is_ticked_to_be_added(
    client: Client, known: Pledge, rita: User, stage: Any, preset: bool
) -> None:
    candidate = making.one(replace(making.ITALY, stage=stage))
    context: Any = page(client, candidate, rita).context
    assert [one.record for one in context["matches"]] == [known]
    assert context["with_move"] is preset
