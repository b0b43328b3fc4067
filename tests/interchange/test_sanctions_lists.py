"""Sanctions programmes and annexes of the Official Journal, from files of our own making and from the real ones."""

from __future__ import annotations

import csv
import os
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from history.models import Change, Version
from interchange.importing import Run
from interchange.problems import FileProblem
from interchange.sanctions_lists.journal import import_eu_journal
from interchange.sanctions_lists.programmes import import_programmes
from reference.models import ImportBatch, Party
from sanctions.models import Designation, Measure, Programme, Target, TargetIdentifier
from sanctions.totals import totals

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]
PROGRAMME = {"id": "1", "key": "EU-X", "issuer": "eu_council", "title": "A regime", "target_territories": "ru",
             "measures": "Asset freeze;Travel ban", "url": "https://example.org"}  # fmt: skip
LISTED = {"celex": "32014R0269", "recordId": "1", "programKey": "EU-UKR", "annex": "I.PERSONS",
          "measure": "Asset freeze", "startDate": "17.3.2014", "schema": "Person", "name": "Ivan Example", "alias": "",
          "previousName": "", "birthDate": "", "imoNumber": "", "taxNumber": "", "reason": "Invented."}  # fmt: skip


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "list.csv"


def write(path: Path, *rows: dict[str, str]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def programmes(path: Path, run: Run, *rows: dict[str, str]) -> Any:
    return import_programmes(write(path, *({**PROGRAMME, **row} for row in rows)), run=run)


def journal(path: Path, run: Run, *rows: dict[str, str], **options: Any) -> Any:
    return import_eu_journal(write(path, *({**LISTED, **row} for row in rows)), run=run, **options)


def test_a_programme_has_its_issuer_targets_and_measures(path: Path, run: Run) -> None:
    report = programmes(path, run, {"target_territories": "ru;ua-cri;zz"})
    made = Programme.objects.get(key="EU-X")
    assert made.issuer is not None
    assert (made.issuer.code, made.measures_provided) == ("EU", ["asset_freeze", "travel_ban"])
    assert set(made.targets.values_list("code", flat=True)) == {"RU", "UA-CRI"}
    assert Party.objects.get(code="UA-CRI").parent == Party.objects.get(code="UA")
    assert "aimed at no one territory" in str(report.remarks[0])


def test_the_same_programmes_again_change_nothing(path: Path, run: Run) -> None:
    programmes(path, run, {}, {"key": "EU-Y", "measures": "", "target_territories": ""})
    report = programmes(path, run, {}, {"key": "EU-Y", "measures": "", "target_territories": ""})
    assert (report.made, report.unchanged, ImportBatch.objects.count()) == (0, 2, 1)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"issuer": "qq_office"}, "“qq_office” is no issuer"),
        ({"target_territories": "qq"}, "“qq” is no territory"),
        ({"measures": "Applause"}, "“Applause” is no measure"),
        ({"key": "EU-X"}, "EU-X stands in row 2 already"),
    ],
)
def test_a_programme_that_no_table_knows_stops_with_its_row(
    path: Path, run: Run, row: dict[str, str], words: str
) -> None:
    with pytest.raises(FileProblem) as caught:
        programmes(path, run, {}, {"key": "EU-Y", **row})
    assert str(caught.value).startswith("File “list.csv”, row 3, column")
    assert words in str(caught.value)
    assert not Programme.objects.exists()


def test_a_dry_run_keeps_no_programme_and_no_party(path: Path, run: Run) -> None:
    report = programmes(path, replace(run, dry_run=True), {"target_territories": "ua-cri"})
    assert report.made == 1
    assert not Programme.objects.exists()
    assert not Party.objects.filter(code="UA-CRI").exists()


def test_a_listing_of_a_person_is_an_asset_freeze_and_a_travel_ban(path: Path, run: Run) -> None:
    journal(path, run, {}, {"recordId": "2", "annex": "I.ENTITIES", "schema": "Company", "name": "A company"})
    found = {one.origin_key: {kind.type for kind in one.types.all()} for one in Measure.objects.all()}
    assert found == {
        "32014R0269/I.PERSONS": {"asset_freeze", "travel_ban"},
        "32014R0269/I.ENTITIES": {"asset_freeze"},
    }
    person = Designation.objects.get(origin_key="32014R0269/I.PERSONS/ivan example")
    assert (person.measure, person.listed_on) == (
        Measure.objects.get(origin_key="32014R0269/I.PERSONS"),
        date(2014, 3, 17),
    )
    assert person.act is not None
    assert (person.act.identifier, person.programme.key, person.annex) == (
        "32014R0269", "EU-UKR", "I.PERSONS, no. 1",
    )  # fmt: skip


def test_an_annex_of_media_is_a_media_ban_and_begins_with_its_first_name(path: Path, run: Run) -> None:
    report = journal(
        path,
        run,
        {"celex": "32014R0833", "annex": "XV", "measure": "Services ban", "schema": "LegalEntity", "name": "A channel",
         "startDate": "2 March 2022"},
    )  # fmt: skip
    made = Measure.objects.get()
    assert [kind.type for kind in made.types.all()] == ["media_ban"]
    assert made.in_force_from == date(2022, 3, 2)
    assert "price_cap" in report.facts["Not covered"]
    assert totals(day=date(2022, 3, 10), dataset="eu-journal").total.in_force_count == 1


@pytest.mark.parametrize("written", ["17.3.2014", "17 March 2014", "2014-03-17"])
def test_start_dates_are_read_in_all_their_forms(path: Path, run: Run, written: str) -> None:
    journal(path, run, {"startDate": written})
    assert Designation.objects.get().listed_on == date(2014, 3, 17)


def test_a_row_without_a_date_is_taken_in_and_told(path: Path, run: Run) -> None:
    report = journal(path, run, {"startDate": ""}, {"name": "Other", "startDate": "some day"})
    assert Designation.objects.filter(listed_on=None).count() == 2
    assert [str(note).split(", ")[1] for note in report.remarks] == ["row 2", "row 3"]


def test_a_companys_imo_number_is_none_of_a_ship(path: Path, run: Run) -> None:
    journal(path, run, {"schema": "Company", "name": "A company", "imoNumber": "1745868"})
    assert TargetIdentifier.objects.get().kind == "imo_company"


def test_names_and_numbers_are_taken_apart(path: Path, run: Run) -> None:
    journal(path, run, {"alias": "Иван; Vanya", "previousName": "Old", "taxNumber": "7704 730655 (Tax ID/INN)"})
    target = Target.objects.get()
    assert [(one.kind, one.name) for one in target.names.all()] == [
        ("name", "Ivan Example"), ("alias", "Иван"), ("alias", "Vanya"), ("previous", "Old"),
    ]  # fmt: skip
    assert (target.identifiers.get().value, target.identifiers.get().raw) == ("7704730655", "7704 730655 (Tax ID/INN)")


def test_a_later_file_ends_what_it_drops_and_the_same_again_changes_nothing(path: Path, run: Run) -> None:
    journal(path, run, {}, {"name": "Other", "recordId": "2"})
    later = journal(path, run, {}, day=date(2022, 9, 15))
    again = journal(path, run, {}, day=date(2022, 9, 16))
    assert later.facts["Designations ended"] == "1"
    assert Designation.objects.get(ended_on__isnull=False).ended_on == date(2022, 9, 15)
    assert (again.made, again.updated, again.unchanged) == (0, 0, 1)


def test_a_file_is_one_change_and_the_same_again_is_none(path: Path, run: Run) -> None:
    before = set(Change.objects.values_list("pk", flat=True))
    journal(path, run, {}, {"recordId": "2", "annex": "I.ENTITIES", "schema": "Company", "name": "A company"})
    journal(path, run, {}, {"recordId": "2", "annex": "I.ENTITIES", "schema": "Company", "name": "A company"})
    made = Change.objects.exclude(pk__in=before).get()
    assert Version.objects.filter(since=made).count() == 4  # two measures, two designations


def test_a_file_that_would_end_most_designations_is_refused_unless_allowed(path: Path, run: Run) -> None:
    journal(path, run, *({"name": f"Person {number}", "recordId": str(number)} for number in range(30)))
    with pytest.raises(FileProblem, match="would end 29 of 30 designations"):
        journal(path, run, {"name": "Person 0", "recordId": "0"})
    assert not Designation.objects.filter(ended_on__isnull=False).exists()
    journal(path, run, {"name": "Person 0", "recordId": "0"}, allow_many_ends=True)
    assert Designation.objects.filter(ended_on__isnull=False).count() == 29


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"celex": "32099R0001"}, "another act"),
        ({"schema": "Ghost"}, "“Ghost” is no kind of target"),
        ({"name": ""}, "names nobody"),
        ({"measure": "Applause", "annex": "II"}, "“Applause” is no measure"),
    ],
)
def test_a_listing_that_no_table_knows_stops_with_its_row(
    path: Path, run: Run, row: dict[str, str], words: str
) -> None:
    with pytest.raises(FileProblem) as caught:
        journal(path, run, {}, {"name": "Other", **row})
    assert words in str(caught.value)
    assert "row 3" in str(caught.value)
    assert not Designation.objects.exists()


def real(name: str) -> Path:
    return Path(os.environ["REAL_DATA"]) / "data" / "sanctions" / name


@pytest.mark.real_data
def test_all_real_programmes_are_taken_in(run: Run) -> None:
    report = import_programmes(real("programmes.csv"), run=run)
    assert (report.rows, report.made, len(report.left_out)) == (261, 261, 0)
    assert Programme.objects.filter(issuer__code="EU").count() == 45
    assert (report.facts["Without measures"], report.facts["Without territories"]) == ("51 programmes", "70 programmes")


@pytest.mark.real_data
def test_all_real_listings_are_taken_in_and_are_the_same_again(run: Run) -> None:
    first, second = (import_eu_journal(real(f"32014R{act}.csv"), run=run) for act in ("0269", "0833"))
    assert (first.made, first.facts["Undated"]) == (2802, "1 rows")
    assert (second.made, second.facts["Undated"]) == (1746, "81 rows")
    assert TargetIdentifier.objects.filter(kind="imo_company").count() == 58
    again = import_eu_journal(real("32014R0833.csv"), run=run)
    assert (again.made, again.updated, again.unchanged) == (0, 0, 1746)
