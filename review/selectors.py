"""Reads for the desk: what an article's text carries, what may be the same record, what waits next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, TypeVar

from django.db.models import Prefetch, Q, QuerySet

from extraction import contract
from ingestion.models import Article, Candidate, CandidateFinding, CandidateState, Finding, FindingKind
from pledges.models import Evidence as PledgeEvidence
from pledges.models import Pledge, PledgeDonor, PledgeRecipient, RecordState
from reference.amounts import in_words
from reference.models import Party
from reference.rates import convert, quote
from review import proposals
from review.matching import DAYS, Claim, Likeness, Sum, compare
from review.models import Decision
from sanctions.models import Evidence as SanctionEvidence
from sanctions.models import Measure, MeasureImposer, MeasureTarget

Row = TypeVar("Row", Pledge, Measure)
SUGGESTIONS = 5
LOOKED_AT = 200  # records that are compared; the nearest in time, of those with a party or an article in common


@dataclass(frozen=True, slots=True)
class Match:
    """A record that a candidate may tell of."""

    record: Pledge | Measure
    likeness: Likeness
    stated: str


@dataclass(frozen=True, slots=True)
class Told:
    """One finding of a text, and the candidate that it carries, if it carries one."""

    finding: Finding
    candidate: Candidate | None
    title: str


# --- An article -------------------------------------------------------------------------------------------------------
def told_in(finding: Finding) -> list[Told]:
    """What the reading that a finding belongs to found in the same text, in the order of places."""
    return _told(Finding.objects.filter(revision=finding.revision_id, extractor_version=finding.extractor_version))


def told_in_article(article: Article) -> list[Told]:
    """What the last reading of an article's newest revision found, in the order of places."""
    newest = Finding.objects.filter(revision__article=article).order_by("-revision__number", "-pk").first()
    return told_in(newest) if newest is not None else []


def _told(findings: QuerySet[Finding]) -> list[Told]:
    links = CandidateFinding.objects.select_related("candidate").order_by("pk")
    rows = list(findings.order_by("start", "position").prefetch_related(Prefetch("links", queryset=links)))
    read = [proposals.read_finding(row) for row in rows]
    parties = proposals.parties_of(read)
    return [Told(row, _living(row), proposals.title_of(found, parties)) for row, found in zip(rows, read, strict=True)]


def _living(finding: Finding) -> Candidate | None:
    candidates = [link.candidate for link in finding.links.all()]
    living = [one for one in candidates if one.state != CandidateState.SUPERSEDED]
    return next(iter(living or candidates), None)


def next_waiting(candidate: Candidate) -> Candidate | None:
    """The candidate to decide on after this one: the next of its article, else the oldest that waits."""
    waiting = [
        told
        for told in told_in(candidate.finding)
        if told.candidate is not None
        and told.candidate.state == CandidateState.PENDING
        and told.candidate.pk != candidate.pk
    ]
    after = [told for told in waiting if told.finding.start >= candidate.finding.start]
    if waiting:
        return (after or waiting)[0].candidate
    return waiting_candidates().exclude(pk=candidate.pk).first()


def waiting_candidates() -> QuerySet[Candidate]:
    """What waits for a decision, the newest article first, within it in the order of the text."""
    return Candidate.objects.filter(state=CandidateState.PENDING).order_by(
        "-finding__revision__fetched_at", "finding__revision_id", "finding__start", "pk"
    )


def decisions_on(candidate: Candidate) -> QuerySet[Decision]:
    """Every decision on a candidate, the newest first, with who took it and the record."""
    return candidate.decisions.select_related("by", "pledge", "measure", "reversed_by").order_by("-pk")


# --- Records that may be the same -------------------------------------------------------------------------------------
def likely_records(candidate: Candidate) -> list[Match]:
    """The tracker's own records that a candidate may tell of, the most alike first."""
    found = proposals.read_finding(candidate.finding)
    articles = frozenset(
        candidate.links.values_list("finding__revision__article_id", flat=True).order_by().distinct()
    ) | {candidate.finding.revision.article_id}
    parties = proposals.parties_of([found])
    if isinstance(found, contract.PledgeFinding):
        matches = _pledges_like(found, proposals.grounds_of(candidate.finding), parties, articles)
    else:
        matches = _measures_like(found, proposals.grounds_of(candidate.finding), parties, articles)
    return sorted(matches, key=lambda match: (-match.likeness.points, -match.record.pk))[:SUGGESTIONS]


def _pledges_like(
    found: contract.PledgeFinding, grounds: proposals.Grounds, parties: dict[str, Party], articles: frozenset[int]
) -> list[Match]:
    day = found.announced or grounds.published_on
    claim = Claim(
        givers=_names(found.donors, found.donors_as_written, parties),
        takers=_names(found.recipients, found.recipients_as_written, parties),
        kinds=frozenset({found.type}),
        sum=_sum(found.amount, day or grounds.seen_on),
        goods=frozenset(goods.name for goods in found.goods),
        days=(day, day or grounds.seen_on),
        articles=articles,
    )
    ids = [parties[code].pk for code in found.donors if code in parties]
    near = Q(donors__party__in=ids) & _about("announced_latest", day)
    if not ids and found.donors_as_written:
        near = Q(donors_as_written__iexact=found.donors_as_written) & _about("announced_latest", day)
    rows = (
        Pledge.objects.filter(near | Q(evidence__revision__article__in=articles))
        .filter(state__in=[RecordState.DRAFT, RecordState.PUBLISHED], dataset__key="tracker")
        .distinct()
        .order_by("-announced_latest", "-pk")
        .prefetch_related(
            Prefetch("donors", queryset=PledgeDonor.objects.select_related("party")),
            Prefetch("recipients", queryset=PledgeRecipient.objects.select_related("party")),
            Prefetch("evidence", queryset=_places(PledgeEvidence, "pledge")),
            "items",
        )[:LOOKED_AT]
    )
    return _alike(claim, [(row, _pledge_as_claim(row)) for row in rows], stated_words)


def _measures_like(
    found: contract.SanctionFinding, grounds: proposals.Grounds, parties: dict[str, Party], articles: frozenset[int]
) -> list[Match]:
    day = found.announced or grounds.published_on
    claim = Claim(
        givers=_names(found.imposers, found.imposers_as_written, parties),
        takers=_names(found.targets, found.targets_as_written, parties),
        kinds=frozenset(found.measures),
        days=(day, day or grounds.seen_on),
        articles=articles,
    )
    ids = [parties[code].pk for code in found.imposers if code in parties]
    near = Q(imposers__party__in=ids) & _about("first_step_on", day)
    if not ids and found.imposers_as_written:
        near = Q(imposers_as_written__iexact=found.imposers_as_written) & _about("first_step_on", day)
    rows = (
        Measure.objects.filter(near | Q(evidence__revision__article__in=articles))
        .filter(state__in=[RecordState.DRAFT, RecordState.PUBLISHED], dataset__key="tracker")
        .distinct()
        .order_by("-first_step_on", "-pk")
        .prefetch_related(
            Prefetch("imposers", queryset=MeasureImposer.objects.select_related("party")),
            Prefetch("targets", queryset=MeasureTarget.objects.select_related("party")),
            Prefetch("evidence", queryset=_places(SanctionEvidence, "measure")),
            "types",
        )[:LOOKED_AT]
    )
    return _alike(
        claim,
        [(row, _measure_as_claim(row)) for row in rows],
        lambda row: ", ".join(one.get_type_display() for one in row.types.all()),
        giver="imposer",
        taker="target",
    )


def _alike(
    claim: Claim,
    rows: Sequence[tuple[Row, Claim]],
    stated: Callable[[Row], str],
    *,
    giver: str = "donor",
    taker: str = "recipient",
) -> list[Match]:
    compared = [(row, compare(claim, record, giver=giver, taker=taker)) for row, record in rows]
    return [Match(row, likeness, stated(row)) for row, likeness in compared if likeness is not None]


def _places(model: type[PledgeEvidence] | type[SanctionEvidence], owner: str) -> QuerySet[Any]:
    """Evidence with the article that it stands in, without the article's text."""
    return model._default_manager.select_related("revision").only(owner, "revision__article_id")


def _about(field: str, day: date | None) -> Q:
    """Within the days that are compared, or undated."""
    if day is None:
        return Q()
    span = (day - timedelta(days=DAYS), day + timedelta(days=DAYS))
    return Q(**{f"{field}__range": span}) | Q(**{f"{field}__isnull": True})


def _names(codes: Sequence[str], as_written: str, parties: dict[str, Party]) -> frozenset[str]:
    names = frozenset(parties[code].name if code in parties else code for code in codes)
    return names or _written(as_written)


def _written(words: str) -> frozenset[str]:
    return frozenset({words.casefold()}) if words else frozenset()


def _pledge_as_claim(pledge: Pledge) -> Claim:
    return Claim(
        givers=frozenset(row.party.name for row in pledge.donors.all()) or _written(pledge.donors_as_written),
        takers=frozenset(row.party.name for row in pledge.recipients.all()) or _written(pledge.recipients_as_written),
        kinds=frozenset({pledge.type}),
        sum=_stated(pledge),
        goods=frozenset(item.name for item in pledge.items.all()),
        days=(pledge.announced_earliest, pledge.announced_latest),
        articles=frozenset(one.revision.article_id for one in pledge.evidence.all() if one.revision is not None),
    )


def _measure_as_claim(measure: Measure) -> Claim:
    return Claim(
        givers=frozenset(row.party.name for row in measure.imposers.all()) or _written(measure.imposers_as_written),
        takers=frozenset(row.party.name for row in measure.targets.all()) or _written(measure.targets_as_written),
        kinds=frozenset(row.type for row in measure.types.all()),
        days=(measure.first_step_on, measure.first_step_on),
        articles=frozenset(one.revision.article_id for one in measure.evidence.all() if one.revision is not None),
    )


def _plain(amount: Decimal) -> str:
    return f"{amount.normalize():f}"


def _sum(amount: contract.Amount | None, day: date) -> Sum | None:
    if amount is None or amount.per != "total":
        return None
    mine, euro = quote(amount.currency, day), quote("EUR", day)
    cents = convert(amount.value, mine, euro) if mine is not None and euro is not None else None
    return Sum(proposals.amount_words(amount), _plain(amount.value), amount.currency, cents)


def _stated(pledge: Pledge) -> Sum | None:
    if pledge.stated is None:
        return None
    return Sum(stated_words(pledge), _plain(pledge.stated), pledge.currency, pledge.eur_central)


def stated_words(pledge: Pledge) -> str:
    """The stated amount of a pledge: EUR 110 million; empty without one."""
    return f"{pledge.currency} {in_words(pledge.stated)}" if pledge.stated is not None else ""


def is_pledge(candidate: Candidate) -> bool:
    """Whether a candidate claims a pledge; otherwise it claims a sanction."""
    return candidate.kind == FindingKind.PLEDGE
