"""``manage.py verify_release [NAME …]``: whether releases are byte for byte as they were made."""

from __future__ import annotations

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from interchange.publishing.editions import changed_files
from interchange.publishing.models import Edition


class Command(BaseCommand):
    """Hashes the files again."""

    help = "Hash the files of releases again and compare. Ends with an error if one is missing or was changed."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Which releases."""
        parser.add_argument("names", nargs="*", metavar="NAME", help="by default all releases")

    def handle(self, *args: Any, **options: Any) -> None:
        """Hash and tell."""
        found = [self._release(name) for name in options["names"]] or list(
            Edition.objects.exclude(release="").order_by("made_at")
        )
        if not found:
            self.stdout.write("There is no release yet.")
        broken = 0
        for edition in found:
            wrong = changed_files(edition)
            broken += bool(wrong)
            count = edition.files.count()
            self.stdout.write(f"Release {edition.release}: {'as it was made' if not wrong else 'NOT as it was made'} "
                              f"({count} files)")  # fmt: skip
            for words in wrong:
                self.stdout.write(f"  {words}")
        if broken:
            raise CommandError(f"{broken} of {len(found)} releases are not as they were made.")

    def _release(self, name: str) -> Edition:
        edition = Edition.objects.filter(release__iexact=name).exclude(release="").first()
        if edition is None:
            raise CommandError(f"There is no release {name}.")
        return edition
