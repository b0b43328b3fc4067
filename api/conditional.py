"""Answers that need not be given again: an ETag made of the record's version, so that 304 costs one small query.

Every change of the record has a number. An answer depends on the address, on the number of the last change, on the day
(what is in force is asked of a day) and on the release of the tracker; while these are the same, so is the answer, but
for the moment at which it was made.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime

from django.conf import settings
from django.db import connection
from django.http import HttpRequest
from django.utils.http import http_date

from history.models import ChangeCounter

LAST_CHANGE = f"SELECT last_seq, last_at FROM {ChangeCounter._meta.db_table} WHERE id = 1"  # noqa: S608  # a name of ours


@dataclass(frozen=True, slots=True)
class RecordVersion:
    """Which state of the record an answer is made from."""

    etag: str
    changed_at: datetime | None

    def headers(self) -> dict[str, str]:
        """The validators as headers."""
        headers = {"ETag": self.etag}
        if self.changed_at is not None:
            headers["Last-Modified"] = http_date(self.changed_at.timestamp())
        return headers


def record_version(request: HttpRequest, *, now: datetime) -> RecordVersion:
    """The version of the record for one address; to be read before the record is, so that it is never too new."""
    seq, changed_at = _last_change()
    parts = (
        request.get_host(),
        request.get_full_path(),
        request.headers.get("Accept", ""),
        f"{now:%Y-%m-%d}",
        settings.RELEASE,
    )
    digest = hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return RecordVersion(f'W/"{seq}-{digest}"', changed_at)


def _last_change() -> tuple[int, datetime | None]:
    """The number of the last change and its moment. Asked plainly: an answer that is given again costs this alone."""
    with connection.cursor() as cursor:
        cursor.execute(LAST_CHANGE)
        row = cursor.fetchone()
    if row is None:
        return 0, None
    seq, at = row
    # SQLite keeps moments as texts, in UTC without saying so.
    return int(seq), datetime.fromisoformat(at).replace(tzinfo=UTC) if isinstance(at, str) else at


def is_held(request: HttpRequest, version: RecordVersion) -> bool:
    """Whether the reader says that it holds this version.

    Only ``If-None-Match`` is heeded: a new day changes answers without a change of the record, which the moment of the
    last change cannot tell.
    """
    held = request.headers.get("If-None-Match", "")
    if len(held) > 4000:
        return False
    names = {name.strip().removeprefix("W/") for name in held.split(",")}
    return version.etag.removeprefix("W/") in names
