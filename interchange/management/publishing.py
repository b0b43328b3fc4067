"""What the commands that give out files share."""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from interchange.publishing.editions import BusyError
from interchange.publishing.scope import ALL, ScopeError, Stand, stand_of
from interchange.publishing.snapshot import snapshot


class PublishingCommand(BaseCommand):
    """Base of the commands that make files of the published record."""

    def add_scope(self, parser: argparse.ArgumentParser) -> None:
        """Which records."""
        parser.add_argument(
            "--dataset", default=ALL, metavar="KEY", help="one dataset by its key; by default all that may be given out"
        )

    def tell(self, words: str) -> None:
        """What is being done, on a terminal; a log needs none of it."""
        if self.stderr.isatty():
            self.stderr.write(f"{words} …")


@contextmanager
def in_sentences() -> Iterator[None]:
    """What cannot be done ends the command with a sentence."""
    try:
        yield
    except (ScopeError, BusyError) as error:
        raise CommandError(str(error)) from error
    except ValidationError as error:
        raise CommandError(" ".join(error.messages)) from error


class ExportCommand(PublishingCommand):
    """Base of the commands that write one file: to a temporary name first, moved when it is whole."""

    write: Callable[[Path, Stand], int]
    of = ""  # what the file holds

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Where to, and which records."""
        parser.add_argument("file", type=Path, help="the file to write; one that is there is replaced")
        self.add_scope(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the file."""
        path: Path = options["file"]
        if not path.parent.is_dir():
            raise CommandError(f"There is no folder {path.parent} to write into.")
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        os.close(handle)
        unfinished = Path(name)
        try:
            with in_sentences(), snapshot():
                stand = stand_of(options["dataset"])
                count = type(self).write(unfinished, stand)
            if not count:
                raise CommandError(f"There is nothing published to write: no {self.of}.")
            unfinished.chmod(0o644)
            unfinished.replace(path)
        finally:
            unfinished.unlink(missing_ok=True)
        self.stdout.write(f"{path}: {count:,} {self.of}, {path.stat().st_size:,} bytes, as of {stand.as_of}.")
