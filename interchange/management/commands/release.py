"""``manage.py release 2026-12``: freezes the published record as files with a name, for ever."""

from __future__ import annotations

import argparse
from typing import Any

from django.utils import timezone

from interchange.management.publishing import PublishingCommand, in_sentences
from interchange.publishing.editions import folder_of, make_release


class Command(PublishingCommand):
    """Makes a named release."""

    help = "Freeze the published record as a named release that is kept for ever and can be cited."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """The name, a note for readers, and which records."""
        parser.add_argument("name", help="such as 2026-12; each name is used once")
        parser.add_argument("--note", default="", help="what readers should know of it")
        self.add_scope(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        """Make it and tell."""
        with in_sentences():
            edition = make_release(
                options["name"],
                scope=options["dataset"],
                note=options["note"],
                now=timezone.now(),
                progress=self.tell,
            )
        self.stdout.write(f"Release {edition.release}, kept in {folder_of(edition)}")
        for file in edition.files.all():
            self.stdout.write(f"  {file.name}  {file.bytes:,} bytes  sha256 {file.sha256}")
        for remark in edition.remarks:
            self.stdout.write(f"  {remark}")
        self.stdout.write(f"Cite as: {edition.citation}")
