"""Reads a whole source once: over HTTP or from the disk, a feed or a folder, into parsed entries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ingestion import local_files
from ingestion.addresses import shorten
from ingestion.fetching import Fetched, FetchError, Validators, fetch
from ingestion.models import Source, SourceKind
from ingestion.parsing import Parsed, RawEntry, UnreadableError, finish_all, parse_feed, raw_of_file


@dataclass(frozen=True, slots=True)
class Reading:
    """What one reading of a source gave; ``parsed`` is ``None`` if nothing has changed since the last one."""

    parsed: Parsed | None
    validators: Validators
    http_status: int | None = None
    moved_to: str = ""


def read_source(source: Source, *, now: datetime) -> Reading:
    """Read a feed or a folder. Raises :class:`FetchError` or :class:`UnreadableError`."""
    validators = Validators(etag=source.etag, last_modified=source.last_modified)
    if source.kind == SourceKind.FOLDER:
        return _read_folder(source.url, validators, now)
    if local_files.is_local(source.url):
        return _read_local_feed(source.url, validators, now)
    answer = fetch(source.url, validators=validators)
    if not isinstance(answer, Fetched):
        return Reading(parsed=None, validators=validators, http_status=304)
    parsed = parse_feed(answer.body, address=answer.url, content_type=answer.content_type, now=now)
    return Reading(parsed=parsed, validators=answer.validators, http_status=answer.status, moved_to=answer.moved_to)


def _read_local_feed(relative: str, validators: Validators, now: datetime) -> Reading:
    path = local_files.locate(relative)
    seen = Validators(etag=local_files.fingerprint([path]))
    if seen == validators:
        return Reading(parsed=None, validators=seen)
    body = local_files.read_file(path, shown=relative)
    return Reading(parsed=parse_feed(body, address="", content_type="", now=now), validators=seen)


def _read_folder(relative: str, validators: Validators, now: datetime) -> Reading:
    files = local_files.files_of(local_files.locate(relative), shown=relative)
    seen = Validators(etag=local_files.fingerprint([file.path for file in files]))
    if seen == validators:
        return Reading(parsed=None, validators=seen)
    raws: list[RawEntry] = []
    unread: list[str] = []
    for file in files:
        try:
            raws.append(raw_of_file(file.name, local_files.read_one(file)))
        except (UnreadableError, FetchError) as error:
            unread.append(f"{shorten(file.name)}: {error}")
    parsed = finish_all(raws, now=now)
    return Reading(parsed=Parsed(parsed.entries, (*unread, *parsed.dropped), parsed.remarks), validators=seen)
