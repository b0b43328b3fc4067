"""Takes tables of our own form back: what they change is corrected, what they add is entered as drafts.

One transaction and one numbered change for all of it, or nothing. Rows that say what the record says change nothing. A
record that somebody changed since the export is told and left as it is. Nothing is published and nothing withdrawn.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import transaction

from history.services import recording
from interchange.importing import Run, origin_of
from interchange.own_form.collecting import Collected, collect
from interchange.own_form.designations import DesignationDesk
from interchange.own_form.desks import Desk, Making, Standing, Writing, new_key
from interchange.own_form.edits import RecordEdit, RowEdit, is_new
from interchange.own_form.measures import MeasureDesk
from interchange.own_form.pledges import PledgeDesk
from interchange.own_form.programmes import ProgrammeDesk
from interchange.own_form.sheets import tables_in
from interchange.problems import FileProblem, Place, refuse_all
from interchange.report import Report
from reference.models import ImportBatch
from reference.services import tracker_dataset

DESKS: tuple[Desk, ...] = (PledgeDesk(), ProgrammeDesk(), MeasureDesk(), DesignationDesk())
TABLES = tuple(table for desk in DESKS for table in (desk.table, *(part.table for part in desk.parts)))
ACTION = "record.import"
MOST_CELLS_TOLD = 8
Check = Callable[[Report], None]


def import_record(paths: Sequence[Path], *, run: Run, why: str, check: Check | None = None) -> Report:
    """Take the files in. ``why`` is the reason of every correction.

    ``check`` is called with the report before anything is kept, and may refuse it. Raises ``FileProblem`` that tells
    all that is to be mended; then nothing was taken in.
    """
    began = time.monotonic()
    report = Report(dry_run=run.dry_run)
    found = tables_in(paths, TABLES)
    names = {one.table.name for one in found}
    with transaction.atomic():
        collected = [
            collect(desk, found)
            for desk in DESKS
            if names & {desk.table.name, *(part.table.name for part in desk.parts)}
        ]
        refuse_all(problem for one in collected for problem in one.problems)
        report.rows = sum(one.rows for one in collected)
        report.facts["Tables"] = ", ".join(sorted(names))
        _check_rights(collected, run)
        left = [_settled(one, report) for one in collected]
        if any(left):
            _check_reason(why)
            with suppress(_NothingToWrite):
                _write(list(zip(collected, left, strict=True)), paths, report, run, why)
        report.unchanged += sum(one.unchanged for one in collected)
        report.seconds = time.monotonic() - began
        if check is not None:
            check(report)
        if run.dry_run:
            transaction.set_rollback(True)
    return report


def _check_reason(why: str) -> None:
    if not why.strip():
        raise FileProblem("Say why the records are corrected; the history keeps the reason.")


def _check_rights(collected: Iterable[Collected], run: Run) -> None:
    """A person may bring back what they may enter and change by hand."""
    if run.acting_user is None:
        return
    for one in collected:
        new = any(is_new(key) for key in one.edits)
        known = any(not is_new(key) for key in one.edits)
        for action, wanted in (("add", new), ("change", known)):
            if wanted and not run.acting_user.has_perm(f"{one.desk.room}.{action}_{one.desk.what}"):  # type: ignore[attr-defined]
                word = "enter new" if action == "add" else "correct"
                raise FileProblem(f"You may not {word} {one.desk.what}s, and these files do.")


def _settled(collected: Collected, report: Report) -> list[RecordEdit]:
    """The edits that are to be written; what is not taken of the others, and why, is told in the report."""
    kept = []
    for edit in collected.edits.values():
        standing = collected.standing.get(edit.key)
        stale = standing is not None and edit.versions != {standing.version}
        changing = [row for row in edit.rows if row.changes]
        if not changing and stale:
            collected.unchanged += len(edit.rows)
            continue
        if stale and standing is not None:
            report.leave_out(edit.first.at(), _changed_since(collected.desk, standing))
            continue
        for row in edit.rows:
            if row.computed and row.standing is not None:
                _tell_computed(row, report)
                collected.unchanged += 0 if row.changes else 1
        if changing:
            kept.append(edit)
    return kept


def _changed_since(desk: Desk, standing: Standing) -> str:
    last = desk.last_change(standing)
    who = f" by {last.actor or last.job}" if last is not None else ""
    return (
        f"{standing.public_id} was changed{who} after it was exported, and is left as it is. "
        f"Export the {desk.what} anew and enter the correction there."
    )


def _tell_computed(row: RowEdit, report: Report) -> None:
    names = [name for name in row.computed if name != "version"]
    if names:
        report.remark(
            row.row.at(), f"{', '.join(names)}: this the tracker fills in by itself; the change was not taken."
        )


def _write(
    work: Sequence[tuple[Collected, list[RecordEdit]]], paths: Sequence[Path], report: Report, run: Run, why: str
) -> None:
    total, done = sum(len(edits) for _, edits in work), 0
    origin = origin_of(paths)
    for collected, edits in work:
        for edit in edits:
            if edit.key in collected.standing:
                collected.desk.prepare(collected.standing[edit.key], run.now)
    with recording(action=ACTION, now=run.now, acting_user=run.acting_user, job=run.job, why=why.strip()) as change:
        batch = ImportBatch.objects.create(
            dataset=tracker_dataset(),
            file_name=origin.name,
            file_hash=origin.digest,
            started_at=run.now,
            by_id=run.acting_user.pk if run.acting_user else None,
        )
        making, problems = Making(import_batch_id=batch.pk), list[FileProblem]()
        for collected, edits in work:
            making.made.clear()
            for edit in edits:
                try:
                    with transaction.atomic():
                        _take_in(collected, edit, making, report, Writing(change, run.now, run.acting_user))
                except FileProblem as problem:
                    problems.append(problem)
                except ValidationError as error:
                    problems.extend(_problems(error, edit, collected.desk))
                done += 1
                run.progress(done, total)
        refuse_all(problems)
        batch.finished_at = batch.approved_at = run.now
        batch.report = report.as_json()
        batch.save()
        if not (report.made or report.updated):
            raise _NothingToWrite


class _NothingToWrite(Exception):  # noqa: N818 - no error: it takes back the number of a change that changes nothing
    """All that was new stands in the record already."""


def _take_in(collected: Collected, edit: RecordEdit, making: Making, report: Report, writing: Writing) -> None:
    desk, place = collected.desk, edit.first.at()
    standing = collected.standing.get(edit.key)
    if standing is not None:
        desk.correct(standing, desk.draft_of(edit, standing, making), writing)
        report.updated += 1
        report.change(place, f"{standing.public_id} is corrected: {_told(edit)}")
        return
    draft = desk.keyed(desk.draft_of(edit, None, making), _origin_key(edit))
    before = desk.made_before(draft)
    if before is not None:
        making.made[new_key(edit.key)] = before.pk
        report.unchanged += 1
        report.remark(place, f"{before.public_id} was made of this very row before; nothing is made twice.")
        return
    made = desk.create(draft, writing)
    making.made[new_key(edit.key)] = made.pk
    report.made += 1
    report.change(place, f"a new {desk.what} is entered{desk.entered}: {_told(edit)}")


def _origin_key(edit: RecordEdit) -> str:
    """By what a new row is known again: its own key, or what it says."""
    own = edit.own.computed.get("origin_key") if edit.own is not None else None
    if own is not None and own.after:
        return str(own.after)
    content = [
        (row.table.name, name, str(cell.after)) for row in edit.rows for name, cell in sorted(row.stated.items())
    ]
    return f"row {hashlib.sha256(repr(content).encode()).hexdigest()[:32]}"


def _told(edit: RecordEdit) -> str:
    words = []
    for row in edit.rows:
        name = "" if row is edit.own else f"{row.table.name} {row.key or 'new'}: "
        if row.remove:
            words.append(f"{name}removed")
        words.extend(f"{name}{cell}" for cell in row.stated.values())
    shown = "; ".join(words[:MOST_CELLS_TOLD])
    return shown + (f"; and {len(words) - MOST_CELLS_TOLD} cells more" if len(words) > MOST_CELLS_TOLD else "")


def _problems(error: ValidationError, edit: RecordEdit, desk: Desk) -> Iterable[FileProblem]:
    """What a service refuses, at the cell or row that it is about."""
    by_field = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
    for name, messages in by_field.items():
        for words in messages:
            yield FileProblem(words, _place(name, edit, desk))


def _place(name: str, edit: RecordEdit, desk: Desk) -> Place:
    column = desk.fields.get(name, name)
    if edit.own is not None and column in edit.own.row.cells:
        return edit.own.row.at(column)
    part = next((part for part in desk.parts if part.attribute == name), None)
    rows = edit.children.get(part.table.name, []) if part is not None else []
    return (rows[0].row if rows else edit.first).at()
