"""Prepares and reads an installation from outside of its processes, as a program of its own.

python -m tests.control prepare      what a start does before its processes run
python -m tests.control hurry        lets the schedule look for work every few seconds
python -m tests.control look         looks for sources that are due, at once
python -m tests.control add-feeds    [{"name": …, "url": …, "fetch_pages": …}] on standard input
python -m tests.control counts       what there is, as JSON
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import django

from tests.launcher import ROOT

SECONDS_BETWEEN_LOOKS, SECONDS_BETWEEN_SWEEPS = 2, 5


def control(env: dict[str, str], command: str, given: Any = None) -> dict[str, Any]:
    """Run one of the commands in a process of its own, on the installation that ``env`` names; what it answers."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.control", command], cwd=ROOT, env=env, input=json.dumps(given), text=True,
        capture_output=True, check=False, timeout=300,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"{command} failed:\n{done.stderr[-3000:]}")
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def main(command: str) -> dict[str, Any]:
    """Run one of the commands; the answer is printed as JSON."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker.settings")
    django.setup()
    if command == "add-feeds":
        return add_feeds(json.load(sys.stdin))
    return {"prepare": prepare, "hurry": hurry, "look": look}[command]()


def prepare() -> dict[str, Any]:
    """Tables, countries, rates and schedules."""
    from tracker import preparing

    list(preparing.prepare())
    return {}


def hurry() -> dict[str, Any]:
    """A schedule for the impatient."""
    from django_celery_beat.models import IntervalSchedule, PeriodicTask

    for task, seconds in (("poll_due_sources", SECONDS_BETWEEN_LOOKS), ("sweep", SECONDS_BETWEEN_SWEEPS)):
        often, _ = IntervalSchedule.objects.get_or_create(every=seconds, period=IntervalSchedule.SECONDS)
        PeriodicTask.objects.filter(task=f"ingestion.tasks.{task}").update(interval=often)
    return {}


def look() -> dict[str, Any]:
    """What the schedule does every half minute."""
    from ingestion.tasks import poll_due_sources

    poll_due_sources.delay()
    return {}


def add_feeds(feeds: list[dict[str, Any]]) -> dict[str, Any]:
    """Sources that are due at once."""
    from django.utils import timezone

    from ingestion.services import create_source

    now = timezone.now()
    for feed in feeds:
        create_source(kind="feed", publisher="Test", poll_floor=30, job="test", now=now, **feed)
    return {}


if __name__ == "__main__":
    json.dump(main(sys.argv[1]), sys.stdout)
