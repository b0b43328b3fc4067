"""Whose turn it is, of many hosts with many lines each: one line of a host at a time, and no host waits for another.

Pure. Moments are seconds on any clock. A line is known by a whole number, of which eight bytes are kept.
"""

from __future__ import annotations

import heapq
from array import array
from dataclasses import dataclass, field


@dataclass(slots=True)
class _Host:
    lines: array[int] = field(default_factory=lambda: array("Q"))
    place: int = 0  # of the next line
    later: list[tuple[float, int]] = field(default_factory=list)  # lines to be tried again, and from when on

    def next_line(self) -> int:
        if self.place < len(self.lines):
            self.place += 1
            return self.lines[self.place - 1]
        return heapq.heappop(self.later)[1]

    def has_lines(self) -> bool:
        return self.place < len(self.lines) or bool(self.later)

    def ready_at(self, free_at: float) -> float:
        return free_at if self.place < len(self.lines) else max(free_at, self.later[0][0])


class Turns:
    """Gives out lines, each with its host, such that a host has one line at a time and its pause between two."""

    def __init__(self) -> None:
        self._hosts: dict[str, _Host] = {}
        self._ready: list[tuple[float, int, str]] = []  # hosts with lines that nobody asks now
        self._given = 0  # of two hosts that are ready since the same moment, the one that waits longer comes first

    def add(self, host: str, line: int) -> None:
        """One more line of a host, after those that it has. For the beginning: hosts are free from moment 0 on."""
        found = self._hosts.get(host)
        if found is None:
            found = self._hosts[host] = _Host()
            self._push(host, 0.0)
        found.lines.append(line)

    def take(self, now: float) -> tuple[str, int] | None:
        """A host whose turn it is, with its next line; ``None`` if none is ready. It is busy until it is freed."""
        if not self._ready or self._ready[0][0] > now:
            return None
        _at, _order, host = heapq.heappop(self._ready)
        return host, self._hosts[host].next_line()

    def free(self, host: str, *, at: float) -> None:
        """A host has done with its line; its next turn comes at a moment."""
        if self._hosts[host].has_lines():
            self._push(host, self._hosts[host].ready_at(at))

    def again(self, host: str, line: int, *, at: float) -> None:
        """A line that was given out is to be tried again, not before a moment. To be said before its host is freed."""
        heapq.heappush(self._hosts[host].later, (at, line))

    def next_at(self) -> float | None:
        """From when on a host is ready; ``None`` if no host waits but for those that are busy."""
        return self._ready[0][0] if self._ready else None

    def _push(self, host: str, at: float) -> None:
        self._given += 1
        heapq.heappush(self._ready, (at, self._given, host))
