"""Works through the lines of a backfill: several hosts at once, one line of a host at a time."""

from __future__ import annotations

import queue
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import close_old_connections, connections
from django.utils import timezone

from ingestion.models import Backfill, LineState
from ingestion.services.backfilling import Answer, take_line, waiting_lines
from ingestion.services.hosts import seconds_to_wait
from ingestion.services.taking import politely
from ingestion.turns import Turns

PATIENCE = 3.0  # seconds that a line waits for its host's turn where a worker asks that host as well
LONGEST_WAIT = 300.0  # seconds until a host wants us again, for which a run stays
MOST_PUT_OFF = 20  # times in a row that a host puts us off, after which it is left to a later run
LOOK = 1.0  # seconds after which the run looks about at the latest


@dataclass(frozen=True, slots=True)
class _Done:
    """What came of a line: an answer and the seconds until its host may be asked again, or an error of ours."""

    host: str
    line_id: int
    answer: Answer | None = None
    wait: float = 0.0
    error: Exception | None = None


class BackfillRun:
    """One run. ``on_answer`` is told of each line that was answered."""

    def __init__(self, backfill: Backfill, *, at_once: int, on_answer: Callable[[Answer], None]) -> None:
        self._backfill, self._at_once, self._on_answer = backfill, at_once, on_answer
        self._turns = Turns()
        self._tasks: queue.SimpleQueue[tuple[str, int] | None] = queue.SimpleQueue()
        self._results: queue.SimpleQueue[_Done] = queue.SimpleQueue()
        self._under_way = 0
        self._put_off: Counter[str] = Counter()
        self.left_hosts: set[str] = set()  # that put us off again and again

    def go(self) -> None:
        """Work until each line is answered, or those that are left wait for hosts that want us much later."""
        for host, line_id in waiting_lines(self._backfill):
            self._turns.add(host, line_id)
        threads = self._start_threads()
        try:
            while self._step():
                pass
        finally:
            for _thread in threads:
                self._tasks.put(None)
            for thread in threads:
                thread.join()

    def _start_threads(self) -> list[threading.Thread]:
        """None for one line at a time: that is worked on in this very thread."""
        number = self._at_once if self._at_once > 1 else 0
        threads = [threading.Thread(target=self._work_in_thread, daemon=True) for _ in range(number)]
        for thread in threads:
            thread.start()
        return threads

    def _work_in_thread(self) -> None:
        try:
            while (task := self._tasks.get()) is not None:
                close_old_connections()
                self._results.put(_work(*task))
        finally:
            connections.close_all()

    def _step(self) -> bool:
        """Begin what can be begun, and take in what is done; ``False`` at the end."""
        now = time.monotonic()
        while self._under_way < self._at_once and (turn := self._turns.take(now)) is not None:
            self._begin(*turn)
        next_at = self._turns.next_at()
        if self._under_way:
            may_begin = self._under_way < self._at_once and next_at is not None
            self._take_in(min(max(next_at - now, 0.0), LOOK) if may_begin and next_at is not None else LOOK)
            return True
        if next_at is None or next_at - now > LONGEST_WAIT:
            return False
        time.sleep(min(max(next_at - now, 0.0), LOOK))
        return True

    def _begin(self, host: str, line_id: int) -> None:
        self._under_way += 1
        if self._at_once > 1:
            self._tasks.put((host, line_id))
        else:
            self._results.put(_work(host, line_id))

    def _take_in(self, seconds: float) -> None:
        try:
            done = self._results.get(timeout=seconds)
        except queue.Empty:
            return
        self._under_way -= 1
        if done.error is not None:
            raise done.error
        if done.answer is None:
            return
        if done.answer.state != LineState.WAITING:
            self._put_off[done.host] = 0
            self._on_answer(done.answer)
        elif not self._is_to_be_tried_again(done, done.answer.again_at):
            return
        self._turns.free(done.host, at=time.monotonic() + done.wait)

    def _is_to_be_tried_again(self, done: _Done, again_at: datetime | None) -> bool:
        self._put_off[done.host] += 1
        if self._put_off[done.host] >= MOST_PUT_OFF:
            self.left_hosts.add(done.host)  # never freed: its lines go on waiting, in the database
            return False
        wait = (again_at - timezone.now()).total_seconds() if again_at is not None else 0.0
        self._turns.again(done.host, done.line_id, at=time.monotonic() + max(wait, 0.0))
        return True


def _work(host: str, line_id: int) -> _Done:
    try:
        now = timezone.now()
        answer = take_line(line_id, now=now, ask=politely(now=now, patience=PATIENCE))
        return _Done(host, line_id, answer, wait=seconds_to_wait(host, now=timezone.now()))
    except Exception as error:  # noqa: BLE001 - raised again in the thread that waits for it
        return _Done(host, line_id, error=error)
