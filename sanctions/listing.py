"""Takes in lists of designations: new names are made, changed ones corrected, those that a later list drops ended."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from typing import TypeVar

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError

from history.fitting import Row, misfits
from history.models import Change
from history.services import RecordState as HistoryState
from history.services import joining, keep_versions
from history.states import fields_of
from reference.models import ImportBatch
from reference.public_ids import new_public_id
from sanctions.drafts import DesignationDraft, IdentifierDraft, TargetDraft
from sanctions.models import Designation, LegalAct, RecordState, Target, TargetIdentifier, TargetKind, TargetName

KIND = "designation"
NOT_KEPT = {"id", "created_at", "modified_at", "last_seq", "origin_hash", "import_batch"}
ROWS_AT_ONCE = 500
Progress = Callable[[int], None]
T = TypeVar("T")


@dataclass(slots=True)
class Listed:
    """What taking in a list did, by the rows' keys."""

    made: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    targets: int = 0  # how many of them are new


class BadRowError(ValidationError):
    """A row that cannot be right; ``key`` is its key."""

    def __init__(self, key: str, words: str) -> None:
        super().__init__(words)
        self.key = key


def take_in_list(
    drafts: Sequence[DesignationDraft],
    *,
    act: LegalAct,
    batch: ImportBatch,
    day: date,
    now: datetime,
    acting_user: AbstractBaseUser | None = None,
    job: str = "",
    progress: Progress = lambda done: None,
    change: Change | None = None,
) -> Listed:
    """Make the act's designations those of the list, which is as of ``day``. All or nothing.

    What the list no longer names ends on that day; what it names again lasts again. Raises ``BadRowError``.
    """
    with joining(change, action="designation.import", now=now, acting_user=acting_user, job=job) as current:
        _check(drafts)
        standing = {one.origin_key: one for one in Designation.objects.filter(dataset=batch.dataset_id, act=act)}
        result = Listed()
        new: list[DesignationDraft] = []
        touched: list[Designation] = []
        for draft in drafts:
            one = standing.pop(draft.origin_key, None)
            if one is None:
                new.append(draft)
            elif one.origin_hash == _hash(draft) and one.ended_on is None:
                result.unchanged.append(draft.origin_key)
            else:
                touched.append(_correct(one, draft))
                result.updated.append(draft.origin_key)
        progress(len(drafts) - len(new))
        for one in standing.values():
            if one.ended_on is None and one.state == RecordState.PUBLISHED:
                one.ended_on = max(day, one.listed_on or day)
                one.ended_by = f"No longer in {batch.file_name}"[:300]
                touched.append(one)
                result.ended.append(one.origin_key)
        _save(touched, current)
        result.targets = _insert(new, act, batch, current, progress)
        result.made = [draft.origin_key for draft in new]
        return result


def _check(drafts: Sequence[DesignationDraft]) -> None:
    keys: set[str] = set()
    for draft in drafts:
        if draft.origin_key in keys:
            raise BadRowError(draft.origin_key, f"{draft.origin_key} stands in the list twice.")
        keys.add(draft.origin_key)
        words = [text for _, text in misfits(_rows(draft))]
        if not draft.target.name:
            words.append("The row names nobody.")
        if draft.target.kind not in TargetKind.values:
            words.append(f"{draft.target.kind!r} is no kind of target.")
        if words:
            raise BadRowError(draft.origin_key, f"{draft.origin_key[:80]}: {' '.join(words)}")


def _rows(draft: DesignationDraft) -> Iterator[Row]:
    names = ("origin_key", "annex", "reason", "listed_on", "listed_as_written")
    yield Row(Designation, {name: getattr(draft, name) for name in names})
    yield Row(Target, {"name": draft.target.name})
    for _, name in draft.target.names:
        yield Row(TargetName, {"name": name})
    for one in draft.target.identifiers:
        yield Row(TargetIdentifier, {"kind": one.kind, "value": one.value, "raw": one.raw})


def _hash(draft: DesignationDraft) -> str:
    content = (draft.target, draft.annex, draft.reason, draft.listed_on, draft.listed_as_written)
    return hashlib.sha256(repr(content).encode()).hexdigest()


def _correct(one: Designation, draft: DesignationDraft) -> Designation:
    """Make a standing designation, and its target, what the list says by now."""
    _fill(one, draft)
    target = one.target
    target.kind, target.name, target.details = draft.target.kind, draft.target.name, dict(draft.target.details)
    target.save()
    target.names.all().delete()
    target.identifiers.all().delete()
    _insert_children([(target, draft.target)])
    return one


def _fill(one: Designation, draft: DesignationDraft) -> None:
    one.annex, one.reason, one.measure_id = draft.annex, draft.reason, draft.measure_id
    one.listed_on, one.listed_as_written = draft.listed_on, draft.listed_as_written
    one.ended_on, one.ended_by, one.origin_hash = None, "", _hash(draft)


def _save(designations: Sequence[Designation], change: Change) -> None:
    for one in designations:
        one.last_seq, one.modified_at = change.seq, change.at
    columns = [
        "annex", "reason", "measure", "listed_on", "listed_as_written", "ended_on", "ended_by", "origin_hash",
        "last_seq", "modified_at",
    ]  # fmt: skip
    Designation.objects.bulk_update(designations, columns, batch_size=100)
    keep_versions(change, [state_of(one) for one in designations])


def _insert(
    drafts: Sequence[DesignationDraft], act: LegalAct, batch: ImportBatch, change: Change, progress: Progress
) -> int:
    """Write new designations; returns how many targets are new."""
    known = _known_targets(batch)
    made = 0
    for some in _chunks(drafts, ROWS_AT_ONCE):
        targets: list[Target] = []
        fresh: list[tuple[Target, TargetDraft]] = []
        ids = iter(_public_ids(Target, "T", len(some)))
        for draft in some:
            target = next((known[identity] for identity in draft.target.identities if identity in known), None)
            if target is None:
                target = Target(
                    public_id=next(ids),
                    kind=draft.target.kind,
                    name=draft.target.name,
                    details=dict(draft.target.details),
                )
                fresh.append((target, draft.target))
            for identity in draft.target.identities:
                known.setdefault(identity, target)
            targets.append(target)
        Target.objects.bulk_create([target for target, _ in fresh], batch_size=200)
        _insert_children(fresh)
        made += len(fresh)
        _insert_designations(some, targets, act, batch, change)
        progress(len(some))
    return made


def _insert_designations(
    drafts: Sequence[DesignationDraft], targets: Sequence[Target], act: LegalAct, batch: ImportBatch, change: Change
) -> None:
    rows = []
    for draft, target, public_id in zip(drafts, targets, _public_ids(Designation, "D", len(drafts)), strict=True):
        one = Designation(
            public_id=public_id,
            dataset_id=batch.dataset_id,
            import_batch=batch,
            origin_key=draft.origin_key,
            state=RecordState.PUBLISHED,
            target=target,
            programme_id=act.programme_id,
            act=act,
            created_at=change.at,
            modified_at=change.at,
            published_at=change.at,
            last_seq=change.seq,
        )
        _fill(one, draft)
        rows.append(one)
    Designation.objects.bulk_create(rows, batch_size=100)
    keep_versions(change, [state_of(one) for one in rows])


def _insert_children(targets: Sequence[tuple[Target, TargetDraft]]) -> None:
    TargetName.objects.bulk_create(
        [
            TargetName(target=target, kind=kind, name=name)
            for target, draft in targets
            for kind, name in dict.fromkeys(draft.names)
        ],
        batch_size=200,
    )
    numbers = [
        (target, one)
        for target, draft in targets
        for one in {(one.kind, one.value): one for one in draft.identifiers}.values()
    ]
    TargetIdentifier.objects.bulk_create(
        [TargetIdentifier(target=target, kind=one.kind, value=one.value, raw=one.raw) for target, one in numbers],
        batch_size=200,
    )


def _known_targets(batch: ImportBatch) -> dict[tuple[str, ...], Target]:
    """The targets of the dataset by what identifies them."""
    found: dict[tuple[str, ...], Target] = {}
    targets = Target.objects.filter(designations__dataset=batch.dataset_id).distinct().prefetch_related("identifiers")
    for target in targets.iterator(chunk_size=1_000):
        numbers = tuple(IdentifierDraft(one.kind, one.value) for one in target.identifiers.all())
        draft = TargetDraft(target.kind, target.name, (), numbers, tuple(target.details.items()))
        for identity in draft.identities:
            found.setdefault(identity, target)
    return found


def _public_ids(model: type[Target] | type[Designation], prefix: str, count: int) -> list[str]:
    found: set[str] = set()
    while len(found) < count:
        found |= {new_public_id(prefix, found.__contains__) for _ in range(count - len(found))}
        taken = model._default_manager.filter(public_id__in=found).values_list("public_id", flat=True)
        found -= set(taken)
    return sorted(found)


def state_of(one: Designation) -> HistoryState:
    """A designation's state, ready to be kept under a change."""
    return HistoryState(
        kind=KIND,
        object_id=one.pk,
        public_id=one.public_id,
        state=fields_of(one, NOT_KEPT),
        public=one.state == RecordState.PUBLISHED,
    )


def _chunks(rows: Sequence[T], size: int) -> Iterator[list[T]]:
    iterator = iter(rows)
    while some := list(islice(iterator, size)):
        yield some
