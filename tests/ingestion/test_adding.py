"""Articles that staff bring by hand: a text, or an address."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from pytest_django import Settings
from pytest_httpserver import HTTPServer

from ingestion import blobs, services
from ingestion.fetching import Fetched, ForbiddenError, PostponedError, Validators
from ingestion.models import Article, BlobKind, FetchAttempt, Outcome, Revision, SourceKind
from tests.ingestion.conftest import NOW, MakeSource, item, rss

LONG = "Spain will send trucks to Ukraine, the ministry of defence in Madrid said on Sunday after a long meeting."
MORE = "The trucks leave on Monday and are to arrive before the end of the week, a spokeswoman said to reporters."


def page(*paragraphs: str, title: str = "Trucks for Kyiv") -> str:
    """A web page with an article."""
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return f"<!DOCTYPE html><html><head><title>{title}</title></head><body><article>{body}</article></body></html>"


def answering(body: str) -> Callable[[str], Fetched]:
    """A web that has this page at every address."""
    return lambda address: Fetched(address, 200, body.encode(), "text/html; charset=utf-8", Validators())


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


@pytest.mark.usefixtures("loopback")
def test_the_bytes_of_an_added_page_are_stored(staff: User, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/a").respond_with_data(page(LONG, MORE), content_type="text/html; charset=utf-8")
    added = services.add_address(httpserver.url_for("/a"), acting_user=staff, now=NOW)
    revision = Revision.objects.get(article_id=added.article_id)
    assert blobs.read(revision.blob) == page(LONG, MORE).encode()
    assert (revision.blob_kind, revision.found_at) == (BlobKind.PAGE, httpserver.url_for("/a"))
    assert revision.content_type == "text/html; charset=utf-8"


def test_an_article_is_taken_even_if_its_bytes_cannot_be_stored(
    staff: User, tmp_path: Path, settings: Settings
) -> None:
    settings.MEDIA_ROOT = str(tmp_path / "file")
    (tmp_path / "file").write_text("a file where the folder should be")
    added = services.add_address("https://example.org/a", acting_user=staff, now=NOW, ask=answering(page(LONG, MORE)))
    revision = Revision.objects.get(article_id=added.article_id)
    assert (LONG in revision.text, revision.blob) == (True, "")
    assert "The bytes as fetched could not be stored" in FetchAttempt.objects.get().words


def test_a_host_that_wants_us_later_is_said_with_the_time_to_try_again(staff: User) -> None:
    def later(_address: str) -> Fetched:
        raise PostponedError("example.org wants a pause.", until=NOW + timedelta(minutes=20))

    with pytest.raises(services.NotAddedError, match=r"wants a pause\. Try again after 12:20 UTC\."):
        services.add_address("https://example.org/a", acting_user=staff, now=NOW, ask=later)
    assert FetchAttempt.objects.get().outcome == Outcome.POSTPONED
    assert not Article.objects.exists()


def test_an_address_that_robots_txt_forbids_is_not_added(staff: User) -> None:
    def forbidden(_address: str) -> Fetched:
        raise ForbiddenError("The site's robots.txt does not allow it.")

    with pytest.raises(services.NotAddedError, match="does not allow it"):
        services.add_address("https://example.org/a", acting_user=staff, now=NOW, ask=forbidden)
    assert FetchAttempt.objects.get().outcome == Outcome.FORBIDDEN
