"""What a candidate is worth looking at: the weight that the queue is ordered by.

It is the confidence of the reading times the claimed value in euros, doubled where an official source says so, and
raised with the time it has waited. It weighs candidates against each other and is no amount of money: the database
works it out in floating point, with the newest rates, and nobody is shown it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case, F, FloatField, OuterRef, QuerySet, Subquery, TextField, Value, When
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce

from reference.models import Rate

# A claim without an amount, or in a currency without a rate, is not worth nothing: it counts like a middling pledge.
UNVALUED_IN_EUROS = 10_000_000.0
OFFICIAL = 2.0
AGES = ((timedelta(days=7), 4.0), (timedelta(days=2), 2.0))  # who waited that long counts so many times
RATES_OF = timedelta(days=7)


def with_worth(candidates: QuerySet[Any], *, now: datetime) -> QuerySet[Any]:
    """The candidates, each with its ``worth``."""
    confidence = Cast("finding__confidence", FloatField())
    official = Case(
        When(finding__revision__article__source__official=True, then=Value(OFFICIAL)),
        default=Value(1.0),
        output_field=FloatField(),
    )
    aged = Case(
        *(When(created_at__lt=now - age, then=Value(times)) for age, times in AGES),
        default=Value(1.0),
        output_field=FloatField(),
    )
    value = Coalesce(_euros(), Value(UNVALUED_IN_EUROS), output_field=FloatField())
    currency = Cast(_read("currency"), TextField())
    weighed: QuerySet[Any] = candidates.alias(currency_read=currency).annotate(
        worth=confidence * value * official * aged
    )
    return weighed


def _read(key: str) -> KeyTextTransform:
    """A part of the amount as it was read, as text."""
    return KeyTextTransform(key, KeyTextTransform("amount", "finding__payload"))


def _euros() -> Any:
    """The amount as it was read, by the newest rate; nothing without an amount or a rate."""
    amount = Cast(_read("value"), FloatField())
    per_euro = Case(When(currency_read="EUR", then=Value(1.0)), default=_newest_rate(), output_field=FloatField())
    return amount / per_euro


def _newest_rate() -> Any:
    last = Rate.objects.filter(currency="USD").order_by("-day").values_list("day", flat=True).first()
    if last is None:
        return Value(None, output_field=FloatField())
    rates = Rate.objects.filter(currency=OuterRef("currency_read"), day__gte=last - RATES_OF).order_by("-day", "-pk")
    return Subquery(rates.annotate(units=Cast(F("per_euro"), FloatField())).values("units")[:1])
