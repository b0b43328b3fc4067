"""What runs beside the web server: queues, workers and the schedule, asked with little patience.

Nothing here raises or waits for long: what cannot be asked is said in words. With Redis, three things are asked over
one connection, and if that fails the others are not tried.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import redis
from amqp.exceptions import ChannelError
from celery import current_app
from django.conf import settings
from django.core.cache import cache
from kombu import Connection
from kombu.exceptions import OperationalError

from ingestion.wording import age

HEARTBEAT_KEY: Final = "heartbeat"
SILENCE: Final = timedelta(minutes=2)
PATIENCE_SECONDS: Final = 1
QUEUES: Final = {
    "fetching": "Polls of sources and pages of articles",
    "extraction": "Texts to be read",
    "upkeep": "Everything else: looking what is due, rates, mail",
}

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Queue:
    """A queue, how many messages wait on it, and how many workers take from it (``None``: they were not asked)."""

    name: str
    task: str
    waiting: int
    workers: int | None


@dataclass(frozen=True, slots=True)
class Machinery:
    """How queues, workers and schedule are; ``words`` say what is amiss or cannot be told."""

    queues: tuple[Queue, ...]
    queues_words: str
    workers: tuple[str, ...]
    workers_words: str
    schedule_works: bool
    schedule_words: str


def last_sign_of_life() -> datetime | None:
    """When the schedule last sent a task that a worker ran. Raises ``redis.RedisError`` if the cache is gone."""
    last: datetime | None = cache.get(HEARTBEAT_KEY)
    return last


def look(*, now: datetime) -> Machinery:
    """Ask the broker, the workers and the cache. Takes about a second, since workers are given as long to answer."""
    try:
        with _connection() as connection:
            connection.ensure_connection(max_retries=1, timeout=PATIENCE_SECONDS)
            counts = {name: _waiting(connection, name) for name in QUEUES}
            served = _served(connection)
    except (OperationalError, redis.RedisError, OSError) as error:
        log.warning("the broker does not answer", extra={"error": str(error)})
        return _without_broker()
    schedule_works, schedule_words = _schedule(now)
    return Machinery(
        queues=tuple(
            Queue(name, QUEUES[name], counts[name], sum(name in queues for queues in served.values()))
            for name in QUEUES
        ),
        queues_words=_unserved(served),
        workers=tuple(sorted(served)),
        workers_words="" if served else "No worker answered within a second. Work waits until one runs.",
        schedule_works=schedule_works,
        schedule_words=schedule_words,
    )


def _connection() -> Connection:
    """A connection of its own with short time-outs: those of the settings suit workers, not a page."""
    options = dict(settings.CELERY_BROKER_TRANSPORT_OPTIONS)
    if settings.REDIS_URL:
        options |= {"socket_timeout": PATIENCE_SECONDS, "socket_connect_timeout": PATIENCE_SECONDS}
    return current_app.connection_for_read(transport_options=options)


def _waiting(connection: Connection, queue: str) -> int:
    """How many messages wait on a queue. One that nobody has used yet does not exist, and so holds none."""
    channel: Any
    with connection.channel() as channel:
        try:
            return int(channel.queue_declare(queue=queue, passive=True).message_count)
        except ChannelError:
            return 0


def _served(connection: Connection) -> dict[str, set[str]]:
    """The workers that answer, each with the names of its queues."""
    answers = current_app.control.inspect(timeout=PATIENCE_SECONDS, connection=connection).active_queues()
    return {worker: {str(queue["name"]) for queue in queues} for worker, queues in (answers or {}).items()}


def _unserved(served: dict[str, set[str]]) -> str:
    alone = [name for name in QUEUES if not any(name in queues for queues in served.values())]
    if not served or not alone:
        return ""
    many = "queue" if len(alone) == 1 else "queues"
    return f"No worker takes from the {many} {', '.join(alone)}: what is put there waits."


def _schedule(now: datetime) -> tuple[bool, str]:
    try:
        last = last_sign_of_life()
    except redis.RedisError:
        return False, "Not known: the cache does not answer."
    if last is None:
        return False, "No scheduled task has run yet; are the worker and the schedule started?"
    return now - last <= SILENCE, f"The last scheduled task ran {age(last, now)} ago."


def _without_broker() -> Machinery:
    return Machinery(
        queues=(),
        queues_words="The broker does not answer, so the queues cannot be counted. Nothing is lost: what is to be done "
        "stands in the database, and is queued again when the broker is back.",
        workers=(),
        workers_words="Not known: workers are asked through the broker.",
        schedule_works=False,
        schedule_words="Not known: the broker does not answer.",
    )
