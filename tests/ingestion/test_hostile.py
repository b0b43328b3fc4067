"""Everything that a server, a feed or a page may do to us: each ends in a clear sentence, and the next source goes on.

Each row is one attack, polled over real HTTP from a server on loopback.
"""

from __future__ import annotations

import gzip
import json
import socket
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from pytest_django import Settings

from ingestion import services
from ingestion.models import Article, FetchAttempt, Outcome, Revision, Source, SourceKind
from tests.ingestion.conftest import NOW, MakeSource, item, rss
from tests.ingestion.hostile_server import (
    Behaviour,
    HostileServer,
    answering,
    moved,
    repeating,
    sending,
    silent,
)
from tests.ingestion.lists import sitemap, sitemap_index

MOST = 2_000_000  # bytes of an answer
OK = b"HTTP/1.1 200 OK\r\n"
FEED, SITEMAP, INDEX = SourceKind.FEED, SourceKind.SITEMAP, SourceKind.INDEX
REFUSED, UNREACHABLE, UNREADABLE = Outcome.REFUSED, Outcome.UNREACHABLE, Outcome.UNREADABLE


@dataclass(frozen=True)
class Attack:
    """What a source answers, and what is to be said of it."""

    name: str
    behave: Behaviour = field(repr=False)
    outcome: Outcome
    words: str
    kind: SourceKind = FEED
    selector: str = "a"


@pytest.fixture(scope="module")
def server() -> Iterator[HostileServer]:
    """The hostile server."""
    opened = HostileServer()
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def encrypted() -> Iterator[HostileServer]:
    """A server whose certificate nobody signed."""
    opened = HostileServer(encrypted=True)
    yield opened
    opened.close()


@pytest.fixture(autouse=True)
def hurried(settings: Settings, db: None) -> None:
    """Loopback is let in, and a fetch has little time and room."""
    settings.FETCH_ALLOW_LOOPBACK = True
    settings.FETCH_TIMEOUT_SECONDS = 0.8
    settings.FETCH_MAX_BYTES = MOST


Poll = Callable[[str], FetchAttempt]


@pytest.fixture
def poll(make_source: MakeSource) -> Callable[..., FetchAttempt]:
    """Polls a new source; its attempt."""

    def do(address: str, **values: object) -> FetchAttempt:
        source = make_source(address, **values)
        result = services.poll_source(source.pk, now=NOW)
        assert result is not None
        return FetchAttempt.objects.get(pk=result.attempt_id)

    return do


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


# --- What a server does -----------------------------------------------------------------------------------------------


def gzip_bomb(megabytes: int) -> bytes:
    """A small packet of many zeros."""
    packer = zlib.compressobj(9, wbits=31)
    return b"".join(packer.compress(b"\0" * 1_000_000) for _ in range(megabytes)) + packer.flush()


CUT_GZIP = gzip.compress(rss(item("one", "x" * 9000)).encode())[:-20]
SLOW = "did not answer fully"
BROKEN = "broke off"

SERVERS = [
    Attack("a body without end", repeating(OK + b"\r\n", b"x" * 65_536), REFUSED, "larger than 2,000,000 bytes"),
    Attack("a body that drips", repeating(OK + b"\r\n", b"x", pause=0.1), UNREACHABLE, SLOW),
    Attack(
        "chunks without end",
        repeating(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"4000\r\n" + b"x" * 0x4000 + b"\r\n"),
        REFUSED,
        "larger than",
    ),
    Attack(
        "a body that is announced as huge",
        sending(OK, b"Content-Length: 99999999999999\r\n\r\n", b"x"),
        UNREACHABLE,
        BROKEN,
    ),
    Attack("headers that drip", repeating(OK + b"X-Slow: ", b"x", pause=0.1), UNREACHABLE, SLOW),
    Attack("headers without end", repeating(OK, b"X-Another: header\r\n"), UNREACHABLE, BROKEN),
    Attack("one header without end", repeating(OK + b"X-Long: ", b"x" * 65_536), UNREACHABLE, BROKEN),
    Attack(
        "preliminary answers without end",
        repeating(b"", b"HTTP/1.1 100 Continue\r\n\r\n", pause=0.001),
        UNREACHABLE,
        SLOW,
    ),
    Attack("silence", silent, UNREACHABLE, SLOW),
    Attack("a closed door", sending(), UNREACHABLE, BROKEN),
    Attack("no HTTP at all", sending(b"\x00\xffSSH-2.0-OpenSSH_9.9\r\n"), UNREACHABLE, BROKEN),
    Attack("a status that does not exist", sending(b"HTTP/1.1 9999999 What\r\n\r\n"), UNREACHABLE, BROKEN),
    Attack("a header with a NUL", sending(OK, b"ETag: a\x00b\r\nContent-Length: 0\r\n\r\n"), UNREACHABLE, BROKEN),
    Attack("a gzip bomb", answering(gzip_bomb(100), "Content-Encoding: gzip"), REFUSED, "larger than 2,000,000 bytes"),
    Attack(
        "a gzip bomb in gzip",
        answering(gzip.compress(gzip_bomb(100)), "Content-Encoding: gzip"),
        UNREADABLE,
        "does not give an RSS",
    ),
    Attack("gzip that is cut", answering(CUT_GZIP, "Content-Encoding: gzip"), UNREACHABLE, BROKEN),
    Attack("gzip that is none", answering(b"<rss/>", "Content-Encoding: gzip"), UNREACHABLE, "packed wrongly"),
    Attack(
        "a brotli bomb",
        answering(b"\xcf\xff\xff\x7f\xf8\x07\x00\xe2" * 400, "Content-Encoding: br"),
        REFUSED,
        "only gzip was accepted",
    ),
    Attack(
        "a zstd bomb", answering(b"\x28\xb5\x2f\xfd" * 99, "Content-Encoding: zstd"), REFUSED, "only gzip was accepted"
    ),
    Attack("packed twice", answering(b"", "Content-Encoding: gzip, gzip"), REFUSED, "only gzip was accepted"),
    Attack("less than was announced", sending(OK, b"Content-Length: 900\r\n\r\n<rss>"), UNREACHABLE, BROKEN),
    Attack(
        "more than was announced",
        sending(OK, b"Content-Length: 5\r\n\r\n", rss(item("x")).encode()),
        UNREADABLE,
        "not well-formed",
    ),
    Attack("two lengths", sending(OK, b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nxx"), UNREACHABLE, BROKEN),
    Attack("a length below zero", sending(OK, b"Content-Length: -1\r\n\r\n"), UNREACHABLE, BROKEN),
    Attack("a chunk of a wrong size", sending(OK, b"Transfer-Encoding: chunked\r\n\r\nzz\r\n"), UNREACHABLE, BROKEN),
    Attack(
        "a chunk of an enormous size",
        sending(OK, b"Transfer-Encoding: chunked\r\n\r\n", b"f" * 40, b"\r\n"),
        UNREACHABLE,
        BROKEN,
    ),
    Attack(
        "a connection dropped in a chunk",
        sending(OK, b"Transfer-Encoding: chunked\r\n\r\n50\r\n<rss>"),
        UNREACHABLE,
        BROKEN,
    ),
    Attack(
        "an error with a body without end",
        repeating(b"HTTP/1.1 500 No\r\n\r\n", b"x" * 65_536),
        Outcome.HTTP_ERROR,
        "status 500",
    ),
    Attack("a redirect to itself", moved("/hostile"), REFUSED, "more than 5 redirects"),
    Attack("a redirect without a target", answering(b"", status="302 Found"), Outcome.HTTP_ERROR, "status 302"),
    Attack(
        "a redirect to what is no address", moved("http://[broken/"), REFUSED, "redirects to an address that is not"
    ),
    Attack("a redirect that is far too long", moved("/" + "x" * 5000), REFUSED, "longer than 2000"),
    Attack("a redirect with credentials", moved("http://user:pw@example.org/"), REFUSED, "user name or password"),
    *(
        Attack(f"a redirect to {target}", moved(target), REFUSED, words)
        for target, words in [
            ("http://10.0.0.1/", "not on the public internet"),
            ("http://169.254.169.254/latest/meta-data/", "not on the public internet"),
            ("http://[fe80::1]/", "not on the public internet"),
            ("http://[fd00:ec2::254]/", "not on the public internet"),
            ("http://[::ffff:10.0.0.1]/", "not on the public internet"),
            ("http://0xa000001/", "not on the public internet"),
            ("http://167772161/", "not on the public internet"),
            ("http://012.0.0.1/", "not a readable address"),
            ("http://10.1/", "not on the public internet"),
            ("file:///etc/passwd", "does not begin with https://"),
            ("gopher://127.0.0.1:6379/_FLUSHALL", "does not begin with https://"),
            ("data:text/xml,<rss/>", "does not begin with https://"),
        ]
    ),
]


@pytest.mark.parametrize("attack", SERVERS, ids=lambda attack: attack.name)
def test_what_a_server_does_is_told_and_the_next_source_goes_on(
    attack: Attack, server: HostileServer, make_source: MakeSource, poll: Callable[..., FetchAttempt]
) -> None:
    server.behave = attack.behave
    attempt = poll(server.address("/hostile"), kind=attack.kind)
    told(attempt, attack.outcome, attack.words)
    assert not Article.objects.exists()
    assert goes_on(server, make_source)


def test_redirects_that_lead_on_and_on_end(server: HostileServer, poll: Callable[..., FetchAttempt]) -> None:
    def on_and_on(connection: socket.socket) -> None:
        moved(f"/{len(server.asked)}")(connection)

    server.behave = on_and_on
    told(poll(server.address("/hostile")), REFUSED, "more than 5 redirects")


@pytest.mark.parametrize(
    ("behave", "words"), [(answering(rss(item("one")).encode()), "certificate"), (silent, "certificate")]
)
def test_a_certificate_that_nobody_signed_is_told(
    encrypted: HostileServer,
    server: HostileServer,
    make_source: MakeSource,
    poll: Callable[..., FetchAttempt],
    behave: Behaviour,
    words: str,
) -> None:
    encrypted.behave = behave
    told(poll(encrypted.address("/feed")), UNREACHABLE, words)
    assert encrypted.asked == [], "nothing is asked over a connection that is not trusted"
    assert goes_on(server, make_source)


@pytest.mark.parametrize(
    "behave", [silent, sending(b"HTTP/1.1 400 No\r\n\r\n"), repeating(b"", b"\x16\x03\x03\x00\x00", pause=0.1)]
)
def test_an_encryption_that_never_comes_about_is_told(behave: Behaviour, poll: Callable[..., FetchAttempt]) -> None:
    plain = HostileServer()
    plain.behave = behave
    attempt = poll(plain.address("/feed").replace("http://", "https://"))
    plain.close()
    assert attempt.outcome == UNREACHABLE
    assert attempt.words.endswith(".")


# --- Where we do not go -----------------------------------------------------------------------------------------------

NOWHERE = [
    *("http://127.0.0.1/", "http://localhost/", "http://127.1/", "http://2130706433/", "http://0x7f000001/"),
    *("http://0177.0.0.1/", "http://0/", "http://0.0.0.0/", "http://[::1]/", "http://[::]/"),
    *("http://[::ffff:127.0.0.1]/", "http://[::ffff:7f00:1]/", "http://[::127.0.0.1]/", "http://[64:ff9b::7f00:1]/"),
    *("http://[2002:7f00:1::]/", "http://[2001:0:0:0:0:0:0:1]/", "http://[fe80::1]/", "http://[fc00::1]/"),
    *("http://10.1.2.3/", "http://172.16.0.1/", "http://192.168.1.1/", "http://100.64.0.1/", "http://198.18.0.1/"),
    *("http://169.254.169.254/latest/", "http://169.254.170.2/", "http://[fd00:ec2::254]/", "http://224.0.0.1/"),
    *("http://255.255.255.255/", "http://0251.0376.0251.0376/", "http://①②⑦.⓪.⓪.①/", "http://１２７.0.0.1/"),
    *("https://10.0.0.1/", "gopher://127.0.0.1/", "file:///etc/passwd", "ftp://example.org/", "unix:///run/redis.sock"),
    *("http://user:secret@example.org/", "http://example.org@127.0.0.1/", "http://127.0.0.1\\@example.org/"),
    *("http://[::1%25lo]/", "http://127.0.0.1%00.example.org/", "http:///etc/passwd", "http://example.org:0/"),
]


@pytest.mark.parametrize("address", NOWHERE)
def test_an_address_where_we_do_not_go_is_refused_without_a_connection(
    address: str, settings: Settings, poll: Callable[..., FetchAttempt], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.FETCH_ALLOW_LOOPBACK = False
    connected: list[object] = []
    monkeypatch.setattr(socket, "create_connection", lambda address, **_options: connected.append(address))
    attempt = poll(address)
    assert attempt.outcome == REFUSED, attempt.words
    assert attempt.words.endswith(".")
    assert "secret" not in attempt.words
    assert connected == []


@pytest.mark.parametrize("answers", [["10.0.0.1"], ["::1"], ["::ffff:169.254.169.254"], ["93.184.216.34", "127.0.0.1"]])
def test_a_name_that_leads_inwards_or_is_bound_anew_after_a_look_is_refused(
    answers: list[str],
    server: HostileServer,
    settings: Settings,
    poll: Callable[..., FetchAttempt],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings.FETCH_ALLOW_LOOPBACK = False
    looks = iter(answers)
    connected: list[str] = []

    def look_up(*_args: object, **_options: object) -> list[object]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(looks, answers[-1]), 80))]

    def connect(address: tuple[str, int], **_options: object) -> socket.socket:
        connected.append(address[0])
        raise OSError("tests use no network")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    monkeypatch.setattr(socket, "create_connection", connect)
    attempt = poll(f"http://rebind.example:{server.port}/feed")
    assert attempt.outcome in {REFUSED, UNREACHABLE}, attempt.words
    assert set(connected) <= {"93.184.216.34"}, "what is connected to is what was looked at"


# --- What a feed, a sitemap or a page says ----------------------------------------------------------------------------


def doctype(declared: str, body: str) -> bytes:
    """A document with declarations before its first element."""
    return f'<?xml version="1.0"?><!DOCTYPE r [{declared}]>{body}'.encode()


LAUGHS = '<!ENTITY a0 "ha">' + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
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


# --- What is broken and taken all the same ----------------------------------------------------------------------------


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


PAGES = [
    ("nothing", b""),
    ("no article", b"<html><body></body></html>"),
    ("NUL bytes", b"\0" * 100_000),
    ("nesting without end", b"<div>" * 200_000),
    ("nested tables", b"<table><tr><td>" * 60_000),
    ("a comment without end", b"<html><!--" + b"-" * 1_900_000),
    ("an attribute without end", b"<html><body class='" + b"x " * 900_000),
    ("a million digits", b"<html><body><p>" + b"2026-01-01 " * 150_000),
    ("a picture", b"\x89PNG\r\n\x1a\n" + b"\0" * 1000),
    ("more than is read", b"<p>x</p>" * 300_000),
    ("a gzip bomb", gzip_bomb(100)),
    ("entities that expand", doctype(LAUGHS, "<html><body><p>&a9;</p></body></html>")),
]


@pytest.mark.parametrize("content", [content for _name, content in PAGES], ids=[name for name, _content in PAGES])
def test_a_hostile_page_is_told_and_its_article_keeps_what_the_feed_gave(
    content: bytes, server: HostileServer, make_source: MakeSource, settings: Settings
) -> None:
    settings.FETCH_MAX_BYTES = 3_000_000
    settings.FETCH_TIMEOUT_SECONDS = 10
    link = item("one", "Spain sends trucks.", url=server.address("/page"))
    server.behave = answering(rss(link).encode())
    services.poll_source(make_source(server.address("/feed"), fetch_pages=True).pk, now=NOW)
    article = Article.objects.get()
    server.behave = answering(content, "Content-Type: text/html")
    services.fetch_page(article.pk, now=NOW + timedelta(minutes=1))
    attempt = FetchAttempt.objects.latest("id")
    assert attempt.url == server.address("/page")
    assert attempt.outcome in {UNREADABLE, Outcome.NOTHING_NEW, Outcome.NEW}
    assert attempt.words.endswith(".")
    assert "Spain sends trucks." in Revision.objects.get(number=1).text
    assert goes_on(server, make_source)


IN_LITTLE_ROOM = """
import gzip, resource, sys, zlib
from datetime import UTC, datetime
from ingestion.parsing import UnreadableError, parse_feed, parse_index_page, parse_page, parse_sitemap
now = datetime(2026, 5, 4, tzinfo=UTC)
packer = zlib.compressobj(9, wbits=31)
bomb = b"".join(packer.compress(b"\\0" * 1_000_000) for _ in range(80)) + packer.flush()
laughs = '<!ENTITY a0 "ha">' + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
laughs = f'<?xml version="1.0"?><!DOCTYPE r [{laughs}]><urlset><url><loc>&a9;</loc></url></urlset>'.encode()
spaces = gzip.compress(b"<urlset>" + b" " * 60_000_000)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
del packer
tried = 0
for read in (
    lambda: parse_sitemap(bomb, now=now),
    lambda: parse_sitemap(spaces, now=now),
    lambda: parse_sitemap(laughs, now=now),
    lambda: parse_feed(laughs, address="", content_type="", now=now),
    lambda: parse_feed(b"<rss>" + b"<a>" * 100_000, address="", content_type="", now=now),
    lambda: parse_feed(b"<rss>" + b"<item/>" * 100_000, address="", content_type="", now=now),
    lambda: parse_index_page(b"<i>" * 100_000, "a", address="https://example.org/", content_type="", now=now),
    lambda: parse_page(b"<i>" * 100_000, address="https://example.org/", content_type="", now=now),
):
    try:
        read()
    except UnreadableError:
        tried += 1
print(tried, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


def test_bombs_are_refused_in_bounded_memory() -> None:
    done = subprocess.run(
        [sys.executable, "-c", IN_LITTLE_ROOM], capture_output=True, text=True, timeout=120, check=True
    )
    refused, megabytes = map(int, done.stdout.split())
    assert refused == 8
    assert megabytes < 400
