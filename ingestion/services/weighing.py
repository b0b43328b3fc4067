"""Which candidate is looked at first: each has a place in the queue, and the queue is read in the order of the places.

What a claim weighs is the confidence of the reading times the claimed value in euros by the newest rate, and twice that
where an official source says so. Its place is the day on which it was found, less the days that its weight is worth:
with each four days of waiting a claim counts twice as much as before. As all of them age alike, the order of two
claims never changes by time alone; so the place is stored, and an index gives the next ones whatever waits.

A place orders claims and is no amount of money; nobody is shown it. New rates move it once a day.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import transaction
from django.db.models import F

from ingestion.models import Candidate, CandidateState
from reference.models import Rate

# A claim without an amount, or in a currency without a rate, is not worth nothing: it counts like a middling pledge.
UNVALUED_IN_EUROS = 10_000_000.0
OFFICIAL = 2.0
DAYS_A_DOUBLING = 4.0  # of waiting
RATES_OF = timedelta(days=7)  # before the newest rate of the dollar: a currency without one in these has none
LEAST = 1.0  # of a weight, as nothing has no logarithm
MOST = 1e30  # no claim is large enough to be put before all that will ever come
BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)  # places count days from here
STORED_ALIKE = 0.001  # days; a change below this is none
BATCH = 1000

Rates = Mapping[str, Decimal]


def place_of(
    payload: Mapping[str, Any], confidence: Decimal | float, *, official: bool, found_at: datetime, rates: Rates
) -> float:
    """The place in the queue of a claim as it was read, in days; the lower, the sooner it comes."""
    euros = euros_of(payload, rates)
    weight = float(confidence) * (UNVALUED_IN_EUROS if euros is None else euros) * (OFFICIAL if official else 1.0)
    worth = math.log2(min(max(weight, LEAST), MOST)) * DAYS_A_DOUBLING
    return (found_at - BEGINNING) / timedelta(days=1) - worth


def euros_of(payload: Mapping[str, Any], rates: Rates) -> float | None:
    """The amount of a finding in euros, roughly; ``None`` without an amount or without a rate."""
    amount = payload.get("amount") or {}
    currency = currency_of(payload)
    per_euro = Decimal(1) if currency == "EUR" else rates.get(currency)
    try:
        value = Decimal(str(amount.get("value")))
    except InvalidOperation:
        return None
    if per_euro is None or not value.is_finite():
        return None
    return float(value) / float(per_euro)


def currency_of(payload: Mapping[str, Any]) -> str:
    """The currency of a finding's amount; empty without one."""
    return str((payload.get("amount") or {}).get("currency") or "")


def newest_rates(currencies: Iterable[str]) -> dict[str, Decimal]:
    """What one euro costs in these currencies by their newest rates: none, or two queries."""
    wanted = {currency for currency in currencies if currency and currency != "EUR"}
    if not wanted:
        return {}
    last = Rate.objects.filter(currency="USD").order_by("-day").values_list("day", flat=True).first()
    if last is None:
        return {}
    rows = Rate.objects.filter(currency__in=wanted, day__gte=last - RATES_OF).order_by("day", "pk")
    return dict(rows.values_list("currency", "per_euro"))


def put_in_place(candidates: Iterable[Candidate], *, official: bool) -> None:
    """Give candidates that are about to be written the places of the findings that are shown for them.

    ``official`` is said of the source that these findings come from.
    """
    ours = list(candidates)
    rates = newest_rates(currency_of(one.finding.payload) for one in ours)
    for one in ours:
        one.place = _place(one, rates, official=official)


def source_speaks(source_id: int, *, officially: bool) -> None:
    """Move what rests on a source that has become an official one, or is none any more: a doubling, up or down."""
    moved = Candidate.objects.filter(finding__revision__article__source=source_id)
    days = DAYS_A_DOUBLING if officially else -DAYS_A_DOUBLING
    moved.update(place=F("place") - days)


def weigh_waiting() -> int:
    """Put all that waits where it belongs by the newest rates, in batches; how many have moved."""
    waiting = Candidate.objects.filter(state=CandidateState.PENDING).order_by("pk")
    waiting = waiting.select_related("finding__revision__article__source").defer("finding__revision__text")
    moved, after = 0, 0
    while True:
        with transaction.atomic():
            batch = list(waiting.filter(pk__gt=after)[:BATCH])
            moved += _weigh(batch)
        if not batch:
            return moved
        after = batch[-1].pk


def _weigh(batch: list[Candidate]) -> int:
    rates = newest_rates(currency_of(one.finding.payload) for one in batch)
    changed = []
    for one in batch:
        place = _place(one, rates, official=one.finding.revision.article.source.official)
        if abs(place - one.place) >= STORED_ALIKE:
            one.place = place
            changed.append(one)
    Candidate.objects.bulk_update(changed, ["place"], batch_size=200)
    return len(changed)


def _place(candidate: Candidate, rates: Rates, *, official: bool) -> float:
    finding = candidate.finding
    return place_of(finding.payload, finding.confidence, official=official, found_at=candidate.created_at, rates=rates)
