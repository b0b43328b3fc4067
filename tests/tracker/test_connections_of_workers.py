"""Workers keep their connection to the database from task to task, but not a broken one."""

from __future__ import annotations

import pytest
from celery.fixups.django import DjangoWorkerFixup  # type: ignore[attr-defined]  # the stubs lack it
from celery.signals import task_postrun, task_prerun
from django.db import connection

from tracker.celery import app, keep_good_connections


def test_celery_itself_does_not_close_the_connection_after_each_task() -> None:
    assert DjangoWorkerFixup(app).db_reuse_max > 1_000_000


def test_connections_are_looked_at_before_and_after_each_task() -> None:
    for signal in (task_prerun, task_postrun):
        assert keep_good_connections in [found() for _key, found in signal.receivers]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("broken", "times"), [(True, 1), (False, 0)])
def test_only_a_broken_connection_is_closed(monkeypatch: pytest.MonkeyPatch, broken: bool, times: int) -> None:
    connection.ensure_connection()
    connection.close_at = None
    closed: list[bool] = []
    monkeypatch.setattr(connection, "close", lambda: closed.append(True))
    monkeypatch.setattr(connection, "is_usable", lambda: not broken)
    monkeypatch.setattr(connection, "errors_occurred", broken)
    keep_good_connections()
    assert len(closed) == times
