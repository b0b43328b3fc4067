"""Everything in one process: the web server, a worker and the schedule as threads, the broker in memory.

The broker forgets its messages when the process ends. That loses nothing: the database knows what is unfinished, and a
sweep at the start queues it again.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from collections.abc import Callable
from typing import Any, NoReturn

from celery import beat
from celery.worker import WorkController, state
from django.conf import settings
from django.db import connections
from django.utils import timezone
from django_celery_beat.schedulers import DatabaseScheduler
from waitress.server import create_server

from ingestion.services import release_everything
from ingestion.tasks import sweep
from tracker import tasks  # noqa: F401  # its first sign of life hangs on the start of the schedule
from tracker.celery import app
from tracker.wsgi import application

QUEUES = "fetching,extraction,upkeep"
WEB_THREADS = 8
STOPPING_SECONDS = 10

log = logging.getLogger(__name__)


def run(host: str, port: int) -> NoReturn:
    """Serve until Ctrl-C or SIGTERM, then stop every thread and end. Raises ``OSError`` if the port was taken."""
    server = create_server(
        application, host=host, port=port, threads=WEB_THREADS, ident=None,
        clear_untrusted_proxy_headers=not settings.BEHIND_PROXY,
    )  # fmt: skip
    app.set_current()
    release_everything(now=timezone.now())  # claims of a process that was killed: there is no other one
    broken: list[str] = []
    # It sleeps for ``max_interval`` at most, so it also stops within that.
    service: Any = beat.Service(app, scheduler_cls=DatabaseScheduler, max_interval=1)
    threads = [_thread("worker", _worker().start, broken), _thread("schedule", service.start, broken)]
    sweep.delay()
    try:
        server.run()
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)  # a second Ctrl-C does not leave threads half-stopped
        server.close()
        service.stop()
        state.should_stop = 0  # type: ignore[assignment]  # what the worker's own signal handler would set
        for thread in threads:
            thread.join(STOPPING_SECONDS)
        _end(1 if broken else 0)


def _worker() -> WorkController:
    """A worker for a thread: ``WorkController`` alone, as the command's own class would take over the signals."""
    return WorkController(
        app=app,
        hostname="embedded@localhost",
        pool_cls="threads",
        concurrency=2,
        queues=QUEUES,
        without_heartbeat=True,
        without_mingle=True,
        without_gossip=True,
    )


def _thread(name: str, target: Callable[[], object], broken: list[str]) -> threading.Thread:
    def body() -> None:
        try:
            target()
        except Exception:
            # A tracker that runs by half is worse than none: say what happened and stop the whole.
            log.exception("the %s broke down; the tracker stops", name)
            broken.append(name)
            os.kill(os.getpid(), signal.SIGTERM)
        finally:
            connections.close_all()

    thread = threading.Thread(target=body, name=name, daemon=True)
    thread.start()
    return thread


def _end(code: int) -> NoReturn:
    """End at once. A task that hangs would otherwise keep the process; what it had begun is taken up at the start."""
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
