"""Web server, worker and schedule as processes of their own, started and looked after by this one.

If one of them ends, the others are stopped too and the whole says so: a tracker that runs by half is worse than none.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

from tracker import env

QUEUES = "fetching,extraction,upkeep"
STOPPING_SECONDS = 20


def commands() -> dict[str, list[str]]:
    """The command line of each process, by its name. The web server takes its settings from ``gunicorn.conf.py``."""
    celery = [sys.executable, "-m", "celery", "--quiet", "-A", "tracker"]
    workers = str(env.whole_number("WORKER_CONCURRENCY", default=2, least=1))
    return {
        "web server": [sys.executable, "-m", "gunicorn", "tracker.wsgi:application"],
        "worker": [*celery, "worker", "--queues", QUEUES, "--concurrency", workers, "--loglevel", "WARNING"],
        "schedule": [*celery, "beat", "--loglevel", "WARNING"],
    }


def run() -> None:
    """Start all three; stop all three on Ctrl-C, on SIGTERM, or when one of them ends."""
    running: dict[str, subprocess.Popen[bytes]] = {}
    ended = ""
    try:
        for name, command in commands().items():
            # A session of its own: Ctrl-C in the terminal reaches this process alone, which then stops the others.
            running[name] = subprocess.Popen(command, cwd=env.BASE_DIR, start_new_session=True)  # noqa: S603
        ended = _wait_for_one(running)
    except KeyboardInterrupt:
        pass
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)  # a second Ctrl-C does not leave a process behind
        _stop(running)
    if ended:
        sys.stderr.write(f"\nThe {ended} ended by itself, so the tracker was stopped. Its last lines say why.\n")
        raise SystemExit(1)


def _wait_for_one(running: dict[str, subprocess.Popen[bytes]]) -> str:
    while True:
        for name, process in running.items():
            if process.poll() is not None:
                return name
        time.sleep(0.5)


def _stop(running: dict[str, subprocess.Popen[bytes]]) -> None:
    """Ask each to finish, wait, then end the process group of whoever is left."""
    for process in running.values():
        if process.poll() is None:
            process.terminate()
    patience = time.monotonic() + STOPPING_SECONDS
    for process in running.values():
        try:
            process.wait(max(0.1, patience - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
