"""Runs the tracker under faults and counts what became of every article.

    python -m tests.chaos services     two workers, PostgreSQL and Redis, all of its own
    python -m tests.chaos embedded     everything in one process

Ends with 0 if every article came in once and was read once, with 1 and the reasons if not, with 2 if it cannot run.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import NoReturn

from tests import own_servers
from tests.chaos.installation import Embedded, Installation, OnServices

PREFIX, KEPT = "tracker-chaos-", "tracker-kept-chaos-"
ARTICLES_A_SECOND = {"services": 16, "embedded": 8}
FEEDS = 36


def main() -> int:
    """Read what is wanted, and run it."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.chaos", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("kind", choices=("services", "embedded"))
    parser.add_argument("--minutes", type=float, default=3.0, help="how long faults go on (default: 3)")
    parser.add_argument("--seed", type=int, default=1, help="decides what is told, and what breaks when (default: 1)")
    parser.add_argument("--articles", type=int, help="articles told of, without copies (default: by the minutes)")
    parser.add_argument("--keep", action="store_true", help="keep the folder with the logs")
    wanted = parser.parse_args()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    _clear_away_old_folders()
    folder = Path(tempfile.mkdtemp(prefix=f"{KEPT if wanted.keep else PREFIX}{os.getpid()}-"))
    try:
        return _run(wanted, folder)
    except own_servers.NotInstalledError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except KeyboardInterrupt:
        sys.stderr.write("\nInterrupted; everything that was started is ended.\n")
        return 130
    finally:
        if wanted.keep:
            sys.stdout.write(f"The logs are in {folder}\n")
        else:
            shutil.rmtree(folder, ignore_errors=True)


def _interrupt(number: int, frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


def _clear_away_old_folders() -> None:
    """Those of runs that were killed. Their processes ended with them."""
    for old in Path(tempfile.gettempdir()).glob(f"{PREFIX}*-*"):
        pid = old.name.removeprefix(PREFIX).partition("-")[0]
        if not Path(f"/proc/{pid}").exists():
            shutil.rmtree(old, ignore_errors=True)


def _run(wanted: argparse.Namespace, folder: Path) -> int:
    with ExitStack() as stack:
        installation: Installation
        if wanted.kind == "services":
            installation = OnServices(folder, *stack.enter_context(own_servers.own_servers(folder)))
        else:
            installation = Embedded(folder)
        stack.callback(installation.end)
        _become_part_of(installation)
        from tests.chaos.run import ChaosRun  # it needs the settings of the installation

        seconds = 60 * wanted.minutes
        articles = wanted.articles or round(ARTICLES_A_SECOND[wanted.kind] * seconds)
        run = ChaosRun(installation, seed=wanted.seed, seconds=seconds, articles=articles, feeds=FEEDS)
        return run.carry_out(say=_saying(time.monotonic()))


def _become_part_of(installation: Installation) -> None:
    """Use the database of the installation from this process, too."""
    os.environ.update(installation.env, DJANGO_SETTINGS_MODULE="tracker.settings")
    import django

    django.setup()


def _saying(begun: float) -> Callable[[str], None]:
    def say(words: str) -> None:
        sys.stdout.write(f"{datetime.now(UTC):%H:%M:%S} {time.monotonic() - begun:5.0f} s  {words}\n")
        sys.stdout.flush()

    return say


if __name__ == "__main__":
    raise SystemExit(main())
