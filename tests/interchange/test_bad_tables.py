"""Tables brought back that are not what they should be: refused in words with the place, nothing taken in."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from history.models import Change
from interchange.containers import check_container
from interchange.datatables.pledges import STAFF_PLEDGES
from interchange.importing import Run
from interchange.own_form.cells import CellError, read_cell
from interchange.own_form.importing import TABLES, import_record
from interchange.own_form.sheets import FileRow, tables_in
from interchange.problems import FileProblem
from interchange.writing import Column, Kind
from pledges.models import Pledge
from tests.builders import NOW, rates
from tests.interchange.brought_back import as_book, exported, set_cell
from tests.interchange.recorded import joint

HEADER = "id,version,title\r\n"


@pytest.fixture
def pledge(db: None) -> Pledge:
    rates()
    return joint()


@pytest.fixture
def run() -> Run:
    return Run(job="import_record", now=NOW)


def refused(path: Path, run: Run) -> str:
    """The words of the refusal; nothing was taken in."""
    before = Change.objects.count()
    with pytest.raises(FileProblem) as caught:
        import_record([path], run=run, why="A test.")
    assert Change.objects.count() == before
    return str(caught.value)


def read(path: Path) -> list[FileRow]:
    return [row for found in tables_in([path], TABLES) for row in found.rows()]


def no_table(path: Path, content: bytes) -> str:
    path.write_bytes(content)
    with pytest.raises(FileProblem) as caught:
        read(path)
    return str(caught.value)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "it is empty"),
        (b"shape,colour\r\nround,red\r\n", "row 1: its first row names no columns of ours"),
        (b"id,titel,version\r\n", "“titel” is no column of pledges; “title” is meant, perhaps"),
        (b"id,version,title,comment\r\n", "“comment” is no column of pledges; take it out"),
        (b"id,title\r\n", "as a table of pledges it lacks the column “version”"),
        (b"id,version,title,title\r\n", "row 1: the column “title” stands twice"),
        (HEADER.encode() + b'P1,1,"A\r\nP2,1,B\r\n', "row 2: a quote that begins in this record never ends"),
        (HEADER.encode() + b'P1,1,"A" B\r\n', "row 2: the quotes of this record are not right"),
        (HEADER.encode() + b"P1,1\r\n", "row 2: the record has 2 cells and the header 3"),
        (HEADER.encode() + b"P1,1,A\x00\r\n", "it is no text"),
        (HEADER.encode() + b"P1,1,A\r\n" * 9_000 + b"P2,1,A\x00\r\n", "row 9002: a character there is none (NUL)"),
        (HEADER.encode() + b"P1,1,\xe9t\xe9\r\n", "no UTF-8 text"),
        (b"\x00" * 4096, "row 1: it is no text"),
        (b"x" * 100_000, "row 1: its first line has no end"),
        (",".join(f"c{number}" for number in range(9_000)).encode() + b"\r\n", "columns; 300 are the most"),
        (b"a," * 1_000_000 + b"b\r\n", "its first line has no end"),
        (b"PK\x03\x04 no archive", "is no workbook in .xlsx form"),
    ],
)
def test_a_csv_file_that_is_not_right_is_refused_with_its_place(tmp_path: Path, content: bytes, words: str) -> None:
    told = no_table(tmp_path / "pledges.csv", content)
    assert words in told
    assert "pledges.csv" in told


def test_columns_that_could_be_those_of_two_tables_are_told_apart_by_the_name_of_the_file(tmp_path: Path) -> None:
    assert "its columns could be those of pledges or measures" in no_table(tmp_path / "list.csv", HEADER.encode())
    for name in ("pledges-2026-11-24.csv", "Measures.csv"):
        (tmp_path / name).write_bytes(HEADER.encode())
    found = tables_in([tmp_path / "pledges-2026-11-24.csv", tmp_path / "Measures.csv"], TABLES)
    assert [one.table.name for one in found] == ["pledges", "measures"]


def test_gigabytes_of_zeros_are_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "pledges.csv"
    with path.open("wb") as file:
        file.truncate(2 * 2**30)
    with pytest.raises(FileProblem, match="2,147,483,648 bytes"):
        tables_in([path], TABLES)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_other_delimiters_and_encodings_are_read(tmp_path: Path, delimiter: str, encoding: str) -> None:
    path = tmp_path / "pledges.csv"
    path.write_bytes(delimiter.join(["id", "version", "title"]).encode(encoding))
    text = f"{delimiter.join(['id', 'version', 'title'])}\r\n{delimiter.join(['new', '', 'É'])}\r\n"
    path.write_bytes(text.encode(encoding))
    (found,) = tables_in([path], TABLES)
    assert [row.cells["title"] for row in found.rows()] == ["É"]


@given(content=st.binary(max_size=300), begins=st.sampled_from([b"", HEADER.encode(), b"PK\x03\x04"]))
def test_no_file_whatever_makes_reading_crash(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, begins: bytes
) -> None:
    path = tmp_path_factory.mktemp("any") / "pledges file.csv"
    path.write_bytes(begins + content)
    rows, told = [], "file.csv"
    try:
        rows = read(path)
    except FileProblem as problem:
        told = str(problem)
    assert "file.csv" in told
    assert all(len(row.cells) == 3 for row in rows)


Edit = Callable[[Any], Any]


def changed(folder: Path, change: Edit) -> Path:
    """The record as a workbook with one thing changed in its sheet of pledges."""
    (path,) = as_book(folder)
    book = load_workbook(path)
    change(book["pledges"])
    book.save(path)
    return path


def cell(column: str, row: int = 2) -> tuple[int, int]:
    return row, STAFF_PLEDGES.names.index(column) + 1


def put(column: str, value: Any) -> Edit:
    def change(sheet: Any) -> None:
        sheet.cell(*cell(column)).value = value

    return change


def put_number(column: str, value: float) -> Edit:
    def change(sheet: Any) -> None:
        sheet.cell(*cell(column)).number_format = "General"
        sheet.cell(*cell(column)).value = value

    return change


@pytest.mark.usefixtures("pledge")
@pytest.mark.parametrize(
    ("change", "words"),
    [
        (put("stated", "=1+1"), "the cell holds a formula; write its value instead"),
        (put("stated", "#N/A"), "the cell holds the error #N/A"),
        (put("title", 44_618), "column “title”: “44618” is a number, and the column holds text"),
        (put("title", date(2022, 3, 1)), "was made a date, and the column holds text"),
        (put("title", True), "is true or false, and the column holds text"),
        (put_number("announced_latest", 44_618), "“44618” is a number; format the cell as a date"),
        (put("announced_latest", date(1900, 1, 7)), "what a spreadsheet makes of a small number"),
        (put("announced_latest", datetime(2022, 3, 1, 10)), "is a moment, and the column holds days"),  # noqa: DTZ001
        (put("stated", 0.1234567890123456), "more than 15 figures"),
        (put("stated", -5), "it should be above zero"),
        (put("in_kind", 1), "is neither true nor false"),
        (put("currency", None), "column “currency”: "),
        (lambda sheet: sheet.merge_cells("A2:B3"), "row 2, column “A”: cells are merged there"),
        (lambda sheet: sheet.delete_cols(2), "it lacks the column “version”"),
        (lambda sheet: setattr(sheet["ZZ2"], "value", "far"), "a cell stands there under no heading"),
        (lambda sheet: sheet.parent.create_sheet("Mine").append(["a", "b"]), "names no columns of ours"),
    ],
)
def test_a_workbook_that_is_not_right_is_refused_with_its_place(
    tmp_path: Path, run: Run, change: Edit, words: str
) -> None:
    told = refused(changed(tmp_path, change), run)
    assert words in told
    assert "heet “" in told


def test_a_macro_workbook_is_refused(tmp_path: Path, pledge: Pledge, run: Run) -> None:
    (path,) = as_book(tmp_path)
    with zipfile.ZipFile(path, "a") as file:
        file.writestr("xl/vbaProject.bin", b"macro")
    assert "holds macros" in refused(path, run)


def test_two_cells_far_apart_are_refused_before_they_fill_the_memory(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["A1"], sheet["XFD1048576"] = "id", "far"
    book.save(tmp_path / "far.xlsx")
    with pytest.raises(FileProblem, match=r"reaches to row 1,048,576 and column 16,384"):
        check_container(tmp_path / "far.xlsx")


@pytest.mark.parametrize(
    "tag",
    [b'<c s=">" r="XFD1048576"><v>1</v></c>', b"<x:c r = 'XFD1048576'><v>1</v></x:c>", b'<c r="&#88;FD9"><v>1</v></c>'],
)
def test_a_far_cell_is_found_however_it_is_written(tmp_path: Path, tag: bytes) -> None:
    path = tmp_path / "far.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("xl/worksheets/sheet1.xml", b'<row r="1"><c r="A1"><v>1</v></c></row>' + tag)
    with pytest.raises(FileProblem, match=r"reaches to row|has a place that is none"):
        check_container(path)


def test_an_archive_that_lies_about_what_it_unpacks_to_is_found_out(tmp_path: Path) -> None:
    path = tmp_path / "liar.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("xl/worksheets/sheet1.xml", b" " * 10_000_000)
    content = path.read_bytes()
    said = struct.pack("<I", 10_000_000)
    path.write_bytes(content.replace(said, struct.pack("<I", 100)))
    with pytest.raises(FileProblem, match="would unpack to more than it says"):
        check_container(path)


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("stated", "1,250", "can be read in two ways"),
        ("stated", "110 apples", "no multiple that we know"),
        ("stated", "1.1E+08", "was shortened by a spreadsheet; write all the figures"),
        ("stated", "007", "begins with a zero"),
        ("announced_latest", "01/03/2022", "no day that can be read in one way only"),
        ("announced_latest", "2022-02-30", "There is no day 2022-02-30"),
        ("type", "weapons", "is no code for it. Allowed: military"),
        ("in_kind", "1", "neither true nor false"),
        ("in_kind", "", "write true or false; it cannot be empty"),
        ("channel", "XX9", "There is no party with the code “XX9”"),
        ("donors", "IT;XX9", "There is no party with the code “XX9”"),
        ("donors", "IT;IT", "An entry stands twice"),
        ("package", "P000", "There is no pledge with the id “P000”"),
        ("id", "P000", "There is no pledge with the id “P000”"),
        ("version", "", "the row has no version"),
        ("title", "", "Say in a few words what is pledged"),
        ("title", "x" * 400, "300 are the most"),
    ],
)
def test_a_cell_that_cannot_be_taken_is_refused_with_its_place(
    tmp_path: Path, pledge: Pledge, run: Run, column: str, value: str, words: str
) -> None:
    def change(rows: list[dict[str, str]]) -> None:
        rows[0]["note"] = "Changed."
        set_cell(column, value)(rows)

    told = refused(exported(tmp_path, "pledges", change), run)
    assert words in told
    assert f"row 2, column “{column}”" in told


def test_all_that_is_wrong_is_told_at_once(tmp_path: Path, pledge: Pledge, run: Run) -> None:
    def change(rows: list[dict[str, str]]) -> None:
        rows[0] |= {"stated": "many", "type": "weapons"}

    told = refused(exported(tmp_path, "pledges", change), run)
    assert told.startswith("2 things are to be mended:")


@pytest.mark.parametrize("title", ["=A joint gift", "Another"])
def test_a_row_that_stands_twice_is_refused(tmp_path: Path, pledge: Pledge, run: Run, title: str) -> None:
    def twice(rows: list[dict[str, str]]) -> None:
        rows.append({**rows[0], "title": title})
        rows[0]["title"] = "One"

    told = refused(exported(tmp_path, "pledges", twice), run)
    assert f"row 3, column “id”: {pledge.public_id} stands in row 2 already" in told


def test_rows_that_contradict_each_other_are_refused(tmp_path: Path, pledge: Pledge, run: Run) -> None:
    own = exported(tmp_path, "pledges", set_cell("donors", "IT"))
    (tmp_path / "shares").mkdir()
    shares = exported(tmp_path / "shares", "pledge_donors", set_cell("share_amount", "5", 1))
    with pytest.raises(FileProblem, match="mend one of them"):
        import_record([own, shares], run=run, why="A test.")


READ: list[tuple[Kind, Any, Any]] = [
    (Kind.DECIMAL, "110m", Decimal(110_000_000)),
    (Kind.DECIMAL, "35 000 000", Decimal(35_000_000)),
    (Kind.DECIMAL, "1,250,000.50", Decimal("1250000.50")),
    (Kind.DECIMAL, "1.250.000,50", Decimal("1250000.50")),
    (Kind.DECIMAL, 110_000_000.0, Decimal(110_000_000)),
    (Kind.DECIMAL, 0.1, Decimal("0.1")),
    (Kind.BOOLEAN, "TRUE", True),
    (Kind.BOOLEAN, False, False),
    (Kind.DATE, datetime(2022, 3, 1), date(2022, 3, 1)),  # noqa: DTZ001
    (Kind.DATETIME, date(2022, 3, 1), datetime(2022, 3, 1, tzinfo=UTC)),
    (Kind.DATETIME, datetime(2022, 3, 1, 9), datetime(2022, 3, 1, 9, tzinfo=UTC)),  # noqa: DTZ001
    (Kind.DATETIME, "2022-03-01T10:00:00+01:00", datetime(2022, 3, 1, 9, tzinfo=UTC)),
    (Kind.INTEGER, 3.0, 3),
    (Kind.TEXT, " =x ", " =x "),
    (Kind.LIST, "IT; FR ;", ["IT", "FR"]),
    (Kind.TEXT, "  ", None),
]


@pytest.mark.parametrize(("kind", "written", "value"), READ)
def test_what_can_be_read_in_one_way_only_is_read(kind: Kind, written: Any, value: Any) -> None:
    assert read_cell(Column("c", kind, "C", "C."), written) == value


@given(
    kind=st.sampled_from(list(Kind)), written=st.one_of(st.text(max_size=60), st.floats(), st.integers(), st.booleans())
)
def test_any_cell_is_read_or_refused_in_words(kind: Kind, written: Any) -> None:
    column = Column("c", kind, "C", "C.", vocabulary={"loan": "Loan"} if kind is Kind.CODE else None)
    told = "read"
    try:
        read_cell(column, written)
    except CellError as error:
        told = str(error)
    assert told
