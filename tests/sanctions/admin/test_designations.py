"""Designations by hand: entered, corrected, published, withdrawn, restored; and the targets that they name."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from history.models import Change, Version
from reference.services import tracker_dataset
from sanctions.designating import (
    DesignationEntry,
    correct_designation,
    create_designation,
    publish_designation,
    restore_designation,
    withdraw_designation,
)
from sanctions.models import Designation, LegalAct, Programme, Target, TargetName
from sanctions.programmes import ensure_act
from tests.admin_pages import client_of, errors_of, fields_of, messages_of, row, text_of
from tests.builders import NOW, party, person

pytestmark = pytest.mark.django_db
LIST = "/admin/sanctions/designation/"


@pytest.fixture
def desk() -> Client:
    return client_of(everything=True)


def regime(key: str = "regime") -> LegalAct:
    """An act of a programme."""
    programme, _ = Programme.objects.get_or_create(key=key, dataset=tracker_dataset(), name=f"The {key}")
    return ensure_act(programme, title=f"Regulation of {key}", identifier=key)


def target(name: str = "Some Bank") -> Target:
    return Target.objects.create(public_id=f"T{name}"[:12], kind="Company", name=name)


def entry(**fields: Any) -> DesignationEntry:
    act = regime()
    known = Target.objects.first() or target()
    said = {"target_id": known.pk, "programme_id": act.programme_id, "act_id": act.pk, "listed_on": date(2022, 2, 25)}
    return DesignationEntry(**{**said, **fields})


def entered(**fields: Any) -> Designation:
    return create_designation(entry(**fields), now=NOW, acting_user=person())


def page_of(one: Designation, page: str = "change") -> str:
    return f"{LIST}{one.pk}/{page}/"


def test_a_designation_is_entered_by_hand_and_published_in_one_go(desk: Client) -> None:
    act, bank = regime(), target()
    data = fields_of(desk.get(f"{LIST}add/")) | {
        "target": bank.pk,
        "programme": act.programme_id,
        "act": act.pk,
        "listed_on": "2022-02-25",
        "_publish": "1",
    }
    page = desk.post(f"{LIST}add/", data, follow=True)
    assert page.redirect_chain, errors_of(page)
    one = Designation.objects.get()
    assert (one.state, one.target, one.dataset) == ("published", bank, tracker_dataset())
    assert Version.objects.get(kind="designation").public
    assert "Some Bank" in text_of(desk.get(LIST))


def test_one_without_an_act_is_kept_as_a_draft_and_not_published(desk: Client) -> None:
    one = entered(act_id=None)
    page = desk.post(page_of(one), fields_of(desk.get(page_of(one))) | {"_publish": "1"})
    assert "needs the act" in errors_of(page)["act"][0]
    one.refresh_from_db()
    assert one.state == "draft"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"ended_on": date(2022, 1, 1)}, "before it began"),
        ({"ended_by": "A later act"}, "the day on which it ended"),
        ({"listed_on": date(22, 2, 25)}, "check the year"),
        ({"measure_id": 999}, "no measure with the id 999"),
    ],
)
def test_what_cannot_be_right_is_refused_in_words(fields: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        entered(**fields)
    assert not Designation.objects.exists()


def test_an_act_of_another_programme_is_refused() -> None:
    with pytest.raises(ValidationError, match="belongs to another programme"):
        entered(act_id=regime("other").pk)


def test_a_published_one_is_corrected_with_reasons_for_colleagues_and_the_public(desk: Client) -> None:
    one = publish_designation(entered().pk, now=NOW, acting_user=person())
    page = desk.get(page_of(one))
    assert "Reason for the public" in text_of(page)
    data = fields_of(page) | {"ended_on": "2023-01-01"}
    assert "why" in errors_of(desk.post(page_of(one), data))
    desk.post(page_of(one), data | {"why": "The court's list.", "public_reason": "A court annulled it."})
    change = Change.objects.order_by("-seq")[0]
    assert (change.action, change.why, change.public_reason) == (
        "designation.correct",
        "The court's list.",
        "A court annulled it.",
    )


def test_saving_one_as_it_stands_leaves_no_trace() -> None:
    one = entered()
    before = Change.objects.count(), Version.objects.count()
    correct_designation(one.pk, entry(), now=NOW, acting_user=person())
    assert (Change.objects.count(), Version.objects.count()) == before


def test_it_is_withdrawn_with_a_public_reason_and_then_only_looked_at(desk: Client) -> None:
    one = publish_designation(entered().pk, now=NOW, acting_user=person())
    assert "Say why" in text_of(desk.post(page_of(one, "withdraw"), {"reason": " "}))
    desk.post(page_of(one, "withdraw"), {"reason": "Another person of that name."})
    one.refresh_from_db()
    assert (one.state, one.withdrawn_reason) == ("withdrawn", "Another person of that name.")
    assert desk.post(page_of(one), {}).status_code == 403
    with pytest.raises(ValidationError, match="is withdrawn"):
        correct_designation(one.pk, entry(annex="I"), now=NOW, acting_user=person())


def test_an_earlier_version_comes_back_by_the_history_page(desk: Client) -> None:
    one = entered(annex="Annex I")
    first = one.last_seq
    correct_designation(one.pk, entry(annex="Annex II", ended_on=date(2023, 1, 1)), now=NOW, acting_user=person())
    history = desk.get(page_of(one, "history")).content.decode()
    address = f"{page_of(one, 'restore')}{first}/"
    assert address in history
    asked = desk.get(address)
    assert "Annex Annex II Annex I" in text_of(asked)
    based_on = asked.context["form"]["based_on"].value()
    assert "Say why" in text_of(desk.post(address, {"based_on": based_on, "why": ""}))
    desk.post(address, {"based_on": based_on, "why": "It was right."})
    one.refresh_from_db()
    assert (one.annex, one.ended_on) == ("Annex I", None)


def test_a_version_whose_act_is_gone_is_not_restored() -> None:
    act = regime()
    other = ensure_act(act.programme, title="Gone", identifier="gone")
    one = entered(act_id=other.pk)
    first = one.last_seq
    correct_designation(one.pk, entry(), now=NOW, acting_user=person())
    other.delete()
    with pytest.raises(ValidationError, match=r"legal act no\. \d+ \(act\), which is no longer there"):
        restore_designation(one.pk, seq=first, now=NOW, acting_user=person(), why="It was right.")


def test_with_four_eyes_who_entered_it_does_not_publish_it(settings: Any) -> None:
    settings.FOUR_EYES = True
    one = entered()
    with pytest.raises(ValidationError, match="You entered D"):
        publish_designation(one.pk, now=NOW, acting_user=person())
    assert publish_designation(one.pk, now=NOW, acting_user=person("bea")).state == "published"


def test_of_two_people_the_second_is_told_who_was_quicker() -> None:
    one = entered()
    correct_designation(one.pk, entry(annex="II"), now=NOW, acting_user=person("bea"))
    with pytest.raises(ValidationError, match="bea changed this designation"):
        correct_designation(one.pk, entry(annex="I", based_on=one.last_seq), now=NOW, acting_user=person())


def test_lists_are_filtered_and_searched_by_any_name(desk: Client) -> None:
    one = entered()
    TargetName.objects.create(target=one.target, kind="alias", name="Another Name")
    ended = entered(target_id=target("Ended").pk, ended_on=date(2022, 5, 1), act_id=None)

    def shown(**query: str) -> set[int]:
        return {found.pk for found in desk.get(LIST, query).context["cl"].result_list}

    assert shown(q="another") == {one.pk}
    assert shown(standing="lasts") == {one.pk}
    assert shown(standing="ended") == {ended.pk}
    assert shown(evidence="no") == {ended.pk}
    assert shown(changed="7") == set()
    assert shown(target__id__exact=str(one.target_id)) == {one.pk}


def test_withdrawing_needs_the_right_to_publish() -> None:
    one = publish_designation(entered().pk, now=NOW, acting_user=person())
    editor = client_of("ed", "sanctions.change_designation", "sanctions.view_designation")
    assert editor.get(page_of(one, "withdraw")).status_code == 403
    assert editor.get(page_of(one)).status_code == 200


def test_a_target_gets_a_public_id_and_its_names_and_numbers_belong_to_its_history(desk: Client) -> None:
    path = "/admin/sanctions/target/add/"
    data = fields_of(desk.get(path)) | {"kind": "Vessel", "name": "Some Ship", "countries": [party("RU")]}
    data = row(data, "identifiers", kind="imo", value="1234567")
    page = desk.post(path, row(data, "names", kind="alias", name="Ship"), follow=True)
    assert page.redirect_chain, errors_of(page)
    made = Target.objects.get()
    assert made.public_id.startswith("T")
    told = text_of(desk.get(f"/admin/sanctions/target/{made.pk}/history/"))
    assert "1234567" in told
    assert "Land RU (RU)" in told


def test_withdrawn_ones_are_withdrawn_by_a_person_with_words() -> None:
    with pytest.raises(ValidationError, match="Say why"):
        withdraw_designation(entered().pk, reason="", now=NOW, acting_user=person())


def test_messages_say_what_became_of_it(desk: Client) -> None:
    one = entered()
    page = desk.post(page_of(one), fields_of(desk.get(page_of(one))), follow=True)
    assert messages_of(page) == ["Nothing was changed, so nothing was saved."]
