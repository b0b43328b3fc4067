"""Validators for answers whose changes have no number in history: a fingerprint of their words."""

from __future__ import annotations

import hashlib
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from api.conditional import RecordVersion, is_held

READING = {"GET", "HEAD"}


def tag_by_content(request: Request, response: Any) -> None:
    """Give an answer an ETag once it is written, and leave it out where the reader holds it already."""
    if not isinstance(response, Response) or response.status_code != 200 or request.method not in READING:
        return

    def finish(written: Any) -> Any:
        digest = hashlib.sha256(written.content).hexdigest()[:24]
        version = RecordVersion(f'W/"{digest}"', None)
        written.headers["ETag"] = version.etag
        if is_held(request._request, version):
            written.status_code = 304
            written.content = b""
            written.headers.pop("Content-Type", None)
        return written

    response.add_post_render_callback(finish)
