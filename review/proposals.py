"""What a candidate would be as a record: the draft that the review form is filled with.

Nothing is added to what was read. What the finding leaves open stays open: no type, no amount, no party is guessed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from extraction import contract
from extraction.jsonl import finding_from_dict
from ingestion.models import Candidate, Finding, SourceKind
from pledges.drafts import DeductionDraft, ItemDraft, MoveDraft, PledgeDraft, ShareDraft
from pledges.drafts import EvidenceDraft as PledgeEvidence
from pledges.models import AidType, DeductionReason, ItemCategory, Qualifier, Stage
from reference.amounts import in_words
from reference.currencies import decimals, is_currency
from reference.models import Party
from review.packages import record_of
from sanctions.drafts import EvidenceDraft as SanctionEvidence
from sanctions.drafts import MeasureDraft, StepDraft
from sanctions.models import MeasureKind, StepKind, StepStatus

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
    publisher: str  # empty where a text was pasted in and nobody is named
    official: bool
    published_on: date | None  # None: the source does not say
    seen_on: date  # the day of the fetch: it was published then or before


def read_finding(finding: Finding) -> contract.Finding:
    """The finding as the extractor gave it."""
    return finding_from_dict(finding.payload)


def grounds_of(finding: Finding) -> Grounds:
    """The address, publisher and day of the article in which the finding stands."""
    revision = finding.revision
    source = revision.article.source
    return Grounds(
        url=revision.article.canonical_url or "",
        publisher=source.publisher or ("" if source.kind == SourceKind.SINGLE else source.name),
        official=source.official,
        published_on=revision.published_at.date() if revision.published_at else None,
        seen_on=revision.fetched_at.date(),
    )


def findings_of(candidate: Candidate) -> list[Finding]:
    """The finding shown for a candidate, then the newest one of each other article that tells of it."""
    links = candidate.links.select_related("finding__revision__article__source")
    newest: dict[int, Finding] = {}
    for finding in sorted((link.finding for link in links), key=lambda one: (one.revision.number, one.pk)):
        newest[finding.revision.article_id] = finding
    newest.pop(candidate.finding.revision.article_id, None)
    return [candidate.finding, *sorted(newest.values(), key=lambda one: one.pk)]


def pledge_of(candidate: Candidate) -> PledgeDraft:
    """The pledge that a candidate proposes."""
    found = read_finding(candidate.finding)
    if not isinstance(found, contract.PledgeFinding):
        raise TypeError(f"Candidate {candidate.pk} proposes no pledge.")
    grounds = grounds_of(candidate.finding)
    parties = parties_of([found])
    return PledgeDraft(
        title=pledge_title(found, parties),
        donors=tuple(ShareDraft(parties[code].pk) for code in found.donors if code in parties),
        recipients=tuple(ShareDraft(parties[code].pk) for code in found.recipients if code in parties),
        donors_as_written=_as_written(found.donors, found.donors_as_written, parties),
        recipients_as_written=_as_written(found.recipients, found.recipients_as_written, parties),
        channel_id=parties[found.channel].pk if found.channel in parties else None,
        type=found.type,
        in_kind=found.in_kind,
        finance_type=found.finance_type,
        **_announced(found, grounds),
        period_from=found.amount.covers_from if found.amount else None,
        period_to=found.amount.covers_until if found.amount else None,
        package_id=_package_id(candidate),
        items=tuple(_item(goods) for goods in found.goods),
        moves=_moves(found, grounds),
        evidence=tuple(pledge_evidence(finding) for finding in findings_of(candidate)),
        public_note=_period_note(found.amount),
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
    parties = parties_of([found])
    return MeasureDraft(
        title=measure_title(found, parties),
        imposers=tuple(parties[code].pk for code in found.imposers if code in parties),
        targets=tuple(parties[code].pk for code in found.targets if code in parties),
        types=_types(found),
        imposers_as_written=_as_written(found.imposers, found.imposers_as_written, parties),
        targets_as_written=_as_written(found.targets, found.targets_as_written, parties),
        target_kind=found.target_kind,
        steps=(step_of(found, grounds),),
        evidence=tuple(sanction_evidence(finding) for finding in findings_of(candidate)),
    )


def step_words(step: StepDraft) -> str:
    """A step for people: Lift, proposed, 2022-03-01."""
    day = f", {step.adopted_on}" if step.adopted_on else ""
    return f"{StepKind(step.step).label}, {StepStatus(step.status).label.lower()}{day}"


def move_words(move: MoveDraft) -> str:
    """A move for people: Disbursed or delivered, 2022-03-01."""
    return f"{Stage(move.stage).label}{f', {move.day}' if move.day else ''}"


def _types(found: contract.SanctionFinding) -> tuple[str, ...]:
    known = [code for code in dict.fromkeys(found.measures) if code in MeasureKind.values]
    return tuple(known) or (MeasureKind.UNSPECIFIED.value,)


def step_of(found: contract.SanctionFinding, grounds: Grounds) -> StepDraft:
    """The step that a finding tells of, on the day that it names or else on that of publication."""
    step, status = STEPS[found.action]
    day = found.announced or grounds.published_on
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
    return _moves(found, grounds_of(candidate.finding))[0]


def parties_of(findings: Iterable[contract.Finding]) -> dict[str, Party]:
    """The parties that findings name, by code, in one query."""
    codes: set[str] = set()
    for found in findings:
        if isinstance(found, contract.PledgeFinding):
            codes.update(found.donors, found.recipients, [found.channel] if found.channel else [])
        else:
            codes.update(found.imposers, found.targets)
    return {party.code: party for party in Party.objects.filter(code__in=codes)} if codes else {}


def _as_written(codes: tuple[str, ...], words: str, parties: dict[str, Party]) -> str:
    """The article's words where no party is known; a code that we have no party for is kept in words too."""
    unknown = [code for code in codes if code not in parties]
    if codes and not unknown:
        return ""
    return (words or ", ".join(unknown))[:300]


def _announced(found: contract.PledgeFinding, grounds: Grounds) -> dict[str, Any]:
    """The day that the text names, else that of publication; without one, on or before the day it was fetched."""
    day = found.announced or grounds.published_on
    return {
        "announced_earliest": day,
        "announced_latest": day or grounds.seen_on,
        "announced_precision": "day" if day else "before",
    }


def _package_id(candidate: Candidate) -> int | None:
    """The record made of the package that this candidate is a part of, if it was accepted."""
    package = record_of(candidate.part_of) if candidate.part_of is not None else None
    return package.pk if package is not None else None


def _amount(amount: contract.Amount | None) -> dict[str, Any]:
    """The stated amount. One for each month or year is no total, and is left to the reviewer in a note."""
    if amount is None or not is_currency(amount.currency) or amount.per != "total" or amount.value <= 0:
        return {}
    places = decimals(amount.currency)
    ranged = amount.qualifier == "range" and amount.value_max is not None and amount.value_max > amount.value
    stated: dict[str, Any] = {
        "stated": round(amount.value, places),
        "stated_to": round(amount.value_max, places) if ranged and amount.value_max is not None else None,
        "currency": amount.currency,
        "qualifier": "exact" if amount.qualifier == "range" and not ranged else amount.qualifier,
    }
    if amount.raised_from is not None and 0 < amount.raised_from <= amount.value:
        raised = DeductionDraft(round(amount.raised_from, places), DeductionReason.RAISES.value)
        stated["deductions"] = (raised,)
    return stated


def _period_note(amount: contract.Amount | None) -> str:
    """What the amount is for each day, week, month, …; the total is not said and not worked out."""
    if amount is None or amount.per == "total":
        return ""
    return f"Stated as {amount_words(amount)}; the total is not said."


def _item(goods: contract.Goods) -> ItemDraft:
    low, high = goods.quantity or None, goods.quantity_max
    ranged = goods.qualifier == "range" and low is not None and high is not None and high > low
    return ItemDraft(
        name=goods.name[:300],
        category=goods.category if goods.category in ItemCategory.values else ItemCategory.OTHER.value,
        quantity=low,
        quantity_to=high if ranged else None,
        quantity_qualifier=goods.qualifier if ranged or goods.qualifier != "range" else "exact",
        unit=goods.unit[:40],
    )


def _moves(found: contract.PledgeFinding, grounds: Grounds) -> tuple[MoveDraft, ...]:
    """A claim beyond the first stage is a move of the whole."""
    if found.stage == "pledge":
        return ()
    day = found.announced or grounds.published_on
    return (MoveDraft(stage=found.stage, day=day, precision="day" if day else "unknown"),)


def title_of(found: contract.Finding, parties: dict[str, Party]) -> str:
    """What a finding claims, in plain words; ``parties`` as of :func:`parties_of`."""
    if isinstance(found, contract.PledgeFinding):
        return pledge_title(found, parties)
    return measure_title(found, parties)


def type_words(found: contract.Finding) -> str:
    """The aid type, or what is banned, as labels."""
    if isinstance(found, contract.PledgeFinding):
        return str(AidType(found.type).label)
    return ", ".join(str(MeasureKind(code).label) for code in found.measures if code in MeasureKind.values)


def pledge_title(found: contract.PledgeFinding, parties: dict[str, Party]) -> str:
    """A title in plain words: who, how much or what, of which type, to whom."""
    who = _names(found.donors, parties) or found.donors_as_written or "Not named"
    whom = _names(found.recipients, parties) or found.recipients_as_written
    what = _in_words(found)
    label = AidType(found.type).label.split(",")[0].lower()
    kind = "" if found.type == "unspecified" or label in what.casefold() else f", {label}"
    return _sentence(f"{who}: {what}{kind}{f', to {whom}' if whom else ''}")


def _in_words(found: contract.PledgeFinding) -> str:
    if found.amount is not None:
        return amount_words(found.amount)
    if found.goods:
        return ", ".join(_goods_in_words(goods) for goods in found.goods[:4])
    return "aid in kind" if found.in_kind else "aid"


def _goods_in_words(goods: contract.Goods) -> str:
    return f"{in_words(goods.quantity)} {goods.name}" if goods.quantity is not None else goods.name


def amount_words(amount: contract.Amount) -> str:
    """An amount as people read it: EUR 110 million, at least USD 1.2 billion, EUR 5 billion a month."""
    value = f"{amount.currency} {in_words(amount.value)}"
    if amount.value_max is not None:
        value = f"{value} to {in_words(amount.value_max)}"
    elif amount.qualifier not in ("exact", "range"):
        value = f"{Qualifier(amount.qualifier).label.lower()} {value}"
    return value if amount.per == "total" else f"{value} a {amount.per}"


def measure_title(found: contract.SanctionFinding, parties: dict[str, Party]) -> str:
    """A title in plain words: who, what is banned, against whom."""
    who = _names(found.imposers, parties) or found.imposers_as_written or "Not named"
    whom = _names(found.targets, parties) or found.targets_as_written
    kinds = [
        MeasureKind(code).label.lower()
        for code in found.measures
        if code in MeasureKind.values and code != MeasureKind.UNSPECIFIED
    ]
    what = ", ".join(kinds) or "sanctions"
    action = "" if found.action == "imposed" else f" {found.action}"
    return _sentence(f"{who}: {what}{f' against {whom}' if whom else ''}{action and ','}{action}")


def _sentence(words: str) -> str:
    return (words[:1].upper() + words[1:])[:300]


def _names(codes: Iterable[str], parties: dict[str, Party]) -> str:
    """Names as people list them: Italy; Czechia and Greece; Denmark, Norway and Sweden."""
    names = [parties[code].name if code in parties else code for code in codes]
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))
