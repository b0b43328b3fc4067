"""``manage.py check_coding`` and the files it reads."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import openpyxl
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from hypothesis import given
from hypothesis import strategies as st

from ingestion.coded_files import KIEL, CodedFileError, coded_rows

TEXT = "Norway will give Ukraine 12 million euros in humanitarian aid, the foreign ministry said on Monday."
OTHER = "Sweden will give Ukraine 5 million kronor in humanitarian aid."
Write = Callable[..., Path]


def run(path: Path, *arguments: str) -> tuple[str, str]:
    out, errors = io.StringIO(), io.StringIO()
    call_command("check_coding", str(path), *arguments, stdout=out, stderr=errors)
    return out.getvalue(), errors.getvalue()


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def made(content: str, name: str = "coded.csv") -> Path:
        path = tmp_path / name
        path.write_text(content, encoding="utf-8")
        return path

    return made


@pytest.fixture
def two(write: Write) -> Path:
    """Two rows: one whose amount is wrong, one that agrees."""
    return write(
        "id,donor,type,amount,currency,text\n"
        f'A1,Norway,humanitarian,21000000,EUR,"{TEXT}"\n'
        f'A2,SE,humanitarian,5000000,SEK,"{OTHER}"\n'
    )


def workbook(path: Path, rows: list[list[Any]], *, before: int = 0) -> Path:
    """A workbook whose second sheet holds the rows, below some empty ones."""
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["Read me first"])
    sheet = book.create_sheet("Data")
    for number, cells in enumerate(rows, before + 1):
        for column, cell in enumerate(cells, 1):
            sheet.cell(number, column, cell)
    book.save(path)
    return path


def kiel_row(**values: Any) -> list[Any]:
    """A row of the tracker's sheet, its columns in their order."""
    blank = {"text": TEXT, "id": "NOH1", "donor": "Norway", "type": "Humanitarian", "finance": "Assistance",
             "amount": 12000000.0, "currency": "EUR", "item": ".", "units": ".",
             "published": "until 3/10/2022"}  # fmt: skip
    return [{**blank, **values}[name] for name in KIEL]


def test_a_disagreement_is_listed_with_row_field_values_and_quote(two: Path) -> None:
    told, _ = run(two)
    assert "line 2 A1, amount: coded 21,000,000; the words say 12,000,000 EUR\n    “Norway will give" in told
    assert "A2" not in told


def test_each_field_is_summed_up(two: Path) -> None:
    table = {line.split()[0]: line.split()[1:] for line in run(two)[0].splitlines() if line}
    assert table["amount"] == ["1", "1", "0", "0", "1", "of", "2"]
    assert table["donor"] == ["2", "0", "0", "0", "2", "of", "2"]
    assert "stage" not in table
    assert "2 rows, read by rules-" in run(two)[0]


def test_fields_and_donors_can_be_chosen(two: Path) -> None:
    assert "A1" not in run(two, "--field", "type", "--field", "donor")[0]
    told, _ = run(two, "--donor", "Sweden")
    assert "A1" not in told
    assert "1 rows" in told
    with pytest.raises(CommandError, match="--donor Atlantis: no party"):
        run(two, "--donor", "Atlantis")


def test_half_of_the_donors_can_be_held_out(two: Path) -> None:
    assert "A1" in run(two, "--half", "2")[0]
    assert "A1" not in run(two, "--half", "1")[0]
    assert "1 rows" in run(two, "--half", "1")[0]


def test_a_long_list_is_cut_and_its_rest_counted(write: Write) -> None:
    lines = [f"{number},Denmark,{TEXT}".replace("aid,", "aid;") for number in range(9)]
    path = write("id,donor,text\n" + "\n".join(lines))
    told, _ = run(path, "--limit", "2")
    assert told.count("the words say NO") == 2
    assert "… and 7 more" in told
    assert "the words say" not in run(path, "--limit", "0")[0]
    with pytest.raises(CommandError, match="--limit should be 0 or more"):
        run(path, "--limit", "-1")


def test_the_whole_list_can_be_kept_for_a_spreadsheet(two: Path, write: Write, tmp_path: Path) -> None:
    kept = tmp_path / "list.csv"
    run(two, "--limit", "0", "--csv", str(kept))
    header, row = csv.reader(kept.read_text(encoding="utf-8-sig").splitlines())
    assert header == ["place", "id", "field", "verdict", "coded", "read", "quote"]
    assert row[:6] == ["line 2", "A1", "amount", "disagree", "21,000,000", "12,000,000 EUR"]
    run(write(f'id,amount,text\n=1+1,7,"{TEXT}"\n'), "--csv", str(kept))
    assert "\nline 2,'=1+1,amount" in kept.read_text(encoding="utf-8-sig"), "no spreadsheet takes it for a formula"
    with pytest.raises(CommandError, match="cannot be written: No such file"):
        run(two, "--csv", str(tmp_path / "nowhere" / "list.csv"))


@pytest.mark.parametrize("written", ["1e99999999", "-1", "NaN", "Infinity", "1e-99999", "1000000000000000"])
def test_a_number_beyond_all_bounds_is_told_of(write: Write, written: str) -> None:
    [row] = coded_rows(write(f'amount,text\n{written},"{TEXT}"\n'))
    assert (row.values, len(row.problems)) == ({}, 1)


def test_half_a_character_in_json_does_not_stop_the_list(write: Write) -> None:
    told, _ = run(write(json.dumps({"text": TEXT, "id": "\ud800", "amount": 7}), "a.jsonl"))
    assert "line 1 ?, amount: coded 7" in told


@given(st.binary(max_size=300), st.sampled_from([".csv", ".jsonl", ".xlsx"]))
def test_any_bytes_give_rows_or_a_sentence(content: bytes, suffix: str) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"a{suffix}"
        path.write_bytes(b"text,amount\n" + content if suffix == ".csv" else content)
        with suppress(CodedFileError):
            assert all(isinstance(row.text, str) for row in coded_rows(path))


def test_cells_that_cannot_be_used_are_told_of_and_not_compared(write: Write) -> None:
    path = write(f'donor,type,amount,currency,published,text\nAtlantis,milk,much,€,soon,"{TEXT}"\n')
    told, errors = run(path)
    assert "line 2, donor: “Atlantis” is no party that is known" in errors
    assert "line 2, type: “milk” is none of military, financial" in errors
    assert "line 2, amount: “much” is no number" in errors
    assert "line 2, currency: “€” is no currency code" in errors
    assert "line 2, published: “soon” is no day" in errors
    assert "5 cells could not be used" in told
    assert "disagree" not in told.splitlines()[0]


def test_lines_of_json_are_read_with_exact_amounts(write: Write) -> None:
    line = {"text": TEXT, "id": "x", "donor": ["NO", "DK"], "amount": 0.1, "units": 3, "stage": None}
    [row] = coded_rows(write(json.dumps(line) + "\n\n", "coded.jsonl"))
    assert row.values == {"donor": {"NO", "DK"}, "amount": Decimal("0.1"), "units": 3, "stage": None}
    assert (row.place, row.name) == ("line 1", "x")


def test_a_semicolon_parts_columns_too(write: Write) -> None:
    [row] = coded_rows(write(f"\ufefftext;amount;published\n{TEXT};12;2022-03-01\n"))
    assert (row.text, row.values, row.published) == (TEXT, {"amount": Decimal(12)}, date(2022, 3, 1))


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.csv", "", "the first line should name the columns"),
        ("a.csv", "donor,amount\nNO,1\n", "one of them should be text"),
        ("a.csv", "text,donor,donor\nx,NO,SE\n", "the column donor comes twice"),
        ("a.csv", "text,donor\nx,NO,and more\n", "line 2: there are 3 cells under 2 columns"),
        ("a.csv", 'text,donor\n"x"y,NO\n', "line 2: this is no CSV"),
        ("a.jsonl", '{"text": "x"}\nno json\n', "line 2: this is no JSON"),
        ("a.jsonl", "[" * 100_000, "line 1: this is no JSON"),
        ("a.jsonl", '["text"]\n', "line 1: an object with a text is wanted"),
        ("a.txt", "text\n", "give a .csv, .jsonl or .xlsx file"),
        ("a.xlsx", "no workbook", "is no workbook that can be read"),
    ],
)
def test_a_file_that_cannot_be_used_is_told_of_in_a_sentence(write: Write, name: str, content: str, words: str) -> None:
    with pytest.raises(CommandError) as caught:
        run(write(content, name))
    assert words in str(caught.value)
    assert name in str(caught.value)


@pytest.mark.parametrize("name", ["nowhere.csv", "nowhere.jsonl", "nowhere.xlsx"])
def test_a_file_that_is_not_there_is_named(name: str) -> None:
    with pytest.raises(CommandError, match=f"{name} cannot be read: No such file"):
        run(Path(name))


def test_a_file_in_another_encoding_is_told_of(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("text\nfünf\n".encode("latin-1"))
    with pytest.raises(CommandError, match="is no UTF-8 text"):
        run(path)


def test_the_trackers_sheet_is_known_by_its_header_wherever_it_stands(tmp_path: Path) -> None:
    rows = [list(KIEL.values()), kiel_row(), kiel_row(amount="Not given", units=20.0, item="truck", finance="Loan")]
    first, second = coded_rows(workbook(tmp_path / "a.xlsx", rows, before=3))
    assert (first.place, first.name, first.published) == ("Data, row 5", "NOH1", None)
    assert first.values == {"donor": {"NO"}, "type": "humanitarian", "amount": 12_000_000, "currency": "EUR"}
    assert second.values == {"donor": {"NO"}, "type": "humanitarian", "finance": "loan", "amount": None, "units": 20}
    assert not first.problems


def test_a_workbook_may_have_the_plain_columns(tmp_path: Path) -> None:
    rows: list[list[Any]] = [["Text", "Amount", "Published"], [TEXT, 12.5, datetime(2022, 3, 1)], [None, None, None]]  # noqa: DTZ001
    [row] = coded_rows(workbook(tmp_path / "a.xlsx", rows))
    assert (row.text, row.values, row.published) == (TEXT, {"amount": Decimal("12.5")}, date(2022, 3, 1))


def test_a_workbook_without_such_a_sheet_is_told_of(tmp_path: Path) -> None:
    with pytest.raises(CodedFileError, match="no sheet has a header row with the columns"):
        list(coded_rows(workbook(tmp_path / "a.xlsx", [["Country", "Sum"]])))


@pytest.mark.real_data
def test_every_row_of_the_real_tracker_is_compared() -> None:
    path = next((Path(os.environ["REAL_DATA"]) / "data" / "kiel").glob("*.xlsx"))
    rows = list(coded_rows(path))
    assert len(rows) == 1032
    assert len({row.name for row in rows}) == 432
    assert all({"donor", "type", "amount"} <= row.values.keys() for row in rows)
    assert [problem.split(", ")[-1][:5] for row in rows for problem in row.problems] == ["units"] * 3
    told, _ = run(path, "--donor", "Czechia", "--limit", "0")
    assert "45 rows" in told
