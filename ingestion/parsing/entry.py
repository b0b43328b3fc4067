"""What every source is parsed into: entries of plain, clean text, whatever form they came in."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from ingestion.addresses import AddressError, canonical_address, shorten

MAX_TITLE = 1000
MAX_TEXT = 400_000
MAX_GUID_BYTES = 1000  # PostgreSQL indexes no more than 2,704 bytes, and a character may take four
MAX_AUTHOR = 300
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)

# What no text needs and what a database, a terminal or a reader's eye could be hurt by: control characters (NUL among
# them, which PostgreSQL refuses), lone surrogates, and marks that turn the direction of writing.
_UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]")
_UNIFIED = str.maketrans("\r\u2028\u2029\u00a0\u2007\u202f", "\n\n\n   ")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})?")


class UnreadableError(Exception):
    """Bytes that cannot be read as what they should be; the text is a sentence for staff."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One article as a source gave it. Every field is clean; an empty one means that the source does not say."""

    guid: str
    url: str  # canonical, or empty
    title: str
    text: str  # plain, paragraphs on lines of their own
    published_at: datetime | None = None
    author: str = ""
    language: str = ""
    needs_page: bool = False  # the source names the article and its address only: its words are on its page
    modified_at: datetime | None = None  # when its page was changed last, as a sitemap says
    canonical: str = ""  # the address that a page itself calls its canonical one, on the same site; or empty
    alternatives: tuple[str, ...] = ()  # further addresses that a page gives for itself, such as its AMP form


@dataclass(frozen=True, slots=True)
class Parsed:
    """All that one reading of a source gave."""

    entries: tuple[Entry, ...]
    dropped: tuple[str, ...] = ()  # a sentence for each entry that could not be taken
    remarks: tuple[str, ...] = ()  # a sentence for each value that was left out of an entry that was taken


@dataclass(slots=True)
class RawEntry:
    """An entry's values as they stand in the source, before cleaning; ``text`` is plain already."""

    place: str  # how messages name it: "Entry 3"
    guid: str = ""
    url: str = ""
    title: str = ""
    text: str = ""
    published_at: datetime | None = None
    author: str = ""
    language: str = ""
    needs_page: bool = False
    modified_at: datetime | None = None
    canonical: str = ""
    alternatives: tuple[str, ...] = ()


def finish(raw: RawEntry, *, now: datetime, remarks: list[str]) -> Entry | str:
    """Clean an entry's values. A sentence instead of an entry says why it could not be taken."""
    title = clean_line(raw.title)
    text = clean_text(raw.text)
    named = f"{raw.place} (“{shorten(title, 60)}”)" if title else raw.place
    if not title and not text and not raw.needs_page:
        return f"{raw.place} has neither a title nor a text."
    if len(title) > MAX_TITLE:
        remarks.append(f"{named}: its title of {len(title):,} characters was cut.")
        title = title[: MAX_TITLE - 1] + "…"
    if len(text) > MAX_TEXT:
        remarks.append(f"{named}: its text of {len(text):,} characters was cut to {MAX_TEXT:,}.")
        text = text[:MAX_TEXT].rstrip()
    url = _address(raw.url, named, remarks)
    if raw.needs_page and not url:
        return f"{named} has no address that can be fetched, and so no text."
    return Entry(
        guid=clean_guid(raw.guid),
        url=url,
        title=title,
        text="" if raw.needs_page else text or title,
        published_at=_moment(raw.published_at, named, now, remarks),
        author=clean_line(raw.author)[:MAX_AUTHOR],
        language=clean_language(raw.language),
        needs_page=raw.needs_page,
        modified_at=_moment(raw.modified_at, named, now, remarks),
        canonical=raw.canonical,
        alternatives=raw.alternatives,
    )


def finish_all(raws: list[RawEntry], *, now: datetime) -> Parsed:
    """Clean all entries of a reading; of two with the same name only the first is taken."""
    entries: list[Entry] = []
    dropped: list[str] = []
    remarks: list[str] = []
    seen: set[str] = set()
    for raw in raws:
        entry = finish(raw, now=now, remarks=remarks)
        if isinstance(entry, str):
            dropped.append(entry)
        elif entry.guid and entry.guid in seen:
            dropped.append(f"{raw.place} (“{shorten(entry.title, 60)}”) has the same identifier as an earlier one.")
        else:
            seen.add(entry.guid)
            entries.append(entry)
    return Parsed(tuple(entries), tuple(dropped), tuple(remarks))


def clean_text(text: str) -> str:
    """Plain text without unwanted characters, lines without blanks at their ends, at most one empty line in a row.

    The spaces that only forbid a line break ("€110 million") become ordinary ones, so that words can be found again.
    """
    unified = text.replace("\r\n", "\n").translate(_UNIFIED)
    lines = [line.strip() for line in _UNWANTED.sub("", unified).split("\n")]
    kept = [line for place, line in enumerate(lines) if line or (place and lines[place - 1])]
    return "\n".join(kept).strip()


def clean_line(text: str) -> str:
    """Clean text on one line."""
    return " ".join(_UNWANTED.sub("", text).split())


def clean_guid(guid: str) -> str:
    """A source's own name for an entry; a longer one than can be kept is stood for by its hash."""
    clean = clean_line(guid)
    encoded = clean.encode()
    return clean if len(encoded) <= MAX_GUID_BYTES else f"sha256:{hashlib.sha256(encoded).hexdigest()}"


def clean_language(language: str) -> str:
    """A language tag such as ``en`` or ``de-AT``; empty if it is none."""
    clean = clean_line(language).replace("_", "-")
    return clean if len(clean) <= 12 and _LANGUAGE.fullmatch(clean) else ""


def _address(url: str, named: str, remarks: list[str]) -> str:
    if not url.strip():
        return ""
    try:
        return canonical_address(url)
    except AddressError as error:
        remarks.append(f"{named}: taken without its address. {error}")
        return ""


def _moment(moment: datetime | None, named: str, now: datetime, remarks: list[str]) -> datetime | None:
    if moment is None:
        return None
    if EARLIEST <= moment <= now + timedelta(days=2):
        return moment
    remarks.append(f"{named}: its date ({moment:%d %b} {moment.year}) cannot be right and was left out.")
    return None
