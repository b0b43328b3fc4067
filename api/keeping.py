"""Keeps answers that were made, so that the next reader of the same question gets them without the record being read.

An answer is kept under its validator (``api.conditional``), which names the number of the record's last change. Each
change makes a new number, so nothing kept is ever out of date and nothing has to be thrown away. The number is read
before the record is: an answer may be newer than the number it is kept under, never older. The cache is bounded in
entries where it lives in the process; in Redis, whose memory is bounded there, entries go after ten minutes.
"""

from __future__ import annotations

import logging
from typing import Any

import redis
from django.core.cache import caches
from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from api.conditional import RecordVersion
from api.views.base import PublicView

KEPT_SECONDS = 600
LARGEST_KEPT = 200_000  # bytes
JSON = "application/json"
logger = logging.getLogger(__name__)


def kept(version: RecordVersion) -> bytes | None:
    """The JSON of an answer, if it is kept. A cache that does not answer keeps nothing."""
    try:
        found: bytes | None = caches["answers"].get(version.etag)
    except redis.RedisError as error:
        logger.warning("Answers are made anew, as the cache does not answer: %s", error)
        return None
    return found


def keep(version: RecordVersion, response: Response) -> None:
    """Keep an answer, unless it is large."""
    content = response.content
    if len(content) > LARGEST_KEPT:
        return
    try:
        caches["answers"].set(version.etag, content, timeout=KEPT_SECONDS)
    except redis.RedisError as error:
        logger.warning("An answer is not kept, as the cache does not answer: %s", error)


class KeptAnswers(PublicView):
    """An endpoint whose JSON is kept until the record changes; needs ``follows_history``."""

    follows_history = True

    def made_before(self, version: RecordVersion) -> HttpResponse | None:
        """The answer as it was made."""
        content = kept(version)
        return None if content is None else HttpResponse(content, content_type=JSON)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Keep what was made, once it is written out."""
        response = super().finalize_response(request, response, *args, **kwargs)
        version = self.version
        if version is not None and isinstance(response, Response) and response.status_code == 200 and _is_json(request):
            response.add_post_render_callback(lambda made: keep(version, made))
        return response


def _is_json(request: Request) -> bool:
    renderer = getattr(request, "accepted_renderer", None)
    return renderer is not None and renderer.media_type == JSON
