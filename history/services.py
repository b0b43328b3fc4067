"""Writes history: the only way in which a numbered change comes to be.

    with recording(acting_user=user, action="pledge.publish", why="checked against the decree", now=now) as change:
        ...                                   # write the record
        keep_version(change, kind="pledge", record=pledge, state=..., public=True)

Everything inside is one transaction. The number is taken first, under a row lock that is held until the commit, so
that numbers follow the order of commits and two writers of the record never wait for each other crosswise.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F

from history.fitting import keepable
from history.models import Change, ChangeCounter, Version


@dataclass(frozen=True, slots=True)
class RecordState:
    """A record's whole state, ready to be kept."""

    kind: str
    object_id: int
    public_id: str
    state: dict[str, Any]
    public: bool


class UnchangedError(Exception):
    """A change turned out to change nothing. Raised within ``recording`` it takes the change's number back."""


@contextmanager
def recording(
    *,
    action: str,
    now: datetime,
    acting_user: AbstractBaseUser | None = None,
    job: str = "",
    why: str = "",
    public_reason: str = "",
) -> Iterator[Change]:
    """Open a transaction and number the change that is made in it.

    ``acting_user`` or ``job`` says who makes it; one of them is required. ``now`` is an aware moment; if the clock
    went backwards since the last change, the last change's moment is taken, so that moments follow numbers. ``why`` is
    for staff; ``public_reason`` is what the public is told of the change, if anything.
    Raises ``ValidationError`` for a reason that cannot be kept.
    """
    if acting_user is None and not job:
        raise ValueError("A change needs acting_user or job: history must say who made it.")
    if not keepable(why + public_reason):
        raise ValidationError("The reason holds a character that no database keeps; write it anew.")
    with transaction.atomic():
        change = _number(action=action, now=now, acting_user=acting_user, job=job, why=why)
        tell_the_public(change, public_reason)
        yield change


@contextmanager
def joining(
    change: Change | None,
    *,
    action: str,
    now: datetime,
    acting_user: AbstractBaseUser | None = None,
    job: str = "",
    why: str = "",
    public_reason: str = "",
) -> Iterator[Change]:
    """The change that is already being made, or else a new one: for services that others call as a part of theirs."""
    if change is not None:
        tell_the_public(change, public_reason)
        yield change
        return
    with recording(
        action=action, now=now, acting_user=acting_user, job=job, why=why, public_reason=public_reason
    ) as new:
        yield new


def tell_the_public(change: Change, reason: str) -> None:
    """Give a change that is being made the reason that the public is told. Nothing to tell leaves it as it is."""
    if reason.strip() and change.public_reason != reason.strip():
        change.public_reason = reason.strip()
        change.save(update_fields=["public_reason"])


def _number(*, action: str, now: datetime, acting_user: AbstractBaseUser | None, job: str, why: str) -> Change:
    if not ChangeCounter.objects.filter(pk=1).update(last_seq=F("last_seq") + 1):
        ChangeCounter.objects.bulk_create([ChangeCounter(pk=1)], ignore_conflicts=True)
        ChangeCounter.objects.filter(pk=1).update(last_seq=F("last_seq") + 1)
    counter = ChangeCounter.objects.get(pk=1)
    at = now if counter.last_at is None else max(now, counter.last_at)
    ChangeCounter.objects.filter(pk=1).update(last_at=at)
    return Change.objects.create(
        seq=counter.last_seq, at=at, actor_id=acting_user.pk if acting_user else None, job=job, action=action, why=why
    )


def stands(record: RecordState) -> bool:
    """Whether the record's current version says just this already."""
    version = Version.objects.filter(kind=record.kind, object_id=record.object_id, until__isnull=True).first()
    return version is not None and _same(version, record)


def _same(version: Version, record: RecordState) -> bool:
    return (version.state, version.public, version.public_id) == (record.state, record.public, record.public_id)


def keep_version(change: Change, record: RecordState) -> None:
    """Keep a record's state under a change. An unchanged state keeps the version that stands."""
    keep_versions(change, [record])


def keep_versions(change: Change, records: list[RecordState]) -> None:
    """Keep the states of many records under one change, in a bounded number of queries for each kind."""
    for kind in sorted({record.kind for record in records}):
        _keep_versions_of_kind(change, kind, {record.object_id: record for record in records if record.kind == kind})


def _keep_versions_of_kind(change: Change, kind: str, records: dict[int, RecordState]) -> None:
    ids = list(records)
    ended: list[int] = []
    for first in range(0, len(ids), 500):
        standing = Version.objects.filter(kind=kind, object_id__in=ids[first : first + 500], until__isnull=True)
        for version in standing:
            record = records[version.object_id]
            if _same(version, record):
                del records[version.object_id]
            elif version.since_id == change.seq:
                _rewrite(version, records.pop(version.object_id))
            else:
                ended.append(version.pk)
    for first in range(0, len(ended), 500):
        Version.objects.filter(pk__in=ended[first : first + 500]).update(until=change)
    Version.objects.bulk_create(
        [
            Version(
                kind=record.kind,
                object_id=record.object_id,
                public_id=record.public_id,
                state=record.state,
                public=record.public,
                since=change,
            )
            for record in records.values()
        ],
        batch_size=200,
    )


def _rewrite(version: Version, record: RecordState) -> None:
    """A record written twice within one change has one version: its last state."""
    version.state, version.public, version.public_id = record.state, record.public, record.public_id
    version.save(update_fields=["state", "public", "public_id"])
