"""Looks into a workbook's archive before a library reads it: what it unpacks to, macros, and how far its sheets reach.

The reading library sets aside memory for the whole rectangle from the first used cell to the last, so that two cells
far apart would end the process. And what an archive says of its sizes is only said: each part is unpacked here once,
piece by piece, and counted.
"""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from interchange.problems import FileProblem, Place

LARGEST_UNPACKED = 512 * 2**20
LARGEST_RATIO = 400
MOST_CELLS = 20_000_000
PIECE = 2**18
LONGEST_TAG = 2**20
# A cell or a row with something in it; an empty one takes no place. Quoted attributes may hold a ">".
TAG = re.compile(rb"""<(?:\w+:)?(?:c|row)\b((?:[^>"'/]|/(?!>)|"[^"]*"|'[^']*')*)>""")
REFERENCE = re.compile(rb"""(?:^|\s)r\s*=\s*["']([^"']*)["']""")
PLACE = re.compile(rb"([A-Za-z]{0,3})([0-9]{1,7})")


def check_container(path: Path) -> None:
    """Refuse what is no workbook that people make. Raises ``FileProblem``."""
    try:
        with zipfile.ZipFile(path) as archive, path.open("rb") as file:
            members = archive.infolist()
            unpacked = sum(member.file_size for member in members)
            packed = sum(member.compress_size for member in members) or 1
            if unpacked > LARGEST_UNPACKED or (unpacked > 2**24 and unpacked / packed > LARGEST_RATIO):
                raise FileProblem(f"{path.name} would unpack to {unpacked:,} bytes; that is no workbook of people.")
            if any("vbaproject" in member.filename.lower() for member in members):
                raise FileProblem(f"{path.name} holds macros; save it as .xlsx without them.")
            for member in members:
                pieces = _unpacked(file, member, path.name)
                if re.match(r"/?xl/worksheets/[^/]+\.xml$", member.filename, re.IGNORECASE):
                    _check_extent(pieces, Place(file=path.name))
                else:
                    for _ in pieces:
                        pass
    except (zipfile.BadZipFile, zlib.error, struct.error, EOFError) as error:
        raise FileProblem(
            f"{path.name} is no workbook in .xlsx form; open it in a spreadsheet program and save it as .xlsx."
        ) from error


def _unpacked(file: IO[bytes], member: zipfile.ZipInfo, name: str) -> Iterator[bytes]:
    """What a member really unpacks to, never more than it says."""
    file.seek(member.header_offset)
    lengths = struct.unpack("<HH", file.read(30)[26:30])
    file.seek(sum(lengths), 1)
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) or member.flag_bits & 1:
        raise FileProblem(f"{name} is packed or locked in a way that spreadsheet programs do not use.")
    deflated = member.compress_type == zipfile.ZIP_DEFLATED
    inflate = zlib.decompressobj(-15)
    left, size = member.compress_size, 0
    waiting = b""
    while left > 0 or waiting:
        if not waiting:
            waiting = file.read(min(left, PIECE))
            left -= len(waiting)
            if not waiting:
                raise EOFError
        piece = inflate.decompress(waiting, PIECE) if deflated else waiting
        waiting = inflate.unconsumed_tail if deflated else b""
        size += len(piece)
        if size > member.file_size:
            raise FileProblem(f"{name} would unpack to more than it says; that is no workbook of people.")
        yield piece
        if deflated and inflate.eof:
            return


def _check_extent(pieces: Iterator[bytes], place: Place) -> None:
    """Refuse a sheet whose used cells span more than can be held."""
    rows = columns = 0
    rest = b""
    for piece in pieces:
        content = rest + piece
        if b"\0" in content:
            raise FileProblem("a sheet of it is no UTF-8 text.", place)
        end = 0
        for tag in TAG.finditer(content):
            end = tag.end()
            found = REFERENCE.search(tag.group(1))
            where = PLACE.fullmatch(found.group(1)) if found else None
            if found and where is None:
                raise FileProblem("a cell of it has a place that is none.", place)
            if where is not None:
                rows = max(rows, int(where.group(2)))
                columns = max(columns, _number(where.group(1)))
        if rows * columns > MOST_CELLS:
            raise FileProblem(
                f"a sheet of it reaches to row {rows:,} and column {columns:,}; delete what is far from the table.",
                place,
            )
        begun = content.rfind(b"<", end)
        rest = content[begun:] if begun >= 0 else b""
        if len(rest) > LONGEST_TAG:
            raise FileProblem("a cell of it is larger than a cell can be.", place)


def _number(letters: bytes) -> int:
    """A column's number by its letters: A is 1, AA is 27."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number
