"""``manage.py reparse``: reads stored bytes again with the present parsers, without the network."""

from __future__ import annotations

import argparse
from collections import Counter
from datetime import UTC, date, datetime, time
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Max, QuerySet

from ingestion.blobs import BlobError
from ingestion.management.progress import Progress
from ingestion.management.queueing import ToBeRead
from ingestion.models import Revision, Source
from ingestion.parsing import UnreadableError
from ingestion.services.reparsing import Reparsed, StoredFeeds, ids_of, reparse_revision, with_bytes


class Command(BaseCommand):
    """Each article's latest revision, one transaction each; a run that was stopped may be begun again."""

    help = (
        "Read the stored bytes of each article's latest revision again with the present parsers, without the network. "
        "Where the words differ, a new revision is written and read. It may be stopped and started again at any time."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Which articles."""
        parser.add_argument("--source", type=int, metavar="ID", help="only articles of this source")
        parser.add_argument(
            "--since", type=date.fromisoformat, metavar="YYYY-MM-DD", help="only what was fetched from this day on"
        )
        parser.add_argument(
            "--after", type=int, default=0, metavar="N", help="go on after this revision, as a stopped run named it"
        )
        parser.add_argument("--dry-run", action="store_true", help="only count what would change; nothing is written")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read again, and count."""
        if options["source"] is not None and not Source.objects.filter(pk=options["source"]).exists():
            raise CommandError(f"There is no source {options['source']}; the admin shows each source's number.")
        since = datetime.combine(options["since"], time.min, UTC) if options["since"] else None
        revisions = with_bytes(source_id=options["source"], since=since).filter(pk__gt=options["after"])
        # Those that this run writes are not read again by it.
        revisions = revisions.filter(pk__lte=Revision.objects.aggregate(last=Max("pk"))["last"] or 0)
        total = revisions.count()
        if not total:
            self.stdout.write("Nothing to do: no article asked for has stored bytes.")
            return
        self._reparse(revisions, total, after=options["after"], dry=options["dry_run"])

    def _reparse(self, revisions: QuerySet[Revision], total: int, *, after: int, dry: bool) -> None:
        progress = Progress(total, self.stderr)
        counts: Counter[Reparsed] = Counter()
        feeds, to_be_read, unread, last = StoredFeeds(), ToBeRead(), 0, after
        try:
            for revision_id in ids_of(revisions):
                try:
                    outcome, written = reparse_revision(revision_id, dry=dry, feeds=feeds)
                except (BlobError, UnreadableError) as error:
                    unread += 1
                    self.stderr.write(f"Revision {revision_id} was left as it is. {error}")
                else:
                    counts[outcome] += 1
                    if outcome == Reparsed.DOUBTFUL:
                        self.stderr.write(f"Revision {revision_id} gives {outcome.value}.")
                    to_be_read.add(written)
                last = revision_id
                progress.step()
        except KeyboardInterrupt as error:
            self._tell(counts, unread, dry=dry)
            raise CommandError(f"Stopped. To go on where it was, give --after {last}.", returncode=130) from error
        finally:
            to_be_read.tell()
        self._tell(counts, unread, dry=dry)
        if unread:
            raise CommandError("Some articles could not be read again; they are named above.")

    def _tell(self, counts: Counter[Reparsed], unread: int, *, dry: bool) -> None:
        would = " would" if dry else ""
        self.stdout.write(
            f"{counts.total():,} articles read again: {counts[Reparsed.SAME]:,} give the same words, "
            f"{counts[Reparsed.CHANGED]:,}{would} get new ones."
        )
        for outcome in (Reparsed.DOUBTFUL, Reparsed.OVERTAKEN):
            if counts[outcome]:
                self.stdout.write(f"{counts[outcome]:,} gave {outcome.value}.")
        if unread:
            self.stdout.write(f"{unread:,} could not be read again.")
