"""Reads what the public may see, with a fixed number of queries however many rows there are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Count, Exists, F, Model, OrderBy, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Collate

from ingestion.models import Article, Revision
from pledges.models import (
    Deduction,
    Evidence,
    Item,
    Move,
    Pledge,
    PledgeDonor,
    PledgeRecipient,
    RecordState,
    TotalLine,
)
from reference.models import Membership, Party, Rate
from sanctions.models import (
    Designation,
    LegalAct,
    Measure,
    MeasureImposer,
    MeasureTarget,
    Programme,
    Step,
    TargetIdentifier,
    TargetName,
)
from sanctions.models import Evidence as MeasureEvidence

Row = TypeVar("Row", bound=Model)


def newest_first(column: str) -> list[OrderBy | str]:
    """Newest first, undated last on every database, ties broken by the id."""
    return [F(column).desc(nulls_last=True), "-pk"]


def oldest_first(column: str) -> list[OrderBy | str]:
    """Oldest first, undated last on every database, ties broken by the id."""
    return [F(column).asc(nulls_last=True), "pk"]


def by_code(column: str = "code") -> Collate:
    """An order of codes by their characters, the same on every database."""
    return Collate(F(column), "C" if connection.vendor == "postgresql" else "BINARY")


def published_pledges() -> QuerySet[Pledge]:
    """Published pledges with what a list tells of each."""
    lines = TotalLine.objects.filter(until__isnull=True).only("pledge_id", "left_out")
    return (
        Pledge.objects.filter(state=RecordState.PUBLISHED)
        .defer("private_note")
        .select_related("dataset", "channel", "financed_from", "package", "supersedes")
        .prefetch_related(
            Prefetch("donors", PledgeDonor.objects.select_related("party")),
            Prefetch("recipients", PledgeRecipient.objects.select_related("party")),
            Prefetch("lines", lines),
        )
    )


def pledges_with(expand: Iterable[str]) -> QuerySet[Pledge]:
    """Published pledges with what a list tells of each, and what is expanded."""
    children: dict[str, Callable[[], Any]] = {
        "deductions": lambda: Prefetch("deductions", Deduction.objects.select_related("other")),
        "items": lambda: Prefetch("items", Item.objects.select_related("price")),
        "stages": lambda: Prefetch("moves", Move.objects.order_by(*oldest_first("day"))),
        "evidence": lambda: Prefetch("evidence", _with_revisions(Evidence.objects.all())),
    }
    return published_pledges().prefetch_related(*(children[name]() for name in expand))


def pledges_in_full() -> QuerySet[Pledge]:
    """Published pledges with everything that the public may see of each."""
    others = Pledge.objects.filter(state=RecordState.PUBLISHED).only("public_id", "title", "state")
    return (
        pledges_with(["deductions", "items", "stages", "evidence"])
        .select_related("adopted_from")
        .prefetch_related(
            Prefetch("parts", others.only("public_id", "title", "state", "package_id").order_by("pk")),
            Prefetch("successors", others.only("public_id", "title", "state", "supersedes_id").order_by("pk")),
        )
    )


def published_measures() -> QuerySet[Measure]:
    """Published measures with what a list tells of each."""
    return (
        Measure.objects.filter(state=RecordState.PUBLISHED)
        .defer("private_note")
        .select_related("dataset", "programme__dataset", "round")
        .prefetch_related(
            Prefetch("imposers", MeasureImposer.objects.select_related("party")),
            Prefetch("targets", MeasureTarget.objects.select_related("party")),
            "types",
        )
    )


def measures_with(expand: Iterable[str]) -> QuerySet[Measure]:
    """Published measures with what a list tells of each, and what is expanded."""
    children: dict[str, Callable[[], Any]] = {
        "stages": lambda: Prefetch("steps", Step.objects.select_related("act").order_by(*oldest_first("adopted_on"))),
        "evidence": lambda: Prefetch("evidence", _with_revisions(MeasureEvidence.objects.all())),
    }
    return published_measures().prefetch_related(*(children[name]() for name in expand))


def measures_in_full() -> QuerySet[Measure]:
    """Published measures with everything that the public may see of each."""
    return measures_with(["stages", "evidence"])


def public_programmes() -> QuerySet[Programme]:
    """Legal regimes of datasets that may be given out, in order of their keys."""
    return (
        Programme.objects.filter(dataset__redistributable=True)
        .select_related("dataset", "issuer")
        .prefetch_related("targets")
        .order_by(by_code("key"))
    )


def programmes_in_full() -> QuerySet[Programme]:
    """The same with their acts, and how many published measures and designations that may be given out they have."""
    shown = {"state": RecordState.PUBLISHED, "dataset__redistributable": True}
    return (
        public_programmes()
        .prefetch_related(Prefetch("legal_acts", LegalAct.objects.order_by(*oldest_first("adopted_on"))))
        .annotate(
            measures_count=_count_of(Measure.objects.filter(**shown)),
            designations_count=_count_of(Designation.objects.filter(**shown)),
        )
    )


def _count_of(rows: QuerySet[Row]) -> Coalesce:
    """How many of the rows belong to the programme of the outer query."""
    own = rows.filter(programme=OuterRef("pk")).order_by().values("programme").annotate(count=Count("pk"))
    return Coalesce(Subquery(own.values("count")), 0)


def published_designations() -> QuerySet[Designation]:
    """Published designations of datasets that may be given out, with what a list tells of each."""
    return (
        Designation.objects.filter(state=RecordState.PUBLISHED, dataset__redistributable=True)
        .select_related("dataset", "programme__dataset", "act", "listing_act", "target", "measure")
        .prefetch_related(Prefetch("target__countries", Party.objects.order_by(by_code())))
    )


def designations_in_full() -> QuerySet[Designation]:
    """Published designations with every name and number of their targets."""
    return published_designations().prefetch_related(
        Prefetch("target__names", TargetName.objects.order_by("pk")),
        Prefetch("target__identifiers", TargetIdentifier.objects.select_related("country").order_by("pk")),
    )


def _with_revisions(evidence: QuerySet[Row]) -> QuerySet[Row]:
    """With the revision's number and the article's address, and without any text."""
    return evidence.select_related("revision__article").defer("revision__text", "revision__title")


def parties() -> QuerySet[Party]:
    """All parties with their parents and memberships, in order of their codes."""
    groups = Membership.objects.select_related("group").order_by(by_code("group__code"), "since", "pk")
    return Party.objects.select_related("parent").prefetch_related(Prefetch("groups", groups)).order_by(by_code())


def valid_rates() -> QuerySet[Rate]:
    """The rate of each currency and day that holds: of several the one recorded last. Newest first."""
    later = Rate.objects.filter(currency=OuterRef("currency"), day=OuterRef("day"), pk__gt=OuterRef("pk"))
    return Rate.objects.filter(~Exists(later)).order_by("-day", "currency")


def quoted_revisions() -> QuerySet[Revision]:
    """The revisions that evidence of a published record quotes, in datasets that may be given out."""
    pledged = Evidence.objects.filter(
        revision__isnull=False, pledge__state=RecordState.PUBLISHED, pledge__dataset__redistributable=True
    )
    sanctioned = MeasureEvidence.objects.filter(
        revision__isnull=False, measure__state=RecordState.PUBLISHED, measure__dataset__redistributable=True
    )
    return Revision.objects.filter(Q(pk__in=pledged.values("revision_id")) | Q(pk__in=sanctioned.values("revision_id")))


def public_articles() -> QuerySet[Article]:
    """The articles that ground a published record, newest first. Each has ``quoted``: its quoted revisions, no text."""
    quoted = quoted_revisions().only("article_id", "number", "title", "language", "published_at").order_by("-number")
    return (
        Article.objects.filter(pk__in=quoted_revisions().values("article_id"))
        .select_related("source")
        .prefetch_related(Prefetch("revisions", quoted, to_attr="quoted"))
        .order_by("-first_seen_at", "-pk")
    )


def pledges_of(articles: Sequence[Article]) -> dict[int, list[str]]:
    """The public ids of the published pledges that rest on each article."""
    rows = Evidence.objects.filter(
        revision__article__in=[article.pk for article in articles],
        pledge__state=RecordState.PUBLISHED,
        pledge__dataset__redistributable=True,
    )
    return _ids(rows.order_by("pledge_id").values_list("revision__article_id", "pledge__public_id"))


def measures_of(articles: Sequence[Article]) -> dict[int, list[str]]:
    """The public ids of the published measures that rest on each article."""
    rows = MeasureEvidence.objects.filter(
        revision__article__in=[article.pk for article in articles],
        measure__state=RecordState.PUBLISHED,
        measure__dataset__redistributable=True,
    )
    return _ids(rows.order_by("measure_id").values_list("revision__article_id", "measure__public_id"))


def _ids(rows: Iterable[tuple[int | None, str]]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for article, public_id in rows:
        if article is not None and public_id not in found.setdefault(article, []):
            found[article].append(public_id)
    return found
