"""Files of descriptions beside their coded values: CSV, JSON lines, and workbooks, the Kiel tracker's among them.

The columns are those of ``COLUMNS``; only ``text`` is needed. A column that is there and empty means "coded as
nothing", a column that is not there is not compared. A cell that cannot be used is told of and not compared; a file
that cannot be read raises :class:`CodedFileError`.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, get_args

from python_calamine import CalamineError, CalamineWorkbook

from extraction.coding import FIELDS, Coded, Value, party_codes
from extraction.contract import AidType, FinanceType, Stage

COLUMNS = ("text", "id", "published", "item", *FIELDS)
LONGEST_CELL = 10_000_000  # characters
LARGEST = Decimal(10) ** 15
PLACES = 30  # workbooks hold results of divisions
HEADER_WITHIN = 20  # rows of a sheet in which its header is looked for
BLANK = frozenset({"", ".", "-", "n/a", "none"})
# The columns of the Ukraine Support Tracker's main sheet, by our names.
KIEL = {
    "text": "Explanation",
    "id": "ID",
    "published": "Announcement Date",
    "item": "Type of item",
    "donor": "countries",
    "type": "Type of Aid General",
    "finance": "Type of Aid Specific",
    "amount": "Monetary Value as Given by Source",
    "currency": "Original Currency",
    "units": "No. of Units",
}
KIEL_BLANK = BLANK | {"not given", "undisclosed"}
KIEL_FINANCE = {"loan": "loan", "swap-line": "loan", "grant": "grant", "guarantee": "guarantee"}

Cells = Mapping[str, Any]


class CodedFileError(ValueError):
    """The file holds no coded descriptions that can be read; the text says what is wrong and where."""


def coded_rows(path: Path) -> Iterator[Coded]:
    """The rows of a file in their order. Raises :class:`CodedFileError`."""
    kinds = {".csv": _of_csv, ".jsonl": _of_jsonl, ".xlsx": _of_workbook}
    read = kinds.get(path.suffix.lower())
    if read is None:
        raise CodedFileError(f"{path} is of no kind that can be read here; give a .csv, .jsonl or .xlsx file.")
    try:
        yield from read(path)
    except UnicodeDecodeError as error:
        raise CodedFileError(f"{path} is no UTF-8 text: byte {error.start} does not fit. Save it as UTF-8.") from error
    except OSError as error:
        raise CodedFileError(f"{path} cannot be read: {error.strerror or error}.") from error


def _of_csv(path: Path) -> Iterator[Coded]:
    csv.field_size_limit(LONGEST_CELL)
    with path.open(encoding="utf-8-sig", newline="") as file:
        first = file.readline()
        file.seek(0)
        delimiter = max(",;\t", key=first.count)
        rows = csv.reader(file, delimiter=delimiter, strict=True)
        try:
            columns = [name.strip().lower() for name in next(rows, [])]
            _check_columns(path, columns)
            for cells in rows:
                if len(cells) > len(columns):
                    raise CodedFileError(
                        f"{path}, line {rows.line_num}: there are {len(cells)} cells under {len(columns)} columns. "
                        f"Put texts that contain “{delimiter}” between double quotes."
                    )
                if any(cell.strip() for cell in cells):
                    yield _coded(f"line {rows.line_num}", dict(zip(columns, cells, strict=False)))
        except csv.Error as error:
            raise CodedFileError(f"{path}, line {rows.line_num}: this is no CSV ({error}).") from error


def _of_jsonl(path: Path) -> Iterator[Coded]:
    with path.open(encoding="utf-8-sig") as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            try:
                cells = json.loads(line, parse_float=Decimal)
            except (ValueError, RecursionError) as error:
                raise CodedFileError(f"{path}, line {number}: this is no JSON ({error}).") from error
            if not isinstance(cells, dict) or "text" not in cells:
                raise CodedFileError(f"{path}, line {number}: an object with a text is wanted here.")
            yield _coded(f"line {number}", cells)


def _of_workbook(path: Path) -> Iterator[Coded]:
    path.open("rb").close()  # a file that is not there is told of as such
    try:
        workbook = CalamineWorkbook.from_path(str(path))
        sheets = [(name, workbook.get_sheet_by_name(name)) for name in workbook.sheet_names]
        tables = [(name, sheet.iter_rows()) for name, sheet in sheets]
        for name, rows in tables:
            for number in range(1, HEADER_WITHIN + 1):
                header = [str(cell).strip() for cell in next(rows, [])]
                if make := _maker(header):
                    yield from _of_sheet(name, number, rows, make)
                    return
    except CalamineError as error:
        raise CodedFileError(f"{path} is no workbook that can be read: {error}.") from error
    wanted = ", ".join(f"“{name}”" for name in KIEL.values())
    raise CodedFileError(
        f"{path}: no sheet has a header row with the columns of the Ukraine Support Tracker ({wanted}), "
        "nor one with a column named text."
    )


def _of_sheet(
    name: str, header: int, rows: Iterable[list[Any]], make: Callable[[str, list[Any]], Coded]
) -> Iterator[Coded]:
    for number, cells in enumerate(rows, header + 1):
        if any(str(cell).strip() for cell in cells):
            yield make(f"{name}, row {number}", cells)


def _maker(header: list[str]) -> Callable[[str, list[Any]], Coded] | None:
    """How a row becomes a coded one, if this is a header row that we know. Of columns of one name the first counts."""
    if set(KIEL.values()) <= set(header):
        places = {ours: header.index(theirs) for ours, theirs in KIEL.items()}
        return lambda place, cells: _of_kiel(place, {ours: _cell(cells, at) for ours, at in places.items()})
    columns = [name.lower() for name in header]
    if "text" in columns:
        places = {name: columns.index(name) for name in columns if name in COLUMNS}
        return lambda place, cells: _coded(place, {name: _cell(cells, at) for name, at in places.items()})
    return None


def _cell(cells: list[Any], at: int) -> Any:
    return cells[at] if at < len(cells) else ""


def _check_columns(path: Path, columns: list[str]) -> None:
    if "text" not in columns:
        raise CodedFileError(
            f"{path}: the first line should name the columns, and one of them should be text. "
            f"Columns that are used: {', '.join(COLUMNS)}."
        )
    twice = sorted({name for name in columns if name in COLUMNS and columns.count(name) > 1})
    if twice:
        raise CodedFileError(f"{path}: the column {', '.join(twice)} comes twice; give each name once.")


def _of_kiel(place: str, cells: Cells) -> Coded:
    """The tracker's own words for blanks; what was valued by its authors has no currency of its own."""
    used = dict(cells)
    for name in ("amount", "currency", "units"):
        if str(used[name]).strip().lower() in KIEL_BLANK:
            used[name] = ""
    if used["amount"] == "":
        del used["currency"]
    if used["units"] == "":
        del used["units"]  # most rows are about money: nothing was to be counted
    finance = KIEL_FINANCE.get(str(used.pop("finance")).strip().lower())
    if finance:
        used["finance"] = finance
    if not isinstance(used["published"], date):
        used["published"] = ""  # "until 3/10/2022", "unclear": no day
    return _coded(place, used)


def _coded(place: str, cells: Cells) -> Coded:
    values: dict[str, Value] = {}
    problems: list[str] = []
    for name in FIELDS:
        if name not in cells:
            continue
        written = _written(cells[name])
        try:
            values[name] = None if written.lower() in BLANK else READ[name](written)
        except ValueError as error:
            problems.append(f"{place}, {name}: {error}")
    if values.get("units") is None:
        values.pop("units", None)
    published = None
    try:
        published = _day(cells.get("published"))
    except ValueError as error:
        problems.append(f"{place}, published: {error}")
    text, name, item = (_written(cells.get(column)) for column in ("text", "id", "item"))
    return Coded(place, text, name, published, item, values, tuple(problems))


def _written(cell: Any) -> str:
    """A cell as text: whole numbers without a point, lists (of JSON) parted by ``;``."""
    if isinstance(cell, list):
        return ";".join(map(_written, cell))
    if isinstance(cell, float):
        return f"{Decimal(repr(cell)):f}".removesuffix(".0")
    return "" if cell is None else str(cell).encode("utf-8", "replace").decode().strip()  # halves of characters go


def _day(cell: Any) -> date | None:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    written = _written(cell)
    if written.lower() in BLANK:
        return None
    try:
        return date.fromisoformat(written[:10])
    except ValueError as error:
        raise ValueError(f"“{written}” is no day; write it as 2022-03-01.") from error


def _number(written: str) -> Decimal:
    try:
        number = Decimal(written)
    except InvalidOperation as error:
        raise ValueError(f"“{written}” is no number; write it as 1200000 or 1200000.50.") from error
    places = number.as_tuple().exponent  # a letter for what is no finite number
    if not isinstance(places, int) or places < -PLACES or not 0 <= number < LARGEST:
        raise ValueError(f"“{written}” is no number from zero to a thousand trillions with at most {PLACES} places.")
    return number


def _parties(written: str) -> frozenset[str]:
    codes = party_codes(written)
    if codes is None:
        raise ValueError(f"“{written}” is no party that is known; write a code (NO) or an English name (Norway).")
    return codes


def _currency(written: str) -> str:
    if not re.fullmatch("[A-Z]{3}", written):
        raise ValueError(f"“{written}” is no currency code; write three capitals, such as EUR.")
    return written


def _code_of(allowed: tuple[str, ...]) -> Callable[[str], str]:
    def read(written: str) -> str:
        code = written.lower()
        if code not in allowed:
            raise ValueError(f"“{written}” is none of {', '.join(allowed)}.")
        return code

    return read


READ: dict[str, Callable[[str], Value]] = {
    "donor": _parties,
    "recipient": _parties,
    "type": _code_of(get_args(AidType)),
    "finance": _code_of(get_args(FinanceType)),
    "amount": _number,
    "currency": _currency,
    "units": _number,
    "stage": _code_of(get_args(Stage)),
}
