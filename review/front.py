"""What needs doing, for the front page of the admin: figures, each with the list that it leads to.

Everybody sees the blocks of what they may look at. The number of queries does not grow with the rows. Figures of
records are those of the tracker's own dataset, as those of imports are their sources' to mend.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.models import AnonymousUser, PermissionsMixin
from django.db.models import Count, Exists, Model, OuterRef, Q, QuerySet
from django.urls import reverse

from ingestion.admin.charts import Chart, chart
from ingestion.selectors import WEEK, Health, count_by_health, windows
from pledges.models import Evidence as PledgeEvidence
from pledges.models import Pledge, RecordState, Valuation
from reference.services import tracker_dataset
from review.backlog import AGES, backlog
from review.links import record_address
from sanctions.models import Evidence as MeasureEvidence
from sanctions.models import Measure

WEEKS = 12
NEWEST = 6
STANDING = (RecordState.DRAFT, RecordState.PUBLISHED)
TROUBLE = (Health.DOWN, Health.FAILING, Health.NOTICE)
CANDIDATES, PLEDGES, MEASURES = (
    "admin:review_deskcandidate_changelist",
    "admin:pledges_pledge_changelist",
    "admin:sanctions_measure_changelist",
)


@dataclass(frozen=True, slots=True)
class Figure:
    """How many there are of something, with the list of them; ``bar`` is a share of the largest in hundredths."""

    words: str
    count: int
    address: str
    bar: int = 0


@dataclass(frozen=True, slots=True)
class Published:
    """A record that was published of late."""

    title: str
    address: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Block:
    """One part of the page. ``done`` is what it says when there is nothing to do."""

    key: str
    heading: str
    figures: list[Figure] = field(default_factory=list)
    done: str = ""
    charts: list[tuple[str, Chart, str]] = field(default_factory=list)  # heading, weeks, the list of the last of them
    newest: list[Published] = field(default_factory=list)
    more: tuple[str, str] | None = None  # words and address

    @property
    def idle(self) -> bool:
        """Whether there is nothing to do."""
        return not any(one.count for one in self.figures)


def blocks(user: PermissionsMixin | AnonymousUser, *, now: datetime) -> list[Block]:
    """What this person may see of what needs doing."""
    found: list[Block] = []
    if user.has_perm("review.view_deskcandidate") or user.has_perm("review.add_decision"):
        found.append(_waiting(now))
    sees = [model for model in (Pledge, Measure) if user.has_perm(f"{model._meta.app_label}.view_{_name(model)}")]
    if sees:
        dataset = tracker_dataset().pk
        found.append(_to_mend(sees, dataset))
    if user.has_perm("ingestion.view_source"):
        found.append(_sources())
    if sees:
        found.append(_published(sees, dataset, now))
    return found


def _name(model: type[Model]) -> str:
    return str(model._meta.model_name)


def _address(name: str, **query: Any) -> str:
    return f"{reverse(name)}?{urlencode(query)}"


# --- candidates -------------------------------------------------------------------------------------------------------
def _waiting(now: datetime) -> Block:
    kinds = backlog(now=now)
    largest = max((count for kind in kinds for count in kind.by_age.values()), default=0)
    figures = [
        Figure(
            f"{kind.label}s, {AGES[age]}",
            count,
            _address(CANDIDATES, kind__exact=kind.kind, age=age),
            bar=round(100 * count / largest) if largest else 0,
        )
        for kind in kinds
        for age, count in kind.by_age.items()
    ]
    total = sum(kind.count for kind in kinds)
    more = ("Review what is worth most", _address(CANDIDATES, plain=1)) if total else None
    return Block("waiting", f"{total:,} waiting for a decision", figures, "Nothing waits for a decision.", more=more)


# --- records ----------------------------------------------------------------------------------------------------------
def _to_mend(sees: list[type[Pledge] | type[Measure]], dataset: int) -> Block:
    figures: list[Figure] = []
    if Pledge in sees:
        figures += _pledges_to_mend(dataset)
    if Measure in sees:
        figures += _measures_to_mend(dataset)
    largest = max(one.count for one in figures)
    shares = [Figure(one.words, one.count, one.address, round(100 * one.count / largest) if largest else 0)
              for one in figures]  # fmt: skip
    return Block("records", "Records to complete", shares, "Every record is published, valued and proved.")


def _pledges_to_mend(dataset: int) -> list[Figure]:
    of = {"dataset__id__exact": dataset}
    ours = Pledge.objects.filter(dataset=dataset)
    proved = Exists(PledgeEvidence.objects.filter(pledge=OuterRef("pk")))
    known = ours.aggregate(
        drafts=Count("pk", filter=Q(state=RecordState.DRAFT)),
        unvalued=Count("pk", filter=Q(state=RecordState.PUBLISHED, valuation=Valuation.NONE)),
        unconverted=Count(
            "pk", filter=Q(state=RecordState.PUBLISHED, eur_central__isnull=True) & ~Q(valuation=Valuation.NONE)
        ),
    )
    unproved = ours.filter(~proved, state__in=STANDING).count()
    published = {**of, "state__exact": RecordState.PUBLISHED.value}
    standing = {**of, "state__in": ",".join(STANDING)}
    return [
        Figure("Pledges to publish", known["drafts"], _address(PLEDGES, **of, state__exact=RecordState.DRAFT.value)),
        Figure(
            "Published pledges without a value", known["unvalued"], _address(PLEDGES, **published, value="unvalued")
        ),
        Figure(
            "Published pledges that lack a rate",
            known["unconverted"],
            _address(PLEDGES, **published, value="unconverted"),
        ),
        Figure("Pledges without evidence", unproved, _address(PLEDGES, **standing, evidence="no")),
    ]


def _measures_to_mend(dataset: int) -> list[Figure]:
    of = {"dataset__id__exact": dataset}
    ours = Measure.objects.filter(dataset=dataset)
    proved = Exists(MeasureEvidence.objects.filter(measure=OuterRef("pk")))
    return [
        Figure(
            "Sanctions measures to publish",
            ours.filter(state=RecordState.DRAFT).count(),
            _address(MEASURES, **of, state__exact=RecordState.DRAFT.value),
        ),
        Figure(
            "Sanctions measures without evidence",
            ours.filter(~proved, state__in=STANDING).count(),
            _address(MEASURES, **of, state__in=",".join(STANDING), evidence="no"),
        ),
    ]


# --- sources ----------------------------------------------------------------------------------------------------------
def _sources() -> Block:
    counts = count_by_health()
    page = "admin:ingestion_source_health"
    largest = max(counts[one.value] for one in TROUBLE)
    figures = [
        Figure(
            str(one.label),
            counts[one.value],
            _address(page, state=one.value),
            round(100 * counts[one.value] / largest) if largest else 0,
        )
        for one in TROUBLE
    ]
    everything = sum(counts.values())
    done = f"None of {everything:,} sources is in trouble." if everything else "There are no sources yet."
    return Block("sources", "Sources in trouble", figures, done, more=("How each source is doing", reverse(page)))


# --- what was published -----------------------------------------------------------------------------------------------
def _published(sees: list[type[Pledge] | type[Measure]], dataset: int, now: datetime) -> Block:
    begin = now - WEEK
    charts, newest = [], []
    total = 0
    for model in sees:
        rows = model._default_manager.filter(dataset=dataset, state=RecordState.PUBLISHED)
        weeks = _by_week(rows, now)
        total += weeks[-1]
        what = str(model._meta.verbose_name_plural).capitalize()
        name = PLEDGES if model is Pledge else MEASURES
        query = {"dataset__id__exact": dataset, "state__exact": RecordState.PUBLISHED.value}
        address = _address(name, **query, published_at__gte=begin.isoformat())
        charts.append((what, chart(f"{what} published", weeks), address))
        newest += [Published(str(one), record_address(one), one.published_at)
                   for one in rows.filter(published_at__gte=begin).order_by("-published_at")[:NEWEST]
                   if one.published_at is not None]  # fmt: skip
    newest.sort(key=lambda one: one.at, reverse=True)
    return Block("published", f"{total:,} published this week", charts=charts, newest=newest[:NEWEST])


def _by_week(rows: QuerySet[Any], now: datetime) -> list[int]:
    """How many were published in each of the last weeks, the oldest first; the last one ends now."""
    spans = windows(now, WEEK, WEEKS)
    counts = rows.filter(published_at__gte=spans[0][0]).aggregate(
        **{
            f"week_{place}": Count("pk", filter=Q(published_at__gte=begin, published_at__lt=end))
            for place, (begin, end) in enumerate(spans)
        }
    )
    return [counts[f"week_{place}"] for place in range(WEEKS)]
