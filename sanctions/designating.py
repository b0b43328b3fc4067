"""Writes designations that staff enter or correct: one target under one act. Whole lists come in by ``listing``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError

from history.fitting import Row, misfits
from history.four_eyes import problems_of_four_eyes
from history.models import Change
from history.refusing import Problem, refuse, somebody_was_quicker
from history.restoring import missing, values_of, version_at
from history.services import UnchangedError, joining, keep_version, stands
from reference.public_ids import new_public_id
from reference.services import tracker_dataset
from sanctions.listing import KIND, state_of
from sanctions.models import Designation, LegalAct, RecordState

# What people enter, by the columns' names; the rest of a kept state follows from what was done.
ENTERED = (
    "target_id",
    "programme_id",
    "act_id",
    "listing_act_id",
    "annex",
    "measure_id",
    "reason",
    "listed_on",
    "listed_as_written",
    "ended_on",
    "ended_by",
)


@dataclass(frozen=True, slots=True)
class DesignationEntry:
    """All that a person states of a designation."""

    target_id: int
    programme_id: int
    act_id: int | None = None
    listing_act_id: int | None = None
    annex: str = ""
    measure_id: int | None = None
    reason: str = ""
    listed_on: date | None = None
    listed_as_written: str = ""
    ended_on: date | None = None
    ended_by: str = ""
    based_on: int | None = None  # ``Designation.last_seq`` that the edit builds on; None: not checked
    origin_key: str = ""  # of a new one: by what the file that brings it knows it again
    import_batch_id: int | None = None  # of a new one


def create_designation(
    entry: DesignationEntry,
    *,
    now: datetime,
    acting_user: AbstractBaseUser | None = None,
    job: str = "",
    why: str = "",
    change: Change | None = None,
) -> Designation:
    """Enter a designation of the tracker's own as a draft. Raises ``ValidationError`` by field."""
    with joining(change, action="designation.create", now=now, acting_user=acting_user, job=job, why=why) as current:
        refuse(problems_of(entry))
        one = Designation(
            public_id=new_public_id("D", lambda key: Designation.objects.filter(public_id=key).exists()),
            dataset=tracker_dataset(),
            origin_key=entry.origin_key,
            import_batch_id=entry.import_batch_id,
            created_at=current.at,
        )
        return _settle(current, _fill(one, entry))


def correct_designation(
    designation_id: int,
    entry: DesignationEntry,
    *,
    now: datetime,
    acting_user: AbstractBaseUser | None = None,
    job: str = "",
    why: str = "",
    public_reason: str = "",
    change: Change | None = None,
    action: str = "designation.correct",
) -> Designation:
    """Replace what is stated of a designation; with ``entry.based_on`` only if nobody changed it since.

    What changes nothing leaves no number, unless it is a part of a ``change`` that is being made already.
    """
    try:
        with joining(
            change, action=action, now=now, acting_user=acting_user, job=job, why=why, public_reason=public_reason
        ) as current:
            one = get_designation(designation_id)
            if one.state == RecordState.WITHDRAWN:
                refuse([Problem("state", f"{one.public_id} is withdrawn and can no longer be corrected.")])
            if entry.based_on is not None and entry.based_on != one.last_seq:
                refuse([somebody_was_quicker("designation", one.last_seq)])
            refuse(problems_of(entry))
            _settle(current, _fill(one, entry))
            if one.state == RecordState.PUBLISHED:
                refuse(problems_of_publishing(one))
            if change is None and one.last_seq != current.seq:
                raise UnchangedError
            return one
    except UnchangedError:
        return get_designation(designation_id)


def publish_designation(
    designation_id: int,
    *,
    now: datetime,
    acting_user: AbstractBaseUser,
    why: str = "",
    change: Change | None = None,
) -> Designation:
    """Let the public see a draft. It needs the act that lists the target; publishing twice changes nothing."""
    with joining(change, action="designation.publish", now=now, acting_user=acting_user, why=why) as current:
        one = get_designation(designation_id)
        if one.state == RecordState.PUBLISHED:
            return one
        if one.state != RecordState.DRAFT:
            refuse([Problem("state", f"{one.public_id} is {one.state}; only a draft can be published.")])
        eyes = problems_of_four_eyes(
            KIND, one, acting_user=acting_user, permission="sanctions.publish_designation", entered=ENTERED
        )
        refuse([*problems_of_publishing(one), *eyes])
        one.state, one.published_at = RecordState.PUBLISHED, one.published_at or current.at
        return _settle(current, one)


def withdraw_designation(
    designation_id: int, *, reason: str, now: datetime, acting_user: AbstractBaseUser, change: Change | None = None
) -> Designation:
    """Take a designation out of the record. The reason is told to the public; the id is never used again.

    One that a list ended is not withdrawn: it was right until its last day.
    """
    with joining(
        change, action="designation.withdraw", now=now, acting_user=acting_user, why=reason, public_reason=reason
    ) as current:
        one = get_designation(designation_id)
        if not reason.strip():
            refuse([Problem("withdrawn_reason", "Say why it is withdrawn; the public is told this reason.")])
        one.state, one.withdrawn_reason = RecordState.WITHDRAWN, reason.strip()
        return _settle(current, one)


def restore_designation(
    designation_id: int,
    *,
    seq: int,
    now: datetime,
    acting_user: AbstractBaseUser,
    why: str,
    public_reason: str = "",
    based_on: int | None = None,
) -> Designation:
    """Enter again what the version of change ``seq`` said, as a new change; whether it is published stays."""
    version = version_at(KIND, designation_id, seq)
    if not why.strip():
        refuse([Problem("why", "Say why the earlier version comes back; the history keeps the reason.")])
    own = {name: version.state.get(name) for name in ENTERED}
    refuse(missing({"": (Designation, [own])}))
    return correct_designation(
        designation_id,
        DesignationEntry(**values_of(Designation, version.state, ENTERED), based_on=based_on),
        now=now,
        acting_user=acting_user,
        why=why,
        public_reason=public_reason,
        action="designation.restore",
    )


def problems_of(entry: DesignationEntry) -> Iterator[Problem]:
    """Everything that keeps a designation from being saved."""
    yield from (
        Problem(field.removesuffix("_id"), words)
        for field, words in misfits([Row(Designation, {name: getattr(entry, name) for name in ENTERED})])
    )
    if entry.listed_on and entry.ended_on and entry.ended_on < entry.listed_on:
        yield Problem("ended_on", f"It would end ({entry.ended_on}) before it began ({entry.listed_on}).")
    if entry.ended_by and entry.ended_on is None:
        yield Problem("ended_on", "Give the day on which it ended.")
    for field in ("act", "listing_act"):
        act = LegalAct.objects.filter(pk=getattr(entry, f"{field}_id")).first()
        if act is not None and act.programme_id != entry.programme_id:
            yield Problem(field, f"{act} belongs to another programme.")


def problems_of_publishing(one: Designation) -> list[Problem]:
    """What a saved designation still lacks before the public may see it."""
    if one.act_id is None:
        return [Problem("act", "A designation needs the act that lists its target before it is published.")]
    return []


def get_designation(designation_id: int) -> Designation:
    """The designation, or a ``ValidationError`` that says it does not exist."""
    try:
        return Designation.objects.select_related("target").get(pk=designation_id)
    except Designation.DoesNotExist as error:
        raise ValidationError(f"There is no designation with the id {designation_id}.") from error


def _fill(one: Designation, entry: DesignationEntry) -> Designation:
    for name in ENTERED:
        setattr(one, name, getattr(entry, name))
    return one


def _settle(change: Change, one: Designation) -> Designation:
    if one._state.adding or not stands(state_of(one)):
        one.last_seq, one.modified_at = change.seq, change.at
        one.save()
        keep_version(change, state_of(one))
    return one
