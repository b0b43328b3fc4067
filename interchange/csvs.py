"""Reads a CSV file that somebody brings: size, encoding, delimiter and quotes are checked, every cell has a place."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from interchange.problems import FileProblem, Place

LARGEST_FILE = 256 * 2**20
LONGEST_CELL = 1_000_000
DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}


@dataclass(frozen=True, slots=True)
class CsvRow:
    """One record with the line on which it begins."""

    file: str
    line: int
    cells: Mapping[str, str]

    def place(self, column: str = "") -> Place:
        """Where the record, or one of its cells, stands."""
        return Place(file=self.file, row=self.line, column=column)

    def text(self, column: str) -> str:
        """The cell without blanks at its ends; empty where the file has no such column."""
        return self.cells.get(column, "").replace("\u00a0", " ").strip()


def read_csv(path: Path, wanted: Sequence[str]) -> list[CsvRow]:
    """The records of a file that has the wanted columns. Raises ``FileProblem`` with the place of what is wrong."""
    text = _text(path)
    delimiter = _delimiter(text, wanted, path.name)
    return list(_records(text, delimiter, wanted, path.name))


def _text(path: Path) -> str:
    here = Place(file=path.name)
    try:
        size = path.stat().st_size
        if size > LARGEST_FILE:
            raise FileProblem(f"it has {size:,} bytes; {LARGEST_FILE:,} are the most.", here)
        content = path.read_bytes()
    except OSError as error:
        raise FileProblem(f"it cannot be read: {error.strerror}.", here) from error
    if not content.strip():
        raise FileProblem("it is empty.", here)
    if content[:2] == b"PK":
        raise FileProblem("it is a workbook or an archive and no CSV; save it as CSV in UTF-8.", here)
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise FileProblem(
            "it is no UTF-8 text there; save it as CSV in UTF-8.", Place(file=path.name, row=line)
        ) from error
    if (at := text.find("\0")) >= 0:
        raise FileProblem("a character there is none (NUL).", Place(file=path.name, row=text[:at].count("\n") + 1))
    return text


def _delimiter(text: str, wanted: Sequence[str], name: str) -> str:
    """The sign between cells that makes the header hold the wanted columns."""
    first = text.split("\n", 1)[0].rstrip("\r")
    best, lacking = ",", list(wanted)
    for delimiter in DELIMITERS:
        header = {cell.strip() for cell in next(csv.reader([first], delimiter=delimiter), [])}
        missing = [column for column in wanted if column not in header]
        if not missing:
            return delimiter
        if len(missing) < len(lacking):
            best, lacking = delimiter, missing
    words = ", ".join(f"“{column}”" for column in lacking)
    raise FileProblem(f"the header lacks {words} (cells are parted by {DELIMITERS[best]}).", Place(file=name, row=1))


def _records(text: str, delimiter: str, wanted: Sequence[str], name: str) -> Iterator[CsvRow]:
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    header = [cell.strip() for cell in next(reader)]
    twice = [column for column in wanted if header.count(column) > 1]
    if twice:
        raise FileProblem(f"the column “{twice[0]}” stands twice.", Place(file=name, row=1))
    begins = reader.line_num + 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise FileProblem(quoting_words(str(error)), Place(file=name, row=begins)) from error
        if cells and len(cells) != len(header):
            raise FileProblem(
                f"the record has {len(cells)} cells and the header {len(header)}.", Place(file=name, row=begins)
            )
        if any(cell.strip() for cell in cells):
            yield CsvRow(name, begins, dict(zip(header, cells, strict=True)))
        begins = reader.line_num + 1


def quoting_words(words: str) -> str:
    """What is wrong with the quotes of a record, by the words of the library."""
    if "unexpected end of data" in words or "field larger" in words:
        return "a quote that begins in this record never ends."
    return f"the quotes of this record are not right ({words})."
