"""The files of one edition: whole, valid, exact, in agreement with each other, without what must not leave."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from frictionless import Package, system
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as some

from interchange.datatables.lines import TOTAL_LINES
from interchange.publishing.making import Made, make_files
from interchange.publishing.models import Form
from interchange.publishing.scope import ScopeError, stand_of
from interchange.publishing.tables import rows_of
from interchange.writing.csv_lines import csv_lines
from interchange.writing.guarding import unguard
from pledges.drafts import DeductionDraft
from pledges.models import Part, Pledge
from pledges.totals.answering import totals
from pledges.totals.dimensions import PartyKey
from reference.models import Dataset
from tests.builders import euros, published, rates
from tests.interchange.out.conftest import SECRET, fill, plant, stand

pytestmark = pytest.mark.django_db


def make(folder: Path, scope: str = "all") -> dict[str, Path]:
    folder.mkdir(parents=True)
    made = make_files(folder, "x", stand(scope))
    return {file.form: folder / file.name for file in made.files}


@pytest.fixture
def files(tmp_path: Path, db: None) -> dict[str, Path]:
    fill()
    return make(tmp_path / "made")


def unpacked(path: Path, to: Path) -> Path:
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        archive.extractall(to)
    return to


def table(files: dict[str, Path], name: str) -> Iterator[dict[str, str]]:
    with zipfile.ZipFile(files[Form.DATA_PACKAGE]).open(f"data/{name}.csv") as file:
        yield from csv.DictReader(io.TextIOWrapper(file, "utf-8", newline=""))


def problems_of(folder: Path) -> list[Any]:
    with system.use_context(trusted=True):
        report = Package(str(folder / "datapackage.json")).validate()
    return [*report.flatten(["type", "rowNumber", "fieldName", "note"]), *map(str, report.errors)]


def test_the_data_package_is_valid_by_the_standards_own_library(files: dict[str, Path], tmp_path: Path) -> None:
    folder = unpacked(files[Form.DATA_PACKAGE], tmp_path / "package")
    assert problems_of(folder) == []


def test_the_library_sees_a_file_that_was_changed(files: dict[str, Path], tmp_path: Path) -> None:
    folder = unpacked(files[Form.DATA_PACKAGE], tmp_path / "package")
    path = folder / "data" / "pledges.csv"
    path.write_bytes(path.read_bytes().replace(b"A package", b"A packade"))
    assert any("hash" in str(one) for one in problems_of(folder))


def test_the_data_package_says_what_it_is(files: dict[str, Path]) -> None:
    archive = zipfile.ZipFile(files[Form.DATA_PACKAGE])
    told = json.loads(archive.read("datapackage.json"))
    assert told["licenses"] == [
        {"name": "CC-BY-4.0", "path": "https://creativecommons.org/licenses/by/4.0/", "title": "CC BY 4.0"}
    ]
    assert told["change"] == stand().seq
    assert stand().citation == told["citation"]
    fields = {one["name"]: one for one in told["resources"][0]["schema"]["fields"]}
    assert (fields["eur_central"]["type"], fields["eur_central"]["unit"]) == ("number", "EUR")
    assert "military" in fields["type"]["constraints"]["enum"]
    assert archive.read("CITATION.cff").startswith(b'cff-version: "1.2.0"')
    assert b"Licence: CC BY 4.0" in archive.read("README.md")


def test_all_forms_have_the_same_rows(files: dict[str, Path]) -> None:
    book = openpyxl.load_workbook(files[Form.XLSX], read_only=True)
    lines, database = zipfile.ZipFile(files[Form.NDJSON]), sqlite3.connect(files[Form.SQLITE])
    names = [name for name in book.sheetnames if name != "Read me"]
    assert len(names) == 18
    for name in names:
        rows = list(table(files, name))
        objects = [json.loads(line) for line in lines.read(f"{name}.ndjson").splitlines()]
        ids = [unguard(row[next(iter(row))]) for row in rows]
        assert [str(next(iter(one.values()))) for one in objects] == ids
        counted = database.execute(f'SELECT COUNT(*) FROM "{name}"').fetchone()  # noqa: S608
        assert counted == (len(rows),)
        found = [row for row in book[name].iter_rows(min_row=2, values_only=True) if any(row)]
        assert len(found) == len(rows)
    database.close()


def test_the_database_has_types_keys_and_indexes_and_describes_itself(files: dict[str, Path]) -> None:
    database = sqlite3.connect(files[Form.SQLITE])
    assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert database.execute("PRAGMA foreign_key_check").fetchall() == []
    columns = {name: kind for _, name, kind, *_ in database.execute("PRAGMA table_info(pledges)")}
    assert (columns["eur_central"], columns["eur_central_cents"], columns["in_kind"]) == ("TEXT", "INTEGER", "INTEGER")
    assert [row[1] for row in database.execute("PRAGMA index_list(moves)")] >= ["moves_by_item"]
    about = dict(database.execute("SELECT name, value FROM metadata"))
    assert (about["change"], about["licence"]) == (str(stand().seq), "CC BY 4.0")
    described = database.execute("SELECT COUNT(*) FROM columns WHERE \"table\" = 'pledges'").fetchone()[0]
    assert described == len(next(iter(table(files, "pledges"))))
    database.close()


def test_totals_added_up_from_each_file_are_ours_to_the_cent(files: dict[str, Path]) -> None:
    assert_totals_agree(files, "tracker")


PLEDGES = some.tuples(
    some.decimals("0.01", "99999999", places=2),
    some.sampled_from(["EUR", "USD"]),
    some.sampled_from([("IT",), ("FR",), ("IT", "FR")]),
)


@settings(
    max_examples=8,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(pledges=some.lists(PLEDGES, min_size=1, max_size=4))
def test_totals_of_any_pledges_are_those_of_the_lines_that_are_given_out(
    db: None, pledges: list[tuple[Decimal, str, tuple[str, ...]]]
) -> None:
    if not Pledge.objects.exists():
        rates()
    for amount, currency, donors in pledges:
        published("One of many", donors=donors, stated=amount, currency=currency)
    written = b"".join(csv_lines(TOTAL_LINES, rows_of(TOTAL_LINES, "tracker"))).decode()
    lines = csv.DictReader(io.StringIO(written, newline=""))
    counted = [row for row in lines if not row["left_out"] and row["refugee_costs"] == "false"]
    for currency in ("EUR", "USD"):
        column = f"{currency.lower()}_central"
        total = sum((Decimal(row[column]) for row in counted if row[column]), Decimal(0))
        assert total * 100 == totals(currency=currency).total.central


def assert_totals_agree(files: dict[str, Path], dataset: str) -> None:
    ours = totals(group_by=("donor",), dataset=dataset)
    rows = [
        row for row in table(files, "total_lines")
        if row["dataset"] == dataset and not row["left_out"] and row["refugee_costs"] == "false"
    ]  # fmt: skip
    for column in ("low", "central", "high"):
        total = sum((Decimal(row[f"eur_{column}"]) for row in rows if row[f"eur_{column}"]), Decimal(0))
        assert total * 100 == getattr(ours.total, column)
    assert len({row["pledge"] for row in rows}) == ours.total.count
    database = sqlite3.connect(files[Form.SQLITE])
    sums = database.execute(
        "SELECT donor, donor_part, SUM(eur_central_cents) FROM total_lines WHERE dataset = ? AND left_out IS NULL "
        "AND NOT refugee_costs GROUP BY 1, 2",
        [dataset],
    ).fetchall()
    database.close()
    wanted = {(code_of(row.keys["donor"]), row.sums.central) for row in ours.rows}
    assert {(donor, cents or 0) for donor, _, cents in sums} == wanted


def code_of(key: Any) -> str | None:
    assert isinstance(key, PartyKey)
    return key.code if key.part == Part.NAMED else None


def test_nothing_that_must_not_leave_is_in_any_file(tmp_path: Path) -> None:
    fill()
    plant()
    files = make(tmp_path / "made")
    texts = dict(files)
    for form in (Form.DATA_PACKAGE, Form.NDJSON, Form.XLSX):
        unpacked(files[form], tmp_path / form)
        texts.update({f"{form} {path.name}": path for path in (tmp_path / form).rglob("*") if path.is_file()})
    assert len(texts) > 40
    for path in texts.values():
        assert SECRET.encode() not in path.read_bytes(), path
    assert "Noted" in {row["title"] for row in table(files, "pledges")}
    hidden = Pledge.objects.get(dataset__key="closed").public_id
    assert all(hidden.encode() not in path.read_bytes() for path in texts.values())


def test_a_dataset_that_may_not_be_given_out_is_refused_with_those_that_may() -> None:
    Dataset.objects.create(key="closed", name="Closed", licence="theirs", redistributable=False)
    Dataset.objects.create(key="open", name="Open", licence="CC0", redistributable=True)
    with pytest.raises(ScopeError, match=r"“closed” may not be given out under its licence. Name another: all, open"):
        stand_of("closed")
    with pytest.raises(ScopeError, match="There is no dataset “nowhere”"):
        stand_of("nowhere")


def test_the_files_of_one_dataset_hold_no_reference_that_leads_out_of_it(tmp_path: Path) -> None:
    rates()
    other = Dataset.objects.create(key="open", name="Open", licence="CC0", redistributable=True)
    theirs = published("Theirs", dataset_id=other.pk, **euros("5"))
    published("Ours", deductions=(DeductionDraft(Decimal(1), "other_record", other_id=theirs.pk),), **euros("6"))
    files = make(tmp_path / "made", "tracker")
    assert [(row["amount"], row["other"]) for row in table(files, "deductions")] == [("1.00", "")]
    assert problems_of(unpacked(files[Form.DATA_PACKAGE], tmp_path / "package")) == []
    both = make(tmp_path / "both")
    assert [row["other"] for row in table(both, "deductions")] == [theirs.public_id]


def test_the_same_state_makes_the_same_bytes(tmp_path: Path) -> None:
    fill()
    one, other = ({file.form: file.sha256 for file in made(tmp_path / name).files} for name in ("a", "b"))
    assert one == other


def made(folder: Path) -> Made:
    folder.mkdir()
    return make_files(folder, "x", stand())


def test_an_empty_record_makes_files_too_and_says_why_one_is_missing(tmp_path: Path) -> None:
    Dataset.objects.create(key="tracker", name="Tracker", licence="CC BY 4.0", redistributable=True)
    found = made(tmp_path / "empty")
    assert Form.IATI not in {file.form for file in found.files}
    assert found.remarks == ["No IATI file: the standard knows none without an activity, and no pledge is published."]
    folder = unpacked(tmp_path / "empty" / "x.zip", tmp_path / "package")
    assert problems_of(folder) == []


def test_a_workbook_that_would_be_too_long_is_left_out_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("interchange.publishing.making.MOST_ROWS_OF_A_WORKBOOK", 3)
    fill()
    found = made(tmp_path / "made")
    assert Form.XLSX not in {file.form for file in found.files}
    assert found.remarks[0].startswith("No workbook: a sheet has up to 3 rows, pledges has 5")
