"""The course of every import of pledges: one transaction, a batch with its report, nothing kept if nothing changed."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import transaction

from interchange.problems import FileProblem, Place
from interchange.report import Report
from pledges.bulk import BadEntryError, Entry, import_pledges
from reference.models import Dataset, ImportBatch

Progress = Callable[[int, int], None]  # done, of how many


def no_progress(done: int, of: int) -> None:
    """For callers that show nothing."""


@dataclass(frozen=True, slots=True)
class Run:
    """Who imports what, and when; ``now`` is an aware moment."""

    job: str
    now: datetime
    acting_user: AbstractBaseUser | None = None
    dry_run: bool = False
    progress: Progress = no_progress


@dataclass(frozen=True, slots=True)
class Origin:
    """Which file or address is taken in, and the SHA-256 of its content."""

    name: str
    digest: str


def origin_of(files: Sequence[Path]) -> Origin:
    """One file or several; of several, the hash of their hashes in order."""
    digests = []
    for path in files:
        with path.open("rb") as content:
            digests.append(hashlib.file_digest(content, "sha256").hexdigest())
    digest = digests[0] if len(digests) == 1 else hashlib.sha256("\n".join(digests).encode()).hexdigest()
    return Origin(", ".join(path.name for path in files)[:300], digest)


@dataclass(frozen=True, slots=True)
class Batch:
    """What is taken in: its dataset, where it comes from, its records, and where each record stands."""

    dataset: Mapping[str, Any]  # the fields of ``reference.Dataset``
    origin: Origin
    entries: Sequence[Entry]
    places: Mapping[str, Place]


def take_in_pledges(batch: Batch, report: Report, run: Run) -> Report:
    """Import the records and fill the report. Raises ``FileProblem`` with the place of what cannot be right."""
    began = time.monotonic()
    done = 0

    def told(more: int) -> None:
        nonlocal done
        done += more
        run.progress(done, len(batch.entries))

    with transaction.atomic():
        row = open_batch(batch.dataset, batch.origin, run)
        try:
            result = import_pledges(
                batch.entries, batch=row, now=run.now, acting_user=run.acting_user, job=run.job, progress=told
            )
        except BadEntryError as error:
            raise FileProblem(" ".join(error.messages), batch.places.get(error.key)) from error
        except ValidationError as error:
            raise FileProblem(" ".join(error.messages)) from error
        report.made, report.updated, report.unchanged = len(result.made), len(result.updated), len(result.unchanged)
        for key, reason in result.kept:
            report.leave_out(batch.places.get(key, Place()), f"{key} was not updated: {reason}.")
        if result.gone:
            report.facts["No longer in the file"] = (
                f"{len(result.gone)} records of the dataset, left as they are: {', '.join(result.gone[:20])}"
            )
        report.seconds += time.monotonic() - began
        close_batch(row, report, run, changed=bool(result.made or result.updated))
    return report


def open_batch(dataset: Mapping[str, Any], origin: Origin, run: Run) -> ImportBatch:
    """The row that says which file is taken in, in its dataset, which is made on first use."""
    kept, _ = Dataset.objects.get_or_create(
        key=dataset["key"], defaults={name: value for name, value in dataset.items() if name != "key"}
    )
    return ImportBatch.objects.create(
        dataset=kept,
        file_name=origin.name,
        file_hash=origin.digest,
        started_at=run.now,
        by_id=run.acting_user.pk if run.acting_user else None,
    )


def close_batch(row: ImportBatch, report: Report, run: Run, *, changed: bool) -> None:
    """Keep the report; or, of a dry run and of an import that changed nothing, keep nothing at all."""
    report.dry_run = run.dry_run
    if run.dry_run or not changed:
        transaction.set_rollback(True)
        return
    row.finished_at = row.approved_at = run.now
    row.report = report.as_json()
    row.save()
