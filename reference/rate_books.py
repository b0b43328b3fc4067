"""Rates of many currencies and days at once, by the same rule as ``reference.rates.quote``, without a query for each.

A book holds what was known right after a change, so that an answer as of a past moment is converted by the rates of
that moment: a correction that came later does not change it.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from reference.models import Rate
from reference.rates import ECB, LONGEST_PAUSE, Quote

ALWAYS = ("EUR", "USD")


@dataclass(slots=True)
class _Days:
    """The rates of one currency in the order of their days, and those days on which the ECB published one."""

    days: list[date] = field(default_factory=list)
    quotes: list[Quote] = field(default_factory=list)
    published: list[date] = field(default_factory=list)


class RateBook:
    """Looks up rates; each currency is read once, when it is first asked for."""

    def __init__(self, as_of: int | None = None) -> None:
        """``as_of`` is the number of a change; without one, what is known now."""
        self._as_of = as_of
        self._read: dict[str, _Days] = {}
        self._found: dict[tuple[str, date], Quote | None] = {}

    def quote(self, currency: str, day: date) -> Quote | None:
        """The rate of a currency that holds for a day; ``None`` where there is none."""
        key = (currency, day)
        if key not in self._found:
            self._found[key] = self._look_up(currency, day)
        return self._found[key]

    def mean(self, currency: str, year: int) -> Decimal | None:
        """The mean of a year's ECB rates to the euro; ``None`` where there are none."""
        if currency == "EUR":
            return Decimal(1)
        own = self._of(currency)
        rates = [one.per_euro for one in own.quotes if one.day.year == year and one.source == ECB]
        return sum(rates, Decimal(0)) / len(rates) if rates else None

    def _look_up(self, currency: str, day: date) -> Quote | None:
        if currency == "EUR":
            return Quote("EUR", day, Decimal(1), "")
        own = self._of(currency)
        place = bisect_right(own.days, day)
        if not place:
            return None
        found = own.quotes[place - 1]
        return found if found.day >= (self._publishing_day(day) or day) else None

    def _publishing_day(self, day: date) -> date | None:
        days = self._of("USD").published
        place = bisect_right(days, day)
        return days[place - 1] if place and days[place - 1] >= day - LONGEST_PAUSE else None

    def _of(self, currency: str) -> _Days:
        if currency not in self._read:
            self._read[currency] = self._load(currency)
        return self._read[currency]

    def _load(self, currency: str) -> _Days:
        rates = Rate.objects.filter(currency=currency)
        if self._as_of is not None:
            rates = rates.filter(recorded_seq__lte=self._as_of)
        by_day: dict[date, Quote] = {}
        published: set[date] = set()
        for day, per_euro, source in rates.order_by("id").values_list("day", "per_euro", "source"):
            by_day[day] = Quote(currency, day, per_euro, source)
            if source == ECB:
                published.add(day)
        days = sorted(by_day)
        return _Days(days, [by_day[day] for day in days], sorted(published))


def is_quoted(currency: str) -> bool:
    """Whether the ECB quotes the currency, or did once. The euro and the dollar stand on each record anyway."""
    return currency in ALWAYS or Rate.objects.filter(currency=currency, source=ECB).exists()


def quoted_currencies() -> list[str]:
    """The codes of all currencies that the ECB quotes or once quoted, the euro and the dollar."""
    found = Rate.objects.filter(source=ECB).order_by().values_list("currency", flat=True).distinct()
    return sorted({*ALWAYS, *found})
