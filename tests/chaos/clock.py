"""Lets time pass for the rows: waits of minutes become seconds, so that a short run sees leases and pauses end.

Nothing in the tracker is changed for that. Each moment that something waits for is moved back, in the database and in
Redis; to the processes it looks as if they had been away for that long. A claim may thereby end while its holder still
works, which in life only happens to a worker that hangs: that, too, must lose and double nothing.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import redis
from django.apps import apps
from django.db import connection, transaction
from django.db.models import F, Q

# What is waited for. A field that is not null is moved only in rows to which the condition applies.
MOVED: dict[str, dict[str, Q]] = {
    "Source": {"next_poll_at": Q(), "claimed_until": Q()},
    "FetchAttempt": {"started_at": Q(outcome="running")},
    "Article": {"page_due_at": Q()},
    "Revision": {"lease_until": Q(), "fetched_at": ~Q(extract_state="done")},
    "BackfillLine": {"due_at": Q()},
    "Candidate": {"claimed_until": Q()},
    "HostSlot": {"claimed_until": Q(), "not_before": Q(), "next_turn_at": Q(), "visit_until": Q()},
    "RobotsFile": {"fetched_at": Q(), "expires_at": Q(), "unavailable_since": Q()},
    "Notice": {"mailing_until": Q()},
}
# What is only told: when something happened. Moving these would change no wait, and what they tell is to stay true.
TOLD = {
    "Source": {"last_success_at", "last_error_at", "moved_at", "created_at"},
    "FetchAttempt": {"finished_at"},
    "Story": {"created_at"},
    "Article": {"first_seen_at"},
    "Revision": {"published_at"},
    "Backfill": {"started_at", "finished_at"},
    "Finding": {"created_at"},
    "Candidate": {"created_at", "decided_at"},
    "HostSlot": {"last_request_at"},
    "Notice": {"raised_at", "over_at", "mailed_at"},
    "SketchBand": {"told_at"},
}
UNACKNOWLEDGED = "unacked_index"


def let_pass(seconds: float, broker: redis.Redis | None = None) -> None:
    """Let this many seconds pass for everything that waits.

    Rows that somebody holds at this moment are left out: they wait for nothing, and this waits for nobody.
    """
    for model_name, fields in MOVED.items():
        model = apps.get_model("ingestion", model_name)
        for field, condition in fields.items():
            _move(model, field, condition, timedelta(seconds=seconds))
    if broker is not None:
        let_pass_for_messages(seconds, broker)


def let_pass_for_messages(seconds: float, broker: redis.Redis) -> None:
    """Let this many seconds pass for messages that were taken and not acknowledged, and for nothing else."""
    for message, _taken_at in broker.zscan_iter(UNACKNOWLEDGED):
        broker.zincrby(UNACKNOWLEDGED, -seconds, message)  # taken that much earlier


def _move(model: Any, field: str, condition: Q, by: timedelta) -> None:
    rows = model._base_manager.filter(condition, **{f"{field}__isnull": False})
    with transaction.atomic():
        if connection.features.has_select_for_update_skip_locked:
            free = rows.select_for_update(skip_locked=True).order_by("pk").values_list("pk", flat=True)
            rows = model._base_manager.filter(pk__in=list(free))
        rows.update(**{field: F(field) - by})
