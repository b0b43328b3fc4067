"""Keeping parties, rates, datasets and figures in the admin."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from reference.models import Membership, Party, PartyFigure, Rate
from reference.services import tracker_dataset
from tests.admin_pages import client_of, errors_of, fields_of, messages_of, row
from tests.builders import party, person, rates

pytestmark = pytest.mark.django_db
RATE = "/admin/reference/rate/add/"


@pytest.fixture
def desk() -> Client:
    return client_of(everything=True)


def test_a_rate_that_the_ecb_lacks_is_entered_with_its_source_and_who_entered_it(desk: Client) -> None:
    data = {"currency": "uah", "day": "2022-02-25", "per_euro": "32.3100", "source": "The national bank's table"}
    page = desk.post(RATE, data, follow=True)
    assert page.redirect_chain, errors_of(page)
    rate = Rate.objects.get()
    assert (rate.currency, rate.per_euro, rate.entered_by) == ("UAH", Decimal("32.31"), person())
    assert any("converted" in message for message in messages_of(page))


@pytest.mark.parametrize(
    ("field", "written", "said"),
    [
        ("currency", "EUR", "needs no rate to itself"),
        ("currency", "XQ", "no currency that we know"),
        ("day", "2999-01-01", "in the future"),
        ("per_euro", "0", "above zero"),
        ("per_euro", "1,250", "two ways"),
        ("source", "", "required"),
    ],
)
def test_a_rate_that_cannot_be_right_is_refused_beside_its_field(
    desk: Client, field: str, written: str, said: str
) -> None:
    data = {"currency": "UAH", "day": "2022-02-25", "per_euro": "32.31", "source": "A table", field: written}
    errors = errors_of(desk.post(RATE, data))
    assert said in " ".join(errors[field])
    assert not Rate.objects.exists()


def test_the_same_rate_entered_twice_is_told_in_words(desk: Client) -> None:
    data = {"currency": "UAH", "day": "2022-02-25", "per_euro": "32.31", "source": "A table"}
    desk.post(RATE, data)
    page = desk.post(RATE, data)
    assert page.status_code == 200
    assert "known already" in " ".join(errors_of(page)["__all__"])
    assert Rate.objects.count() == 1


def test_a_rate_that_stands_can_be_looked_at_and_neither_changed_nor_deleted(desk: Client) -> None:
    rates()
    rate = Rate.objects.get()
    assert desk.get(f"/admin/reference/rate/{rate.pk}/change/").status_code == 200
    assert desk.post(f"/admin/reference/rate/{rate.pk}/change/", {"per_euro": "2"}).status_code == 403
    assert desk.get(f"/admin/reference/rate/{rate.pk}/delete/").status_code == 403


def test_a_party_is_kept_with_its_dated_memberships(desk: Client) -> None:
    path = "/admin/reference/party/add/"
    data = fields_of(desk.get(path)) | {"code": "xfund", "name": "A fund", "kind": "fund", "parent": party("EU")}
    page = desk.post(path, row(data, "groups", group=party("G7"), since="2020-01-01"), follow=True)
    assert page.redirect_chain, errors_of(page)
    made = Party.objects.get(code="XFUND")
    assert (made.alpha3, made.parent_id) == (None, party("EU"))
    assert Membership.objects.get().member == made


def test_a_figure_is_entered_as_people_write_it(desk: Client) -> None:
    path = "/admin/reference/partyfigure/add/"
    data = {
        "party": party("IT"),
        "measure": "gdp",
        "year": 2021,
        "value": "1.8tn",
        "currency": "EUR",
        "source": "A table",
    }
    page = desk.post(path, data, follow=True)
    assert page.redirect_chain, errors_of(page)
    assert PartyFigure.objects.get().value == 1_800_000_000_000


def test_the_key_of_a_dataset_stays(desk: Client) -> None:
    path = f"/admin/reference/dataset/{tracker_dataset().pk}/change/"
    desk.post(path, fields_of(desk.get(path)) | {"key": "other", "name": "Our record"})
    dataset = tracker_dataset()
    assert (dataset.key, dataset.name) == ("tracker", "Our record")


def test_a_list_of_many_parties_takes_as_many_queries_as_a_list_of_two(
    desk: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    above = party("EU")
    party("IT")
    desk.get("/admin/reference/party/")
    with django_assert_max_num_queries(200) as few:
        desk.get("/admin/reference/party/")
    for number in range(40):
        Party.objects.create(code=f"F{number}", name=f"Fund {number}", kind="fund", parent_id=above)
    with django_assert_max_num_queries(len(few)):
        assert len(desk.get("/admin/reference/party/").context["cl"].result_list) == 42


LISTS = [
    "reference/rate",
    "reference/raterefresh",
    "reference/dataset",
    "reference/partyfigure",
    "pledges/price",
    "pledges/runningtotalclaim",
]


@pytest.mark.parametrize("path", LISTS)
def test_the_lists_of_reference_data_open_and_can_be_searched(desk: Client, path: str) -> None:
    rates()
    assert desk.get(f"/admin/{path}/").status_code == 200


def test_who_may_only_view_rates_cannot_enter_one() -> None:
    viewer = client_of("viewer", "reference.view_rate")
    assert viewer.get("/admin/reference/rate/").status_code == 200
    assert viewer.get(RATE).status_code == 403
