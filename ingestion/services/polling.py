"""Polls a source: claim, read, parse, store, and say on an attempt row what happened.

Each phase leaves the database in a state from which a sweep can go on: the claim runs out by itself, entries are
stored one by one, and a feed's validators are kept only after all its entries are.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q

from ingestion.fetching import FetchError, HttpError, RefusedError
from ingestion.models import FetchAttempt, Outcome, Source, SourceKind, SourceState
from ingestion.parsing import UnreadableError
from ingestion.reading import Reading, read_source
from ingestion.services.storing import Tally, store_entries

LEASE = timedelta(seconds=330)  # longer than a task may run
LONGEST_PAUSE = timedelta(days=1)
FAILURES_UNTIL_PAUSED = 10
SENTENCES_KEPT = 20

log = logging.getLogger(__name__)

Reader = Callable[[Source], Reading]


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
    page_ids: tuple[int, ...] = ()  # articles whose own page is to be fetched


@dataclass(frozen=True, slots=True)
class Failure:
    """A fetch that failed, in the terms of an attempt row."""

    outcome: Outcome
    words: str
    http_status: int | None = None
    wait_seconds: int = 0


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
        attempt = FetchAttempt.objects.create(source=source, url=source.url, started_at=now)
    return Claim(source, attempt, until)


def poll_source(source_id: int, *, now: datetime) -> PollResult | None:
    """Poll a source if it is due. ``None`` means that there was nothing to do.

    What a source can do wrong ends on the attempt row; only our own faults (a lost database, a bug) are raised, after
    the attempt is marked as broken off if that is still possible.
    """
    claim = claim_source(source_id, now=now)
    if claim is None:
        return None
    begun = time.monotonic()
    try:
        reading = read_source(claim.source, now=now)
        tally = Tally()
        if reading.parsed is not None:
            tally = store_entries(claim.source, reading.parsed.entries, attempt=claim.attempt, now=now)
    except (FetchError, UnreadableError) as error:
        failure = failure_of(error, now)
        _finish_failed(claim, failure, now=now, finished=_later(now, begun))
        return PollResult(claim.attempt.pk, failure.outcome)
    except Exception as error:
        log.exception("poll broke off", extra={"source": source_id, "attempt": claim.attempt.pk})
        words = f"The poll broke off on our side ({type(error).__name__}). It is tried again; the log says more."
        _finish_failed(claim, Failure(Outcome.CRASHED, words), now=now, finished=_later(now, begun))
        raise
    return _finish(claim, reading, tally, now=now, finished=_later(now, begun))


def _later(now: datetime, begun: float) -> datetime:
    return now + timedelta(seconds=time.monotonic() - begun)


def failure_of(error: FetchError | UnreadableError, now: datetime) -> Failure:
    """What an error of fetching or parsing means for the attempt row."""
    if isinstance(error, HttpError):
        return Failure(Outcome.HTTP_ERROR, str(error), error.status, error.seconds_to_wait(now))
    if isinstance(error, RefusedError):
        return Failure(Outcome.REFUSED, str(error))
    if isinstance(error, UnreadableError):
        return Failure(Outcome.UNREADABLE, str(error))
    return Failure(Outcome.UNREACHABLE, str(error))


def _finish(claim: Claim, reading: Reading, tally: Tally, *, now: datetime, finished: datetime) -> PollResult:
    parsed = reading.parsed
    dropped = [*(parsed.dropped if parsed else ()), *tally.dropped]
    attempt = claim.attempt
    attempt.finished_at = finished
    attempt.http_status = reading.http_status
    attempt.entries = len(parsed.entries) + len(parsed.dropped) if parsed else 0
    attempt.added, attempt.revised, attempt.unchanged = tally.added, tally.revised, tally.unchanged
    attempt.unusable = len(dropped)
    attempt.outcome = _outcome(reading, tally, dropped)
    attempt.words = _words(claim.source, reading, tally, dropped)
    with transaction.atomic():
        attempt.save()
        _release(
            claim,
            next_poll_at=now + timedelta(seconds=claim.source.poll_floor),
            etag=reading.validators.etag,
            last_modified=reading.validators.last_modified,
            last_success_at=finished,
            failures=0,
        )
    _tell(claim, attempt.outcome, added=tally.added, revised=tally.revised, unusable=len(dropped))
    pages = tuple(tally.article_ids) if claim.source.fetch_pages else ()
    return PollResult(attempt.pk, attempt.outcome, tuple(tally.revision_ids), pages)


def _outcome(reading: Reading, tally: Tally, dropped: list[str]) -> Outcome:
    if reading.parsed is None:
        return Outcome.NOT_MODIFIED
    if dropped:
        return Outcome.PARTLY
    return Outcome.NEW if tally.added or tally.revised else Outcome.NOTHING_NEW


def _words(source: Source, reading: Reading, tally: Tally, dropped: list[str]) -> str:
    if reading.parsed is None:
        sentences = ["Nothing has changed since the last poll."]
    else:
        remarks = list(reading.parsed.remarks)
        sentences = [f"{tally.added} new, {tally.revised} revised, {tally.unchanged} unchanged."]
        sentences += _some("Not taken", dropped) + _some("Noted", remarks)
    if reading.moved_to:
        sentences.append(f"It has moved for good to {reading.moved_to}; enter that as the source's address.")
    return "\n".join(sentences)


def _some(heading: str, sentences: list[str]) -> list[str]:
    """A heading and the first sentences of a list that may be long."""
    if not sentences:
        return []
    rest = len(sentences) - SENTENCES_KEPT
    more = [f"… and {rest} more."] if rest > 0 else []
    return [f"{heading}: {len(sentences)}.", *sentences[:SENTENCES_KEPT], *more]


def _finish_failed(claim: Claim, failure: Failure, *, now: datetime, finished: datetime) -> None:
    with transaction.atomic():
        FetchAttempt.objects.filter(pk=claim.attempt.pk).update(
            outcome=failure.outcome, words=failure.words, http_status=failure.http_status, finished_at=finished
        )
        failures = claim.source.failures + 1
        _release(
            claim,
            next_poll_at=now + pause_after(failures, claim.source.poll_floor, failure.wait_seconds),
            last_error_at=finished,
            last_error=failure.words,
            failures=failures,
        )
        if failures >= FAILURES_UNTIL_PAUSED:
            Source.objects.filter(pk=claim.source.pk, state=SourceState.ACTIVE).update(state=SourceState.FAILING)
    _tell(claim, failure.outcome, failures=failures)


def _tell(claim: Claim, outcome: str, **counts: int) -> None:
    log.info("polled", extra={"source": claim.source.pk, "attempt": claim.attempt.pk, "outcome": outcome, **counts})


def pause_after(failures: int, poll_floor: int, wait_seconds: int = 0) -> timedelta:
    """How long to wait after failures in a row: doubling, at most a day, and never less than the server asks for."""
    doubled = timedelta(seconds=poll_floor * 2 ** min(failures - 1, 16))
    return max(min(doubled, LONGEST_PAUSE), timedelta(seconds=wait_seconds))


def _release(claim: Claim, **values: object) -> None:
    """Give the source back with what the poll learnt, unless the claim was lost or staff changed the address."""
    mine = Source.objects.filter(pk=claim.source.pk, claimed_until=claim.until, url=claim.source.url)
    mine.update(claimed_until=None, **values)
