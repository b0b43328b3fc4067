"""``manage.py load_rates [FILE]``: loads ECB reference rates."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from reference.services import load_rates, packaged_rates, read_ecb_csv


class Command(BaseCommand):
    """Adds the rates that are not known yet; running it again adds nothing."""

    help = (
        "Load ECB reference rates from FILE (the ECB's eurofxref CSV, plain or zipped), "
        "or from the file that comes with the tracker."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """One optional file."""
        parser.add_argument("file", nargs="?", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        """Load and report; a file that cannot be read changes nothing."""
        path: Path | None = options["file"]
        try:
            content = path.read_bytes() if path else packaged_rates()
            loaded = load_rates(read_ecb_csv(content), now=timezone.now())
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
        except (ValidationError, UnicodeDecodeError) as error:
            words = error.messages[0] if isinstance(error, ValidationError) else "it is no UTF-8 text."
            raise CommandError(f"{path or 'The file'} was not loaded: {words}") from error
        self.stdout.write(f"{loaded.read} rates read, {loaded.added} new; the newest day is {loaded.last_day}.")
