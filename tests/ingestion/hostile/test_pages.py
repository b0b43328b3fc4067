"""Hostile pages of articles, whose words from the feed stay."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pytest_django import Settings

from ingestion import services
from ingestion.models import Article, FetchAttempt, Outcome, Revision
from tests.ingestion.conftest import NOW, MakeSource, item, rss
from tests.ingestion.hostile.attacks import (
    LAUGHS,
    UNREADABLE,
    doctype,
    goes_on,
    gzip_bomb,
)
from tests.ingestion.hostile.server import (
    HostileServer,
    answering,
)

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
