"""What is read for the pages on which staff see how ingestion is doing. Nothing here writes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, Value, When

from ingestion.models import Article, Finding, HostSlot, Notice, Revision, Source, SourceKind, SourceState

WEEK = timedelta(days=7)
Counts = dict[int, list[int]]


def windows(now: datetime, length: timedelta, number: int) -> list[tuple[datetime, datetime]]:
    """The last spans of time of a length, the oldest first; the last one ends now."""
    return [(now - length * (back + 1), now - length * back) for back in reversed(range(number))]


def articles_in(source_ids: Iterable[int], spans: Sequence[tuple[datetime, datetime]]) -> Counts:
    """How many new articles each source brought in each span, in one query."""
    rows = Article.objects.filter(
        source_id__in=source_ids, first_seen_at__gt=spans[0][0], first_seen_at__lte=spans[-1][1]
    )
    return _counted(rows, "source_id", "first_seen_at", spans, source_ids)


def findings_in(source_ids: Iterable[int], spans: Sequence[tuple[datetime, datetime]]) -> Counts:
    """How many findings the articles that each source brought in each span hold, in one query.

    What counts is each article's newest text as it was read last, so that neither a new reader nor a corrected text
    looks like news.
    """
    newer = Revision.objects.filter(
        article_id=OuterRef("revision__article_id"), number__gt=OuterRef("revision__number")
    )
    rows = Finding.objects.filter(
        ~Exists(newer),
        revision__article__source_id__in=source_ids,
        revision__article__first_seen_at__gt=spans[0][0],
        revision__article__first_seen_at__lte=spans[-1][1],
        extractor_version=F("revision__extractor_version"),
    )
    return _counted(rows, "revision__article__source_id", "revision__article__first_seen_at", spans, source_ids)


def _counted(
    rows: QuerySet[Any], source: str, moment: str, spans: Sequence[tuple[datetime, datetime]], source_ids: Iterable[int]
) -> Counts:
    names = [f"in_{place}" for place in range(len(spans))]
    sums = {
        name: Count("pk", filter=Q(**{f"{moment}__gt": begin, f"{moment}__lte": end}))
        for name, (begin, end) in zip(names, spans, strict=True)
    }
    counts: Counts = {source_id: [0] * len(spans) for source_id in source_ids}
    for row in rows.order_by().values(source).annotate(**sums):
        counts[row[source]] = [row[name] for name in names]
    return counts


class Health(models.TextChoices):
    """How a source is doing, in one word; the order is that of the page, trouble first."""

    DOWN = "down", "Paused after failures"
    NOTICE = "notice", "Needs a look"
    FAILING = "failing", "Failing"
    NEW = "new", "Not read yet"
    WELL = "well", "Well"
    PAUSED = "paused", "Paused by staff"


def polled_sources() -> QuerySet[Any]:
    """The sources that are polled, each with its ``health``, and sorted by it: trouble first."""
    standing = Notice.objects.filter(source_id=OuterRef("pk"), over_at__isnull=True, put_away_by__isnull=True)
    health = Case(
        When(state=SourceState.FAILING, then=Value(Health.DOWN.value)),
        When(state=SourceState.PAUSED, then=Value(Health.PAUSED.value)),
        When(Exists(standing), then=Value(Health.NOTICE.value)),
        When(failures__gt=0, then=Value(Health.FAILING.value)),
        When(last_success_at__isnull=True, then=Value(Health.NEW.value)),
        default=Value(Health.WELL.value),
    )
    rank = Case(*(When(health=one.value, then=Value(place)) for place, one in enumerate(Health)))
    return Source.objects.exclude(kind=SourceKind.SINGLE).annotate(health=health, rank=rank).order_by("rank", "name")


def count_by_health() -> dict[str, int]:
    """How many sources are doing how, in one query; a health without sources is there with 0."""
    rows = polled_sources().order_by().values_list("health").annotate(number=Count("pk"))
    return {one.value: 0 for one in Health} | dict(rows)


def standing_notices(source_ids: Iterable[int]) -> dict[int, list[Notice]]:
    """The notices that stand for these sources, the newest first."""
    found: dict[int, list[Notice]] = {}
    rows = Notice.objects.filter(source_id__in=source_ids, over_at__isnull=True, put_away_by__isnull=True)
    for notice in rows:
        found.setdefault(notice.source_id or 0, []).append(notice)
    return found


def hosts_asking_to_wait(now: datetime, most: int = 20) -> list[HostSlot]:
    """Hosts that asked us to come back later, those with the longest wait first."""
    resting = HostSlot.objects.filter(not_before__gt=now).exclude(asked_to_wait="")
    return list(resting.order_by("-not_before", "host")[:most])
