"""A PostgreSQL and a Redis of one's own: on free ports, in a folder that goes away, and gone when this process is.

The servers of the machine are never touched. As root, PostgreSQL runs as the user ``postgres``, since it refuses root.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import psycopg
import redis
from psycopg import sql

from tests.launcher import free_port, tied_to_this_process

PATIENCE_SECONDS = 60


class NotInstalledError(Exception):
    """A server that is needed is not on this machine; the text says which, and what to do."""


def _newest_postgresql() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    on_path = shutil.which("initdb")
    if found or on_path:
        return (found[-1] if found else Path(str(on_path))).parent
    raise NotInstalledError("There is no PostgreSQL on this machine. On Debian and Ubuntu: apt install postgresql")


def _as_postgres() -> dict[str, Any]:
    """The user to run PostgreSQL as: somebody else than root."""
    if os.geteuid() != 0:
        return {}
    user = pwd.getpwnam("postgres")
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _wait_for(answers: Callable[[], bool], name: str, log: Path) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not answers():
        if time.monotonic() > end:
            raise TimeoutError(f"{name} did not answer within {PATIENCE_SECONDS} s:\n{log.read_text()[-2000:]}")
        time.sleep(0.05)


@dataclass
class PostgreSQL:
    """A cluster below ``folder``, which has to be open to the user ``postgres``."""

    folder: Path
    preload: str = ""
    process: subprocess.Popen[bytes] | None = None

    STOPS: ClassVar[dict[str, int]] = {"fast": signal.SIGINT, "immediate": signal.SIGQUIT}

    def __post_init__(self) -> None:
        """Make the cluster; it is not started yet."""
        self.programs, self.port = _newest_postgresql(), free_port()
        self.data, self.log = self.folder / "postgresql", self.folder / "postgresql.log"
        self.data.mkdir(mode=0o700)
        if user := _as_postgres():
            os.chown(self.data, user["user"], user["group"])
        subprocess.run(
            [self.programs / "initdb", "--pgdata", self.data, "--auth=trust", "--username=postgres", "--no-sync",
             "--encoding=UTF8", "--locale=C.UTF-8"],
            cwd="/", check=True, capture_output=True, **_as_postgres(),
        )  # fmt: skip

    def url(self, name: str = "postgres") -> str:
        """The address of one of its databases."""
        return f"postgres://postgres@127.0.0.1:{self.port}/{name}"

    def start(self) -> None:
        """Start it and wait until it answers."""
        options = [f"port={self.port}", "listen_addresses=127.0.0.1", "unix_socket_directories="]
        if self.preload:
            options.append(f"shared_preload_libraries={self.preload}")
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                [self.programs / "postgres", "-D", self.data, *(f"--{option}" for option in options)],
                cwd="/", stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True,
                preexec_fn=tied_to_this_process(signal.SIGQUIT),  # noqa: PLW1509  # one system call, no locks
                **_as_postgres(),
            )  # fmt: skip
        _wait_for(self._answers, "PostgreSQL", self.log)

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url(), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def stop(self, how: str = "fast") -> None:
        """Stop it: ``fast`` ends every connection, ``immediate`` does not even tidy up, as after a crash."""
        if self.process is not None:
            self.process.send_signal(self.STOPS[how])
            self.process.wait(PATIENCE_SECONDS)
            self.process = None


@dataclass
class Redis:
    """A Redis that keeps nothing on disk: started again, it is empty."""

    folder: Path
    process: subprocess.Popen[bytes] | None = None

    def __post_init__(self) -> None:
        """Choose a port; it is not started yet."""
        if not shutil.which("redis-server"):
            raise NotInstalledError("There is no Redis on this machine. On Debian and Ubuntu: apt install redis-server")
        self.port, self.log = free_port(), self.folder / "redis.log"

    @property
    def url(self) -> str:
        """The address of its first database."""
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start it empty and wait until it answers."""
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"],
                cwd=self.folder, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True,
                preexec_fn=tied_to_this_process(signal.SIGKILL),  # noqa: PLW1509  # one system call, no locks
            )  # fmt: skip
        _wait_for(self._answers, "Redis", self.log)

    def _answers(self) -> bool:
        try:
            with redis.Redis.from_url(self.url, socket_timeout=2) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False

    def kill(self) -> None:
        """End it at once; what it held is lost."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


@contextmanager
def own_servers(folder: Path, *, preload: str = "") -> Iterator[tuple[PostgreSQL, Redis]]:
    """Both, started; stopped at the end whatever happens."""
    folder.chmod(0o711)  # PostgreSQL's user has to pass through
    postgresql, broker = PostgreSQL(folder, preload), Redis(folder)
    try:
        postgresql.start()
        broker.start()
        yield postgresql, broker
    finally:
        broker.kill()
        postgresql.stop("immediate")


def make_database(server: PostgreSQL, name: str) -> str:
    """Make a database; its address."""
    with psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return server.url(name)
