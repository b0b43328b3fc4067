"""Looks whether sources bring what is expected of them, and whether work waits too long; tells staff if not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from history.models import Version
from ingestion.models import Notice, NoticeKind, Source, SourceKind, SourceState
from ingestion.selectors import articles_in, findings_in
from ingestion.services.notices import end_notice, raise_notice
from ingestion.services.waiting import TOO_LONG, work_waiting
from ingestion.wording import age

WEEK = timedelta(days=7)
MONTH = timedelta(days=30)
LONG_WITHOUT_SUCCESS = timedelta(hours=24)
WATCHED = (NoticeKind.TOO_LITTLE, NoticeKind.TOO_MUCH, NoticeKind.IN_TROUBLE)
ADVICE_LITTLE = (
    "Open its address and see whether it still carries news. If it has only become quieter, lower what is expected."
)
ADVICE_MUCH = (
    "Look through its newest articles: the feed may have been changed or be full of something else. If it has only "
    "become busier, raise what is expected."
)


@dataclass(frozen=True, slots=True)
class Expectation:
    """What a source brought in a span, and what is expected of it."""

    what: str
    span: str
    brought: int
    least: int | None
    most: int | None
    watched_throughout: bool = True  # too little can only be said of a span through which it was polled

    @property
    def too_little(self) -> bool:
        """Whether it brought less than expected."""
        return self.least is not None and self.watched_throughout and self.brought < self.least

    @property
    def too_much(self) -> bool:
        """Whether it brought more than expected."""
        return self.most is not None and self.brought > self.most


def check_bounds(*, now: datetime) -> None:
    """Raise and end the notices on too little, too much, long trouble and stuck work. Harmless when run twice."""
    _check_sources(now)
    words = stuck_words(now)
    if words:
        raise_notice(NoticeKind.STUCK, words=words, now=now)
    else:
        end_notice(NoticeKind.STUCK, now=now)


def _check_sources(now: datetime) -> None:
    sources = list(Source.objects.exclude(kind=SourceKind.SINGLE).filter(state=SourceState.ACTIVE))
    wanted: dict[tuple[str, int], str] = {
        (NoticeKind.IN_TROUBLE, source.pk): trouble for source in sources if (trouble := trouble_words(source, now))
    }
    for source_id, expected in expectations(sources, now).items():
        if little := _little_words(expected):
            wanted[NoticeKind.TOO_LITTLE, source_id] = little
        if much := _much_words(expected):
            wanted[NoticeKind.TOO_MUCH, source_id] = much
    for (kind, source_id), words in wanted.items():
        raise_notice(NoticeKind(kind), source_id=source_id, words=words, now=now)
    watched = Notice.objects.filter(kind__in=WATCHED, over_at__isnull=True, source__isnull=False)
    for kind, about in watched.values_list("kind", "source_id"):
        if (kind, about) not in wanted:
            end_notice(NoticeKind(kind), source_id=about, now=now)
    paused = Notice.objects.filter(kind=NoticeKind.PAUSED, over_at__isnull=True)
    for about in paused.exclude(source__state=SourceState.FAILING).values_list("source_id", flat=True):
        end_notice(NoticeKind.PAUSED, source_id=about, now=now)  # staff have resumed it, or paused it themselves


def expectations(sources: list[Source], now: datetime) -> dict[int, list[Expectation]]:
    """What the sources of which something is expected brought in the last seven and thirty days."""
    weekly = [one for one in sources if one.articles_week_least is not None or one.articles_week_most is not None]
    monthly = [one for one in sources if one.findings_month_least is not None or one.findings_month_most is not None]
    articles = articles_in([one.pk for one in weekly], [(now - WEEK, now)])
    findings = findings_in([one.pk for one in monthly], [(now - MONTH, now)])
    idle = _last_idle([one.pk for one in {*weekly, *monthly}], now)
    found: dict[int, list[Expectation]] = {}
    for one in weekly:
        throughout = max(one.created_at, idle.get(one.pk, one.created_at)) <= now - WEEK
        expected = Expectation(
            *("new articles", "seven days", articles[one.pk][0]),
            *(one.articles_week_least, one.articles_week_most, throughout),
        )
        found.setdefault(one.pk, []).append(expected)
    for one in monthly:
        throughout = max(one.created_at, idle.get(one.pk, one.created_at)) <= now - MONTH
        expected = Expectation(
            *("findings", "thirty days", findings[one.pk][0]),
            *(one.findings_month_least, one.findings_month_most, throughout),
        )
        found.setdefault(one.pk, []).append(expected)
    return found


def _last_idle(source_ids: list[int], now: datetime) -> dict[int, datetime]:
    """Until when sources were last paused, of those that were within the last thirty days."""
    paused = Version.objects.filter(kind="source", object_id__in=source_ids, until__at__gt=now - MONTH)
    ended = paused.exclude(state__state=SourceState.ACTIVE).order_by("until__at").values_list("object_id", "until__at")
    return dict(ended)


def _little_words(expected: list[Expectation]) -> str:
    told = [f"{_brought(one)} At least {one.least:,} are expected." for one in expected if one.too_little]
    return " ".join([*told, ADVICE_LITTLE]) if told else ""


def _much_words(expected: list[Expectation]) -> str:
    told = [f"{_brought(one)} At most {one.most:,} are expected." for one in expected if one.too_much]
    return " ".join([*told, ADVICE_MUCH]) if told else ""


def _brought(one: Expectation) -> str:
    return f"It brought {one.brought:,} {one.what} in the last {one.span}."


def trouble_words(source: Source, now: datetime) -> str:
    """What to tell if an active source is tried and has had no success for a day, or twice its pace if that is longer.

    A source that is merely not looked at, because no worker runs, is not in trouble itself.
    """
    pace = timedelta(seconds=source.poll_interval or source.poll_floor)
    since = source.last_success_at or source.created_at
    tried = source.failures > 0 or (source.next_poll_at is not None and source.next_poll_at > now)
    if not tried or now - since < max(LONG_WITHOUT_SUCCESS, 2 * pace):
        return ""
    never = "" if source.last_success_at else " It has never succeeded."
    last = f" The last failure: {source.last_error}" if source.last_error else ""
    return (
        f"It has not been read with success for {age(since, now)}.{never}{last} "
        "Open its address in a browser; correct the address on its page if it has changed, or pause the source."
    )


def stuck_words(now: datetime) -> str:
    """What to tell if work waits too long, with figures; empty if none does."""
    late = [
        one.words(now) for one in work_waiting(now) if one.oldest is not None and one.oldest <= now - TOO_LONG[one.what]
    ]
    if not late:
        return ""
    return " ".join([*late, "See on Source health whether workers run for every queue; if they do, add workers."])
