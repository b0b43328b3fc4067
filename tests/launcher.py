"""Starts the tracker as a person does, in a process of its own, and asks it over HTTP."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PATIENCE_SECONDS = 150


class _Stay(urllib.request.HTTPRedirectHandler):
    """A redirect is an answer of its own here."""

    def redirect_request(self, *_: object) -> None:
        return None


PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None)

STAYING = urllib.request.build_opener(urllib.request.ProxyHandler({}), _Stay)


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def environment(folder: Path, **wanted: str) -> dict[str, str]:
    """The environment of an embedded start on ``folder``; ``wanted`` goes before it, an empty value unsets."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    given = {**kept, "ENV_FILE": "", "DATA_DIR": str(folder), "PYTHONUNBUFFERED": "1", **wanted}
    return {name: value for name, value in given.items() if value or name == "ENV_FILE"}


def tied_to_this_process(number: int) -> Callable[[], None]:
    """For ``preexec_fn``: the new process gets this signal when ours ends, in whatever way (Linux only)."""

    def tie() -> None:
        LIBC.prctl(PR_SET_PDEATHSIG, number)

    return tie if sys.platform == "linux" else lambda: None


class Running:
    """A command that was started: what it prints, and whether it still runs."""

    def __init__(self, command: list[str], env: dict[str, str], log: Path) -> None:
        """Start it, in a session of its own, with its output in ``log``."""
        self.log = log
        self.port = int(env.get("PORT", "8000"))
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                start_new_session=True,
                preexec_fn=tied_to_this_process(signal.SIGKILL),  # noqa: PLW1509  # one system call, no locks
            )  # fmt: skip

    @property
    def output(self) -> str:
        """What it has printed so far."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    def get(self, path: str, host: str = "127.0.0.1", *, https: bool = False) -> tuple[int, str]:
        """Status and body of a page; status 0 if nobody answers. ``https`` speaks as a proxy does that ended HTTPS."""
        headers = {"Host": host, **({"X-Forwarded-Proto": "https"} if https else {})}
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", headers=headers)
        try:
            with STAYING.open(request, timeout=20) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as answer:
            with answer:
                return answer.code, answer.read().decode()
        except OSError as error:
            return 0, str(error)

    def wait_until(self, path: str = "/readyz", status: int = 200, seconds: float = PATIENCE_SECONDS) -> str:
        """Wait until a page answers with this status; its body. Fails at once if the process has ended."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            found, body = self.get(path)
            if found == status:
                return body
            if self.process.poll() is not None:
                raise AssertionError(f"It ended with {self.process.returncode}:\n{self.output[-3000:]}")
            time.sleep(0.2)
        raise AssertionError(f"{path} did not answer {status} within {seconds} s, but {found} {body}:\n{self.output}")

    def stop(self, number: int = signal.SIGINT, seconds: float = 40) -> int:
        """Send a signal to this process alone and wait for its end; its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(seconds)

    def family(self) -> set[int]:
        """The ids of this process and everything that it started, and that these started."""
        parents = _parents()
        found = {self.process.pid}
        while more := {pid for pid, parent in parents.items() if parent in found} - found:
            found |= more
        return found

    def children(self) -> set[int]:
        """The ids of what this process started itself, without what these started."""
        return {pid for pid, parent in _parents().items() if parent == self.process.pid}

    def kill(self) -> None:
        """End it and everything that it started at once, with no chance to tidy up."""
        for pid in self.family():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()

    def end(self) -> None:
        """End it and everything that it started, whatever state it is in."""
        family = self.family()
        if self.process.poll() is None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.stop(signal.SIGTERM, seconds=25)
        for pid in family & alive():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()


def alive() -> set[int]:
    """The ids of all processes that run."""
    return set(_parents())


def _parents() -> dict[int, int]:
    found = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            state, parent = stat.read_text().rpartition(")")[2].split()[:2]
            if state != "Z":
                found[int(stat.parent.name)] = int(parent)
    return found


@contextlib.contextmanager
def started(folder: Path, **wanted: str) -> Iterator[Running]:
    """The start command on ``folder`` and a free port; ended at the end. Wait with ``wait_until()``."""
    env = environment(folder, **{"PORT": str(free_port()), **wanted})
    running = Running([sys.executable, "-m", "tracker.start"], env, folder.parent / f"{folder.name}.log")
    try:
        yield running
    finally:
        running.end()


def refused(folder: Path, **wanted: str) -> tuple[int, str]:
    """Exit code and output of a start that should not come about."""
    done = subprocess.run(
        [sys.executable, "-m", "tracker.start"], cwd=ROOT, env=environment(folder, **wanted), stdin=subprocess.DEVNULL,
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr
