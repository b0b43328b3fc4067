"""Decides what an entry is to the tracker: new, a revision of a known article, or nothing new. Pure."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from ingestion.parsing import Entry

HASH_VERSION = "1"
READ_AGAIN_WITHIN = timedelta(days=7)  # of an article's first sight, its page is fetched anew when it has changed
ALIKE = 0.5
RUN = 3  # words


@dataclass(frozen=True, slots=True)
class Known:
    """An article that the entry is about, as far as the decision needs it."""

    article_id: int
    own: bool  # whether it belongs to the source that gave the entry
    seen_hash: str  # of the entry as its source last gave it
    first_seen_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class New:
    """Nothing known has its identifier, address or words."""


@dataclass(frozen=True, slots=True)
class Revised:
    """A known article whose words have changed."""

    article_id: int


@dataclass(frozen=True, slots=True)
class Unchanged:
    """A known article with the words it had, or one that belongs to another source."""

    article_id: int


Decision = New | Revised | Unchanged


def content_hash(title: str, text: str) -> str:
    """The versioned hash of an article's words. Empty fields do not take part, so that new ones can be added."""
    fields = {name: value for name, value in (("title", title), ("text", text)) if value}
    written = json.dumps(fields, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return f"{HASH_VERSION}:{hashlib.sha256(written.encode('ascii')).hexdigest()}"


def seen_hash(entry: Entry) -> str:
    """What stands for an entry as its source gave it: equal ones bring nothing new.

    Of an entry whose words are on its page alone, that is the hour in which the page was changed last, if the source
    says so; a title that is worded anew in a list of links is no news.
    """
    if not entry.needs_page:
        return content_hash(entry.title, entry.text)
    return f"page:{entry.modified_at:%Y-%m-%dT%H}" if entry.modified_at else "page:"


def decide(known: Known | None, entry: Entry, *, now: datetime) -> Decision:
    """What to do with an entry, given the article it is about, if one is known.

    Only an article's own source revises it: two papers that give the same address with words of their own would
    otherwise revise each other without end. An entry without a text asks for the page to be fetched anew, but only
    while the article is young: sites that touch all their old pages are not to be fetched from end to end.
    """
    if known is None:
        return New()
    if not known.own or known.seen_hash == seen_hash(entry):
        return Unchanged(known.article_id)
    if entry.needs_page and not (entry.modified_at and _is_young(known, now)):
        return Unchanged(known.article_id)
    return Revised(known.article_id)


def _is_young(known: Known, now: datetime) -> bool:
    return known.first_seen_at is not None and known.first_seen_at >= now - READ_AGAIN_WITHIN


def words_alike(one: str, other: str) -> bool:
    """Whether at least half of the runs of three words of the shorter text stand in the longer one as well."""
    shorter, longer = sorted((_runs(one), _runs(other)), key=len)
    return bool(shorter) and len(shorter & longer) >= ALIKE * len(shorter)


def _runs(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", text.casefold())
    return {tuple(words[place : place + RUN]) for place in range(max(1, len(words) - RUN + 1))} if words else set()
