"""What the import commands share: options, a progress bar, the report, problems as errors of the command."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from interchange.importing import Run
from interchange.problems import FileProblem
from interchange.report import Report

WIDTH = 30


class ImportCommand(BaseCommand):
    """Base of the import commands: a subclass names its job and what it does with the options."""

    job = ""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """The options of every import."""
        parser.add_argument("--dry-run", action="store_true", help="read and check everything, keep nothing")
        parser.add_argument("--full", action="store_true", help="show every row that is left out or remarked on")

    def run_of(self, options: dict[str, Any]) -> Run:
        """Who imports, and when."""
        return Run(job=self.job, now=timezone.now(), dry_run=options["dry_run"], progress=self.progress)

    def progress(self, done: int, of: int) -> None:
        """A bar on a terminal; elsewhere nothing, as a log needs none."""
        if not self.stderr.isatty() or not of:
            return
        full = WIDTH * done // of
        end = "\n" if done >= of else ""
        self.stderr.write(f"\r[{'#' * full}{' ' * (WIDTH - full)}] {done} of {of}", ending=end)
        sys.stderr.flush()

    def report(self, importing: Callable[[], Report], options: dict[str, Any]) -> None:
        """Import and tell; a file that cannot be taken in ends the command with words and changes nothing."""
        try:
            report = importing()
        except FileProblem as problem:
            raise CommandError(f"Nothing was taken in. {problem}") from problem
        if options["full"]:
            report.shown = None
        for line in report.lines():
            self.stdout.write(line)


def existing_file(text: str) -> Path:
    """An argument that names a file."""
    path = Path(text)
    if not path.is_file():
        raise argparse.ArgumentTypeError(f"{text} is no file that can be read.")
    return path
