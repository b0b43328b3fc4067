"""Zip files that are the same byte for byte whenever their content is, written without holding it in memory."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO

DAWN = (1980, 1, 1, 0, 0, 0)  # the first moment that a zip file can tell: when it was made is told elsewhere
READABLE = 0o644 << 16


@dataclass(frozen=True, slots=True)
class Written:
    """How large something is, and its SHA-256 in hex."""

    bytes: int
    sha256: str


class Entry:
    """One file within an archive, written piece by piece and hashed on the way."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream, self._hash, self._bytes = stream, hashlib.sha256(), 0

    def write(self, pieces: Iterable[bytes]) -> None:
        """Append."""
        for piece in pieces:
            self._stream.write(piece)
            self._hash.update(piece)
            self._bytes += len(piece)

    def close(self) -> Written:
        """End the file."""
        self._stream.close()
        return Written(self._bytes, self._hash.hexdigest())


class Archive:
    """A zip file; one entry is open at a time."""

    def __init__(self, path: Path) -> None:
        self._zip = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=6)
        self._open: IO[bytes] | None = None

    def __enter__(self) -> Archive:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None and self._open is not None:
            self._open.close()  # an archive with an open entry cannot be closed; whoever made it takes it away
        self._zip.close()

    def open(self, name: str) -> Entry:
        """Begin a file."""
        info = zipfile.ZipInfo(name, DAWN)
        info.compress_type, info.external_attr, info.create_system = zipfile.ZIP_DEFLATED, READABLE, 3
        self._open = self._zip.open(info, "w", force_zip64=True)
        return Entry(self._open)

    def add(self, name: str, content: bytes) -> Written:
        """A whole file."""
        entry = self.open(name)
        entry.write([content])
        return entry.close()


def written(path: Path) -> Written:
    """The size and hash of a file on disk."""
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            digest.update(piece)
            size += len(piece)
    return Written(size, digest.hexdigest())
