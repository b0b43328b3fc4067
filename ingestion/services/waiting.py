"""How much work waits, as the rows say it: whatever a queue holds or has lost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case, Count, F, Min, Q, QuerySet, When

from ingestion.models import Article, Source, SourceKind, SourceState
from ingestion.services.extracting import readable
from ingestion.wording import age

SOURCES, PAGES, TEXTS = "sources", "pages", "texts"
TOO_LONG = {
    SOURCES: timedelta(hours=2),
    PAGES: timedelta(hours=6),  # a host is asked for one page after the other, so many pages take long
    TEXTS: timedelta(hours=2),
}
WORDS = {
    SOURCES: ("source waits to be polled", "sources wait to be polled", "No source waits to be polled."),
    PAGES: ("page waits to be fetched", "pages wait to be fetched", "No page waits to be fetched."),
    TEXTS: ("text waits to be read", "texts wait to be read", "No text waits to be read."),
}


@dataclass(frozen=True, slots=True)
class Waiting:
    """Work of one sort that a worker could do now, and since when the oldest of it has waited."""

    what: str
    number: int
    oldest: datetime | None

    def words(self, now: datetime) -> str:
        """A sentence."""
        one, many, none = WORDS[self.what]
        if not self.number:
            return none
        since = f", the oldest for {age(self.oldest, now)}" if self.oldest is not None else ""
        return f"{self.number:,} {one if self.number == 1 else many}{since}."


def work_waiting(now: datetime) -> list[Waiting]:
    """What waits of each sort, in three queries."""
    return [
        _waiting(SOURCES, _sources(now), "since"),
        _waiting(PAGES, Article.objects.filter(page_due_at__lte=now), "page_due_at"),
        _waiting(TEXTS, readable(now), "fetched_at"),
    ]


def _sources(now: datetime) -> QuerySet[Any]:
    """Sources that are due, with since when. One that is due at once has no such moment, unless it is new."""
    polled = Source.objects.filter(~Q(kind=SourceKind.SINGLE), state=SourceState.ACTIVE)
    due = polled.filter(
        Q(next_poll_at__isnull=True) | Q(next_poll_at__lte=now),
        Q(claimed_until__isnull=True) | Q(claimed_until__lte=now),
    )
    never_read = When(last_success_at__isnull=True, last_error_at__isnull=True, then=F("created_at"))
    return due.annotate(since=Case(When(next_poll_at__isnull=False, then=F("next_poll_at")), never_read))


def _waiting(what: str, rows: QuerySet[Any], since: str) -> Waiting:
    found = rows.order_by().aggregate(number=Count("pk"), oldest=Min(since))
    return Waiting(what, found["number"], found["oldest"])
