"""Says in words what each change did to a record: which field, from what to what.

Works from the record's model alone: fields give labels and choices, links are named by the records they lead to, and
the lists in a state (donors, moves, evidence, …) are the model's reverse relations of the same name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import DecimalField, Field, ForeignKey, ManyToManyField, Model

from history.models import Version

NOTHING = "—"
ACTIONS = {
    "create": "Entered",
    "correct": "Corrected",
    "publish": "Published",
    "withdraw": "Withdrawn",
    "merge": "Merged",
    "evidence": "Evidence added",
    "convert": "Converted, as a rate was added",
    "restore": "Restored to an earlier version",
    "found": "As it was found",
    "import": "Imported",
    "record.import": "Entered or corrected by a file",
    "accept": "Accepted from a candidate",
    "undo": "A decision on a candidate taken back",
}
# What a person never entered and that says nothing to a reader of the history.
NEVER_SHOWN = {"id", "public_id", "dataset_id", "entered_by_id", "published_at", "reviewed_at"}


@dataclass(frozen=True, slots=True)
class FieldWords:
    """One field that changed; ``—`` stands for nothing."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One change of a record in words."""

    seq: int
    at: datetime
    who: str
    action: str
    why: str
    public_reason: str
    public: bool
    changes: list[FieldWords]
    restore: str = ""  # the address at which this version can be restored, if it can


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What a record's own room knows of its fields: other labels, how to write a value, what not to show."""

    labels: Mapping[str, str] = field(default_factory=dict)
    formats: Mapping[str, Callable[[Any], str]] = field(default_factory=dict)
    hidden: frozenset[str] = frozenset()


def entries(
    model: type[Model],
    versions: Sequence[Version],
    vocabulary: Vocabulary,
    *,
    shown: int,
    restore: Mapping[int, str] | None = None,
) -> list[Entry]:
    """The first ``shown`` of a record's versions, newest first, each against the one that follows in the list.

    ``restore`` has the addresses at which versions can be restored, by change.
    """
    words = _Words(vocabulary, _linked(model, [version.state for version in versions]))
    return [
        Entry(
            seq=version.since_id,
            at=version.since.at,
            who=str(version.since.actor or version.since.job),
            action=_action(version.since.action),
            why=version.since.why,
            public_reason=version.since.public_reason or "",
            public=version.public,
            restore=(restore or {}).get(version.since_id, ""),
            changes=list(
                words.changes(model, versions[place + 1].state if place + 1 < len(versions) else {}, version.state)
            ),
        )
        for place, version in enumerate(versions[:shown])
    ]


def words_between(
    model: type[Model], before: dict[str, Any], after: dict[str, Any], vocabulary: Vocabulary
) -> list[FieldWords]:
    """What differs between two states of a record."""
    return list(_Words(vocabulary, _linked(model, [before, after])).changes(model, before, after))


def _action(code: str) -> str:
    return ACTIONS.get(code) or ACTIONS.get(code.rpartition(".")[2], code)


def _children(model: type[Model], name: str) -> type[Model] | None:
    """The model of a reverse relation, or ``None`` where the name is a field of the record itself."""
    relation = next((one for one in model._meta.related_objects if one.get_accessor_name() == name), None)
    return relation.related_model if relation is not None and isinstance(relation.related_model, type) else None


def _field(model: type[Model], name: str) -> Field[Any, Any] | None:
    try:
        found = model._meta.get_field(name.removesuffix("_id") if name.endswith("_id") else name)
    except FieldDoesNotExist:
        return None
    return found if isinstance(found, Field) else None


def _linked(model: type[Model], states: Sequence[dict[str, Any]]) -> dict[tuple[type[Model], int], str]:
    """The names of all records that the states link to, in one query for each model."""
    wanted: dict[type[Model], set[int]] = {}
    for state in states:
        for of, row in _rows(model, state):
            for name, value in row.items():
                column = _field(of, name)
                if isinstance(column, ForeignKey) and isinstance(value, int):
                    wanted.setdefault(column.related_model, set()).add(value)
                elif isinstance(column, ManyToManyField) and isinstance(value, list):
                    wanted.setdefault(column.related_model, set()).update(value)
    return {(of, row.pk): str(row) for of, ids in wanted.items() for row in of._default_manager.filter(pk__in=ids)}


def _rows(model: type[Model], state: dict[str, Any]) -> Iterator[tuple[type[Model], dict[str, Any]]]:
    yield model, {name: value for name, value in state.items() if _children(model, name) is None}
    for name, value in state.items():
        child = _children(model, name) if isinstance(value, list) else None
        if child is not None:
            yield from ((child, row) for row in value)


class _Words:
    def __init__(self, vocabulary: Vocabulary, linked: dict[tuple[type[Model], int], str]) -> None:
        self.vocabulary, self.linked = vocabulary, linked

    def changes(self, model: type[Model], before: dict[str, Any], after: dict[str, Any]) -> Iterator[FieldWords]:
        for name in [*after, *(name for name in before if name not in after)]:
            old, new = before.get(name), after.get(name)
            if old == new or name in NEVER_SHOWN or name in self.vocabulary.hidden:
                continue
            if new is False and name not in before:
                continue  # a new record says what it is, not what it is not
            child = _children(model, name)
            if child is not None:
                yield from self._list_changes(child, self.label(model, name), old or [], new or [])
                continue
            said = FieldWords(self.label(model, name), self.value(model, name, old), self.value(model, name, new))
            if said.before != said.after:
                yield said

    def _list_changes(
        self, child: type[Model], label: str, before: list[dict[str, Any]], after: list[dict[str, Any]]
    ) -> Iterator[FieldWords]:
        before, after = _without_twins(before, after)
        old = {row["id"]: row for row in before}
        for row in after:
            if row["id"] not in old:
                yield FieldWords(label, NOTHING, self.row(child, row))
        for row in after:
            was = old.pop(row["id"], None)
            if was is not None:
                yield FieldWords(label, self.row(child, was), self.row(child, row))
        for row in old.values():
            yield FieldWords(label, self.row(child, row), NOTHING)

    def label(self, model: type[Model], name: str) -> str:
        if name in self.vocabulary.labels:
            return self.vocabulary.labels[name]
        column = _field(model, name)
        words = str(column.verbose_name) if column is not None else name.replace("_", " ")
        return words[:1].upper() + words[1:]

    def row(self, model: type[Model], row: dict[str, Any]) -> str:
        said = [
            (name, self.value(model, name, value))
            for name, value in row.items()
            if name not in NEVER_SHOWN and value not in (None, "", False)
        ]
        return "; ".join(
            words if place == 0 else f"{self.label(model, name)}: {words}" for place, (name, words) in enumerate(said)
        )

    def value(self, model: type[Model], name: str, value: Any) -> str:
        if value is None or value == "":
            return NOTHING
        if name in self.vocabulary.formats:
            return self.vocabulary.formats[name](value)
        if isinstance(value, bool):
            return "yes" if value else "no"
        column = _field(model, name)
        if isinstance(column, ForeignKey):
            return self.linked.get((column.related_model, value), f"no. {value}")
        if isinstance(column, ManyToManyField):
            return ", ".join(self.linked.get((column.related_model, one), f"no. {one}") for one in value) or NOTHING
        if isinstance(column, DecimalField):
            return _decimal(value)
        if isinstance(value, list | dict):
            return _plain(value)
        choices = dict(column.flatchoices) if column is not None else {}
        return str(choices.get(value, value))


def _without_twins(
    before: list[dict[str, Any]], after: list[dict[str, Any]]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Without rows that stand in both lists with the same content, be it under another id."""
    left = list(before)
    new = []
    for row in after:
        content = {name: value for name, value in row.items() if name != "id"}
        twin = next((one for one in left if {k: v for k, v in one.items() if k != "id"} == content), None)
        if twin is None:
            new.append(row)
        else:
            left.remove(twin)
    return left, new


def _plain(value: Any) -> str:
    """A list or mapping that a column keeps, in a line."""
    if isinstance(value, dict):
        return "; ".join(f"{name}: {_plain(one)}" for name, one in value.items()) or NOTHING
    return ", ".join(map(_plain, value)) or NOTHING if isinstance(value, list) else str(value)


def _decimal(text: Any) -> str:
    try:
        number = Decimal(str(text))
    except InvalidOperation:
        return str(text)
    whole, _, fraction = f"{number:,f}".partition(".")
    fraction = fraction.rstrip("0")
    return f"{whole}.{fraction}" if fraction else whole
