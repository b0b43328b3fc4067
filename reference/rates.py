"""Which exchange rate holds for a day, and what an amount is by it.

The rule (``docs/vocabulary.md``, *Conversion*): the ECB's reference rate of the day, or of the last day before it on
which the ECB published rates. A currency that the ECB did not quote on that day has no rate, unless staff entered one
for that day or the days since; then the amount stays unconverted rather than being converted by an old rate.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from reference.currencies import EXACT, to_minor_units
from reference.models import Rate

ECB = "ECB"
# The ECB pauses for four days over Easter at the longest. A week without rates means that they were not loaded.
LONGEST_PAUSE = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Quote:
    """What one euro cost in a currency, on which day, according to whom."""

    currency: str
    day: date
    per_euro: Decimal
    source: str


def publishing_day(day: date) -> date | None:
    """The last day up to ``day`` on which the ECB published rates; ``None`` if none of the week before is known."""
    return (
        Rate.objects.filter(currency="USD", source=ECB, day__lte=day, day__gte=day - LONGEST_PAUSE)
        .order_by("-day")
        .values_list("day", flat=True)
        .first()
    )


def quote(currency: str, day: date) -> Quote | None:
    """The rate of a currency that holds for a day; ``None`` where there is none (the amount is then unconverted).

    The euro's own rate is always 1. Of several rates of one day the one recorded last holds.
    """
    if currency == "EUR":
        return Quote("EUR", day, Decimal(1), "")
    published = publishing_day(day)
    rate = (
        Rate.objects.filter(currency=currency, day__lte=day, day__gte=published or day)
        .order_by("-day", "-id")
        .values_list("day", "per_euro", "source")
        .first()
    )
    return Quote(currency, *rate) if rate else None


def convert(amount: Decimal, of: Quote, to: Quote) -> int:
    """An amount in minor units of another currency: exact arithmetic, one rounding (half to even) at the end."""
    if of.currency == to.currency:
        return to_minor_units(amount, to.currency)
    exact = EXACT.divide(EXACT.multiply(amount, to.per_euro), of.per_euro)
    return to_minor_units(exact, to.currency)
