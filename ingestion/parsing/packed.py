"""Unpacks gzip in bounded steps, so that a small packet cannot grow beyond what is allowed."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from ingestion.parsing.entry import UnreadableError

STEP = 65_536


def is_packed(body: bytes) -> bool:
    """Whether the bytes are a gzip file."""
    return body.startswith(b"\x1f\x8b")


def chunks_of(body: bytes, *, most: int, what: str) -> Iterator[bytes]:
    """The bytes in pieces, unpacked if they are packed. ``what`` names them in messages.

    Raises :class:`UnreadableError` once more than ``most`` bytes have come, or if the packing is broken.
    """
    total = 0
    for chunk in _unpacked(body, what) if is_packed(body) else _cut(body):
        total += len(chunk)
        if total > most:
            raise UnreadableError(f"{what} is larger than {most:,} bytes; it is not read.")
        yield chunk


def _cut(body: bytes) -> Iterator[bytes]:
    for start in range(0, len(body), STEP):
        yield body[start : start + STEP]


def _unpacked(body: bytes, what: str) -> Iterator[bytes]:
    unpacker, rest = zlib.decompressobj(wbits=31), body
    try:
        while rest and not unpacker.eof:
            yield unpacker.decompress(rest, STEP)
            rest = unpacker.unconsumed_tail
        yield unpacker.flush()
    except zlib.error as error:
        raise UnreadableError(f"{what} is packed wrongly; it cannot be read.") from error
    if not unpacker.eof:
        raise UnreadableError(f"{what} breaks off before its end; it cannot be read.")
