"""Writes the aid record: the only place where pledges change.

Each function is one change: one transaction, one numbered row of history, the frozen value and the lines of the totals
brought up to date with it. ``now`` is an aware moment in UTC.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError

from history.four_eyes import problems_of_four_eyes
from history.models import Change
from history.refusing import Problem, refuse, somebody_was_quicker
from history.services import UnchangedError, joining, keep_versions, stands
from pledges import writing
from pledges.checks import problems_of, problems_of_merging, problems_of_publishing
from pledges.drafts import EvidenceDraft, MoveDraft, PledgeDraft
from pledges.freezing import freeze_value
from pledges.models import Pledge, RecordState
from pledges.recounting import recount
from pledges.state import ENTERED, KIND, state_of
from reference.models import Dataset
from reference.public_ids import new_public_id
from reference.services import tracker_dataset

logger = logging.getLogger(__name__)


def create_pledge(
    draft: PledgeDraft,
    *,
    now: datetime,
    acting_user: AbstractBaseUser | None = None,
    job: str = "",
    why: str = "",
    change: Change | None = None,
) -> Pledge:
    """Enter a pledge as a draft. Raises ``ValidationError`` by field where it cannot be right."""
    with joining(change, action="pledge.create", now=now, acting_user=acting_user, job=job, why=why) as current:
        refuse(problems_of(draft))
        pledge = Pledge(
            public_id=new_public_id("P", lambda one: Pledge.objects.filter(public_id=one).exists()),
            dataset=_dataset(draft),
            import_batch_id=draft.import_batch_id,
            origin_key=draft.origin_key,
            adopted_from_id=draft.adopted_from_id,
            entered_by_id=acting_user.pk if acting_user else None,
            created_at=current.at,
            modified_at=current.at,
        )
        writing.write(pledge, draft)
        return _settle(current, pledge, now)


def correct_pledge(
    pledge_id: int,
    draft: PledgeDraft,
    *,
    now: datetime,
    acting_user: AbstractBaseUser | None = None,
    job: str = "",
    why: str = "",
    public_reason: str = "",
    change: Change | None = None,
    action: str = "pledge.correct",
) -> Pledge:
    """Replace what is stated of a pledge. A corrected amount or date gets a new frozen value; the old is in history.

    With ``draft.based_on`` the correction is refused if somebody else changed the record since. What changes nothing
    leaves no number, unless it is a part of a ``change`` that is being made already.
    """
    try:
        with joining(
            change,
            action=action,
            now=now,
            acting_user=acting_user,
            job=job,
            why=why,
            public_reason=public_reason,
        ) as current:
            pledge = _correct(pledge_id, draft, current, now)
            if change is None and pledge.last_seq != current.seq:
                raise UnchangedError
            return pledge
    except UnchangedError:
        return get_pledge(pledge_id)


def _correct(pledge_id: int, draft: PledgeDraft, current: Change, now: datetime) -> Pledge:
    pledge = get_pledge(pledge_id)
    if pledge.state in (RecordState.WITHDRAWN, RecordState.MERGED):
        refuse([Problem("state", f"{pledge.public_id} is {pledge.state} and can no longer be corrected.")])
    if draft.based_on is not None and draft.based_on != pledge.last_seq:
        refuse([somebody_was_quicker("pledge", pledge.last_seq)])
    refuse(problems_of(draft, pledge=pledge))
    before = _links(pledge)
    writing.write(pledge, draft)
    if pledge.state == RecordState.PUBLISHED:
        refuse(problems_of_publishing(pledge))
    return _settle(current, pledge, now, also=before)


def publish_pledge(
    pledge_id: int,
    *,
    now: datetime,
    acting_user: AbstractBaseUser | None = None,
    job: str = "",
    why: str = "",
    change: Change | None = None,
) -> Pledge:
    """Let the public see a draft. It needs evidence; publishing what is published changes nothing."""
    with joining(change, action="pledge.publish", now=now, acting_user=acting_user, job=job, why=why) as current:
        pledge = get_pledge(pledge_id)
        if pledge.state == RecordState.PUBLISHED:
            return pledge
        if pledge.state != RecordState.DRAFT:
            refuse([Problem("state", f"{pledge.public_id} is {pledge.state}; only a draft can be published.")])
        refuse([*problems_of_publishing(pledge), *_four_eyes(pledge, acting_user)])
        pledge.state = RecordState.PUBLISHED
        pledge.published_at = pledge.published_at or current.at
        pledge.reviewed_at = current.at
        return _settle(current, pledge, now)


def withdraw_pledge(
    pledge_id: int,
    *,
    reason: str,
    now: datetime,
    acting_user: AbstractBaseUser | None = None,
    job: str = "",
    change: Change | None = None,
) -> Pledge:
    """Take a pledge out of the record. The reason is told to the public; the id is never used again."""
    with joining(
        change, action="pledge.withdraw", now=now, acting_user=acting_user, job=job, why=reason, public_reason=reason
    ) as current:
        pledge = get_pledge(pledge_id)
        if not reason.strip():
            refuse([Problem("withdrawn_reason", "Say why it is withdrawn; the public is told this reason.")])
        if pledge.state == RecordState.MERGED:
            refuse([Problem("state", f"{pledge.public_id} is merged into another pledge already.")])
        pledge.state = RecordState.WITHDRAWN
        pledge.withdrawn_reason = reason.strip()
        return _settle(current, pledge, now)


def merge_pledge(
    pledge_id: int,
    *,
    into_id: int,
    now: datetime,
    acting_user: AbstractBaseUser | None = None,
    job: str = "",
    why: str = "",
    change: Change | None = None,
) -> Pledge:
    """Say that a pledge is the same as another one: its evidence goes there, its id points there from now on."""
    with joining(change, action="pledge.merge", now=now, acting_user=acting_user, job=job, why=why) as current:
        pledge, into = get_pledge(pledge_id), get_pledge(into_id)
        refuse(problems_of_merging(pledge, into))
        pledge.evidence.update(pledge=into, move=None)
        hanging = _hang_on(into, pledge)
        pledge.state, pledge.merged_into = RecordState.MERGED, into
        _settle(current, pledge, now)
        _settle(current, into, now)
        for one in hanging:
            _settle(current, one, now)
        return into


def _hang_on(into: Pledge, merged: Pledge) -> list[Pledge]:
    """Make the parts and successors of a merged pledge those of the other; returns them."""
    hanging = {one.pk: one for one in (*merged.parts.all(), *merged.successors.exclude(pk=into.pk))}
    for one in hanging.values():
        if one.package_id == merged.pk:
            one.package = into
        if one.supersedes_id == merged.pk:
            one.supersedes = into
        one.save(update_fields=["package", "supersedes"])
    return list(hanging.values())


def add_evidence(
    pledge_id: int,
    evidence: EvidenceDraft,
    *,
    now: datetime,
    acting_user: AbstractBaseUser | None = None,
    job: str = "",
    why: str = "",
    move: MoveDraft | None = None,
    change: Change | None = None,
) -> Pledge:
    """Add evidence, and with it, if it tells of one, a move to another stage. The same quote is kept once."""
    with joining(change, action="pledge.evidence", now=now, acting_user=acting_user, job=job, why=why) as current:
        pledge = get_pledge(pledge_id)
        if pledge.state in (RecordState.WITHDRAWN, RecordState.MERGED):
            refuse([Problem("state", f"{pledge.public_id} is {pledge.state} and takes no more evidence.")])
        draft = PledgeDraft(title=pledge.title, evidence=(replace(evidence, move=""),), moves=(move,) if move else ())
        refuse([one for one in problems_of(draft) if one.field in {"evidence", "moves"}])
        writing.add_evidence(pledge, evidence, move)
        return _settle(current, pledge, now)


def remove_evidence(
    pledge_id: int,
    evidence_ids: list[int],
    *,
    now: datetime,
    acting_user: AbstractBaseUser | None = None,
    job: str = "",
    why: str = "",
    change: Change | None = None,
) -> Pledge:
    """Take evidence back, and the moves that rested on it alone. A published record keeps at least one piece."""
    with joining(change, action="pledge.evidence", now=now, acting_user=acting_user, job=job, why=why) as current:
        pledge = get_pledge(pledge_id)
        writing.remove_evidence(pledge, evidence_ids)
        if pledge.state == RecordState.PUBLISHED:
            refuse(problems_of_publishing(pledge))
        return _settle(current, pledge, now)


def convert_waiting(*, now: datetime, job: str) -> int:
    """Convert pledges that had no rate, now that rates were added; returns how many got a value."""
    waiting = Pledge.objects.exclude(valuation="none").exclude(state__in=[RecordState.WITHDRAWN, RecordState.MERGED])
    ids = list(waiting.filter(eur_central__isnull=True).values_list("pk", flat=True))
    ids += list(waiting.filter(eur_central__isnull=False, usd_central__isnull=True).values_list("pk", flat=True))
    converted = 0
    for pledge_id in ids:
        before = get_pledge(pledge_id)
        try:
            changed = freeze_value(before, today=now.date())
        except ValidationError as error:  # a slip in the rate: the pledge waits on, and the others are not kept from it
            logger.warning("%s was not converted: %s", before.public_id, " ".join(error.messages))
            continue
        if not changed:
            continue
        with joining(None, action="pledge.convert", now=now, job=job, why="An exchange rate was added.") as current:
            _settle(current, get_pledge(pledge_id), now)
        converted += 1
    return converted


def get_pledge(pledge_id: int) -> Pledge:
    """The pledge, or a ``ValidationError`` that says it does not exist."""
    try:
        return Pledge.objects.get(pk=pledge_id)
    except Pledge.DoesNotExist as error:
        raise ValidationError(f"There is no pledge with the id {pledge_id}.") from error


def _links(pledge: Pledge) -> set[int]:
    """The pledges on which the counting of others may hang through this one."""
    return {pk for pk in (pledge.package_id, pledge.supersedes_id) if pk is not None}


def _four_eyes(pledge: Pledge, acting_user: AbstractBaseUser | None) -> list[Problem]:
    return problems_of_four_eyes(
        KIND, pledge, acting_user=acting_user, permission="pledges.publish_pledge", entered=ENTERED
    )


def _settle(change: Change, pledge: Pledge, now: datetime, also: Iterable[int] = ()) -> Pledge:
    """Bring everything that follows from a pledge up to date: its value, its history, the lines of the totals.

    ``also`` names pledges that it hung on before and that must be counted anew as well. Where nothing changed, the
    record keeps its version and its last change.
    """
    freeze_value(pledge, today=now.date())
    state = state_of(pledge)
    if not stands(state):
        pledge.last_seq, pledge.modified_at = change.seq, change.at
        pledge.save()
        keep_versions(change, [state])
    recount(change, [pledge.pk, *also])
    return pledge


def _dataset(draft: PledgeDraft) -> Dataset:
    return Dataset.objects.get(pk=draft.dataset_id) if draft.dataset_id else tracker_dataset()
