"""What this room wants done regularly. The setup command puts it into the schedule, where staff may change it."""

from __future__ import annotations

from typing import NamedTuple

from ingestion.tasks import POLL_DUE_SECONDS, SWEEP_SECONDS


class Scheduled(NamedTuple):
    """A task and the seconds between two runs of it."""

    name: str
    task: str
    seconds: int


SCHEDULES = [
    Scheduled("Poll the sources that are due", "ingestion.tasks.poll_due_sources", POLL_DUE_SECONDS),
    Scheduled("Take up what was left half-done", "ingestion.tasks.sweep", SWEEP_SECONDS),
    Scheduled("See whether sources bring what is expected", "ingestion.tasks.check_bounds", 3600),
    Scheduled("Mail staff what they should know", "ingestion.tasks.mail_notices", 300),
    Scheduled("Weigh what waits by the newest rates", "ingestion.tasks.weigh_waiting", 86_400),
    Scheduled("Clear away old sketches of articles", "ingestion.tasks.forget_old_sketches", 86_400),
    Scheduled("Clear away old fetch attempts", "ingestion.tasks.forget_old_attempts", 86_400),
]
