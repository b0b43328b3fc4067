"""Reads a file of addresses as a stream: one a line, or the first column of a CSV file.

Nothing is refused here but a file that is no text at all: what is wrong with a line is for the line to say.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from ingestion.addresses import AddressError, parse_address, shorten
from ingestion.hosts import key_of

LONGEST_LINE = 20_000  # bytes; ten times an address
LONGEST_CELL = 131_072  # characters; the limit belongs to the whole process, and others set it, too
CHUNK = 1 << 20
DELIMITERS = ",;\t"
HEADINGS = frozenset({"url", "urls", "address", "addresses", "link", "links", "uri", "web address"})


class AddressFileError(Exception):
    """A file that cannot be read; the text is a sentence that says what to do."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its address and host, or why it has none."""

    number: int  # its place in the file, from 1
    written: str  # what it says, cut if it is long
    host: str = ""  # that it is asked from, as host slots name it; empty: nothing is asked
    fault: str = ""  # why it is not fetched, in a sentence; empty with a host, or for a line that says nothing


def digest_of(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal. Raises :class:`AddressFileError` if it cannot be read."""
    digest = hashlib.sha256()
    try:
        with path.open("rb") as opened:
            while chunk := opened.read(CHUNK):
                digest.update(chunk)
    except OSError as error:
        raise AddressFileError(f"{path} cannot be read: {error.strerror}.") from error
    return digest.hexdigest()


def read_lines(path: Path, *, after: int = 0) -> Iterator[Line]:
    """Each line of a file in order, from the one after number ``after`` on. Raises :class:`AddressFileError`."""
    try:
        with path.open("rb") as opened:
            _check_encoding(path, opened.read(4))
        is_csv = path.suffix.lower() == ".csv"
        yield from _of_csv(path, after) if is_csv else _of_text(path, after)
    except OSError as error:
        raise AddressFileError(f"{path} cannot be read: {error.strerror}.") from error


def _check_encoding(path: Path, head: bytes) -> None:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\x00" in head:
        raise AddressFileError(f"{path} is not written in UTF-8. Save it as UTF-8 text and start again.")


def _of_text(path: Path, after: int) -> Iterator[Line]:
    with path.open("rb") as opened:
        number = 0
        while raw := opened.readline(LONGEST_LINE):
            number += 1
            if len(raw) == LONGEST_LINE and not raw.endswith(b"\n"):
                _skip_rest(opened)
            if number > after:
                yield _line(number, raw.removeprefix(codecs.BOM_UTF8) if number == 1 else raw)


def _skip_rest(opened: BinaryIO) -> None:
    """The rest of a line that is too long, a piece at a time."""
    while (piece := opened.readline(LONGEST_LINE)) and not piece.endswith(b"\n"):
        pass


def _line(number: int, raw: bytes) -> Line:
    try:
        written = raw.decode("utf-8")
    except UnicodeDecodeError:
        shown = shorten(raw.decode("utf-8", "replace").strip())
        return Line(number, shown, fault="The line is not written in UTF-8. Save the file as UTF-8 text.")
    return line_of(number, written)


def line_of(number: int, written: str) -> Line:
    """What one line means."""
    written = written.strip()
    if not written or written.startswith("#"):
        return Line(number, shorten(written))
    try:
        host = key_of(parse_address(written))
    except AddressError as error:
        return Line(number, shorten(written), fault=str(error))
    return Line(number, written, host=host)


def _of_csv(path: Path, after: int) -> Iterator[Line]:
    csv.field_size_limit(LONGEST_CELL)
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as opened:
        first = opened.readline(LONGEST_LINE)
        opened.seek(0)
        rows = csv.reader(opened, delimiter=max(DELIMITERS, key=first.count))
        number = 1
        while True:
            try:
                row = next(rows, None)
            except csv.Error as error:
                raise AddressFileError(
                    f"{path}, line {number}: it cannot be read as CSV ({error}). Look for a quotation mark too many."
                ) from error
            if row is None:
                return
            cell = row[0].strip() if row else ""
            is_heading = number == 1 and cell.lower() in HEADINGS
            if number > after:
                yield Line(number, shorten(cell)) if is_heading else line_of(number, cell)
            number = rows.line_num + 1
