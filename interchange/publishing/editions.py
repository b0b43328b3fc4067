"""Makes editions of the published record, keeps them, and takes old ones away. The only writer of both tables.

An edition is public from the moment that its row is committed, and that is after its files are whole and in their
place: whatever breaks off before leaves a folder that nobody is told of, and the next making takes it away.
"""

from __future__ import annotations

import fcntl
import logging
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet

from interchange.publishing.archives import written
from interchange.publishing.making import Made, Progress, make_files
from interchange.publishing.models import Edition, EditionFile
from interchange.publishing.scope import ALL, ScopeError, Stand, stand_of
from interchange.publishing.snapshot import snapshot

logger = logging.getLogger(__name__)

UNFINISHED = ".making-"
LOCK = ".lock"
RELEASE_NAME = re.compile(r"[0-9A-Za-z](?:[0-9A-Za-z.-]{0,38}[0-9A-Za-z])?")


class BusyError(Exception):
    """Another process is making editions just now."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """An edition, and whether it was made now or stood already with these very files."""

    edition: Edition
    made: bool


def folder_of(edition: Edition) -> Path:
    """Where an edition's files are."""
    return Path(settings.DOWNLOADS_DIR) / edition.key


def make_edition(*, scope: str = ALL, now: datetime, progress: Progress = lambda words: None) -> Outcome:
    """Make the files of the record as it stands; the same files as the newest edition's are no new edition.

    Raises ``ScopeError`` for a dataset that is not given out, ``BusyError`` while another process makes editions.
    """
    with _making() as folder:
        return _made(folder, scope, now=now, progress=progress)


def make_release(
    name: str,
    *,
    scope: str = ALL,
    note: str = "",
    now: datetime,
    acting_user: AbstractBaseUser | None = None,
    progress: Progress = lambda words: None,
) -> Edition:
    """Make an edition with a name, which is kept for ever.

    Raises ``ValidationError`` for a name that cannot be one or is used, ``ScopeError`` and ``BusyError``.
    """
    if not RELEASE_NAME.fullmatch(name):
        raise ValidationError(
            f"“{name}” cannot be the name of a release: write up to 40 letters, figures, points and hyphens, such as "
            "2026-12, that begin and end with a letter or figure."
        )
    with _making() as folder:
        if Edition.objects.filter(release__iexact=name).exists():
            raise ValidationError(f"There is a release {name} already, and it is frozen. Choose another name.")
        return _made(
            folder, scope, now=now, progress=progress, release=name, note=note.strip(), acting_user=acting_user
        ).edition


def make_nightly(*, now: datetime) -> list[str]:
    """Make the editions of the day that are missing, one for each of ``DOWNLOADS_OF``. Harmless when run twice.

    Returns what was done, in words. Raises ``BusyError``.
    """
    told = []
    for scope in settings.DOWNLOADS_OF:
        newest = nightly_of(scope).first()
        if newest is not None and newest.confirmed_at.date() >= now.date():
            continue
        try:
            outcome = make_edition(scope=scope, now=now)
        except ScopeError as error:
            logger.warning("DOWNLOADS_OF: %s", error)
            told.append(str(error))
            continue
        told.append(f"{outcome.edition.key} was {'made' if outcome.made else 'found unchanged'}")
    return told


def nightly_of(scope: str) -> QuerySet[Edition]:
    """The editions of a scope that are no releases, the newest first."""
    return Edition.objects.filter(scope=scope, release="")


def changed_files(edition: Edition) -> list[str]:
    """What is wrong with the files of an edition, in sentences; none if each is byte for byte as it was made."""
    wrong = []
    for file in edition.files.all():
        path = folder_of(edition) / file.name
        if not path.is_file():
            wrong.append(f"{file.name} is missing from {path.parent}.")
            continue
        found = written(path)
        if (found.bytes, found.sha256) != (file.bytes, file.sha256):
            wrong.append(
                f"{file.name} was changed: it has {found.bytes:,} bytes and the SHA-256 {found.sha256}, and had "
                f"{file.bytes:,} bytes and {file.sha256}."
            )
    return wrong


@contextmanager
def _making() -> Iterator[Path]:
    """The folder of editions, for this process alone. The lock goes with the process, however that ends."""
    folder = Path(settings.DOWNLOADS_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    lock = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise BusyError("Another process is making downloads just now. Try again when it is done.") from error
        _clear_away_what_broke_off(folder)
        yield folder
    finally:
        os.close(lock)


def _clear_away_what_broke_off(folder: Path) -> None:
    """Take away folders that belong to no edition."""
    known = set(Edition.objects.values_list("key", flat=True))
    for one in folder.iterdir():
        if one.is_dir() and (one.name.startswith(UNFINISHED) or one.name not in known):
            _remove(one)


def _made(
    folder: Path,
    scope: str,
    *,
    now: datetime,
    progress: Progress,
    release: str = "",
    note: str = "",
    acting_user: AbstractBaseUser | None = None,
) -> Outcome:
    unfinished = Path(tempfile.mkdtemp(prefix=UNFINISHED, dir=folder))
    try:
        with snapshot():
            stand = stand_of(scope, release=release, note=note)
            key = _free_key(stand, now)
            made = make_files(unfinished, f"pledge-tracker-{key}", stand, progress=progress)
        newest = nightly_of(scope).first()
        if not release and newest is not None and _same(newest, made):
            newest.confirmed_at = now
            newest.save(update_fields=["confirmed_at"])
            return Outcome(newest, made=False)
        _freeze(unfinished)
        unfinished.rename(folder / key)
        _sync(folder)
        try:
            edition = _keep(key, stand, made, now=now, acting_user=acting_user)
        except BaseException:
            _remove(folder / key)
            raise
    finally:
        if unfinished.exists():
            _remove(unfinished)
    if not release:
        _forget_old(scope)
    return Outcome(edition, made=True)


def _free_key(stand: Stand, now: datetime) -> str:
    key = f"release-{stand.release.lower()}" if stand.release else f"{stand.scope}-{now:%Y-%m-%d}-{stand.seq}"
    key = key.replace(".", "-")
    taken = set(Edition.objects.filter(key__startswith=key).values_list("key", flat=True))
    return next(one for one in (key, *(f"{key}-{n}" for n in range(2, len(taken) + 3))) if one not in taken)


def _same(edition: Edition, made: Made) -> bool:
    standing = {file.form: file.sha256 for file in edition.files.all()}
    return standing == {file.form: file.sha256 for file in made.files} and not changed_files(edition)


def _freeze(folder: Path) -> None:
    """Everything to the disk, and read-only from now on."""
    for path in folder.iterdir():
        _sync(path)
        path.chmod(0o444)
    _sync(folder)
    folder.chmod(0o755)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@transaction.atomic
def _keep(key: str, stand: Stand, made: Made, *, now: datetime, acting_user: AbstractBaseUser | None) -> Edition:
    edition = Edition.objects.create(
        key=key,
        scope=stand.scope,
        seq=stand.seq,
        changed_at=stand.at,
        release=stand.release,
        note=stand.note,
        licence=stand.licence,
        citation=stand.citation,
        rows=made.rows,
        remarks=made.remarks,
        software=settings.RELEASE,
        made_at=now,
        confirmed_at=now,
        by_id=acting_user.pk if acting_user else None,
    )
    EditionFile.objects.bulk_create(
        [
            EditionFile(edition=edition, form=one.form, name=one.name, bytes=one.bytes, sha256=one.sha256)
            for one in made.files
        ]
    )
    return edition


def _forget_old(scope: str) -> None:
    """Keep as many nightly editions of a scope as are wished; the row goes first, so that nobody is sent to nothing."""
    old = nightly_of(scope)[settings.DOWNLOADS_KEPT :]
    for edition in old:
        folder = folder_of(edition)
        with transaction.atomic():
            edition.files.all().delete()
            edition.delete()
        if folder.exists():
            _remove(folder)


def _remove(folder: Path) -> None:
    shutil.rmtree(folder)
