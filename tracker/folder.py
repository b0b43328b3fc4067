"""The data folder belongs to one embedded tracker at a time."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path


class FolderInUseError(Exception):
    """Another tracker runs on the same data folder."""


def claim_folder(folder: Path) -> int:
    """Keep the data folder for this process while it lives; two embedded brokers would not know of each other.

    Returns the open lock file. Raises ``FolderInUseError``.
    """
    lock = os.open(folder / "running.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(lock)
        raise FolderInUseError from error
    return lock
