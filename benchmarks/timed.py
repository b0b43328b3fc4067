"""A worker that keeps account of its time: ``celery -A benchmarks.timed worker --pool solo``.

Each section is a few functions that are wrapped here; what runs inside of another section counts for the inner one
alone. When the worker stops, the account is written as JSON to the file that ``TIMES_FILE`` names.
"""

from __future__ import annotations

import json
import os
import time
from collections import defaultdict
from collections.abc import Callable
from functools import wraps
from importlib import import_module
from pathlib import Path
from typing import Any

import django
from celery.signals import worker_ready, worker_shutdown
from django.db.backends.signals import connection_created
from django.dispatch import receiver

from tracker.celery import app

__all__ = ["app"]

SECTIONS = {
    "fetch": ["ingestion.services.polling:polite_fetch", "ingestion.services.taking:polite_fetch"],
    "parse": ["ingestion.reading:parse_feed", "ingestion.services.taking:parse_page"],
    "store": ["ingestion.services.polling:store_entries", "ingestion.services.pages:_keep"],
    "extract": ["ingestion.services.extracting:read_revision"],
    "group": ["ingestion.services.grouping:keep_sketch", "ingestion.services.grouping:find_same"],
    "keep findings": ["ingestion.services.extracting:_keep", "ingestion.services.extracting:_keep_nothing"],
    "broker": ["ingestion.tasks:_send"],
    "rest of polling": ["ingestion.services:poll_source"],
    "rest of page visits": ["ingestion.services:visit_host"],
    "rest of extraction": ["ingestion.services:extract_revision"],
}  # fmt: skip
REST = "Celery, waiting"


class Account:
    """Seconds on the clock, seconds of processor time, calls and database queries of each section."""

    def __init__(self) -> None:
        """Nothing yet."""
        self.wall: defaultdict[str, float] = defaultdict(float)
        self.cpu: defaultdict[str, float] = defaultdict(float)
        self.calls: defaultdict[str, int] = defaultdict(int)
        self.queries: defaultdict[str, int] = defaultdict(int)
        self.open = [REST]
        self.since = (time.perf_counter(), time.process_time())

    def switch(self) -> None:
        """Book what has passed since the last switch on the section that was open."""
        now = (time.perf_counter(), time.process_time())
        self.wall[self.open[-1]] += now[0] - self.since[0]
        self.cpu[self.open[-1]] += now[1] - self.since[1]
        self.since = now

    def wrap(self, section: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, with its time booked on the section."""

        @wraps(function)
        def timed(*args: Any, **kwargs: Any) -> Any:
            self.switch()
            self.open.append(section)
            self.calls[section] += 1
            try:
                return function(*args, **kwargs)
            finally:
                self.switch()
                self.open.pop()

        return timed

    def count_query(self, execute: Callable[..., Any], *args: Any) -> Any:
        """For Django's ``execute_wrapper``."""
        self.queries[self.open[-1]] += 1
        return execute(*args)


ACCOUNT = Account()


def _wrap_everything() -> None:
    for section, places in SECTIONS.items():
        for place in places:
            module_name, _colon, name = place.partition(":")
            module = import_module(module_name)
            if not hasattr(module, name):
                raise LookupError(f"{place} is gone; name in SECTIONS what has taken its place.")
            setattr(module, name, ACCOUNT.wrap(section, getattr(module, name)))


django.setup()
_wrap_everything()


@receiver(connection_created)
def _count_queries(connection: Any, **_: Any) -> None:
    if ACCOUNT.count_query not in connection.execute_wrappers:
        connection.execute_wrappers.append(ACCOUNT.count_query)


@worker_ready.connect
def _begin(**_: Any) -> None:
    ACCOUNT.switch()
    for kept in (ACCOUNT.wall, ACCOUNT.cpu, ACCOUNT.calls, ACCOUNT.queries):
        kept.clear()


@worker_shutdown.connect
def _write(**_: Any) -> None:
    ACCOUNT.switch()
    told = {
        name: {"wall": ACCOUNT.wall[name], "cpu": ACCOUNT.cpu[name], "calls": ACCOUNT.calls[name],
               "queries": ACCOUNT.queries[name]}
        for name in [*SECTIONS, REST]
    }  # fmt: skip
    Path(os.environ["TIMES_FILE"]).write_text(json.dumps(told), encoding="utf-8")
