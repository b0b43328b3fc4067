"""What a server does, and where we do not go: each ends in a clear sentence, and the next source goes on."""

from __future__ import annotations

import gzip
import socket
from collections.abc import Callable

import pytest
from pytest_django import Settings

from ingestion.models import Article, FetchAttempt, Outcome
from tests.ingestion.conftest import MakeSource, item, rss
from tests.ingestion.hostile.attacks import (
    OK,
    REFUSED,
    UNREACHABLE,
    UNREADABLE,
    Attack,
    goes_on,
    gzip_bomb,
    told,
)
from tests.ingestion.hostile.server import (
    Behaviour,
    HostileServer,
    answering,
    moved,
    repeating,
    sending,
    silent,
)

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
