"""Bombs, in bounded memory."""

from __future__ import annotations

import subprocess
import sys

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
