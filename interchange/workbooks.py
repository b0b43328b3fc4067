"""Opens a workbook that somebody brings, and finds the sheet and the columns by its header row.

A file from outside may be anything: its size and what it unpacks to are bounded before it is read, macros and formulas
without a value are refused, and every cell is known by sheet, row and column.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError

from interchange.containers import check_container
from interchange.problems import FileProblem, Place

LARGEST_FILE = 64 * 2**20
HEADER_WITHIN = 10  # rows
Cell = str | int | float | bool | date | datetime | time | timedelta


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a sheet: its number as the program that made it shows it, and its cells by our names."""

    sheet: str
    number: int
    cells: Mapping[str, Cell]
    headers: Mapping[str, str]

    def place(self, name: str = "") -> Place:
        """Where the row, or one of its cells, stands."""
        return Place(self.sheet, self.number, self.headers.get(name, name))

    def text(self, name: str) -> str:
        """The cell as a text without blanks at its ends; empty where the sheet has no such column."""
        value = self.cells.get(name, "")
        if isinstance(value, str):
            return value.replace("\u00a0", " ").strip()
        if isinstance(value, float) and value.is_integer():
            return str(int(value))
        return str(value)


@dataclass(frozen=True, slots=True)
class Form:
    """A kind of sheet: our names of its columns, each with the headers that mean it, and which may be missing."""

    name: str
    columns: Mapping[str, Sequence[str]]
    optional: frozenset[str] = frozenset()
    merged: bool = False  # whether cells below the header may be merged, as in a table made for the eye


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet that was recognised."""

    form: Form
    sheet: str
    header: int  # number of the header row
    rows: list[Row]


@dataclass(frozen=True, slots=True)
class Workbook:
    """An opened workbook and where it lies."""

    path: Path
    content: CalamineWorkbook


def open_workbook(path: Path) -> Workbook:
    """The workbook, once its container was found to be sound. Raises ``FileProblem``."""
    try:
        size = path.stat().st_size
    except OSError as error:
        raise FileProblem(f"{path} cannot be read: {error.strerror}.") from error
    if size == 0:
        raise FileProblem(f"{path.name} is empty.")
    if size > LARGEST_FILE:
        raise FileProblem(f"{path.name} has {size:,} bytes; {LARGEST_FILE:,} are the most for a workbook.")
    check_container(path)
    try:
        return Workbook(path, CalamineWorkbook.from_path(path))
    except PasswordError as error:
        raise FileProblem(f"{path.name} is locked by a password; save it without one.") from error
    except (CalamineError, OSError, ValueError) as error:
        raise FileProblem(f"{path.name} is no workbook that can be read ({error}).") from error


# A formula's cell without a value; a text (t="str") that is empty is a value.
FORMULA = re.compile(
    rb'<c r="([A-Z]{1,3})([0-9]{1,7})"(?![^>]*t="str")[^>]*>\s*<f\b[^>]*?(?:/>|>[^<]*</f>)\s*'
    rb"(?:<v\s*/>|<v></v>)?\s*</c>"
)


# A cell whose value is an error, which the reading library gives as an empty text.
ERROR = re.compile(rb'<c r="([A-Z]{1,3})([0-9]{1,7})"(?=[^>]*t="e")[^>]*>(?:(?!</c>).)*?<v>([^<]*)</v>', re.DOTALL)


# Any formula, with a value or without.
ANY_FORMULA = re.compile(rb'<c r="([A-Z]{1,3})([0-9]{1,7})"[^>]*>\s*<f\b')


def check_sheet(workbook: Workbook, name: str) -> None:
    """Refuse a sheet of our own form that holds merged cells, errors or formulas, with the place."""
    sheet = workbook.content.get_sheet_by_name(name)
    for (row, column), _ in sheet.merged_cell_ranges or []:
        raise FileProblem(
            "cells are merged there, so that some have no value; take the merging apart.",
            Place(name, row + 1, _letters(column), workbook.path.name),
        )
    with zipfile.ZipFile(workbook.path) as archive:
        member = {named: member for member, named in _sheet_names(archive).items()}.get(name)
        content = archive.read(member) if member is not None and member in archive.namelist() else b""
    for pattern, words in (
        (ERROR, "the cell holds the error {}; mend the formula or write the value."),
        (ANY_FORMULA, "the cell holds a formula; write its value instead (copy, then paste as values)."),
    ):
        if found := pattern.search(content):
            error = found.group(3).decode("utf-8", "replace") if pattern is ERROR else ""
            raise FileProblem(
                words.format(error), Place(name, int(found.group(2)), found.group(1).decode(), workbook.path.name)
            )


def sheet_rows(workbook: Workbook, name: str) -> Iterator[list[Cell]]:
    """The rows of a sheet from its first one; an empty cell is an empty text."""
    sheet = workbook.content.get_sheet_by_name(name)
    before = sheet.start[1] if sheet.start else 0
    for row in sheet.iter_rows():
        yield [""] * before + list(row)


def _check_cells(path: Path, sheet: str, header: int, columns: Mapping[str, str]) -> None:
    """Refuse errors, and formulas that were never calculated: they would be read as nothing.

    ``columns`` holds the headers of those that are read, by their letters.
    """
    with zipfile.ZipFile(path) as archive:
        member = {name: member for member, name in _sheet_names(archive).items()}.get(sheet)
        if member is None or member not in archive.namelist():
            return
        content = archive.read(member)
    for pattern, words in (
        (ERROR, "the cell holds the error {}; mend the formula or write the value."),
        (
            FORMULA,
            "the cell holds a formula that was never calculated; open the file in a spreadsheet program, let it "
            "calculate and save it, or write the value.",
        ),
    ):
        for found in pattern.finditer(content):
            row, name = int(found.group(2)), columns.get(found.group(1).decode())
            if name is not None and row > header:
                error = found.group(3).decode("utf-8", "replace") if pattern is ERROR else ""
                raise FileProblem(words.format(error), Place(sheet, row, name))


def _sheet_names(archive: zipfile.ZipFile) -> dict[str, str]:
    """Names of the sheets by their file within the workbook."""
    try:
        book = archive.read("xl/workbook.xml").decode("utf-8", "replace")
        links = archive.read("xl/_rels/workbook.xml.rels").decode("utf-8", "replace")
    except KeyError:
        return {}
    targets = {}
    for link in re.findall(r"<Relationship\b[^>]*>", links):
        if (name := re.search(r'Id="([^"]+)"', link)) and (target := re.search(r'Target="/?(?:xl/)?([^"]+)"', link)):
            targets[name.group(1)] = f"xl/{target.group(1)}"
    found = {}
    for sheet in re.findall(r"<sheet\b[^>]*>", book):
        if (name := re.search(r'name="([^"]*)"', sheet)) and (link := re.search(r'r:id="([^"]+)"', sheet)):
            found[targets.get(link.group(1), "")] = name.group(1)
    return found


def find_table(workbook: Workbook, forms: Sequence[Form]) -> Table:
    """The sheet whose header row has all the columns of a form; the words say what is missing where none has."""
    nearest: tuple[int, Form, str, list[str]] | None = None
    for sheet_name in workbook.content.sheet_names:
        sheet = workbook.content.get_sheet_by_name(sheet_name)
        cells = sheet.to_python(skip_empty_area=False, nrows=HEADER_WITHIN)
        for number, header in enumerate(cells, 1):
            for form in forms:
                places = _places(header, form)
                missing = [name for name in form.columns if name not in places and name not in form.optional]
                if not missing:
                    found_table = Found(sheet, form, number, places, [str(one) for one in header])
                    return _table(workbook.path, found_table)
                found = sum(1 for name in places if name not in form.optional)
                if found > 1 and (nearest is None or found > nearest[0]):
                    nearest = (found, form, sheet_name, missing)
    raise _nothing_found(nearest, forms, workbook.path.name)


def _nothing_found(
    nearest: tuple[int, Form, str, list[str]] | None, forms: Sequence[Form], file_name: str
) -> FileProblem:
    if nearest is None:
        wanted = " or ".join(
            f"{', '.join(f'“{headers[0]}”' for headers in list(form.columns.values())[:4])}, …" for form in forms
        )
        return FileProblem(f"{file_name} has no sheet that we know; its header row should have {wanted}")
    _, form, sheet, missing = nearest
    words = ", ".join(f"“{form.columns[name][0]}”" for name in missing)
    return FileProblem(f"the header row lacks {words}. Nothing was read.", Place(sheet))


def _places(header: Sequence[Cell], form: Form) -> dict[str, int]:
    """Where each of our columns stands; of a header that stands twice the first."""
    written = [" ".join(str(cell).split()).lower() for cell in header]
    found: dict[str, int] = {}
    for name, headers in form.columns.items():
        for one in headers:
            if " ".join(one.split()).lower() in written:
                found[name] = written.index(" ".join(one.split()).lower())
                break
    return found


@dataclass(frozen=True, slots=True)
class Found:
    """A header row that has what a form asks for."""

    sheet: CalamineSheet
    form: Form
    header: int
    places: dict[str, int]
    names: list[str]


def _table(path: Path, found: Found) -> Table:
    sheet, form, header, places, names = found.sheet, found.form, found.header, found.places, found.names
    # The items' column has no header in some releases: it is the nameless one right before their category.
    if "item" in form.columns and "item" not in places and "category" in places:
        before = places["category"] - 1
        if before >= 0 and not names[before].strip():
            places = {**places, "item": before}
    if not form.merged:
        _check_merged(sheet, header, set(places.values()))
    headers = {name: names[place].strip() or "item" for name, place in places.items()}
    _check_cells(path, sheet.name, header, {_letters(place): headers[name] for name, place in places.items()})
    rows = [
        Row(sheet.name, number, {name: row[place] for name, place in places.items()}, headers)
        for number, row in enumerate(sheet.to_python(skip_empty_area=False), 1)
        if number > header and any(cell != "" for cell in row)
    ]
    return Table(form, sheet.name, header, rows)


def _check_merged(sheet: CalamineSheet, header: int, columns: set[int]) -> None:
    """Refuse merged cells among those that are read: all but the first of them have no value."""
    for (first_row, first_column), (last_row, last_column) in sheet.merged_cell_ranges or []:
        within = columns & set(range(first_column, last_column + 1))
        if last_row + 1 > header and within and (last_row > first_row or len(within) > 1):
            raise FileProblem(
                "cells are merged there, so that some have no value; take the merging apart.",
                Place(sheet.name, first_row + 1, _letters(first_column)),
            )


def _letters(column: int) -> str:
    """A column's letters: 0 is A, 26 is AA."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
