"""Chooses which of the addresses that a sitemap or an index page lists are taken at one poll."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from ingestion.addresses import fold_address
from ingestion.deciding import READ_AGAIN_WITHIN
from ingestion.models import ArticleUrl
from ingestion.parsing import Entry

NEW_AT_ONCE = 500
KNOWN_AT_ONCE = 1000
CHUNK = 500


def choose(entries: Sequence[Entry], *, now: datetime) -> tuple[tuple[Entry, ...], bool]:
    """The entries to take now, in their order, and whether more of them are new.

    Those are the first 500 whose address is not known, and known ones whose page was changed lately: there may be
    tens of thousands of old addresses, of which nothing is to be asked.
    """
    taken: list[Entry] = []
    new = known = 0
    for first in range(0, len(entries), CHUNK):
        chunk = entries[first : first + CHUNK]
        there = _known(chunk)
        for entry in chunk:
            if entry.url not in there:
                new += 1
                if new > NEW_AT_ONCE:
                    return tuple(taken), True
                taken.append(entry)
            elif _changed_lately(entry, now) and known < KNOWN_AT_ONCE:
                known += 1
                taken.append(entry)
    return tuple(taken), False


def _changed_lately(entry: Entry, now: datetime) -> bool:
    return entry.modified_at is not None and entry.modified_at >= now - READ_AGAIN_WITHIN


def _known(entries: Iterable[Entry]) -> set[str]:
    """Those addresses of the entries under which, or under another form of which, an article is known."""
    urls = [entry.url for entry in entries]
    there = set(ArticleUrl.objects.filter(url__in=urls).values_list("url", flat=True))
    folded = dict(_folded(url for url in urls if url not in there))
    forms = set(ArticleUrl.objects.filter(folded_url__in=folded.values()).values_list("folded_url", flat=True))
    return there | {url for url, form in folded.items() if form in forms}


def _folded(urls: Iterable[str]) -> Iterator[tuple[str, str]]:
    return ((url, fold_address(url)) for url in urls)
