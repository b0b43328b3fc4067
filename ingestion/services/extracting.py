"""Reads a revision with an extractor, and keeps what it found: findings as they are, claims as candidates.

A finding that is cumulative, historical or hypothetical is kept, but makes no candidate: a running total, old news and
an "if" are no pledges, and the desk is not to be filled with them.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from extraction import contract
from extraction.jsonl import finding_as_dict, finding_from_dict
from ingestion.models import (
    Article,
    Candidate,
    CandidateFinding,
    CandidateState,
    ExtractState,
    Finding,
    FindingKind,
    Revision,
)
from ingestion.readings import present_links
from ingestion.services import grouping, weighing

TRIES = 3
JOININGS = 10  # stories joined by other workers while a reading is to be written; each time there are fewer
TRIES_WITH_DEATHS = 10  # a reading may also be cut off by a restart, which is not its fault

Claim = tuple[str, str]  # kind and claim key

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Extracted:
    """What one reading of a revision came to."""

    findings: int
    candidates: int  # new ones
    superseded: int


def readable(now: datetime) -> QuerySet[Revision]:
    """Revisions that wait to be read, or whose reader has not been heard of; not those whose page is still to come.

    No join: PostgreSQL looks again only at the conditions on the row itself when an UPDATE had to wait for another one,
    so a claim through a joined query would be given to everyone who waited.
    """
    waiting = Q(extract_state=ExtractState.PENDING) & (Q(lease_until__isnull=True) | Q(lease_until__lte=now))
    left = Q(extract_state=ExtractState.CLAIMED, lease_until__lte=now)
    page_to_come = Article.objects.filter(pk=OuterRef("article_id"), page_due_at__isnull=False)
    return Revision.objects.filter(waiting | left).exclude(Exists(page_to_come))


def extract_revision(revision_id: int, *, now: datetime, reader: contract.Extractor) -> Extracted | None:
    """Read a revision if it waits to be read. ``None`` means that there was nothing to do, or that reading failed.

    A reader that raises is noted on the revision; after three times it is marked as not readable, with the reason.
    Everything that a reading brings is written in one transaction, or not at all.
    """
    lease = now + timedelta(seconds=settings.EXTRACTION_LEASE_SECONDS)
    claimed = _claim(revision_id, lease, now)
    if claimed is None:
        return None
    revision, read_before, numbers = claimed
    if revision.extract_tries > TRIES_WITH_DEATHS:
        _fail(revision, lease, f"Reading it broke off {TRIES_WITH_DEATHS} times without a word.", now=now, final=True)
        return None
    try:
        found = read_revision(revision, reader)
        same = grouping.find_same(revision, numbers)
        read_before = read_before or revision.number > 1  # its first revision may be read at this moment
        if not found and not same and not read_before:
            return _keep_nothing(revision, reader.version, lease)
        return _keep(revision, found, reader.version, same, read_before=read_before, lease=lease, now=now)
    except Exception as error:  # a reader may fail in any way; each failure is counted, told and logged
        log.exception("reading failed", extra={"revision": revision_id, "article": revision.article_id})
        words = f"The reader {reader.version} failed: {type(error).__name__}: {str(error)[:500]}"
        _fail(revision, lease, words, now=now, final=revision.extract_tries >= TRIES)
        return None


def _claim(revision_id: int, lease: datetime, now: datetime) -> tuple[Revision, bool, tuple[int, ...]] | None:
    """Claim a revision, and put the sketch of its words into the index if they are its article's latest.

    Gives the revision, whether its article was read before, and the sketch; ``None`` if there is nothing to claim. All
    of it is committed before others of the same words are looked for.
    """
    newer = Revision.objects.filter(article_id=OuterRef("article_id"), number__gt=OuterRef("number"))
    earlier = Finding.objects.filter(revision__article_id=OuterRef("article_id"))
    with transaction.atomic():
        ours = readable(now).filter(pk=revision_id)
        if not ours.update(extract_state=ExtractState.CLAIMED, lease_until=lease, extract_tries=F("extract_tries") + 1):
            return None
        # The article's row orders the sketches of its revisions: that of older words never replaces that of newer ones.
        revision = (
            Revision.objects.select_related("article__source")
            .select_for_update(of=("article",), no_key=True)
            .annotate(outdated=Exists(newer), read_before=Exists(earlier))
            .get(pk=revision_id)
        )
        numbers = () if revision.outdated else grouping.keep_sketch(revision)
    return revision, revision.read_before, numbers


def read_revision(revision: Revision, reader: contract.Extractor) -> tuple[contract.Finding, ...]:
    """What the reader finds in a revision; nothing is written. Raises ``ValueError`` for a quote out of its place."""
    published = revision.published_at.date() if revision.published_at else None
    article = contract.Article(text=revision.text, title=revision.title, published=published)
    findings = reader.read(article).findings
    for place, finding in enumerate(findings):
        if not finding.quote or revision.text[finding.start : finding.end] != finding.quote:
            raise ValueError(f"the quote of finding {place} does not stand at its place in the text")
    return findings


def _fail(revision: Revision, lease: datetime, words: str, *, now: datetime, final: bool) -> None:
    mine = Revision.objects.filter(pk=revision.pk, extract_state=ExtractState.CLAIMED, lease_until=lease)
    mine.update(
        extract_state=ExtractState.FAILED if final else ExtractState.PENDING,
        lease_until=None if final else now + timedelta(seconds=30 * revision.extract_tries),
        extract_error=words,
    )


def _keep_nothing(revision: Revision, version: str, lease: datetime) -> Extracted | None:
    """The end of a reading that found nothing, of an article that nothing was ever found in: most readings."""
    return Extracted(findings=0, candidates=0, superseded=0) if _finish(revision, version, lease) else None


def _finish(revision: Revision, version: str, lease: datetime) -> bool:
    """Mark a revision as read. False if our lease ran out and someone else reads it: nothing of ours is written."""
    mine = Revision.objects.filter(pk=revision.pk, extract_state=ExtractState.CLAIMED, lease_until=lease)
    done = mine.update(extract_state=ExtractState.DONE, lease_until=None, extractor_version=version, extract_error="")
    return bool(done)


def _keep(
    revision: Revision,
    found: tuple[contract.Finding, ...],
    version: str,
    same: dict[int, int],
    *,
    read_before: bool,
    lease: datetime,
    now: datetime,
) -> Extracted | None:
    for _ in range(JOININGS):
        with transaction.atomic():
            # The story's row orders the readings of its articles: none decides on what another is about to change.
            held = grouping.hold_story(revision, same)
            if held is None:
                continue
            if not _finish(revision, version, lease):
                transaction.set_rollback(True)
                return None
            done = _write(revision, found, version, latest=held[1], read_before=read_before, now=now)
        log.info("read", extra={"article": revision.article_id, "revision": revision.pk, **asdict(done)})
        return done
    raise RuntimeError("its story was joined with another one each time that it was to be written")


def _write(
    revision: Revision,
    found: tuple[contract.Finding, ...],
    version: str,
    *,
    latest: bool,
    read_before: bool,
    now: datetime,
) -> Extracted:
    rows: list[Finding] = []
    if read_before:
        rows = list(Finding.objects.filter(revision=revision, extractor_version=version).order_by("position"))
    if rows:  # this reader has read it before: a finding is never edited, nor doubled
        found = tuple(finding_from_dict(row.payload) for row in rows)
    elif found:
        rows = _keep_findings(revision, found, version, now=now)
    candidates, made = _keep_candidates(revision, found, rows, latest=latest, now=now)
    superseded = _follow_the_words(revision, candidates) if latest and read_before else 0
    return Extracted(findings=len(rows), candidates=made, superseded=superseded)


def _keep_findings(
    revision: Revision, found: tuple[contract.Finding, ...], version: str, *, now: datetime
) -> list[Finding]:
    return Finding.objects.bulk_create(
        [
            Finding(
                revision=revision,
                extractor_version=version,
                position=place,
                kind=kind_of(finding),
                payload=finding_as_dict(finding),
                quote=finding.quote,
                start=finding.start,
                end=finding.end,
                flags=sorted(finding.flags),
                confidence=_confidence(finding.confidence),
                created_at=now,
            )
            for place, finding in enumerate(found)
        ],
        batch_size=200,
    )


def _confidence(confidence: float) -> Decimal:
    return Decimal(str(round(min(max(confidence, 0.0), 1.0), 3)))


def kind_of(finding: contract.Finding) -> FindingKind:
    """Whether a finding is about aid or about sanctions."""
    return FindingKind.PLEDGE if isinstance(finding, contract.PledgeFinding) else FindingKind.SANCTION


def claim_key(finding: contract.Finding) -> str:
    """The hash of what a finding claims, whatever the words: who, to whom, what, how much, at which stage.

    Quote, place, confidence, qualifier and dates do not take part: "about 110 million" in the first paragraph and
    "110 million" in the last are one claim.
    """
    fields = _of_pledge(finding) if isinstance(finding, contract.PledgeFinding) else _of_sanction(finding)
    written = json.dumps([kind_of(finding).value, fields], ensure_ascii=True, separators=(",", ":"))
    return f"1:{hashlib.sha256(written.encode('ascii')).hexdigest()}"


def _of_pledge(finding: contract.PledgeFinding) -> list[object]:
    amount = finding.amount
    return [
        _named(finding.donors, finding.donors_as_written),
        _named(finding.recipients, finding.recipients_as_written),
        finding.channel,
        finding.type,
        finding.in_kind,
        finding.finance_type,
        finding.stage,
        [_number(amount.value), _number(amount.value_max), amount.currency, amount.per] if amount else None,
        sorted([_folded(goods.name), _number(goods.quantity) or ""] for goods in finding.goods),
    ]


def _of_sanction(finding: contract.SanctionFinding) -> list[object]:
    return [
        _named(finding.imposers, finding.imposers_as_written),
        _named(finding.targets, finding.targets_as_written),
        finding.target_kind,
        sorted(finding.measures),
        finding.action,
    ]


def _named(codes: Iterable[str], as_written: str) -> list[str]:
    """Parties by code; by their words only where no code is known."""
    return sorted(set(codes)) or [_folded(as_written)]


def _folded(words: str) -> str:
    return " ".join(words.split()).casefold()


def _number(value: Decimal | None) -> str | None:
    return None if value is None else f"{value.normalize():f}"


def _keep_candidates(
    revision: Revision, found: tuple[contract.Finding, ...], rows: list[Finding], *, latest: bool, now: datetime
) -> tuple[dict[int, Candidate], int]:
    """The candidates that this reading carries, by the position of their finding, and how many of them are new.

    A reading of words that are no longer the article's latest makes no candidates; it only joins those there are.
    """
    claims = {
        row.position: (row.kind, claim_key(finding))
        for row, finding in zip(rows, found, strict=True)
        if not finding.flags
    }
    if not claims:
        return {}, 0
    living = _living(revision.article.story_id)
    made: list[Candidate] = []
    if latest:
        made = _new_candidates(revision.article, claims, rows, living, now=now)
        living |= {(candidate.kind, candidate.claim_key): candidate for candidate in made}
    carried = {place: living[claim] for place, claim in claims.items() if claim in living}
    CandidateFinding.objects.bulk_create(
        [CandidateFinding(candidate=candidate, finding=rows[place]) for place, candidate in carried.items()],
        ignore_conflicts=True,
    )
    if latest:
        _show_newest(revision, carried, rows)
        _tie_parts(found, carried)
    return carried, len(made)


def _living(story_id: int) -> dict[Claim, Candidate]:
    """The candidates of a story by what they claim."""
    candidates = (
        Candidate.objects.filter(story_id=story_id)
        .exclude(state=CandidateState.SUPERSEDED)
        .select_related("finding__revision")
        .defer("finding__revision__text")
    )
    return {(candidate.kind, candidate.claim_key): candidate for candidate in candidates}


def _new_candidates(
    article: Article, claims: dict[int, Claim], rows: list[Finding], living: dict[Claim, Candidate], *, now: datetime
) -> list[Candidate]:
    """Make a candidate of each claim that the story has none of; it is shown by the claim's first finding."""
    first: dict[Claim, Finding] = {}
    for place, claim in claims.items():
        if claim not in living:
            first.setdefault(claim, rows[place])
    new = [
        Candidate(story_id=article.story_id, kind=kind, claim_key=key, finding=finding, created_at=now)
        for (kind, key), finding in first.items()
    ]
    weighing.put_in_place(new, official=article.source.official)
    return Candidate.objects.bulk_create(new)


def _show_newest(revision: Revision, carried: dict[int, Candidate], rows: list[Finding]) -> None:
    """A waiting candidate is shown by the words of its article's latest revision."""
    for place, candidate in sorted(carried.items(), reverse=True):
        shown = candidate.finding
        if (
            candidate.state == CandidateState.PENDING
            and shown.pk != rows[place].pk
            and (shown.revision_id == revision.pk or shown.revision.article_id == revision.article_id)
        ):
            candidate.finding = rows[place]
            weighing.put_in_place([candidate], official=revision.article.source.official)
            candidate.save(update_fields=["finding", "place"])


def _tie_parts(found: tuple[contract.Finding, ...], carried: dict[int, Candidate]) -> None:
    for place, candidate in carried.items():
        package = carried.get(_package_of(found[place]))
        if package is None or package.pk == candidate.pk or candidate.state != CandidateState.PENDING:
            continue
        if candidate.part_of_id != package.pk:
            candidate.part_of = package
            candidate.save(update_fields=["part_of"])


def _package_of(finding: contract.Finding) -> int:
    """The position of the package that a finding is a part of; -1 if of none."""
    part_of = finding.part_of if isinstance(finding, contract.PledgeFinding) else None
    return -1 if part_of is None else part_of


def _follow_the_words(revision: Revision, carried: dict[int, Candidate]) -> int:
    """Let the article's other candidates follow its newest words. How many were superseded.

    Waiting ones that it no longer carries, and that no other article carries, are superseded; decided ones are left
    alone and flagged if the words they rest on are gone.
    """
    kept = {candidate.pk for candidate in carried.values()}
    links = CandidateFinding.objects.filter(candidate=OuterRef("pk"), finding__revision__article_id=revision.article_id)
    others = (
        Candidate.objects.filter(Exists(links))
        .exclude(state=CandidateState.SUPERSEDED)
        .select_related("finding__revision")
        .defer("finding__revision__text")
    )
    gone: list[Candidate] = []
    for candidate in others:
        if candidate.state != CandidateState.PENDING:
            _flag_changed_words(revision, candidate)
        elif candidate.pk not in kept and not _carried_elsewhere(candidate, revision.article_id):
            gone.append(candidate)
    for candidate in gone:
        candidate.state = CandidateState.SUPERSEDED
        candidate.successor = _successor(candidate, carried.values())
        candidate.claimed_by = candidate.claimed_until = None
        candidate.save(update_fields=["state", "successor", "claimed_by", "claimed_until"])
    return len(gone)


def _flag_changed_words(revision: Revision, candidate: Candidate) -> None:
    if candidate.finding.revision.article_id != revision.article_id:
        return
    changed = candidate.finding.quote not in revision.text
    if changed != candidate.words_changed:
        candidate.words_changed = changed
        candidate.save(update_fields=["words_changed"])


def _carried_elsewhere(candidate: Candidate, article_id: int) -> bool:
    """By the present reading of another article: what only its older words or an older reader carried is gone there."""
    elsewhere = present_links().filter(candidate=candidate).exclude(finding__revision__article_id=article_id)
    return elsewhere.exists()


def _successor(gone: Candidate, carried: Iterable[Candidate]) -> Candidate | None:
    """The one carried candidate of the same kind and the same first parties, if there is exactly one."""
    field = "donors" if gone.kind == FindingKind.PLEDGE else "imposers"
    same = {
        candidate.pk: candidate
        for candidate in carried
        if candidate.kind == gone.kind and candidate.finding.payload.get(field) == gone.finding.payload.get(field)
    }
    return next(iter(same.values())) if len(same) == 1 else None
