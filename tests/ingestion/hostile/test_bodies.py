"""What a feed, a sitemap or an index page says: each attack is told, and the next source goes on."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable

import pytest

from ingestion.models import Article, FetchAttempt, Outcome, SourceKind
from tests.ingestion.conftest import MakeSource, item, rss
from tests.ingestion.hostile.attacks import (
    FEED,
    INDEX,
    LAUGHS,
    REFUSED,
    SITEMAP,
    UNREADABLE,
    Attack,
    doctype,
    goes_on,
    gzip_bomb,
    told,
)
from tests.ingestion.hostile.server import (
    HostileServer,
    answering,
)
from tests.ingestion.lists import sitemap_index

QUADRATIC = f'<!ENTITY a "{"x" * 50_000}">'
INTO_A_FILE = '<!ENTITY x SYSTEM "file:///etc/passwd">'
PARAMETERS = '<!ENTITY % a SYSTEM "http://169.254.169.254/"> %a;'
URL = "<url><loc>https://example.org/{}</loc></url>"
NESTED = "<a>" * 50_000
ATTRIBUTE, NAMESPACE = 'a{}=""', 'xmlns:a{}="u"'
ENTITIES = "declares XML entities"


def urls(inner: str) -> str:
    """A sitemap of these records."""
    return f"<urlset>{inner}</urlset>"


def body(
    name: str, content: bytes | str, outcome: Outcome, words: str, kind: SourceKind = FEED, selector: str = "a"
) -> Attack:
    """An attack by what the body says."""
    raw = content.encode() if isinstance(content, str) else content
    return Attack(name, answering(raw), outcome, words, kind, selector)


BODIES = [
    body("a feed of laughs", doctype(LAUGHS, rss(item("x", "&a9;")).partition("?>")[2]), UNREADABLE, ENTITIES),
    body("a feed that grows by its square", doctype(QUADRATIC, f"<rss>{'&a;' * 20_000}</rss>"), UNREADABLE, ENTITIES),
    body("a feed that asks for a file", doctype(INTO_A_FILE, "<rss>&x;</rss>"), UNREADABLE, ENTITIES),
    body("a feed that asks for an address", doctype(PARAMETERS, "<rss/>"), UNREADABLE, ENTITIES),
    body("laughs in UTF-16", doctype(LAUGHS, "<rss>&a9;</rss>").decode().encode("utf-16"), UNREADABLE, ENTITIES),
    body("a feed nested deeply", f"<rss>{NESTED}", UNREADABLE, "nests its elements more than 100 deep"),
    body("a feed of 100,000 entries", rss("<item/>" * 100_000), UNREADABLE, "more than 5,000 entries"),
    body(
        "a JSON feed of 100,000 entries", json.dumps({"items": [{}] * 100_000}), UNREADABLE, "more than 5,000 entries"
    ),
    body("JSON nested deeply", "[" * 500_000, UNREADABLE, "not readable JSON"),
    body(
        "a JSON number of a million digits",
        '{"items": [{"id": ' + "9" * 1_000_000 + "}]}",
        UNREADABLE,
        "not readable JSON",
    ),
    body("JSON that is no feed", '{"items": "all of them"}', UNREADABLE, "no JSON Feed"),
    body(
        "a web page instead of a feed", "<!DOCTYPE html><html><p>Hello</p></html>", UNREADABLE, "a web page, not a feed"
    ),
    body("an empty feed", "", UNREADABLE, "is empty"),
    body("a feed of blanks", " \r\n\t", UNREADABLE, "is empty"),
    body("a feed of NUL bytes", b"\0" * 1000, UNREADABLE, "does not give an RSS"),
    body("a PDF", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3", UNREADABLE, "does not give an RSS"),
    body(
        "an encoding that does not exist", "<?xml version='1.0' encoding='klingon'?><rss/>", UNREADABLE, "does not give"
    ),
    body(
        "broken XML of 1.5 MB", rss(item("x", "y" * 1_500_000)) + "<", UNREADABLE, "too large to be read all the same"
    ),
    body("an attribute of 1.5 MB", f"<rss a='{'x' * 1_500_000}'>", UNREADABLE, "not well-formed"),
    body(
        "100,000 attributes",
        f"<rss {' '.join(map(ATTRIBUTE.format, range(100_000)))}/>",
        UNREADABLE,
        "more than 40 attributes",
    ),
    body(
        "100,000 namespaces",
        f"<rss {' '.join(map(NAMESPACE.format, range(50_000)))}/>",
        UNREADABLE,
        "more than 40 attributes",
    ),
    body("80,000 links in an entry", f"<feed><entry>{'<link/>' * 80_000}</entry></feed>", UNREADABLE, "in an entry"),
    body("an entry of 100,000 paragraphs", rss(f"<item>{'<p>x</p>' * 100_000}</item>"), UNREADABLE, "in an entry"),
    body("broken XML nested deeply", "<rss>&<" + "<div>" * 90_000, UNREADABLE, "too large to be read all the same"),
    body("a comment without end", "<rss><!--" + "-x" * 500_000, UNREADABLE, "not well-formed"),
    body("a sitemap of laughs", doctype(LAUGHS, urls(URL.format("&a9;"))), UNREADABLE, ENTITIES, SITEMAP),
    body(
        "a sitemap that asks for a file", doctype(INTO_A_FILE, urls(URL.format("&x;"))), UNREADABLE, ENTITIES, SITEMAP
    ),
    body("a sitemap that asks for an address", doctype(PARAMETERS, urls("")), UNREADABLE, ENTITIES, SITEMAP),
    body("packed laughs", gzip.compress(doctype(LAUGHS, urls(URL.format("&a9;")))), UNREADABLE, ENTITIES, SITEMAP),
    body("a packed sitemap that is a bomb", gzip_bomb(100), UNREADABLE, "not well-formed", SITEMAP),
    body(
        "a bomb that begins as a sitemap",
        gzip.compress(f"<urlset>{' ' * 60_000_000}</urlset>".encode()),
        UNREADABLE,
        "larger than 50,000,000 bytes",
        SITEMAP,
    ),
    body("a packed sitemap that is cut", gzip.compress(urls("").encode())[:-9], UNREADABLE, "breaks off", SITEMAP),
    body("a sitemap nested deeply", f"<urlset><url>{NESTED}", UNREADABLE, "more than 100 deep", SITEMAP),
    body(
        "a sitemap of too many addresses",
        gzip.compress(urls(URL * 50_001).encode()),
        UNREADABLE,
        "more than 50,000 addresses",
        SITEMAP,
    ),
    body(
        "lines without end",
        gzip.compress("".join(f"https://example.org/{n}\n" for n in range(50_001)).encode()),
        UNREADABLE,
        "more than 50,000 addresses",
        SITEMAP,
    ),
    body(
        "an index of too many sitemaps",
        gzip.compress(sitemap_index(*[("https://example.org/1", "")] * 50_001)),
        UNREADABLE,
        "more than 50,000 addresses",
        SITEMAP,
    ),
    body(
        "an index of sitemaps that are not public",
        sitemap_index(("http://10.0.0.1/", ""), ("http://169.254.169.254/", "")),
        REFUSED,
        "not on the public internet",
        SITEMAP,
    ),
    body("a feed instead of a sitemap", rss(), UNREADABLE, "a feed, not a sitemap", SITEMAP),
    body(
        "a web page instead of a sitemap",
        "<!doctype html><html></html>",
        UNREADABLE,
        "a web page, not a sitemap",
        SITEMAP,
    ),
    body("an empty sitemap", "", UNREADABLE, "is empty", SITEMAP),
    body("a sitemap of NUL bytes", b"\0" * 1000, UNREADABLE, "not well-formed", SITEMAP),
    body("a page of 100,000 links", "<a href=/1>1</a>" * 100_000, UNREADABLE, "more than", INDEX),
    body("a page of 5,000 links", "<a href=/1>1</a>" * 5_000, UNREADABLE, "fits more than 2,000 links", INDEX),
    body("a page nested deeply", "<div>" * 300_000, UNREADABLE, "no", INDEX),
    body("a selector that is none", "<a href=/1>1</a>", UNREADABLE, "no CSS selector", INDEX, "a["),
    body("a selector that would be slow", "<i><b>" * 20_000, UNREADABLE, "fits no link", INDEX, "* ~ * " * 9 + "a"),
    body("a selector of many parts", "<p>" * 8_000, UNREADABLE, "fits no link", INDEX, ", ".join(["* * * * a"] * 8)),
    body(
        "links into nowhere",
        "<a href='javascript:alert(1)'>x</a><a href='file:///etc'>y</a>",
        UNREADABLE,
        "fits no link",
        INDEX,
    ),
    body("a base that leads away", "<base href='http://10.0.0.1/'><a href=/1>x</a>", UNREADABLE, "fits no link", INDEX),
    body("a base that is no address", "<base href='javascript:'><a href=/>x</a>", UNREADABLE, "fits no link", INDEX),
    body("a feed instead of a page", rss(), UNREADABLE, "XML, not a web page", INDEX),
    body("an empty page", "", UNREADABLE, "is empty", INDEX),
    body("a page of NUL bytes", b"\0" * 1000, UNREADABLE, "no", INDEX),
]


@pytest.mark.parametrize("attack", BODIES, ids=lambda attack: attack.name)
def test_what_a_body_says_is_told_and_the_next_source_goes_on(
    attack: Attack, server: HostileServer, make_source: MakeSource, poll: Callable[..., FetchAttempt]
) -> None:
    server.behave = attack.behave
    attempt = poll(server.address("/hostile"), kind=attack.kind, link_selector=attack.selector)
    told(attempt, attack.outcome, attack.words)
    assert not Article.objects.exists()
    assert goes_on(server, make_source)
