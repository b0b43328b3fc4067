"""Reads sitemaps: lists of addresses, news sitemaps with titles and dates, and indexes of further sitemaps."""

from __future__ import annotations

import xml.sax
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from xml.sax.handler import ContentHandler, feature_external_ges

from defusedxml import DefusedXmlException
from defusedxml.expatreader import create_parser

from ingestion.addresses import AddressError, canonical_address
from ingestion.parsing.entry import Parsed, RawEntry, UnreadableError, finish_all
from ingestion.parsing.feeds import MAX_DEPTH, moment_of
from ingestion.parsing.packed import chunks_of

MAX_SITEMAP_BYTES = 50_000_000  # unpacked; the protocol allows no more, nor more addresses
MAX_ADDRESSES = 50_000
_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)
_ROOTS = frozenset({"urlset", "sitemapindex"})
_RECORDS = frozenset({"url", "sitemap"})
_FIELDS = {
    ("loc",): "loc",
    ("lastmod",): "lastmod",
    ("news", "title"): "title",
    ("news", "publication_date"): "published",
    ("news", "publication", "language"): "language",
}

_REFUSED_ENTITIES = UnreadableError(
    "The sitemap declares XML entities, which can be used to attack its readers. It is not read; tell its publisher."
)


@dataclass(frozen=True, slots=True)
class ChildSitemap:
    """A further sitemap that an index names."""

    address: str
    modified_at: datetime | None


@dataclass(frozen=True, slots=True)
class Sitemap:
    """What a sitemap names: articles without a text, newest first; or, if it is an index, further sitemaps."""

    parsed: Parsed
    children: tuple[ChildSitemap, ...] = ()  # newest first; it is the caller's to say how many it follows


def parse_sitemap(body: bytes, *, now: datetime) -> Sitemap:
    """The articles of a sitemap, or the sitemaps of an index; packed by gzip or not, in XML or one address a line.

    Raises :class:`UnreadableError` if it is none or cannot be read safely.
    """
    if not body.strip():
        raise UnreadableError("The sitemap is empty: the answer has no content. It is tried again at the next poll.")
    head = next(chunks_of(body, most=MAX_SITEMAP_BYTES, what="The sitemap"))[:2000].lstrip(b"\xef\xbb\xbf \t\r\n")
    if head.lower().startswith((b"http://", b"https://")):
        return Sitemap(finish_all(list(_of_lines(body)), now=now))
    if b"<!doctype html" in head.lower() or head.lower().startswith(b"<html"):
        raise UnreadableError(
            "The address gives a web page, not a sitemap. The site's robots.txt may name its sitemap."
        )
    collected, flaw = _collect(body)
    remarks = [flaw] if flaw else []
    if collected.is_index:
        children = _children(collected.records, remarks)
        return Sitemap(Parsed((), (), tuple(remarks)), children)
    parsed = finish_all(_newest_first(collected.records), now=now)
    return Sitemap(Parsed(parsed.entries, parsed.dropped, (*remarks, *parsed.remarks)))


class _Collector(ContentHandler):
    """Collects the records of a sitemap while it is read, so that nothing is built of what is too large."""

    def __init__(self) -> None:
        super().__init__()
        self.records: list[dict[str, str]] = []
        self.is_index = False
        self._path: list[str] = []
        self._field = ""
        self._pieces: list[str] = []

    def startElement(self, name: str, attrs: Any) -> None:  # noqa: N802 - SAX calls it so
        self._path.append(name.rpartition(":")[2])
        if len(self._path) == 1:
            self._check_root(self._path[0])
        if len(self._path) > MAX_DEPTH:
            raise UnreadableError(f"The sitemap nests its elements more than {MAX_DEPTH} deep; it is not read.")
        if len(self._path) == 2 and self._path[1] in _RECORDS:
            self.records.append({})
        if len(self.records) > MAX_ADDRESSES:
            raise UnreadableError(f"The sitemap has more than {MAX_ADDRESSES:,} addresses; it is not read.")
        in_record = len(self._path) > 2 and self._path[1] in _RECORDS
        self._field = _FIELDS.get(tuple(self._path[2:]), "") if in_record else ""
        self._pieces = []

    def characters(self, content: str) -> None:
        if self._field:
            self._pieces.append(content)

    def endElement(self, name: str) -> None:  # noqa: N802 - SAX calls it so
        if self._field:
            self.records[-1].setdefault(self._field, "".join(self._pieces).strip())
        self._field = ""
        self._path.pop()

    def _check_root(self, name: str) -> None:
        if name in {"rss", "feed", "RDF"}:
            raise UnreadableError("The address gives a feed, not a sitemap. Add it as a source of the kind feed.")
        if name not in _ROOTS:
            raise UnreadableError("The address gives no sitemap: neither a urlset nor a sitemapindex.")
        self.is_index = name == "sitemapindex"


def _collect(body: bytes) -> tuple[_Collector, str]:
    """The records of a sitemap, and what is wrong with its XML behind them, in words."""
    collector = _Collector()
    parser = create_parser(forbid_entities=True, forbid_external=False)
    parser.setFeature(feature_external_ges, False)
    parser.setContentHandler(collector)
    try:
        for chunk in chunks_of(body, most=MAX_SITEMAP_BYTES, what="The sitemap"):
            parser.feed(chunk)
        parser.close()
    except DefusedXmlException as error:
        raise _REFUSED_ENTITIES from error
    except (xml.sax.SAXException, ValueError, LookupError) as error:  # also an encoding that does not exist
        where = f"line {error.getLineNumber()}: " if isinstance(error, xml.sax.SAXParseException) else ""
        message = error.getMessage() if isinstance(error, xml.sax.SAXException) else str(error)
        complete = [record for record in collector.records if record.get("loc")]
        if not complete:
            raise UnreadableError(f"The sitemap is not well-formed XML ({where}{message}).") from error
        return collector, f"The sitemap is not well-formed XML ({where}{message}); what stands before was read."
    return collector, ""


def _newest_first(records: list[dict[str, str]]) -> list[RawEntry]:
    """The articles as entries; of one address only the first."""
    by_address: dict[str, RawEntry] = {}
    for place, record in enumerate(records, start=1):
        entry = RawEntry(
            place=f"Address {place}",
            url=record.get("loc", ""),
            title=record.get("title", ""),
            published_at=moment_of(record.get("published", "")),
            language=record.get("language", ""),
            needs_page=True,
            modified_at=moment_of(record.get("lastmod", "")),
        )
        by_address.setdefault(entry.url or entry.place, entry)
    entries = list(by_address.values())
    entries.sort(key=lambda entry: _age(entry.published_at or entry.modified_at), reverse=True)
    _forget_moments_of_building(entries)
    return entries


def _forget_moments_of_building(entries: list[RawEntry]) -> None:
    """Leave out moments of change that most entries share: they say when the sitemap was built, not the articles."""
    moments = Counter(entry.modified_at for entry in entries if entry.modified_at is not None)
    for moment, times in moments.items():
        if times >= 5 and times * 2 > len(entries):
            for entry in entries:
                if entry.modified_at == moment:
                    entry.modified_at = None


def _age(moment: datetime | None) -> datetime:
    return moment or _LONG_AGO


def _children(records: list[dict[str, str]], remarks: list[str]) -> tuple[ChildSitemap, ...]:
    children: list[ChildSitemap] = []
    for place, record in enumerate(records, start=1):
        try:
            address = canonical_address(record.get("loc", ""))
        except AddressError as error:
            remarks.append(f"Sitemap {place} of the index is left out. {error}")
        else:
            children.append(ChildSitemap(address, moment_of(record.get("lastmod", ""))))
    return tuple(sorted(children, key=lambda child: _age(child.modified_at), reverse=True))


def _of_lines(body: bytes) -> Iterator[RawEntry]:
    text = b"".join(chunks_of(body, most=MAX_SITEMAP_BYTES, what="The sitemap")).decode("utf-8-sig", "replace")
    lines = dict.fromkeys(line.strip() for line in text.splitlines() if line.strip())
    if len(lines) > MAX_ADDRESSES:
        raise UnreadableError(f"The sitemap has more than {MAX_ADDRESSES:,} addresses; it is not read.")
    for place, line in enumerate(lines, start=1):
        yield RawEntry(place=f"Line {place}", url=line, needs_page=True)
