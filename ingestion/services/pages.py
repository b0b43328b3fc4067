"""The own pages of articles: of those that a feed only summarises, and of those of which only the address is known."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q

from ingestion.addresses import AddressError
from ingestion.choosing import is_notice, new_page_is_better, page_is_better
from ingestion.deciding import content_hash
from ingestion.fetching import AskedToWaitError, FetchError, ForbiddenError, PostponedError
from ingestion.hosts import host_key
from ingestion.models import Article, BlobKind, ExtractState, FetchAttempt, Outcome, Revision
from ingestion.parsing import Entry, UnreadableError
from ingestion.services.storing import note_page, write_revision
from ingestion.services.taking import Ask, Clock, Page, finish_failed, politely, take_page

PAGE_TRIES = 3
BROKEN_OFF = 2  # so often may a try break off on our side, besides
PAGE_LEASE = timedelta(seconds=330)  # longer than a task may run
PATIENCE = timedelta(days=3)  # with a host that puts us off: after that the feed's text has to do
SHORT_WAIT = timedelta(minutes=5)  # being put off for less than that, without asking, leaves no attempt
MOST_NAMED = 500  # older rows whose host is written down at once

NOTICE = "The page only asks to subscribe, to consent or to log in; it has no article for us."

log = logging.getLogger(__name__)


def due_pages(now: datetime) -> Q:
    """Articles whose own page is to be fetched now."""
    return Q(page_due_at__lte=now)


def due_page_hosts(*, now: datetime, most: int = 500) -> list[str]:
    """The hosts, as host slots name them, from which pages are to be fetched now."""
    _name_hosts(Article.objects.filter(due_pages(now), page_host="").order_by("page_due_at", "id")[:MOST_NAMED])
    hosts = Article.objects.filter(due_pages(now)).exclude(page_host="").order_by("page_host")
    return list(hosts.values_list("page_host", flat=True).distinct()[:most])


def next_due_page(host: str, *, now: datetime) -> int | None:
    """The article of a host whose page has waited longest; ``None`` if no page is to be fetched there now."""
    waiting = Article.objects.filter(due_pages(now), page_host=host).order_by("page_due_at", "id")
    return waiting.values_list("id", flat=True).first()


def _name_hosts(articles: Iterable[Article]) -> None:
    """Write down the hosts of articles that were stored before hosts were kept. Without one there is no page."""
    for article in articles:
        try:
            host = host_key(article.canonical_url or "")
        except AddressError:
            Article.objects.filter(pk=article.pk).update(page_due_at=None)
        else:
            Article.objects.filter(pk=article.pk, page_host="").update(page_host=host)


@dataclass(frozen=True, slots=True)
class _Claim:
    """An article whose page is ours to fetch until ``until``, and the attempt that tells of it."""

    article: Article
    attempt: FetchAttempt
    until: datetime

    def release(self, *, due: datetime | None, uncounted: bool = False) -> bool:
        """Say when the page is due again, unless the claim was lost, or the source has made it due anew."""
        mine = Article.objects.filter(pk=self.article.pk, page_due_at=self.until)
        if due is None:
            return bool(mine.update(page_due_at=None, page_tries=0))
        return bool(mine.update(page_due_at=due, page_tries=F("page_tries") - int(uncounted)))


def fetch_page(article_id: int, *, now: datetime, ask: Ask | None = None) -> tuple[int, ...]:
    """Fetch an article's own page, if it is due, and keep its text if that is better than what the source gave.

    Gives the revisions that are ready to be read. ``ask`` fetches; by default politely and without waiting. After three
    failures the source's text has to do, or the article stays without words. Being put off is no failure.
    """
    claim = _claim(article_id, now=now)
    if claim is None:
        return ()
    clock = Clock(now)
    if claim.article.page_tries > PAGE_TRIES + BROKEN_OFF:
        return _give_up_broken(claim, now=now)
    try:
        page = take_page(claim.article.canonical_url or "", ask=ask or politely(now=now), now=now)
        if _is_to_be_kept(page.entry, _latest(claim.article)):
            page.keeper.fields(page.entry)  # written to the disk before the transaction, which others may wait for
        with transaction.atomic():
            _keep(claim, page, clock=clock, now=now)
    except PostponedError as error:
        return _put_off(claim, error, now=now, finished=clock.read())
    except (FetchError, UnreadableError) as error:
        return _failed(claim, error, now=now, finished=clock.read())
    return _unread(article_id)


def _claim(article_id: int, *, now: datetime) -> _Claim | None:
    until = now + PAGE_LEASE
    with transaction.atomic():
        due = Article.objects.filter(due_pages(now), pk=article_id)
        if not due.update(page_due_at=until, page_tries=F("page_tries") + 1):
            return None
        article = Article.objects.select_related("source").get(pk=article_id)
        attempt = FetchAttempt.objects.create(source=article.source, url=article.canonical_url or "", started_at=now)
    return _Claim(article, attempt, until)


def _keep(claim: _Claim, page: Page, *, clock: Clock, now: datetime) -> None:
    """Keep what the page gave, its attempt and the end of the claim: all or nothing."""
    article, attempt = claim.article, claim.attempt
    Article.objects.select_for_update().get(pk=article.pk)
    latest = _latest(article)
    if (latest is None or not latest.text) and is_notice(page.entry.text):
        raise UnreadableError(NOTICE)
    remarks = note_page(article.pk, page.entry)
    kept = _is_to_be_kept(page.entry, latest)
    if kept:
        entry = page.entry if latest is None else better_of(latest, page.entry)
        write_revision(article.pk, entry, attempt=attempt, now=now, origin=page.keeper)
    elif latest is not None:
        _fill_in(latest, page.entry)
    attempt.http_status, attempt.entries = page.status, 1
    attempt.revised, attempt.unchanged = int(kept), int(not kept)
    attempt.outcome = Outcome.NEW if kept else Outcome.NOTHING_NEW
    attempt.words = "\n".join([_words(page.entry, kept=kept), *remarks, *page.keeper.faults])
    attempt.finished_at = clock.read()
    attempt.save()
    claim.release(due=None)


def _latest(article: Article) -> Revision | None:
    return Revision.objects.filter(article=article).order_by("-number").first()


def _is_to_be_kept(page: Entry, latest: Revision | None) -> bool:
    if latest is None:
        return not is_notice(page.text)
    entry = better_of(latest, page)
    return content_hash(entry.title, entry.text) != latest.content_hash


def _words(entry: Entry, *, kept: bool) -> str:
    if kept:
        return "The page's text was kept."
    return NOTICE if is_notice(entry.text) else "The page gives no better text than there is."


def better_of(latest: Revision, page: Entry) -> Entry:
    """The better of two texts; title, date, author and language of the source where it gave them, else of the page."""
    better = new_page_is_better if latest.blob_kind == BlobKind.PAGE else page_is_better
    given = "" if latest.text == latest.title else latest.text
    if not better(given=given, page=page.text):
        return replace(page, title=latest.title, text=latest.text)
    return replace(
        page,
        title=latest.title or page.title,
        published_at=latest.published_at or page.published_at,
        author=latest.author or page.author,
        language=latest.language or page.language,
    )


def _fill_in(latest: Revision, page: Entry) -> None:
    """What the page alone says of an article whose text stays, as long as nobody has read it."""
    missing = {
        name: value
        for name, value in (
            ("published_at", page.published_at),
            ("author", page.author),
            ("language", page.language),
        )
        if value and not getattr(latest, name)
    }
    if missing:
        Revision.objects.filter(pk=latest.pk, extract_state=ExtractState.PENDING).update(**missing)


def _put_off(claim: _Claim, error: PostponedError, *, now: datetime, finished: datetime) -> tuple[int, ...]:
    """The host wants us later: that is no failure, unless words that are there wait to be read for days."""
    if _words_have_waited(claim.article, now):
        more = f"It has put us off for {PATIENCE.days} days. {_what_is_left(claim.article)}"
        finish_failed(claim.attempt, error, now=now, finished=finished, more=more)
        return _give_up(claim)
    with transaction.atomic():
        if isinstance(error, AskedToWaitError) or error.until > now + SHORT_WAIT:
            finish_failed(claim.attempt, error, now=now, finished=finished)
        else:
            claim.attempt.delete()  # nothing was asked: it is only not our turn
        claim.release(due=max(error.until, now + timedelta(seconds=1)), uncounted=True)
    return ()


def _words_have_waited(article: Article, now: datetime) -> bool:
    waiting = Revision.objects.filter(article=article, extract_state=ExtractState.PENDING)
    return waiting.filter(fetched_at__lt=now - PATIENCE).exists()


def _failed(
    claim: _Claim, error: FetchError | UnreadableError, *, now: datetime, finished: datetime
) -> tuple[int, ...]:
    tries = claim.article.page_tries
    last = tries >= PAGE_TRIES or isinstance(error, ForbiddenError)
    more = _what_is_left(claim.article) if last else ""
    finish_failed(claim.attempt, error, now=now, finished=finished, more=more)
    if last:
        return _give_up(claim)
    claim.release(due=now + timedelta(minutes=5 * 4 ** (tries - 1)))
    return ()


def _give_up_broken(claim: _Claim, *, now: datetime) -> tuple[int, ...]:
    claim.attempt.outcome, claim.attempt.finished_at = Outcome.CRASHED, now
    claim.attempt.words = f"Fetching it broke off again and again on our side. {_what_is_left(claim.article)}"
    claim.attempt.save()
    return _give_up(claim)


def _what_is_left(article: Article) -> str:
    if Revision.objects.filter(article=article).exclude(text="").exists():
        return "It is not tried again: the text that the source gave has to do."
    return "It is not tried again: the article stays without words."


def _give_up(claim: _Claim) -> tuple[int, ...]:
    return _unread(claim.article.pk) if claim.release(due=None) else ()


def _unread(article_id: int) -> tuple[int, ...]:
    waiting = Revision.objects.filter(article_id=article_id, extract_state=ExtractState.PENDING)
    return tuple(waiting.values_list("id", flat=True))
