"""Works through the article pages that are due at a host: one after the other, with the host's pause between two.

One chain of tasks at a time visits a host. Its right to do so is kept on the host's row; a chain that died is silent,
and after a while the sweep begins another.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from ingestion.models import HostSlot
from ingestion.services.hosts import seconds_to_wait
from ingestion.services.pages import due_page_hosts, fetch_page, next_due_page

SILENCE = timedelta(seconds=150)  # longer than a page may take, and than the pause before the next one
BUDGET_SECONDS = 15.0  # a worker goes on to other work after that
LONGEST_COUNTDOWN = 60.0  # a message is not kept waiting longer in a worker; the sweep comes by every minute


@dataclass(frozen=True, slots=True)
class Visited:
    """What a visit came to."""

    revision_ids: tuple[int, ...]  # ready to be read
    again_in: float | None = None  # seconds until the next page, if the chain goes on


def begin_visits(hosts: Iterable[str], *, now: datetime) -> list[str]:
    """The hosts for which the caller is to start a chain: those that have none."""
    return [host for host in dict.fromkeys(hosts) if _begin(host, now)]


def _begin(host: str, now: datetime) -> bool:
    unvisited = HostSlot.objects.filter(Q(visit_until__isnull=True) | Q(visit_until__lte=now), host=host)
    if unvisited.update(visit_until=now + SILENCE):
        return True
    if HostSlot.objects.filter(host=host).exists():
        return False
    HostSlot.objects.bulk_create([HostSlot(host=host)], ignore_conflicts=True)
    return bool(unvisited.update(visit_until=now + SILENCE))


def waiting_hosts(*, now: datetime) -> list[str]:
    """Hosts with pages due, but for those that want to be left alone for now."""
    hosts = due_page_hosts(now=now)
    resting = HostSlot.objects.filter(host__in=hosts, not_before__gt=now + timedelta(seconds=LONGEST_COUNTDOWN))
    left_alone = set(resting.values_list("host", flat=True))
    return [host for host in hosts if host not in left_alone]


def visit_host(host: str, *, now: datetime) -> Visited:
    """Fetch pages that are due at a host until there is none, the host wants a pause, or it is others' turn."""
    begun, ready = time.monotonic(), list[int]()
    while True:
        elapsed = time.monotonic() - begun
        moment = now + timedelta(seconds=elapsed)
        article_id = next_due_page(host, now=moment)
        if article_id is None:
            _set_visit(host, None)
            return Visited(tuple(ready))
        wait = seconds_to_wait(host, now=moment)
        if wait > LONGEST_COUNTDOWN:
            _set_visit(host, None)
            return Visited(tuple(ready))
        _set_visit(host, moment + SILENCE)
        if wait > 0 or elapsed > BUDGET_SECONDS:
            return Visited(tuple(ready), again_in=wait)
        ready += fetch_page(article_id, now=moment)


def _set_visit(host: str, until: datetime | None) -> None:
    HostSlot.objects.filter(host=host).update(visit_until=until)
