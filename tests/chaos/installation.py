"""The two installations that are hurt: on PostgreSQL and Redis with two workers, and embedded in one process.

Whoever looks after an installation starts again what has ended. This does the same, after a moment, and counts it.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections import Counter
from pathlib import Path
from random import Random

import redis

from tests.launcher import Running, environment, free_port
from tests.own_servers import PostgreSQL, Redis, make_database
from tracker.processes import commands

SETTINGS = {
    "FETCH_ALLOW_LOOPBACK": "1",
    "TRACKER_LOCAL": "1",
    "LOAD_SAMPLE": "0",
    "HOST_DELAY_SECONDS": "0",
    "FETCH_TIMEOUT_SECONDS": "3",  # a silent server is to be noticed a few times within a run
    "LOG_LEVEL": "WARNING",
    "SECRET_KEY": "only-for-chaos-and-never-anywhere-else-0123456789",
}
WORKERS = ("worker-1", "worker-2")
SCHEDULE = "schedule"
UNACKNOWLEDGED = "unacked"
TRACKER = "tracker"


class Installation:
    """Processes that belong together; the environment says where their database and their broker are."""

    def __init__(self, folder: Path, **wanted: str) -> None:
        """``wanted`` are variables of the environment; nothing runs yet."""
        self.folder = folder
        (folder / "data").mkdir()
        self.env = {**environment(folder / "data", **wanted), **SETTINGS}
        self.running: dict[str, Running] = {}
        self.ended_by_themselves: Counter[str] = Counter()

    def command(self, name: str) -> list[str]:
        """The command line of a process."""
        raise NotImplementedError

    @property
    def names(self) -> tuple[str, ...]:
        """The processes that are to run."""
        raise NotImplementedError

    def start(self, name: str) -> None:
        """Start a process, if it does not run."""
        if name not in self.running:
            self.running[name] = Running(self.command(name), self.env, self.folder / f"{name}.log")

    def start_all(self) -> None:
        """Start everything that does not run."""
        for name in self.names:
            self.start(name)

    def kill(self, name: str) -> None:
        """SIGKILL to a process and all that it started."""
        if name in self.running:
            self.running.pop(name).kill()

    def kill_child(self, name: str, random: Random) -> None:
        """SIGKILL to one of the processes in which a worker carries out its tasks."""
        children = sorted(self.running[name].children()) if name in self.running else []
        if children:
            os.kill(random.choice(children), signal.SIGKILL)

    def look_after(self) -> None:
        """Note what has ended by itself, and start it again."""
        for name in [name for name, running in self.running.items() if running.process.poll() is not None]:
            self.ended_by_themselves[name] += 1
            self.running.pop(name).end()
            self.start(name)

    def stop(self, name: str) -> None:
        """Ask a process to end, and wait for it."""
        if name in self.running:
            self.running.pop(name).end()

    def end(self) -> None:
        """End everything, at once."""
        for name in list(self.running):
            self.kill(name)


class OnServices(Installation):
    """PostgreSQL and Redis of its own, two workers and a schedule."""

    def __init__(self, folder: Path, postgresql: PostgreSQL, broker: Redis) -> None:
        """The servers run already."""
        self.postgresql, self.broker = postgresql, broker
        super().__init__(folder, DATABASE_URL=make_database(postgresql, "chaos"), REDIS_URL=broker.url)

    @property
    def names(self) -> tuple[str, ...]:
        """Two workers and the schedule."""
        return (*WORKERS, SCHEDULE)

    def command(self, name: str) -> list[str]:
        """As in production, with a name for each worker."""
        if name == SCHEDULE:
            return commands()["schedule"]
        return [*commands()["worker"], "--hostname", f"{name}@localhost"]

    def client(self) -> redis.Redis:
        """A connection to its Redis."""
        return redis.Redis.from_url(self.broker.url, socket_timeout=5)

    def waiting_messages(self) -> dict[str, int]:
        """How many messages each queue of the broker holds, and how many were taken and not acknowledged."""
        with self.client() as client:
            lengths = {
                key.decode(): client.llen(key) for key in client.keys("*") if client.type(key) == b"list"
            }  # fmt: skip
            for written in client.hvals(UNACKNOWLEDGED):
                message = json.loads(written)[0]["headers"]
                words = f"{UNACKNOWLEDGED} ({message['task']}, not before {message['eta'] or 'now'})"
                lengths[words] = lengths.get(words, 0) + 1
        return {name: length for name, length in lengths.items() if length}


class Embedded(Installation):
    """One process with a database file."""

    def __init__(self, folder: Path) -> None:
        """Choose a port."""
        super().__init__(folder, PORT=str(free_port()))

    @property
    def names(self) -> tuple[str, ...]:
        """The one process."""
        return (TRACKER,)

    def command(self, name: str) -> list[str]:
        """What ``make run`` starts."""
        return [sys.executable, "-m", "tracker.start"]
