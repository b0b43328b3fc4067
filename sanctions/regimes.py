"""Writes programmes with their legal acts as staff enter and correct them by a file; the admin's form writes its own.

Programmes have no states. Their history is kept under their row, as for everything that records refer to.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db.models import ProtectedError

from history.fitting import Row, misfits
from history.models import Change
from history.refusing import Problem, refuse
from history.rows import keep_as_found, state_of_row
from history.services import UnchangedError, joining, keep_version, stands
from reference.services import tracker_dataset
from sanctions.kept import PROGRAMME
from sanctions.models import LegalAct, MeasureKind, Programme

COLUMNS = ("key", "name", "issuer_id", "issuer_as_written", "measures_provided", "url")
ACT_COLUMNS = ("title", "identifier", "adopted_on", "url")


@dataclass(frozen=True, slots=True)
class ActEntry:
    """A legal act of a programme; with the ``id`` of the row that it corrects, if it stands already."""

    title: str = ""
    identifier: str = ""
    adopted_on: date | None = None
    url: str = ""
    id: int | None = None


@dataclass(frozen=True, slots=True)
class ProgrammeEntry:
    """All that a person states of a programme. Acts that are not named are taken out."""

    key: str = ""
    name: str = ""
    issuer_id: int | None = None
    issuer_as_written: str = ""
    targets: tuple[int, ...] = ()
    measures_provided: tuple[str, ...] = ()
    url: str = ""
    acts: tuple[ActEntry, ...] = ()


def entry_of(programme: Programme) -> ProgrammeEntry:
    """What the record says of a programme."""
    columns = {name: getattr(programme, name) for name in COLUMNS}
    columns["measures_provided"] = tuple(programme.measures_provided)
    acts = programme.legal_acts.order_by("adopted_on", "pk").values("id", *ACT_COLUMNS)
    return ProgrammeEntry(
        **columns,
        targets=tuple(programme.targets.through.objects.filter(programme=programme).order_by("pk").values_list(
            "party_id", flat=True)),
        acts=tuple(ActEntry(**act) for act in acts),
    )  # fmt: skip


def create_programme(
    entry: ProgrammeEntry,
    *,
    now: datetime,
    acting_user: AbstractBaseUser | None = None,
    job: str = "",
    why: str = "",
    change: Change | None = None,
) -> Programme:
    """Enter a programme of the tracker's own. Raises ``ValidationError`` by field."""
    with joining(change, action="programme.create", now=now, acting_user=acting_user, job=job, why=why) as current:
        programme = Programme(dataset=tracker_dataset())
        _write(programme, entry)
        keep_version(current, state_of_row(PROGRAMME, programme))
        return programme


def correct_programme(
    programme_id: int,
    entry: ProgrammeEntry,
    *,
    now: datetime,
    acting_user: AbstractBaseUser | None = None,
    job: str = "",
    why: str = "",
    change: Change | None = None,
) -> Programme:
    """Replace what is stated of a programme. What changes nothing leaves no number.

    As a part of a ``change`` that is being made already, ``begin_history`` has to have been called before it.
    """
    if change is None:
        begin_history(programme_id, now=now)
    try:
        with joining(change, action="programme.correct", now=now, acting_user=acting_user, job=job, why=why) as current:
            programme = get_programme(programme_id)
            _write(programme, entry)
            state = state_of_row(PROGRAMME, Programme.objects.get(pk=programme.pk))
            if not stands(state):
                keep_version(current, state)
            elif change is None:
                raise UnchangedError
            return programme
    except UnchangedError:
        return get_programme(programme_id)


def begin_history(programme_id: int, *, now: datetime) -> None:
    """Keep how a programme stands, where an import wrote it and the history does not know."""
    keep_as_found(PROGRAMME, get_programme(programme_id).pk, now=now)


def get_programme(programme_id: int) -> Programme:
    """The programme, or a ``ValidationError`` that says it does not exist."""
    try:
        return Programme.objects.get(pk=programme_id)
    except Programme.DoesNotExist as error:
        raise ValidationError(f"There is no programme with the id {programme_id}.") from error


def problems_of(entry: ProgrammeEntry) -> Iterator[Problem]:
    """Everything that the columns cannot keep."""
    own = {name: getattr(entry, name) for name in COLUMNS if name != "measures_provided"}
    acts = [Row(LegalAct, {name: getattr(act, name) for name in ACT_COLUMNS}, "acts") for act in entry.acts]
    yield from (Problem(field.removesuffix("_id"), words) for field, words in misfits([Row(Programme, own), *acts]))
    for name, words in (("key", "Give it a key of letters, figures and hyphens."), ("name", "Give its name.")):
        if not getattr(entry, name).strip():
            yield Problem(name, words)
    unknown = [code for code in entry.measures_provided if code not in MeasureKind.values]
    if unknown:
        yield Problem("measures_provided", f"{', '.join(unknown)}: no measure type of ours.")
    if any(not act.title.strip() for act in entry.acts):
        yield Problem("acts", "A legal act needs a title, such as Regulation (EU) No 833/2014.")


def _write(programme: Programme, entry: ProgrammeEntry) -> None:
    refuse(problems_of(entry))
    for name in COLUMNS:
        value = getattr(entry, name)
        setattr(programme, name, list(value) if name == "measures_provided" else value)
    programme.full_clean()
    programme.save()
    programme.targets.set(entry.targets)
    _write_acts(programme, entry)


def _write_acts(programme: Programme, entry: ProgrammeEntry) -> None:
    standing = {act.pk: act for act in programme.legal_acts.all()}
    kept = {act.id for act in entry.acts}
    for gone in (act for act in standing.values() if act.pk not in kept):
        try:
            gone.delete()
        except ProtectedError as error:
            words = f"“{gone}” cannot be taken out: designations or steps of measures rest on it."
            raise ValidationError({"acts": [words]}) from error
    for one in entry.acts:
        act = standing[one.id] if one.id is not None else LegalAct(programme=programme)
        for name in ACT_COLUMNS:
            setattr(act, name, getattr(one, name))
        act.save()
