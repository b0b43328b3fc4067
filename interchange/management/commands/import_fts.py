"""``manage.py import_fts FILE…`` or ``--from ADDRESS``: takes in flows of OCHA's Financial Tracking Service."""

from __future__ import annotations

import argparse
from typing import Any

from django.core.management.base import CommandError

from interchange.fts.importing import import_fts, import_fts_from
from interchange.management.running import ImportCommand, existing_file


class Command(ImportCommand):
    """Takes the flows in as a dataset of their own; running it again changes nothing."""

    help = "Take in flows of OCHA's Financial Tracking Service, from files of its API or from the API itself."
    job = "import_fts"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Files, or an address of the API."""
        parser.add_argument("files", nargs="*", type=existing_file)
        parser.add_argument(
            "--from",
            dest="address",
            default="",
            help="an address such as https://api.hpc.tools/v1/public/fts/flow?locationid=1&year=2020; "
            "its pages are followed",
        )
        super().add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        """Import and report."""
        files, address = options["files"], options["address"]
        if bool(files) == bool(address):
            raise CommandError("Name files of flows, or an address with --from.")
        run = self.run_of(options)
        self.report(lambda: import_fts(files, run=run) if files else import_fts_from(address, run=run), options)
