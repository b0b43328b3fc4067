"""Articles that staff bring by hand, a text or an address; and the own pages of articles that feeds only summarise."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F

from history.services import RecordState, keep_version, recording
from ingestion.addresses import AddressError, canonical_address
from ingestion.deciding import content_hash
from ingestion.fetching import Fetched, FetchError, UnreachableError, fetch
from ingestion.models import Article, ExtractState, FetchAttempt, Outcome, Revision, Source
from ingestion.parsing import Entry, UnreadableError, parse_page
from ingestion.parsing.entry import MAX_TEXT, RawEntry, finish
from ingestion.services.polling import Failure, failure_of
from ingestion.services.sources import single_source
from ingestion.services.storing import Tally, note_addresses, store_entries, write_revision

PAGE_TRIES = 3
PAGE_LEASE = timedelta(seconds=330)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Added:
    """What became of an article that staff brought."""

    article_id: int
    revision_id: int | None  # of the words brought, if they were new
    known_before: bool  # whether the article was there already


class NotAddedError(Exception):
    """An address whose article could not be had; the text is a sentence for staff."""


def add_text(
    *,
    text: str,
    title: str = "",
    url: str = "",
    published_on: date | None = None,
    source_id: int | None = None,
    acting_user: AbstractBaseUser,
    now: datetime,
) -> Added:
    """Take a text that staff pasted. The same words or the same address again give the article that is there.

    Raises ``ValidationError`` with a sentence for each field that cannot be taken.
    """
    entry = _entry_of_text(title=title, text=text, url=url, published_on=published_on, now=now)
    with recording(action="article.add", acting_user=acting_user, now=now) as change:
        source = Source.objects.get(pk=source_id) if source_id else single_source(now=now)
        attempt = FetchAttempt.objects.create(
            source=source, url=entry.url, started_at=now, finished_at=now, entries=1, outcome=Outcome.NOTHING_NEW
        )
        tally = store_entries(source, [entry], attempt=attempt, now=now, by_hand=True)
        added = _added(tally)
        _finish(attempt, tally, f"Pasted by {acting_user.get_username()}.", finished=now)
        keep_version(change, _state(added.article_id, entry))
    return added


def _entry_of_text(*, title: str, text: str, url: str, published_on: date | None, now: datetime) -> Entry:
    errors: dict[str, str] = {}
    if len(text) > MAX_TEXT:
        errors["text"] = f"The text is longer than {MAX_TEXT:,} characters. Paste only the article."
    if url.strip():
        try:
            canonical_address(url)
        except AddressError as error:
            errors["url"] = str(error)
    if published_on and not date(1990, 1, 1) <= published_on <= now.date():
        errors["published_on"] = "The day of publication must lie between 1990 and today."
    day = datetime(published_on.year, published_on.month, published_on.day, tzinfo=UTC) if published_on else None
    entry = finish(RawEntry(place="The text", title=title, text=text, url=url, published_at=day), now=now, remarks=[])
    if isinstance(entry, str) or not text.strip():
        errors.setdefault("text", "There is no text. Paste the article's words.")
    if errors or isinstance(entry, str):
        raise ValidationError(errors)
    return entry


def add_address(url: str, *, acting_user: AbstractBaseUser, now: datetime) -> Added:
    """Fetch the page at an address and take its article.

    Raises ``ValidationError`` for an address that cannot be used and :class:`NotAddedError` if the page could not be
    fetched or read; the attempt row keeps the reason.
    """
    try:
        canonical = canonical_address(url)
    except AddressError as error:
        raise ValidationError({"url": str(error)}) from error
    source = single_source(now=now)
    attempt = FetchAttempt.objects.create(source=source, url=canonical, started_at=now)
    begun = time.monotonic()
    try:
        entry, status = _fetch_entry(url, now=now)
    except (FetchError, UnreadableError) as error:
        _finish_failed(attempt, failure_of(error, now), finished=now + timedelta(seconds=time.monotonic() - begun))
        raise NotAddedError(str(error)) from error
    attempt.http_status, attempt.entries = status, 1
    finished = now + timedelta(seconds=time.monotonic() - begun)
    try:
        with recording(action="article.add", acting_user=acting_user, now=now) as change:
            tally = store_entries(source, [entry], attempt=attempt, now=now, by_hand=True)
            added = _added(tally)
            note_addresses(added.article_id, [canonical])
            _finish(attempt, tally, f"Entered by {acting_user.get_username()}.", finished=finished)
            keep_version(change, _state(added.article_id, entry))
    except NotAddedError as error:
        _finish_failed(attempt, Failure(Outcome.UNREADABLE, str(error)), finished=finished)
        raise
    return added


def _fetch_entry(url: str, *, now: datetime) -> tuple[Entry, int]:
    answer = fetch(url)
    if not isinstance(answer, Fetched):
        raise UnreachableError("The server says that nothing has changed, though nothing was asked before.")
    entry = parse_page(answer.body, address=answer.url, content_type=answer.content_type, now=now)
    return entry, answer.status


def _added(tally: Tally) -> Added:
    if not tally.article_ids:
        raise NotAddedError(" ".join(tally.dropped) or "The article could not be stored.")
    revision_id = tally.revision_ids[0] if tally.revision_ids else None
    return Added(article_id=tally.article_ids[0], revision_id=revision_id, known_before=not tally.added)


def _finish(attempt: FetchAttempt, tally: Tally, words: str, *, finished: datetime) -> None:
    attempt.added, attempt.revised, attempt.unchanged = tally.added, tally.revised, tally.unchanged
    attempt.outcome = Outcome.NEW if tally.revision_ids else Outcome.NOTHING_NEW
    attempt.words, attempt.finished_at = words, finished
    attempt.save()


def _finish_failed(attempt: FetchAttempt, failure: Failure, *, finished: datetime) -> None:
    attempt.outcome, attempt.words, attempt.http_status = failure.outcome, failure.words, failure.http_status
    attempt.finished_at = finished
    attempt.save()


def _state(article_id: int, entry: Entry) -> RecordState:
    kept = {"title": entry.title, "url": entry.url, "content_hash": content_hash(entry.title, entry.text)}
    return RecordState(kind="article", object_id=article_id, public_id="", state=kept, public=False)


def due_page_ids(*, now: datetime, most: int = 200) -> list[int]:
    """Articles whose own page is to be fetched now."""
    waiting = Article.objects.filter(page_due_at__lte=now).order_by("page_due_at", "id")
    return list(waiting.values_list("id", flat=True)[:most])


def fetch_page(article_id: int, *, now: datetime) -> tuple[int, ...]:
    """Fetch an article's own page and keep its text if it says more than the feed did.

    Gives the revisions that are ready to be read. After three failures the feed's text has to do.
    """
    taken = Article.objects.filter(pk=article_id, page_due_at__lte=now)
    if not taken.update(page_due_at=now + PAGE_LEASE, page_tries=F("page_tries") + 1):
        return ()
    article = Article.objects.select_related("source").get(pk=article_id)
    if article.page_tries > PAGE_TRIES + 2:  # it broke off again and again on our side
        return _give_up_page(article)
    attempt = FetchAttempt.objects.create(source=article.source, url=article.canonical_url or "", started_at=now)
    begun = time.monotonic()
    try:
        entry, status = _fetch_entry(article.canonical_url or "", now=now)
    except (FetchError, UnreadableError) as error:
        finished = now + timedelta(seconds=time.monotonic() - begun)
        _finish_failed(attempt, failure_of(error, now), finished=finished)
        return _page_failed(article, now=now)
    with transaction.atomic():
        kept = _keep_page(article, entry, attempt=attempt, now=now)
        attempt.http_status, attempt.entries = status, 1
        attempt.revised, attempt.unchanged = int(kept), int(not kept)
        attempt.outcome = Outcome.NEW if kept else Outcome.NOTHING_NEW
        attempt.words = "The page's text was kept." if kept else "The page says no more than the feed did."
        attempt.finished_at = now + timedelta(seconds=time.monotonic() - begun)
        attempt.save()
        Article.objects.filter(pk=article_id).update(page_due_at=None, page_tries=0)
    return _unread(article_id)


def _keep_page(article: Article, entry: Entry, *, attempt: FetchAttempt, now: datetime) -> bool:
    Article.objects.select_for_update().get(pk=article.pk)
    latest = Revision.objects.filter(article=article).order_by("-number").first()
    note_addresses(article.pk, [entry.url])
    if latest is not None:
        entry = _better_of(latest, entry)
        if content_hash(entry.title, entry.text) == latest.content_hash:
            return False
    write_revision(article.pk, entry, attempt=attempt, now=now)
    return True


def _better_of(latest: Revision, page: Entry) -> Entry:
    """The page's text if it says more; title, date, author and language of the feed where it gave them."""
    return replace(
        page,
        title=latest.title or page.title,
        text=page.text if len(page.text) > len(latest.text) else latest.text,
        published_at=latest.published_at or page.published_at,
        author=latest.author or page.author,
        language=latest.language or page.language,
    )


def _page_failed(article: Article, *, now: datetime) -> tuple[int, ...]:
    if article.page_tries >= PAGE_TRIES:
        return _give_up_page(article)
    pause = timedelta(minutes=5 * 4 ** (article.page_tries - 1))
    Article.objects.filter(pk=article.pk).update(page_due_at=now + pause)
    return ()


def _give_up_page(article: Article) -> tuple[int, ...]:
    Article.objects.filter(pk=article.pk).update(page_due_at=None)
    return _unread(article.pk)


def _unread(article_id: int) -> tuple[int, ...]:
    waiting = Revision.objects.filter(article_id=article_id, extract_state=ExtractState.PENDING)
    return tuple(waiting.values_list("id", flat=True))
