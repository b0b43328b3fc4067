"""Structured logs: one line an event, with the ids of source, article and task where they are known."""

from __future__ import annotations

import inspect
import logging
from typing import Any

import structlog
from celery import Task
from celery.signals import task_postrun, task_prerun


def _processors() -> list[structlog.typing.Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.stdlib.ExtraAdder(),
        _without_repetition,
    ]


def _without_repetition(_: Any, __: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Celery hands over once more, in one field, what its sentence and the traceback say."""
    if str(event.get("logger", "")).startswith("celery."):
        event.pop("data", None)
    return event


def formatter(*, as_json: bool) -> logging.Formatter:
    """The formatter that ``LOGGING`` names: JSON lines for machines, plain lines for a terminal."""
    last: structlog.typing.Processor = (
        structlog.processors.JSONRenderer()
        if as_json
        else structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    )
    tail: list[structlog.typing.Processor] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta]
    if as_json:
        tail.append(structlog.processors.format_exc_info)
    return structlog.stdlib.ProcessorFormatter(foreign_pre_chain=_processors(), processors=[*tail, last])


@task_prerun.connect
def bind_task_ids(task_id: str, task: Task[Any, Any], args: Any, kwargs: Any, **_: Any) -> None:
    """From here on each line tells the task, its id, and the ids that it was given, such as ``source_id``."""
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(task=task.name, task_id=task_id, **_ids(task, args, kwargs))


@task_postrun.connect
def forget_task_ids(**_: Any) -> None:
    """The next task on this thread begins with nothing."""
    structlog.contextvars.clear_contextvars()


def _ids(task: Task[Any, Any], args: Any, kwargs: Any) -> dict[str, Any]:
    try:
        given = inspect.signature(task.run).bind_partial(*(args or ()), **(kwargs or {})).arguments
    except TypeError:  # called with arguments that it does not have; it will say so itself
        return {}
    return {name: value for name, value in given.items() if name.endswith("_id")}
