"""Imports a workbook of the Ukraine Support Tracker."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from interchange.importing import Batch, Run, origin_of, take_in_pledges
from interchange.kiel.entries import Making
from interchange.kiel.reading import ACTIVITY, ALLOCATION, COMMITMENT, FILE, activities, read_table
from interchange.parties import Parties
from interchange.problems import FileProblem, Place, refuse_all
from interchange.report import Report
from interchange.tables import data_file
from interchange.workbooks import open_workbook
from pledges.bulk import Entry

MEASURES = (COMMITMENT, ALLOCATION)


def import_kiel(path: Path, *, run: Run, measure: str = COMMITMENT) -> Report:
    """Take the workbook in as a dataset of its own. Raises ``FileProblem``; then nothing was taken in.

    ``measure`` chooses between commitments and allocations where the workbook lists both: they overlap, so that each
    is a dataset of its own.
    """
    began = time.monotonic()
    report = Report()
    table = read_table(open_workbook(path))
    if measure == ALLOCATION and table.form.name != ACTIVITY:
        raise FileProblem("this form of the workbook lists commitments alone.", Place(table.sheet))
    making = Making(Parties(), report, table.form.name)
    entries: list[Entry] = []
    places: dict[str, Place] = {}
    problems: list[FileProblem] = []
    report.rows = len(table.rows)
    for activity in activities(table, measure):
        places |= {part.key: part.rows[0].place() for part in activity.parts} | {activity.key: activity.first.place()}
        try:
            entries += making.entries(activity)
        except FileProblem as problem:
            problems.append(problem)
    refuse_all(problems)
    report.facts["Sheet"] = f"{table.sheet}, header in row {table.header}, form “{table.form.name}”"
    _tell_outside(entries, report)
    report.seconds = time.monotonic() - began
    return take_in_pledges(Batch(dataset_of(measure), origin_of([path]), entries, places), report, run)


def dataset_of(measure: str) -> dict[str, Any]:
    """The dataset that a measure goes into."""
    dataset = dict(data_file(FILE)["dataset"])
    if measure == ALLOCATION:
        dataset |= {"key": f"{dataset['key']}-allocations", "name": f"{dataset['name']}, allocations"}
    return dataset


def _tell_outside(entries: list[Entry], report: Report) -> None:
    reasons: dict[str, int] = {}
    for entry in entries:
        if entry.draft.outside_source_total:
            reasons[entry.draft.outside_source_total] = reasons.get(entry.draft.outside_source_total, 0) + 1
    for number, (reason, count) in enumerate(reasons.items(), 1):
        report.facts[f"Outside of the source's totals ({number})"] = f"{count} records. {reason}"
