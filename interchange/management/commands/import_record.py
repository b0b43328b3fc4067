"""``manage.py import_record FILE…``: takes tables of our own form back, as CSV files or workbooks."""

from __future__ import annotations

import argparse
from typing import Any

from interchange.management.running import ImportCommand, existing_file
from interchange.own_form.importing import import_record


class Command(ImportCommand):
    """Corrects what the files change, and enters what they add as drafts."""

    help = (
        "Take exported tables back (CSV, XLSX): changed rows correct the record, new rows become drafts. "
        "All in one change, or nothing."
    )
    job = "import_record"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """The files, and the reason of the corrections."""
        parser.add_argument("file", type=existing_file, nargs="+")
        parser.add_argument("--why", default="", help="the reason, which the history of each record keeps")
        super().add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        """Import and report."""
        self.report(lambda: import_record(options["file"], run=self.run_of(options), why=options["why"]), options)
