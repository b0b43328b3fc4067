"""Exports of the record, what a person does to them, and the import that brings them back."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from history.models import Change, Version
from interchange.datatables import pledge_details as details
from interchange.datatables import sanctions
from interchange.datatables.pledges import STAFF_PLEDGES, pledge_rows
from interchange.importing import Run
from interchange.own_form.importing import import_record
from interchange.problems import FileProblem
from interchange.report import Report
from interchange.writing import Row, Table, csv_lines, write_xlsx
from pledges.models import Pledge
from sanctions.models import Designation, Measure, Programme

WHY = "Checked against the decree."
Tables = list[tuple[Table, Iterable[Row]]]


def tables() -> Tables:
    """Everything that can be brought back, as staff export it."""
    every, measures = Pledge.objects.order_by("pk"), Measure.objects.order_by("pk")
    programmes = Programme.objects.order_by("key")
    return [
        (STAFF_PLEDGES, pledge_rows(every, staff=True)),
        (details.PLEDGE_DONORS, details.donor_rows(every)),
        (details.PLEDGE_RECIPIENTS, details.recipient_rows(every)),
        (details.ITEMS, details.item_rows(every)),
        (details.MOVES, details.move_rows(every)),
        (details.DEDUCTIONS, details.deduction_rows(every, staff=True)),
        (details.PLEDGE_EVIDENCE, details.evidence_rows(every)),
        (sanctions.STAFF_MEASURES, sanctions.measure_rows(measures, staff=True)),
        (sanctions.STEPS, sanctions.step_rows(measures)),
        (sanctions.MEASURE_EVIDENCE, sanctions.evidence_rows(measures)),
        (sanctions.STAFF_PROGRAMMES, sanctions.programme_rows(programmes, staff=True)),
        (sanctions.PROGRAMME_ACTS, sanctions.act_rows(programmes)),
        (sanctions.STAFF_DESIGNATIONS, sanctions.designation_rows(Designation.objects.order_by("pk"), staff=True)),
    ]


def as_csv(folder: Path) -> list[Path]:
    made = []
    for table, found in tables():
        path = folder / f"{table.name}.csv"
        path.write_bytes(b"".join(csv_lines(table, found)))
        made.append(path)
    return made


def as_book(folder: Path) -> list[Path]:
    path = folder / "record.xlsx"
    write_xlsx(path, tables(), read_me=["Our record"])
    return [path]


def edited(path: Path, change: Callable[[list[dict[str, str]]], Any]) -> Path:
    """A CSV file whose rows somebody changed."""
    rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"), newline="")))
    change(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        names = dict.fromkeys(name for row in rows for name in row)
        writer = csv.DictWriter(file, list(names), lineterminator="\r\n", restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


def exported(folder: Path, name: str, change: Callable[[list[dict[str, str]]], Any] = lambda rows: None) -> Path:
    return edited(next(path for path in as_csv(folder) if path.stem == name), change)


def set_cell(column: str, value: str, row: int = 0) -> Callable[[list[dict[str, str]]], Any]:
    return lambda rows: rows[row].update({column: value})


def imported(*paths: Path, run: Run, why: str = WHY) -> Report:
    return import_record(list(paths), run=run, why=why)


def refused(*paths: Path, run: Run) -> str:
    """The words of the refusal; not a number of a change is used up."""
    before = Change.objects.count(), Version.objects.count(), Pledge.objects.count()
    with pytest.raises(FileProblem) as caught:
        imported(*paths, run=run)
    assert (Change.objects.count(), Version.objects.count(), Pledge.objects.count()) == before
    return str(caught.value)
