"""Reads feeds: RSS and Atom of any version, and JSON Feed."""

from __future__ import annotations

import calendar
import io
import json
import re
import xml.sax
from datetime import UTC, datetime, timedelta
from html.entities import html5
from typing import Any
from xml.sax.handler import ContentHandler, feature_external_ges

import feedparser
import httpx
from defusedxml import DefusedXmlException
from defusedxml.expatreader import create_parser

from ingestion.parsing.entry import Parsed, RawEntry, UnreadableError, finish_all
from ingestion.parsing.markup import plain_text

MAX_ENTRIES = 5000
MAX_DEPTH = 100
MAX_ATTRIBUTES = 40  # of one element; the time that feedparser takes grows with their square and worse
MAX_ELEMENTS = 150_000
MAX_ELEMENTS_OF_ENTRY = 3000  # the time that feedparser takes grows with their square, too
MAX_BROKEN_BYTES = 500_000  # the forgiving parser for broken XML is slow
MAX_BROKEN_TAGS = 20_000

_NAMED = re.compile(rb"&([A-Za-z][A-Za-z0-9]{1,30});")
_OF_XML = frozenset({"amp", "lt", "gt", "quot", "apos"})
FURTHEST_ZONE = 14  # hours from UTC
_OFFSET = re.compile(r"[+-](\d\d):?\d\d\Z")
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")

_REFUSED_ENTITIES = UnreadableError(
    "The feed declares XML entities, which can be used to attack its readers. It is not read; tell its publisher."
)


def parse_feed(body: bytes, *, address: str, content_type: str, now: datetime) -> Parsed:
    """The entries of a feed. Raises :class:`UnreadableError` if it is none or cannot be read safely."""
    head = body[:2000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if not body.strip():
        raise UnreadableError("The feed is empty: the answer has no content. It is tried again at the next poll.")
    if head.startswith((b"{", b"[")):
        return _parse_json(body, address=address, now=now)
    if b"<!doctype html" in head or head.startswith(b"<html"):
        raise UnreadableError(
            "The address gives a web page, not a feed. Look on that page for the address of its feed (RSS or Atom)."
        )
    return _parse_xml(body, address=address, content_type=content_type, now=now)


class _Survey(ContentHandler):
    """Counts entries and depth before anything is built from the document."""

    def __init__(self) -> None:
        super().__init__()
        self.depth = 0
        self.entries = 0
        self._elements = 0
        self._elements_before_entry = 0

    def startElement(self, name: str, attrs: Any) -> None:  # noqa: N802 - SAX calls it so
        self.depth += 1
        self._elements += 1
        if name.rpartition(":")[2] in {"item", "entry"}:
            self.entries += 1
            self._elements_before_entry = self._elements
        if self._elements > MAX_ELEMENTS:
            raise UnreadableError(f"The feed has more than {MAX_ELEMENTS:,} elements; it is not read.")
        if self._elements - self._elements_before_entry > MAX_ELEMENTS_OF_ENTRY:
            raise UnreadableError(
                f"The feed has more than {MAX_ELEMENTS_OF_ENTRY:,} elements in an entry; it is not read."
            )
        if len(attrs) > MAX_ATTRIBUTES:
            raise UnreadableError(f"The feed has an element of more than {MAX_ATTRIBUTES} attributes; it is not read.")
        if self.depth > MAX_DEPTH:
            raise UnreadableError(f"The feed nests its elements more than {MAX_DEPTH} deep; it is not read.")
        if self.entries > MAX_ENTRIES:
            raise UnreadableError(f"The feed has more than {MAX_ENTRIES:,} entries; it is not read.")

    def endElement(self, name: str) -> None:  # noqa: N802 - SAX calls it so
        self.depth -= 1


def _survey(body: bytes) -> str:
    """Look over the document without building it. What is wrong with its XML, in words; empty if nothing is."""
    if b"<!ENTITY" in body:
        raise _REFUSED_ENTITIES
    # Every entity that is declared is refused, external ones among them. That a document names a DTD elsewhere is
    # harmless, for it is never fetched (no external entity is), and RSS 0.91 asks for it.
    parser = create_parser(forbid_entities=True, forbid_external=False)
    parser.setFeature(feature_external_ges, False)
    parser.setContentHandler(_Survey())
    try:
        parser.parse(io.BytesIO(body))
    except DefusedXmlException as error:
        raise _REFUSED_ENTITIES from error
    except xml.sax.SAXParseException as error:
        return f"line {error.getLineNumber()}: {error.getMessage()}"
    except (ValueError, LookupError) as error:  # an encoding that does not exist
        return str(error)
    return ""


def _without_named_entities(body: bytes) -> bytes:
    """The document with HTML's named characters, which XML does not know, written as numbers.

    Left as they are they would make it malformed, or vanish in silence where it names a DTD.
    """
    return _NAMED.sub(_as_number, body)


def _as_number(name: re.Match[bytes]) -> bytes:
    written = name[1].decode("ascii")
    characters = "" if written in _OF_XML else html5.get(f"{written};", "")
    return "".join(f"&#{ord(character)};" for character in characters).encode("ascii") or name[0]


def _parse_xml(body: bytes, *, address: str, content_type: str, now: datetime) -> Parsed:
    body = _without_named_entities(body)
    flaw = _survey(body)
    if flaw and (len(body) > MAX_BROKEN_BYTES or body.count(b"<") > MAX_BROKEN_TAGS):
        raise UnreadableError(f"The feed is not well-formed XML ({flaw}) and too large to be read all the same.")
    headers = {"content-type": content_type} if content_type else {}
    try:
        read = feedparser.parse(
            io.BytesIO(body), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
        )
    except (ValueError, LookupError, RecursionError, AssertionError, TypeError, AttributeError, KeyError) as error:
        # The forgiving parser meets what nobody foresaw; a feed that trips it is unreadable, not our end.
        raise UnreadableError(f"The feed cannot be read ({type(error).__name__}: {error}).") from error
    if not read.entries and (flaw or not read.version):
        reason = f" It is not well-formed XML ({flaw})." if flaw else ""
        raise UnreadableError(f"The address does not give an RSS or Atom feed that can be read.{reason}")
    if len(read.entries) > MAX_ENTRIES:
        raise UnreadableError(f"The feed has more than {MAX_ENTRIES:,} entries; it is not read.")
    language = str(read.feed.get("language") or "")
    raws = [_of_xml(place, entry, address, language) for place, entry in enumerate(read.entries, start=1)]
    return finish_all(raws, now=now)


def _of_xml(place: int, entry: Any, address: str, language: str) -> RawEntry:
    contents = [plain_text(str(part.get("value") or "")) for part in entry.get("content") or []]
    contents.append(plain_text(str(entry.get("summary") or "")))
    return RawEntry(
        place=f"Entry {place}",
        guid=str(entry.get("id") or ""),
        url=_joined(address, str(entry.get("link") or "")),
        title=plain_text(str(entry.get("title") or "")),
        text=max(contents, key=len),
        published_at=_moment(entry, "published") or _moment(entry, "updated"),
        author=_authors(entry),
        language=language,
    )


def _authors(entry: Any) -> str:
    """All who are named as authors, each once."""
    names = [str(author.get("name") or "") for author in entry.get("authors") or []]
    return "; ".join(dict.fromkeys(filter(None, names))) or str(entry.get("author") or "")


def _joined(address: str, link: str) -> str:
    """A link of the feed, made absolute where the feed itself has an address."""
    if not link or not address.startswith(("http://", "https://")):
        return link
    try:
        return str(httpx.URL(address).join(link))
    except (httpx.InvalidURL, ValueError):
        return link


def _moment(entry: Any, name: str) -> datetime | None:
    """A date of an entry in UTC; without a zone it counts as UTC."""
    written, parsed = str(entry.get(name) or "").strip(), entry.get(f"{name}_parsed")
    if _ISO_DAY.match(written):  # feedparser makes a day of "2022-13-45", too
        return moment_of(written)
    offset = _OFFSET.search(written)
    if not parsed or (offset and int(offset[1]) > FURTHEST_ZONE):
        return None
    try:
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=calendar.timegm(parsed))
    except (OverflowError, ValueError, TypeError):
        return None


def _parse_json(body: bytes, *, address: str, now: datetime) -> Parsed:
    try:
        read = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise UnreadableError(f"The feed is not readable JSON ({str(error)[:200]}).") from error
    items = read.get("items") if isinstance(read, dict) else None
    if not isinstance(items, list):
        raise UnreadableError("The address gives JSON, but no JSON Feed: it has no list of items.")
    if len(items) > MAX_ENTRIES:
        raise UnreadableError(f"The feed has more than {MAX_ENTRIES:,} entries; it is not read.")
    language = _string(read, "language")
    raws: list[RawEntry] = []
    for place, item in enumerate(items, start=1):
        raws.append(_of_json(place, item if isinstance(item, dict) else {}, address, language))
    return finish_all(raws, now=now)


def _of_json(place: int, item: dict[str, Any], address: str, language: str) -> RawEntry:
    authors = item.get("authors")
    first = authors[0] if isinstance(authors, list) and authors else item.get("author")
    texts = [_string(item, "content_text"), plain_text(_string(item, "content_html")), _string(item, "summary")]
    return RawEntry(
        place=f"Entry {place}",
        guid=_string(item, "id"),
        url=_joined(address, _string(item, "url") or _string(item, "external_url")),
        title=plain_text(_string(item, "title")),
        text=next((text for text in texts if text.strip()), ""),
        published_at=moment_of(_string(item, "date_published") or _string(item, "date_modified")),
        author=_string(first, "name") if isinstance(first, dict) else "",
        language=_string(item, "language") or language,
    )


def _string(item: dict[str, Any], key: str) -> str:
    value = item.get(key)
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def moment_of(written: str) -> datetime | None:
    """A moment written in ISO 8601; without a zone it counts as UTC, without a time as midnight."""
    try:
        moment = datetime.fromisoformat(written.strip())
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
