"""Fetches one address, safely: bounded in time, size and redirects, from public addresses only.

Nothing that a server sends can make a fetch last longer, grow larger or reach further than :class:`Limits` says. What
goes wrong is a :class:`FetchError` whose text is a sentence for staff.
"""

from __future__ import annotations

import functools
import ssl
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpcore
import httpx
from django.conf import settings

from ingestion.addresses import AddressError, parse_address, shorten
from ingestion.network import AddressRefusedError, Deadline, DeadlineError, GuardedBackend, Resolver, resolve

REDIRECTS = frozenset({301, 302, 303, 307, 308})
PERMANENT = frozenset({301, 308})


class FetchError(Exception):
    """A fetch that brought nothing; the text is a sentence that says what happened and, where one can, what to do."""


class RefusedError(FetchError):
    """Our own rules forbid it: the address, the size, the redirects, the encoding."""


class TooManyRedirectsError(RefusedError):
    """It is redirected more often than we follow."""


class UnreachableError(FetchError):
    """No answer, or not a whole one: name, connection, encryption, time."""


class ForbiddenError(FetchError):
    """The site's robots.txt does not allow it."""


class PostponedError(FetchError):
    """Not now: the host is being asked by another worker, or wants a pause. Nothing went wrong."""

    def __init__(self, sentence: str, *, until: datetime) -> None:
        super().__init__(sentence)
        self.until = until


class AskedToWaitError(PostponedError):
    """The server answered that we ask too often, or that it cannot answer for now."""

    def __init__(self, sentence: str, *, until: datetime, status: int) -> None:
        super().__init__(sentence, until=until)
        self.status = status


class HttpError(FetchError):
    """The server answered, with an error."""

    def __init__(self, sentence: str, *, status: int, retry_after: str = "") -> None:
        super().__init__(sentence)
        self.status = status
        self.retry_after = retry_after

    def seconds_to_wait(self, now: datetime) -> int:
        """What the server asks to wait before the next request, at most a day; 0 if it does not say."""
        written = self.retry_after.strip()
        if written.isascii() and written.isdigit():
            return min(int(written[:9]), 86_400)
        try:
            moment = parsedate_to_datetime(written)
        except (ValueError, TypeError, OverflowError):
            return 0
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return max(0, min(int((aware - now).total_seconds()), 86_400))


@dataclass(frozen=True, slots=True)
class Limits:
    """How far a fetch may go."""

    seconds: float
    max_bytes: int  # of the body, as sent and again as unpacked
    max_redirects: int = 5
    allow_loopback: bool = False

    @classmethod
    def of_settings(cls) -> Limits:
        """The limits that the installation's settings give."""
        return cls(
            seconds=settings.FETCH_TIMEOUT_SECONDS,
            max_bytes=settings.FETCH_MAX_BYTES,
            allow_loopback=settings.FETCH_ALLOW_LOOPBACK,
        )


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server gave to ask "anything newer?" with. Opaque: sent back exactly as they came."""

    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A whole answer."""

    url: str  # where it was found in the end
    status: int
    body: bytes
    content_type: str
    validators: Validators
    moved_to: str = ""  # the new address, as far as permanent redirects alone lead


@dataclass(frozen=True, slots=True)
class NotModified:
    """The server says that nothing changed since the validators were given."""

    url: str


def user_agent() -> str:
    """How the fetcher introduces itself, with the address of the people who run it."""
    contact = "".join(letter for letter in str(settings.CONTACT_ADDRESS) if " " <= letter <= "~")
    return f"pledge-tracker/1.0 (+{contact})"


BeforeHop = Callable[[httpx.URL], None]


def fetch(
    address: str,
    *,
    validators: Validators | None = None,
    limits: Limits | None = None,
    resolver: Resolver = resolve,
    before_hop: BeforeHop | None = None,
) -> Fetched | NotModified:
    """Fetch an address. Raises a :class:`FetchError` and nothing else, within the limits' time.

    ``before_hop`` is called with each address that a redirect leads to, before it is asked for; it may raise one too.
    """
    limits = limits or Limits.of_settings()
    deadline = Deadline(limits.seconds)
    backend = GuardedBackend(deadline=deadline, allow_loopback=limits.allow_loopback, resolver=resolver)
    try:
        return _follow(_parsed(address), validators or Validators(), limits, backend, before_hop)
    except AddressRefusedError as error:
        raise RefusedError(str(error)) from error
    except (DeadlineError, httpcore.TimeoutException) as error:
        raise UnreachableError(
            f"{shorten(address)} did not answer fully within {limits.seconds:g} seconds. It is tried again later."
        ) from error
    except httpcore.ConnectError as error:
        raise UnreachableError(f"{shorten(address)} cannot be connected to: {shorten(str(error))}.") from error
    except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.UnsupportedProtocol) as error:
        raise UnreachableError(f"The answer of {shorten(address)} broke off: {shorten(str(error))}.") from error


def _parsed(address: str) -> httpx.URL:
    try:
        return parse_address(address)
    except AddressError as error:
        raise RefusedError(str(error)) from error


def _follow(
    url: httpx.URL,
    validators: Validators,
    limits: Limits,
    backend: GuardedBackend,
    before_hop: BeforeHop | None,
) -> Fetched | NotModified:
    permanent, moved_to = True, ""
    for _step in range(limits.max_redirects + 1):
        answer = _ask_once(url, validators, limits, backend)
        if not isinstance(answer, _Redirect):
            if isinstance(answer, NotModified):
                return answer
            return Fetched(
                url=answer.url,
                status=answer.status,
                body=answer.body,
                content_type=answer.content_type,
                validators=answer.validators,
                moved_to=moved_to,
            )
        permanent = permanent and answer.status in PERMANENT
        url = _target(url, answer.location)
        moved_to = str(url) if permanent else moved_to
        if before_hop is not None:
            before_hop(url)
    raise TooManyRedirectsError(
        f"{shorten(str(url))} is reached after more than {limits.max_redirects} redirects; given up."
    )


def _target(url: httpx.URL, location: str) -> httpx.URL:
    try:
        joined = str(url.join(location))
    except (httpx.InvalidURL, ValueError) as error:
        raise RefusedError(
            f"{shorten(str(url))} redirects to {shorten(location)}, which is not a readable address."
        ) from error
    try:
        return parse_address(joined)
    except AddressError as error:
        raise RefusedError(f"{shorten(str(url))} redirects to an address that is not fetched. {error}") from error


@dataclass(frozen=True, slots=True)
class _Redirect:
    status: int
    location: str


def _ask_once(
    url: httpx.URL, validators: Validators, limits: Limits, backend: GuardedBackend
) -> Fetched | NotModified | _Redirect:
    headers = [
        ("Host", url.netloc.decode("ascii")),
        ("User-Agent", user_agent()),
        ("Accept", "application/rss+xml, application/atom+xml, application/feed+json, text/html;q=0.9, */*;q=0.5"),
        ("Accept-Encoding", "gzip"),
        ("Connection", "close"),
    ]
    if validators.etag:
        headers.append(("If-None-Match", validators.etag))
    if validators.last_modified:
        headers.append(("If-Modified-Since", validators.last_modified))
    target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
    sent = [(name.encode("ascii"), value.encode("latin-1", "replace")) for name, value in headers]
    with (
        httpcore.ConnectionPool(ssl_context=_tls(), network_backend=backend, max_connections=1) as pool,
        pool.stream("GET", target, headers=sent) as response,
    ):
        return _read(url, response, limits)


@functools.cache
def _tls() -> ssl.SSLContext:
    return httpx.create_ssl_context(trust_env=False)


def _read(url: httpx.URL, response: httpcore.Response, limits: Limits) -> Fetched | NotModified | _Redirect:
    status = response.status
    if status == 304:
        return NotModified(url=str(url))
    location = _header(response, b"location")
    if status in REDIRECTS and location:
        return _Redirect(status=status, location=location)
    if not 200 <= status < 300:
        raise HttpError(
            f"{shorten(str(url))} answered with status {status}{_meaning(status)}.",
            status=status,
            retry_after=_header(response, b"retry-after"),
        )
    return Fetched(
        url=str(url),
        status=status,
        body=_body(url, response, limits),
        content_type=_header(response, b"content-type")[:200],
        validators=Validators(
            etag=_validator(response, b"etag", 500), last_modified=_validator(response, b"last-modified", 200)
        ),
    )


def _header(response: httpcore.Response, name: bytes) -> str:
    for key, value in response.headers:
        if key.lower() == name:
            return value.decode("latin-1")
    return ""


def _validator(response: httpcore.Response, name: bytes, longest: int) -> str:
    """A validator, or none if it is too long to be kept whole: cut short it would mean nothing."""
    value = _header(response, name)
    return value if len(value) <= longest else ""


def _meaning(status: int) -> str:
    known = {
        401: " (a login is asked for)",
        403: " (forbidden)",
        404: " (not found)",
        410: " (gone for good)",
        429: " (too many requests)",
        451: " (unavailable for legal reasons)",
        503: " (unavailable for now)",
    }
    return known.get(status, " (an error of the server)" if status >= 500 else "")


def _body(url: httpx.URL, response: httpcore.Response, limits: Limits) -> bytes:
    encoding = _header(response, b"content-encoding").strip().lower()
    if encoding not in {"", "identity", "gzip", "x-gzip"}:
        raise RefusedError(
            f"{shorten(str(url))} sends its answer packed as {shorten(encoding, 40)}, though only gzip was accepted."
        )
    chunks = _no_longer_than(limits.max_bytes, url, response.iter_stream())
    if encoding in {"gzip", "x-gzip"}:
        chunks = _no_longer_than(limits.max_bytes, url, _unpacked(url, chunks))
    return b"".join(chunks)


def _no_longer_than(most: int, url: httpx.URL, chunks: Iterator[bytes]) -> Iterator[bytes]:
    total = 0
    for chunk in chunks:
        total += len(chunk)
        if total > most:
            raise RefusedError(f"The answer of {shorten(str(url))} is larger than {most:,} bytes; given up.")
        yield chunk


def _unpacked(url: httpx.URL, chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Unpack gzip in steps of bounded size, so that a small packet cannot grow beyond the cap unseen."""
    unpacker, begun = zlib.decompressobj(wbits=31), False
    try:
        for chunk in chunks:
            rest = chunk
            while rest:
                if unpacker.eof:  # one more member behind the first
                    unpacker = zlib.decompressobj(wbits=31)
                begun = True
                yield unpacker.decompress(rest, 65_536)
                rest = unpacker.unused_data if unpacker.eof else unpacker.unconsumed_tail
    except zlib.error as error:
        raise UnreachableError(f"The answer of {shorten(str(url))} is packed wrongly; it cannot be read.") from error
    if begun and not unpacker.eof:
        yield unpacker.flush()  # what was read already and not yet given out: a few bytes
    if begun and not unpacker.eof:
        raise UnreachableError(f"The answer of {shorten(str(url))} broke off before its end.")
