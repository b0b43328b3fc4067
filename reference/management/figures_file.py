"""What the commands that load a CSV file of reference data have in common."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from reference.figures import FileLoaded


class LoadFile(BaseCommand):
    """Loads one file, all rows or none; running it again changes nothing."""

    load: ClassVar[Callable[..., FileLoaded]]
    what = "rows"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """The file."""
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        """Load and report; a file that cannot be read changes nothing."""
        path: Path = options["file"]
        job = type(self).__module__.rpartition(".")[2]
        try:
            loaded = type(self).load(path.read_bytes(), now=timezone.now(), job=job)
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
        except ValidationError as error:
            raise CommandError("\n".join([f"{path} was not loaded:", *error.messages])) from error
        self.stdout.write(f"{loaded.read} {self.what} read: {loaded.added} new, {loaded.changed} corrected.")
