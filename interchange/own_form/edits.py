"""What a file's rows would change of a record: cell by cell against the record as it would be exported now.

A cell that says what the record says changes nothing, so that an export that is brought back unchanged is no change at
all. Pure, but for reading the record's own rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from interchange.own_form.cells import CellError, read_cell, same, told
from interchange.own_form.sheets import REMOVE, FileRow
from interchange.problems import FileProblem
from interchange.writing.tables import Column, Kind, Row, Table

NEW = "new"  # how the id of a row begins that is not in the record yet: new, new-1, new tanks
TRUTH = Column(REMOVE, Kind.BOOLEAN, "Remove", "Whether the row is taken out of its record.")


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell that says something else than the record: both values."""

    row: FileRow
    column: str
    before: Any
    after: Any

    def __str__(self) -> str:
        return f"{self.column} {_in_words(self.before)} → {_in_words(self.after)}"


@dataclass(slots=True)
class RowEdit:
    """What a row of a file changes."""

    table: Table
    row: FileRow
    key: str  # as the file has it; empty or beginning with "new" for a new row
    standing: Row | None  # the row as the record has it; None for a new one
    stated: dict[str, Cell] = field(default_factory=dict)
    computed: dict[str, Cell] = field(default_factory=dict)  # what the tracker works out itself; never taken
    remove: bool = False

    @property
    def changes(self) -> bool:
        """Whether it changes anything."""
        return bool(self.stated) or self.remove or self.standing is None

    def get(self, column: str) -> Any:
        """The value that the row now states for a column."""
        if column in self.stated:
            return self.stated[column].after
        return self.standing[column] if self.standing is not None else None


@dataclass(slots=True)
class RecordEdit:
    """All that the files say of one record: its own row, and rows of what belongs to it."""

    key: str
    own: RowEdit | None = None
    children: dict[str, list[RowEdit]] = field(default_factory=dict)
    versions: set[int] = field(default_factory=set)

    @property
    def rows(self) -> list[RowEdit]:
        """Every row, its own first."""
        own = [self.own] if self.own is not None else []
        return [*own, *(row for rows in self.children.values() for row in rows)]

    @property
    def first(self) -> FileRow:
        """Where the record is named first."""
        return self.rows[0].row


def is_new(key: str) -> bool:
    """Whether a key in a file names a row that is to be made."""
    return not key or key.casefold().startswith(NEW)


def key_of(row: FileRow, column: str) -> str:
    """The text of a cell that names a row; a spreadsheet may have made a number of it. Raises ``FileProblem``."""
    cell = row.cells.get(column)
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if not isinstance(cell, str):
        raise FileProblem(f"{told(cell)} is no id.", row.at(column))
    return cell.strip()


def compare(
    table: Table, row: FileRow, standing: Row | None, *, stated: Iterable[str], key: str, references: Sequence[str] = ()
) -> RowEdit:
    """What the row changes of the standing one. ``references`` hold ids, of rows that may be new ones of the file.

    Raises ``FileProblem`` that tells all cells that cannot be read.
    """
    taken = set(stated)
    edit = RowEdit(table, row, key, standing)
    problems: list[FileProblem] = []
    for name in row.cells:
        column = TRUTH if name == REMOVE else table.by_name[name]
        try:
            value = _reference(row, name) if name in references else read_cell(column, row.cells[name])
        except CellError as error:
            problems.append(FileProblem(str(error), row.at(name)))
            continue
        if name == REMOVE:
            edit.remove = bool(value)
            continue
        before = _standing(column, standing, name in references)
        if not same(column, before, value):
            (edit.stated if name in taken else edit.computed)[name] = Cell(row, name, before, value)
    if problems:
        raise ManyProblems(problems)
    return edit


def _reference(row: FileRow, name: str) -> str | None:
    return key_of(row, name) or None


def _standing(column: Column, standing: Row | None, reference: bool) -> Any:
    if standing is None:
        return None
    value = standing[column.name]
    return str(value) if reference and value is not None else value


class ManyProblems(FileProblem):
    """Several cells of one row that cannot be read."""

    def __init__(self, problems: list[FileProblem]) -> None:
        super().__init__("; ".join(problem.words for problem in problems), problems[0].place)
        self.problems = problems


def version_of(row: FileRow) -> int | None:
    """On which state of the record the row builds; none for a new row. Raises ``FileProblem``."""
    try:
        found: int | None = read_cell(Column("version", Kind.INTEGER, "Version", "Version."), row.cells.get("version"))
    except CellError as error:
        raise FileProblem(str(error), row.at("version")) from error
    return found


def _in_words(value: Any) -> str:
    if value is None or value == []:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return told("; ".join(value))
    return told(value)


def by_name(rows: Iterable[Row], column: str) -> Mapping[str, Row]:
    """Rows by the text of their key."""
    return {str(row[column]): row for row in rows}
