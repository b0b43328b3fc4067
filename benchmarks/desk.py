"""How quickly the desk answers: ``make bench-desk``, or ``python -m benchmarks.desk --help``.

With 100,000 pledges and 50,000 waiting candidates, on SQLite and on a PostgreSQL of its own, each page is asked for
several times through the whole application, and the median, the worst time and the number of queries are printed.
Nothing of the machine's own is touched.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.launcher import environment
from tests.own_servers import NotInstalledError, make_database, own_servers

GOAL_SECONDS = 0.5
SETTINGS = {"TRACKER_LOCAL": "1", "LOAD_SAMPLE": "0", "LOG_LEVEL": "WARNING", "STAFF_PASSWORD": "only for measuring",
            "SECRET_KEY": "only-for-measuring-and-never-anywhere-else-0123456789"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Measured:
    """One page: its seconds, each time it was asked for, and its queries."""

    name: str
    seconds: list[float]
    queries: int

    def told(self) -> str:
        """A row of the table, in milliseconds."""
        median, worst = statistics.median(self.seconds) * 1000, max(self.seconds) * 1000
        slow = "  SLOW" if worst > GOAL_SECONDS * 1000 else ""
        return f"{self.name:<44} {median:>8.0f} {worst:>8.0f} {self.queries:>8}{slow}"


def say(words: str) -> None:
    """Print a line at once."""
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


# --- in a process that has the database ---------------------------------------------------------------------------
def measure_here(pledges: int, candidates: int, times: int) -> bool:
    """Fill the database of the settings, and measure; whether every answer came within the goal."""
    import django  # noqa: PLC0415  # only this process has the settings

    django.setup()
    from benchmarks.desk_pages import fill, pages  # noqa: PLC0415

    begun = time.perf_counter()
    fill(pledges, candidates, say=lambda words: say(f"  {words}, {time.perf_counter() - begun:.0f} s"))
    say(f"{'':<44} {'median':>8} {'worst':>8} {'queries':>8}   (milliseconds)")
    quick = True
    for name, ask in pages():
        measured = _measure(name, ask, times)
        say(measured.told())
        quick = quick and max(measured.seconds) <= GOAL_SECONDS
    return quick


def _measure(name: str, ask: Callable[[], Any], times: int) -> Measured:
    from django.db import connection  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    with CaptureQueriesContext(connection) as captured:
        ask()
    queries = captured.captured_queries  # the log is emptied with the next request
    seconds = []
    for _ in range(times):
        begun = time.perf_counter()
        ask()
        seconds.append(time.perf_counter() - begun)
    if os.environ.get("SHOW_QUERIES"):
        for query in queries:
            if float(query["time"]) >= 0.02:
                say(f"    {query['time']} s  {query['sql'][:1500]}")
    return Measured(name, seconds, len(queries))


# --- the processes ----------------------------------------------------------------------------------------------------
@contextmanager
def databases(folder: Path, only: str) -> Iterator[list[tuple[str, dict[str, str]]]]:
    """The two installations by name, with what makes each: embedded, and grown-up on servers of its own."""
    wanted: list[tuple[str, dict[str, str]]] = [("SQLite", {})] if only in ("", "sqlite") else []
    if only == "sqlite":
        yield wanted
        return
    with own_servers(folder) as (postgresql, broker):
        services = {"DATABASE_URL": make_database(postgresql, "desk"), "REDIS_URL": broker.url}
        yield [*wanted, ("PostgreSQL and Redis", services)]


def main() -> int:
    """Measure on both, and print a table for each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pledges", type=int, default=100_000)
    parser.add_argument("--candidates", type=int, default=50_000)
    parser.add_argument("--times", type=int, default=15, help="how often each page is asked for")
    parser.add_argument("--on", choices=["sqlite", "postgresql"], default="", help="only this database")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    wanted = parser.parse_args()
    if wanted.here:
        return 0 if measure_here(wanted.pledges, wanted.candidates, wanted.times) else 1
    status = 0
    with tempfile.TemporaryDirectory(prefix="tracker-desk-") as name:
        folder = Path(name)
        numbers = [f"--pledges={wanted.pledges}", f"--candidates={wanted.candidates}", f"--times={wanted.times}"]
        try:
            with databases(folder, wanted.on) as installations:
                for words, services in installations:
                    say(f"\n{words}: {wanted.pledges:,} pledges, {wanted.candidates:,} candidates")
                    data = folder / f"data of {words}"
                    data.mkdir()
                    command = [sys.executable, "-m", "benchmarks.desk", "--here", *numbers]
                    kept = {"SHOW_QUERIES": os.environ.get("SHOW_QUERIES", "")}
                    given = environment(data, **SETTINGS, **services, **kept, DJANGO_SETTINGS_MODULE="tracker.settings")
                    status = subprocess.run(command, env=given, check=False).returncode or status  # noqa: S603  # this file again
        except NotInstalledError as error:
            sys.stderr.write(f"{error}\n")
            return 2
    return status


if __name__ == "__main__":
    raise SystemExit(main())
