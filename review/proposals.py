"""What a candidate would be as a record: the draft that the review form is filled with.

Nothing is added to what was read. What the finding leaves open stays open: no type, no amount, no party is guessed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from extraction import contract
from extraction.jsonl import finding_from_dict
from ingestion.models import Candidate, Finding
from pledges.drafts import EvidenceDraft as PledgeEvidence
from pledges.drafts import ItemDraft, MoveDraft, PledgeDraft, ShareDraft
from pledges.models import AidType, ItemCategory
from reference.currencies import decimals, is_currency
from reference.models import Party
from sanctions.drafts import EvidenceDraft as SanctionEvidence
from sanctions.drafts import MeasureDraft, StepDraft
from sanctions.models import MeasureKind

# News speaks of actions; the record has steps with a status.
STEPS = {
    "proposed": ("impose", "proposed"),
    "announced": ("impose", "announced"),
    "imposed": ("impose", "adopted"),
    "extended": ("extend", "adopted"),
    "eased": ("ease", "adopted"),
    "lifted": ("lift", "adopted"),
}


@dataclass(frozen=True, slots=True)
class Grounds:
    """Where a finding stands: what evidence needs of its article."""

    url: str
    publisher: str
    official: bool
    published_on: date | None


def read_finding(finding: Finding) -> contract.Finding:
    """The finding as the extractor gave it."""
    return finding_from_dict(finding.payload)


def grounds_of(finding: Finding) -> Grounds:
    """The address, publisher and day of the article in which the finding stands."""
    revision = finding.revision
    source = revision.article.source
    published = revision.published_at or revision.fetched_at
    return Grounds(
        url=revision.article.canonical_url or "",
        publisher=source.publisher,
        official=source.official,
        published_on=published.date(),
    )


def pledge_of(candidate: Candidate) -> PledgeDraft:
    """The pledge that a candidate proposes."""
    found = read_finding(candidate.finding)
    if not isinstance(found, contract.PledgeFinding):
        raise TypeError(f"Candidate {candidate.pk} proposes no pledge.")
    grounds = grounds_of(candidate.finding)
    day = found.announced or grounds.published_on
    parties = _parties([*found.donors, *found.recipients, *([found.channel] if found.channel else [])])
    moves = _moves(found, day)
    return PledgeDraft(
        title=pledge_title(found, parties),
        donors=tuple(ShareDraft(parties[code].pk) for code in found.donors if code in parties),
        recipients=tuple(ShareDraft(parties[code].pk) for code in found.recipients if code in parties),
        donors_as_written="" if found.donors else found.donors_as_written[:300],
        recipients_as_written="" if found.recipients else found.recipients_as_written[:300],
        channel_id=parties[found.channel].pk if found.channel in parties else None,
        type=found.type,
        in_kind=found.in_kind,
        finance_type=found.finance_type,
        announced_earliest=day,
        announced_latest=day,
        announced_precision="day" if day else "unknown",
        period_from=found.amount.covers_from if found.amount else None,
        period_to=found.amount.covers_until if found.amount else None,
        package_id=_package_id(candidate),
        items=tuple(_item(goods) for goods in found.goods),
        moves=moves,
        evidence=(pledge_evidence(candidate.finding),),
        **_amount(found.amount),
    )


def pledge_evidence(finding: Finding) -> PledgeEvidence:
    """The evidence that a finding is for a pledge."""
    grounds = grounds_of(finding)
    return PledgeEvidence(
        url=grounds.url,
        quote=finding.quote,
        publisher=grounds.publisher,
        published_on=grounds.published_on,
        official=grounds.official,
        revision_id=finding.revision_id,
        start=finding.start,
        end=finding.end,
        finding_id=finding.pk,
    )


def measure_of(candidate: Candidate) -> MeasureDraft:
    """The measure that a candidate proposes."""
    found = read_finding(candidate.finding)
    if not isinstance(found, contract.SanctionFinding):
        raise TypeError(f"Candidate {candidate.pk} proposes no measure.")
    grounds = grounds_of(candidate.finding)
    parties = _parties([*found.imposers, *found.targets])
    return MeasureDraft(
        title=measure_title(found, parties),
        imposers=tuple(parties[code].pk for code in found.imposers if code in parties),
        targets=tuple(parties[code].pk for code in found.targets if code in parties),
        types=tuple(dict.fromkeys(found.measures)) or ("unspecified",),
        imposers_as_written="" if found.imposers else found.imposers_as_written[:300],
        targets_as_written="" if found.targets else found.targets_as_written[:300],
        target_kind=found.target_kind,
        steps=(step_of(found, grounds.published_on),),
        evidence=(sanction_evidence(candidate.finding),),
    )


def step_of(found: contract.SanctionFinding, published_on: date | None) -> StepDraft:
    """The step that a finding tells of, on the day that it names or else on that of publication."""
    step, status = STEPS[found.action]
    day = found.announced or published_on
    return StepDraft(step=step, status=status, adopted_on=day, precision="day" if day else "unknown")


def sanction_evidence(finding: Finding) -> SanctionEvidence:
    """The evidence that a finding is for a measure."""
    grounds = grounds_of(finding)
    return SanctionEvidence(
        url=grounds.url,
        quote=finding.quote,
        publisher=grounds.publisher,
        published_on=grounds.published_on,
        official=grounds.official,
        revision_id=finding.revision_id,
        start=finding.start,
        end=finding.end,
        finding_id=finding.pk,
    )


def move_of(candidate: Candidate) -> MoveDraft | None:
    """The move to a further stage that a candidate tells of, for a pledge that is recorded already."""
    found = read_finding(candidate.finding)
    if not isinstance(found, contract.PledgeFinding) or found.stage == "pledge":
        return None
    day = found.announced or grounds_of(candidate.finding).published_on
    return _moves(found, day)[0]


def _parties(codes: Iterable[str]) -> dict[str, Party]:
    return {party.code: party for party in Party.objects.filter(code__in=list(codes))}


def _package_id(candidate: Candidate) -> int | None:
    """The record made of the package that this candidate is a part of, if it was accepted."""
    if candidate.part_of_id is None:
        return None
    decision = (
        candidate.part_of.decisions.filter(kind__in=["accept", "merge"], reversed_by__isnull=True)  # type: ignore[union-attr]
        .order_by("-at", "-pk")
        .first()
    )
    return decision.pledge_id if decision else None


def _amount(amount: contract.Amount | None) -> dict[str, Any]:
    if amount is None or not is_currency(amount.currency):
        return {}
    places = decimals(amount.currency)
    return {
        "stated": round(amount.value, places),
        "stated_to": round(amount.value_max, places) if amount.value_max is not None else None,
        "currency": amount.currency,
        "qualifier": amount.qualifier,
    }


def _item(goods: contract.Goods) -> ItemDraft:
    ranged = goods.qualifier == "range" and goods.quantity_max is not None and goods.quantity is not None
    return ItemDraft(
        name=goods.name[:300],
        category=goods.category if goods.category in ItemCategory.values else ItemCategory.OTHER,
        quantity=goods.quantity,
        quantity_to=goods.quantity_max if ranged else None,
        quantity_qualifier=goods.qualifier if ranged or goods.qualifier != "range" else "exact",
        unit=goods.unit[:40],
    )


def _moves(found: contract.PledgeFinding, day: date | None) -> tuple[MoveDraft, ...]:
    """A claim beyond the first stage is a move of the whole."""
    if found.stage == "pledge":
        return ()
    return (MoveDraft(stage=found.stage, day=day, precision="day" if day else "unknown"),)


def pledge_title(found: contract.PledgeFinding, parties: dict[str, Party]) -> str:
    """A title in plain words: who, how much or what, of which type, to whom."""
    who = _names(found.donors, parties) or found.donors_as_written or "Not named"
    whom = _names(found.recipients, parties) or found.recipients_as_written
    what = _in_words(found)
    kind = "" if found.type == "unspecified" else f", {AidType(found.type).label.lower()}"
    return f"{who}: {what}{kind}{f', to {whom}' if whom else ''}"[:300]


def _in_words(found: contract.PledgeFinding) -> str:
    if found.amount is not None:
        return f"{found.amount.currency} {amount_in_words(found.amount.value)}"
    if found.goods:
        return ", ".join(_goods_in_words(goods) for goods in found.goods[:4])
    return "aid in kind" if found.in_kind else "aid"


def _goods_in_words(goods: contract.Goods) -> str:
    return f"{amount_in_words(goods.quantity)} {goods.name}" if goods.quantity is not None else goods.name


def amount_in_words(amount: Decimal) -> str:
    """An amount as people read it: 110 million, 1.2 billion, 35,000."""
    for size, word in ((Decimal(10) ** 9, "billion"), (Decimal(10) ** 6, "million")):
        if amount >= size:
            return f"{(amount / size).normalize():f} {word}"
    return f"{amount.normalize():,f}"


def measure_title(found: contract.SanctionFinding, parties: dict[str, Party]) -> str:
    """A title in plain words: who, what is banned, against whom."""
    who = _names(found.imposers, parties) or found.imposers_as_written or "Not named"
    whom = _names(found.targets, parties) or found.targets_as_written
    kinds = [MeasureKind(code).label.lower() for code in found.measures if code != MeasureKind.UNSPECIFIED]
    what = ", ".join(kinds) or "sanctions"
    return f"{who}: {what}{f' against {whom}' if whom else ''}"[:300]


def _names(codes: Iterable[str], parties: dict[str, Party]) -> str:
    return " and ".join(parties[code].name if code in parties else code for code in codes)
