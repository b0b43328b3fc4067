"""Real processes, a real feed over HTTP, and workers killed in the middle: nothing lost, nothing doubled."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
import redis

from tests.chain.feed_server import serving
from tests.launcher import ROOT, Running, environment, started
from tracker.processes import commands

ARTICLES = 150
PATIENCE_SECONDS = 240


def _feed(address: str) -> bytes:
    """A feed of articles that tell of one pledge each, no two alike."""
    items = "".join(
        f"<item><guid>story-{number}</guid><title>Aid number {number}</title>"
        f"<link>{address}/story/{number}</link><pubDate>Tue, 01 Mar 2022 10:00:00 GMT</pubDate>"
        f"<description>Norway announced on Tuesday that it will give {number + 1} million euros in humanitarian aid to "
        f"Ukraine. Officials in Oslo spoke of winter, of roads and of report {number}.</description></item>"
        for number in range(ARTICLES)
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>T</title>{items}</channel></rss>'.encode()


@pytest.fixture(scope="module")
def feed() -> Iterator[str]:
    """The address of a feed on loopback."""
    with serving(_feed) as address:
        yield address


class Installation:
    """One installation as its environment names it."""

    def __init__(self, env: dict[str, str]) -> None:
        self.env = {**env, "FETCH_ALLOW_LOOPBACK": "1", "TRACKER_LOCAL": "1", "LOAD_SAMPLE": "0"}

    def control(self, *arguments: str) -> dict[str, Any]:
        done = subprocess.run(
            [sys.executable, "-m", "tests.chain.control", *arguments],
            cwd=ROOT,
            env=self.env,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer

    def wait_until(self, enough: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        end = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < end:
            counts = self.control("counts")
            if enough(counts):
                return counts
            time.sleep(0.3)
        raise AssertionError(f"Not within {PATIENCE_SECONDS} s: {counts}")


def all_read(counts: dict[str, Any]) -> bool:
    return bool(counts["revisions"] == {"done": ARTICLES})


def some_read(counts: dict[str, Any]) -> bool:
    return 0 < counts["revisions"].get("done", 0) < ARTICLES or all_read(counts)


def exactly_once(counts: dict[str, Any]) -> None:
    assert counts["articles"] == counts["addresses"] == ARTICLES
    assert counts["revisions"] == {"done": ARTICLES}
    assert counts["findings"] == ARTICLES
    assert counts["findings_twice"] == 0
    assert counts["candidates"] == {"pending": ARTICLES}


def test_an_embedded_tracker_that_is_killed_goes_on_after_the_restart(feed: str, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    installation = Installation(environment(folder))
    installation.control("add-source", "Killed", feed)
    for _ in range(2):
        with started(folder, FETCH_ALLOW_LOOPBACK="1", LOAD_SAMPLE="0") as running:
            running.wait_until("/healthz")
            installation.wait_until(some_read)
            os.kill(running.process.pid, signal.SIGKILL)
            running.process.wait()
    with started(folder, FETCH_ALLOW_LOOPBACK="1", LOAD_SAMPLE="0") as running:
        running.wait_until("/healthz")
        exactly_once(installation.wait_until(all_read))


@pytest.fixture
def own_services() -> Iterator[dict[str, str]]:
    """A fresh PostgreSQL database and an empty Redis database, by the variables that name them."""
    server, broker = urlsplit(os.environ["DATABASE_URL"]), urlsplit(os.environ["REDIS_URL"])
    name = f"killed_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(urlunsplit(server), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        for number in range(14, 0, -1):
            address = urlunsplit(broker._replace(path=f"/{number}"))
            with redis.Redis.from_url(address) as client:
                if client.dbsize() == 0:
                    yield {"DATABASE_URL": urlunsplit(server._replace(path=f"/{name}")), "REDIS_URL": address}
                    client.flushdb()
                    break
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.mark.services
def test_a_worker_that_is_killed_loses_and_doubles_nothing(
    feed: str, own_services: dict[str, str], tmp_path: Path
) -> None:
    env = environment(tmp_path / "data", **own_services, EXTRACTION_LEASE_SECONDS="5")
    installation = Installation(env)
    installation.control("add-source", "Killed", feed)
    beat = Running(commands()["schedule"], installation.env, tmp_path / "beat.log")
    try:
        for kill in (True, True, False):
            worker = Running(commands()["worker"], installation.env, tmp_path / "worker.log")
            try:
                if kill:
                    installation.wait_until(some_read)
                    for pid in worker.family():
                        os.kill(pid, signal.SIGKILL)
                    worker.process.wait()
                else:
                    exactly_once(installation.wait_until(all_read))
            finally:
                worker.end()
    finally:
        beat.end()
