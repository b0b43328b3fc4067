"""Reads an article's own web page: its text without menus and adverts, and what it says of itself."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import trafilatura

from ingestion.parsing.entry import Entry, RawEntry, UnreadableError, clean_line, finish
from ingestion.parsing.feeds import moment_of
from ingestion.parsing.headers import Header, header_of

MAX_PAGE_BYTES = 2_000_000
_NOT_ITS_WORDS = [  # links over an advert for those who listen, and links to other articles
    '//a[starts-with(@href, "#")][contains(@class, "skip")]',
    '//p[contains(concat(" ", @class, " "), "more-link ")]',
]
_BEHIND_A_TITLE = ("–", "—", "|", "-", "·", "«", ":")


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
    tree = _tree(body)
    header = header_of(tree, address)
    read = _extracted(tree, address)
    if read is None:
        raise UnreadableError("No article text is found in it. If it has one, paste it by hand.")
    return RawEntry(
        place=place,
        url=address or str(read.get("url") or ""),
        title=_without_site(str(read.get("title") or ""), header),
        text=str(read.get("text") or ""),
        published_at=moment_of(str(read.get("date") or "")),
        author=str(read.get("author") or ""),
        language=header.language or str(read.get("language") or ""),
        canonical=header.canonical,
        alternatives=header.alternatives,
    )


def _without_site(title: str, header: Header) -> str:
    """The title without the name of the site behind it, where the page's own heading shows that it is one."""
    title, heading = clean_line(title), clean_line(header.heading)
    rest = title[len(heading) :].strip()
    return heading if heading and title.startswith(heading) and rest.startswith(_BEHIND_A_TITLE) else title


def _raw_of_page(body: bytes, address: str) -> RawEntry:
    raw = raw_of_html(body, address=address, place="The page")
    if not raw.text.strip():
        raise UnreadableError("No article text is found on the page. If it has one, paste it by hand.")
    return raw


def _tree(body: bytes) -> Any:
    try:
        tree = trafilatura.load_html(body)
    except (ValueError, RecursionError, LookupError, TypeError, AttributeError) as error:
        raise UnreadableError(f"The page cannot be read ({type(error).__name__}).") from error
    if tree is None:
        raise UnreadableError("No article text is found in it. If it has one, paste it by hand.")
    return tree


def _extracted(tree: Any, address: str) -> dict[str, Any] | None:
    try:
        document = trafilatura.bare_extraction(
            tree,
            url=address or None,
            with_metadata=True,
            include_comments=False,
            include_tables=True,
            prune_xpath=_NOT_ITS_WORDS,
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
