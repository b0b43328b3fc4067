"""Keeps what records refer to (parties, programmes, prices, …) under the same numbered history as the records.

These rows have no states and no rules across tables. A form writes them inside ``save_row``, which numbers the change
and keeps the row with its own tables. Where the history does not know how a row stood before (an import made it, or it
was there before its history began), that is kept first, so that the change can be told.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import ForeignKey, ManyToManyField, Model, ProtectedError

from history.models import Change
from history.refusing import Problem, refuse
from history.restoring import missing, values_of, version_at
from history.selectors import versions_of
from history.services import RecordState, UnchangedError, keep_version, recording, stands
from history.states import fields_of


@dataclass(frozen=True, slots=True)
class RowKind:
    """What is kept of one model's rows: their columns, their own tables, and whom they name."""

    name: str
    model: type[Model]
    tables: tuple[str, ...] = ()  # reverse relations whose rows belong to it
    named: tuple[str, ...] = ()  # many-to-many relations
    left_out: frozenset[str] = frozenset()

    @property
    def entered(self) -> tuple[str, ...]:
        """The names in a kept state, all of which people enter."""
        columns = [one.attname for one in self.model._meta.concrete_fields if one.name not in {"id", *self.left_out}]
        return (*columns, *self.tables, *self.named)


def state_of_row(kind: RowKind, row: Model) -> RecordState:
    """A row with its tables, ready to be kept under a change."""
    state = fields_of(row, {"id", *kind.left_out})
    for name in kind.tables:
        children = getattr(row, name)
        state[name] = [fields_of(child, {children.field.name}) for child in children.order_by("pk")]
    for name in kind.named:
        state[name] = sorted(getattr(row, name).values_list("pk", flat=True))
    public_id = str(getattr(row, "public_id", ""))
    return RecordState(kind=kind.name, object_id=row.pk, public_id=public_id, state=state, public=False)


def last_change_of(kind: RowKind, row_id: int) -> int:
    """The number of the last change of a row; 0 where its history has not begun."""
    return versions_of(kind.name, row_id).values_list("since_id", flat=True).first() or 0


def save_row(
    kind: RowKind,
    row_id: int | None,
    write: Callable[[], Model],
    *,
    now: datetime,
    acting_user: AbstractBaseUser,
    why: str = "",
    action: str = "",
) -> Model:
    """Let ``write`` write a row and its tables, as one numbered change; ``row_id`` is ``None`` for a new one.

    Raises ``UnchangedError``, and keeps nothing, where the row says afterwards what it said before.
    """
    action = action or ("create" if row_id is None else "correct")
    with transaction.atomic():
        if row_id is not None:
            keep_as_found(kind, row_id, now=now)
        with recording(action=f"{kind.name}.{action}", now=now, acting_user=acting_user, why=why) as change:
            row = write()
            # Read anew: a form leaves what was typed on its row, the database what it made of it.
            state = state_of_row(kind, kind.model._default_manager.get(pk=row.pk))
            if stands(state):
                raise UnchangedError
            keep_version(change, state)
            return row


def keep_as_found(kind: RowKind, row_id: int, *, now: datetime) -> Change | None:
    """Keep how a row stands, where its history says something else or nothing; the change that keeps it, if any."""
    state = state_of_row(kind, kind.model._default_manager.get(pk=row_id))
    if stands(state):
        return None
    why = "How it stood before the next change; an import or a set-up wrote it."
    with recording(action=f"{kind.name}.found", now=now, job="history", why=why) as change:
        keep_version(change, state)
    return change


def restore_row(
    kind: RowKind,
    row_id: int,
    *,
    seq: int,
    now: datetime,
    acting_user: AbstractBaseUser,
    why: str,
    based_on: int | None = None,
) -> Model:
    """Make a row what the version of change ``seq`` said, as a new change.

    Raises ``ValidationError`` where the version refers to what is gone, is taken by another row, or somebody was
    quicker.
    """
    version = version_at(kind.name, row_id, seq)
    if based_on is not None and based_on != last_change_of(kind, row_id):
        refuse([Problem("based_on", "Somebody changed it after you opened this page. Load the page again.")])
    if not why.strip():
        refuse([Problem("why", "Say why the earlier version comes back; the history keeps the reason.")])
    refuse(_missing(kind, version.state))
    try:
        return save_row(
            kind,
            row_id,
            lambda: _write(kind, row_id, version.state),
            now=now,
            acting_user=acting_user,
            why=why,
            action="restore",
        )
    except UnchangedError as error:
        raise ValidationError("It says this already; nothing was restored.") from error


def _missing(kind: RowKind, state: Mapping[str, Any]) -> list[Problem]:
    own = {name: one for name, one in state.items() if not isinstance(one, list)}
    rows: dict[str, tuple[type[Model], list[Mapping[str, Any]]]] = {"": (kind.model, [own])}
    for name in kind.tables:
        rows[name] = (_table(kind, name), state.get(name, []))
    found = list(missing(rows))
    for name in kind.named:
        link = kind.model._meta.get_field(name)
        target: Any = link.related_model
        known = set(target._default_manager.filter(pk__in=state.get(name, [])).values_list("pk", flat=True))
        gone = sorted(set(state.get(name, [])) - known)
        if gone:
            numbers = ", ".join(map(str, gone))
            words = f"That version refers to {target._meta.verbose_name} no. {numbers} ({name}), no longer there."
            found.append(Problem(name, words))
    return found


def _table(kind: RowKind, name: str) -> type[Model]:
    relation: Any = next(one for one in kind.model._meta.related_objects if one.get_accessor_name() == name)
    return relation.related_model  # type: ignore[no-any-return]


def _write(kind: RowKind, row_id: int, state: Mapping[str, Any]) -> Model:
    row = kind.model._default_manager.get(pk=row_id)
    for name, value in values_of(kind.model, {key: one for key, one in state.items() if key in kind.entered}).items():
        if not isinstance(_field(kind.model, name), ManyToManyField):
            setattr(row, name, value)
    row.full_clean()
    row.save()
    for name in kind.tables:
        _write_table(row, name, state.get(name, []))
    for name in kind.named:
        getattr(row, name).set(state.get(name, []))
    return row


def _field(model: type[Model], name: str) -> Any:
    return model._meta.get_field(name) if not name.endswith("_id") else None


def _write_table(row: Model, name: str, kept: list[Mapping[str, Any]]) -> None:
    """The rows of a table as they were: those that stand are corrected, the others go, and what went comes back."""
    manager = getattr(row, name)
    link: ForeignKey[Any, Any] = manager.field
    standing = {one.pk: one for one in manager.all()}
    wanted = [(standing.pop(values["id"], None), values) for values in kept]
    for gone in standing.values():
        try:
            gone.delete()
        except ProtectedError as error:
            words = f"{gone} was added since, and other records rest on it by now; it cannot be taken away."
            raise ValidationError(words) from error
    for found, values in wanted:
        child = found if found is not None else manager.model()
        columns = values_of(manager.model, {key: one for key, one in values.items() if key != "id"})
        for column, value in {**columns, link.attname: row.pk}.items():
            setattr(child, column, value)
        child.full_clean()
        child.save()
