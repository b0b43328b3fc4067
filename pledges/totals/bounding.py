"""How long a question may keep the database busy, where the sums that are kept do not answer it.

Whoever asks for others says so with :func:`at_most`; within, each statement that adds up lines has what is left of the
time. The database itself stops it: PostgreSQL by ``statement_timeout``, SQLite by asking now and then whether to go on.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from math import ceil

from django.db import OperationalError, connection, transaction

# SQLite asks after so many steps of its machine: some hundred times a second.
STEPS = 100_000
_until: ContextVar[tuple[float, float] | None] = ContextVar("until", default=None)


class TooSlowError(ValueError):
    """A question that takes too long to be added up; the message says what to do."""


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Within, what adds up lines may take so many seconds in all; 0 is no limit."""
    token = _until.set((time.monotonic() + seconds, seconds) if seconds else None)
    try:
        yield
    finally:
        _until.reset(token)


@contextmanager
def bounded() -> Iterator[None]:
    """Run statements in the time that is left. Raises ``TooSlowError`` where it is over."""
    limit = _until.get()
    if limit is None:
        yield
        return
    until, seconds = limit
    try:
        with _postgresql(until) if connection.vendor == "postgresql" else _sqlite(until):
            yield
    except OperationalError as error:
        if time.monotonic() < until:
            raise
        raise TooSlowError(
            f"This is added up record by record, which may take {seconds:g} seconds, and takes longer. Ask for less "
            "(dataset, donor, type, announced_from …), or only by what sums are kept for: donor, recipient, type, "
            "finance_type, in_kind, stage, year, quarter and month, as of now."
        ) from error


@contextmanager
def _postgresql(until: float) -> Iterator[None]:
    left = max(ceil((until - time.monotonic()) * 1000), 1)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL statement_timeout = {left}")
        yield
        # The transaction may be a larger one, which goes on without.
        cursor.execute("SET LOCAL statement_timeout TO DEFAULT")


@contextmanager
def _sqlite(until: float) -> Iterator[None]:
    connection.ensure_connection()
    database = connection.connection
    database.set_progress_handler(lambda: time.monotonic() > until, STEPS)
    try:
        yield
    finally:
        database.set_progress_handler(None, 0)
