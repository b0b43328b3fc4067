"""Compresses what the public API answers, by brotli or gzip as the reader prefers.

Only the public API: its answers hold no secret, so their length may tell what it likes; pages for staff hold tokens and
stay as they are. Small answers would not gain, workbooks are compressed already.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

import brotli
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.text import compress_sequence, compress_string

PREFIX = "/api/"
LEAST_BYTES = 1000
# Quick enough for each answer; the highest levels are for files that are compressed once.
BROTLI_QUALITY = 4
COMPRESSIBLE = re.compile(r"(text/[^;]+|application/([-.\w]+\+)?(json|xml|yaml|x-ndjson|vnd\.oai\.openapi))\s*(;|$)")
LONGEST_HEADER = 1000
BROTLI, GZIP = "br", "gzip"


class CompressionMiddleware:
    """Compresses answers of the public API."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The answer, compressed where the reader takes that and it is worth it."""
        answer = self.get_response(request)
        if not request.path.startswith(PREFIX):
            return answer
        patch_vary_headers(answer, ["Accept-Encoding"])
        chosen = preferred(request.headers.get("Accept-Encoding", ""))
        if chosen is not None and _worth_it(answer):
            _compress(answer, chosen)
        return answer


def preferred(header: str) -> str | None:
    """The encoding that an ``Accept-Encoding`` header likes best, ``None`` for none; of equals the smaller: brotli."""
    weights: dict[str, float] = {}
    for part in header[:LONGEST_HEADER].split(","):
        name, _, rest = part.partition(";")
        written = re.fullmatch(r"\s*q=(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)\s*", rest)
        weights[name.strip().lower()] = float(written[1]) if written else 0.0 if rest.strip() else 1.0
    others = weights.get("*", 0.0)
    found = {name: weights.get(name, others) for name in (BROTLI, GZIP)}
    best = max(found, key=lambda name: found[name])
    return best if found[best] > 0 and found[best] >= weights.get("identity", 0.0) else None


def _worth_it(answer: HttpResponseBase) -> bool:
    if "no-transform" in answer.headers.get("Cache-Control", ""):  # a part of a file is a part of its own bytes
        return False
    if answer.headers.get("Content-Encoding") or not COMPRESSIBLE.match(answer.headers.get("Content-Type", "")):
        return False
    return answer.streaming or len(getattr(answer, "content", b"")) >= LEAST_BYTES


def _compress(answer: HttpResponseBase, encoding: str) -> None:
    if isinstance(answer, StreamingHttpResponse):
        pieces: Iterable[bytes] = answer.streaming_content  # type: ignore[assignment]  # these are no coroutines
        answer.streaming_content = _brotli(pieces) if encoding == BROTLI else compress_sequence(pieces)
        answer.headers.pop("Content-Length", None)
    elif isinstance(answer, HttpResponse):
        content = answer.content
        made = brotli.compress(content, quality=BROTLI_QUALITY) if encoding == BROTLI else compress_string(content)
        answer.content = made
        answer.headers["Content-Length"] = str(len(made))
    answer.headers["Content-Encoding"] = encoding
    # The same figures in other bytes: a strong validator would say that the bytes are the same.
    etag = answer.headers.get("ETag", "")
    if etag.startswith('"'):
        answer.headers["ETag"] = f"W/{etag}"


def _brotli(pieces: Iterable[bytes]) -> Iterator[bytes]:
    compressor = brotli.Compressor(quality=BROTLI_QUALITY)
    for piece in pieces:
        if made := compressor.process(piece):
            yield made
    yield compressor.finish()
