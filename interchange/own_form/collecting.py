"""Goes through files and keeps what they would change: memory grows with the changes, not with the rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.db.models import QuerySet

from interchange.own_form.desks import Desk, Standing, new_key
from interchange.own_form.edits import ManyProblems, RecordEdit, compare, is_new, key_of, version_of
from interchange.own_form.parts import Part
from interchange.own_form.sheets import FileRow, Found
from interchange.problems import FileProblem, Place
from interchange.writing.tables import Row

ROWS_AT_ONCE = 500
MOST_CHANGES = 10_000
MOST_PROBLEMS = 200


@dataclass(slots=True)
class Collected:
    """What files would change of one kind of record, in the order of the rows."""

    desk: Desk
    edits: dict[str, RecordEdit] = field(default_factory=dict)
    standing: dict[str, Standing] = field(default_factory=dict)
    problems: list[FileProblem] = field(default_factory=list)
    rows: int = 0
    unchanged: int = 0  # rows that change nothing

    def edit(self, key: str, row: FileRow) -> RecordEdit:
        """The edit of a record; each new row without a name is a record of its own."""
        name = new_key(key) if key and is_new(key) else key or f"new at {row.place}"
        if name not in self.edits:
            if len(self.edits) >= MOST_CHANGES:
                raise FileProblem(
                    f"more than {MOST_CHANGES:,} records would be changed; bring the table in several parts.", row.at()
                )
            self.edits[name] = RecordEdit(name)
        return self.edits[name]

    def problem(self, problem: FileProblem) -> None:
        """Keep a problem; where there are very many, the first of them are told."""
        found = problem.problems if isinstance(problem, ManyProblems) else [problem]
        self.problems.extend(found)
        if len(self.problems) >= MOST_PROBLEMS:
            raise TooManyProblemsError


class TooManyProblemsError(Exception):
    """So much is wrong that reading on would help nobody."""


def collect(desk: Desk, found: Sequence[Found]) -> Collected:
    """What the files would change of one kind of record, its own table first whatever their order."""
    collected = Collected(desk)
    by_table = {one.table.name: one for one in found}
    try:
        if desk.table.name in by_table:
            _own_rows(collected, by_table[desk.table.name])
        for part in desk.parts:
            if part.table.name in by_table:
                _part_rows(collected, part, by_table[part.table.name])
    except TooManyProblemsError:
        pass
    return collected


def _some(rows: Iterator[FileRow]) -> Iterator[list[FileRow]]:
    while some := list(islice(rows, ROWS_AT_ONCE)):
        yield some


def _own_rows(collected: Collected, found: Found) -> None:
    desk = collected.desk
    staff = "state" in found.columns
    for some in _some(found.rows()):
        keys = [key for key in (_key(collected, row, "id") for row in some) if key is not None]
        records = desk.records([key for key in keys if not is_new(key)])
        known = _known(collected, records)
        standing = {str(row["id"]): row for row in desk.rows(records, staff=staff)} if known else {}
        for row in some:
            collected.rows += 1
            key = _key(collected, row, "id", quiet=True)
            if key is None:
                continue
            before = collected.edits.get(new_key(key) if is_new(key) else key) if key else None
            if before is not None and before.own is not None:
                collected.problem(_twice(key, before.own.row, row.at("id")))
                continue
            _compared(collected, row, key, standing.get(key))
        _forget(collected, known)


def _twice(name: str, first: FileRow, place: Place) -> FileProblem:
    return FileProblem(f"{name} stands in row {first.place.row} already, and that row changes it.", place)


def _known(collected: Collected, records: QuerySet[Any]) -> list[str]:
    """Keep how the records stand, for as long as their rows are compared; the ids of those that there are."""
    ids = []
    for key, standing in collected.desk.standing(records):
        collected.standing[key] = standing
        ids.append(key)
    return ids


def _forget(collected: Collected, ids: Iterable[str]) -> None:
    """Keep no longer how those records stand that nothing changes."""
    for key in ids:
        if key not in collected.edits:
            del collected.standing[key]


def _compared(collected: Collected, row: FileRow, key: str, standing: Row | None) -> None:
    desk = collected.desk
    try:
        if standing is None and not is_new(key):
            raise FileProblem(f"There is no {desk.what} with the id “{key}”.", row.at("id"))
        version = version_of(row) if standing is not None else None
        edit = compare(desk.table, row, standing, stated=desk.stated, key=key, references=desk.refers)
        if edit.remove:
            raise FileProblem(f"a {desk.what} is not removed by a file; do that in the admin.", row.at("remove"))
    except FileProblem as problem:
        collected.problem(problem)
        return
    if not edit.changes and not edit.computed:
        collected.unchanged += 1
        return
    record = collected.edit(key, row)
    record.own = edit
    if version is not None:
        record.versions.add(version)
    elif standing is not None:
        collected.problem(_lacks_version(row))


def _lacks_version(row: FileRow) -> FileProblem:
    return FileProblem(
        "the row has no version; it says on which state of the record the change builds. Export the table anew.",
        row.at("version"),
    )


def _part_rows(collected: Collected, part: Part, found: Found) -> None:
    for some in _some(found.rows()):
        owners = {key for row in some if (key := _key(collected, row, part.owner)) and not is_new(key)}
        records = collected.desk.records(sorted(owners))
        known = _known(collected, records)
        rows = part.rows(records) if known else iter(())
        standing = {(str(row[part.owner]), str(row[part.key])): row for row in rows}
        for row in some:
            collected.rows += 1
            owner = _key(collected, row, part.owner, quiet=True)
            key = _key(collected, row, part.key)
            if owner is None or key is None:
                continue
            if key and (first := _before(collected, part, owner, key)) is not None:
                collected.problem(_twice(f"{key} of {owner}", first, row.at(part.key)))
                continue
            _part_compared(collected, part, row, (owner, key), standing.get((owner, key)))
        _forget(collected, known)


def _before(collected: Collected, part: Part, owner: str, key: str) -> FileRow | None:
    """An earlier row that changes the same child."""
    record = collected.edits.get(new_key(owner) if is_new(owner) else owner)
    rows = record.children.get(part.table.name, ()) if record is not None else ()
    return next((edit.row for edit in rows if edit.key == key), None)


def _part_compared(collected: Collected, part: Part, row: FileRow, keys: tuple[str, str], standing: Row | None) -> None:
    owner, key = keys
    desk = collected.desk
    try:
        if not owner:
            raise FileProblem(f"the row does not say to which {desk.what} it belongs.", row.at(part.owner))
        if is_new(owner) and new_key(owner) not in collected.edits:
            raise FileProblem(f"there is no new {desk.what} “{owner}” in these files.", row.at(part.owner))
        if not is_new(owner) and owner not in collected.standing:
            raise FileProblem(f"There is no {desk.what} with the id “{owner}”.", row.at(part.owner))
        # Where a party names the row, one that is not there yet is a new one; elsewhere the number has to be known.
        if standing is None and not is_new(key) and not part.named:
            words = f"{owner} has no row {key} there. Leave the cell empty for a new one."
            raise FileProblem(words, row.at(part.key))
        version = version_of(row) if standing is not None else None
        given = {*part.stated, part.key} if part.named else part.stated
        edit = compare(
            part.table, row, standing, stated=given, key=key, references=(part.owner, part.key, *part.refers)
        )
    except FileProblem as problem:
        collected.problem(problem)
        return
    edit.computed.pop(part.owner, None)
    edit.computed.pop(part.key, None)
    if not edit.changes and not edit.computed:
        collected.unchanged += 1
        return
    record = collected.edit(owner, row)
    record.children.setdefault(part.table.name, []).append(edit)
    if standing is not None and version is None:
        collected.problem(_lacks_version(row))
    if version is not None:
        record.versions.add(version)


def _key(collected: Collected, row: FileRow, column: str, *, quiet: bool = False) -> str | None:
    """The key in a cell; ``None`` for a cell that holds none, which is told once."""
    try:
        return key_of(row, column)
    except FileProblem as problem:
        if not quiet:
            collected.problem(problem)
        return None
