"""What is odd about a pledge is told and does not keep it from being saved."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from pledges.checks import warnings_of
from pledges.drafts import ItemDraft, MoveDraft, PledgeDraft
from pledges.models import Pledge
from pledges.pricing import PriceDraft, enter_price
from pledges.services import create_pledge
from tests.admin_pages import client_of, text_of
from tests.builders import NOW, draft, euros, person, rates

pytestmark = pytest.mark.django_db
EARLY: dict[str, Any] = {"announced_earliest": date(2022, 2, 1), "announced_latest": date(2022, 2, 1)}


@pytest.fixture(autouse=True)
def _beginning(settings: Any) -> None:
    settings.EARLIEST_AID = {"UA": date(2022, 2, 24), "MD": date(2022, 1, 1)}
    rates()


def entered(wanted: PledgeDraft | None = None, **fields: Any) -> Pledge:
    return create_pledge(wanted or draft(**fields), now=NOW, acting_user=person())


def warned(pledge: Pledge) -> str:
    return " ".join(warnings_of(pledge, today=NOW.date()))


def test_a_usual_pledge_draws_no_warning() -> None:
    assert warned(entered(**euros("5"))) == ""


def test_one_announced_before_the_recipients_first_day_is_told() -> None:
    assert "before 2022-02-24, from which on aid is recorded" in warned(entered(**EARLY))


def test_the_first_day_is_that_of_the_recipient() -> None:
    assert warned(entered(to=("MD",), **EARLY)) == ""
    assert warned(entered(to=("PL",), **EARLY)) == ""


def test_a_commitment_before_the_first_day_is_told() -> None:
    told = warned(entered(moves=(MoveDraft("commitment", date(2022, 2, 1)),)))
    assert "“Committed” is dated 2022-02-01, before 2022-02-24" in told


def test_no_first_day_no_warning(settings: Any) -> None:
    settings.EARLIEST_AID = {}
    assert warned(entered(**EARLY)) == ""


def test_more_delivered_than_pledged_is_told_in_words() -> None:
    moves = (MoveDraft("delivery", date(2022, 3, 1), amount=Decimal(7_000_000)),)
    assert "More was delivered (7 million) than counts as pledged (5 million)." in warned(
        entered(**euros("5000000"), moves=moves)
    )


def test_an_item_valued_by_a_price_that_was_replaced_is_told() -> None:
    said: dict[str, Any] = {"item": "Tent", "currency": "EUR", "source": "A list"}
    old = enter_price(PriceDraft(amount=Decimal(5), **said), now=NOW, acting_user=person())
    pledge = entered(items=(ItemDraft("Tents", quantity=Decimal(3), price_id=old.pk),))
    assert warned(pledge) == ""
    enter_price(PriceDraft(amount=Decimal(6), **said, replaces_id=old.pk), now=NOW, acting_user=person())
    assert "Tents is valued by a price that was replaced since" in warned(pledge)


def test_the_page_of_a_record_shows_what_is_odd() -> None:
    pledge = entered(**EARLY)
    desk: Client = client_of(everything=True)
    assert "from which on aid is recorded" in text_of(desk.get(f"/admin/pledges/pledge/{pledge.pk}/change/"))
