"""What a decided candidate rests on, and how its article is read now: shown before it is reopened, and after.

Then is the finding that the decision was taken on. Now is the finding of the article's present reading that is most
like it: with parties in common, or with nearly the same words. Without one, the passage of the present text that is
most like the quote is shown, if there is one.
"""

from __future__ import annotations

import re
from copy import copy
from dataclasses import dataclass
from difflib import SequenceMatcher

from extraction import contract
from ingestion.models import Candidate, CandidateState, ExtractState, Finding, Revision
from reference.models import Party
from review import proposals, services
from review.wording import Edit, edits_in_words, parties_named

LIKE = 0.6  # of 1: two quotes that are nearly the same words
PASSAGES = 400  # of a text are compared with the quote
LEFT_OUT = {"evidence", "based_on", "package_id"}  # not read in the words themselves


@dataclass(frozen=True, slots=True)
class Difference:
    """How the words and their reading have changed since a decision."""

    then: Finding
    revision: Revision  # the one that is read now
    now: Finding | None
    passage: str  # of the present text; empty where nothing is like the quote
    fields: list[Edit]
    candidate: Candidate | None  # the claim that the present reading makes, where it is another one


def difference(candidate: Candidate) -> Difference | None:
    """Between what a candidate rests on and its article's present reading; ``None`` if that is just the same."""
    then = candidate.finding
    revision = (
        Revision.objects.filter(article=then.revision.article_id, extract_state=ExtractState.DONE)
        .order_by("-number")
        .first()
    )
    if revision is None:
        return None
    now = _most_like(then, revision)
    if now is not None and now.pk == then.pk:
        return None
    fields = _fields(candidate, now) if now is not None else []
    passage = now.quote if now is not None else _passage(then.quote, revision.text)
    if now is not None and not fields and passage == then.quote:
        return None
    return Difference(then, revision, now, passage, fields, _claim_of(now, candidate) if now is not None else None)


def _most_like(then: Finding, revision: Revision) -> Finding | None:
    present = Finding.objects.filter(revision=revision, extractor_version=revision.extractor_version, kind=then.kind)
    scored = [(_likeness(then, one), -one.position, one) for one in present.order_by("position")]
    best = max(scored, default=None, key=lambda one: one[:2])
    return best[2] if best is not None and best[0] >= LIKE else None


def _likeness(then: Finding, now: Finding) -> float:
    """2 for one's own finding, about 1 for the same parties, and what the words have in common."""
    if then.pk == now.pk:
        return 4.0
    words = SequenceMatcher(None, then.quote, now.quote, autojunk=False).ratio()
    shared = sum(bool(mine & theirs) for mine, theirs in zip(_parties(then), _parties(now), strict=True))
    return words + (1.0 if shared == 2 else 0.0)


def _parties(finding: Finding) -> tuple[set[str], set[str]]:
    found = proposals.read_finding(finding)
    if isinstance(found, contract.PledgeFinding):
        return set(found.donors), set(found.recipients)
    return set(found.imposers), set(found.targets)


def _fields(candidate: Candidate, now: Finding) -> list[Edit]:
    shadow = copy(candidate)
    shadow.finding = now
    changed = services.edits_between(services.proposal_of(candidate), services.proposal_of(shadow))
    edits = {name: edit for name, edit in changed.items() if name not in LEFT_OUT}
    names = dict(Party.objects.filter(pk__in=parties_named(edits)).values_list("pk", "name")) if edits else {}
    return edits_in_words(edits, names)


def _claim_of(now: Finding, candidate: Candidate) -> Candidate | None:
    links = now.links.select_related("candidate").exclude(candidate=candidate.pk)
    return next((link.candidate for link in links if link.candidate.state != CandidateState.SUPERSEDED), None)


def _passage(quote: str, text: str) -> str:
    """The sentence of a text that is most like a quote."""
    best, found = LIKE, ""
    matcher = SequenceMatcher(None, autojunk=False)
    matcher.set_seq2(quote)
    for sentence in re.split(r"(?<=[.!?…])\s+|\n+", text)[:PASSAGES]:
        matcher.set_seq1(sentence)
        if matcher.real_quick_ratio() > best and matcher.quick_ratio() > best and (ratio := matcher.ratio()) > best:
            best, found = ratio, sentence
    return found
