"""How far a fetch is that someone asked for, told from the rows alone."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Any

from django.db.models import Count, Q

from ingestion.addresses import AddressError, shorten
from ingestion.hosts import host_key
from ingestion.models import (
    Article,
    Candidate,
    CandidateState,
    ExtractState,
    FetchAttempt,
    HostSlot,
    Outcome,
    Revision,
    Source,
    SourceState,
)
from ingestion.wording import age, span

NOBODY_COMES = timedelta(seconds=10)
BROKE_OFF = timedelta(seconds=330)  # longer than a task may run
MOST_LINKS = 20


class Step(IntEnum):
    """The steps of a fetch, in their order."""

    WORKER = 0
    HOST = 1
    FETCHING = 2
    STORING = 3
    READING = 4
    DONE = 5


STEPS = ("Waiting for a worker", "Waiting for the host", "Fetching", "Storing", "Reading", "Done")
SUCCEEDED = {Outcome.NEW, Outcome.NOTHING_NEW, Outcome.NOT_MODIFIED, Outcome.PARTLY}


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a fetch is. ``done`` of ``total`` is of the present step; a total of 0 is not known.

    ``failed`` says that it is over without success: what comes after the fetching was never done.
    """

    step: Step
    words: str
    warning: str = ""
    finished: bool = False
    done: int = 0
    total: int = 0
    failed: bool = False
    attempt_id: int | None = None
    article_ids: tuple[int, ...] = ()


def progress(source: Source, *, since: datetime, now: datetime) -> Progress:
    """How far the fetch is that was asked for at ``since``."""
    attempt = _attempt(source, since)
    if attempt is None:
        return _not_begun(source, since, now)
    if attempt.outcome == Outcome.RUNNING:
        return _under_way(attempt, now)
    return _after(attempt)


def _attempt(source: Source, since: datetime) -> FetchAttempt | None:
    """The first poll that was begun since, or was under way then. Fetches of articles' own pages are no polls."""
    polls = FetchAttempt.objects.filter(source=source, url__in={source.url, source.former_url or source.url})
    meant = polls.filter(Q(started_at__gte=since) | Q(finished_at__gte=since) | Q(outcome=Outcome.RUNNING))
    return meant.order_by("started_at", "id").first()


def _not_begun(source: Source, since: datetime, now: datetime) -> Progress:
    if source.state != SourceState.ACTIVE:
        words = "The source is not polled now: it is paused. Resume it on its page."
        return Progress(Step.DONE, words, finished=True, failed=True)
    if source.next_poll_at is not None and source.next_poll_at > now:
        return Progress(Step.HOST, _host_words(source, source.next_poll_at, now))
    waited_since = max(since, source.next_poll_at or since)
    if now - waited_since < NOBODY_COMES:
        return Progress(Step.WORKER, "It is on the queue. A worker takes it as soon as one is free.")
    waited = span((now - waited_since).total_seconds())
    warning = (
        f"Nobody has taken it for {waited}. Most likely no worker runs for the queue “fetching”, or all are busy. It "
        "is not lost: the source is due, and the first worker that is free fetches it."
    )
    return Progress(Step.WORKER, "Still waiting for a worker.", warning=warning)


def _host_words(source: Source, until: datetime, now: datetime) -> str:
    try:
        host = host_key(source.url)
    except AddressError:
        return f"It comes to its turn in {age(now, until)}."
    slot = HostSlot.objects.filter(host=host, not_before__gt=now).exclude(asked_to_wait="").first()
    if slot is not None:
        return f"{host} asked to be left alone for now: {slot.asked_to_wait} It is asked in {age(now, until)}."
    return f"{host} is asked for something else just now, one request at a time. Its turn comes in {age(now, until)}."


def _under_way(attempt: FetchAttempt, now: datetime) -> Progress:
    warning = ""
    if now - attempt.started_at > BROKE_OFF:
        warning = "This takes longer than it may: it has most likely broken off. It is taken up again by itself."
    if attempt.phase == "storing":
        words = f"Storing {attempt.done:,} of {attempt.entries:,} entries."
        if not attempt.done:
            return Progress(Step.STORING, f"Storing {attempt.entries:,} entries.", warning, attempt_id=attempt.pk)
        return Progress(Step.STORING, words, warning, done=attempt.done, total=attempt.entries, attempt_id=attempt.pk)
    return Progress(Step.FETCHING, f"Fetching {shorten(attempt.url, 120)}.", warning, attempt_id=attempt.pk)


def _after(attempt: FetchAttempt) -> Progress:
    """The fetch is over; what it brought may still have to be read."""
    article_ids = _brought(attempt)
    texts = Revision.objects.filter(article_id__in=article_ids, fetched_at__gte=attempt.started_at)
    counts = texts.aggregate(
        total=Count("pk"),
        read=Count("pk", filter=Q(extract_state=ExtractState.DONE)),
        failed=Count("pk", filter=Q(extract_state=ExtractState.FAILED)),
    )
    pages = Article.objects.filter(pk__in=article_ids, page_due_at__isnull=False).count()
    done = counts["read"] + counts["failed"]
    warning = _failed_words(counts["failed"])
    common: dict[str, Any] = {"attempt_id": attempt.pk, "article_ids": article_ids, "warning": warning}
    if done < counts["total"] or pages:
        words = f"{done:,} of {counts['total']:,} texts are read."
        if pages:
            words += f" {pages:,} {'page' if pages == 1 else 'pages'} of articles must be fetched first."
        return Progress(Step.READING, words, done=done, total=counts["total"], **common)
    words = f"{attempt.get_outcome_display()}. {attempt.words}"
    return Progress(Step.DONE, words, finished=True, failed=attempt.outcome not in SUCCEEDED, **common)


def _failed_words(failed: int) -> str:
    if not failed:
        return ""
    return f"{failed:,} {'text' if failed == 1 else 'texts'} could not be read; the article's page says why."


def _brought(attempt: FetchAttempt) -> tuple[int, ...]:
    """The articles that a poll made or revised; those that still wait for their page have no revision yet."""
    revised = Revision.objects.filter(attempt=attempt).values_list("article_id", flat=True)
    made = Article.objects.filter(source_id=attempt.source_id, first_seen_at=attempt.started_at)
    return tuple(sorted({*revised, *made.values_list("id", flat=True)}, reverse=True))


def titles(article_ids: tuple[int, ...]) -> list[tuple[int, str]]:
    """The newest titles of the first articles, with their ids."""
    shown = article_ids[:MOST_LINKS]
    found = Revision.objects.filter(article_id__in=shown).order_by("number").values_list("article_id", "title")
    named = dict(found)
    return [(pk, shorten(named.get(pk) or "Untitled", 120)) for pk in shown]


def claims(article_ids: tuple[int, ...]) -> list[tuple[int, str]]:
    """Candidates that wait for a decision and rest on these articles, with their quotes."""
    waiting = Candidate.objects.filter(
        state=CandidateState.PENDING, links__finding__revision__article_id__in=article_ids
    )
    rows = waiting.order_by("id").distinct().values_list("id", "finding__quote")
    return [(pk, shorten(quote, 120)) for pk, quote in rows[: MOST_LINKS + 1]]


def as_dict(found: Progress) -> dict[str, Any]:
    """For the page's script."""
    kept = asdict(found)
    del kept["article_ids"], kept["attempt_id"], kept["step"], kept["failed"]
    steps = [{"name": name, "state": _state_of(place, found)} for place, name in enumerate(STEPS)]
    if found.failed:
        steps[-1]["name"] = "Did not succeed"
    return {**kept, "steps": steps}


def _state_of(place: int, found: Progress) -> str:
    if found.failed:
        return "failed" if place == Step.DONE else ""
    if place < found.step or found.finished:
        return "past"
    return "now" if place == found.step else ""
