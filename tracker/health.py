"""Whether the tracker lives and can do its work, for machines that look after it.

``/healthz`` says that this process answers. ``/readyz`` says whether database, broker and schedule do: 200 if all of
them, 503 if one does not, with a sentence for each.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import redis
from django.conf import settings
from django.core.cache import cache
from django.db import Error, connection
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.utils import timezone

from ingestion.machinery import HEARTBEAT_KEY, SILENCE, last_sign_of_life

HEARTBEAT_SECONDS: Final = 15
PATIENCE_SECONDS: Final = 3


@dataclass(frozen=True, slots=True)
class Part:
    """One part that has to work; ``words`` say how it is."""

    works: bool
    words: str


def record_heartbeat(*, now: datetime) -> None:
    """Note that the schedule sent a task and a worker ran it."""
    cache.set(HEARTBEAT_KEY, now, timeout=24 * 60 * 60)


def parts(*, now: datetime) -> dict[str, Part]:
    """How each part is. Never raises for a part that does not work."""
    return {"database": _database(), "broker": _broker(), "schedule": _schedule(now)}


def _database() -> Part:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return Part(works=False, words="The database does not answer.")
    return Part(works=True, words="The database answers.")


def _broker() -> Part:
    if not settings.REDIS_URL:
        return Part(works=True, words="The broker is in this process.")
    try:
        with redis.Redis.from_url(
            settings.REDIS_URL, socket_timeout=PATIENCE_SECONDS, socket_connect_timeout=PATIENCE_SECONDS
        ) as client:
            client.ping()
    except redis.RedisError:
        return Part(works=False, words="Redis does not answer.")
    return Part(works=True, words="Redis answers.")


def _schedule(now: datetime) -> Part:
    try:
        last = last_sign_of_life()
    except redis.RedisError:
        return Part(works=False, words="Not known: the cache does not answer.")
    if last is None:
        return Part(works=False, words="No scheduled task has run yet; are the worker and the schedule started?")
    silent = now - last
    words = f"The last scheduled task ran {max(0, int(silent.total_seconds()))} seconds ago."
    return Part(works=silent <= SILENCE, words=words)


class HealthMiddleware:
    """Answers the two addresses before anything else looks at the request.

    So a probe may use any host name and plain HTTP, and needs no session.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """``get_response`` is the rest of the site."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer a probe; hand on everything else."""
        if request.path_info == "/healthz":
            return _answer(200, {"status": "alive"})
        if request.path_info == "/readyz":
            found = parts(now=timezone.now())
            ready = all(part.works for part in found.values())
            told = {name: {"works": part.works, "words": part.words} for name, part in found.items()}
            return _answer(200 if ready else 503, {"status": "ready" if ready else "not ready", **told})
        return self.get_response(request)


def _answer(status: int, content: dict[str, object]) -> JsonResponse:
    answer = JsonResponse(content, status=status, headers={"Cache-Control": "no-store"})
    # Django logs each answer above 499 as an error of its own unless this is set; a probe asks every few seconds.
    answer._has_been_logged = True  # type: ignore[attr-defined]
    return answer
