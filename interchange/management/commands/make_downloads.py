"""``manage.py make_downloads``: makes the files that the schedule makes every night, now."""

from __future__ import annotations

import argparse
from typing import Any

from django.conf import settings
from django.utils import timezone

from interchange.management.publishing import PublishingCommand, in_sentences
from interchange.publishing.editions import make_edition


class Command(PublishingCommand):
    """Makes an edition of each scope, or finds that the newest one still holds."""

    help = "Make the downloads of the record as it stands. A record that did not change makes nothing new."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Which records."""
        parser.add_argument(
            "--dataset",
            action="append",
            metavar="KEY",
            help="a dataset by its key, or all; may be given several times. By default what DOWNLOADS_OF names",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Make them and tell."""
        for scope in options["dataset"] or settings.DOWNLOADS_OF:
            with in_sentences():
                outcome = make_edition(scope=scope, now=timezone.now(), progress=self.tell)
            edition = outcome.edition
            self.stdout.write(f"{edition.key}: {'made' if outcome.made else 'unchanged, nothing new was made'}")
            for file in edition.files.all():
                self.stdout.write(f"  {file.name}  {file.bytes:,} bytes  sha256 {file.sha256}")
            for remark in edition.remarks:
                self.stdout.write(f"  {remark}")
