"""The own pages of articles: when they are fetched, what is kept of them, and what happens if they cannot be had."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pytest_django import Settings

from ingestion import blobs, services
from ingestion.deciding import content_hash
from ingestion.fetching import (
    AskedToWaitError,
    Fetched,
    FetchError,
    ForbiddenError,
    HttpError,
    PostponedError,
    UnreachableError,
    Validators,
)
from ingestion.models import Article, BlobKind, ExtractState, FetchAttempt, Outcome, Revision, Story
from ingestion.services.pages import due_page_hosts, fetch_page, next_due_page
from tests.ingestion.conftest import NOW, FakeReader, MakeSource

HOUR = timedelta(hours=1)
SUMMARY = (
    "Spain will send twenty lorries to Ukraine, the ministry of defence in Madrid announced after a meeting with "
    "allied governments on Sunday."
)
WHOLE = (
    "Spain will send twenty lorries to Ukraine, the ministry of defence in Madrid announced on Sunday.",
    "The decision follows a meeting with allied governments, at which Kyiv had asked for transport before the winter.",
    "The lorries leave on Monday and are to arrive before the end of the week, a spokeswoman told reporters.",
)
OTHER = (
    "The football season opens tomorrow with matches across seven stadiums, and supporters expect a difficult start.",
    "Several players remain injured, and coaches spoke of patience while younger talents prepare for their debut.",
)


class Web:
    """A web of one page, or of one error, that counts how often it is asked."""

    def __init__(self, *paragraphs: str, error: FetchError | None = None, head: str = "") -> None:
        body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
        self.body = f"<!DOCTYPE html><html><head>{head}</head><body><article>{body}</article></body></html>".encode()
        self.error = error
        self.asked: list[str] = []

    def __call__(self, address: str) -> Fetched:
        self.asked.append(address)
        if self.error is not None:
            raise self.error
        return Fetched(address, 200, self.body, "text/html; charset=utf-8", Validators())


@pytest.fixture(autouse=True)
def store(tmp_path: Path, settings: Settings) -> None:
    """Bytes are stored in a folder of the test."""
    settings.MEDIA_ROOT = str(tmp_path / "media")


class MakeArticle:
    """Makes articles whose page is due, as a feed with summaries leaves them."""

    def __init__(self, make_source: MakeSource) -> None:
        self.source = make_source("https://example.org/feed", fetch_pages=True)

    def __call__(
        self, name: str = "one", *, text: str | None = SUMMARY, host: str = "example.org", due: datetime = NOW
    ) -> Article:
        article = Article.objects.create(
            source=self.source,
            story=Story.objects.create(created_at=NOW),
            canonical_url=f"https://example.org/{name}",
            page_due_at=due,
            page_host=host,
            first_seen_at=NOW,
        )
        if text is not None:
            Revision.objects.create(
                article=article,
                number=1,
                title="Lorries",
                text=text,
                content_hash=content_hash("Lorries", text),
                fetched_at=NOW,
            )
        return article


@pytest.fixture
def make_article(make_source: MakeSource) -> MakeArticle:
    """Makes an article whose page is due."""
    return MakeArticle(make_source)


def latest(article: Article) -> Revision:
    """The newest words of an article."""
    return Revision.objects.filter(article=article).order_by("-number")[0]


def test_only_the_whole_text_of_the_page_is_read(make_article: MakeArticle) -> None:
    article = make_article()
    summary, reader = latest(article), FakeReader()
    assert services.extract_revision(summary.pk, now=NOW, reader=reader) is None, "the page is to come"
    ready = fetch_page(article.pk, now=NOW, ask=Web(*WHOLE))
    whole = latest(article)
    assert (whole.pk in ready, whole.number, whole.title) == (True, 2, "Lorries")
    assert all(paragraph in whole.text for paragraph in WHOLE)
    assert services.extract_revision(whole.pk, now=NOW, reader=reader) is not None


def test_a_page_is_fetched_once(make_article: MakeArticle) -> None:
    article, web = make_article(), Web(*WHOLE)
    fetch_page(article.pk, now=NOW, ask=web)
    assert fetch_page(article.pk, now=NOW + HOUR, ask=web) == ()
    assert len(web.asked) == 1


def test_the_bytes_of_a_page_are_stored_with_its_words(make_article: MakeArticle) -> None:
    article, web = make_article(), Web(*WHOLE)
    fetch_page(article.pk, now=NOW, ask=web)
    revision = latest(article)
    assert blobs.read(revision.blob) == web.body
    assert (revision.blob_kind, revision.found_at) == (BlobKind.PAGE, "https://example.org/one")


def test_a_page_is_kept_even_if_its_bytes_cannot_be_stored(
    make_article: MakeArticle, tmp_path: Path, settings: Settings
) -> None:
    settings.MEDIA_ROOT = str(tmp_path / "file")
    (tmp_path / "file").write_text("a file where the folder should be")
    article = make_article()
    fetch_page(article.pk, now=NOW, ask=Web(*WHOLE))
    assert (latest(article).number, latest(article).blob) == (2, "")
    assert "could not be stored" in FetchAttempt.objects.get().words


@pytest.mark.parametrize(
    ("page", "words"),
    [
        pytest.param((WHOLE[0],), "The page gives no better text than there is.", id="shorter"),
        pytest.param(OTHER, "The page gives no better text than there is.", id="about something else"),
        pytest.param(
            (WHOLE[0], WHOLE[1], "Subscribe to continue reading this article and many more from our newsroom."),
            "The page only asks to subscribe",
            id="a request to subscribe",
        ),
    ],
)
def test_a_page_that_is_not_better_leaves_the_words_of_the_feed(
    make_article: MakeArticle, page: tuple[str, ...], words: str
) -> None:
    article = make_article()
    ready = fetch_page(article.pk, now=NOW, ask=Web(*page))
    assert (latest(article).text, ready) == (SUMMARY, (latest(article).pk,))
    attempt = FetchAttempt.objects.get()
    assert (attempt.outcome, attempt.unchanged, attempt.words.startswith(words)) == (Outcome.NOTHING_NEW, 1, True)


def test_date_and_language_of_the_page_are_filled_in_where_the_feed_gave_none(make_article: MakeArticle) -> None:
    article = make_article()
    head = (
        '<meta property="article:published_time" content="2026-05-02T08:00:00Z"><meta name="author" content="Ana Ruiz">'
    )
    fetch_page(article.pk, now=NOW, ask=Web(WHOLE[0], head=head))
    revision = latest(article)
    assert (revision.number, revision.text, revision.author) == (1, SUMMARY, "Ana Ruiz")
    assert revision.published_at is not None
    assert revision.published_at.date().isoformat() == "2026-05-02"


def test_what_the_feed_says_of_title_and_date_goes_before_what_the_page_says(make_article: MakeArticle) -> None:
    article = make_article()
    stated = datetime(2026, 5, 3, 9, tzinfo=UTC)
    Revision.objects.update(published_at=stated, author="The Desk", language="en")
    head = '<title>Other</title><meta property="article:published_time" content="2026-05-02T08:00:00Z">'
    fetch_page(article.pk, now=NOW, ask=Web(*WHOLE, head=head))
    revision = latest(article)
    assert (revision.number, revision.title, revision.author, revision.language) == (2, "Lorries", "The Desk", "en")
    assert revision.published_at == stated


def test_a_page_that_was_corrected_to_fewer_words_replaces_what_it_gave_before(make_article: MakeArticle) -> None:
    article = make_article()
    fetch_page(article.pk, now=NOW, ask=Web(*WHOLE))
    Article.objects.update(page_due_at=NOW + HOUR)
    fetch_page(article.pk, now=NOW + HOUR, ask=Web(*WHOLE[:2]))
    assert (latest(article).number, WHOLE[2] in latest(article).text) == (3, False)


def test_a_page_that_lost_most_of_its_words_does_not_replace_what_it_gave_before(make_article: MakeArticle) -> None:
    article = make_article()
    fetch_page(article.pk, now=NOW, ask=Web(*WHOLE))
    Article.objects.update(page_due_at=NOW + HOUR)
    fetch_page(article.pk, now=NOW + HOUR, ask=Web(WHOLE[0]))
    assert (latest(article).number, WHOLE[2] in latest(article).text) == (2, True)


def test_a_page_that_cannot_be_had_is_given_up_after_three_tries_and_the_summary_is_read(
    make_article: MakeArticle,
) -> None:
    article, moment = make_article(), NOW
    web = Web(error=HttpError("It answered with status 500.", status=500))
    ready: tuple[int, ...] = ()
    for _ in range(3):
        assert ready == ()
        ready = fetch_page(article.pk, now=moment, ask=web)
        moment += 2 * HOUR
    assert ready == (latest(article).pk,)
    assert services.extract_revision(ready[0], now=moment, reader=FakeReader()) is not None
    attempts = list(FetchAttempt.objects.order_by("id"))
    assert [attempt.outcome for attempt in attempts] == [Outcome.HTTP_ERROR] * 3
    assert attempts[-1].words.endswith("the text that the source gave has to do.")
    assert due_page_hosts(now=moment) == []


def test_an_article_known_only_by_its_address_stays_without_words_if_its_page_cannot_be_had(
    make_article: MakeArticle,
) -> None:
    article, moment = make_article(text=None), NOW
    for _ in range(3):
        assert fetch_page(article.pk, now=moment, ask=Web(error=UnreachableError("No answer."))) == ()
        moment += 2 * HOUR
    assert not Revision.objects.exists()
    assert FetchAttempt.objects.latest("id").words.endswith("the article stays without words.")
    assert due_page_hosts(now=moment) == []


def test_an_article_known_only_by_its_address_takes_words_title_and_date_from_its_page(
    make_article: MakeArticle,
) -> None:
    article = make_article(text=None)
    head = '<title>Lorries for Kyiv</title><meta property="article:published_time" content="2026-05-02T08:00:00Z">'
    (ready,) = fetch_page(article.pk, now=NOW, ask=Web(*WHOLE, head=head))
    revision = latest(article)
    assert (revision.pk, revision.number, revision.title) == (ready, 1, "Lorries for Kyiv")
    assert revision.published_at is not None


def test_a_request_to_subscribe_is_not_taken_for_the_words_of_an_article(make_article: MakeArticle) -> None:
    article = make_article(text=None)
    web = Web("You have read all your free articles this month.", "Subscribe to continue reading our journalism.")
    assert fetch_page(article.pk, now=NOW, ask=web) == ()
    assert not Revision.objects.exists()
    assert FetchAttempt.objects.get().outcome == Outcome.UNREADABLE


def test_what_robots_txt_forbids_is_given_up_at_once(make_article: MakeArticle) -> None:
    article = make_article()
    ready = fetch_page(article.pk, now=NOW, ask=Web(error=ForbiddenError("Its robots.txt does not allow it.")))
    assert ready == (latest(article).pk,)
    attempt = FetchAttempt.objects.get()
    assert (attempt.outcome, attempt.words) == (
        Outcome.FORBIDDEN,
        "Its robots.txt does not allow it. It is not tried again: the text that the source gave has to do.",
    )


def test_a_server_that_asks_to_wait_is_asked_again_then_and_no_try_is_counted(make_article: MakeArticle) -> None:
    article, until = make_article(), NOW + timedelta(minutes=40)
    web = Web(error=AskedToWaitError("Too many requests.", until=until, status=429))
    assert fetch_page(article.pk, now=NOW, ask=web) == ()
    article.refresh_from_db()
    assert (article.page_due_at, article.page_tries) == (until, 0)
    attempt = FetchAttempt.objects.get()
    assert (attempt.outcome, attempt.http_status) == (Outcome.POSTPONED, 429)


def test_waiting_for_a_hosts_turn_leaves_neither_a_try_nor_an_attempt(make_article: MakeArticle) -> None:
    article, until = make_article(), NOW + timedelta(seconds=3)
    fetch_page(article.pk, now=NOW, ask=Web(error=PostponedError("It is being asked already.", until=until)))
    article.refresh_from_db()
    assert (article.page_due_at, article.page_tries) == (until, 0)
    assert not FetchAttempt.objects.exists()


def test_a_summary_does_not_wait_for_ever_for_a_host_that_puts_us_off(make_article: MakeArticle) -> None:
    article, moment = make_article(), NOW + timedelta(days=4)
    error = AskedToWaitError("Too many requests.", until=moment + HOUR, status=429)
    assert fetch_page(article.pk, now=moment, ask=Web(error=error)) == (latest(article).pk,)
    assert "It has put us off for 3 days." in FetchAttempt.objects.get().words


def test_words_that_were_read_long_ago_are_no_reason_to_give_up_a_page_that_is_put_off(
    make_article: MakeArticle,
) -> None:
    article, moment = make_article(), NOW + timedelta(days=4)
    Revision.objects.update(extract_state=ExtractState.DONE)
    error = AskedToWaitError("Too many requests.", until=moment + HOUR, status=429)
    fetch_page(article.pk, now=moment, ask=Web(error=error))
    article.refresh_from_db()
    assert article.page_due_at == moment + HOUR


def test_a_page_that_the_source_made_due_anew_meanwhile_stays_due(make_article: MakeArticle) -> None:
    article = make_article()

    class Revising(Web):
        def __call__(self, address: str) -> Fetched:
            Article.objects.filter(pk=article.pk).update(page_due_at=NOW, page_tries=0)
            return super().__call__(address)

    fetch_page(article.pk, now=NOW, ask=Revising(*WHOLE))
    assert next_due_page("example.org", now=NOW) == article.pk


def test_a_page_whose_worker_dies_again_and_again_is_given_up(make_article: MakeArticle) -> None:
    article = make_article()
    Article.objects.update(page_tries=5)
    web = Web(*WHOLE)
    assert fetch_page(article.pk, now=NOW, ask=web) == (latest(article).pk,)
    assert (web.asked, FetchAttempt.objects.get().outcome) == ([], Outcome.CRASHED)


def test_the_hosts_with_pages_due_are_named_once_each_and_those_of_older_rows_too(make_article: MakeArticle) -> None:
    make_article("a")
    make_article("b", host="")
    make_article("c", host="other.example")
    make_article("d", host="later.example", due=NOW + HOUR)
    assert due_page_hosts(now=NOW) == ["example.org", "other.example"]


def test_an_article_without_an_address_waits_for_no_page(make_article: MakeArticle) -> None:
    article = make_article(host="")
    Article.objects.update(canonical_url=None)
    assert due_page_hosts(now=NOW) == []
    article.refresh_from_db()
    assert article.page_due_at is None


def test_the_page_of_a_host_that_has_waited_longest_comes_first(make_article: MakeArticle) -> None:
    make_article("a")
    older = make_article("b", due=NOW - HOUR)
    make_article("c", host="other.example", due=NOW - 2 * HOUR)
    assert next_due_page("example.org", now=NOW) == older.pk
    assert next_due_page("none.example", now=NOW) is None
