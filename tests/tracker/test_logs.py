"""The log's lines: one an event, with the ids by which it is found again."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from ingestion.tasks import poll_source
from tracker.logs import bind_task_ids, forget_task_ids, formatter


@pytest.fixture(autouse=True)
def nothing_bound() -> Iterator[None]:
    structlog.contextvars.clear_contextvars()
    yield
    structlog.contextvars.clear_contextvars()


def line(logger: str = "ingestion", **extra: object) -> dict[str, object]:
    """A line as a machine reads it."""
    record = logging.LogRecord(logger, logging.INFO, __file__, 1, "it was %s", ("read",), None)
    record.__dict__.update(extra)
    found: dict[str, object] = json.loads(formatter(as_json=True).format(record))
    return found


def test_a_line_for_machines_is_one_json_object_with_its_extras() -> None:
    told = line(source=7)
    assert (told["event"], told["level"], told["logger"], told["source"]) == ("it was read", "info", "ingestion", 7)
    assert "timestamp" in told


def test_within_a_task_each_line_carries_the_task_and_the_ids_it_was_given() -> None:
    bind_task_ids(task_id="abc", task=poll_source, args=(7,), kwargs={})
    told = line()
    assert (told["task"], told["task_id"], told["source_id"]) == ("ingestion.tasks.poll_source", "abc", 7)


def test_after_a_task_its_ids_are_forgotten() -> None:
    bind_task_ids(task_id="abc", task=poll_source, args=(), kwargs={"source_id": 7})
    forget_task_ids()
    assert "task_id" not in line()


def test_a_task_called_with_wrong_arguments_still_gets_its_lines() -> None:
    bind_task_ids(task_id="abc", task=poll_source, args=(1, 2, 3), kwargs={})
    assert line()["task_id"] == "abc"


def test_what_celery_says_twice_is_kept_once() -> None:
    assert "data" not in line("celery.app.trace", data={"traceback": "…"})


def test_an_error_in_the_terminal_is_a_plain_traceback() -> None:
    try:
        raise ValueError("broken")
    except ValueError as error:
        record = logging.LogRecord("x", logging.ERROR, __file__, 1, "oh", (), (type(error), error, error.__traceback__))
    text = formatter(as_json=False).format(record)
    assert "Traceback (most recent call last)" in text
    assert "ValueError: broken" in text
