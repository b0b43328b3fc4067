"""Decisions on candidates: the only place where a candidate is decided.

A decision takes its candidate by a conditional update from *pending*; of two people deciding at once the second is told
who decided what. The record, its evidence, the decision and the candidate's state change in one transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from history.models import Change
from history.services import recording
from ingestion.models import Candidate, CandidateState, Finding, FindingKind
from pledges import services as pledges
from pledges.drafts import MoveDraft, PledgeDraft
from pledges.models import Pledge
from review import amounts, later, proposals
from review.models import STATE_AFTER, UNDOABLE, Decision, DecisionKind, RejectReason
from review.packages import gather_parts
from sanctions import services as sanctions
from sanctions.drafts import MeasureDraft, StepDraft
from sanctions.models import Measure

Draft = PledgeDraft | MeasureDraft
PUBLISH = {FindingKind.PLEDGE: "pledges.publish_pledge", FindingKind.SANCTION: "sanctions.publish_measure"}


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision with the record that it made or touched, if any."""

    decision: Decision
    record: Pledge | Measure | None


def accept(
    candidate_id: int,
    *,
    acting_user: User,
    now: datetime,
    draft: Draft | None = None,
    publish: bool = False,
    words: str = "",
) -> Decided:
    """Make a record of a candidate: a draft, or with ``publish`` a published one, where the person may publish.

    ``draft`` is what the reviewer made of the proposal; without one the proposal is taken as it is.
    """
    candidate = get_candidate(candidate_id)
    if publish and not may_publish(acting_user, candidate.kind):
        raise PermissionDenied("You may accept candidates, but not publish records. Accept it as a draft.")
    with recording(action="review.accept", now=now, acting_user=acting_user, why=words) as change:
        _take(candidate, CandidateState.ACCEPTED, now)
        proposed = proposal_of(candidate)
        wanted = proposed if draft is None else draft
        record = _make(candidate, wanted, change, acting_user, now, publish=publish)
        if isinstance(record, Pledge):
            gather_parts(candidate, record, change=change, acting_user=acting_user, now=now)
        decision = _decide(
            candidate,
            DecisionKind.ACCEPT,
            acting_user,
            now,
            change=change,
            words=words,
            edits=edits_between(proposed, wanted),
            **_named(record),
        )
    return Decided(decision, record)


def merge(
    candidate_id: int,
    *,
    record: Pledge | Measure,
    acting_user: User,
    now: datetime,
    with_move: bool = False,
    with_amount: bool = False,
    words: str = "",
) -> Decided:
    """Say that a candidate tells of a record that exists: its evidence is added there.

    ``with_move`` also adds the stage (or the step) that the candidate tells of; ``with_amount`` corrects the amount of
    a pledge to the candidate's, for those who may correct records.
    """
    candidate = get_candidate(candidate_id)
    if isinstance(record, Pledge) != (candidate.kind == FindingKind.PLEDGE):
        raise ValidationError(f"A {candidate.get_kind_display().lower()} cannot be merged into {record.public_id}.")
    with recording(action="review.merge", now=now, acting_user=acting_user, why=words) as change:
        _take(candidate, CandidateState.MERGED, now)
        before = set(record.evidence.values_list("pk", flat=True))
        findings = proposals.findings_of(candidate)
        merged = _add_evidence(
            candidate, record, findings, change=change, user=acting_user, now=now, with_move=with_move
        )
        amount: amounts.Kept = {}
        if isinstance(merged, Pledge):
            if with_amount:
                amount = amounts.correct_amount(candidate, merged, change=change, acting_user=acting_user, now=now)
            gather_parts(candidate, merged, change=change, acting_user=acting_user, now=now)
        added = sorted(set(merged.evidence.values_list("pk", flat=True)) - before)
        decision = _decide(
            candidate,
            DecisionKind.MERGE,
            acting_user,
            now,
            change=change,
            words=words,
            added={"evidence": added, **({"amount": amount} if amount else {})},
            **_named(merged),
        )
    return Decided(decision, merged)


def add_evidence(candidate_id: int, *, acting_user: User, now: datetime, words: str = "") -> Decided:
    """Give the record of a decided candidate the evidence of the articles that came to it since."""
    candidate = get_candidate(candidate_id)
    with recording(action="review.evidence", now=now, acting_user=acting_user, why=words) as change:
        # Read under the change's lock: somebody may have added it, or taken the decision back, up to this moment.
        decided = Candidate.objects.filter(pk=candidate.pk, state__in=later.RECORDED).exists()
        record = later.record_of(candidate) if decided else None
        if record is None:
            raise ValidationError("This candidate has no record that stands, so that there is nothing to add to.")
        findings = later.new_findings(candidate)
        if not findings:
            raise ValidationError(f"Every article that tells of it is evidence of {record.public_id} already.")
        before = set(record.evidence.values_list("pk", flat=True))
        record = _add_evidence(candidate, record, findings, change=change, user=acting_user, now=now)
        added = sorted(set(record.evidence.values_list("pk", flat=True)) - before)
        decision = _decide(
            candidate,
            DecisionKind.EVIDENCE,
            acting_user,
            now,
            change=change,
            words=words.strip(),
            added={"evidence": added},
            **_named(record),
        )
    return Decided(decision, record)


def reject(candidate_id: int, *, reason: str, acting_user: User, now: datetime, words: str = "") -> Decided:
    """Say that a candidate is no record, and why."""
    if reason not in RejectReason.values:
        raise ValidationError({"reason": f"Choose a reason: {', '.join(RejectReason.labels)}."})
    if reason == RejectReason.OTHER and not words.strip():
        raise ValidationError({"words": "Say the reason in words."})
    candidate = get_candidate(candidate_id)
    with recording(action="review.reject", now=now, acting_user=acting_user, why=words) as change:
        _take(candidate, CandidateState.REJECTED, now)
        decision = _decide(
            candidate, DecisionKind.REJECT, acting_user, now, change=change, reason=reason, words=words.strip()
        )
    return Decided(decision, None)


def accept_all(candidate_ids: Iterable[int], *, acting_user: User, now: datetime, words: str = "") -> list[Decided]:
    """Make drafts of several candidates as they were read: all of them, or none if one is refused."""
    return _all(candidate_ids, lambda one: accept(one, acting_user=acting_user, now=now, words=words))


def reject_all(
    candidate_ids: Iterable[int], *, reason: str, acting_user: User, now: datetime, words: str = ""
) -> list[Decided]:
    """Reject several candidates for one reason: all of them, or none if one is refused."""
    return _all(candidate_ids, lambda one: reject(one, reason=reason, acting_user=acting_user, now=now, words=words))


def _all(candidate_ids: Iterable[int], decide: Callable[[int], Decided]) -> list[Decided]:
    """Each is a decision and a change of its own, so that each can be undone by itself."""
    decided = []
    with transaction.atomic():
        for one in candidate_ids:
            try:
                decided.append(decide(one))
            except ValidationError as error:
                raise ValidationError(f"Candidate {one}: {' '.join(error.messages)} None was decided.") from error
    return decided


def reopen(candidate_id: int, *, acting_user: User, now: datetime, words: str = "") -> Decided:
    """Let a decided candidate wait again, and leave alone the record that it led to.

    For words that changed since, or a second look. To take the record back as well, undo the decision instead.
    """
    candidate = get_candidate(candidate_id)
    with recording(action="review.reopen", now=now, acting_user=acting_user, why=words) as change:
        decided = Candidate.objects.filter(pk=candidate.pk, state__in=list(STATE_AFTER.values()))
        if not decided.update(state=CandidateState.PENDING, decided_at=None, words_changed=False):
            raise ValidationError("Only a candidate that was decided can be reopened; this one is not.")
        standing = latest_decision(candidate)
        decision = _decide(
            candidate,
            DecisionKind.REOPEN,
            acting_user,
            now,
            change=change,
            words=words.strip(),
            **_named(standing.record if standing else None),
        )
    return Decided(decision, decision.record)


def undo(decision_id: int, *, acting_user: User, now: datetime, words: str = "") -> Decided:
    """Take a candidate's last decision back by a decision of its own: it waits again, the record is as it was before.

    A record that the decision made is withdrawn; evidence, moves and steps that a merge added are removed. To take a
    published record out of the public's sight one must be allowed to publish.
    """
    with recording(action="review.undo", now=now, acting_user=acting_user, why=words) as change:
        # Read under the change's lock: a draft may be published, or a record merged, up to this moment.
        undone = _decision_to_undo(decision_id)
        _set_waiting(undone)
        record = _take_back(undone, change, acting_user, now, words.strip())
        decision = _decide(
            undone.candidate,
            DecisionKind.UNDO,
            acting_user,
            now,
            change=change,
            words=words.strip(),
            reverses=undone,
            **_named(record),
        )
    return Decided(decision, record)


def _decision_to_undo(decision_id: int) -> Decision:
    decisions = Decision.objects.select_related("candidate", "pledge", "measure", "by")
    try:
        undone = decisions.get(pk=decision_id)
    except Decision.DoesNotExist as error:
        raise ValidationError(f"There is no decision with the id {decision_id}.") from error
    if undone.kind not in UNDOABLE:
        raise ValidationError("Only an acceptance, a merge, added evidence or a rejection can be undone.")
    return undone


def _set_waiting(undone: Decision) -> None:
    """Claim the candidate for the undo; only its last decision can be undone, and only once."""
    if undone.kind == DecisionKind.EVIDENCE:
        holds = Decision.objects.filter(pk=undone.pk, reversed_by__isnull=True).exists()
    else:
        taken = Candidate.objects.filter(pk=undone.candidate_id, state=STATE_AFTER[DecisionKind(undone.kind)])
        holds = bool(taken.update(state=CandidateState.PENDING, decided_at=None))
    if not holds:
        raise ValidationError("This decision no longer holds: it was undone, or the candidate was reopened.")
    last = last_standing(undone.candidate.decisions.select_related("reverses", "reversed_by").order_by("-pk"))
    if last is None or last.pk != undone.pk:
        raise ValidationError("A later decision stands on this candidate; undo that one.")


def last_standing(decisions: Iterable[Decision]) -> Decision | None:
    """Of a candidate's decisions, the newest first, the one that can be undone next."""
    return next((one for one in decisions if one.stands_last), None)


def latest_decision(candidate: Candidate) -> Decision | None:
    """The last decision on a candidate, of whatever kind."""
    return candidate.decisions.select_related("by", "pledge", "measure").order_by("-pk").first()


def may_publish(user: User, kind: str) -> bool:
    """Whether a person may publish records of a candidate's kind."""
    return user.has_perm(PUBLISH[FindingKind(kind)])


def get_candidate(candidate_id: int) -> Candidate:
    """The candidate with what its proposal needs, or a ``ValidationError`` that says it does not exist."""
    try:
        return Candidate.objects.select_related("finding__revision__article__source", "part_of").get(pk=candidate_id)
    except Candidate.DoesNotExist as error:
        raise ValidationError(f"There is no candidate with the id {candidate_id}.") from error


def proposal_of(candidate: Candidate) -> Draft:
    """The record that a candidate proposes."""
    if candidate.kind == FindingKind.PLEDGE:
        return proposals.pledge_of(candidate)
    return proposals.measure_of(candidate)


def edits_between(proposed: Draft, wanted: Draft) -> dict[str, Any]:
    """What the reviewer changed: by field, as extracted and as decided, both as plain values."""
    before, after = asdict(proposed), asdict(wanted)
    return {
        name: {"extracted": _plain(before.get(name)), "decided": _plain(value)}
        for name, value in after.items()
        if value != before.get(name)
    }


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return value if value is None or isinstance(value, bool | int | str) else str(value)


def _take(candidate: Candidate, state: CandidateState, now: datetime) -> None:
    """Claim a candidate for a decision; the second of two people is told who was first."""
    taken = Candidate.objects.filter(pk=candidate.pk, state=CandidateState.PENDING).update(
        state=state, decided_at=now, claimed_by=None, claimed_until=None
    )
    if not taken:
        raise ValidationError(decided_already(candidate))
    candidate.state = state


def decided_already(candidate: Candidate) -> str:
    """Who decided on a candidate that no longer waits, what and when, for the person who came second."""
    last = latest_decision(candidate)
    state = Candidate.objects.values_list("state", flat=True).get(pk=candidate.pk)
    if last is None:
        return f"This candidate is {CandidateState(state).label.lower()} and no longer waits for a decision."
    return (
        f"{last.by} decided on it first: {last.get_kind_display().lower()}, at {last.at:%H:%M on %Y-%m-%d}. "
        "Nothing of yours was saved."
    )


def _make(
    candidate: Candidate, wanted: Draft, change: Change, user: User, now: datetime, *, publish: bool
) -> Pledge | Measure:
    if isinstance(wanted, PledgeDraft) != (candidate.kind == FindingKind.PLEDGE):
        raise TypeError("A candidate becomes a record of its own kind.")
    if isinstance(wanted, PledgeDraft):
        pledge = pledges.create_pledge(wanted, now=now, acting_user=user, change=change)
        return pledges.publish_pledge(pledge.pk, now=now, acting_user=user, change=change) if publish else pledge
    measure = sanctions.create_measure(wanted, now=now, acting_user=user, change=change)
    return sanctions.publish_measure(measure.pk, now=now, acting_user=user, change=change) if publish else measure


def _add_evidence(
    candidate: Candidate,
    record: Pledge | Measure,
    findings: list[Finding],
    *,
    change: Change,
    user: User,
    now: datetime,
    with_move: bool = False,
) -> Pledge | Measure:
    """Each article that tells of the claim is a piece of evidence of its own."""
    for finding in findings:
        extra = with_move and finding.pk == candidate.finding_id
        if isinstance(record, Pledge):
            move: MoveDraft | None = proposals.move_of(candidate) if extra else None
            record = pledges.add_evidence(
                record.pk, proposals.pledge_evidence(finding), move=move, now=now, acting_user=user, change=change
            )
        else:
            step: StepDraft | None = proposals.measure_of(candidate).steps[0] if extra else None
            record = sanctions.add_evidence(
                record.pk, proposals.sanction_evidence(finding), step=step, now=now, acting_user=user, change=change
            )
    return record


def _take_back(undone: Decision, change: Change, user: User, now: datetime, words: str) -> Pledge | Measure | None:
    if undone.kind in (DecisionKind.MERGE, DecisionKind.EVIDENCE):
        return _take_evidence_back(undone, change, user, now)
    record = undone.record
    if undone.kind != DecisionKind.ACCEPT or record is None:
        return None
    _check_that_it_can_go(undone, record, user)
    if record.state == "withdrawn":
        return record  # somebody withdrew it already; their reason stands
    reason = words or "The acceptance of the candidate that it was made of was taken back."
    if isinstance(record, Pledge):
        return pledges.withdraw_pledge(record.pk, reason=reason, now=now, acting_user=user, change=change)
    return sanctions.withdraw_measure(record.pk, reason=reason, now=now, acting_user=user, change=change)


def _check_that_it_can_go(undone: Decision, record: Pledge | Measure, user: User) -> None:
    if record.state == "published" and not may_publish(user, undone.candidate.kind):
        raise PermissionDenied(f"{record.public_id} is published. Only who may publish can take it back.")
    others = Decision.objects.filter(pledge=undone.pledge, measure=undone.measure, kind=DecisionKind.MERGE)
    resting = others.filter(reversed_by__isnull=True, candidate__state=CandidateState.MERGED).first()
    if resting is not None:
        raise ValidationError(
            f"Candidate {resting.candidate_id} was merged into {record.public_id}. Undo that merge first, "
            "or its evidence would go down with the record."
        )


def _take_evidence_back(undone: Decision, change: Change, user: User, now: datetime) -> Pledge | Measure | None:
    added, record = undone.added.get("evidence", []), undone.record
    while record is not None and record.merged_into is not None:
        record = record.merged_into  # the evidence of a merged record went there
    if isinstance(record, Pledge):
        corrected = undone.added.get("amount", {}) if record.pk == undone.pledge_id else {}
        amounts.take_amount_back(record, corrected, change=change, acting_user=user, now=now)
        return pledges.remove_evidence(record.pk, added, now=now, acting_user=user, change=change)
    if record is not None:
        return sanctions.remove_evidence(record.pk, added, now=now, acting_user=user, change=change)
    return None


def _named(record: Pledge | Measure | None) -> dict[str, Any]:
    if isinstance(record, Pledge):
        return {"pledge": record}
    return {"measure": record} if isinstance(record, Measure) else {}


def _decide(candidate: Candidate, kind: DecisionKind, user: User, now: datetime, **fields: Any) -> Decision:
    return Decision.objects.create(candidate=candidate, kind=kind, by=user, at=now, **fields)
