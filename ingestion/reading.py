"""Reads a whole source once: over HTTP or from the disk, a feed, a sitemap, an index page or a folder, into entries."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from ingestion import listing, local_files
from ingestion.addresses import shorten
from ingestion.blobs import FolderKeeper, Keeper, Origin, name_of
from ingestion.fetching import Fetched, FetchError, NotModified, Validators
from ingestion.models import BlobKind, Source, SourceKind
from ingestion.parsing import (
    ChildSitemap,
    Parsed,
    RawEntry,
    Sitemap,
    UnreadableError,
    finish_all,
    parse_feed,
    parse_index_page,
    parse_sitemap,
    raw_of_file,
)

CHILD_SITEMAPS = 3
PATIENCE_BETWEEN_SITEMAPS = 30.0  # seconds, for the pause that a host wants between two requests


class Ask(Protocol):
    """Fetches an address; raises :class:`FetchError`."""

    def __call__(
        self, address: str, *, validators: Validators | None = None, patience: float = 0.0
    ) -> Fetched | NotModified:
        """Fetch it, after waiting at most ``patience`` seconds for the turn of its host."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What one reading of a source gave; ``parsed`` is ``None`` if nothing has changed since the last one."""

    parsed: Parsed | None
    validators: Validators
    http_status: int | None = None
    moved_to: str = ""
    origin: Keeper | None = None  # the bytes that the entries were read from


def read_source(source: Source, *, ask: Ask, now: datetime) -> Reading:
    """Read a source. ``ask`` fetches. Raises :class:`FetchError` or :class:`UnreadableError`."""
    validators = Validators(etag=source.etag, last_modified=source.last_modified)
    if source.kind == SourceKind.FOLDER:
        return _read_folder(source.url, validators, now)
    if local_files.is_local(source.url):
        return _read_local_feed(source.url, validators, now)
    answer = ask(source.url, validators=validators)
    if not isinstance(answer, Fetched):
        return Reading(parsed=None, validators=validators, http_status=304)
    reading = _READERS[SourceKind(source.kind)](source, answer, ask, now)
    return replace(reading, http_status=answer.status, moved_to=answer.moved_to)


def _read_feed(source: Source, answer: Fetched, ask: Ask, now: datetime) -> Reading:
    return Reading(
        parsed=parse_feed(answer.body, address=answer.url, content_type=answer.content_type, now=now),
        validators=answer.validators,
        origin=Keeper(Origin(BlobKind.FEED, answer.body, answer.content_type, answer.url)),
    )


def _read_index_page(source: Source, answer: Fetched, ask: Ask, now: datetime) -> Reading:
    parsed = parse_index_page(
        answer.body, source.link_selector, address=answer.url, content_type=answer.content_type, now=now
    )
    return _chosen(parsed, answer.validators, now)


def _read_sitemap(source: Source, answer: Fetched, ask: Ask, now: datetime) -> Reading:
    read = parse_sitemap(answer.body, now=now)
    if not read.children:
        return _chosen(read.parsed, answer.validators, now)
    # That an index is not modified says nothing of the sitemaps that it names: its validators are not kept.
    return _chosen(_follow(read, ask, now), Validators(), now)


_READERS: dict[SourceKind, Callable[[Source, Fetched, Ask, datetime], Reading]] = {
    SourceKind.FEED: _read_feed,
    SourceKind.SITEMAP: _read_sitemap,
    SourceKind.INDEX: _read_index_page,
}


def _chosen(parsed: Parsed, validators: Validators, now: datetime) -> Reading:
    """What is taken now of a list of addresses. While there is more, the server is asked for the whole list again."""
    entries, more = listing.choose(parsed.entries, now=now)
    remarks = parsed.remarks
    if more:
        words = (
            f"More than {listing.NEW_AT_ONCE} of its addresses are new: the newest were taken, the rest at later polls."
        )
        remarks = (words, *remarks)
    return Reading(Parsed(entries, parsed.dropped, remarks), Validators() if more else validators)


def _follow(index: Sitemap, ask: Ask, now: datetime) -> Parsed:
    """The articles of the newest sitemaps that an index names. One that cannot be had leaves the others alone.

    Raises the last failure if none could be had.
    """
    parsed: list[Parsed] = []
    remarks = list(index.parsed.remarks)
    failure: FetchError | UnreadableError | None = None
    for child in index.children[:CHILD_SITEMAPS]:
        try:
            parsed.append(_child(child, ask, now))
        except (FetchError, UnreadableError) as error:
            failure = error
            remarks.append(f"The sitemap {shorten(child.address)} was not read. {error}")
    if failure is not None and not parsed:
        raise failure
    if (left := len(index.children) - CHILD_SITEMAPS) > 0:
        remarks.append(f"Of the sitemaps that the index names, the {CHILD_SITEMAPS} newest were read; {left} were not.")
    return Parsed(
        tuple(entry for one in parsed for entry in one.entries),
        tuple(sentence for one in parsed for sentence in one.dropped),
        (*remarks, *(sentence for one in parsed for sentence in one.remarks)),
    )


def _child(child: ChildSitemap, ask: Ask, now: datetime) -> Parsed:
    answer = ask(child.address, patience=PATIENCE_BETWEEN_SITEMAPS)
    if not isinstance(answer, Fetched):
        raise UnreadableError("Its server says that nothing has changed, though nothing was asked before.")
    read = parse_sitemap(answer.body, now=now)
    if read.children:
        raise UnreadableError("It is an index itself; only one level of indexes is followed.")
    return read.parsed


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
