"""Reads for the desk: what an article's text carries, what may be the same record, what waits next."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet

from ingestion.models import Article, Candidate, CandidateFinding, CandidateState, Finding, FindingKind
from review import proposals
from review.matching import comparable
from review.models import Decision


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


def waiting_in_story(story_id: int) -> list[Told]:
    """What waits in a story, in the order in which it was told, each with the finding that is shown for it."""
    candidates = list(
        Candidate.objects.filter(story=story_id, state=CandidateState.PENDING)
        .select_related("finding", "claimed_by")
        .order_by("finding__revision", "finding__start", "pk")
    )
    read = [proposals.read_finding(one.finding) for one in candidates]
    parties = proposals.parties_of(read)
    titles = [proposals.title_of(found, parties) for found in read]
    return [Told(one.finding, one, title) for one, title in zip(candidates, titles, strict=True)]


def decisions_on(candidate: Candidate) -> QuerySet[Decision]:
    """Every decision on a candidate, the newest first, with who took it and the record."""
    return candidate.decisions.select_related("by", "pledge", "measure", "reverses", "reversed_by").order_by("-pk")


def likely_records(candidate: Candidate) -> list[comparable.Match]:
    """The tracker's own records that a candidate may tell of, the likeliest first; see ``review/matching``."""
    return comparable.likely_records(candidate)


def is_pledge(candidate: Candidate) -> bool:
    """Whether a candidate claims a pledge; otherwise it claims a sanction."""
    return candidate.kind == FindingKind.PLEDGE
