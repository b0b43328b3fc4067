"""What is read for the pages on which staff see how ingestion is doing. Nothing here writes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from ingestion.models import Article, Finding, Revision

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
