"""What an import needs to know of a kind of record; pledges and measures each have such a desk."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import QuerySet

from history.models import Change
from interchange.own_form.edits import RecordEdit, RowEdit, is_new
from interchange.own_form.parts import Applied, Part, apply_row, standing_children
from interchange.problems import FileProblem
from interchange.writing.tables import Kind, Row, Table
from reference.models import Party


@dataclass(frozen=True, slots=True)
class Standing:
    """A record as it stands: its row id, by what people know it, and on which state a correction has to build."""

    pk: int
    public_id: str
    version: int  # as its rows are exported with: for most kinds the number of the last change


@dataclass(slots=True)
class Making:
    """What is known while edits become drafts: parties by code, and the records that this import has made."""

    import_batch_id: int | None = None
    parties: dict[str, int] = field(default_factory=dict)
    made: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.parties = dict(Party.objects.values_list("code", "pk"))

    def party(self, code: str, edit: RowEdit, column: str) -> int:
        """A party's id. Raises ``FileProblem`` with the place."""
        if code not in self.parties:
            raise FileProblem(
                f"There is no party with the code “{code}”; add it in the admin first, or mend the code.",
                edit.row.at(column),
            )
        return self.parties[code]


@dataclass(frozen=True, slots=True)
class Writing:
    """Under which change, by whom and when drafts are written."""

    change: Change
    now: datetime
    acting_user: AbstractBaseUser | None


class Desk(ABC):
    """A kind of record that can be brought back. What is written here holds for records with public ids."""

    what: str  # pledge
    room: str  # app label, for permissions
    table: Table
    parts: Sequence[Part]
    stated: frozenset[str]  # columns of the record's own table that are taken
    refers: tuple[str, ...]  # those of them that hold ids of records
    entered = " as a draft"  # how a new one is in the record
    fields: Mapping[str, str]  # a field of the draft: the column that people know it by

    @abstractmethod
    def records(self, keys: Sequence[str]) -> QuerySet[Any]:
        """The records with these public ids."""

    @abstractmethod
    def rows(self, records: QuerySet[Any], *, staff: bool) -> Iterator[Row]:
        """Their rows as they would be exported."""

    def standing(self, records: QuerySet[Any]) -> Iterator[tuple[str, Standing]]:
        """How they stand, each by the id that files name it by."""
        for public_id, pk, last_seq in records.values_list("public_id", "pk", "last_seq"):
            yield public_id, Standing(pk, public_id, last_seq)

    def last_change(self, standing: Standing) -> Change | None:
        """The change that made the record what it is, where that is known."""
        return Change.objects.select_related("actor").filter(seq=standing.version).first()

    def prepare(self, standing: Standing, now: datetime) -> None:  # noqa: B027 - most kinds need nothing
        """What has to be kept of a record before a correction of it is numbered."""

    def keyed(self, draft: Any, key: str) -> Any:
        """The draft of a new record with the key by which it is known again."""
        return replace(draft, origin_key=key)

    @abstractmethod
    def made_before(self, draft: Any) -> Standing | None:
        """The record that an earlier import made of this very draft."""

    @abstractmethod
    def draft_of(self, edit: RecordEdit, standing: Standing | None, making: Making) -> Any:
        """The draft that the edit makes. Raises ``FileProblem`` with the place."""

    @abstractmethod
    def create(self, draft: Any, writing: Writing) -> Standing:
        """Enter the draft. Raises ``ValidationError``."""

    @abstractmethod
    def correct(self, standing: Standing, draft: Any, writing: Writing) -> None:
        """Correct the record. Raises ``ValidationError``."""


def value_of(table: Table, edit: RowEdit, name: str, value: Any) -> Any:
    """A cell as a draft has it: no text is an empty one, and what is true or false cannot be left open."""
    if value is not None:
        return value
    kind = table.by_name[name].kind
    if kind is Kind.BOOLEAN:
        raise FileProblem("write true or false; it cannot be empty.", edit.row.at(name))
    return "" if kind in (Kind.TEXT, Kind.CODE) else None


def new_key(key: str) -> str:
    """How a new row is called by others of the same import."""
    return key.casefold()


def apply_part(part: Part, children: tuple[Any, ...], keys: list[str], edit: RecordEdit, making: Making) -> Applied:
    """The children of a record with the rows of the files applied to them."""
    applied = standing_children(part, children, keys)

    def resolve(name: str, value: Any, row: RowEdit) -> Any:
        if name in part.refers:
            return "" if value is None else _ref(part.refers[name], value)
        if part.columns[name].endswith("_id") and part.key == name and value is not None:
            return making.party(value, row, name)
        return value_of(part.table, row, name, value)

    for row in edit.children.get(part.table.name, ()):
        if row.changes:
            apply_row(applied, row, resolve)
    return applied


def _ref(part: str, value: Any) -> str:
    """How a draft refers to a child of another part: by its number, or by the name that a new row gave itself."""
    return str(value) if is_new(str(value)) else f"{part}-{value}"
