"""Keeps bytes as they were fetched, so that a quote can be shown in its place and an article be read again years later.

Each body is stored once, packed, under a name made from the SHA-256 of its bytes: who reads it can tell whether it is
whole. A file that a crash cut short is recognised by that and written anew. Nothing is ever changed or overwritten
with something else, so it does not matter how many processes store the same bytes at once.

Where they are is the storage ``blobs`` of the setting STORAGES, or without one the folder ``fetched`` of the default
storage.
"""

from __future__ import annotations

import gzip
import hashlib
import logging
import os
import re
import tempfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, InvalidStorageError, Storage, storages

from ingestion.fetching import FetchError
from ingestion.models import BlobKind
from ingestion.parsing import Entry

FOLDER = "fetched"
MOST_BYTES = 100_000_000  # of a body, unpacked; far above FETCH_MAX_BYTES, so that lowering that hides nothing

_NAME = re.compile(r"[0-9a-f]{2}/[0-9a-f]{62}\.gz")

log = logging.getLogger(__name__)


class BlobError(Exception):
    """Bytes that cannot be stored or read back; the text is a sentence for staff."""


class MissingBlobError(BlobError):
    """The stored bytes are not there."""


class BrokenBlobError(BlobError):
    """The stored bytes are not those that were fetched."""


def name_of(body: bytes) -> str:
    """The name under which a body is stored: ``ab/cdef….gz``, the SHA-256 of its bytes in hexadecimal."""
    digest = hashlib.sha256(body).hexdigest()
    return f"{digest[:2]}/{digest[2:]}.gz"


def keep(body: bytes) -> str:
    """Store a body, unless it is stored already and whole. Its name.

    Raises :class:`BlobError` if it cannot be stored: a full disk, a folder that cannot be written.
    """
    if len(body) > MOST_BYTES:
        raise BlobError(f"The bytes as fetched were not stored: they are more than {MOST_BYTES:,}.")
    name = name_of(body)
    try:
        if not _is_whole(name):
            # Level 6 and no time of packing: equal bytes give equal files.
            _write(name, gzip.compress(body, compresslevel=6, mtime=0))
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise BlobError(
            f"The bytes as fetched could not be stored ({reason}). "
            "Look after the space and the permissions of the folder for them."
        ) from error
    return name


def read(name: str) -> bytes:
    """A stored body, proved to be the one that was fetched.

    Raises :class:`MissingBlobError`, :class:`BrokenBlobError`, or :class:`BlobError` if the storage cannot be read.
    """
    if not _NAME.fullmatch(name):
        raise MissingBlobError(f"“{name[:80]}” is no name of stored bytes.")
    try:
        storage, place = _storage(), _place(name)
        if not storage.exists(place):
            raise MissingBlobError(f"The stored bytes {name} are missing. Bring them back from a backup.")
        with storage.open(place, "rb") as opened:
            packed = opened.read(MOST_BYTES + 1)
    except FileNotFoundError as error:
        raise MissingBlobError(f"The stored bytes {name} are missing. Bring them back from a backup.") from error
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise BlobError(
            f"The stored bytes {name} cannot be read ({reason}). Check the folder's permissions."
        ) from error
    body = _unpacked(packed)
    if body is None or name_of(body) != name:
        raise BrokenBlobError(
            f"The stored bytes {name} are damaged: they are not those that were fetched. Bring them back from a backup."
        )
    return body


def _unpacked(packed: bytes) -> bytes | None:
    """The body, or ``None`` if it is not whole or larger than any that was stored."""
    unpacker = zlib.decompressobj(wbits=31)
    try:
        body = unpacker.decompress(packed, MOST_BYTES + 1)
    except zlib.error:
        return None
    return body if unpacker.eof and not unpacker.unused_data and len(body) <= MOST_BYTES else None


def _is_whole(name: str) -> bool:
    try:
        read(name)
    except (MissingBlobError, BrokenBlobError):
        return False
    except BlobError as error:
        raise OSError(str(error)) from error
    return True


def _storage() -> Storage:
    try:
        return storages["blobs"]
    except InvalidStorageError:
        return storages["default"]


def _place(name: str) -> str:
    return name if "blobs" in storages.backends else f"{FOLDER}/{name}"


def _write(name: str, packed: bytes) -> None:
    """Put a whole file in its place: on a disk by renaming, elsewhere as the storage does it."""
    storage, place = _storage(), _place(name)
    if not isinstance(storage, FileSystemStorage):
        _save(storage, place, packed)
        return
    path = Path(storage.path(place))
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as opened:
            opened.write(packed)
            opened.flush()
            os.fsync(opened.fileno())  # the page may be gone tomorrow: it is not to be lost with the power
        Path(draft).chmod(0o644)
        Path(draft).replace(path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise


def _save(storage: Storage, place: str, packed: bytes) -> None:
    if storage.exists(place):
        storage.delete(place)  # it is there and was found broken
    given = storage.save(place, ContentFile(packed))
    if given != place:  # another process stored the same bytes in between, and the storage found another name
        storage.delete(given)


class BlobFields(TypedDict):
    """The fields of a revision that say where its bytes are."""

    blob: str
    blob_kind: str
    content_type: str
    found_at: str


NO_BYTES = BlobFields(blob="", blob_kind="", content_type="", found_at="")


@dataclass(frozen=True, slots=True)
class Origin:
    """The bytes that entries were read from."""

    kind: BlobKind
    body: bytes
    content_type: str = ""
    found_at: str = ""  # the address they came from in the end, or the path of a file


class Keeper:
    """Stores the bytes of a reading once a revision rests on them, and not before.

    An article is never lost for its bytes: if they cannot be stored, its revision is written without them, and
    ``faults`` says so, in a sentence for the attempt.
    """

    def __init__(self, origin: Origin) -> None:
        self.faults: list[str] = []
        self._origin = origin
        self._fields: BlobFields | None = None

    def fields(self, entry: Entry) -> BlobFields:
        """The fields of a revision of this entry; at the first call the bytes are stored."""
        if self._fields is None:
            self._fields = self._kept(self._origin)
        return self._fields

    def _kept(self, origin: Origin) -> BlobFields:
        blob = ""
        try:
            blob = keep(origin.body)
        except BlobError as error:
            self.faults.append(str(error))
            log.exception("bytes not stored", extra={"found_at": origin.found_at})
        return BlobFields(
            blob=blob,
            blob_kind=origin.kind.value,
            content_type=origin.content_type[:200],
            found_at=origin.found_at[:2000],
        )


class FolderKeeper(Keeper):
    """Stores the bytes of each file of a folder that a revision rests on, read once more when it is written.

    ``read_again`` gives a file's bytes by its name within the folder (an entry's ``guid``), or raises
    :class:`FetchError`.
    ``names`` are the names of the bytes as they were when they were parsed, by :func:`name_of`: a file that was
    changed in between is not stored under words that it does not hold.
    """

    def __init__(self, read_again: Callable[[str], bytes], names: dict[str, str]) -> None:
        super().__init__(Origin(kind=BlobKind.FILE, body=b""))
        self._read_again, self._names = read_again, names

    def fields(self, entry: Entry) -> BlobFields:
        """The fields of a revision of this file; its bytes are stored now."""
        without = BlobFields(blob="", blob_kind=BlobKind.FILE.value, content_type="", found_at=entry.guid)
        if entry.guid not in self._names:
            self.faults.append(f"{entry.guid}: its bytes were not stored, for its name cannot be kept as it is.")
            return without
        try:
            body = self._read_again(entry.guid)
        except FetchError as error:
            self.faults.append(f"{entry.guid}: its bytes were not stored, for it could not be read again. {error}")
            return without
        if name_of(body) != self._names[entry.guid]:
            self.faults.append(f"{entry.guid}: its bytes were not stored, for it was changed while it was read.")
            return without
        return self._kept(Origin(kind=BlobKind.FILE, body=body, found_at=entry.guid))


class KeptAlready(Keeper):
    """Bytes that were stored with an earlier revision."""

    def __init__(self, fields: BlobFields) -> None:
        super().__init__(Origin(kind=BlobKind(fields["blob_kind"]), body=b""))
        self._fields = fields
