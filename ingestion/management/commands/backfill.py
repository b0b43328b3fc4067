"""``manage.py backfill FILE``: takes the articles at the addresses of a file, each line answered for."""

from __future__ import annotations

import argparse
import csv
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils import timezone

from ingestion.address_files import AddressFileError, digest_of, read_lines
from ingestion.management.backfill_run import BackfillRun
from ingestion.management.progress import Progress
from ingestion.management.queueing import ToBeRead
from ingestion.models import Backfill, LineState
from ingestion.services import backfilling

SHOWN = 20
TOLD_OF = 50_000  # lines, while they are written down
AT_ONCE = 4
MOST_AT_ONCE = 32
STOPPED = 130  # as a shell calls it


class Command(BaseCommand):
    """Writes down the lines, works on those that wait, and says what became of each."""

    help = (
        "Take the articles at the addresses in FILE: one a line (# begins a comment), or the first column of a .csv "
        "file. It may be stopped at any moment and goes on where it was when it is started again; a file that is done "
        "is not fetched again. Ends with 1 if a line brought nothing or still waits."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """The file, and how."""
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument(
            "--source",
            default=backfilling.SOURCE_NAME,
            metavar="NAME",
            help=f"source that the articles belong to ({backfilling.SOURCE_NAME}); made if it is new",
        )
        parser.add_argument("--retry-failed", action="store_true", help="try the lines that brought nothing again")
        parser.add_argument("--report", type=Path, metavar="OUT.csv", help="write what became of each line")
        parser.add_argument(
            "--at-once", type=int, default=AT_ONCE, metavar="N", help=f"hosts asked at the same time ({AT_ONCE})"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Take the file in, work on it, and report."""
        if not 1 <= options["at_once"] <= MOST_AT_ONCE:
            raise CommandError(f"--at-once should be a number from 1 to {MOST_AT_ONCE}.")
        backfill = self._open(options["file"], options["source"])
        if options["retry_failed"]:
            self.stdout.write(f"{backfilling.retry_lines(backfill):,} lines are tried again.")
        try:
            run = self._work(backfill, at_once=options["at_once"])
        except KeyboardInterrupt as error:
            self._report(backfill, options["report"])
            raise CommandError("Stopped. Start the command again to go on.", returncode=STOPPED) from error
        except DatabaseError as error:
            raise CommandError(
                f"The database failed ({error}). Nothing is lost: start the command again to go on."
            ) from error
        self._report(backfill, options["report"])
        self._end(backfill, run)

    def _open(self, path: Path, source_name: str) -> Backfill:
        now = timezone.now()
        try:
            digest = digest_of(path)
            source = backfilling.backfill_source(source_name, now=now)
        except AddressFileError as error:
            raise CommandError(str(error)) from error
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        backfill = backfilling.open_backfill(name=path.name, digest=digest, source=source, now=now)
        try:
            self._write_lines(backfill, path)
        except AddressFileError as error:
            backfilling.discard_backfill(backfill)
            raise CommandError(str(error)) from error
        except KeyboardInterrupt as error:
            raise CommandError("Stopped. Start the command again to go on.", returncode=STOPPED) from error
        return backfill

    def _write_lines(self, backfill: Backfill, path: Path) -> None:
        lines = read_lines(path, after=backfilling.last_line(backfill))
        for number in backfilling.write_lines(backfill, lines):
            if number % TOLD_OF == 0:
                self.stderr.write(f"{number:,} lines written down", style_func=str)

    def _work(self, backfill: Backfill, *, at_once: int) -> BackfillRun:
        counts = backfilling.counts_of(backfill)
        waiting = counts.get(LineState.WAITING, 0)
        total = sum(counts.values())
        progress = Progress(total, self.stderr, done=total - waiting) if waiting else None

        to_be_read = ToBeRead()

        def answered(answer: backfilling.Answer) -> None:
            if progress is not None:
                progress.step()
            to_be_read.add(answer.revision_id)

        run = BackfillRun(backfill, at_once=at_once, on_answer=answered)
        try:
            run.go()
        finally:
            to_be_read.tell()
        return run

    def _report(self, backfill: Backfill, path: Path | None) -> None:
        counts = backfilling.counts_of(backfill)
        parts = [f"{counts[state]:,} {state.label.lower()}" for state in LineState if state in counts]
        self.stdout.write(f"{backfill.name}: {sum(counts.values()):,} lines; {', '.join(parts) or 'none'}.")
        self._name_those_not_taken(backfill)
        if path is None:
            return
        try:
            _write_report(backfill, path)
        except OSError as error:
            raise CommandError(f"The report {path} cannot be written: {error.strerror}.") from error
        self.stdout.write(f"What became of each line stands in {path}.")

    def _name_those_not_taken(self, backfill: Backfill) -> None:
        not_taken = backfill.lines.filter(state__in=backfilling.NOT_TAKEN).order_by("number")
        for line in not_taken[:SHOWN]:
            self.stderr.write(f"Line {line.number}: {line.written or '(nothing readable)'}\n  {line.words}")
        rest = not_taken.count() - SHOWN
        if rest > 0:
            self.stderr.write(f"… and {rest:,} more; --report names them all.")

    def _end(self, backfill: Backfill, run: BackfillRun) -> None:
        counts = backfilling.counts_of(backfill)
        if not backfilling.finish_backfill(backfill, now=timezone.now()):
            hosts = f" ({', '.join(sorted(run.left_hosts)[:5])})" if run.left_hosts else ""
            raise CommandError(
                f"{counts[LineState.WAITING]:,} lines wait for hosts that want us later{hosts}. "
                "Start the command again after a while to go on."
            )
        if any(counts.get(state) for state in backfilling.NOT_TAKEN):
            raise CommandError("Some lines brought nothing; they are named above. --retry-failed tries them again.")


def _write_report(backfill: Backfill, path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened)
        writer.writerow(["line", "address", "outcome", "words", "article"])
        lines = backfill.lines.order_by("number")
        for line in lines.iterator(chunk_size=1000):
            state = LineState(line.state).label
            writer.writerow([line.number, *map(_as_text, (line.written, state, line.words)), line.article_id or ""])


def _as_text(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell
