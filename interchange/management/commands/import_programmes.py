"""``manage.py import_programmes FILE``: takes in a list of sanctions programmes."""

from __future__ import annotations

import argparse
from typing import Any

from interchange.management.running import ImportCommand, existing_file
from interchange.sanctions_lists.programmes import import_programmes


class Command(ImportCommand):
    """Takes the list in; running it again changes nothing."""

    help = "Take in sanctions programmes (CSV), so that staff pick a programme and see what each issuer covers."
    job = "import_programmes"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """The list."""
        parser.add_argument("file", type=existing_file)
        super().add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        """Import and report."""
        self.report(lambda: import_programmes(options["file"], run=self.run_of(options)), options)
