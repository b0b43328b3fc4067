"""Polling sitemaps and index pages over real HTTP, and articles whose words are on their pages alone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pytest_httpserver import HTTPServer

from ingestion import listing, services
from ingestion.models import Article, FetchAttempt, Outcome, Revision, Source, SourceKind
from tests.ingestion.conftest import NOW, FakeReader, MakeSource
from tests.ingestion.lists import sitemap, sitemap_index

pytestmark = pytest.mark.usefixtures("loopback")

WORDS = (
    "Spain will send forty trucks to Ukraine before the end of the month, the ministry in Madrid said on Sunday. "
    "The trucks leave on Monday and are to arrive before the end of the week, a spokeswoman said to reporters there."
)
PAGE = f"<html lang=en><head><title>Trucks</title></head><body><article><p>{WORDS}</p></article></body></html>"


def poll(source: Source, minutes: int = 0) -> FetchAttempt:
    """Poll a source that must be due; its attempt."""
    result = services.poll_source(source.pk, now=NOW + timedelta(minutes=minutes), luck=lambda: 0.0)
    assert result is not None
    return FetchAttempt.objects.get(pk=result.attempt_id)


def serve(
    server: HTTPServer, path: str, body: bytes | str, content_type: str = "application/xml", etag: str = ""
) -> str:
    """Serve a body at a path; its address."""
    headers = {"ETag": etag} if etag else {}
    server.expect_request(path).respond_with_data(body, content_type=content_type, headers=headers)
    return server.url_for(path)


def test_an_article_of_a_sitemap_is_read_from_its_page_and_only_then(
    httpserver: HTTPServer, make_source: MakeSource
) -> None:
    serve(httpserver, "/one", PAGE, "text/html")
    body = sitemap(("one", "2026-05-04"), at=httpserver.url_for("").rstrip("/"))
    source = make_source(serve(httpserver, "/sitemap.xml", body, etag='"v1"'), kind=SourceKind.SITEMAP)
    result = services.poll_source(source.pk, now=NOW)
    assert result is not None
    assert (result.outcome, result.revision_ids) == (Outcome.NEW, ())
    assert result.page_hosts == (f"localhost:{httpserver.port}",)
    article, empty = Article.objects.get(), Revision.objects.get()
    assert services.extract_revision(empty.pk, now=NOW, reader=FakeReader()) is None
    services.fetch_page(article.pk, now=NOW + timedelta(minutes=1))
    whole = Revision.objects.get(number=2)
    assert (whole.title, "Spain will send forty trucks" in whole.text, whole.language) == ("Trucks", True, "en")
    source.refresh_from_db()
    assert source.etag == '"v1"'


def test_an_article_whose_page_never_comes_has_no_words_and_says_so(
    httpserver: HTTPServer, make_source: MakeSource
) -> None:
    serve(httpserver, "/news", "<main><a href=/gone>Spain sends trucks</a></main>", "text/html")
    httpserver.expect_request("/gone").respond_with_data("no", status=404)
    source = make_source(httpserver.url_for("/news"), kind=SourceKind.INDEX, link_selector="main a")
    assert poll(source).added == 1
    article, moment = Article.objects.get(), NOW
    ready: tuple[int, ...] = ()
    while Article.objects.filter(pk=article.pk, page_due_at__isnull=False).exists():
        ready = services.fetch_page(article.pk, now=moment)
        moment += timedelta(hours=3)
    assert (
        "the article stays without words" in FetchAttempt.objects.filter(url=article.canonical_url).latest("id").words
    )
    reader = FakeReader()
    read = [services.extract_revision(pk, now=moment, reader=reader) for pk in ready]
    assert [extracted.findings for extracted in read if extracted] == [0]
    assert Revision.objects.get().text == ""


def test_what_is_known_is_passed_over_and_what_is_too_much_comes_next_time(
    httpserver: HTTPServer, make_source: MakeSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "NEW_AT_ONCE", 3)
    body = sitemap(*((f"n{number}", f"2026-04-0{number}") for number in range(1, 6)))
    source = make_source(serve(httpserver, "/sitemap.xml", body, etag='"v1"'), kind=SourceKind.SITEMAP)
    first = poll(source)
    assert (first.added, first.entries) == (3, 3)
    assert "More than 3 of its addresses are new: the newest were taken, the rest at later polls." in first.words
    assert set(Article.objects.values_list("folded_url", flat=True)) == {f"example.org/n{n}" for n in (3, 4, 5)}
    source.refresh_from_db()
    assert source.etag == "", "a list that is not taken whole is asked for again, not only if it has changed"
    second = poll(source, 60 * 24)
    assert (second.added, second.entries) == (2, 2)
    source.refresh_from_db()
    assert source.etag == '"v1"'
    assert Article.objects.count() == 5


def test_the_newest_sitemaps_of_an_index_are_read_and_one_that_fails_leaves_the_others_alone(
    httpserver: HTTPServer, make_source: MakeSource
) -> None:
    children = [serve(httpserver, f"/{n}.xml", sitemap((f"n{n}", ""))) for n in (1, 2)]
    broken = httpserver.url_for("/broken.xml")
    httpserver.expect_request("/broken.xml").respond_with_data("no", status=500)
    nested = serve(httpserver, "/nested.xml", sitemap_index((children[0], "")))
    body = sitemap_index(
        (children[0], "2026-01-01"), (children[1], "2026-05-01"), (broken, "2026-05-02"), (nested, "2026-05-03")
    )
    attempt = poll(make_source(serve(httpserver, "/index.xml", body, etag='"v1"'), kind=SourceKind.SITEMAP))
    assert set(Article.objects.values_list("folded_url", flat=True)) == {"example.org/n2"}
    assert f"The sitemap {broken} was not read." in attempt.words
    assert "only one level of indexes is followed" in attempt.words
    assert "the 3 newest were read; 1 were not" in attempt.words
    assert Source.objects.get().etag == ""


def test_an_index_of_which_no_sitemap_can_be_had_is_a_failure(httpserver: HTTPServer, make_source: MakeSource) -> None:
    httpserver.expect_request("/broken.xml").respond_with_data("no", status=404)
    body = sitemap_index((httpserver.url_for("/broken.xml"), ""))
    attempt = poll(make_source(serve(httpserver, "/index.xml", body), kind=SourceKind.SITEMAP))
    assert (attempt.outcome, attempt.http_status) == (Outcome.HTTP_ERROR, 404)


def test_an_index_page_whose_selector_fits_nothing_any_more_is_a_failure(
    httpserver: HTTPServer, make_source: MakeSource
) -> None:
    serve(httpserver, "/news", "<div><a href=/1>One</a></div>", "text/html")
    attempt = poll(make_source(httpserver.url_for("/news"), kind=SourceKind.INDEX, link_selector="main a"))
    assert attempt.outcome == Outcome.UNREADABLE
    assert "fits no link to an article of this site" in attempt.words
