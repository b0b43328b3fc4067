"""``manage.py reread_findings``: reads anew what an older version of the reader read last."""

from __future__ import annotations

import argparse
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import QuerySet
from django.utils import timezone

from extraction.contract import Extractor
from extraction.readers import NoReaderError, named_reader
from ingestion import services
from ingestion.management.progress import Progress
from ingestion.models import Revision, Source
from ingestion.readings import decided_and_read_otherwise, read_by_another

FAILURES_IN_A_ROW = 20  # then the reader is broken, not the articles
SHOWN = 20


class Command(BaseCommand):
    """Each article's latest revision, one transaction each; a broken run goes on where it stopped."""

    help = (
        "Read anew the latest revision of each article that another version of the reader read last. Candidates that "
        "wait follow the new reading; decided ones are left alone and listed if their article is now read otherwise. "
        "It may be stopped and started again at any time."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Which articles, and how."""
        parser.add_argument("--source", type=int, metavar="ID", help="only articles of this source")
        parser.add_argument(
            "--since", type=date.fromisoformat, metavar="YYYY-MM-DD", help="only articles first seen from this day on"
        )
        parser.add_argument("--batch", type=int, default=100, metavar="N", help="revisions asked for at a time (100)")
        parser.add_argument("--dry-run", action="store_true", help="only count what would change; nothing is written")
        parser.add_argument(
            "--reader", default="", metavar="DOTTED.PATH", help="another reader than the project's rules"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, and count what changed."""
        try:
            reader = named_reader(options["reader"])
        except NoReaderError as error:
            raise CommandError(str(error)) from error
        if options["batch"] < 1:
            raise CommandError("--batch should be 1 or more.")
        if options["source"] is not None and not Source.objects.filter(pk=options["source"]).exists():
            raise CommandError(f"There is no source {options['source']}; the admin shows each source's number.")
        since = datetime.combine(options["since"], time.min, UTC) if options["since"] else None
        due = read_by_another(reader.version, now=timezone.now(), source_id=options["source"], since=since)
        total = due.count()
        if not total:
            self.stdout.write(f"Nothing to do: {reader.version} has read the latest words of every article asked for.")
        else:
            with _without_a_line_for_each():
                self._reread(due, total, reader, batch=options["batch"], dry=options["dry_run"])
        if not options["dry_run"]:
            self._list_decided()

    def _reread(self, due: QuerySet[Revision], total: int, reader: Extractor, *, batch: int, dry: bool) -> None:
        progress = Progress(total, self.stderr)
        sums, read, failed, in_a_row = services.Difference(), 0, 0, 0
        for revision_id in _ids(due, batch):
            try:
                difference = _preview(revision_id, reader) if dry else _read(revision_id, reader)
            except KeyboardInterrupt as error:
                raise CommandError(f"Stopped after {read:,} articles; the same command goes on from here.") from error
            except services.RereadingError as error:
                failed, in_a_row = failed + 1, in_a_row + 1
                self.stderr.write(f"Revision {revision_id} was left as it is. {error}")
                if in_a_row == FAILURES_IN_A_ROW:
                    raise CommandError(
                        f"{reader.version} failed on {in_a_row} revisions one after another, so this run stops here; "
                        f"{read} were read. Mend the reader and start the command again."
                    ) from error
            else:
                in_a_row = 0
                if difference is not None:
                    sums, read = sums + difference, read + 1
            progress.step()
        self._tell(sums, read, failed, reader.version, dry=dry)

    def _tell(self, sums: services.Difference, read: int, failed: int, version: str, *, dry: bool) -> None:
        would = "would be " if dry else ""
        self.stdout.write(f"{read:,} articles {would}read anew by {version}; {failed:,} could not be read.")
        self.stdout.write(f"Findings: {sums.new:,} new, {sums.gone:,} gone, {sums.same:,} the same.")
        if not dry:
            self.stdout.write(f"Candidates: {sums.candidates:,} new, {sums.superseded:,} superseded.")

    def _list_decided(self) -> None:
        decided = decided_and_read_otherwise()
        count = decided.count()
        if not count:
            return
        self.stdout.write(
            f"{count:,} accepted or merged candidates are read otherwise now. They were left alone; "
            "look at them on the desk and reopen those whose record is wrong:"
        )
        for candidate in decided[:SHOWN]:
            self.stdout.write(f"  candidate {candidate.pk} ({candidate.state}): “{candidate.finding.quote[:100]}”")
        if count > SHOWN:
            self.stdout.write(f"  and {count - SHOWN:,} more")


@contextmanager
def _without_a_line_for_each() -> Iterator[None]:
    """The log tells of each reading, as workers need it; here it would bury the bar. Failures are still logged."""
    log = logging.getLogger("ingestion.services.extracting")
    level = log.level
    log.setLevel(logging.WARNING)
    try:
        yield
    finally:
        log.setLevel(level)


def _ids(due: QuerySet[Revision], batch: int) -> Iterator[int]:
    """Their ids, a batch at a time, so that memory does not grow with the archive."""
    last = 0
    while ids := list(due.filter(pk__gt=last).values_list("pk", flat=True)[:batch]):
        yield from ids
        last = ids[-1]


def _read(revision_id: int, reader: Extractor) -> services.Difference | None:
    return services.reread_revision(revision_id, now=timezone.now(), reader=reader)


def _preview(revision_id: int, reader: Extractor) -> services.Difference:
    return services.preview_revision(Revision.objects.get(pk=revision_id), reader=reader)
