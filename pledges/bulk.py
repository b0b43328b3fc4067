"""Takes in many records of a source at once: one change, a bounded number of statements, the same rules as for one.

What an import read is kept as a hash on the record: the same again changes nothing, whatever was done to the record
in between, and a record that staff corrected is not overwritten.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass, replace
from datetime import datetime
from decimal import Decimal
from functools import cache
from itertools import islice
from typing import Any, TypeVar

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError

from history.models import Change
from history.refusing import Problem
from history.services import joining, keep_versions
from pledges.checks import problems_within
from pledges.drafts import DeductionDraft, PledgeDraft
from pledges.freezing import Belongings, Quotes, freeze_value
from pledges.models import (
    Pledge,
    RecordState,
)
from pledges.recounting import recount
from pledges.services import correct_pledge
from pledges.state import state_with
from pledges.valuation import Moved, PricedItem
from pledges.writing import SAME_NAME
from pledges.writing_many import insert_children
from reference.currencies import EXACT
from reference.models import ImportBatch, Party
from reference.public_ids import new_public_id
from reference.rates import quote

ACTION = "pledge.import"
ROWS_AT_ONCE = 300
MOST_PROBLEMS = 20  # told at once
Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Entry:
    """One record of a source. ``draft.origin_key`` is its key there, ``within`` that of the package it is a part of."""

    draft: PledgeDraft
    within: str = ""


@dataclass(slots=True)
class Imported:
    """What an import did, by the records' keys."""

    made: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    kept: list[tuple[str, str]] = field(default_factory=list)  # key, and why it was not updated
    gone: list[str] = field(default_factory=list)  # stand in the record and no longer in the source


class BadEntryError(ValidationError):
    """An entry that cannot be right; ``key`` is its key in the source."""

    def __init__(self, key: str, words: str) -> None:
        super().__init__(words)
        self.key = key


def import_pledges(
    entries: Sequence[Entry],
    *,
    batch: ImportBatch,
    now: datetime,
    acting_user: AbstractBaseUser | None = None,
    job: str = "",
    why: str = "",
    progress: Progress = lambda done: None,
    change: Change | None = None,
) -> Imported:
    """Publish the entries as records of the batch's dataset: new ones are made, changed ones corrected.

    All or nothing. Packages come before their parts. Raises ``BadEntryError`` for the first entry that cannot be right.
    """
    with joining(change, action=ACTION, now=now, acting_user=acting_user, job=job, why=why) as current:
        entries = [_of_the_batch(entry, batch) for entry in entries]
        _check(entries)
        known = _known(batch)
        result = Imported(gone=sorted(set(known) - {entry.draft.origin_key for entry in entries}))
        by_staff = _changed_by_staff(known)
        ids = {key: one.pk for key, one in known.items()}
        new: list[Entry] = []
        changed: list[tuple[_Known, Entry]] = []
        for entry in entries:
            key = entry.draft.origin_key
            one = known.get(key)
            if one is None:
                new.append(entry)
            elif one.origin_hash == hash_of(entry):
                result.unchanged.append(key)
            elif key in by_staff or one.state in (RecordState.WITHDRAWN, RecordState.MERGED):
                result.kept.append((key, by_staff.get(key, f"it is {one.state} in the record")))
            else:
                changed.append((one, entry))
        progress(len(result.unchanged) + len(result.kept))
        _insert(new, ids, _Run(current, now, batch.dataset_id, cache(quote)), progress)
        result.made = [entry.draft.origin_key for entry in new]
        for one, entry in changed:
            _correct(one, entry, ids, current, now)
            result.updated.append(entry.draft.origin_key)
            progress(1)
        return result


def hash_of(entry: Entry) -> str:
    """A hash that is the same for the same content, whatever ids the record and the batch have."""
    content = replace(entry.draft, dataset_id=None, import_batch_id=None, package_id=None, based_on=None)
    return hashlib.sha256(f"{entry.within}\n{_plain(content)}".encode()).hexdigest()


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return [_plain(getattr(value, one.name)) for one in fields(value)]
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    return f"{EXACT.normalize(value):f}" if isinstance(value, Decimal) else str(value)


def _of_the_batch(entry: Entry, batch: ImportBatch) -> Entry:
    return replace(entry, draft=replace(entry.draft, dataset_id=batch.dataset_id, import_batch_id=batch.pk))


@dataclass(frozen=True, slots=True)
class _Known:
    pk: int
    origin_hash: str
    state: str
    last_seq: int


def _known(batch: ImportBatch) -> dict[str, _Known]:
    rows = Pledge.objects.filter(dataset=batch.dataset_id).exclude(origin_key="")
    columns = rows.values_list("origin_key", "pk", "origin_hash", "state", "last_seq")
    return {key: _Known(pk, kept, state, seq) for key, pk, kept, state, seq in columns}


def _changed_by_staff(known: Mapping[str, _Known]) -> dict[str, str]:
    """By key, the records whose last change was a person's own, and not an import that a person started."""
    seqs = sorted({one.last_seq for one in known.values()})
    by_people: dict[int, str] = {}
    for some in _chunks(seqs, 500):
        changes = (
            Change.objects.filter(seq__in=some, actor__isnull=False).exclude(action=ACTION).select_related("actor")
        )
        by_people |= {change.seq: str(change.actor) for change in changes}
    return {
        key: f"{by_people[one.last_seq]} changed it since the last import"
        for key, one in known.items()
        if one.last_seq in by_people
    }


def _check(entries: Sequence[Entry]) -> None:
    keys: set[str] = set()
    parties: set[int] = set()
    for entry in entries:
        draft = entry.draft
        if not draft.origin_key:
            raise ValueError("An imported record needs the key that it has in its source.")
        if draft.origin_key in keys:
            raise BadEntryError(draft.origin_key, f"{draft.origin_key} stands in the file twice.")
        if entry.within and entry.within not in keys:
            raise BadEntryError(
                draft.origin_key, f"{draft.origin_key} is a part of {entry.within}, which does not come before it."
            )
        keys.add(draft.origin_key)
        parties |= _parties_of(draft)
        problems = problems_within(draft) + list(_grounds(draft))
        if problems:
            words = " ".join(dict.fromkeys(problem.message for problem in problems))
            raise BadEntryError(draft.origin_key, f"{draft.origin_key}: {words}")
    missing = parties - set(Party.objects.values_list("pk", flat=True))
    if missing:
        raise ValidationError(f"No party has the id {', '.join(map(str, sorted(missing)))}.")


def _parties_of(draft: PledgeDraft) -> set[int]:
    found = {share.party_id for share in (*draft.donors, *draft.recipients)}
    return found | {one for one in (draft.channel_id, draft.financed_from_id) if one is not None}


def _grounds(draft: PledgeDraft) -> Iterator[Problem]:
    """What a record needs to be published, and what a record of a file cannot have."""
    if not draft.evidence:
        yield Problem("evidence", "An imported record needs the row that it comes from.")
    if not draft.donors and not draft.donors_as_written:
        yield Problem("donors", "Name the donor, or write who the source says it is.")
    links = [draft.supersedes_id, draft.adopted_from_id, *(one.price_id for one in draft.items)]
    links += [link for one in draft.evidence for link in (one.revision_id, one.finding_id)]
    if any(link is not None for link in links):
        yield Problem("evidence", "An imported record refers to no record of ours.")


T = TypeVar("T")


def _chunks(rows: Iterable[T], size: int) -> Iterator[list[T]]:
    iterator = iter(rows)
    while some := list(islice(iterator, size)):
        yield some


@dataclass(frozen=True, slots=True)
class _Run:
    """One import: its change, its moment, where its records go, and the rates that it looked up already."""

    change: Change
    now: datetime
    dataset_id: int
    quotes: Quotes


def _insert(entries: Sequence[Entry], ids: dict[str, int], run: _Run, progress: Progress) -> None:
    """Write new records, packages before their parts, and count them once all are there."""
    left = list(entries)
    made: list[int] = []
    while left:
        ready = [entry for entry in left if not entry.within or entry.within in ids]
        for some in _chunks(ready, ROWS_AT_ONCE):
            for pledge in _insert_some(some, ids, run):
                ids[pledge.origin_key] = pledge.pk
                made.append(pledge.pk)
            progress(len(some))
        left = [entry for entry in left if entry.draft.origin_key not in ids]
    for some_ids in _chunks(made, ROWS_AT_ONCE):
        recount(run.change, some_ids)


def _insert_some(entries: Sequence[Entry], ids: Mapping[str, int], run: _Run) -> list[Pledge]:
    public_ids = _public_ids(len(entries))
    pledges = [_new(entry, ids, one, run) for entry, one in zip(entries, public_ids, strict=True)]
    for pledge, entry in zip(pledges, entries, strict=True):
        try:
            freeze_value(pledge, today=run.now.date(), belongings=_belongings(entry.draft), quotes=run.quotes)
        except ValidationError as error:
            key = entry.draft.origin_key
            raise BadEntryError(key, f"{key}: {' '.join(error.messages)}") from error
    Pledge.objects.bulk_create(pledges, batch_size=100)
    children = insert_children(pledges, [entry.draft for entry in entries])
    keep_versions(run.change, [state_with(pledge, own) for pledge, own in zip(pledges, children, strict=True)])
    return pledges


def _public_ids(count: int) -> list[str]:
    """Fresh public ids, none of which any record has."""
    found: set[str] = set()
    while len(found) < count:
        found |= {new_public_id("P", found.__contains__) for _ in range(count - len(found))}
        found -= set(Pledge.objects.filter(public_id__in=found).values_list("public_id", flat=True))
    return sorted(found)


def _new(entry: Entry, ids: Mapping[str, int], public_id: str, run: _Run) -> Pledge:
    draft, change = entry.draft, run.change
    values: dict[str, Any] = {name: getattr(draft, name) for name in SAME_NAME}
    values |= {"title": draft.title.strip(), "package_id": ids[entry.within] if entry.within else None}
    return Pledge(
        **values,
        public_id=public_id,
        dataset_id=run.dataset_id,
        import_batch_id=draft.import_batch_id,
        origin_key=draft.origin_key,
        origin_hash=hash_of(entry),
        state=RecordState.PUBLISHED,
        entered_by_id=change.actor_id,
        created_at=change.at,
        modified_at=change.at,
        published_at=change.at,
        reviewed_at=change.at,
        last_seq=change.seq,
    )


def _belongings(draft: PledgeDraft) -> Belongings:
    """What the value rests on, from the draft alone; items go by their place, as they have no ids yet."""
    places = {item.ref: place for place, item in enumerate(draft.items) if item.ref}
    published = (one.published_on for one in draft.evidence if one.published_on is not None)
    return Belongings(
        items=[
            PricedItem(
                key=place,
                quantity=item.quantity,
                quantity_to=item.quantity_to,
                qualifier=item.quantity_qualifier,
                unit_price=item.unit_price,
                price_currency=item.price_currency,
                category=item.category,
            )
            for place, item in enumerate(draft.items)
        ],
        moves=[
            Moved(
                stage=move.stage,
                day=move.day,
                amount=move.amount,
                item=places.get(move.item),
                units=move.units,
                extent_unknown=move.extent_unknown,
            )
            for move in draft.moves
        ],
        deductions=[one.amount for one in draft.deductions if one.amount is not None],
        first_published=next(published, None),
    )


def _correct(one: _Known, entry: Entry, ids: Mapping[str, int], change: Change, now: datetime) -> None:
    """Make a record what its source says by now. Deductions stay: people made them, no import does."""
    key = entry.draft.origin_key
    pledge = Pledge.objects.get(pk=one.pk)
    deductions = tuple(
        DeductionDraft(row.amount, row.reason, row.other_id, row.note) for row in pledge.deductions.all()
    )
    draft = replace(
        entry.draft,
        package_id=ids[entry.within] if entry.within else None,
        deductions=deductions if entry.draft.stated is not None else (),
    )
    try:
        correct_pledge(one.pk, draft, now=now, change=change)
    except ValidationError as error:
        raise BadEntryError(key, f"{key}: {' '.join(error.messages)}") from error
    Pledge.objects.filter(pk=one.pk).update(origin_hash=hash_of(entry), import_batch_id=entry.draft.import_batch_id)
