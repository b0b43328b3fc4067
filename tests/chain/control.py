"""Prepares and reads an installation from outside of its processes, as a program of its own.

python -m tests.chain.control add-source NAME URL
python -m tests.chain.control counts
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

import django


def main(arguments: list[str]) -> dict[str, Any]:
    """Run one of the two commands; the answer is printed as JSON."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker.settings")
    django.setup()
    if arguments[0] == "add-source":
        return _add_source(*arguments[1:])
    return _counts()


def _add_source(name: str, url: str) -> dict[str, Any]:
    from django.utils import timezone
    from django_celery_beat.models import IntervalSchedule, PeriodicTask

    from ingestion.services import create_source
    from tracker.preparing import prepare

    list(prepare())
    now = timezone.now()
    create_source(name=name, kind="feed", url=url, publisher="Test", poll_floor=30, job="test", now=now)
    # Looked at more often than by default, so that a test need not wait a minute for each look.
    often, _ = IntervalSchedule.objects.get_or_create(every=2, period=IntervalSchedule.SECONDS)
    PeriodicTask.objects.filter(task__in=["ingestion.tasks.poll_due_sources", "ingestion.tasks.sweep"]).update(
        interval=often
    )
    return {}


def _counts() -> dict[str, Any]:
    from django.db.models import Count

    from ingestion.models import Article, Candidate, FetchAttempt, Finding, Revision

    def by(field: str, rows: Any) -> dict[str, int]:
        return dict(rows.order_by().values_list(field).annotate(number=Count("pk")))

    return {
        "articles": Article.objects.count(),
        "addresses": Article.objects.values("canonical_url").distinct().count(),
        "revisions": by("extract_state", Revision.objects),
        "findings": Finding.objects.count(),
        "findings_twice": Finding.objects.values("revision", "start", "end", "kind")
        .annotate(number=Count("pk"))
        .filter(number__gt=1)
        .count(),
        "candidates": by("state", Candidate.objects),
        "attempts": by("outcome", FetchAttempt.objects),
    }


if __name__ == "__main__":
    json.dump(main(sys.argv[1:]), sys.stdout)
