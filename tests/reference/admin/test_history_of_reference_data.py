"""Parties, datasets, figures and rates are kept in numbered history like the records that refer to them."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from history.models import Change, Version
from reference.models import Membership, Party, Rate
from reference.services import tracker_dataset
from tests.admin_pages import client_of, errors_of, fields_of, messages_of, row, text_of
from tests.builders import party, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Client:
    return client_of(everything=True)


def page_of(one: Party, page: str = "change") -> str:
    return f"/admin/reference/party/{one.pk}/{page}/"


def change(desk: Client, one: Party, **fields: Any) -> Any:
    return desk.post(page_of(one), fields_of(desk.get(page_of(one))) | fields, follow=True)


def italy() -> Party:
    return Party.objects.get(pk=party("IT"))


def test_a_changed_party_tells_who_changed_what_from_what_to_what_and_why(desk: Client) -> None:
    one = italy()
    change(desk, one, name="Italy", why="As its people call it.")
    told = text_of(desk.get(page_of(one, "history")))
    assert "Corrected" in told
    assert "by editor (change 2)" in told
    assert "As its people call it." in told
    assert "Name Land IT Italy" in told
    assert "As it was found" in told


def test_its_memberships_belong_to_its_history(desk: Client) -> None:
    one = italy()
    data = row(fields_of(desk.get(page_of(one))), "groups", group=party("EU"), since="1958-01-01")
    desk.post(page_of(one), data)
    assert Membership.objects.get().member == one
    told = text_of(desk.get(page_of(one, "history")))
    assert "Groups that it belongs to" in told
    assert "Land EU (EU)" in told
    assert "1958-01-01" in told


def test_saving_a_party_as_it_stands_leaves_no_version_and_claims_no_change(desk: Client) -> None:
    one = italy()
    change(desk, one, name="Italy")
    before = Change.objects.count(), Version.objects.count()
    assert messages_of(change(desk, one, why="For nothing.")) == ["Nothing was changed, so nothing was saved."]
    assert (Change.objects.count(), Version.objects.count()) == before


def test_an_earlier_version_of_a_party_comes_back_with_its_memberships(desk: Client) -> None:
    one = italy()
    data = row(fields_of(desk.get(page_of(one))), "groups", group=party("EU"), since="1958-01-01")
    desk.post(page_of(one), data)
    kept = Version.objects.get(kind="party", until__isnull=True).since_id
    change(desk, one, name="Italia", **{"groups-0-DELETE": "on"})
    assert not Membership.objects.exists()
    address = f"{page_of(one, 'restore')}{kept}/"
    asked = desk.get(address)
    assert "Name Italia Land IT" in text_of(asked)
    done = desk.post(address, {"based_on": asked.context["form"]["based_on"].value(), "why": "Too hasty."}, follow=True)
    assert f"The version of change {kept} holds again." in messages_of(done)[0]
    one.refresh_from_db()
    assert one.name == "Land IT"
    assert Membership.objects.get().group.code == "EU"


def test_a_version_that_names_a_group_that_is_gone_is_refused_in_words(desk: Client) -> None:
    one, group = italy(), Party.objects.get(pk=party("XX"))
    desk.post(page_of(one), row(fields_of(desk.get(page_of(one))), "groups", group=group.pk, since="1958-01-01"))
    kept = Version.objects.get(kind="party", until__isnull=True).since_id
    change(desk, one, **{"groups-0-DELETE": "on"})
    group.delete()
    address = f"{page_of(one, 'restore')}{kept}/"
    based_on = desk.get(address).context["form"]["based_on"].value()
    page = desk.post(address, {"based_on": based_on, "why": "Too hasty."})
    assert "which is no longer there" in text_of(page)
    assert not Membership.objects.exists()


def test_of_two_people_who_change_a_party_the_second_is_told_who_was_quicker(desk: Client) -> None:
    one = italy()
    change(desk, one, name="Italy")
    mine = fields_of(desk.get(page_of(one)))
    change(client_of("bea", everything=True), one, name="Italia")
    page = desk.post(page_of(one), mine | {"name": "Mine"})
    assert "bea changed this record" in " ".join(errors_of(page)["__all__"])
    one.refresh_from_db()
    assert one.name == "Italia"


@pytest.mark.parametrize("path", ["party", "dataset", "partyfigure"])
def test_nobody_deletes_what_has_a_history(desk: Client, path: str) -> None:
    pk = {"party": party("IT"), "dataset": tracker_dataset().pk}.get(path, 1)
    assert desk.get(f"/admin/reference/{path}/{pk}/delete/").status_code == 403


def test_a_dataset_tells_its_changes(desk: Client) -> None:
    path = f"/admin/reference/dataset/{tracker_dataset().pk}/"
    desk.post(f"{path}change/", fields_of(desk.get(f"{path}change/")) | {"licence": "CC0", "why": "A new licence."})
    assert "Licence CC BY 4.0 CC0" in text_of(desk.get(f"{path}history/"))


def test_a_rate_tells_who_entered_it(desk: Client) -> None:
    data = {"currency": "UAH", "day": "2022-02-25", "per_euro": "32.31", "source": "A table"}
    desk.post("/admin/reference/rate/add/", data)
    told = text_of(desk.get(f"/admin/reference/rate/{Rate.objects.get().pk}/history/"))
    assert "Entered" in told
    assert f"by {person()}" in told
    assert "32.31" in told


def test_who_may_only_look_may_not_restore() -> None:
    one = italy()
    change(client_of("chief", everything=True), one, name="Italy")
    viewer = client_of("viewer", "reference.view_party")
    assert "Restore" not in text_of(viewer.get(page_of(one, "history")))
    assert viewer.get(f"{page_of(one, 'restore')}1/").status_code == 403
