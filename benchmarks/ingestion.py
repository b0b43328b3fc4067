"""How fast articles come in: ``make bench-ingestion``, or ``python -m benchmarks.ingestion --help``.

Feeds on twenty loopback addresses, real workers, and servers of its own; nothing of the machine's own is touched.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import redis

from benchmarks import feeds
from benchmarks.measuring import WATCHER, Asked, asked, cpu_seconds, resident_megabytes, start_counting
from tests.control import control
from tests.feed_site import free_port_on
from tests.launcher import Running, environment, free_port
from tests.own_servers import NotInstalledError, PostgreSQL, Redis, make_database, own_servers
from tracker.processes import QUEUES, commands

PATIENCE_SECONDS = 90  # without any progress
COUNT_DONE = "SELECT count(*) FROM ingestion_revision WHERE extract_state = 'done' AND id > {after}"
SETTINGS = {"FETCH_ALLOW_LOOPBACK": "1", "TRACKER_LOCAL": "1", "LOAD_SAMPLE": "0", "HOST_DELAY_SECONDS": "0",
            "LOG_LEVEL": "WARNING", "SECRET_KEY": "only-for-measuring-and-never-anywhere-else-0123456789"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Plan:
    """One measurement."""

    name: str
    articles: int
    workers: int = 2  # 0: embedded
    pages: bool = False
    stored_before: int = 0
    timed: bool = False  # the worker keeps account of its time, which slows it down a little
    in_feed: int = 100


@dataclass(slots=True)
class Result:
    """What was measured."""

    plan: Plan
    seconds: float = 0.0
    asked: Asked | None = None
    cpu: dict[str, float] = field(default_factory=dict)
    memory: list[float] = field(default_factory=list)  # megabytes of the largest worker process over the run
    load_before: float = 0.0
    times: dict[str, dict[str, float]] = field(default_factory=dict)

    @property
    def rate(self) -> float:
        """Articles a second."""
        return self.plan.articles / self.seconds

    @property
    def limit(self) -> float:
        """Articles a second that the processor time would allow if all cores did nothing else."""
        return (os.cpu_count() or 1) * self.plan.articles / sum(self.cpu.values())


@contextmanager
def feed_server(plan: Plan, folder: Path) -> Iterator[tuple[int, Running]]:
    """The feeds of a measurement, served."""
    port = free_port_on(feeds.HOSTS)
    arguments = [str(port), str(plan.articles), str(plan.in_feed), str(int(plan.pages))]
    env = {**environment(folder), "PORT": str(port)}
    running = Running([sys.executable, "-m", "benchmarks.feeds", *arguments], env, folder / "feeds.log")
    try:
        running.wait_until("/feed/0")
        yield port, running
    finally:
        running.end()


def sources(plan: Plan, port: int) -> list[dict[str, Any]]:
    """The sources of a measurement, for the control program."""
    addresses = feeds.addresses(port, plan.articles, plan.in_feed)
    return [{"name": f"Feed {number}", "url": url, "fetch_pages": plan.pages} for number, url in enumerate(addresses)]


def wait_for(done: Callable[[], int], wanted: int, sample: Callable[[], None]) -> float:
    """Wait until all are read; the seconds on the wall clock at that moment."""
    end, seen = time.monotonic() + PATIENCE_SECONDS, 0
    while time.monotonic() < end:
        number = done()
        if number >= wanted:
            return time.time()
        if number > seen:
            end, seen = time.monotonic() + PATIENCE_SECONDS, number
        sample()
        time.sleep(0.25)
    raise TimeoutError(f"{seen} of {wanted} articles were read, and then none for {PATIENCE_SECONDS} s.")


class Services:
    """Measurements on PostgreSQL and Redis."""

    def __init__(self, folder: Path, postgresql: PostgreSQL, broker: Redis) -> None:
        """Prepare a database that each measurement gets a copy of."""
        self.folder, self.postgresql, self.broker = folder, postgresql, broker
        self.env = {**environment(folder / "data"), **SETTINGS, "REDIS_URL": broker.url}
        control({**self.env, "DATABASE_URL": make_database(postgresql, "prepared")}, "prepare")
        with psycopg.connect(postgresql.url(), autocommit=True) as connection:
            connection.execute(f"CREATE ROLE {WATCHER} LOGIN SUPERUSER")

    def measure(self, plan: Plan) -> Result:
        """Run one measurement on a database of its own."""
        with psycopg.connect(self.postgresql.url(), autocommit=True) as connection:
            connection.execute("DROP DATABASE IF EXISTS bench WITH (FORCE)")
            connection.execute("CREATE DATABASE bench TEMPLATE prepared")
        with redis.Redis.from_url(self.broker.url) as client:
            client.flushall()
        env = {**self.env, "DATABASE_URL": self.postgresql.url("bench"), "TIMES_FILE": str(self.folder / "times.json")}
        result = Result(plan, load_before=os.getloadavg()[0])
        with ExitStack() as stack:
            mine = self.postgresql.url("bench").replace("postgres@", f"{WATCHER}@")
            watching = stack.enter_context(psycopg.connect(mine, autocommit=True))
            after = fill(watching, plan.stored_before) if plan.stored_before else 0
            port, server = stack.enter_context(feed_server(plan, self.folder))
            control(env, "add-feeds", sources(plan, port))
            workers = [self._worker(stack, env, number, plan) for number in range(plan.workers)]
            schedule = Running(commands()["schedule"], env, self.folder / "beat.log")
            stack.callback(schedule.end)
            self._wait_for_workers(plan.workers)
            start_counting(watching)
            groups = self._groups(workers, server)
            before = {name: cpu_seconds(pids()) for name, pids in groups.items()}
            control(env, "look")
            done = lambda: int(watching.execute(COUNT_DONE.format(after=after)).fetchone()[0])  # type: ignore[index]  # noqa: E731
            finished = wait_for(done, plan.articles, lambda: _sample(result, workers))
            result.asked = asked(watching)
            result.cpu = {name: cpu_seconds(pids()) - before[name] for name, pids in groups.items()}
            row = watching.execute("SELECT extract(epoch FROM min(started_at)) FROM ingestion_fetchattempt").fetchone()
            result.seconds = finished - float(row[0])  # type: ignore[index]
        if plan.timed:
            result.times = json.loads((self.folder / "times.json").read_text())
        return result

    def _worker(self, stack: ExitStack, env: dict[str, str], number: int, plan: Plan) -> Running:
        app, pool = ("benchmarks.timed", ["--pool", "solo"]) if plan.timed else ("tracker", ["--concurrency", "1"])
        command = [sys.executable, "-m", "celery", "--quiet", "-A", app, "worker", "--queues", QUEUES, *pool,
                   "--hostname", f"bench-{number}@localhost", "--loglevel", "WARNING"]  # fmt: skip
        worker = Running(command, env, self.folder / f"worker-{number}.log")
        stack.callback(worker.end)
        return worker

    def _wait_for_workers(self, number: int) -> None:
        with redis.Redis.from_url(self.broker.url) as client:
            while client.scard("_kombu.binding.celery.pidbox") < number:
                time.sleep(0.1)

    def _groups(self, workers: list[Running], server: Running) -> dict[str, Callable[[], set[int]]]:
        def of_postgresql() -> set[int]:
            process = self.postgresql.process
            return {process.pid} | _children_of(process.pid) if process else set()

        return {
            "workers": lambda: set().union(*(worker.family() for worker in workers)),
            "PostgreSQL": of_postgresql,
            "Redis": lambda: {self.broker.process.pid} if self.broker.process else set(),
            "feed server": lambda: {server.process.pid},
        }


def _children_of(pid: int) -> set[int]:
    return {int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()}


def _sample(result: Result, workers: list[Running]) -> None:
    result.memory.append(max(resident_megabytes(pid) for worker in workers for pid in worker.family()))


def measure_embedded(plan: Plan, folder: Path) -> Result:
    """Run one measurement in the single process on SQLite."""
    data = folder / "embedded"
    data.mkdir()
    env = {**environment(data), **SETTINGS, "PORT": str(free_port())}
    control(env, "prepare")
    result = Result(plan, load_before=os.getloadavg()[0])
    with ExitStack() as stack:
        port, server = stack.enter_context(feed_server(plan, folder))
        control(env, "add-feeds", sources(plan, port))
        control(env, "hurry")
        running = Running([sys.executable, "-m", "tracker.start"], env, folder / "embedded.log")
        stack.callback(running.end)
        running.wait_until("/healthz")
        database = stack.enter_context(closing(sqlite3.connect(data / "tracker.sqlite3", timeout=30)))
        first = "SELECT (julianday(min(started_at)) - 2440587.5) * 86400 FROM ingestion_fetchattempt"  # since 1970
        while database.execute(first).fetchone()[0] is None:
            time.sleep(0.05)
        used = cpu_seconds(running.family()), cpu_seconds({server.process.pid})
        done = lambda: int(database.execute(COUNT_DONE.format(after=0)).fetchone()[0])  # noqa: E731
        finished = wait_for(done, plan.articles, lambda: _sample(result, [running]))
        result.seconds = finished - database.execute(first).fetchone()[0]
        result.cpu = {"workers": cpu_seconds(running.family()) - used[0],
                      "feed server": cpu_seconds({server.process.pid}) - used[1]}  # fmt: skip
    shutil.rmtree(data)
    return result


def fill(connection: psycopg.Connection, articles: int) -> int:
    """Store synthetic articles, read already; the last revision's id."""
    connection.execute("""
        INSERT INTO ingestion_source (name, kind, url, link_selector, publisher, official, state, fetch_pages,
            poll_floor, poll_ceiling, etag, last_modified, last_error, failures, hard_failures, former_url, created_at)
        VALUES ('Stored before', 'feed', 'https://old.example.org/feed', '', '', false, 'paused', false,
            900, 21600, '', '', '', 0, 0, '', now())""")
    wanted = {"articles": articles}
    connection.execute(
        "INSERT INTO ingestion_story (created_at) SELECT now() FROM generate_series(1, %(articles)s)", wanted
    )
    connection.execute("""
        INSERT INTO ingestion_article (source_id, story_id, canonical_url, folded_url, guid, seen_hash, page_host,
            page_tries, first_seen_at)
        SELECT source.id, story.id, 'https://old.example.org/' || story.id, 'old.example.org/' || story.id,
            'old-' || story.id, md5(story.id::text), '', 0, now()
        FROM ingestion_story AS story, ingestion_source AS source WHERE source.name = 'Stored before'""")
    connection.execute("""
        INSERT INTO ingestion_articleurl (article_id, url, folded_url)
        SELECT id, canonical_url, folded_url FROM ingestion_article""")
    connection.execute("""
        INSERT INTO ingestion_revision (article_id, number, title, text, content_hash, author, language, fetched_at,
            blob, blob_kind, content_type, found_at, extract_state, extractor_version, extract_tries, extract_error)
        SELECT id, 1, 'Old ' || id, repeat(md5(id::text) || ' ', 10), '1:' || md5(id::text), '', '', now(),
            '', '', '', '', 'done', 'rules-4', 1, '' FROM ingestion_article""")
    connection.execute("""
        INSERT INTO ingestion_sketchband (article_id, band, value, told_at)
        SELECT id, band, (random() * 9e18)::bigint, timestamptz '2022-03-01' + (random() - 0.5) * interval '90 days'
        FROM ingestion_article, generate_series(0, 23) AS band""")
    connection.execute("VACUUM ANALYZE")
    row = connection.execute("SELECT max(id) FROM ingestion_revision").fetchone()
    return int(row[0]) if row else 0


def told(result: Result) -> str:
    """A row of the table."""
    plan, n = result.plan, result.plan.articles
    queries = f"{result.asked.queries / n:.1f} + {result.asked.others / n:.1f}" if result.asked else "–"
    memory = result.memory
    shown = " ".join(f"{memory[int(place * (len(memory) - 1))]:.0f}" for place in (0.1, 0.5, 1)) if memory else "–"
    cpu = ", ".join(f"{name} {1000 * seconds / n:.1f}" for name, seconds in result.cpu.items())
    return (
        f"{plan.name:<44} {n:>6} {result.seconds:>7.1f} {result.rate:>7.1f} {result.limit:>6.0f}  {queries:>11}  "
        f"{shown:>12}  {result.load_before:>4.1f}  {cpu}"
    )


def print_times(result: Result) -> None:
    """Where a worker's time went."""
    say(f"\nWhere the time goes: {result.plan.name}, milliseconds an article")
    say(f"{'':<24} {'clock':>8} {'processor':>10} {'queries':>8} {'share':>6}")
    total = sum(row["cpu"] for row in result.times.values())
    n = result.plan.articles
    for name, row in result.times.items():
        if row["calls"] or row["cpu"]:
            say(f"{name:<24} {1000 * row['wall'] / n:>8.2f} {1000 * row['cpu'] / n:>10.2f} {row['queries'] / n:>8.2f} "
                f"{row['cpu'] / total:>6.0%}")  # fmt: skip


def print_statements(result: Result) -> None:
    """What the database was asked most."""
    if result.asked:
        say(f"\nWhat the database is asked: {result.plan.name}, for each article")
        for calls, spent, query in result.asked.most:
            n = result.plan.articles
            if calls / n >= 0.05 or spent / n > 0.01:
                say(f"{calls / n:>7.2f} calls {spent / n:>7.3f} ms  {' '.join(query.split())[:150]}")


def say(words: str) -> None:
    """Print a line at once."""
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


def plans(articles: int, stored: int) -> list[Plan]:
    """All measurements."""
    few = max(100, articles // 5)
    return [
        Plan("2 workers, whole texts in feeds", articles),
        Plan("1 worker, whole texts in feeds", articles, workers=1),
        Plan("2 workers, pages fetched", few, pages=True),
        Plan("2 workers, 1,000 stored before", few, stored_before=1000),
        Plan(f"2 workers, {stored:,} stored before", few, stored_before=stored),
        Plan("1 worker that keeps account of its time", few, workers=1, timed=True),
        Plan("1 such worker, pages fetched", few, workers=1, timed=True, pages=True),
        Plan("embedded, whole texts in feeds", few, workers=0),
    ]


def main() -> int:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=10_000)
    parser.add_argument("--stored", type=int, default=300_000, help="articles stored before, in the full measurement")
    parser.add_argument("--only", default="", help="only the measurements whose name has these words")
    parser.add_argument("--statements", action="store_true", help="print what the database is asked, too")
    wanted = parser.parse_args()
    chosen = [plan for plan in plans(wanted.articles, wanted.stored) if wanted.only in plan.name]
    head = f"{'':<44} {'art.':>6} {'seconds':>7} {'art./s':>7} {'limit':>6}  {'queries':>11}  {'memory MB':>12}  load  "
    head += "processor ms/article"
    with tempfile.TemporaryDirectory(prefix="tracker-bench-") as name, ExitStack() as stack:
        folder = Path(name)
        try:
            servers = stack.enter_context(own_servers(folder, preload="pg_stat_statements"))
        except NotInstalledError as error:
            sys.stderr.write(f"{error}\n")
            return 2
        services = Services(folder, *servers)
        results = []
        say(head)
        for plan in chosen:
            result = services.measure(plan) if plan.workers else measure_embedded(plan, folder)
            results.append(result)
            say(told(result))
        for result in results:
            if result.times:
                print_times(result)
            if wanted.statements:
                print_statements(result)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
