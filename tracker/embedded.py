"""Everything in one process: the web server, a worker and the schedule as threads, the broker in memory.

The broker forgets its messages when the process ends. That loses nothing: the database knows what is unfinished, and a
sweep at the start queues it again.
"""

from __future__ import annotations

import logging
import signal
import threading
from types import FrameType
from typing import Any

from celery import beat
from celery.worker import WorkController, state
from django.utils import timezone
from django_celery_beat.schedulers import DatabaseScheduler
from waitress.server import create_server

from ingestion.services import release_everything
from ingestion.tasks import poll_due_sources, sweep
from tracker.celery import app
from tracker.wsgi import application

QUEUES = "fetching,extraction,upkeep"
STOPPING_SECONDS = 20

log = logging.getLogger(__name__)


def run(host: str, port: int) -> None:
    """Serve until Ctrl-C or SIGTERM, then stop every thread."""
    signal.signal(signal.SIGTERM, _stop_like_ctrl_c)
    server = create_server(application, host=host, port=port, threads=8, ident=None)
    app.set_current()
    release_everything(now=timezone.now())  # claims of a process that was killed: there is no other one
    worker = _start_worker()
    schedule = _start_schedule()
    sweep.delay()
    poll_due_sources.delay()
    try:
        server.run()
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second Ctrl-C does not leave threads half-stopped
        server.close()
        schedule.stop()
        state.should_stop = 0  # type: ignore[assignment]  # what the worker's own signal handler would set
        worker.join(STOPPING_SECONDS)


def _stop_like_ctrl_c(number: int, frame: FrameType | None) -> None:
    raise SystemExit(0)


def _start_worker() -> threading.Thread:
    """A worker in a thread: ``WorkController`` alone, as the command's own class would take over the signals."""
    worker = WorkController(
        app=app,
        hostname="embedded@localhost",
        pool_cls="threads",
        concurrency=2,
        queues=QUEUES,
        without_heartbeat=True,
        without_mingle=True,
        without_gossip=True,
    )
    thread = threading.Thread(target=worker.start, name="worker", daemon=True)
    thread.start()
    return thread


def _start_schedule() -> Any:
    service: Any = beat.EmbeddedService(app, thread=True, scheduler_cls=DatabaseScheduler, max_interval=5)
    service.daemon = True
    service.start()
    return service
