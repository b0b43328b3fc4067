"""Files out: CSV, NDJSON and XLSX hold what was given, without loss, and nothing in them calculates."""

from __future__ import annotations

import csv
import io
import json
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from interchange.writing import Column, Kind, Table, csv_lines, ndjson_lines, write_xlsx
from interchange.writing.guarding import guard, unguard
from interchange.writing.values import plain_list, split_list
from interchange.writing.xlsx import WorkbookTooLargeError, fits

TABLE = Table(
    "things",
    "Things",
    "Invented.",
    tuple(Column(str(kind), kind, kind.title(), f"A {kind}.") for kind in Kind),
)
FULL: dict[str, Any] = {
    "text": "=1+1", "integer": 3, "decimal": Decimal("0.10"), "date": date(2022, 3, 1),
    "datetime": datetime(2022, 3, 1, 14, 0, 5, tzinfo=timezone(timedelta(hours=2))), "boolean": True, "code": "loan",
    "list": ["a;b", "c"],
}  # fmt: skip
EMPTY: dict[str, Any] = dict.fromkeys(FULL)


def as_csv(*rows: dict[str, Any]) -> list[list[str]]:
    return list(csv.reader(io.StringIO(b"".join(csv_lines(TABLE, rows)).decode(), newline="")))


def as_book(*rows: dict[str, Any], table: Table = TABLE) -> Any:
    target = io.BytesIO()
    write_xlsx(target, [(table, rows)], read_me=["Of a test"])
    return load_workbook(io.BytesIO(target.getvalue()))


def test_a_csv_file_holds_texts_without_loss_and_empty_cells_for_what_is_not_known() -> None:
    header, full, empty = as_csv(FULL, EMPTY)
    assert header == list(TABLE.names)
    assert full == ["'=1+1", "3", "0.10", "2022-03-01", "2022-03-01T12:00:05Z", "true", "loan", "a\\;b;c"]
    assert empty == [""] * len(header)


def test_the_lines_of_a_csv_file_end_as_the_standard_says() -> None:
    assert b"".join(csv_lines(TABLE.only("text", "integer"), [{"text": 'a "b"\nc', "integer": 1}])) == (
        b'text,integer\r\n"a ""b""\nc",1\r\n'
    )


def test_a_mark_for_spreadsheet_programs_stands_in_front_once() -> None:
    assert b"".join(csv_lines(TABLE.only("text"), [{"text": "é"}], mark=True)) == b"\xef\xbb\xbftext\r\n\xc3\xa9\r\n"


def test_a_line_of_ndjson_holds_decimals_as_texts_and_lists_as_lists() -> None:
    first, second = b"".join(ndjson_lines(TABLE, [FULL, EMPTY])).decode().splitlines()
    assert json.loads(first) == {
        **FULL, "decimal": "0.10", "date": "2022-03-01", "datetime": "2022-03-01T12:00:05Z",
    }  # fmt: skip
    assert json.loads(second) == EMPTY


@pytest.mark.parametrize("write", [csv_lines, ndjson_lines])
@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("decimal", 1.5),
        ("decimal", Decimal("NaN")),
        ("integer", True),
        ("date", datetime(2022, 3, 1, tzinfo=UTC)),
        ("datetime", datetime(2022, 3, 1)),  # noqa: DTZ001
        ("boolean", 1),
        ("text", 5),
    ],
)
def test_a_value_of_another_kind_is_refused_with_its_column(write: Any, column: str, value: Any) -> None:
    with pytest.raises((TypeError, ValueError), match=rf"^things\.{column}: "):
        list(write(TABLE, [{**EMPTY, column: value}]))


@given(st.text())
def test_any_text_comes_back_from_its_guarded_form(text: str) -> None:
    assert unguard(guard(text)) == text


@given(st.text())
def test_no_guarded_text_begins_a_formula(text: str) -> None:
    assert guard(text).lstrip()[:1] not in ("=", "+", "-", "@", "＝")


@pytest.mark.parametrize("text", ["=A1", "+1", "-1", "@x", "\tx", " =1", "'=1", "＝1"])
def test_what_a_spreadsheet_takes_for_a_formula_is_guarded(text: str) -> None:
    assert guard(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "'t Harde", "a=b", "1-2", "O'Neill"])
def test_a_harmless_text_stays_as_it_is(text: str) -> None:
    assert guard(text) == text
    assert unguard(text) == text


@given(st.lists(st.text(min_size=1).filter(lambda text: text == text.strip())))
def test_any_list_comes_back_from_its_cell(entries: list[str]) -> None:
    assert split_list(plain_list(entries)) == entries


def test_a_workbook_holds_days_as_days_and_numbers_as_numbers() -> None:
    sheet = as_book(FULL)["things"]
    values = {head.value: cell for head, cell in zip(sheet[1], sheet[2], strict=True)}
    assert (values["integer"].value, values["decimal"].value) == (3, 0.1)
    assert (values["date"].value, values["date"].number_format) == (datetime(2022, 3, 1), "yyyy-mm-dd")  # noqa: DTZ001
    assert values["datetime"].value == datetime(2022, 3, 1, 12, 0, 5)  # noqa: DTZ001
    assert values["boolean"].value is True


def test_a_workbook_has_no_formula_whatever_the_texts_say() -> None:
    cell = as_book(FULL)["things"]["A2"]
    assert (cell.data_type, cell.value, cell.quotePrefix) == ("s", "=1+1", 1)


@pytest.mark.parametrize("digits", ["1234567890123456", "0.1234567890123456", "123456789012345678.25"])
def test_a_number_that_a_spreadsheet_would_round_is_written_as_a_text(digits: str) -> None:
    assert as_book({**EMPTY, "decimal": Decimal(digits)})["things"]["C2"].value == digits


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**16), max_value=10**16))
def test_a_number_that_fits_a_spreadsheet_is_the_same_number(number: Decimal) -> None:
    if fits(f"{number:f}"):
        assert Decimal(repr(float(number))) == number


def test_a_day_that_spreadsheets_count_wrongly_is_a_text() -> None:
    assert as_book({**EMPTY, "date": date(1899, 12, 31)})["things"]["D2"].value == "1899-12-31"


def test_the_first_sheet_says_what_every_column_means() -> None:
    sheet = as_book(FULL)["Read me"]
    told = [row[:4] for row in sheet.iter_rows(values_only=True)]
    assert told[0][0] == "Of a test"
    assert ("decimal", "Decimal", "decimal", None) in told


def test_a_text_too_long_for_a_cell_is_told_and_not_cut() -> None:
    with pytest.raises(WorkbookTooLargeError, match="row 2 has more than 32,767 characters"):
        as_book({**EMPTY, "text": "x" * 40_000})


def test_more_rows_than_a_sheet_has_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("interchange.writing.xlsx.MOST_ROWS", 3)
    with pytest.raises(WorkbookTooLargeError, match="more than 2 rows"):
        as_book(EMPTY, EMPTY, EMPTY)


@pytest.mark.parametrize("write", [csv_lines, ndjson_lines])
def test_memory_does_not_grow_with_the_rows(write: Any) -> None:
    def peak(count: int) -> int:
        def rows() -> Iterator[dict[str, Any]]:
            for _ in range(count):
                yield FULL

        tracemalloc.start()
        for _ in write(TABLE, rows()):
            pass
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    few = peak(1_000)
    assert peak(10_000) < few * 1.2
