"""Files that are not what they should be: each is refused in words with the place, and nothing of it is kept."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from interchange.csvs import read_csv
from interchange.importing import Run
from interchange.kiel.importing import import_kiel
from interchange.problems import FileProblem
from interchange.workbooks import open_workbook
from pledges.models import Pledge
from reference.models import ImportBatch
from tests.interchange.books import RELEASE, book, item

COLUMNS = ("key", "name")
Change = Callable[[Any], None]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "book.xlsx"


def refused(path: Path, run: Run) -> str:
    """The words with which a workbook is refused; nothing of it is kept."""
    with pytest.raises(FileProblem) as caught:
        import_kiel(path, run=run)
    assert not Pledge.objects.exists()
    assert not ImportBatch.objects.exists()
    return str(caught.value)


def changed(path: Path, change: Change) -> Path:
    """A good workbook of three rows with one thing changed in its main sheet."""
    book(path, {"ID": "A"}, {"ID": "B"}, {"ID": "C"})
    workbook = load_workbook(path)
    change(workbook["Main"])
    workbook.save(path)
    return path


def column(name: str) -> str:
    return "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[RELEASE.index(name)]


@pytest.mark.django_db
@pytest.mark.usefixtures("reference")
class TestWorkbooks:
    def test_a_workbook_without_the_sheet_says_what_is_looked_for(self, path: Path, run: Run) -> None:
        book(path, header=["Name", "Address"])
        assert "has no sheet that we know; its header row should have “ID”, “countries”" in refused(path, run)

    def test_a_missing_column_is_named_with_its_sheet(self, path: Path, run: Run) -> None:
        book(path, {}, header=[name for name in RELEASE if name != "Converted Value in EUR"])
        words = refused(path, run)
        assert words == "Sheet “Main”: the header row lacks “Converted Value in EUR”. Nothing was read."

    def test_merged_cells_are_refused_with_their_place(self, path: Path, run: Run) -> None:
        where = column("countries")
        changed(path, lambda sheet: sheet.merge_cells(f"{where}2:{where}4"))
        assert refused(path, run).startswith(f"Sheet “Main”, row 2, column “{where}”: cells are merged there")

    def test_a_formula_that_was_never_calculated_is_refused_with_its_place(self, path: Path, run: Run) -> None:
        cell = f"{column('Converted Value in EUR')}3"
        changed(path, lambda sheet: sheet.__setitem__(cell, "=1+1"))
        words = refused(path, run)
        assert words.startswith("Sheet “Main”, row 3, column “Converted Value in EUR”: the cell holds a formula")

    def test_an_error_value_is_refused_with_its_place(self, path: Path, run: Run) -> None:
        cell = f"{column('countries')}4"
        changed(path, lambda sheet: sheet.__setitem__(cell, "#N/A"))
        words = refused(path, run)
        assert words.startswith("Sheet “Main”, row 4, column “countries”: the cell holds the error #N/A")

    @pytest.mark.parametrize(
        ("value", "words"),
        [
            (44_618, "44618 is a number; format the cell as a date"),
            (date(1900, 1, 7), "a spreadsheet makes of a small number"),
            ("soon", "“soon” is no day that we can read"),
            ("until 13/45/2022", "There is no day 13/45/2022"),
            ("between 3/9/22 & 3/1/22", "ends before it begins"),
        ],
    )
    def test_a_date_that_is_none_is_refused_with_its_place(self, path: Path, run: Run, value: Any, words: str) -> None:
        book(path, {}, {"ID": "B", "Announcement Date": value})
        told = refused(path, run)
        assert told.startswith("Sheet “Main”, row 3, column “Announcement Date”: ")
        assert words in told

    @pytest.mark.parametrize(
        ("cells", "words"),
        [
            ({"Monetary Value as Given by Source": -5, "Total ": -5}, "-5.00 is no amount"),
            ({"Monetary Value as Given by Source": 10**18, "Total ": 10**18}, "larger than any sum of money"),
            ({"Original Currency": "XXQ"}, "“XXQ” is no currency"),
            ({"Converted Value in EUR": "a lot"}, "“a lot” is no number"),
            ({"ID": ""}, "the row has no ID"),
            ({**item("x" * 400, 1)}, "400 characters"),
        ],
    )
    def test_a_cell_that_cannot_be_kept_is_refused_with_its_row(
        self, path: Path, run: Run, cells: dict[str, Any], words: str
    ) -> None:
        book(path, {}, {"ID": "B", **cells})
        told = refused(path, run)
        assert words in told
        assert "row 3" in told

    def test_the_command_says_that_nothing_was_taken_in(self, path: Path) -> None:
        book(path, {}, {"ID": "B", "countries": "Ruritania"})
        with pytest.raises(CommandError, match=r"^Nothing was taken in\. Sheet “Main”, row 3"):
            call_command("import_kiel", str(path))


def archive(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return path


def opening(path: Path) -> str:
    with pytest.raises(FileProblem) as caught:
        open_workbook(path)
    return str(caught.value)


def test_a_workbook_with_macros_is_refused(path: Path) -> None:
    book(path, {})
    with zipfile.ZipFile(path, "a") as file:
        file.writestr("xl/vbaProject.bin", b"macro")
    assert "holds macros" in opening(path)


def test_a_zip_bomb_is_not_unpacked(path: Path) -> None:
    archive(path, {"xl/worksheets/sheet1.xml": b"\0" * (64 * 2**20)})
    assert "would unpack to 67,108,864 bytes" in opening(path)


def test_an_archive_that_is_no_workbook_is_refused(path: Path) -> None:
    assert "is no workbook that can be read" in opening(archive(path, {"hello.txt": b"hello"}))


def test_gigabytes_of_zeros_are_refused_unread(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(2 * 2**30)
    assert "2,147,483,648 bytes" in opening(path)


@pytest.mark.parametrize("content", [b"", b"ID,countries\n", b"%PDF-1.7", b"\xd0\xcf\x11\xe0old workbook"])
def test_what_is_no_workbook_is_refused(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    assert "book.xlsx" in opening(path)


def told(tmp_path: Path, content: bytes) -> str:
    path = tmp_path / "list.csv"
    path.write_bytes(content)
    with pytest.raises(FileProblem) as caught:
        read_csv(path, COLUMNS)
    return str(caught.value)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "it is empty"),
        (b"key\tnames\n1\tA\n", "row 1: the header lacks “name” (cells are parted by tabs)"),
        (b"key,name\n1,A\n2,\xe9\n", "row 3: it is no UTF-8 text there"),
        (b'key,name\n1,A\n2,"B\n3,C\n4,D\n', "row 3: a quote that begins in this record never ends"),
        (b'key,name\n1,"A" B\n', "row 2: the quotes of this record are not right"),
        (b"key,name\n1,A\n2\n", "row 3: the record has 1 cells and the header 2"),
        (b"key,name\n1,A\x00\n", "row 2: a character there is none (NUL)"),
        (b"key,name,key\n1,A,2\n", "row 1: the column “key” stands twice"),
        (b"PK\x03\x04", "a workbook or an archive and no CSV"),
    ],
)
def test_a_csv_that_is_not_right_is_refused_with_its_place(tmp_path: Path, content: bytes, words: str) -> None:
    assert words in told(tmp_path, content)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_other_delimiters_and_encodings_are_read(tmp_path: Path, delimiter: str, encoding: str) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(f'key{delimiter}name\r\n1{delimiter}"É\r\nB"\r\n\r\n2{delimiter}C\r\n'.encode(encoding))
    rows = read_csv(path, COLUMNS)
    assert [(row.line, row.text("key"), row.text("name")) for row in rows] == [(2, "1", "É\r\nB"), (5, "2", "C")]


@given(content=st.binary(max_size=200), name=st.sampled_from(["csv", "xlsx"]))
def test_no_file_whatever_makes_reading_crash(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, name: str
) -> None:
    path = tmp_path_factory.mktemp("any") / f"file.{name}"
    path.write_bytes((b"key,name\n" if name == "csv" else b"") + content)
    read = partial(read_csv, path, COLUMNS) if name == "csv" else partial(open_workbook, path)
    told = ""
    try:
        read()
    except FileProblem as problem:
        told = str(problem)
    assert name == "csv" or told


def test_a_workbook_that_is_cut_off_is_refused(tmp_path: Path) -> None:
    whole = io.BytesIO(book(tmp_path / "whole.xlsx", {}).read_bytes()).getvalue()
    path = tmp_path / "cut.xlsx"
    path.write_bytes(whole[: len(whole) // 2])
    assert "cut.xlsx is no workbook" in opening(path)
