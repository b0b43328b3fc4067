"""Reads feeds and folders from the disk, from below LOCAL_SOURCES_ROOT and nowhere else."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from ingestion.addresses import shorten
from ingestion.fetching import RefusedError, UnreachableError
from ingestion.parsing import SUFFIXES

MAX_FILES = 2000


@dataclass(frozen=True, slots=True)
class LocalFile:
    """One file of a folder, not yet read."""

    name: str  # its path within the folder, with forward slashes
    path: Path
    root: Path


def is_local(url: str) -> bool:
    """Whether a source's address is a path on this machine."""
    return "://" not in url


def locate(relative: str) -> Path:
    """The file or folder that a source's path means, with symbolic links resolved.

    Raises :class:`RefusedError` if it leads out of the root, :class:`UnreachableError` if it does not exist.
    """
    root = Path(settings.LOCAL_SOURCES_ROOT).expanduser()
    return _inside(root, root / relative.strip(), shown=relative)


def _inside(root: Path, path: Path, *, shown: str) -> Path:
    named = shorten(shown)
    try:
        resolved = path.resolve(strict=True)
        allowed = resolved.is_relative_to(root.resolve(strict=True))
    except (OSError, ValueError, RuntimeError) as error:
        raise UnreachableError(
            f"{named} is not found in the folder for local sources. Check the path and that the file can be read."
        ) from error
    if not allowed:
        raise RefusedError(f"{named} leads out of the folder for local sources, so it is not read.")
    return resolved


def read_file(path: Path, *, shown: str) -> bytes:
    """The bytes of a regular file no larger than FETCH_MAX_BYTES."""
    named, most = shorten(shown), int(settings.FETCH_MAX_BYTES)
    if not path.is_file():
        raise RefusedError(f"{named} is not a file, so it is not read.")
    try:
        with path.open("rb") as opened:
            body = opened.read(most + 1)
    except OSError as error:
        raise UnreachableError(f"{named} cannot be read ({error.strerror}). Check its permissions.") from error
    if len(body) > most:
        raise RefusedError(f"{named} is larger than {most:,} bytes; it is not read.")
    return body


def files_of(folder: Path, *, shown: str) -> list[LocalFile]:
    """The readable kinds of files of a folder and its subfolders, in the order of their names."""
    named = shorten(shown)
    if not folder.is_dir():
        raise RefusedError(f"{named} is not a folder. Give the folder that holds the files.")
    try:
        found = sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES)
    except OSError as error:
        raise UnreachableError(f"{named} cannot be listed ({error.strerror}). Check its permissions.") from error
    if len(found) > MAX_FILES:
        raise RefusedError(f"{named} holds more than {MAX_FILES:,} files; divide it into several folders.")
    return [LocalFile(path.relative_to(folder).as_posix(), path, folder) for path in found]


def read_one(file: LocalFile) -> bytes:
    """The bytes of a folder's file; a symbolic link that leads out of the folder is refused."""
    return read_file(_inside(file.root, file.path, shown=file.name), shown=file.name)


def fingerprint(paths: list[Path]) -> str:
    """A validator for files on disk: it changes when one of them does."""
    digest = hashlib.sha256()
    for path in paths:
        try:
            state = path.stat()
        except OSError:
            digest.update(f"{path}|gone\n".encode("utf-8", "surrogateescape"))
        else:
            digest.update(f"{path}|{state.st_mtime_ns}|{state.st_size}\n".encode("utf-8", "surrogateescape"))
    return digest.hexdigest()
