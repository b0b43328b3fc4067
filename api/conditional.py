"""Answers that need not be given again: an ETag made of the record's version, so that 304 costs one small query.

Every change of the record has a number. An answer depends on the address, on the number of the last change, on the day
(what is in force is asked of a day) and on the release of the tracker; while these are the same, so is the answer, but
for the moment at which it was made.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils.http import http_date
from rest_framework.exceptions import APIException
from rest_framework.request import Request

from history.models import ChangeCounter


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


class Unchanged(APIException):
    """The reader has this answer already."""

    status_code = 304

    def __init__(self, version: RecordVersion) -> None:
        super().__init__("Not modified.")
        self.version = version


def record_version(request: Request, *, now: datetime) -> RecordVersion:
    """The version of the record for one address; to be read before the record is, so that it is never too new."""
    counter = ChangeCounter.objects.filter(pk=1).values_list("last_seq", "last_at")[:1]
    seq, changed_at = next(iter(counter), (0, None))
    parts = (
        request.get_host(),
        request.get_full_path(),
        request.headers.get("Accept", ""),
        f"{now:%Y-%m-%d}",
        settings.RELEASE,
    )
    digest = hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return RecordVersion(f'W/"{seq}-{digest}"', changed_at)


def is_held(request: Request, version: RecordVersion) -> bool:
    """Whether the reader says that it holds this version.

    Only ``If-None-Match`` is heeded: a new day changes answers without a change of the record, which the moment of the
    last change cannot tell.
    """
    held = request.headers.get("If-None-Match", "")
    if len(held) > 4000:
        return False
    names = {name.strip().removeprefix("W/") for name in held.split(",")}
    return version.etag.removeprefix("W/") in names
