"""Several files that were handed in together, kept as one: pages of an answer, tables of the record."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from pathlib import Path, PurePath

from interchange.problems import FileProblem, Place

SUFFIX = ".several.zip"
LONGEST_NAME = 60
MOST_FILES = 100
LARGEST = 64 * 2**20


def safe_name(name: str) -> str:
    """A name that leads nowhere else and that every file system takes; what the file is called, as far as it can be."""
    plain = "".join(sign for sign in PurePath(name.replace("\\", "/")).name if sign.isprintable())
    return plain[-LONGEST_NAME:].strip(". ") or "file"


def pack(files: Sequence[tuple[str, bytes]]) -> tuple[str, bytes]:
    """One name and content for files with their names; a single one stays as it is."""
    if len(files) == 1:
        return files[0]
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for number, (name, content) in enumerate(files, 1):
            # A fixed day, so that the same files are the same bytes.
            archive.writestr(zipfile.ZipInfo(f"{number:03}/{safe_name(name)}", (1980, 1, 1, 0, 0, 0)), content)
    first = safe_name(files[0][0])[: LONGEST_NAME - 30]
    return f"{first} and {len(files) - 1} more{SUFFIX}", target.getvalue()


def unpack(name: str, content: bytes, folder: Path) -> list[Path]:
    """The files, written into a folder of their own. Raises ``FileProblem``."""
    if not name.endswith(SUFFIX):
        path = folder / name
        path.write_bytes(content)
        return [path]
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            if len(members) > MOST_FILES or sum(one.file_size for one in members) > LARGEST:
                raise FileProblem("it holds more than can be taken in at once.", Place(file=name))
            return [_written(archive, member, folder / f"{number:03}") for number, member in enumerate(members, 1)]
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise FileProblem("it is no archive of files that were handed in together.", Place(file=name)) from error


def _written(archive: zipfile.ZipFile, member: zipfile.ZipInfo, folder: Path) -> Path:
    folder.mkdir()
    path = folder / safe_name(member.filename)
    with archive.open(member) as file:
        path.write_bytes(file.read(LARGEST))
    return path
