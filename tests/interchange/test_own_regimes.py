"""Programmes and designations brought back: corrected, entered, and refused, as pledges and measures are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from history.models import Change, Version
from interchange.datatables import sanctions
from interchange.importing import Run
from sanctions.designating import ENTERED, DesignationEntry, correct_designation
from sanctions.models import Designation, LegalAct, Programme, Target
from sanctions.regimes import begin_history, correct_programme, entry_of
from tests.builders import NOW, party, person
from tests.interchange.brought_back import WHY, as_book, exported, imported, refused, set_cell
from tests.interchange.recorded import designation

pytestmark = pytest.mark.django_db
NEW_DESIGNATION = "id,version,target,programme,act_identifier,listed_on\r\nnew-1,,{},own-regime,1/2022,2022-03-01\r\n"


@pytest.fixture
def listed(db: None) -> Designation:
    for code in ("EU", "RU", "BY"):
        party(code)
    return designation()


@pytest.fixture
def run() -> Run:
    return Run(job="import_record", now=NOW + timedelta(days=1))


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / f"{name}.csv"
    path.write_text(text, encoding="utf-8", newline="")
    return path


def regime() -> Programme:
    return Programme.objects.get(key="own-regime")


# --- designations -----------------------------------------------------------------------------------------------------
def test_a_designation_is_ended_by_a_file(listed: Designation, tmp_path: Path, run: Run) -> None:
    def end(rows: list[dict[str, str]]) -> None:
        rows[0].update(ended_on="2024-03-13", ended_by="Decision 2024/847")

    assert imported(exported(tmp_path, "designations", end), run=run).updated == 1
    listed.refresh_from_db()
    assert (listed.ended_on, listed.ended_by, listed.state) == (date(2024, 3, 13), "Decision 2024/847", "published")
    change = Change.objects.get(seq=listed.last_seq)
    assert (change.action, change.why) == ("record.import", WHY)


def test_a_new_designation_is_a_draft_and_made_once(listed: Designation, tmp_path: Path, run: Run) -> None:
    path = written(tmp_path, "designations", NEW_DESIGNATION.format(listed.target.public_id))
    assert imported(path, run=run).made == 1
    made = Designation.objects.latest("pk")
    assert (made.state, made.act, made.listed_on, made.target) == ("draft", listed.act, date(2022, 3, 1), listed.target)
    assert made.import_batch is not None
    again = imported(path, run=run)
    assert (again.made, again.unchanged, Designation.objects.count()) == (0, 1, 2)


def test_the_act_of_a_designation_is_named_by_its_number(listed: Designation, tmp_path: Path, run: Run) -> None:
    other = LegalAct.objects.create(programme=regime(), title="Act 2/2023", identifier="2/2023")
    imported(exported(tmp_path, "designations", set_cell("act_identifier", "2/2023")), run=run)
    listed.refresh_from_db()
    assert listed.act == other


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("target", "T99", "There is no target with the id “T99”"),
        ("programme", "none", "There is no programme with the key “none”"),
        ("programme", "", "a designation needs a programme"),
        ("measure", "S99", "There is no measure with the id “S99”"),
        ("act_identifier", "9/2099", "its programme has no legal act with the identifier “9/2099”"),
        ("ended_on", "2020-01-01", "before it began"),
        ("ended_on", "03/04/2024", "no day that can be read in one way only"),
        ("act_identifier", "", "needs the act that lists its target"),
        ("remove", "true", "is not removed by a file"),
    ],
)
def test_a_designation_that_cannot_be_so_is_refused_with_the_place(
    listed: Designation, tmp_path: Path, run: Run, column: str, value: str, words: str
) -> None:
    said = refused(exported(tmp_path, "designations", set_cell(column, value)), run=run)
    assert words in said
    assert "“designations.csv”, row 2" in said


def test_a_new_designation_says_whom_it_names(listed: Designation, tmp_path: Path, run: Run) -> None:
    path = written(tmp_path, "designations", "id,version,programme,annex\r\nnew,,own-regime,Annex I\r\n")
    assert "a new designation needs “target”" in refused(path, run=run)


def test_two_acts_of_one_title_are_told_apart_by_the_person(listed: Designation, tmp_path: Path, run: Run) -> None:
    for number in ("3/2023", "4/2023"):
        LegalAct.objects.create(programme=regime(), title="An amending act", identifier=number)
    said = refused(exported(tmp_path, "designations", set_cell("act", "An amending act")), run=run)
    assert "several legal acts with the title “An amending act”; name it by its number" in said


def test_a_designation_that_was_changed_since_is_left(listed: Designation, tmp_path: Path, run: Run) -> None:
    path = exported(tmp_path, "designations", set_cell("reason", "From the file"))
    entry = replace(_entry(listed), reason="By hand")
    correct_designation(listed.pk, entry, now=NOW, acting_user=person("somebody"))
    report = imported(path, run=run)
    listed.refresh_from_db()
    assert (report.updated, listed.reason) == (0, "By hand")
    assert "was changed by somebody after it was exported" in str(report.left_out[0])


def _entry(one: Designation) -> DesignationEntry:
    return DesignationEntry(**{name: getattr(one, name) for name in ENTERED})


# --- programmes -------------------------------------------------------------------------------------------------------
def test_a_programme_is_corrected_and_its_history_tells_from_what(
    listed: Designation, tmp_path: Path, run: Run
) -> None:
    def change(rows: list[dict[str, str]]) -> None:
        rows[0].update(name="A better name", measures_provided="tariff;asset_freeze", targets="RU;BY", issuer="EU")

    report = imported(exported(tmp_path, "programmes", change), run=run)
    programme = regime()
    assert (report.updated, programme.name, programme.issuer_id) == (1, "A better name", party("EU"))
    assert programme.measures_provided == ["tariff", "asset_freeze"]
    assert {party.code for party in programme.targets.all()} == {"RU", "BY"}
    versions = Version.objects.filter(kind="programme", object_id=programme.pk).order_by("since_id")
    assert [(one.state["name"], one.since.action) for one in versions] == [
        ("A regime", "programme.found"),
        ("A better name", "record.import"),
    ]


def test_acts_are_corrected_added_and_taken_out(listed: Designation, tmp_path: Path, run: Run) -> None:
    LegalAct.objects.create(programme=regime(), title="A slip", identifier="x")

    def change(rows: list[dict[str, str]]) -> None:
        by_title = {row["title"]: row for row in rows}
        by_title["Act 1/2022"]["adopted_on"] = "2022-02-24"
        by_title["A slip"]["remove"] = "true"
        rows.append({"programme": rows[0]["programme"], "title": "Act 5/2024", "identifier": "5/2024"})

    assert imported(exported(tmp_path, "programme_acts", change), run=run).updated == 1
    acts = regime().legal_acts.order_by("pk").values_list("title", "adopted_on")
    assert list(acts) == [("Act 1/2022", date(2022, 2, 24)), ("Act 5/2024", None)]


def test_an_act_that_others_rest_on_stays(listed: Designation, tmp_path: Path, run: Run) -> None:
    said = refused(exported(tmp_path, "programme_acts", set_cell("remove", "true")), run=run)
    assert "“Act 1/2022” cannot be taken out: designations or steps of measures rest on it" in said


def test_a_new_programme_with_its_acts_is_entered_once(listed: Designation, tmp_path: Path, run: Run) -> None:
    paths = (
        written(tmp_path, "programmes", "id,version,key,name,issuer\r\nnew-1,,other-regime,Another regime,EU\r\n"),
        written(tmp_path, "programme_acts", "programme,version,id,title,identifier\r\nnew-1,,,Act 9/2024,9/2024\r\n"),
    )
    assert imported(*paths, run=run).made == 1
    made = Programme.objects.get(key="other-regime")
    assert (made.name, made.legal_acts.get().identifier, made.dataset.key) == ("Another regime", "9/2024", "tracker")
    again = imported(*paths, run=run)
    assert (again.made, again.unchanged, Programme.objects.count()) == (0, 1, 2)


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("key", "no key", "valid “slug”"),
        ("key", "", "Give it a key"),
        ("name", " ", "Give its name"),
        ("name", "n" * 500, "400"),
        ("issuer", "QQQ", "no party with the code “QQQ”"),
        ("measures_provided", "a ban on all", "is no code for it"),
        ("version", "", "has no version"),
        ("id", "9999", "There is no programme with the id “9999”"),
        ("id", "abc", "There is no programme with the id “abc”"),
    ],
)
def test_a_programme_that_cannot_be_so_is_refused_with_the_place(
    listed: Designation, tmp_path: Path, run: Run, column: str, value: str, words: str
) -> None:
    def change(rows: list[dict[str, str]]) -> None:
        rows[0].update({"url": "https://example.org/regime", column: value})

    said = refused(exported(tmp_path, "programmes", change), run=run)
    assert words in said
    assert "“programmes.csv”, row 2" in said


def test_a_key_is_given_once(listed: Designation, tmp_path: Path, run: Run) -> None:
    path = written(tmp_path, "programmes", "id,version,key,name\r\nnew,,own-regime,Something else\r\n")
    assert "already exists" in refused(path, run=run)


@pytest.mark.parametrize(
    "meanwhile",
    [
        lambda one: correct_programme(one.pk, replace(entry_of(one), name="By hand"), now=NOW, acting_user=person()),
        lambda one: Programme.objects.filter(pk=one.pk).update(name="By hand"),  # as an import does, without a number
        lambda one: LegalAct.objects.create(programme=one, title="A later act"),
    ],
)
def test_a_programme_that_was_changed_since_is_left_whoever_changed_it(
    listed: Designation, tmp_path: Path, run: Run, meanwhile: Callable[[Programme], Any]
) -> None:
    path = exported(tmp_path, "programmes", set_cell("url", "https://example.org/regime"))
    meanwhile(regime())
    report = imported(path, run=run)
    assert (report.updated, regime().url) == (0, "")
    assert "own-regime was changed after it was exported" in str(report.left_out[0])


def test_a_correction_of_a_programme_that_changes_nothing_leaves_no_number(listed: Designation) -> None:
    programme = regime()
    begin_history(programme.pk, now=NOW)
    before = Change.objects.count()
    correct_programme(programme.pk, entry_of(programme), now=NOW, acting_user=person())
    assert Change.objects.count() == before


def test_a_workbook_with_both_is_taken_back(listed: Designation, tmp_path: Path, run: Run) -> None:
    (path,) = as_book(tmp_path)
    book = load_workbook(path)
    book["programmes"].cell(2, sanctions.STAFF_PROGRAMMES.names.index("name") + 1).value = "From a workbook"
    book["designations"].cell(2, sanctions.STAFF_DESIGNATIONS.names.index("reason") + 1).value = "As the act says"
    book.save(path)
    assert imported(path, run=run).updated == 2
    listed.refresh_from_db()
    assert (regime().name, listed.reason) == ("From a workbook", "As the act says")


def test_a_dry_run_keeps_not_even_how_a_programme_was_found(listed: Designation, tmp_path: Path, run: Run) -> None:
    before = Change.objects.count(), Version.objects.count()
    report = imported(exported(tmp_path, "programmes", set_cell("name", "New")), run=replace(run, dry_run=True))
    assert [note.words for note in report.changes] == ["own-regime is corrected: name “A regime” → “New”"]
    assert (Change.objects.count(), Version.objects.count()) == before


@pytest.mark.parametrize("name", ["programmes", "designations"])
def test_who_may_not_correct_them_by_hand_may_not_by_a_file(
    listed: Designation, tmp_path: Path, run: Run, name: str
) -> None:
    column = "name" if name == "programmes" else "reason"
    path = exported(tmp_path, name, set_cell(column, "New"))
    said = refused(path, run=replace(run, acting_user=person("viewer")))
    assert said == f"You may not correct {name}, and these files do."


def test_rows_of_programmes_cost_the_same_queries_however_many_there_are(
    listed: Designation, django_assert_num_queries: Any
) -> None:
    for number in range(20):
        one = Programme.objects.create(key=f"p-{number}", name=f"P {number}", dataset=listed.dataset)
        LegalAct.objects.create(programme=one, title=f"Act {number}")
    with django_assert_num_queries(3):
        assert len(list(sanctions.programme_rows(Programme.objects.order_by("pk"), staff=True))) == 21
    with django_assert_num_queries(4):
        assert len(list(sanctions.act_rows(Programme.objects.all()))) == 21
    assert Target.objects.count() == 1
