"""Lists, forms and history pages take as many queries with fifty rows as with two."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from pledges.drafts import ItemDraft
from pledges.models import Price, RunningTotalClaim
from pledges.pricing import PriceDraft, enter_price
from pledges.services import create_pledge
from reference.models import Membership, Party, PartyFigure
from reference.services import tracker_dataset
from sanctions.designating import DesignationEntry, create_designation
from sanctions.models import LegalAct, Programme, Round, Target, TargetIdentifier, TargetName
from tests.admin_pages import client_of
from tests.builders import NOW, draft, party, person

pytestmark = pytest.mark.django_db


def programme(number: int) -> Programme:
    made = Programme.objects.create(
        key=f"p{number}", dataset=tracker_dataset(), name=f"Regime {number}", issuer_id=party(f"I{number}")
    )
    made.targets.add(party(f"T{number}"))
    LegalAct.objects.create(programme=made, title=f"Act {number}")
    return made


def designation(number: int) -> None:
    one = Target.objects.create(public_id=f"T{number}", kind="Company", name=f"Bank {number}")
    regime = programme(number)
    act = regime.legal_acts.get()
    entry = DesignationEntry(target_id=one.pk, programme_id=regime.pk, act_id=act.pk)
    create_designation(entry, now=NOW, acting_user=person())


def price(number: int) -> Price:
    older = enter_price(PriceDraft(f"Tent {number}", Decimal(5), "EUR", "A list"), now=NOW, acting_user=person())
    items = (ItemDraft("Tents", quantity=Decimal(3), price_id=older.pk),)
    create_pledge(draft(f"Tents {number}", items=items), now=NOW, acting_user=person())
    newer = PriceDraft(f"Tent {number}", Decimal(6), "EUR", "A list", replaces_id=older.pk)
    return enter_price(newer, now=NOW, acting_user=person())


def claim(number: int) -> None:
    RunningTotalClaim.objects.create(
        donor_id=party(f"D{number}"), recipient_id=party(f"R{number}"), amount=Decimal(5), currency="EUR",
        day=date(2022, 3, 1), quote="In all.",
    )  # fmt: skip


def figure(number: int) -> None:
    PartyFigure.objects.create(party_id=party(f"F{number}"), measure="gdp", year=2021, value=5, source="A table")


LISTS: dict[str, Callable[[int], Any]] = {
    "sanctions/programme": programme,
    "sanctions/legalact": programme,
    "sanctions/round": lambda number: Round.objects.create(name=f"Round {number}", issuer_id=party(f"I{number}")),
    "sanctions/designation": designation,
    "sanctions/target": designation,
    "pledges/price": price,
    "pledges/runningtotalclaim": claim,
    "reference/partyfigure": figure,
}


def queries(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


@pytest.fixture
def desk() -> Client:
    client = client_of(everything=True)
    client.get("/admin/")
    return client


@pytest.mark.parametrize("path", LISTS)
def test_a_list_of_fifty_takes_as_many_queries_as_a_list_of_two(desk: Client, path: str) -> None:
    for number in range(2):
        LISTS[path](number)
    few = queries(desk, f"/admin/{path}/")
    for number in range(2, 50):
        LISTS[path](number)
    assert queries(desk, f"/admin/{path}/") <= few


def test_a_programme_with_fifty_acts_and_targets_takes_as_many_queries_as_one_with_two(desk: Client) -> None:
    one = programme(0)

    def fill(numbers: range) -> None:
        for number in numbers:
            LegalAct.objects.create(programme=one, title=f"Act {number}")
            one.targets.add(party(f"X{number}"))

    fill(range(2))
    few = queries(desk, f"/admin/sanctions/programme/{one.pk}/change/")
    fill(range(2, 50))
    assert queries(desk, f"/admin/sanctions/programme/{one.pk}/change/") <= few


def test_a_target_with_fifty_names_and_numbers_takes_as_many_queries_as_one_with_two(desk: Client) -> None:
    one = Target.objects.create(public_id="T1", kind="Company", name="Bank")

    def fill(numbers: range) -> None:
        for number in numbers:
            TargetName.objects.create(target=one, name=f"Name {number}")
            TargetIdentifier.objects.create(target=one, kind="tax", value=f"{number}", country_id=party(f"C{number}"))

    fill(range(2))
    few = queries(desk, f"/admin/sanctions/target/{one.pk}/change/")
    fill(range(2, 50))
    assert queries(desk, f"/admin/sanctions/target/{one.pk}/change/") <= few


def test_a_party_in_fifty_groups_takes_as_many_queries_as_one_in_two(desk: Client) -> None:
    one = Party.objects.get(pk=party("IT"))

    def fill(numbers: range) -> None:
        for number in numbers:
            Membership.objects.create(member=one, group_id=party(f"G{number}"), since=date(2000, 1, 1))

    fill(range(2))
    few = queries(desk, f"/admin/reference/party/{one.pk}/change/")
    fill(range(2, 50))
    assert queries(desk, f"/admin/reference/party/{one.pk}/change/") <= few
