"""Polls a source: claim, read, parse, store, and say on an attempt row what happened.

Each phase leaves the database in a state from which a sweep can go on: the claim runs out by itself, entries are
stored one by one, and a feed's validators are kept only after all its entries are.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.db.models import F, Q, Value
from django.db.models.functions import Greatest, Least

from history.services import keep_version, recording
from ingestion.fetching import AskedToWaitError, FetchError, ForbiddenError, HttpError, PostponedError, RefusedError
from ingestion.models import Article, FetchAttempt, NoticeKind, Outcome, Source, SourceKind, SourceState
from ingestion.pacing import next_interval, pause_after_hard, pause_after_soft, pause_after_success
from ingestion.parsing import UnreadableError
from ingestion.reading import Ask, Reading, read_source
from ingestion.services.hosts import polite_fetch
from ingestion.services.notices import end_notice, raise_notice
from ingestion.services.sources import state_of_source
from ingestion.services.storing import Tally, store_entries

LEASE = timedelta(seconds=330)  # longer than a task may run
HARD_FAILURES_UNTIL_PAUSED = 10
SENTENCES_KEPT = 20
FETCHING, STORING = "fetching", "storing"  # phases of an attempt under way
SOFT_STATUSES = frozenset({408, 425, 429})  # and all of a server's own, from 500
GONE = 410

log = logging.getLogger(__name__)

Luck = Callable[[], float]  # a number from 0 to 1, at random


@dataclass(frozen=True, slots=True)
class Claim:
    """A source that is ours to poll until ``until``, and the attempt that tells of it."""

    source: Source
    attempt: FetchAttempt
    until: datetime


@dataclass(frozen=True, slots=True)
class PollResult:
    """What a poll came to."""

    attempt_id: int
    outcome: Outcome
    revision_ids: tuple[int, ...] = ()
    page_hosts: tuple[str, ...] = ()  # hosts of articles whose own page is to be fetched
    again_at: datetime | None = None  # when its host is free for it, if it was not now


@dataclass(frozen=True, slots=True)
class Failure:
    """A fetch that failed, in the terms of an attempt row."""

    outcome: Outcome
    words: str
    http_status: int | None = None
    hard: bool = False  # whether somebody has to mend it
    until: datetime | None = None  # not tried again before, for the server asks for that


def due(now: datetime) -> Q:
    """Sources that are to be polled: active, due, and in nobody's hands."""
    return (
        ~Q(kind=SourceKind.SINGLE)
        & Q(state=SourceState.ACTIVE)
        & (Q(next_poll_at__isnull=True) | Q(next_poll_at__lte=now))
        & (Q(claimed_until__isnull=True) | Q(claimed_until__lte=now))
    )


def due_source_ids(*, now: datetime, most: int = 200) -> list[int]:
    """The sources to poll now, those that have waited longest first."""
    waiting = Source.objects.filter(due(now)).order_by(F("next_poll_at").asc(nulls_first=True), "id")
    return list(waiting.values_list("id", flat=True)[:most])


def claim_source(source_id: int, *, now: datetime) -> Claim | None:
    """Take a due source for one poll; ``None`` if it is not due or someone else has it."""
    until = now + LEASE
    with transaction.atomic():
        if not Source.objects.filter(due(now), pk=source_id).update(claimed_until=until):
            return None
        source = Source.objects.get(pk=source_id)
        attempt = FetchAttempt.objects.create(source=source, url=source.url, started_at=now, phase=FETCHING)
    return Claim(source, attempt, until)


def poll_source(
    source_id: int, *, now: datetime, ask: Ask | None = None, luck: Luck = random.random
) -> PollResult | None:
    """Poll a source if it is due. ``None`` means that there was nothing to do.

    If its host is busy, nothing is tried and the result says when to come again. What a source can do wrong ends on
    the attempt row; only our own faults (a lost database, a bug) are raised, after the attempt is marked as broken off
    if that is still possible.
    """
    claim = claim_source(source_id, now=now)
    if claim is None:
        return None
    begun = time.monotonic()
    try:
        reading = read_source(claim.source, ask=ask or partial(polite_fetch, now=now), now=now)
        tally = _store(claim, reading, now=now)
    except (FetchError, UnreadableError) as error:
        if isinstance(error, PostponedError) and not isinstance(error, AskedToWaitError):
            return _put_off(claim, error.until)
        failure = failure_of(error, now)
        _finish_failed(claim, failure, now=now, finished=_later(now, begun), luck=luck())
        return PollResult(claim.attempt.pk, failure.outcome)
    except Exception as error:
        log.exception("poll broke off", extra={"source": source_id, "attempt": claim.attempt.pk})
        words = f"The poll broke off on our side ({type(error).__name__}). It is tried again; the log says more."
        _finish_failed(claim, Failure(Outcome.CRASHED, words), now=now, finished=_later(now, begun), luck=luck())
        raise
    return _finish(claim, reading, tally, now=now, finished=_later(now, begun), luck=luck())


def _store(claim: Claim, reading: Reading, *, now: datetime) -> Tally:
    if reading.parsed is None:
        return Tally()
    entries = reading.parsed.entries
    FetchAttempt.objects.filter(pk=claim.attempt.pk).update(phase=STORING, entries=len(entries))  # for who watches
    return store_entries(claim.source, entries, attempt=claim.attempt, now=now, origin=reading.origin)


def _put_off(claim: Claim, until: datetime) -> PollResult:
    """Give the source back untouched: its host is being asked, or wants a pause."""
    with transaction.atomic():
        claim.attempt.delete()
        _release(claim, next_poll_at=until)
    return PollResult(0, Outcome.POSTPONED, again_at=until)


def _later(now: datetime, begun: float) -> datetime:
    return now + timedelta(seconds=time.monotonic() - begun)


def failure_of(error: FetchError | UnreadableError, now: datetime) -> Failure:
    """What an error of fetching or parsing means for the attempt row.

    Hard failures do not mend by themselves; a time-out, a lost connection or a server's own fault most often does.
    """
    words = str(error)
    if isinstance(error, AskedToWaitError):
        return Failure(Outcome.POSTPONED, words, error.status, until=error.until)
    if isinstance(error, PostponedError):
        return Failure(Outcome.POSTPONED, words, until=error.until)
    if isinstance(error, HttpError):
        soft = error.status >= 500 or error.status in SOFT_STATUSES
        asked = error.seconds_to_wait(now)
        until = now + timedelta(seconds=asked) if asked else None
        return Failure(Outcome.HTTP_ERROR, words, error.status, hard=not soft, until=until)
    if isinstance(error, ForbiddenError):
        return Failure(Outcome.FORBIDDEN, words, hard=True)
    if isinstance(error, RefusedError):
        return Failure(Outcome.REFUSED, words, hard=True)
    if isinstance(error, UnreadableError):
        return Failure(Outcome.UNREADABLE, words, hard=True)
    return Failure(Outcome.UNREACHABLE, words)


def _finish(
    claim: Claim, reading: Reading, tally: Tally, *, now: datetime, finished: datetime, luck: float
) -> PollResult:
    parsed = reading.parsed
    dropped = [*(parsed.dropped if parsed else ()), *tally.dropped]
    attempt, source = claim.attempt, claim.source
    attempt.finished_at = finished
    attempt.phase = ""
    attempt.http_status = reading.http_status
    attempt.entries = len(parsed.entries) + len(parsed.dropped) if parsed else 0
    attempt.added, attempt.revised, attempt.unchanged = tally.added, tally.revised, tally.unchanged
    attempt.unusable = len(dropped)
    attempt.outcome = _outcome(reading, tally, dropped)
    attempt.words = _words(reading, tally, dropped)
    brought = bool(tally.added or tally.revised)
    interval = next_interval(
        source.poll_interval, floor=source.poll_floor, ceiling=source.poll_ceiling, brought=brought
    )
    with transaction.atomic():
        attempt.save()
        _release(
            claim,
            # Within the bounds as they are now: staff may have changed them while it was polled.
            poll_interval=Least(Greatest(Value(interval), F("poll_floor")), F("poll_ceiling")),
            next_poll_at=now + pause_after_success(interval, ceiling=source.poll_ceiling, luck=luck),
            etag=reading.validators.etag,
            last_modified=reading.validators.last_modified,
            last_success_at=finished,
            failures=0,
            hard_failures=0,
        )
    _after_success(claim, reading.moved_to, now=finished)
    _tell(claim, attempt.outcome, added=tally.added, revised=tally.revised, unusable=len(dropped))
    return PollResult(attempt.pk, attempt.outcome, tuple(tally.revision_ids), _page_hosts(source, tally))


def _page_hosts(source: Source, tally: Tally) -> tuple[str, ...]:
    """The hosts from which pages of the articles that were taken are to be fetched."""
    if not (source.fetch_pages or source.kind in {SourceKind.SITEMAP, SourceKind.INDEX}):
        return ()
    waiting = Article.objects.filter(pk__in=tally.article_ids, page_due_at__isnull=False)
    return tuple(sorted(set(waiting.values_list("page_host", flat=True))))


def _after_success(claim: Claim, moved_to: str, *, now: datetime) -> None:
    source = claim.source
    if source.failures:
        end_notice(NoticeKind.PAUSED, source_id=source.pk, now=now)
        end_notice(NoticeKind.IN_TROUBLE, source_id=source.pk, now=now)
    if moved_to and moved_to != source.url:
        _move(source, moved_to, now=now)


def _move(source: Source, moved_to: str, *, now: datetime) -> None:
    """Its server says that it has moved for good, and it was read well there: it is asked there from now on."""
    with recording(action="source.moved", job="poll", now=now, why=f"{source.url} redirects for good") as change:
        mine = Source.objects.filter(pk=source.pk, url=source.url)  # unless staff gave it another address meanwhile
        if mine.update(url=moved_to, former_url=source.url, moved_at=now):
            keep_version(change, state_of_source(Source.objects.get(pk=source.pk)))
    words = f"{source.name} has moved for good: from {source.url} to {moved_to}, where it is polled from now on."
    raise_notice(NoticeKind.MOVED, source_id=source.pk, words=words, now=now)


def _outcome(reading: Reading, tally: Tally, dropped: list[str]) -> Outcome:
    if reading.parsed is None:
        return Outcome.NOT_MODIFIED
    if dropped:
        return Outcome.PARTLY
    return Outcome.NEW if tally.added or tally.revised else Outcome.NOTHING_NEW


def _words(reading: Reading, tally: Tally, dropped: list[str]) -> str:
    if reading.parsed is None:
        sentences = ["Nothing has changed since the last poll."]
    else:
        remarks = [*reading.parsed.remarks, *(reading.origin.faults if reading.origin else ())]
        sentences = [f"{tally.added} new, {tally.revised} revised, {tally.unchanged} unchanged."]
        sentences += _some("Not taken", dropped) + _some("Noted", remarks)
    if reading.moved_to:
        sentences.append(f"It has moved for good to {reading.moved_to}, and is asked there from now on.")
    return "\n".join(sentences)


def _some(heading: str, sentences: list[str]) -> list[str]:
    """A heading and the first sentences of a list that may be long."""
    if not sentences:
        return []
    rest = len(sentences) - SENTENCES_KEPT
    more = [f"… and {rest} more."] if rest > 0 else []
    return [f"{heading}: {len(sentences)}.", *sentences[:SENTENCES_KEPT], *more]


def _finish_failed(claim: Claim, failure: Failure, *, now: datetime, finished: datetime, luck: float) -> None:
    source = claim.source
    failures = source.failures + 1
    hard = source.hard_failures + 1 if failure.hard else 0
    pausing = hard >= HARD_FAILURES_UNTIL_PAUSED or (failure.hard and failure.http_status == GONE)
    with transaction.atomic():
        FetchAttempt.objects.filter(pk=claim.attempt.pk).update(
            outcome=failure.outcome,
            words=failure.words,
            http_status=failure.http_status,
            finished_at=finished,
            phase="",
        )
        _release(
            claim,
            next_poll_at=_next_try(source, failure, failures=failures, hard=hard, now=now, luck=luck),
            last_error_at=finished,
            last_error=failure.words,
            failures=failures,
            hard_failures=hard,
        )
        if pausing:
            pause_failing(source, failure.words, in_a_row=hard, now=finished)
    _tell(claim, failure.outcome, failures=failures)


def _next_try(source: Source, failure: Failure, *, failures: int, hard: int, now: datetime, luck: float) -> datetime:
    if failure.hard:
        pause = pause_after_hard(hard, interval=source.poll_interval or source.poll_floor, luck=luck)
    else:
        pause = pause_after_soft(failures, floor=source.poll_floor, ceiling=source.poll_ceiling, luck=luck)
    return max(now + pause, failure.until or now)


def pause_failing(source: Source, last_words: str, *, in_a_row: int, now: datetime) -> None:
    """Poll a source no more until staff have looked at it, and tell them."""
    if not Source.objects.filter(pk=source.pk, state=SourceState.ACTIVE).update(state=SourceState.FAILING):
        return  # staff paused it meanwhile, or it is known
    times = "at once" if in_a_row == 1 else f"{in_a_row} times in a row"
    words = (
        f"{source.name} failed {times} in a way that does not mend by itself, and is polled no more. "
        f"The last failure: {last_words} Mend its address, or press Fetch now to try again."
    )
    raise_notice(NoticeKind.PAUSED, source_id=source.pk, words=words, now=now)


def _tell(claim: Claim, outcome: str, **counts: int) -> None:
    log.info("polled", extra={"source": claim.source.pk, "attempt": claim.attempt.pk, "outcome": outcome, **counts})


def _release(claim: Claim, **values: object) -> None:
    """Give the source back with what the poll learnt, unless the claim was lost or staff changed the address."""
    mine = Source.objects.filter(pk=claim.source.pk, claimed_until=claim.until, url=claim.source.url)
    mine.update(claimed_until=None, **values)
