"""Lists of designations and programmes: taken in once, corrected, ended, known again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from history.models import Version
from reference.models import Dataset, ImportBatch
from reference.services import tracker_dataset
from sanctions.drafts import DesignationDraft, IdentifierDraft, ProgrammeDraft, TargetDraft
from sanctions.listing import BadRowError, Listed, take_in_list
from sanctions.models import Designation, LegalAct, Programme, Target
from sanctions.programmes import ensure_act, save_programmes
from tests.builders import NOW, party

pytestmark = pytest.mark.django_db
DAY = date(2022, 3, 1)


def dataset() -> Dataset:
    found, _ = Dataset.objects.get_or_create(key="list", name="List", licence="theirs", redistributable=False)
    return found


def act() -> LegalAct:
    save_programmes([ProgrammeDraft("EU-X", "A regime", party("EU"))], dataset=dataset())
    return ensure_act(Programme.objects.get(key="EU-X"), title="An act", identifier="1/2022")


def row(name: str, kind: str = "Person", *, imo: str = "", **fields: Any) -> DesignationDraft:
    numbers = (IdentifierDraft("imo", imo, imo),) if imo else ()
    target = TargetDraft(kind, name, (("name", name), ("alias", f"{name} the other")), numbers)
    given: dict[str, Any] = {"origin_key": f"1/2022/{name}", "annex": "I", "listed_on": date(2022, 2, 27)}
    return DesignationDraft(target=target, **{**given, **fields})


def listed(*rows: DesignationDraft, day: date = DAY, file: str = "list.csv") -> Listed:
    batch = ImportBatch.objects.create(dataset=dataset(), file_name=file, file_hash="0" * 64, started_at=NOW)
    return take_in_list(rows, act=act(), batch=batch, day=day, now=NOW, job="test")


def test_names_are_designated_with_aliases_and_numbers() -> None:
    assert listed(row("ALBATROS", "Vessel", imo="9074729")).targets == 1
    target = Target.objects.get()
    assert [(one.kind, one.name) for one in target.names.all()] == [
        ("name", "ALBATROS"),
        ("alias", "ALBATROS the other"),
    ]
    assert target.identifiers.get().value == "9074729"
    assert Designation.objects.get().state == "published"


def test_the_same_list_again_changes_nothing() -> None:
    listed(row("A"), row("B"))
    again = listed(row("A"), row("B"))
    assert (again.made, again.updated, again.ended, len(again.unchanged)) == ([], [], [], 2)
    assert Version.objects.filter(kind="designation").count() == 2


def test_a_later_list_that_drops_a_name_ends_its_designation() -> None:
    listed(row("A"), row("B"))
    later = listed(row("A"), day=date(2022, 9, 15), file="later.csv")
    ended = Designation.objects.get(origin_key="1/2022/B")
    assert later.ended == ["1/2022/B"]
    assert (ended.ended_on, ended.ended_by) == (date(2022, 9, 15), "No longer in later.csv")
    assert Version.objects.filter(kind="designation", object_id=ended.pk).count() == 2


def test_a_name_that_comes_back_lasts_again() -> None:
    listed(row("A"), row("B"))
    listed(row("A"))
    listed(row("A"), row("B", listed_on=date(2023, 1, 1)))
    back = Designation.objects.get(origin_key="1/2022/B")
    assert (back.listed_on, back.ended_on, back.ended_by) == (date(2023, 1, 1), None, "")


def test_a_list_of_an_earlier_day_ends_no_designation_before_it_began() -> None:
    listed(row("A", listed_on=DAY + timedelta(days=5)))
    listed(day=DAY)
    assert Designation.objects.get().ended_on == DAY + timedelta(days=5)


def test_a_changed_row_corrects_the_designation_and_its_target() -> None:
    listed(row("A"))
    changed = row("A", reason="He did it.")
    changed = replace(changed, target=replace(changed.target, names=(("name", "A"),)))
    assert listed(changed).updated == ["1/2022/A"]
    one = Designation.objects.get()
    assert (one.reason, one.target.names.count()) == ("He did it.", 1)


def test_a_vessel_is_one_target_by_its_number_and_namesakes_are_two() -> None:
    first, second = row("NORD", "Vessel", imo="9074729"), row("SUED", "Vessel", imo="9074729")
    namesakes = [row("A. Person", origin_key=f"1/2022/a/{number}") for number in (1, 2)]
    assert listed(first, second, *namesakes).targets == 3


def test_one_bad_row_keeps_the_whole_list_out() -> None:
    with pytest.raises(BadRowError, match="names nobody") as caught:
        listed(row("A"), row(""))
    assert caught.value.key == "1/2022/"
    assert not Designation.objects.exists()


def test_the_same_row_twice_is_refused() -> None:
    with pytest.raises(BadRowError, match="stands in the list twice"):
        listed(row("A"), row("A"))


def test_programmes_are_saved_once_and_follow_their_list() -> None:
    draft = ProgrammeDraft("EU-Y", "A regime", party("EU"), "eu_council", (party("RU"),), ("asset_freeze",))
    assert save_programmes([draft], dataset=dataset()).made == ["EU-Y"]
    assert save_programmes([draft], dataset=dataset()).unchanged == ["EU-Y"]
    assert save_programmes([replace(draft, targets=())], dataset=dataset()).updated == ["EU-Y"]
    assert not Programme.objects.get(key="EU-Y").targets.exists()


def test_a_programme_that_staff_entered_is_left_alone() -> None:
    Programme.objects.create(key="EU-Y", name="As staff call it", dataset=tracker_dataset())
    assert save_programmes([ProgrammeDraft("EU-Y", "A regime")], dataset=dataset()).unchanged == ["EU-Y"]
    assert Programme.objects.get(key="EU-Y").name == "As staff call it"


def test_a_programme_that_another_import_made_is_taken_over() -> None:
    other = Dataset.objects.create(key="other", name="Other", licence="theirs", redistributable=False)
    save_programmes([ProgrammeDraft("EU-Y", "Known by its key alone")], dataset=other)
    assert save_programmes([ProgrammeDraft("EU-Y", "A regime")], dataset=dataset()).updated == ["EU-Y"]
    made = Programme.objects.get(key="EU-Y")
    assert (made.name, made.dataset) == ("A regime", dataset())


def test_a_programme_with_an_unknown_measure_is_refused() -> None:
    with pytest.raises(ValidationError, match="no measure type"):
        save_programmes([ProgrammeDraft("EU-Y", "A regime", measures=("applause",))], dataset=dataset())
