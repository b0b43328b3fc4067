"""``manage.py import_eu_journal FILE``: takes in the names that annexes of an EU sanctions act list."""

from __future__ import annotations

import argparse
from datetime import date
from typing import Any

from interchange.management.running import ImportCommand, existing_file
from interchange.sanctions_lists.journal import import_eu_journal


class Command(ImportCommand):
    """Takes the act's names in; a later file that drops a name ends its designation."""

    help = "Take in whom the annexes of an EU sanctions act name (CSV). What a later file drops is ended."
    job = "import_eu_journal"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """The file, and the day that it is of."""
        parser.add_argument("file", type=existing_file)
        parser.add_argument("--day", type=date.fromisoformat, help="the day that the file is of, as 2025-10-24")
        parser.add_argument(
            "--allow-many-ends", action="store_true", help="let a file end more than half of what stands"
        )
        super().add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        """Import and report."""
        run = self.run_of(options)
        many = options["allow_many_ends"]
        self.report(
            lambda: import_eu_journal(options["file"], run=run, day=options["day"], allow_many_ends=many), options
        )
