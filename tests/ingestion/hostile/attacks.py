"""What the attacks share: how one is told, what it must lead to, and the bombs that several of them use."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from datetime import timedelta

from ingestion import services
from ingestion.models import FetchAttempt, Outcome, Source, SourceKind
from tests.ingestion.conftest import NOW, MakeSource
from tests.ingestion.hostile.server import (
    Behaviour,
    HostileServer,
)

MOST = 2_000_000  # bytes of an answer
OK = b"HTTP/1.1 200 OK\r\n"
FEED, SITEMAP, INDEX = SourceKind.FEED, SourceKind.SITEMAP, SourceKind.INDEX
REFUSED, UNREACHABLE, UNREADABLE = Outcome.REFUSED, Outcome.UNREACHABLE, Outcome.UNREADABLE

LAUGHS = '<!ENTITY a0 "ha">' + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))


@dataclass(frozen=True)
class Attack:
    """What a source answers, and what is to be said of it."""

    name: str
    behave: Behaviour = field(repr=False)
    outcome: Outcome
    words: str
    kind: SourceKind = FEED
    selector: str = "a"


def goes_on(server: HostileServer, make_source: MakeSource) -> bool:
    """Whether the next source of the same server brings its article, and nothing is left under way."""
    good = make_source(server.address("/good"), name="The next source")
    result = services.poll_source(good.pk, now=NOW + timedelta(minutes=5))
    left = FetchAttempt.objects.filter(outcome=Outcome.RUNNING).exists() or Source.objects.filter(
        claimed_until__isnull=False
    )
    return result is not None and result.outcome == Outcome.NEW and not left


def told(attempt: FetchAttempt, outcome: Outcome, words: str) -> None:
    """The attempt has this outcome and says so in a clear sentence of bearable length."""
    assert (attempt.outcome, words in attempt.words) == (outcome, True), f"{attempt.outcome}: {attempt.words}"
    assert attempt.words.endswith((".", ".)"))
    assert len(attempt.words) < 5000
    assert attempt.finished_at is not None


def gzip_bomb(megabytes: int) -> bytes:
    """A small packet of many zeros."""
    packer = zlib.compressobj(9, wbits=31)
    return b"".join(packer.compress(b"\0" * 1_000_000) for _ in range(megabytes)) + packer.flush()


def doctype(declared: str, body: str) -> bytes:
    """A document with declarations before its first element."""
    return f'<?xml version="1.0"?><!DOCTYPE r [{declared}]>{body}'.encode()
