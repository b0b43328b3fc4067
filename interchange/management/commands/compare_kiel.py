"""``manage.py compare_kiel [WORKBOOK]``: our conversion beside the Kiel Institute's, and its summary beside ours."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from interchange.kiel.comparing import Cell, DonorRow, donor_rows, summary_cells
from interchange.kiel.importing import MEASURES
from interchange.management.running import existing_file
from interchange.problems import FileProblem
from reference.currencies import from_minor_units


class Command(BaseCommand):
    """Compares what was imported; changes nothing."""

    help = (
        "Show by donor what the Ukraine Support Tracker values and what we convert by the rate of the day. "
        "With WORKBOOK also compare its own summary with the totals of what was imported, cell by cell."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """The workbook whose summary is compared."""
        parser.add_argument("workbook", type=existing_file, nargs="?")
        parser.add_argument("--measure", choices=MEASURES, default=MEASURES[0])

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the tables."""
        rows = donor_rows(options["measure"])
        if len(rows) == 1:
            raise CommandError("Nothing of the Ukraine Support Tracker was taken in yet; run import_kiel first.")
        for line in _table(rows):
            self.stdout.write(line)
        path: Path | None = options["workbook"]
        if path is None:
            return
        try:
            cells = summary_cells(path, options["measure"])
        except FileProblem as problem:
            raise CommandError(str(problem)) from problem
        for line in _summary(cells):
            self.stdout.write(line)


def _table(rows: Sequence[DonorRow]) -> Iterator[str]:
    yield f"{'Donor':<32} {'theirs, EUR':>20} {'ours, EUR':>20} {'ours − theirs':>20} {'%':>8} {'unvalued':>9}"
    for row in rows:
        theirs = row.theirs.central
        share = f"{100 * row.difference / theirs:.1f}" if theirs else "–"
        yield (
            f"{row.name[:32]:<32} {_euros(theirs):>20} {_euros(row.ours.central):>20} {_euros(row.difference):>20} "
            f"{share:>8} {row.ours.unvalued_count + row.ours.unconverted_count:>9}"
        )


def _summary(cells: Sequence[Cell]) -> Iterator[str]:
    own = [cell for cell in cells if cell.donor != "total"]
    equal = sum(1 for cell in own if abs(cell.difference) <= 1)
    largest = max((abs(cell.difference) for cell in cells), default=0)
    donors = len({cell.donor for cell in own})
    yield ""
    yield (
        f"The source's summary: {equal} of {len(own)} cells ({donors} donors) are equal to EUR 0.01; the largest "
        f"difference is EUR {_euros(largest)}."
    )
    for cell in cells:
        if cell.donor == "total":
            yield f"  {cell.type}: theirs {_euros(cell.theirs)}, imported {_euros(cell.imported)}"
        elif abs(cell.difference) > 1:
            yield f"  {cell.donor} {cell.type}: theirs {_euros(cell.theirs)}, imported {_euros(cell.imported)}"


def _euros(cents: int) -> str:
    return f"{from_minor_units(cents, 'EUR'):,}"
