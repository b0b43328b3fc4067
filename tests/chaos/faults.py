"""Breaks an installation by a plan and mends it again, and counts what was done."""

from __future__ import annotations

import json
import time
import urllib.request
from collections import Counter
from collections.abc import Callable
from random import Random

from django.db import Error, connection

from ingestion.models import FetchAttempt, Revision
from tests.chaos import clock, plan
from tests.chaos.feed_server import HOSTS
from tests.chaos.installation import SCHEDULE, TRACKER, WORKERS, Embedded, Installation, OnServices
from tests.chaos.plan import Fault
from tests.launcher import STAYING

SECONDS_BETWEEN_STEPS = 4.0
STEP_SECONDS = 24.0  # so the rows' clock runs about seven times as fast as ours
PATIENCE_FOR_WORK = 3.0


class FeedControl:
    """Tells the feed server what to do."""

    def __init__(self, port: int) -> None:
        """``port`` of the feed server."""
        self.base = f"http://{HOSTS[0]}:{port}/control"

    def tell(self, what: str, **values: object) -> None:
        """``begin``, ``fault`` or ``end``."""
        request = urllib.request.Request(f"{self.base}/{what}", data=json.dumps(values).encode())
        STAYING.open(request, timeout=10).close()

    def told(self) -> dict[str, int]:
        """How many answers of each kind it has given."""
        with STAYING.open(f"{self.base}/told", timeout=10) as answer:
            counts: dict[str, int] = json.load(answer)
            return counts


def under_way() -> int | None:
    """How many polls and readings are under way at this moment; ``None`` if the database does not say."""
    try:
        return (
            FetchAttempt.objects.filter(outcome="running").count()
            + Revision.objects.filter(extract_state="claimed").count()
        )
    except Error:
        connection.close()
        return None


class Breaker:
    """Carries out a plan on an installation."""

    def __init__(self, installation: Installation, feeds: FeedControl, seed: int) -> None:
        """``seed`` decides which of two workers is meant."""
        self.installation, self.feeds = installation, feeds
        self.random = Random(seed)  # noqa: S311
        self.done: Counter[str] = Counter()
        self.in_the_middle = 0  # kills while work was under way
        self.seconds_let_pass = 0.0
        self._mending: list[tuple[float, Callable[[], None]]] = []
        self._next_step = 0.0

    @property
    def kills(self) -> int:
        """How often something that carries out work was killed."""
        return sum(self.done[what] for what in plan.KILLS)

    def run(self, faults: list[Fault], seconds: float) -> None:
        """Break things as planned for this many seconds, then mend what is broken still."""
        begun = time.monotonic()
        for fault in faults:
            self._wait_until(begun + fault.at)
            self._break(fault)
        self._wait_until(begun + seconds)
        for _at, mend in self._mending:
            mend()
        self._mending.clear()

    def _wait_until(self, moment: float) -> None:
        while True:
            now = time.monotonic()
            for due in [one for one in self._mending if one[0] <= now]:
                self._mending.remove(due)
                due[1]()
            self.installation.look_after()
            self._let_time_pass(now)
            left = moment - time.monotonic()
            if left <= 0:
                return
            time.sleep(min(left, 0.2))

    def _let_time_pass(self, now: float) -> None:
        if now < self._next_step:
            return
        self._next_step = now + SECONDS_BETWEEN_STEPS
        try:
            clock.let_pass(STEP_SECONDS, None)
        except Error:
            connection.close()  # it is stopped just now, or a task and this got in each other's way
            return
        self.seconds_let_pass += STEP_SECONDS

    def _break(self, fault: Fault) -> None:
        self.done[fault.what] += 1
        if fault.what in plan.KILLS:
            self._wait_for_work()
        mend = self._breaking(fault.what)
        self._mending.append((time.monotonic() + fault.lasting, mend))

    def _wait_for_work(self) -> None:
        end = time.monotonic() + PATIENCE_FOR_WORK
        while time.monotonic() < end:
            number = under_way()
            if number:
                self.in_the_middle += 1
            if number or number is None:
                return
            time.sleep(0.01)

    def _breaking(self, what: str) -> Callable[[], None]:
        """Break it; gives what mends it."""
        if kind := plan.FEED_SERVER.get(what):
            self.feeds.tell("fault", kind=kind)
            return lambda: self.feeds.tell("fault", kind="")
        if isinstance(self.installation, Embedded):
            self.installation.kill(TRACKER)
            return self.installation.start_all
        if isinstance(self.installation, OnServices):
            return self._break_services(what, self.installation)
        raise LookupError(what)

    def _break_services(self, what: str, installation: OnServices) -> Callable[[], None]:
        if what == plan.CHILD:
            installation.kill_child(self.random.choice(WORKERS), self.random)
        elif what == plan.WORKER:
            installation.kill(self.random.choice(WORKERS))
        elif what == plan.BOTH_WORKERS:
            for name in WORKERS:
                installation.kill(name)
        elif what == plan.SCHEDULE:
            installation.kill(SCHEDULE)
        elif what == plan.REDIS:
            installation.broker.kill()
            return installation.broker.start
        else:
            installation.postgresql.stop("fast" if what == plan.FAST else "immediate")
            connection.close()
            return installation.postgresql.start
        return installation.start_all
