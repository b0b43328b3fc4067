"""Takes in files that staff handed in: queued by the admin, done by a worker, watched on the file's page."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q

from history.four_eyes import who_may_instead
from ingestion import blobs
from interchange import several
from interchange.fts.importing import import_fts
from interchange.importing import Run
from interchange.kiel.importing import import_kiel
from interchange.kiel.reading import ALLOCATION
from interchange.models import FileImport, FileKind, ImportState
from interchange.own_form.importing import import_record
from interchange.problems import FileProblem
from interchange.report import Report
from interchange.sanctions_lists.journal import import_eu_journal
from interchange.sanctions_lists.programmes import import_programmes

logger = logging.getLogger(__name__)

# Kinds whose rows are published as they are taken in.
PUBLISHING = frozenset(FileKind) - {FileKind.RECORD}
LARGEST_UPLOAD = 64 * 2**20
# A file that was begun so long ago was left by a worker that died; it may be begun again, as nothing of it was kept.
LEASE = timedelta(minutes=30)
WATCHED_SECONDS = 3_600
UNEXPECTED = (
    "The import broke off through a fault of ours; nothing was taken in. It is in the log, with this file's number."
)

CHANGED_SINCE = (
    "The record has changed since the dry run, and the file would now do something else. Nothing was taken in; "
    "hand the file in again and look at what it does now."
)
# Kinds that several files make up: pages of flows, tables of the record.
OF_SEVERAL = (FileKind.FTS, FileKind.RECORD)

IMPORTS: Mapping[str, Callable[[Sequence[Path], Run, FileImport], Report]] = {
    FileKind.KIEL: lambda paths, run, row: import_kiel(paths[0], run=run),
    FileKind.KIEL_ALLOCATIONS: lambda paths, run, row: import_kiel(paths[0], run=run, measure=ALLOCATION),
    FileKind.FTS: lambda paths, run, row: import_fts(list(paths), run=run),
    FileKind.PROGRAMMES: lambda paths, run, row: import_programmes(paths[0], run=run),
    FileKind.EU_JOURNAL: lambda paths, run, row: import_eu_journal(paths[0], run=run),
    FileKind.RECORD: lambda paths, run, row: import_record(paths, run=run, why=row.why, check=_as_confirmed(row)),
}


def _as_confirmed(row: FileImport) -> Callable[[Report], None]:
    """Refuses an import that does something else than the dry run that somebody looked at and confirmed."""

    def check(report: Report) -> None:
        if row.confirms is not None:
            now, then = report.as_json(), row.confirms.report
            if any(now[name] != then.get(name) for name in ("changes", "left_out")):
                raise FileProblem(CHANGED_SINCE)

    return check


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file whose bytes are in the store."""

    name: str
    blob: str
    size: int


def keep_file(name: str, content: bytes) -> KeptFile:
    """Put a file's bytes into the store. Raises ``ValidationError`` where they cannot be kept."""
    if not content:
        raise ValidationError("The file is empty.")
    try:
        blob = blobs.keep(content)
    except blobs.BlobError as error:
        raise ValidationError(str(error)) from error
    return KeptFile(several.safe_name(name), blob, len(content))


def queue_file(
    file: KeptFile,
    *,
    kind: str,
    dry_run: bool,
    acting_user: AbstractBaseUser,
    now: datetime,
    why: str = "",
    confirms: FileImport | None = None,
) -> FileImport:
    """Queue a kept file. The caller sends the task once this is committed. Raises ``ValidationError``."""
    if kind not in FileKind.values:
        raise ValidationError({"kind": f"{kind!r} is no kind of file that we take in."})
    if kind == FileKind.RECORD and not why.strip():
        raise ValidationError({"why": "Say why the records are corrected; the history keeps the reason."})
    return FileImport.objects.create(
        kind=kind,
        file_name=file.name,
        blob=file.blob,
        size=file.size,
        # With four eyes what a file publishes waits for a colleague, who confirms the dry run.
        dry_run=dry_run or (settings.FOUR_EYES and kind in PUBLISHING and confirms is None),
        why=why.strip(),
        confirms=confirms,
        by_id=acting_user.pk,
        queued_at=now,
    )


def confirm_file(import_id: int, *, acting_user: AbstractBaseUser, now: datetime) -> FileImport:
    """Queue for good a file whose dry run went well. A dry run is confirmed once. Raises ``ValidationError``."""
    with transaction.atomic():
        dry = FileImport.objects.select_for_update().get(pk=import_id)
        if not dry.dry_run or dry.state != ImportState.DONE:
            raise ValidationError(f"{dry.file_name} had no dry run that went well; hand it in again.")
        if FileImport.objects.filter(confirms=dry).exists():
            raise ValidationError(f"{dry.file_name} was confirmed already.")
        if settings.FOUR_EYES and dry.kind in PUBLISHING and dry.by_id == acting_user.pk:
            who = who_may_instead(acting_user, "pledges.publish_pledge")
            raise ValidationError(f"You handed in {dry.file_name}, and a colleague confirms what it publishes. {who}")
        return queue_file(
            KeptFile(dry.file_name, dry.blob, dry.size),
            kind=dry.kind,
            dry_run=False,
            why=dry.why,
            acting_user=acting_user,
            now=now,
            confirms=dry,
        )


def take_in_file(import_id: int, *, now: datetime) -> str:
    """Take a queued file in and say how it ended. A second call for the same file does nothing."""
    waiting = Q(state=ImportState.QUEUED) | Q(state=ImportState.RUNNING, started_at__lt=now - LEASE)
    claimed = FileImport.objects.filter(waiting, pk=import_id).update(state=ImportState.RUNNING, started_at=now)
    if not claimed:
        return "nothing to do"
    row = FileImport.objects.select_related("by", "confirms").get(pk=import_id)
    try:
        report = _import(row, now)
    except FileProblem as problem:
        return _end(row, now, ImportState.REFUSED, words=str(problem))
    except blobs.BlobError as error:
        return _end(row, now, ImportState.REFUSED, words=f"The file cannot be read any more: {error}")
    except Exception:
        logger.exception("taking in file %s broke off", import_id)
        _end(row, now, ImportState.REFUSED, words=UNEXPECTED)
        raise
    return _end(row, now, ImportState.DONE, report=report)


def _import(row: FileImport, now: datetime) -> Report:
    def told(done: int, of: int) -> None:
        cache.set(_key(row.pk), (done, of), WATCHED_SECONDS)

    run = Run(job=f"import_{row.kind}", now=now, acting_user=row.by, dry_run=row.dry_run, progress=told)
    with tempfile.TemporaryDirectory(prefix="tracker-import-") as folder:
        return IMPORTS[row.kind](several.unpack(row.file_name, blobs.read(row.blob), Path(folder)), run, row)


def _end(row: FileImport, now: datetime, state: str, *, words: str = "", report: Report | None = None) -> str:
    FileImport.objects.filter(pk=row.pk, state=ImportState.RUNNING, started_at=row.started_at).update(
        state=state, words=words, report=report.as_json() if report is not None else {}, finished_at=now
    )
    cache.delete(_key(row.pk))
    return state


def queue_again(import_id: int, *, now: datetime) -> bool:
    """Queue a file again that was refused or left behind; returns whether it may be."""
    may = ~Q(state__in=[ImportState.RUNNING, ImportState.DONE]) | Q(
        state=ImportState.RUNNING, started_at__lt=now - LEASE
    )
    return bool(
        FileImport.objects.filter(may, pk=import_id).update(state=ImportState.QUEUED, started_at=None, queued_at=now)
    )


def progress_of(import_id: int) -> tuple[int, int] | None:
    """How many records are done, of how many; ``None`` where that is not known."""
    found = cache.get(_key(import_id))
    return (int(found[0]), int(found[1])) if found else None


def _key(import_id: int) -> str:
    return f"interchange:import:{import_id}"
