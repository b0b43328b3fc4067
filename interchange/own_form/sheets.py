"""Reads files of our own form row by row: which of our tables each is, is told by its header.

The whole of a CSV file is never in memory. Everything that is no table of ours is refused in words with the place.
"""

from __future__ import annotations

import csv
import difflib
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from interchange.csvs import DELIMITERS, LONGEST_CELL, quoting_words
from interchange.own_form.cells import unguarded
from interchange.problems import FileProblem, Place
from interchange.workbooks import check_sheet, open_workbook, sheet_rows
from interchange.writing.tables import Table
from interchange.writing.xlsx import READ_ME

LARGEST_CSV = 2**30
LONGEST_HEADER = 2**16
MOST_COLUMNS = 300
REMOVE = "remove"  # a column that may be added: true takes a row out of its record


@dataclass(frozen=True, slots=True)
class FileRow:
    """A row of a file with its cells by our names; what the file has no column for is not among them."""

    place: Place
    cells: Mapping[str, Any]

    def at(self, column: str = "") -> Place:
        """Where the row, or one of its cells, stands."""
        return Place(self.place.sheet, self.place.row, column, self.place.file)


@dataclass(frozen=True, slots=True)
class Found:
    """A table in a file: which of ours it is, which columns it has, and where its rows are read from."""

    table: Table
    columns: tuple[str, ...]
    path: Path
    sheet: str = ""  # of a workbook
    delimiter: str = ","  # of a CSV file
    encoding: str = "utf-8-sig"

    def rows(self) -> Iterator[FileRow]:
        """The rows, each time read anew. Raises ``FileProblem``."""
        return _rows_of_sheet(self) if self.sheet else _rows_of_csv(self)


def tables_in(paths: Sequence[Path], known: Sequence[Table]) -> list[Found]:
    """The tables that the files hold. Raises ``FileProblem`` for what is none of ours, and for one that comes twice."""
    found = [one for path in paths for one in _tables_of(path, known)]
    seen: dict[str, Found] = {}
    for one in found:
        if one.table.name in seen:
            first = seen[one.table.name]
            raise FileProblem(
                f"it holds {one.table.name}, as {first.sheet or first.path.name} does; bring each table once.",
                Place(one.sheet, file=one.path.name),
            )
        seen[one.table.name] = one
    return found


def _tables_of(path: Path, known: Sequence[Table]) -> list[Found]:
    try:
        with path.open("rb") as file:
            start = file.read(4)
    except OSError as error:
        raise FileProblem(f"it cannot be read: {error.strerror}.", Place(file=path.name)) from error
    if start[:2] == b"PK" or path.suffix.lower() in (".xlsx", ".xlsm", ".xls", ".ods"):
        return list(_tables_of_workbook(path, known))
    return [_table_of_csv(path, known)]


# --- CSV --------------------------------------------------------------------------------------------------------------


def _table_of_csv(path: Path, known: Sequence[Table]) -> Found:
    here = Place(file=path.name)
    size = path.stat().st_size
    if size > LARGEST_CSV:
        raise FileProblem(f"it has {size:,} bytes; {LARGEST_CSV:,} are the most.", here)
    with path.open("rb") as file:
        start = file.read(LONGEST_HEADER)
    if not start.strip():
        raise FileProblem("it is empty.", here)
    if b"\0" in start and start[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        raise FileProblem("it is no text; save it as CSV in UTF-8.", Place(file=path.name, row=1))
    encoding = "utf-16" if start[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    first, ended, _ = start.decode(encoding, "replace").partition("\n")
    if not ended and size > len(start):
        raise FileProblem("its first line has no end; it should name the columns.", Place(file=path.name, row=1))
    best: tuple[tuple[int, int], str, list[str]] = ((-1, 0), ",", [])
    names = {column.name for table in known for column in table.columns}
    for delimiter in DELIMITERS:
        header = _header(first.rstrip("\r"), delimiter)
        score = (sum(1 for name in header if name in names), len(header))
        if score > best[0]:
            best = (score, delimiter, header)
    table, columns = _recognised(best[2], known, path.stem, Place(file=path.name, row=1))
    return Found(table, columns, path, delimiter=best[1], encoding=encoding)


def _header(line: str, delimiter: str) -> list[str]:
    try:
        return [cell.strip() for cell in next(csv.reader([line], delimiter=delimiter), [])]
    except csv.Error:
        return []


def _recognised(
    header: Sequence[str], known: Sequence[Table], called: str, place: Place
) -> tuple[Table, tuple[str, ...]]:
    """Which table a header is of. Every column has to be one of its, so that no change is passed over unread.

    Where a few columns could be those of several tables, what the file or sheet is called decides.
    """
    if len(header) > MOST_COLUMNS:
        raise FileProblem(f"it has {len(header):,} columns; {MOST_COLUMNS} are the most.", place)
    named = [name for name in header if name]
    twice = next((name for name in named if named.count(name) > 1), None)
    if twice is not None:
        raise FileProblem(f"the column “{twice}” stands twice.", place)
    best = _best(named, known, called, place)
    missing = [name for name in (*best.primary_key, "version") if name not in named]
    if missing:
        words = ", ".join(f"“{name}”" for name in missing)
        raise FileProblem(f"as a table of {best.name} it lacks the column {words}.", place)
    for name in named:
        if name not in best.by_name and name != REMOVE:
            near = difflib.get_close_matches(name, best.names, 1)
            hint = f"; “{near[0]}” is meant, perhaps" if near else "; take it out"
            raise FileProblem(
                f"“{name[:80]}” is no column of {best.name}{hint}.", Place(place.sheet, place.row, "", place.file)
            )
    return best, tuple(header)


def _best(named: Sequence[str], known: Sequence[Table], called: str, place: Place) -> Table:
    most = max((_known(named, table) for table in known), default=0)
    if not most:
        wanted = ", ".join(table.name for table in known)
        raise FileProblem(
            f"its first row names no columns of ours. The tables that can be brought back are {wanted}.", place
        )
    likely = [table for table in known if _known(named, table) == most]
    # The first column says which record a row is or belongs to.
    likely = [table for table in likely if table.names[0] in named] or likely
    meant = [table for table in likely if re.match(rf"{table.name}(?![a-z_])", called.strip().lower())]
    if len(likely) > 1 and not meant:
        words = " or ".join(table.name for table in likely)
        raise FileProblem(f"its columns could be those of {words}; call the file or sheet as its table.", place)
    return (meant or likely)[0]


def _known(named: Sequence[str], table: Table) -> int:
    return sum(1 for name in named if name in table.by_name)


def _rows_of_csv(found: Found) -> Iterator[FileRow]:
    name = found.path.name
    csv.field_size_limit(LONGEST_CELL)
    with found.path.open("rb") as raw, io.TextIOWrapper(raw, found.encoding, newline="") as file:
        reader = csv.reader(file, delimiter=found.delimiter, strict=True)
        begins = 1  # rows are counted as spreadsheet programs do, whatever lines a cell has
        while True:
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                raise FileProblem(quoting_words(str(error)), Place(file=name, row=begins)) from error
            except UnicodeError as error:
                raise FileProblem(
                    "the file is no UTF-8 text there or soon after; save it as CSV in UTF-8.",
                    Place(file=name, row=begins),
                ) from error
            if begins > 1 and any(cell.strip() for cell in cells):
                yield _csv_row(found, begins, cells)
            begins += 1


def _csv_row(found: Found, line: int, cells: list[str]) -> FileRow:
    place = Place(file=found.path.name, row=line)
    if len(cells) != len(found.columns):
        raise FileProblem(f"the record has {len(cells)} cells and the header {len(found.columns)}.", place)
    if any("\0" in cell for cell in cells):
        raise FileProblem("a character there is none (NUL).", place)
    pairs = zip(found.columns, cells, strict=True)
    return FileRow(place, {name: unguarded(cell) for name, cell in pairs if name})


# --- workbooks --------------------------------------------------------------------------------------------------------


def _tables_of_workbook(path: Path, known: Sequence[Table]) -> Iterator[Found]:
    workbook = open_workbook(path)
    count = 0
    for sheet in workbook.content.sheet_names:
        if sheet == READ_ME:
            continue
        check_sheet(workbook, sheet)
        header = next(sheet_rows(workbook, sheet), None)
        if header is None:
            continue
        table, columns = _recognised(
            [str(cell).strip() for cell in _without_tail(header)], known, sheet, Place(sheet, 1, file=path.name)
        )
        count += 1
        yield Found(table, columns, path, sheet)
    if not count:
        raise FileProblem("it has no sheet with a table of ours.", Place(file=path.name))


def _without_tail(cells: Sequence[Any]) -> list[Any]:
    found = list(cells)
    while found and found[-1] == "":
        found.pop()
    return found


def _rows_of_sheet(found: Found) -> Iterator[FileRow]:
    workbook = open_workbook(found.path)
    for number, cells in enumerate(sheet_rows(workbook, found.sheet), 1):
        if number == 1 or all(cell == "" for cell in cells):
            continue
        place = Place(found.sheet, number, file=found.path.name)
        beyond = [cell for cell in cells[len(found.columns) :] if cell != ""]
        nameless = [cell for name, cell in zip(found.columns, cells, strict=False) if not name and cell != ""]
        if beyond or nameless:
            raise FileProblem("a cell stands there under no heading.", place)
        pairs = zip(found.columns, cells, strict=False)
        yield FileRow(place, {name: None if cell == "" else cell for name, cell in pairs if name})
