"""Works out what records of an earlier release do not have yet: their breakdown, and the lines that rest on it."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from history.models import Change
from history.services import recording
from pledges.freezing import freeze_value
from pledges.models import Pledge, RecordState, Valuation
from pledges.recounting import recount

PLEDGES_AT_ONCE = 300


def ensure_breakdowns(*, now: datetime) -> int:
    """Give published pledges the breakdown that they lack, as one numbered change; returns how many there were.

    Frozen values stay as they are. Answers as of a time before keep the lines of then, which are told in other
    currencies from their euro cents.
    """
    told = ~Q(valuation=Valuation.NONE) | Q(items__isnull=False) | Q(moves__isnull=False)
    lacking = Pledge.objects.filter(told, state=RecordState.PUBLISHED, breakdown={})
    ids = sorted(set(lacking.values_list("pk", flat=True)))
    if not ids:
        return 0
    with recording(action="pledge.recount", now=now, job="set-up", why="Made by an earlier release.") as change:
        for first in range(0, len(ids), PLEDGES_AT_ONCE):
            _complete(change, ids[first : first + PLEDGES_AT_ONCE], now)
    return len(ids)


def _complete(change: Change, ids: list[int], now: datetime) -> None:
    for pledge in Pledge.objects.filter(pk__in=ids):
        before = (pledge.eur_central, pledge.usd_central)
        freeze_value(pledge, today=now.date())
        if (pledge.eur_central, pledge.usd_central) == before:
            pledge.save(update_fields=["breakdown"])
    recount(change, ids)
