"""Decides what an entry is to the tracker: new, a revision of a known article, or nothing new. Pure."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

from ingestion.parsing import Entry

HASH_VERSION = "1"


@dataclass(frozen=True, slots=True)
class Known:
    """An article that the entry is about, as far as the decision needs it."""

    article_id: int
    own: bool  # whether it belongs to the source that gave the entry
    seen_hash: str  # of the entry as its source last gave it


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


def decide(known: Known | None, entry: Entry) -> Decision:
    """What to do with an entry, given the article it is about, if one is known.

    Only an article's own source revises it: two papers that give the same address with words of their own would
    otherwise revise each other without end.
    """
    if known is None:
        return New()
    if known.own and known.seen_hash != content_hash(entry.title, entry.text):
        return Revised(known.article_id)
    return Unchanged(known.article_id)
