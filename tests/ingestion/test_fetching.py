"""Fetching over real HTTP from a server on loopback: what is good arrives, what is hostile ends in a sentence."""

from __future__ import annotations

import gzip
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from pytest_django import Settings
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from ingestion.fetching import (
    Fetched,
    FetchError,
    HttpError,
    Limits,
    NotModified,
    RefusedError,
    UnreachableError,
    Validators,
    fetch,
)
from ingestion.network import is_permitted

LIMITS = Limits(seconds=2, max_bytes=100_000, allow_loopback=True)


def get(server: HTTPServer, path: str, validators: Validators | None = None) -> Fetched:
    """Fetch a path that must arrive."""
    answer = fetch(server.url_for(path), validators=validators, limits=LIMITS)
    assert isinstance(answer, Fetched)
    return answer


def refusal(address: str, *, limits: Limits = LIMITS) -> FetchError:
    """The error of a fetch that must fail, and quickly."""
    begun = time.monotonic()
    with pytest.raises(FetchError) as caught:
        fetch(address, limits=limits)
    assert time.monotonic() - begun < limits.seconds + 1.5
    assert str(caught.value).endswith(".")
    return caught.value


@pytest.fixture
def raw_server() -> Iterator[Callable[[Callable[[socket.socket], None]], str]]:
    """Starts a server that answers each connection with what the given function does to it."""
    opened: list[socket.socket] = []

    def start(behave: Callable[[socket.socket], None]) -> str:
        listening = socket.create_server(("127.0.0.1", 0))
        opened.append(listening)

        def serve() -> None:
            while True:
                try:
                    connection, _peer = listening.accept()
                except OSError:
                    return
                with connection:
                    try:
                        connection.recv(4096)
                        behave(connection)
                    except OSError:
                        continue

        threading.Thread(target=serve, daemon=True).start()
        return f"http://127.0.0.1:{listening.getsockname()[1]}/"

    yield start
    for listening in opened:
        listening.close()


def test_an_answer_arrives_whole_with_its_validators(httpserver: HTTPServer) -> None:
    headers = {"ETag": 'W/"a,b"', "Last-Modified": "yesterday, roughly"}
    httpserver.expect_request("/a").respond_with_data("hello", headers=headers, content_type="text/plain")
    answer = get(httpserver, "/a")
    assert (answer.body, answer.status, answer.content_type) == (b"hello", 200, "text/plain")
    assert answer.validators == Validators(etag='W/"a,b"', last_modified="yesterday, roughly")


def test_validators_go_back_exactly_as_they_came_and_304_is_an_outcome_of_its_own(httpserver: HTTPServer) -> None:
    seen: list[tuple[str | None, str | None]] = []

    def answer(request: Request) -> Response:
        seen.append((request.headers.get("If-None-Match"), request.headers.get("If-Modified-Since")))
        return Response(status=304)

    httpserver.expect_request("/a").respond_with_handler(answer)
    validators = Validators(etag='W/"a,b"', last_modified="yesterday, roughly")
    assert isinstance(fetch(httpserver.url_for("/a"), validators=validators, limits=LIMITS), NotModified)
    assert seen == [('W/"a,b"', "yesterday, roughly")]


def test_the_fetcher_says_who_it_is(httpserver: HTTPServer, settings: Settings) -> None:
    settings.CONTACT_ADDRESS = "desk@example.org\r\nX-Evil: 1"
    seen: list[str] = []

    def answer(request: Request) -> Response:
        seen.append(str(request.headers["User-Agent"]))
        assert "X-Evil" not in request.headers
        return Response("ok")

    httpserver.expect_request("/a").respond_with_handler(answer)
    get(httpserver, "/a")
    assert seen == ["pledge-tracker/1.0 (+desk@example.orgX-Evil: 1)"]


def test_a_packed_answer_is_unpacked(httpserver: HTTPServer) -> None:
    packed = gzip.compress(b"one ") + gzip.compress(b"two")
    httpserver.expect_request("/a").respond_with_data(packed, headers={"Content-Encoding": "gzip"})
    assert get(httpserver, "/a").body == b"one two"


def test_redirects_are_followed_and_a_permanent_move_is_told(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/old").respond_with_data(status=301, headers={"Location": "/new"})
    httpserver.expect_request("/new").respond_with_data(status=302, headers={"Location": "/today"})
    httpserver.expect_request("/today").respond_with_data("ok")
    answer = get(httpserver, "/old")
    assert answer.url == httpserver.url_for("/today")
    assert answer.moved_to == httpserver.url_for("/new")


@pytest.mark.parametrize("status", [400, 404, 410, 418, 500, 503])
def test_an_error_of_the_server_is_told_with_its_status(httpserver: HTTPServer, status: int) -> None:
    httpserver.expect_request("/a").respond_with_data("no", status=status)
    error = refusal(httpserver.url_for("/a"))
    assert isinstance(error, HttpError)
    assert error.status == status
    assert f"answered with status {status}" in str(error)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("120", 120), ("999999999999", 86_400), ("Mon, 04 May 2026 12:10:00 GMT", 600), ("soon", 0), ("", 0), ("-5", 0)],
)
def test_the_time_that_a_server_asks_for_is_understood(header: str, seconds: int) -> None:
    error = HttpError("Busy.", status=429, retry_after=header)
    assert error.seconds_to_wait(datetime(2026, 5, 4, 12, 0, tzinfo=UTC)) == seconds


def test_a_redirect_loop_ends(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/a").respond_with_data(status=302, headers={"Location": "/b"})
    httpserver.expect_request("/b").respond_with_data(status=302, headers={"Location": "/a"})
    assert "more than 5 redirects" in str(refusal(httpserver.url_for("/a")))


@pytest.mark.parametrize(
    "target",
    [
        "http://10.0.0.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[fd00::1]/",
        "http://[::ffff:10.0.0.1]/",
        "http://0xa.0.0.1/",
        "file:///etc/passwd",
        "ftp://example.org/",
        "http://user:pw@example.org/",
    ],
)
def test_a_redirect_to_where_we_do_not_go_is_refused(httpserver: HTTPServer, target: str) -> None:
    httpserver.expect_request("/a").respond_with_data(status=302, headers={"Location": target})
    error = refusal(httpserver.url_for("/a"))
    assert isinstance(error, RefusedError)
    assert "pw" not in str(error)


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1/",
        "http://localhost/",
        "http://127.1/",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://0177.0.0.1/",
        "http://0.0.0.0/",
        "http://[::1]/",
        "http://[::]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[::ffff:7f00:1]/",
        "http://[64:ff9b::7f00:1]/",
        "http://[2002:7f00:1::]/",
        "http://10.1.2.3/",
        "http://172.16.0.1/",
        "http://192.168.1.1/",
        "http://100.64.0.1/",
        "http://169.254.169.254/",
        "http://[fe80::1]/",
        "http://[fc00::1]/",
        "http://224.0.0.1/",
        "http://255.255.255.255/",
        "https://127.0.0.1/",
        "gopher://127.0.0.1/",
    ],
)
def test_an_address_that_is_not_public_is_refused(address: str) -> None:
    limits = Limits(seconds=2, max_bytes=1000, allow_loopback=False)
    assert isinstance(refusal(address, limits=limits), RefusedError)


@pytest.mark.parametrize("address", ["93.184.216.34", "8.8.8.8", "2001:4860:4860::8888", "::ffff:8.8.8.8"])
def test_public_addresses_are_permitted(address: str) -> None:
    assert is_permitted(address, allow_loopback=False)


@pytest.mark.parametrize("address", ["10.0.0.1", "::ffff:10.0.0.1", "fe80::1", "::1%1", "169.254.169.254", "rubbish"])
def test_allowing_loopback_allows_nothing_else(address: str) -> None:
    assert not is_permitted(address, allow_loopback=True)


def test_the_address_connected_to_is_the_one_that_was_checked(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/").respond_with_data("inner service")
    asked: list[str] = []

    def rebinding(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["93.184.216.34"] if len(asked) > 1 else ["127.0.0.1"]

    limits = Limits(seconds=2, max_bytes=1000, allow_loopback=False)
    with pytest.raises(RefusedError, match=r"127\.0\.0\.1"):
        fetch(f"http://rebind.example:{httpserver.port}/", limits=limits, resolver=rebinding)
    assert asked == ["rebind.example"], "a name is asked for once, and never between check and use"


def test_a_name_with_one_inner_address_is_connected_to_only_where_permitted(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/").respond_with_data("ok")
    answer = fetch(
        f"http://mixed.example:{httpserver.port}/", limits=LIMITS, resolver=lambda _h, _p: ["10.0.0.1", "127.0.0.1"]
    )
    assert isinstance(answer, Fetched)


def test_a_resolver_that_never_answers_does_not_hold_the_fetch() -> None:
    release = threading.Event()

    def slow(host: str, port: int) -> list[str]:
        release.wait(10)
        return []

    begun = time.monotonic()
    with pytest.raises(UnreachableError):
        fetch("http://slow.example/", limits=Limits(seconds=0.3, max_bytes=1000), resolver=slow)
    assert time.monotonic() - begun < 2
    release.set()


def test_an_unknown_host_is_told() -> None:
    def unknown(host: str, port: int) -> list[str]:
        raise socket.gaierror(-2, "Name or service not known")

    with pytest.raises(UnreachableError, match=r"The host nowhere\.example is not known"):
        fetch("http://nowhere.example/", limits=LIMITS, resolver=unknown)


def test_nobody_listening_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    assert "cannot be connected to" in str(refusal(f"http://127.0.0.1:{port}/"))


def test_a_large_answer_is_given_up(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/a").respond_with_data(b"x" * 100_001)
    assert "larger than 100,000 bytes" in str(refusal(httpserver.url_for("/a")))


def test_an_endless_answer_is_given_up(raw_server: Callable[..., str]) -> None:
    def endless(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            connection.sendall(b"x" * 10_000)

    assert isinstance(refusal(raw_server(endless)), RefusedError)


def test_a_gzip_bomb_is_given_up_before_it_grows(httpserver: HTTPServer) -> None:
    packer = zlib.compressobj(wbits=31)
    bomb = b"".join(packer.compress(b"\0" * 1_000_000) for _ in range(50)) + packer.flush()
    assert len(bomb) < LIMITS.max_bytes
    httpserver.expect_request("/a").respond_with_data(bomb, headers={"Content-Encoding": "gzip"})
    assert "larger than 100,000 bytes" in str(refusal(httpserver.url_for("/a")))


@pytest.mark.parametrize("encoding", ["br", "zstd", "deflate", "gzip, gzip", "x" * 300])
def test_an_encoding_that_was_not_asked_for_is_refused(httpserver: HTTPServer, encoding: str) -> None:
    httpserver.expect_request("/a").respond_with_data(b"x", headers={"Content-Encoding": encoding})
    assert "only gzip was accepted" in str(refusal(httpserver.url_for("/a")))


@pytest.mark.parametrize("body", [b"no gzip at all", gzip.compress(b"x" * 5000)[:-9]])
def test_wrongly_packed_or_cut_gzip_is_told(httpserver: HTTPServer, body: bytes) -> None:
    httpserver.expect_request("/a").respond_with_data(body, headers={"Content-Encoding": "gzip"})
    assert isinstance(refusal(httpserver.url_for("/a")), UnreachableError)


@pytest.mark.parametrize("part", [b"HTTP/1.1 200 OK\r\nX-Slow: ", b"HTTP/1.1 200 OK\r\n\r\n", b""])
def test_a_server_that_drips_is_left_when_the_time_is_over(raw_server: Callable[..., str], part: bytes) -> None:
    def drip(connection: socket.socket) -> None:
        connection.sendall(part)
        for _ in range(100):
            time.sleep(0.1)
            connection.sendall(b"x")

    limits = Limits(seconds=0.5, max_bytes=1000, allow_loopback=True)
    assert isinstance(refusal(raw_server(drip), limits=limits), UnreachableError)


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"\x00\x01\x02 rubbish\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 50_000,
        b"HTTP/1.1 999999 What\r\n\r\n",
    ],
)
def test_an_answer_against_the_rules_of_http_is_told(raw_server: Callable[..., str], sent: bytes) -> None:
    assert isinstance(refusal(raw_server(lambda connection: connection.sendall(sent))), UnreachableError)


def test_a_redirect_to_what_is_no_address_is_refused(raw_server: Callable[..., str]) -> None:
    def redirect(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 302 Found\r\nLocation: http://[broken/\r\nContent-Length: 0\r\n\r\n")

    assert "redirects to an address that is not fetched" in str(refusal(raw_server(redirect)))


def test_a_certificate_that_nobody_signed_is_told(httpserver: HTTPServer) -> None:
    error = refusal(httpserver.url_for("/").replace("http://", "https://"))
    assert isinstance(error, UnreachableError)
    assert "cannot be connected to" in str(error)


def test_certificates_are_checked() -> None:
    from ingestion.fetching import _tls

    assert _tls().verify_mode == ssl.CERT_REQUIRED
    assert _tls().check_hostname


def test_the_settings_give_the_limits_and_loopback_is_off_by_default(settings: Settings) -> None:
    settings.FETCH_TIMEOUT_SECONDS, settings.FETCH_MAX_BYTES = 7, 1234
    assert Limits.of_settings() == Limits(seconds=7, max_bytes=1234, allow_loopback=False)


def test_many_fetches_leave_no_connection_open(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/a").respond_with_data("ok")
    httpserver.expect_request("/gone").respond_with_data("no", status=500)
    before = threading.active_count()
    for _ in range(20):
        get(httpserver, "/a")
        refusal(httpserver.url_for("/gone"))
    assert threading.active_count() <= before + 2
