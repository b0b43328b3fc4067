"""What is broken and taken all the same: kept clean, and told."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from pytest_django import Settings

from ingestion.models import Article, FetchAttempt, Outcome, Revision, SourceKind
from tests.ingestion.conftest import MakeSource, item, rss
from tests.ingestion.hostile.attacks import (
    FEED,
    INDEX,
    SITEMAP,
    goes_on,
    told,
)
from tests.ingestion.hostile.server import (
    Behaviour,
    HostileServer,
    answering,
)
from tests.ingestion.lists import sitemap


@dataclass(frozen=True)
class Oddity:
    """What a source answers, and what is kept of it: title, text, and whether there is a date; with what is said."""

    name: str
    behave: Behaviour = field(repr=False)
    title: str
    text: str
    dated: bool = False
    words: str = ""
    kind: SourceKind = FEED


def fed(inner: str, encoding: str = "utf-8", declared: str = "") -> Behaviour:
    """A feed with one item of a title, a text and this."""
    declaration = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
    plain = f"<rss version='2.0'><channel><title>F</title><item>{inner}</item></channel></rss>"
    return answering((declaration + plain).encode(encoding))


def dated(written: str) -> Behaviour:
    """A feed with one item of this date."""
    return fed(f"<title>T</title><description>D</description><pubDate>{written}</pubDate>")


def jsoned(**values: object) -> Behaviour:
    """A JSON feed with one item."""
    return answering(json.dumps({"items": [{"id": "1", "title": "T", "content_text": "D"} | values]}).encode())


HUGE = "x" * 10_000_000
SCRIPT = "&lt;script&gt;alert(1)&lt;/script&gt;&lt;b onclick=x&gt;T&lt;/b&gt;&lt;img src=x onerror=alert(1)&gt;"

ODDITIES = [
    Oddity(
        "a title of 10 MB",
        fed(f"<title>{HUGE}</title><description>D</description>"),
        "x" * 999 + "…",
        "D",
        words="10,000,000 characters was cut",
    ),
    Oddity(
        "a text of 10 MB",
        fed(f"<title>T</title><description>{HUGE}</description>"),
        "T",
        "x" * 400_000,
        words="10,000,000 characters was cut",
    ),
    Oddity("no identifier", fed("<title>T</title><description>D</description>"), "T", "D"),
    Oddity(
        "an identifier of 5 MB",
        fed(f"<title>T</title><description>D</description><guid>{HUGE[:5_000_000]}</guid>"),
        "T",
        "D",
    ),
    Oddity("the year 0", dated("Mon, 01 Jan 0000 00:00:00 GMT"), "T", "D"),
    Oddity("the year 9999", dated("Fri, 31 Dec 9999 23:59:59 GMT"), "T", "D"),
    Oddity("the year 99999", dated("Fri, 31 Dec 99999 23:59:59 GMT"), "T", "D"),
    Oddity("the year 9999 in ISO", dated("9999-12-31T23:59:59-14:00"), "T", "D"),
    Oddity("a date without a zone", dated("2026-05-01T10:00:00"), "T", "D", dated=True),
    Oddity("a zone that does not exist", dated("Fri, 01 May 2026 10:00:00 +9900"), "T", "D", dated=False),
    Oddity("a zone by an unknown name", dated("Fri, 01 May 2026 10:00:00 XYZT"), "T", "D", dated=True),
    Oddity("a date of a megabyte", dated("1:" * 500_000), "T", "D"),
    Oddity("a JSON date that is a number", jsoned(date_published=10**300), "T", "D"),
    Oddity(
        "a wrong encoding", fed("<title>T</title><description>Zürich</description>", "cp1252", "utf-8"), "T", "Zürich"
    ),
    Oddity("no encoding named", fed("<title>T</title><description>Zürich</description>", "cp1252"), "T", "Zürich"),
    Oddity(
        "UTF-16 that calls itself UTF-8",
        fed("<title>T</title><description>Zürich</description>", "utf-16", "utf-8"),
        "T",
        "Zürich",
    ),
    Oddity("NUL and control characters", jsoned(title="T\x00\x07\x1b", content_text="D\x00\x9b\ud800"), "T", "D"),
    Oddity(
        "marks that turn the direction", jsoned(title="\u202eT\u2066", content_text="\u202dD\u2069\ufeff"), "T", "D"
    ),
    Oddity("HTML and script in a title", fed(f"<title>{SCRIPT}</title><description>D</description>"), "T", "D"),
    Oddity(
        "a link that is a script",
        fed("<title>T</title><description>D</description><link>javascript:alert(1)</link>"),
        "T",
        "D",
        words="taken without its address",
    ),
    Oddity(
        "a link with credentials",
        fed("<title>T</title><description>D</description><link>https://a:b@example.org/</link>"),
        "T",
        "D",
        words="taken without its address",
    ),
    Oddity("a text of 100,000 nested tags", jsoned(content_text="", content_html="<div>" * 100_000 + "D"), "T", "T"),
    Oddity("values of the wrong kinds", jsoned(title=["x"], url={"a": 1}, authors="me", tags=7), "", "D"),
    Oddity(
        "a sitemap's title of 10 MB",
        answering(
            f"<urlset><url><loc>https://example.org/1</loc><news><title>{HUGE}</title></news></url></urlset>".encode()
        ),
        "x" * 999 + "…",
        "",
        words="10,000,000 characters was cut",
        kind=SITEMAP,
    ),
    Oddity(
        "a sitemap's year 9999", answering(sitemap(("a", "9999-12-31"))), "", "", words="cannot be right", kind=SITEMAP
    ),
    Oddity(
        "a sitemap with an address of 5 MB",
        answering(sitemap(("a", ""), (HUGE[:5_000_000], ""))),
        "",
        "",
        words="longer than 2000 characters",
        kind=SITEMAP,
    ),
    Oddity(
        "a sitemap with addresses that are none",
        answering(
            sitemap(("a", ""), ("b", ""), at="https://example.org").replace(
                b"https://example.org/b", b"javascript:alert(1)"
            )
        ),
        "",
        "",
        words="has no address that can be fetched",
        kind=SITEMAP,
    ),
    Oddity(
        "script in the words of a link", answering(b"<a href=/1>T<script>alert(1)</script></a>"), "T", "", kind=INDEX
    ),
    Oddity(
        "a link of 3 MB",
        answering(b"<a href=/1>T</a><a href=/" + b"x" * 3_000_000 + b">no</a>"),
        "T",
        "",
        words="no web addresses",
        kind=INDEX,
    ),
    Oddity(
        "a page in a wrong encoding",
        answering(
            "<meta charset=utf-8><a href=/1>Zürich</a>".encode("cp1252"),
            "Content-Type: text/html; charset=windows-1252",
        ),
        "Zürich",
        "",
        kind=INDEX,
    ),
]


@pytest.mark.parametrize("oddity", ODDITIES, ids=lambda oddity: oddity.name)
def test_what_is_odd_is_taken_clean_and_told(
    oddity: Oddity,
    server: HostileServer,
    make_source: MakeSource,
    poll: Callable[..., FetchAttempt],
    settings: Settings,
) -> None:
    settings.FETCH_MAX_BYTES = 12_000_000
    settings.FETCH_TIMEOUT_SECONDS = 10
    server.behave = oddity.behave
    attempt = poll(server.address("/hostile"), kind=oddity.kind, link_selector="a")
    assert oddity.words in attempt.words
    revision = Revision.objects.get()
    assert (revision.title, revision.text) == (oddity.title, oddity.text)
    assert (revision.published_at is not None) == oddity.dated
    assert goes_on(server, make_source)


def test_the_same_identifier_twice_is_named_and_the_rest_is_taken(
    server: HostileServer, poll: Callable[..., FetchAttempt]
) -> None:
    server.behave = answering(rss(item("a", guid="g"), item("b", "Other words.", guid="g"), item("c", "C.")).encode())
    told(poll(server.address("/hostile")), Outcome.PARTLY, "has the same identifier as an earlier one")
    assert Article.objects.count() == 2
