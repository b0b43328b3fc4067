"""The price list: entered, replaced, never changed; and what was valued by a price keeps its value."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from pledges.drafts import ItemDraft
from pledges.models import Pledge, Price
from pledges.pricing import PriceDraft, enter_price
from pledges.services import correct_pledge, create_pledge
from pledges.standing import standing_draft
from tests.admin_pages import client_of, errors_of, fields_of, text_of
from tests.builders import NOW, draft, person, rates

pytestmark = pytest.mark.django_db
LIST = "/admin/pledges/price/"


@pytest.fixture
def desk() -> Client:
    return client_of(everything=True)


def tank(amount: str = "3500000", **fields: Any) -> Price:
    said = {"item": "Leopard 2A4", "currency": "EUR", "source": "A budget, https://example.org", **fields}
    return enter_price(PriceDraft(amount=Decimal(amount), **said), now=NOW, acting_user=person())


def two_tanks(price: Price) -> Pledge:
    rates()
    items = (ItemDraft("Leopard 2A4", quantity=Decimal(2), price_id=price.pk),)
    return create_pledge(draft(items=items), now=NOW, acting_user=person())


def test_a_price_is_entered_as_people_write_it(desk: Client) -> None:
    data = {"item": "Leopard 2A4", "unit": "piece", "amount": "3.5m", "currency": "eur", "source": "A budget"}
    page = desk.post(f"{LIST}add/", data, follow=True)
    assert page.redirect_chain, errors_of(page)
    price = Price.objects.get()
    assert (price.amount, price.currency) == (Decimal(3_500_000), "EUR")
    assert "3.5 million EUR" in text_of(desk.get(LIST))


def test_a_price_that_stands_cannot_be_changed_or_deleted(desk: Client) -> None:
    price = tank()
    assert desk.post(f"{LIST}{price.pk}/change/", {"amount": "1"}).status_code == 403
    assert desk.get(f"{LIST}{price.pk}/delete/").status_code == 403


def test_replacing_begins_with_what_stays_the_same(desk: Client) -> None:
    price = tank()
    shown = desk.get(f"{LIST}{price.pk}/change/")
    assert f"?replaces={price.pk}" in shown.content.decode()
    data = fields_of(desk.get(f"{LIST}add/?replaces={price.pk}"))
    assert (data["item"], data["currency"], data["replaces"]) == ("Leopard 2A4", "EUR", price.pk)
    desk.post(f"{LIST}add/", data | {"amount": "4m", "source": "A newer budget"})
    assert Price.objects.get(replaces=price).amount == Decimal(4_000_000)


def test_a_newer_price_moves_no_pledge_that_rests_on_the_older_one() -> None:
    price = tank()
    pledge = two_tanks(price)
    worth = pledge.eur_central
    tank("4000000", replaces_id=price.pk)
    again = correct_pledge(pledge.pk, standing_draft(pledge), now=NOW, acting_user=person())
    assert (worth, again.eur_central) == (700_000_000, 700_000_000)


def test_a_choice_for_an_item_offers_only_what_is_on_the_list(desk: Client) -> None:
    newer = tank("4000000", replaces_id=tank().pk)
    asked = {"app_label": "pledges", "model_name": "item", "field_name": "price", "term": "leopard"}
    assert [one["id"] for one in desk.get("/admin/autocomplete/", asked).json()["results"]] == [str(newer.pk)]


def test_a_price_page_names_the_pledges_that_rest_on_it(desk: Client) -> None:
    price = tank()
    pledge = two_tanks(price)
    assert pledge.public_id in text_of(desk.get(f"{LIST}{price.pk}/change/"))


def test_a_price_is_replaced_once(desk: Client) -> None:
    price = tank()
    tank("4000000", replaces_id=price.pk)
    with pytest.raises(ValidationError, match="replaced already"):
        tank("5000000", replaces_id=price.pk)
    data = {"item": "Leopard 2A4", "unit": "piece", "amount": "5m", "currency": "EUR", "source": "x"}
    assert "replaced already" in errors_of(desk.post(f"{LIST}add/", data | {"replaces": price.pk}))["replaces"][0]


@pytest.mark.parametrize(
    ("field", "wrong", "said"),
    [
        ("amount", Decimal(0), "above zero"),
        ("amount", Decimal("NaN"), "above zero"),
        ("currency", "XQX", "no currency that we know"),
        ("source", "  ", "where the price comes from"),
        ("item", "", "Name the goods"),
        ("item", "x" * 201, "200 are the most"),
        ("unit", " ", "a piece, a tonne"),
        ("replaces_id", 999, "no price with the id"),
    ],
)
def test_a_price_that_cannot_be_right_is_refused_in_words(field: str, wrong: object, said: str) -> None:
    good: dict[str, Any] = {"item": "Tent", "amount": Decimal(5), "currency": "EUR", "source": "A list"}
    with pytest.raises(ValidationError, match=said):
        enter_price(PriceDraft(**{**good, field: wrong}), now=NOW, acting_user=person())
    assert not Price.objects.exists()


def test_who_may_not_add_a_price_sees_the_list_only() -> None:
    price = tank()
    viewer = client_of("viewer", "pledges.view_price")
    assert viewer.get(LIST).status_code == 200
    assert viewer.get(f"{LIST}add/").status_code == 403
    assert "Replace by" not in text_of(viewer.get(f"{LIST}{price.pk}/change/"))


def test_a_price_has_a_history(desk: Client) -> None:
    told = text_of(desk.get(f"{LIST}{tank().pk}/history/"))
    assert "Entered" in told
    assert "3,500,000" in told
