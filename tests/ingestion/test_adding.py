"""Articles that staff bring by hand, and the own pages of articles that a feed only summarises."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from pytest_httpserver import HTTPServer

from ingestion import services
from ingestion.models import Article, FetchAttempt, Outcome, Revision, SourceKind
from tests.ingestion.conftest import NOW, FakeReader, MakeSource, item, rss

LONG = "Spain will send trucks to Ukraine, the ministry of defence in Madrid said on Sunday after a long meeting."
MORE = "The trucks leave on Monday and are to arrive before the end of the week, a spokeswoman said to reporters."


def page(*paragraphs: str, title: str = "Trucks for Kyiv") -> str:
    """A web page with an article."""
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return f"<!DOCTYPE html><html><head><title>{title}</title></head><body><article>{body}</article></body></html>"


def test_the_same_text_pasted_twice_is_one_article_with_one_revision(staff: User) -> None:
    first = services.add_text(title="T", text="Words\r\nmore", acting_user=staff, now=NOW)
    second = services.add_text(title="T", text="Words\nmore", acting_user=staff, now=NOW)
    assert (first.article_id, first.known_before) == (second.article_id, False)
    assert (second.revision_id, second.known_before) == (None, True)
    assert [attempt.words for attempt in FetchAttempt.objects.all()] == ["Pasted by vera."] * 2


def test_the_same_words_at_two_addresses_are_two_articles_when_entered_by_hand(staff: User) -> None:
    for name in ("a", "b"):
        services.add_text(text="Agency words", url=f"https://{name}.example.org/", acting_user=staff, now=NOW)
    assert Article.objects.count() == 2


def test_a_text_pasted_without_an_address_can_be_given_one_later(staff: User) -> None:
    services.add_text(text="Words", acting_user=staff, now=NOW)
    again = services.add_text(text="Words", url="https://example.org/a", acting_user=staff, now=NOW)
    assert (again.known_before, again.revision_id) == (True, None)
    assert Article.objects.get().canonical_url == "https://example.org/a"


def test_a_text_pasted_for_a_known_address_is_a_revision_of_that_article(
    staff: User, folder: Path, make_source: MakeSource
) -> None:
    (folder / "feed.xml").write_text(rss(item("one")))
    services.poll_source(make_source("feed.xml").pk, now=NOW)
    added = services.add_text(text="The whole text.", url="http://example.org/one#x", acting_user=staff, now=NOW)
    assert added.known_before
    assert added.revision_id is not None
    assert Article.objects.count() == 1
    assert Revision.objects.get(pk=added.revision_id).number == 2


def test_a_text_pasted_into_a_feed_is_not_undone_by_its_next_poll(
    staff: User, folder: Path, make_source: MakeSource
) -> None:
    (folder / "feed.xml").write_text(rss(item("one")))
    source = make_source("feed.xml")
    services.poll_source(source.pk, now=NOW)
    services.add_text(text="The whole text.", url="https://example.org/one", acting_user=staff, now=NOW)
    (folder / "feed.xml").write_text(rss(item("one"), item("two")))
    services.poll_source(source.pk, now=NOW + timedelta(hours=1))
    newest = Revision.objects.filter(article__canonical_url="https://example.org/one").order_by("-number")[0]
    assert newest.text == "The whole text."


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("text", {"text": " \n "}),
        ("text", {"text": "\x00"}),
        ("text", {"text": "x" * 400_001}),
        ("url", {"text": "x", "url": "https://user:pw@example.org/"}),
        ("published_on", {"text": "x", "published_on": date(2027, 1, 1)}),
        ("published_on", {"text": "x", "published_on": date(1066, 1, 1)}),
    ],
)
def test_a_text_that_cannot_be_taken_names_the_field_and_stores_nothing(
    staff: User, field: str, values: dict[str, object]
) -> None:
    with pytest.raises(ValidationError) as refusal:
        services.add_text(**values, acting_user=staff, now=NOW)  # type: ignore[arg-type]
    assert list(refusal.value.message_dict) == [field]
    assert not Article.objects.exists()
    assert not FetchAttempt.objects.exists()


@pytest.mark.usefixtures("loopback")
def test_an_address_is_fetched_and_its_article_taken(staff: User, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/a").respond_with_data(page(LONG, MORE), content_type="text/html")
    added = services.add_address(httpserver.url_for("/a?utm_source=x"), acting_user=staff, now=NOW)
    assert added.revision_id is not None
    revision = Revision.objects.get(pk=added.revision_id)
    assert (revision.title, LONG in revision.text) == ("Trucks for Kyiv", True)
    assert revision.article.source.kind == SourceKind.SINGLE
    attempt = FetchAttempt.objects.get()
    assert (attempt.outcome, attempt.http_status, attempt.words) == (Outcome.NEW, 200, "Entered by vera.")
    again = services.add_address(httpserver.url_for("/a"), acting_user=staff, now=NOW)
    assert (again.article_id, again.revision_id, again.known_before) == (added.article_id, None, True)


@pytest.mark.usefixtures("loopback")
def test_an_address_that_redirects_is_known_under_both(staff: User, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/short").respond_with_data(status=302, headers={"Location": "/long"})
    httpserver.expect_request("/long").respond_with_data(page(LONG, MORE), content_type="text/html")
    added = services.add_address(httpserver.url_for("/short"), acting_user=staff, now=NOW)
    article = Article.objects.get(pk=added.article_id)
    assert article.canonical_url == httpserver.url_for("/long")
    assert article.urls.filter(url=httpserver.url_for("/short")).exists()


@pytest.mark.usefixtures("loopback")
@pytest.mark.parametrize(
    ("status", "body", "outcome"),
    [(404, "no", Outcome.HTTP_ERROR), (200, "<html></html>", Outcome.UNREADABLE)],
)
def test_an_address_that_gives_no_article_leaves_an_attempt_that_says_why(
    staff: User, httpserver: HTTPServer, status: int, body: str, outcome: Outcome
) -> None:
    httpserver.expect_request("/a").respond_with_data(body, status=status, content_type="text/html")
    with pytest.raises(services.NotAddedError) as refusal:
        services.add_address(httpserver.url_for("/a"), acting_user=staff, now=NOW)
    attempt = FetchAttempt.objects.get()
    assert (attempt.outcome, attempt.words) == (outcome, str(refusal.value))
    assert not Article.objects.exists()


def summary_feed(httpserver: HTTPServer, text: str = "Spain sends trucks.") -> str:
    """Serve a feed with one summary; its address."""
    body = rss(item("one", text, url=httpserver.url_for("/one"), guid="g1"))
    httpserver.expect_request("/feed").respond_with_data(body, content_type="application/rss+xml")
    return httpserver.url_for("/feed")


@pytest.mark.usefixtures("loopback")
def test_the_page_of_a_summary_is_fetched_and_only_the_whole_text_is_read(
    httpserver: HTTPServer, make_source: MakeSource
) -> None:
    source = make_source(summary_feed(httpserver), fetch_pages=True)
    httpserver.expect_request("/one").respond_with_data(page(LONG, MORE), content_type="text/html")
    result = services.poll_source(source.pk, now=NOW)
    assert result is not None
    (article_id,) = result.page_ids
    reader = FakeReader()
    assert services.extract_revision(result.revision_ids[0], now=NOW, reader=reader) is None
    ready = services.fetch_page(article_id, now=NOW)
    whole = Revision.objects.get(number=2)
    assert whole.pk in ready
    assert (LONG in whole.text, whole.title) == (True, "About one")
    assert services.extract_revision(whole.pk, now=NOW, reader=reader) is not None
    assert services.fetch_page(article_id, now=NOW) == (), "the page is fetched once"


@pytest.mark.usefixtures("loopback")
def test_an_unchanged_summary_does_not_replace_the_whole_text(httpserver: HTTPServer, make_source: MakeSource) -> None:
    source = make_source(summary_feed(httpserver), fetch_pages=True)
    httpserver.expect_request("/one").respond_with_data(page(LONG, MORE), content_type="text/html")
    services.poll_source(source.pk, now=NOW)
    services.fetch_page(Article.objects.get().pk, now=NOW)
    result = services.poll_source(source.pk, now=NOW + timedelta(hours=1))
    assert result is not None
    assert result.outcome == Outcome.NOTHING_NEW
    assert Revision.objects.count() == 2


@pytest.mark.usefixtures("loopback")
def test_a_page_that_cannot_be_had_is_given_up_after_three_tries_and_the_summary_is_read(
    httpserver: HTTPServer, make_source: MakeSource
) -> None:
    source = make_source(summary_feed(httpserver), fetch_pages=True)
    httpserver.expect_request("/one").respond_with_data("no", status=500)
    result = services.poll_source(source.pk, now=NOW)
    assert result is not None
    moment = NOW
    ready: tuple[int, ...] = ()
    for _ in range(3):
        assert ready == ()
        ready = services.fetch_page(result.page_ids[0], now=moment)
        moment += timedelta(hours=2)
    assert ready == result.revision_ids
    assert services.extract_revision(ready[0], now=moment, reader=FakeReader()) is not None
    assert FetchAttempt.objects.filter(outcome=Outcome.HTTP_ERROR).count() == 3
    assert services.due_page_ids(now=moment) == []
