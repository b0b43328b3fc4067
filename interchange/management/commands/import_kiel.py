"""``manage.py import_kiel WORKBOOK``: takes in the Kiel Institute's Ukraine Support Tracker."""

from __future__ import annotations

import argparse
from typing import Any

from interchange.kiel.importing import MEASURES, import_kiel
from interchange.management.running import ImportCommand, existing_file


class Command(ImportCommand):
    """Takes the workbook in as a dataset of its own; running it again changes nothing."""

    help = "Take in a workbook of the Ukraine Support Tracker, as a dataset of its own."
    job = "import_kiel"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """The workbook, and which of its measures."""
        parser.add_argument("workbook", type=existing_file)
        parser.add_argument(
            "--measure", choices=MEASURES, default=MEASURES[0], help="which of the measures of a newer workbook"
        )
        super().add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        """Import and report."""
        self.report(
            lambda: import_kiel(options["workbook"], run=self.run_of(options), measure=options["measure"]), options
        )
