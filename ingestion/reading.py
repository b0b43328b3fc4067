"""Reads a whole source once: over HTTP or from the disk, a feed or a folder, into parsed entries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from ingestion import local_files
from ingestion.addresses import shorten
from ingestion.blobs import FolderKeeper, Keeper, Origin, name_of
from ingestion.fetching import Fetched, FetchError, NotModified, Validators
from ingestion.models import BlobKind, Source, SourceKind
from ingestion.parsing import Parsed, RawEntry, UnreadableError, finish_all, parse_feed, raw_of_file


class Ask(Protocol):
    """Fetches an address; raises :class:`FetchError`."""

    def __call__(self, address: str, *, validators: Validators | None = None) -> Fetched | NotModified:
        """Fetch it."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What one reading of a source gave; ``parsed`` is ``None`` if nothing has changed since the last one."""

    parsed: Parsed | None
    validators: Validators
    http_status: int | None = None
    moved_to: str = ""
    origin: Keeper | None = None  # the bytes that the entries were read from


def read_source(source: Source, *, ask: Ask, now: datetime) -> Reading:
    """Read a feed or a folder. ``ask`` fetches. Raises :class:`FetchError` or :class:`UnreadableError`."""
    validators = Validators(etag=source.etag, last_modified=source.last_modified)
    if source.kind == SourceKind.FOLDER:
        return _read_folder(source.url, validators, now)
    if local_files.is_local(source.url):
        return _read_local_feed(source.url, validators, now)
    answer = ask(source.url, validators=validators)
    if not isinstance(answer, Fetched):
        return Reading(parsed=None, validators=validators, http_status=304)
    parsed = parse_feed(answer.body, address=answer.url, content_type=answer.content_type, now=now)
    return Reading(
        parsed=parsed,
        validators=answer.validators,
        http_status=answer.status,
        moved_to=answer.moved_to,
        origin=Keeper(Origin(BlobKind.FEED, answer.body, answer.content_type, answer.url)),
    )


def _read_local_feed(relative: str, validators: Validators, now: datetime) -> Reading:
    path = local_files.locate(relative)
    seen = Validators(etag=local_files.fingerprint([path]))
    if seen == validators:
        return Reading(parsed=None, validators=seen)
    body = local_files.read_file(path, shown=relative)
    return Reading(
        parsed=parse_feed(body, address="", content_type="", now=now),
        validators=seen,
        origin=Keeper(Origin(BlobKind.FEED, body, found_at=relative)),
    )


def _read_folder(relative: str, validators: Validators, now: datetime) -> Reading:
    files = local_files.files_of(local_files.locate(relative), shown=relative)
    seen = Validators(etag=local_files.fingerprint([file.path for file in files]))
    if seen == validators:
        return Reading(parsed=None, validators=seen)
    raws: list[RawEntry] = []
    unread: list[str] = []
    names: dict[str, str] = {}
    for file in files:
        try:
            body = local_files.read_one(file)
            raws.append(raw_of_file(file.name, body))
            names[file.name] = name_of(body)
        except (UnreadableError, FetchError) as error:
            unread.append(f"{shorten(file.name)}: {error}")
    parsed = finish_all(raws, now=now)
    by_name = {file.name: file for file in files}
    return Reading(
        parsed=Parsed(parsed.entries, (*unread, *parsed.dropped), parsed.remarks),
        validators=seen,
        origin=FolderKeeper(lambda name: local_files.read_one(by_name[name]), names),
    )
