"""Asks a server the same thing many times, and tells how long it took."""

from __future__ import annotations

import http.client
import statistics
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class Ask:
    """One request; ``{n}`` in a header is replaced by a number of its own, so that nothing kept answers it."""

    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    status: int = 200


@dataclass(frozen=True, slots=True)
class Told:
    """What was measured, in milliseconds, and requests a second with four readers at once."""

    median: float
    p99: float
    a_second: float
    size: int

    def words(self) -> str:
        """As it stands in the table."""
        return f"{self.median:>9.2f} {self.p99:>9.2f} {self.a_second:>8.0f}"


class Reader:
    """A connection that stays open."""

    def __init__(self, port: int) -> None:
        """To a server on this machine."""
        self.port = port
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=300)

    def ask(self, one: Ask, number: int) -> tuple[float, int]:
        """Seconds and bytes of one answer. Raises ``LookupError`` for another status than the one expected."""
        headers = {name: value.replace("{n}", f"{number:06d}") for name, value in one.headers.items()}
        begun = time.perf_counter()
        try:
            self.connection.request("GET", one.path, headers=headers)
            answer = self.connection.getresponse()
        except (http.client.HTTPException, ConnectionError):  # the server closes a connection after a while
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=300)
            self.connection.request("GET", one.path, headers=headers)
            answer = self.connection.getresponse()
        size = 0
        while block := answer.read(1 << 16):
            size += len(block)
        spent = time.perf_counter() - begun
        if answer.status != one.status:
            raise LookupError(f"{one.path}: {answer.status} instead of {one.status}")
        return spent, size


def etag_of(port: int, path: str) -> str:
    """The validator of an answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=300)
    connection.request("GET", path)
    answer = connection.getresponse()
    answer.read()
    return str(answer.getheader("ETag"))


def measure(port: int, one: Ask, times: int, *, seconds: float = 20.0) -> Told:
    """Ask so many times, or as often as there is time for, one after the other; then for a moment by four at once."""
    reader = Reader(port)
    spent, size = [], 0
    reader.ask(one, 0)
    end = time.perf_counter() + seconds
    for number in range(1, times + 1):
        took, size = reader.ask(one, number)
        spent.append(took * 1000)
        if time.perf_counter() > end and number >= 3:
            break
    spent.sort()
    p99 = spent[min(len(spent) - 1, round(0.99 * len(spent)))]
    return Told(statistics.median(spent), p99, _a_second(port, one, len(spent)), size)


def _a_second(port: int, one: Ask, times: int) -> float:
    each = max(times // AT_ONCE, 1)

    def read(first: int) -> None:
        reader = Reader(port)
        for number in range(first, first + each):
            reader.ask(one, number)

    threads = [threading.Thread(target=read, args=(1_000 + place * each,)) for place in range(AT_ONCE)]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return AT_ONCE * each / (time.perf_counter() - begun)


def timed(work: Callable[[], object], times: int) -> float:
    """The median of some runs, in milliseconds."""
    spent = []
    for _ in range(times):
        begun = time.perf_counter()
        work()
        spent.append((time.perf_counter() - begun) * 1000)
    return statistics.median(spent)
