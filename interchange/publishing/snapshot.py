"""One unmoving view of the record for as long as files are made from it, without keeping others from writing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def snapshot() -> Iterator[None]:
    """Everything that is read inside is of one state of the record. Nothing may be written inside.

    On PostgreSQL that is a read-only transaction of the level REPEATABLE READ; on SQLite one that reads, and so takes
    no lock that writers wait for. Raises ``RuntimeError`` within another transaction, which may have read before.
    """
    began_outside = not connection.in_atomic_block
    if connection.vendor == "sqlite":
        with _beginning_as_a_reader(), transaction.atomic(durable=True):
            yield
        return
    with transaction.atomic(durable=True):
        if began_outside:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield


@contextmanager
def _beginning_as_a_reader() -> Iterator[None]:
    """The tracker's transactions begin as writers on SQLite; this one must not, or nobody writes until it ends."""
    connection.ensure_connection()
    usual = getattr(connection, "transaction_mode", None)
    setattr(connection, "transaction_mode", "DEFERRED")  # noqa: B010 - the stubs do not know it
    try:
        yield
    finally:
        setattr(connection, "transaction_mode", usual)  # noqa: B010
