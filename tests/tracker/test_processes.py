"""The one command with Redis: web server, worker and schedule as processes of their own."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.launcher import Running, alive, started
from tests.tracker.test_compose import own_database, own_redis

__all__ = ["own_database", "own_redis"]

pytestmark = pytest.mark.services


@pytest.fixture(scope="module")
def running(own_database: str, own_redis: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("processes") / "data"
    with started(folder, DATABASE_URL=own_database, REDIS_URL=own_redis) as running:
        running.wait_until()
        yield running


def test_it_is_ready_with_several_processes(running: Running) -> None:
    assert len(running.family()) > 4


def test_the_end_of_one_process_is_told_and_ends_the_others(running: Running) -> None:
    family = running.family()
    # The worker's own children carry the same command line, and one of them that ends is simply replaced.
    (worker,) = (pid for pid in running.children() if b"\0worker\0" in Path(f"/proc/{pid}/cmdline").read_bytes())
    os.kill(worker, signal.SIGTERM)
    assert running.process.wait(60) == 1
    assert "The worker ended by itself" in running.output
    assert not family & alive()
