"""Fetches the records that a candidate may tell of, and puts both sides into the values that are compared.

However large the record, one candidate takes the same number of queries, and each brings back a bounded number of
rows: those of the same giver nearest in time, earlier ones of the same worth or goods, and those of the same story.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, TypeVar

from django.db.models import Exists, Model, OuterRef, Prefetch, Q, QuerySet

from extraction import contract
from ingestion.models import Article, Candidate
from pledges.models import Evidence as PledgeEvidence
from pledges.models import Item, Pledge, PledgeDonor, PledgeRecipient, RecordState
from reference.amounts import in_words
from reference.models import Party, PartyKind
from reference.rates import convert, quote
from review import proposals
from review.matching import aid, sanctioning
from review.matching.aid import compare_pledge
from review.matching.claims import Claim, Good, Likeness, Sum
from review.matching.sanctioning import compare_measure
from review.matching.things import key_words
from sanctions.models import Evidence as SanctionEvidence
from sanctions.models import Measure, MeasureImposer, MeasureTarget, MeasureType, Step

Row = TypeVar("Row", Pledge, Measure)
SUGGESTIONS = 5
BEFORE, AFTER, ELSEWHERE = 150, 50, 50  # records compared: up to the day, after it, and for each other reason
OF_STORY = 100  # articles
STANDING = (RecordState.DRAFT, RecordState.PUBLISHED)
OF_A_PARENT = (PartyKind.FUND, PartyKind.AGENCY)  # what these give, news says their state or union gives
WORTH_PERCENT = 10  # wider than what is taken for the same, so that nothing near is missed


@dataclass(frozen=True, slots=True)
class Match:
    """A record that a candidate may tell of."""

    record: Pledge | Measure
    likeness: Likeness
    stated: str


@dataclass(frozen=True, slots=True)
class Ground:
    """Where the candidate stands: its day, its articles and their story, and the newest articles of that story."""

    day: date | None
    seen_on: date
    articles: frozenset[int]
    stories: frozenset[int]
    of_story: frozenset[int]

    @property
    def about(self) -> date:
        """The day around which is looked."""
        return self.day or self.seen_on


def likely_records(candidate: Candidate) -> list[Match]:
    """The tracker's own records that a candidate may tell of, the likeliest first."""
    found = proposals.read_finding(candidate.finding)
    parties = proposals.parties_of([found])
    ground = _ground(candidate, found)
    if isinstance(found, contract.PledgeFinding):
        pledge_claim = claim_of_aid(found, ground, parties)
        pledges = _pledges(found, pledge_claim, ground, _kin(found.donors, parties))
        matches = _alike(pledges, lambda row: compare_pledge(pledge_claim, pledge_as_claim(row)), stated_words)
    else:
        measure_claim = claim_of_sanctions(found, ground, parties)
        measures = _measures(found, measure_claim, ground, _kin(found.imposers, parties))
        matches = _alike(measures, lambda row: compare_measure(measure_claim, measure_as_claim(row)), _types_in_words)
    return best_first(matches)[:SUGGESTIONS]


def best_first(matches: Iterable[Match]) -> list[Match]:
    """The likely ones before the possible ones, then by points, then the newest record."""
    return sorted(matches, key=lambda one: (one.likeness.rank, -one.record.pk))


def _alike(rows: Iterable[Row], compare: Callable[[Row], Likeness | None], stated: Callable[[Row], str]) -> list[Match]:
    compared = [(row, compare(row)) for row in rows]
    return [Match(row, likeness, stated(row)) for row, likeness in compared if likeness is not None]


def _ground(candidate: Candidate, found: contract.Finding) -> Ground:
    grounds = proposals.grounds_of(candidate.finding)
    articles = set(candidate.links.values_list("finding__revision__article_id", flat=True).order_by().distinct())
    same_story = Article.objects.filter(story=candidate.story_id).order_by("-pk").values_list("pk", flat=True)
    return Ground(
        day=found.announced or grounds.published_on,
        seen_on=grounds.seen_on,
        articles=frozenset(articles | {candidate.finding.revision.article_id}),
        stories=frozenset({candidate.story_id}),
        of_story=frozenset(same_story[:OF_STORY]),
    )


# --- Rows that are compared -------------------------------------------------------------------------------------------
def _pledges(
    found: contract.PledgeFinding, claim: Claim, ground: Ground, donors: Sequence[int]
) -> QuerySet[Pledge, Pledge]:
    standing = Pledge.objects.filter(state__in=STANDING, dataset__key="tracker")
    given = standing.filter(_by_donor(found, donors))
    earlier = given.filter(announced_latest__range=_span(ground.about, -aid.STEP_DAYS, 0)).order_by("-announced_latest")
    ids = _around(given, "announced_latest", ground.about, aid.RELATED_DAYS)
    if claim.sum is not None:
        ids |= _ids(earlier.filter(_worth(claim.sum)))
    if words := sorted({word for good in claim.goods for word in key_words(good.name)})[:6]:
        named = [Q(name__icontains=word) for word in words]
        ids |= _ids(earlier.filter(Exists(_items().filter(_any(named)))))
    ids |= _told_in(PledgeEvidence, "pledge", ground)
    return Pledge.objects.filter(pk__in=ids).prefetch_related(
        Prefetch("donors", queryset=PledgeDonor.objects.select_related("party__parent")),
        Prefetch("recipients", queryset=PledgeRecipient.objects.select_related("party")),
        Prefetch("evidence", queryset=_places(PledgeEvidence, "pledge")),
        "items",
        "moves",
    )


def _measures(
    found: contract.SanctionFinding, claim: Claim, ground: Ground, imposers: Sequence[int]
) -> QuerySet[Measure, Measure]:
    standing = Measure.objects.filter(state__in=STANDING, dataset__key="tracker")
    imposed = standing.filter(_by_imposer(found, imposers))
    ids = _around(imposed, "first_step_on", ground.about, sanctioning.STEP_DAYS)
    same_types = MeasureType.objects.filter(measure=OuterRef("pk"), type__in=claim.kinds)
    aimed = MeasureTarget.objects.filter(measure=OuterRef("pk"), party__code__in=found.targets)
    old = imposed.filter(Exists(aimed), first_step_on__lte=ground.about).order_by("-first_step_on", "-pk")
    ids |= _ids(old.filter(Exists(same_types)))
    ids |= _told_in(SanctionEvidence, "measure", ground)
    return (
        Measure.objects.filter(pk__in=ids)
        .select_related("round")
        .prefetch_related(
            Prefetch("imposers", queryset=MeasureImposer.objects.select_related("party__parent")),
            Prefetch("targets", queryset=MeasureTarget.objects.select_related("party")),
            Prefetch("evidence", queryset=_places(SanctionEvidence, "measure")),
            Prefetch("steps", queryset=Step.objects.only("measure", "adopted_on")),
            "types",
        )
    )


def _around(rows: QuerySet[Any], field: str, day: date, days: int) -> set[int]:
    """Ids of the rows nearest to a day on both sides, and of undated ones."""
    before = rows.filter(**{f"{field}__range": _span(day, -days, 0)}).order_by(f"-{field}", "-pk")
    after = rows.filter(**{f"{field}__range": _span(day, 1, days)}).order_by(field, "pk")
    undated = rows.filter(**{f"{field}__isnull": True}).order_by("-pk")
    return _ids(before, BEFORE) | _ids(after, AFTER) | _ids(undated)


def _ids(rows: QuerySet[Any], limit: int = ELSEWHERE) -> set[int]:
    return set(rows.values_list("pk", flat=True)[:limit])


def _span(day: date, first: int, last: int) -> tuple[date, date]:
    return day + timedelta(days=first), day + timedelta(days=last)


def _by_donor(found: contract.PledgeFinding, donors: Sequence[int]) -> Q:
    if donors or not found.donors_as_written:
        return Q(Exists(PledgeDonor.objects.filter(pledge=OuterRef("pk"), party__in=donors)))
    return Q(donors_as_written__iexact=found.donors_as_written)


def _by_imposer(found: contract.SanctionFinding, imposers: Sequence[int]) -> Q:
    if imposers or not found.imposers_as_written:
        return Q(Exists(MeasureImposer.objects.filter(measure=OuterRef("pk"), party__in=imposers)))
    return Q(imposers_as_written__iexact=found.imposers_as_written)


def _worth(one: Sum) -> Q:
    stated = Q(stated=one.amount, currency=one.currency)
    if one.cents is None:
        return stated
    margin = one.cents * WORTH_PERCENT // 100
    return stated | Q(eur_central__range=(one.cents - margin, one.cents + margin))


def _items() -> QuerySet[Item, Item]:
    return Item.objects.filter(pledge=OuterRef("pk"))


def _any(conditions: Iterable[Q]) -> Q:
    together = Q()
    for one in conditions:
        together |= one
    return together


def _told_in(model: type[Model], owner: str, ground: Ground) -> set[int]:
    """Ids of the records that the same articles tell of: by way of the evidence, which is found by its revision."""
    rows = model._default_manager.filter(revision__article__in=ground.articles | ground.of_story)
    standing = rows.filter(**{f"{owner}__state__in": STANDING, f"{owner}__dataset__key": "tracker"})
    return set(standing.order_by(f"-{owner}").values_list(owner, flat=True).distinct()[:ELSEWHERE])


def _places(model: type[Model], owner: str) -> QuerySet[Any]:
    """Evidence with the article that it stands in, without the article's text."""
    rows = model._default_manager.select_related("revision__article")
    return rows.only(owner, "quote", "revision__article__story_id")


# --- Both sides as values ---------------------------------------------------------------------------------------------
def claim_of_aid(found: contract.PledgeFinding, ground: Ground, parties: dict[str, Party]) -> Claim:
    """A finding of aid as it is compared."""
    amount = found.amount
    raised = amount.raised_from if amount is not None else None
    return Claim(
        givers=_named(found.donors, found.donors_as_written, parties),
        takers=_named(found.recipients, found.recipients_as_written, parties),
        kinds=frozenset({found.type}),
        sum=_claimed_sum(amount, ground.about),
        raised_from=_sum(raised, amount.currency, ground.about) if amount is not None and raised is not None else None,
        goods=tuple(Good(one.name, one.quantity, one.quantity_max, one.category) for one in found.goods),
        finance=found.finance_type,
        stage=found.stage,
        days=(ground.day, ground.about),
        texts=(found.quote,),
        articles=ground.articles,
        stories=ground.stories,
    )


def claim_of_sanctions(found: contract.SanctionFinding, ground: Ground, parties: dict[str, Party]) -> Claim:
    """A finding of sanctions as it is compared."""
    return Claim(
        givers=_named(found.imposers, found.imposers_as_written, parties),
        takers=_named(found.targets, found.targets_as_written, parties),
        kinds=frozenset(found.measures),
        stage=found.action,
        days=(ground.day, ground.about),
        texts=(found.quote,),
        articles=ground.articles,
        stories=ground.stories,
    )


def pledge_as_claim(pledge: Pledge) -> Claim:
    """A pledge as it is compared; donors, recipients, evidence, items and moves are fetched beforehand."""
    evidence = list(pledge.evidence.all())
    places = [one.revision for one in evidence if one.revision is not None]
    other = None
    if pledge.stated_other is not None:
        other = Sum(_money(pledge.stated_other, pledge.currency_other), pledge.stated_other, pledge.currency_other)
    return Claim(
        givers=frozenset(_giver(row.party) for row in pledge.donors.all()) or _written(pledge.donors_as_written),
        takers=frozenset(row.party.name for row in pledge.recipients.all()) or _written(pledge.recipients_as_written),
        kinds=frozenset({pledge.type}),
        sum=_stated(pledge),
        other_sum=other,
        goods=tuple(Good(one.name, one.quantity, one.quantity_to, one.category) for one in pledge.items.all()),
        finance=pledge.finance_type,
        stage=pledge.stage,
        days=(pledge.announced_earliest, pledge.announced_latest),
        steps=tuple(move.day for move in pledge.moves.all() if move.day is not None),
        texts=(pledge.title, *(one.quote for one in evidence)),
        articles=frozenset(place.article_id for place in places),
        stories=frozenset(place.article.story_id for place in places),
    )


def measure_as_claim(measure: Measure) -> Claim:
    """A measure as it is compared; what belongs to it is fetched beforehand."""
    evidence = list(measure.evidence.all())
    places = [one.revision for one in evidence if one.revision is not None]
    named = (measure.round.name,) if measure.round is not None else ()
    return Claim(
        givers=frozenset(_giver(row.party) for row in measure.imposers.all()) or _written(measure.imposers_as_written),
        takers=frozenset(row.party.name for row in measure.targets.all()) or _written(measure.targets_as_written),
        kinds=frozenset(row.type for row in measure.types.all()),
        stage=measure.last_action,
        days=(measure.first_step_on, measure.first_step_on),
        steps=tuple(step.adopted_on for step in measure.steps.all() if step.adopted_on is not None),
        texts=(measure.title, *named, *(one.quote for one in evidence)),
        articles=frozenset(place.article_id for place in places),
        stories=frozenset(place.article.story_id for place in places),
    )


def _kin(codes: Sequence[str], parties: dict[str, Party]) -> list[int]:
    """The parties named, what they are a fund or an agency of, and their own funds and agencies."""
    named = [parties[code] for code in codes if code in parties]
    ids = {one.pk for one in named}
    parents = {one.parent_id for one in named if one.parent_id is not None and one.kind in OF_A_PARENT}
    own = Party.objects.filter(parent__in=ids | parents, kind__in=OF_A_PARENT)
    return sorted(ids | parents | set(own.values_list("pk", flat=True))) if ids else []


def _giver(party: Party) -> str:
    """The name under which what it gives is compared: a fund's is its union's."""
    parent = party.parent if party.kind in OF_A_PARENT else None
    return parent.name if parent is not None else party.name


def _named(codes: Sequence[str], as_written: str, parties: dict[str, Party]) -> frozenset[str]:
    return frozenset(_giver(parties[code]) if code in parties else code for code in codes) or _written(as_written)


def _written(words: str) -> frozenset[str]:
    return frozenset({words.casefold()}) if words else frozenset()


def _claimed_sum(amount: contract.Amount | None, day: date) -> Sum | None:
    """The claimed sum; one for each month or year is no total."""
    if amount is None or amount.per != "total" or amount.value <= 0:
        return None
    plain = _sum(amount.value, amount.currency, day)
    return Sum(
        proposals.amount_words(amount), plain.amount, plain.currency, plain.cents, amount.qualifier, amount.value_max
    )


def _sum(value: Decimal, currency: str, day: date) -> Sum:
    mine, euro = quote(currency, day), quote("EUR", day)
    cents = convert(value, mine, euro) if mine is not None and euro is not None else None
    return Sum(_money(value, currency), value, currency, cents)


def _stated(pledge: Pledge) -> Sum | None:
    """The stated sum with the worth that was frozen; deductions take nothing off what was said."""
    if pledge.stated is None:
        return None
    cents = None
    if pledge.currency == "EUR":
        cents = int(pledge.stated * 100)
    elif pledge.rate_per_euro is not None:
        cents = int(pledge.stated * 100 / pledge.rate_per_euro)
    return Sum(stated_words(pledge), pledge.stated, pledge.currency, cents, pledge.qualifier, pledge.stated_to)


def stated_words(pledge: Pledge) -> str:
    """The stated amount of a pledge: EUR 110 million; empty without one."""
    return _money(pledge.stated, pledge.currency) if pledge.stated is not None else ""


def _money(amount: Decimal, currency: str) -> str:
    return f"{currency} {in_words(amount)}"


def _types_in_words(measure: Measure) -> str:
    return ", ".join(one.get_type_display() for one in measure.types.all())
