"""How quickly the public API answers: ``make bench-api``, or ``python -m benchmarks.api --help``.

For each size and database: the production server with one worker process answers each question many times. Beside it
stand the same SQL run raw (what the endpoint asks the database), a view that does nothing behind the same middleware
and count of requests (the floor of the same run), and Datasette with the same question of the same SQLite file.
Datasette is installed into an environment of the benchmark's own, and is left out where it cannot be.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.api_asking import Ask, Told, etag_of, measure, timed
from tests.launcher import environment, free_port
from tests.own_servers import NotInstalledError, make_database, own_servers

SETTINGS = {"TRACKER_LOCAL": "1", "LOAD_SAMPLE": "0", "LOG_LEVEL": "WARNING", "STAFF_PASSWORD": "only for measuring",
            "SECRET_KEY": "only-for-measuring-and-never-anywhere-else-0123456789", "WEB_WORKERS": "1",
            "API_REQUESTS_PER_MINUTE": "900000000", "API_DOWNLOADS_PER_MINUTE": "900000000",
            "DJANGO_SETTINGS_MODULE": "tracker.settings"}  # fmt: skip
DATASETTE = "datasette==0.65.5"
ROOT = "/api/v1/"
# A request that nothing kept answers: what is kept depends on this header too.
COLD = {"Accept": "application/json, text/x-{n};q=0.1"}
TOTALS = "totals/?group_by=donor,type"
QUESTION_OF_TOTALS = (
    "select donor.code, line.type, count(distinct line.pledge_id), sum(line.eur_low), sum(line.eur_central), "
    "sum(line.eur_high) from pledges_totalline line left join reference_party donor on donor.id = line.donor_id "
    "where line.until_id is null and line.left_out = '' {where} group by 1, 2"
)
QUESTION_OF_SERIES = (
    "select day, sum(central) over (order by day) from (select substr(announced_on, 1, 7) as day, "
    "sum(eur_central) as central from pledges_totalline where until_id is null and left_out = '' group by 1)"
)


OF_ONE_DONOR = (
    "id in (select pledge_id from pledges_pledgedonor join reference_party on reference_party.id = party_id "
    "where code = 'D05')"
)


def say(words: str) -> None:
    """Print a line at once."""
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


def rows(size: int) -> list[tuple[str, Ask, str]]:
    """Name, request, and Datasette's address for the same question (empty: it has none)."""
    filtered = QUESTION_OF_TOTALS.format(where="and donor.code = 'D05' and line.type = 'military'")
    whole = QUESTION_OF_TOTALS.format(where="")
    deep = max(size // 50 * 9 // 10, 1)
    after = 1_000_000 + size * 9 // 10

    def sql(question: str, form: str = "json") -> str:
        return f"/tracker.{form}?" + urllib.parse.urlencode({"sql": question, "_shape": "arrays"})

    return [
        ("totals by donor and type, cold", Ask(f"{ROOT}{TOTALS}", COLD), sql(whole)),
        ("totals by donor and type, warm", Ask(f"{ROOT}{TOTALS}"), sql(whole)),
        ("totals by donor and type, 304", Ask(f"{ROOT}{TOTALS}", status=304), sql(whole)),
        ("totals, filtered, cold", Ask(f"{ROOT}{TOTALS}&donor=D05&type=military", COLD), sql(filtered)),
        ("cumulative by month, cold", Ask(f"{ROOT}totals/cumulative/?by=month", COLD), sql(QUESTION_OF_SERIES)),
        (
            "list, a page deep in the set",
            Ask(f"{ROOT}pledges/?page={deep}", COLD),
            f"/tracker/pledges_pledge.json?_size=50&_next={after}&state=published&_shape=arrays",
        ),
        (
            "CSV of one donor",
            Ask(f"{ROOT}pledges/?donor=D05&format=csv", {"Accept": "text/csv"}),
            f"/tracker/pledges_pledge.csv?_stream=on&_where={urllib.parse.quote(OF_ONE_DONOR)}",
        ),
    ]  # fmt: skip


# --- in a process that has the database -------------------------------------------------------------------------------
def fill_here(size: int) -> None:
    """Fill the database of the settings."""
    import django  # noqa: PLC0415  # only this process has the settings

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    from benchmarks.api_rows import make_pledges  # noqa: PLC0415
    from reference.services import load_rates, packaged_rates, read_ecb_csv, tracker_dataset  # noqa: PLC0415

    call_command("migrate", verbosity=0, interactive=False)
    tracker_dataset()
    load_rates(read_ecb_csv(packaged_rates()), now=timezone.now())
    begun = time.perf_counter()
    make_pledges(size, say=lambda words: say(f"  {words}, {time.perf_counter() - begun:.0f} s"))


def raw_here(size: int) -> None:
    """For each question, the time of its SQL alone; and the time of publishing a pledge. Written as JSON."""
    import django  # noqa: PLC0415

    django.setup()
    from django.db import connection  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415

    from benchmarks.api_rows import seconds_of_publishing  # noqa: PLC0415

    found: dict[str, Any] = {}
    for name, ask, _ in rows(size):
        asked: list[tuple[str, Any]] = []

        def note(execute: Any, sql: str, params: Any, *rest: Any, log: Any = asked) -> Any:
            log.append((sql, params))
            return execute(sql, params, *rest)

        with connection.execute_wrapper(note):
            headers = {"accept": ask.headers.get("Accept", "application/json").replace("{n}", "0"), "host": "127.0.0.1"}
            answer = Client(headers=headers).get(ask.path)
            b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]

        def again(log: Any = asked) -> None:
            with connection.cursor() as cursor:
                for sql, params in log:
                    cursor.execute(sql, params)
                    if cursor.description:
                        cursor.fetchall()

        reading = [one for one in asked if one[0].lstrip().upper().startswith(("SELECT", "WITH"))]
        asked[:] = reading
        found[name] = timed(again, 3 if size >= 1_000_000 else 7) if reading else None
    found["publishing"] = [one * 1000 for one in seconds_of_publishing(20)]
    say(json.dumps(found))


# --- the processes ----------------------------------------------------------------------------------------------------
@contextmanager
def serving(command: list[str], port: int, given: dict[str, str], path: str) -> Iterator[None]:
    """A server, once it answers."""
    process = subprocess.Popen(command, env=given, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603
    try:
        end = time.monotonic() + 60
        while True:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5).close()
                break
            except OSError:
                if time.monotonic() > end or process.poll() is not None:
                    raise
                time.sleep(0.2)
        yield
    finally:
        process.terminate()
        process.wait(timeout=30)


def datasette_in(folder: Path) -> Path | None:
    """Datasette's program, installed into an environment of its own; ``None`` where that fails."""
    place = folder / "datasette"
    program = place / "bin" / "datasette"
    if program.exists():
        return program
    venv.create(place, with_pip=True)
    command = [str(place / "bin" / "pip"), "install", "--quiet", "--disable-pip-version-check", DATASETTE]
    done = subprocess.run(command, check=False)  # noqa: S603
    return program if done.returncode == 0 else None


def measure_one(
    words: str, size: int, given: dict[str, str], times: int, datasette: Path | None, *, filled: bool = False
) -> None:
    """The table of one database and one size."""
    here = [sys.executable, "-m", "benchmarks.api", f"--sizes={size}"]
    database = Path(given["DATA_DIR"]) / "tracker.sqlite3"
    if not filled and ("DATABASE_URL" in given or not database.exists()):
        subprocess.run([*here, "--fill"], env=given, check=True)  # noqa: S603
    out = subprocess.run([*here, "--raw"], env=given, check=True, capture_output=True, text=True).stdout  # noqa: S603
    raw = json.loads(out.splitlines()[-1])
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "benchmarks.api_site:application"]
    with serving(command, port, {**given, "PORT": str(port)}, f"{ROOT}trivial/"):
        floor = measure(port, Ask(f"{ROOT}trivial/"), times)
        answers = []
        for name, ask, address in rows(size):
            one = ask
            if ask.status == 304:
                one = Ask(ask.path, {"If-None-Match": etag_of(port, ask.path)}, 304)
            answers.append((name, measure(port, one, times), address))
    beside: dict[str, Told | None] = {}
    if datasette is not None and "DATABASE_URL" not in given:
        beside = _by_datasette(datasette, database, answers, times)
    _tell(f"{words}, {size:,} pledges", floor, answers, raw, beside)


def _by_datasette(
    program: Path, database: Path, answers: list[tuple[str, Told, str]], times: int
) -> dict[str, Told | None]:
    port = free_port()
    limits = ["--setting", "sql_time_limit_ms", "120000", "--setting", "max_returned_rows", "20000",
              "--setting", "max_csv_mb", "0", "--setting", "facet_time_limit_ms", "1"]  # fmt: skip
    command = [str(program), "serve", str(database), "--port", str(port), *limits]
    found: dict[str, Told | None] = {}
    with serving(command, port, dict(os.environ), "/-/versions.json"):
        for name, _told, address in answers:
            try:
                found[name] = measure(port, Ask(address), times, seconds=10)
            except (LookupError, OSError):
                found[name] = None
    return found


def _tell(
    words: str, floor: Told, answers: list[tuple[str, Told, str]], raw: dict[str, Any], beside: dict[str, Told | None]
) -> None:
    say(f"\n{words}")
    head = f"{'median':>9} {'p99':>9} {'a second':>8}"
    say(f"{'milliseconds':<34} {head} {'of floor':>9} {'SQL raw':>9} {'Datasette':>10} {'kB':>8}")
    say(f"{'a view that does nothing':<34} {floor.words()} {1.0:>9.2f}")
    for name, told, _ in answers:
        alone = raw.get(name)
        other = beside.get(name)
        say(
            f"{name:<34} {told.words()} {told.median / floor.median:>9.2f} "
            f"{f'{alone:.2f}' if alone is not None else '–':>9} {f'{other.median:.1f}' if other else '–':>10} "
            f"{told.size / 1000:>8.1f}"
        )
    publishing = sorted(raw["publishing"])
    say(
        f"{'publishing one pledge':<34} {publishing[len(publishing) // 2]:>9.2f} {publishing[-1]:>9.2f}   "
        "(through the service, without HTTP; the worst instead of p99)"
    )


def main() -> int:
    """Measure and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="10000,100000,1000000", help="numbers of pledges, separated by commas")
    parser.add_argument("--times", type=int, default=200, help="how often each question is asked at the most")
    parser.add_argument("--on", choices=["sqlite", "postgresql"], default="", help="only this database")
    parser.add_argument("--keep", default="", help="a folder for the databases in SQLite, to be used again")
    parser.add_argument("--fill", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--raw", action="store_true", help=argparse.SUPPRESS)
    wanted = parser.parse_args()
    sizes = [int(one) for one in wanted.sizes.split(",")]
    if wanted.fill or wanted.raw:
        (fill_here if wanted.fill else raw_here)(sizes[0])
        return 0
    with tempfile.TemporaryDirectory(prefix="tracker-api-") as name:
        folder = Path(wanted.keep or name)
        folder.mkdir(parents=True, exist_ok=True)
        datasette = datasette_in(folder) if wanted.on != "postgresql" else None  # it reads SQLite alone
        try:
            for size in sizes:
                _both(size, folder, Path(name), wanted, datasette)
        except NotInstalledError as error:
            sys.stderr.write(f"{error}\n")
            return 2
    return 0


def _both(size: int, folder: Path, passing: Path, wanted: argparse.Namespace, datasette: Path | None) -> None:
    data = folder / str(size)
    data.mkdir(exist_ok=True)
    if wanted.on in ("", "sqlite"):
        measure_one("SQLite", size, environment(data, **SETTINGS), wanted.times, datasette)
    if wanted.on in ("", "postgresql"):
        with own_servers(passing) as (postgresql, broker):
            services = {"DATABASE_URL": make_database(postgresql, "api"), "REDIS_URL": broker.url}
            measure_one("PostgreSQL", size, environment(data, **SETTINGS, **services), wanted.times, None)


if __name__ == "__main__":
    raise SystemExit(main())
