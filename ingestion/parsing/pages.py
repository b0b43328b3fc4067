"""Reads an article's own web page: its text without menus and adverts, and what it says of itself."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import trafilatura

from ingestion.parsing.entry import Entry, RawEntry, UnreadableError, finish
from ingestion.parsing.feeds import moment_of

MAX_PAGE_BYTES = 2_000_000


def parse_page(body: bytes, *, address: str, content_type: str, now: datetime) -> Entry:
    """The article of a page. Raises :class:`UnreadableError` if it has none."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind not in {"", "text/html", "application/xhtml+xml", "text/plain", "application/xml", "text/xml"}:
        raise UnreadableError(f"The address gives no web page but {kind}. Paste its text by hand instead.")
    if not body.strip():
        raise UnreadableError("The page is empty.")
    if len(body) > MAX_PAGE_BYTES:
        raise UnreadableError(f"The page is larger than {MAX_PAGE_BYTES:,} bytes; paste its text by hand instead.")
    if kind == "text/plain":
        return _finished(RawEntry(place="The page", url=address, text=body.decode("utf-8", "replace")), now)
    return _finished(_raw_of_page(body, address), now)


def raw_of_html(body: bytes, *, address: str, place: str) -> RawEntry:
    """The article of an HTML document, before cleaning; ``address`` may be empty."""
    read = _extracted(body, address)
    if read is None:
        raise UnreadableError("No article text is found in it. If it has one, paste it by hand.")
    return RawEntry(
        place=place,
        url=address or str(read.get("url") or ""),
        title=str(read.get("title") or ""),
        text=str(read.get("text") or ""),
        published_at=moment_of(str(read.get("date") or "")),
        author=str(read.get("author") or ""),
        language=str(read.get("language") or ""),
    )


def _raw_of_page(body: bytes, address: str) -> RawEntry:
    raw = raw_of_html(body, address=address, place="The page")
    if not raw.text.strip():
        raise UnreadableError("No article text is found on the page. If it has one, paste it by hand.")
    return raw


def _extracted(body: bytes, address: str) -> dict[str, Any] | None:
    try:
        document = trafilatura.bare_extraction(
            body, url=address or None, with_metadata=True, include_comments=False, include_tables=True
        )
    except (ValueError, RecursionError, LookupError, TypeError, AttributeError) as error:
        raise UnreadableError(f"The page cannot be read ({type(error).__name__}).") from error
    if document is None:
        return None
    return document if isinstance(document, dict) else dict(document.as_dict())


def _finished(raw: RawEntry, now: datetime) -> Entry:
    entry = finish(raw, now=now, remarks=[])
    if isinstance(entry, str):
        raise UnreadableError(entry)
    return entry
