"""Which columns of a table become which fields of a draft: the same for every kind of record that is brought back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, dataclass, field, fields, replace
from typing import Any

from django.db.models import QuerySet

from interchange.own_form.edits import RowEdit
from interchange.problems import FileProblem
from interchange.writing.tables import Row, Table


@dataclass(frozen=True)
class Part:
    """A table of what belongs to a record, and the drafts that its rows become.

    ``key`` is the column that names a row within its record; ``columns`` lead to fields of ``make``, whose empty value
    is that of its default. ``refers`` are columns that hold the id of a row of another part.
    """

    table: Table
    rows: Callable[[QuerySet[Any]], Iterator[Row]]
    owner: str
    key: str
    attribute: str  # of the record's draft
    make: type[Any]
    columns: Mapping[str, str]
    refers: Mapping[str, str]  # column: part whose rows it names
    defaults: Mapping[str, Any] = field(default_factory=dict)  # of a new row, where the draft itself has none
    position: bool = False  # the key is a place in the list, as the rows have no lasting number

    @property
    def named(self) -> bool:
        """Whether a row is named by what it holds, such as a party, and not by a number of its own."""
        return self.key in self.columns

    @property
    def stated(self) -> set[str]:
        """The columns that are taken."""
        return {*self.columns, *self.refers}


@dataclass(slots=True)
class Applied:
    """The children of one part, by the key that files use, while rows are applied to them."""

    part: Part
    children: dict[str, Any]
    made: int = 0


def standing_children(part: Part, children: tuple[Any, ...], keys: list[str]) -> Applied:
    """The record's children by key; ``keys`` are those of their rows, in the same order."""
    return Applied(part, dict(zip(keys, children, strict=True)))


def apply_row(applied: Applied, edit: RowEdit, resolve: Callable[[str, Any, RowEdit], Any]) -> None:
    """Change, add or remove one child. ``resolve`` turns a cell into a field's value. Raises ``FileProblem``."""
    part = applied.part
    if edit.standing is None and edit.remove:
        raise FileProblem("a row that is new cannot be removed.", edit.row.at())
    if edit.remove:
        applied.children.pop(edit.key, None)
        return
    given = {part.columns.get(name, name): resolve(name, cell.after, edit) for name, cell in edit.stated.items()}
    if edit.standing is not None and edit.key not in applied.children:
        raise FileProblem(
            f"another row takes {edit.key} out of its record, and this one corrects it; mend one of them.",
            edit.row.at(part.key),
        )
    if edit.standing is not None:
        applied.children[edit.key] = replace(applied.children[edit.key], **given)
        return
    applied.made += 1
    key = edit.key if edit.key and not part.position else f"new row {applied.made}"
    if key in applied.children:
        raise FileProblem(f"{key} stands in its record already.", edit.row.at(part.key))
    names = {one.name for one in fields(part.make)}
    if "ref" in names:
        given["ref"] = key
    try:
        applied.children[key] = part.make(**{**part.defaults, **given})
    except TypeError as error:
        lacking = ", ".join(f"“{name}”" for name in _lacking(part, given))
        raise FileProblem(f"a new row needs {lacking}.", edit.row.at()) from error


def _lacking(part: Part, given: Mapping[str, Any]) -> list[str]:
    known = {field: column for column, field in part.columns.items()}
    return [
        known.get(one.name, one.name)
        for one in fields(part.make)
        if one.name not in given and one.init and _needed(one) and one.name in known
    ]


def _needed(one: Any) -> bool:
    return one.default is MISSING and one.default_factory is MISSING
