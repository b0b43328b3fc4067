"""The page *Source health*: how each source is doing, and above it what runs and what waits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.db.models import Q
from django.http import HttpRequest

from ingestion import machinery
from ingestion.addresses import shorten
from ingestion.admin.charts import Chart, chart
from ingestion.models import Notice, Source, SourceState
from ingestion.selectors import (
    WEEK,
    Health,
    articles_in,
    count_by_health,
    findings_in,
    hosts_asking_to_wait,
    polled_sources,
    standing_notices,
    windows,
)
from ingestion.services.bounds import Expectation, expectations
from ingestion.services.notices import standing
from ingestion.services.waiting import TOO_LONG, work_waiting
from ingestion.wording import age, every

ROWS = 25
WEEKS = 12
ERROR_SHOWN = 300


@dataclass(frozen=True, slots=True)
class Row:
    """One source as the page shows it."""

    source: Source
    health: str  # its code
    state: str
    success: str
    error: str
    next_poll: str
    pace: str
    articles: Chart
    findings: Chart
    notices: list[Notice]
    expected: list[tuple[str, bool]]  # words, and whether it holds


def context(request: HttpRequest, *, now: datetime) -> dict[str, Any]:
    """What the page's template shows. Unknown filters and pages fall back to all and to the nearest."""
    chosen = request.GET.get("state", "")
    chosen = chosen if chosen in Health.values else ""
    search = request.GET.get("q", "").strip()[:100]
    page = _page(chosen, search, request.GET.get("page"))
    counts = count_by_health()
    kept = {name: value for name, value in (("state", chosen), ("q", search)) if value}
    return {
        "machinery": machinery.look(now=now),
        "waiting": [(one, _is_late(one.what, one.oldest, now), one.words(now)) for one in work_waiting(now)],
        "hosts": [(host, age(now, host.not_before) if host.not_before else "") for host in hosts_asking_to_wait(now)],
        "notices": list(standing().filter(source__isnull=True)),
        "choices": [("", "All", sum(counts.values())), *((one.value, one.label, counts[one.value]) for one in Health)],
        "chosen": chosen,
        "search": search,
        "query": urlencode(kept) + "&" if kept else "",
        "page": page,
        "pages": list(page.paginator.get_elided_page_range(page.number)),
        "rows": rows(list(page), now),
        "now": now,
        "weeks": WEEKS,
    }


def _page(chosen: str, search: str, number: str | None) -> Page[Any]:
    sources = polled_sources()
    if chosen:
        sources = sources.filter(health=chosen)
    if search:
        sources = sources.filter(Q(name__icontains=search) | Q(url__icontains=search) | Q(publisher__icontains=search))
    return Paginator(sources, ROWS).get_page(number)


def rows(sources: list[Source], now: datetime) -> list[Row]:
    """The sources' rows, in a fixed number of queries however many they are."""
    ids = [source.pk for source in sources]
    weeks = windows(now, WEEK, WEEKS)
    articles, findings = articles_in(ids, weeks), findings_in(ids, weeks)
    notices, expected = standing_notices(ids), expectations(sources, now)
    return [
        Row(
            source=source,
            health=str(getattr(source, "health", "")),
            state=_state(source, now),
            success=f"{age(source.last_success_at, now)} ago" if source.last_success_at else "Never",
            error=_error(source, now),
            next_poll=next_poll(source, now),
            pace=_pace(source),
            articles=chart("New articles", articles[source.pk]),
            findings=chart("Findings", findings[source.pk]),
            notices=notices.get(source.pk, []),
            expected=[(_expected(one), not (one.too_little or one.too_much)) for one in expected.get(source.pk, [])],
        )
        for source in sources
    ]


def _state(source: Source, now: datetime) -> str:
    if source.claimed_until is not None and source.claimed_until > now:
        return "Being fetched now"
    if source.state == SourceState.ACTIVE and source.failures:
        return "1 failure, tried again" if source.failures == 1 else f"{source.failures} failures in a row, tried again"
    if source.state == SourceState.ACTIVE:
        if getattr(source, "health", "") == Health.NOTICE:
            return Health.NOTICE.label
        return "Well" if source.last_success_at else "Not read yet"
    return SourceState(source.state).label


def _error(source: Source, now: datetime) -> str:
    """The last failure, as long as no success has followed it."""
    if source.last_error_at is None or (source.last_success_at and source.last_success_at > source.last_error_at):
        return ""
    return f"{age(source.last_error_at, now)} ago: {shorten(source.last_error, ERROR_SHOWN)}"


def next_poll(source: Source, now: datetime) -> str:
    """When a source is looked at again, in words."""
    if source.state != SourceState.ACTIVE:
        return "None"
    if source.next_poll_at is None or source.next_poll_at <= now:
        return "Due now"
    return f"In {age(now, source.next_poll_at)}"


def _pace(source: Source) -> str:
    if source.state != SourceState.ACTIVE:
        return ""
    if source.poll_interval is not None:
        return every(source.poll_interval)
    return f"at most {every(source.poll_floor)}"


def _expected(one: Expectation) -> str:
    """One expectation with how it is met: "3 of at least 5 new articles in seven days: too few"."""
    least = f"at least {one.least:,}" if one.least is not None else ""
    most = f"at most {one.most:,}" if one.most is not None else ""
    verdict = "as expected"
    if one.too_little:
        verdict = "too few"
    elif one.too_much:
        verdict = "too many"
    elif one.least is not None and one.brought < one.least:
        verdict = "not watched for long enough"
    bounds = " and ".join(filter(None, (least, most)))
    return f"{one.brought:,} {one.what} in {one.span}; {bounds} expected: {verdict}"


def _is_late(what: str, oldest: datetime | None, now: datetime) -> bool:
    return oldest is not None and oldest <= now - TOO_LONG[what]
