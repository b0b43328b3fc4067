"""Which faults a run has, and when: drawn from the seed, so that a run can be repeated."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from tests.chaos.feed_server import FAULTS

WORKER, BOTH_WORKERS, CHILD, SCHEDULE = (
    "worker killed",
    "both workers killed",
    "task's process killed",
    "schedule killed",
)
REDIS, FAST, IMMEDIATE = "Redis lost", "PostgreSQL stopped", "PostgreSQL crashed"
TRACKER = "tracker killed"
FEED_SERVER = {f"feed server: {kind}": kind for kind in FAULTS}
KILLS = (WORKER, BOTH_WORKERS, CHILD, TRACKER)

# Seconds that each lasts at least and at most: until what was killed is started again, or what was stopped is back.
LASTING = {
    WORKER: (0.5, 2), BOTH_WORKERS: (0.5, 2), CHILD: (0, 0), SCHEDULE: (1, 3), TRACKER: (0.2, 1),
    REDIS: (1, 4), FAST: (1, 4), IMMEDIATE: (1, 4),
    **dict.fromkeys(FEED_SERVER, (4, 9)),
}  # fmt: skip
# What is drawn from, and how often. The feed server's faults go on beside the others.
ON_SERVICES = [WORKER] * 5 + [CHILD] * 3 + [BOTH_WORKERS] * 2 + [SCHEDULE, REDIS, REDIS, FAST, IMMEDIATE]
EMBEDDED = [TRACKER]
# The seconds between two faults: a worker has to begin its work again before it is killed again.
PAUSES_ON_SERVICES, PAUSES_EMBEDDED, PAUSES_OF_FEED_SERVER = (1.5, 4.0), (6.0, 12.0), (6.0, 14.0)


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """Something that breaks at a moment, and for how long."""

    at: float  # seconds after the beginning
    what: str
    lasting: float  # seconds


def draw(seed: int, seconds: float, *, embedded: bool) -> list[Fault]:
    """The faults of a run, in their order; of each kind at least one, if there is time enough."""
    random = Random(seed)  # noqa: S311
    kinds, pauses = (EMBEDDED, PAUSES_EMBEDDED) if embedded else (ON_SERVICES, PAUSES_ON_SERVICES)
    of_our_side = _in_turn(random, kinds, pauses, seconds)
    of_feed_server = _in_turn(random, list(FEED_SERVER), PAUSES_OF_FEED_SERVER, seconds)
    return sorted([*of_our_side, *of_feed_server])


def _in_turn(random: Random, kinds: list[str], pauses: tuple[float, float], seconds: float) -> list[Fault]:
    """One after the other until the time is over; all kinds are drawn before any is drawn again."""
    found: list[Fault] = []
    left: list[str] = []
    at = random.uniform(*pauses)
    while at < seconds:
        if not left:
            left = random.sample(kinds, len(kinds))
        fault = Fault(at, what := left.pop(), random.uniform(*LASTING[what]))
        found.append(fault)
        at += fault.lasting + random.uniform(*pauses)
    return found
