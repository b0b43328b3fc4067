"""Takes in files that staff handed in: queued by the admin, done by a worker, watched on the file's page."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path, PurePath

from django.contrib.auth.models import AbstractBaseUser
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db.models import Q

from ingestion import blobs
from interchange.fts.importing import import_fts
from interchange.importing import Run
from interchange.kiel.importing import import_kiel
from interchange.kiel.reading import ALLOCATION
from interchange.models import FileImport, FileKind, ImportState
from interchange.problems import FileProblem
from interchange.report import Report
from interchange.sanctions_lists.journal import import_eu_journal
from interchange.sanctions_lists.programmes import import_programmes

logger = logging.getLogger(__name__)

LARGEST_UPLOAD = 64 * 2**20
# A file that was begun so long ago was left by a worker that died; it may be begun again, as nothing of it was kept.
LEASE = timedelta(minutes=30)
WATCHED_SECONDS = 3_600
LONGEST_NAME = 60
UNEXPECTED = (
    "The import broke off through a fault of ours; nothing was taken in. It is in the log, with this file's number."
)

IMPORTS: Mapping[str, Callable[[Path, Run], Report]] = {
    FileKind.KIEL: lambda path, run: import_kiel(path, run=run),
    FileKind.KIEL_ALLOCATIONS: lambda path, run: import_kiel(path, run=run, measure=ALLOCATION),
    FileKind.FTS: lambda path, run: import_fts([path], run=run),
    FileKind.PROGRAMMES: lambda path, run: import_programmes(path, run=run),
    FileKind.EU_JOURNAL: lambda path, run: import_eu_journal(path, run=run),
}


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
    return KeptFile(safe_name(name), blob, len(content))


def safe_name(name: str) -> str:
    """A name that leads nowhere else and that every file system takes; what the file is called, as far as it can be."""
    plain = "".join(sign for sign in PurePath(name.replace("\\", "/")).name if sign.isprintable())
    return plain[-LONGEST_NAME:].strip(". ") or "file"


def queue_file(file: KeptFile, *, kind: str, dry_run: bool, acting_user: AbstractBaseUser, now: datetime) -> FileImport:
    """Queue a kept file. The caller sends the task once this is committed. Raises ``ValidationError``."""
    if kind not in FileKind.values:
        raise ValidationError({"kind": f"{kind!r} is no kind of file that we take in."})
    return FileImport.objects.create(
        kind=kind,
        file_name=file.name,
        blob=file.blob,
        size=file.size,
        dry_run=dry_run,
        by_id=acting_user.pk,
        queued_at=now,
    )


def take_in_file(import_id: int, *, now: datetime) -> str:
    """Take a queued file in and say how it ended. A second call for the same file does nothing."""
    waiting = Q(state=ImportState.QUEUED) | Q(state=ImportState.RUNNING, started_at__lt=now - LEASE)
    claimed = FileImport.objects.filter(waiting, pk=import_id).update(state=ImportState.RUNNING, started_at=now)
    if not claimed:
        return "nothing to do"
    row = FileImport.objects.select_related("by").get(pk=import_id)
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
        path = Path(folder) / row.file_name
        path.write_bytes(blobs.read(row.blob))
        return IMPORTS[row.kind](path, run)


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
