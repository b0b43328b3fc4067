"""Programmes, with their acts and targets, have a history and can be restored; measures can as well."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from history.models import Change, Version
from reference.models import Party
from reference.services import tracker_dataset
from sanctions.drafts import EvidenceDraft, MeasureDraft, StepDraft
from sanctions.models import LegalAct, Measure, Programme
from sanctions.restoring import draft_of, restore_measure
from sanctions.services import correct_measure, create_measure
from sanctions.state import KIND
from tests.admin_pages import client_of, errors_of, fields_of, row, text_of
from tests.builders import DAY, NOW, party, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Client:
    return client_of(everything=True)


@pytest.fixture
def programme() -> Programme:
    made = Programme.objects.create(key="regime", dataset=tracker_dataset(), name="A regime", issuer_id=party("EU"))
    made.targets.set([party("RU")])
    return made


def page_of(one: Programme, page: str = "change") -> str:
    return f"/admin/sanctions/programme/{one.pk}/{page}/"


def change(desk: Client, one: Programme, **fields: Any) -> Any:
    page = desk.post(page_of(one), fields_of(desk.get(page_of(one))) | fields, follow=True)
    assert page.redirect_chain, errors_of(page)
    return page


def test_an_act_added_and_a_target_taken_away_are_told_by_name(desk: Client, programme: Programme) -> None:
    data = fields_of(desk.get(page_of(programme))) | {"targets": [party("BY")], "why": "The new regulation."}
    desk.post(page_of(programme), row(data, "legal_acts", title="Regulation 1", identifier="32022R1"))
    told = text_of(desk.get(page_of(programme, "history")))
    assert "Targets Land RU (RU) Land BY (BY)" in told
    assert "Regulation 1" in told
    assert "The new regulation." in told


def test_a_restored_programme_has_its_acts_and_targets_again(desk: Client, programme: Programme) -> None:
    data = fields_of(desk.get(page_of(programme)))
    desk.post(page_of(programme), row(data, "legal_acts", title="Regulation 1", identifier="32022R1"))
    kept = Version.objects.get(kind="programme", until__isnull=True).since_id
    change(desk, programme, name="Renamed", targets=[], **{"legal_acts-0-DELETE": "on"})
    assert not LegalAct.objects.exists()
    address = f"{page_of(programme, 'restore')}{kept}/"
    based_on = desk.get(address).context["form"]["based_on"].value()
    desk.post(address, {"based_on": based_on, "why": "All of it was right."})
    programme.refresh_from_db()
    assert programme.name == "A regime"
    assert [one.code for one in programme.targets.all()] == ["RU"]
    assert LegalAct.objects.get().identifier == "32022R1"
    assert Change.objects.order_by("-seq")[0].action == "programme.restore"


def test_a_version_is_not_restored_where_its_key_is_taken_by_now(desk: Client, programme: Programme) -> None:
    change(desk, programme, name="Renamed")
    kept = Version.objects.filter(kind="programme").order_by("since_id")[0].since_id
    change(desk, programme, key="other")
    Programme.objects.create(key="regime", dataset=tracker_dataset(), name="Another")
    address = f"{page_of(programme, 'restore')}{kept}/"
    based_on = desk.get(address).context["form"]["based_on"].value()
    page = desk.post(address, {"based_on": based_on, "why": "Back."})
    assert "already exists" in text_of(page)
    programme.refresh_from_db()
    assert programme.key == "other"


def test_an_act_that_measures_rest_on_is_not_taken_away_by_restoring(desk: Client, programme: Programme) -> None:
    change(desk, programme, name="Renamed")
    kept = Version.objects.get(kind="programme", until__isnull=True).since_id
    data = fields_of(desk.get(page_of(programme)))
    desk.post(page_of(programme), row(data, "legal_acts", title="Regulation 1", identifier="32022R1"))
    steps = (StepDraft(adopted_on=DAY, act_id=LegalAct.objects.get().pk),)
    create_measure(MeasureDraft("A ban", types=("tariff",), steps=steps), now=NOW, acting_user=person())
    address = f"{page_of(programme, 'restore')}{kept}/"
    based_on = desk.get(address).context["form"]["based_on"].value()
    page = desk.post(address, {"based_on": based_on, "why": "Back."})
    assert "Regulation 1" in text_of(page)
    assert "rest on it" in text_of(page)
    assert LegalAct.objects.exists()


def test_acts_are_kept_on_the_page_of_their_programme(desk: Client, programme: Programme) -> None:
    act = LegalAct.objects.create(programme=programme, title="Regulation 1")
    assert desk.get("/admin/sanctions/legalact/").status_code == 200
    assert desk.get("/admin/sanctions/legalact/add/").status_code == 403
    assert desk.post(f"/admin/sanctions/legalact/{act.pk}/change/", {"title": "x"}).status_code == 403


# --- measures ---------------------------------------------------------------------------------------------------------
def measure(**fields: Any) -> Measure:
    wanted: dict[str, Any] = {
        "imposers": (party("DE"), party("FR")),
        "targets": (party("RU"),),
        "types": ("asset_freeze", "travel_ban"),
        "steps": (StepDraft(adopted_on=DAY, ref="s"), StepDraft("extend", ends_on=DAY, adopted_on=DAY)),
        "evidence": (EvidenceDraft(url="https://example.org", quote="It is banned.", step="s"),),
    }
    return create_measure(MeasureDraft("A freeze", **{**wanted, **fields}), now=NOW, acting_user=person())


def restore(one: Measure, seq: int, **how: Any) -> Measure:
    said = {"why": "It was right.", **how}
    return restore_measure(one.pk, seq=seq, now=NOW, acting_user=person(), **said)


def drafted(one: Measure) -> MeasureDraft:
    """What a measure says, whatever ids its rows have."""
    state = Version.objects.get(kind=KIND, object_id=one.pk, until__isnull=True).state
    said = draft_of(state)
    return replace(
        said,
        imposers=tuple(sorted(said.imposers)),
        types=tuple(sorted(said.types)),
        steps=tuple(replace(step, id=None, ref="") for step in said.steps),
        evidence=tuple(replace(row, id=None, step="s" if row.step else "") for row in said.evidence),
    )


def test_a_restored_measure_has_every_party_type_step_and_piece_of_evidence_that_it_had() -> None:
    one = measure()
    before, first = drafted(one), one.last_seq
    correct_measure(one.pk, MeasureDraft("Bare", types=("tariff",)), now=NOW, acting_user=person())
    restored = restore(one, first)
    assert drafted(restored) == before
    assert restored.adopted
    assert restored.evidence.get().step == restored.steps.order_by("pk")[0]
    assert Change.objects.get(seq=restored.last_seq).action == "measure.restore"


def test_a_version_of_a_measure_that_names_a_party_that_is_gone_is_refused() -> None:
    one = measure(imposers=(party("XX"),))
    first = one.last_seq
    correct_measure(one.pk, MeasureDraft("Bare", types=("tariff",)), now=NOW, acting_user=person())
    Party.objects.get(code="XX").delete()
    with pytest.raises(ValidationError, match="no longer there"):
        restore(one, first)


def test_a_measure_is_restored_by_its_history_page(desk: Client) -> None:
    one = measure()
    first = one.last_seq
    correct_measure(one.pk, MeasureDraft("Bare", types=("tariff",)), now=NOW, acting_user=person())
    address = f"/admin/sanctions/measure/{one.pk}/restore/{first}/"
    based_on = desk.get(address).context["form"]["based_on"].value()
    desk.post(address, {"based_on": based_on, "why": "It was right."})
    one.refresh_from_db()
    assert one.title == "A freeze"


def test_who_may_not_change_measures_may_not_restore_one() -> None:
    one = measure()
    first = one.last_seq
    correct_measure(one.pk, MeasureDraft("Bare", types=("tariff",)), now=NOW, acting_user=person())
    viewer = client_of("viewer", "sanctions.view_measure")
    assert viewer.get(f"/admin/sanctions/measure/{one.pk}/restore/{first}/").status_code == 403
    assert viewer.post(f"/admin/sanctions/measure/{one.pk}/restore/{first}/", {"why": "x"}).status_code == 403
