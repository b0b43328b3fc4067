"""What a pledge's page says of computed things: value, rate, stage, what was delivered, shares, package and parts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from babel.numbers import get_currency_name

from history.restoring import CLOSED
from pledges.checks import warnings_of
from pledges.models import Part, Pledge, Qualifier, RateBasis, RecordState, TotalLine, Valuation
from pledges.shares import Share, portions
from reference.amounts import in_words
from reference.currencies import decimals, from_minor_units

LEFT_OUT = {
    "superseded": "It does not count: a published pledge replaces it.",
    "cancelled": "It does not count: it was cancelled before anything was delivered.",
    "part_of_package": "It does not count by itself: its package's value holds it.",
    "parts_make_whole": "It does not count by itself: its parts make up the whole of it.",
    "parts_counted": "It counts through its parts.",
}


def money(units: int | None, currency: str) -> str:
    """Minor units as EUR 110,000,000.00; a dash where there is no figure."""
    return "–" if units is None else f"{currency} {from_minor_units(units, currency):,}"


def currency_name(code: str, count: Decimal) -> str:
    """A currency as an amount of so many names it: one euro, two euros."""
    return str(get_currency_name(code, count=count, locale="en"))


def stated_words(pledge: Pledge) -> str:
    """The amount as it was stated, in words: about 110 million EUR."""
    if pledge.stated is None:
        return "–"
    amount = in_words(pledge.stated)
    if pledge.qualifier == Qualifier.RANGE and pledge.stated_to is not None:
        return f"{amount} to {in_words(pledge.stated_to)} {pledge.currency}"
    word = "" if pledge.qualifier == Qualifier.EXACT else f"{Qualifier(pledge.qualifier).label.lower()} "
    return f"{word}{amount} {pledge.currency}"


def stated_in_full(pledge: Pledge) -> str:
    """The same with the currency's name, as a sentence says it: about 110 million euros."""
    words = stated_words(pledge)
    if pledge.stated is None or not words.endswith(pledge.currency):
        return words
    name = currency_name(pledge.currency, pledge.stated_to or pledge.stated)
    return f"{words.removesuffix(pledge.currency)}{name}"


def rate_words(pledge: Pledge) -> str:
    """The rate that the frozen value rests on, its day, basis and source; or why there is none."""
    if pledge.valuation == Valuation.NONE:
        return ""
    if pledge.eur_central is None and pledge.usd_central is None and pledge.rate_for is None:
        return "There is neither an announcement day nor dated evidence, so no rate can be taken yet."
    if pledge.eur_central is None or pledge.usd_central is None:
        missing = pledge.value_currency if pledge.eur_central is None else "USD"
        lacking = missing or "one of its currencies"
        return f"No rate of {lacking} is known for {pledge.rate_for}: enter one with its source."
    rates = []
    if pledge.rate_per_euro is not None and pledge.value_currency not in ("EUR", "USD"):
        rates.append(f"EUR 1 = {pledge.value_currency} {pledge.rate_per_euro.normalize():f}")
    if pledge.rate_usd_per_euro is not None:
        rates.append(f"EUR 1 = USD {pledge.rate_usd_per_euro.normalize():f}")
    basis = RateBasis(pledge.rate_basis).label.lower()
    return f"{', '.join(rates)} on {pledge.rate_day}, {pledge.rate_source} (asked for {pledge.rate_for}: {basis})"


def value_words(pledge: Pledge) -> str:
    """One sentence on the value, for the message after saving."""
    said = f"Read as {stated_in_full(pledge)}. " if pledge.stated is not None else ""
    if pledge.valuation == Valuation.NONE:
        return f"{said}No value is known: it is counted, not summed."
    if pledge.eur_central is None:
        return f"{said}It stays unconverted. {rate_words(pledge)}"
    return f"{said}{money(pledge.eur_central, 'EUR')}, {money(pledge.usd_central, 'USD')}. {rate_words(pledge)}."


@dataclass(frozen=True, slots=True)
class Span:
    """A value with its bounds in one reporting currency."""

    central: str
    bounds: str


def _span(low: int | None, central: int | None, high: int | None, currency: str, *, high_open: bool) -> Span:
    if central is None or (low == central == high and not high_open):
        return Span(money(central, currency), "")
    top = "no upper bound is known" if high_open else f"at most {money(high, currency)}"
    return Span(money(central, currency), f"at least {money(low, currency)}, {top}")


def panel_of(pledge: Pledge, *, today: date) -> dict[str, Any]:
    """Everything for ``pledges/panel.html``; ``today`` is the day by which its dates are judged."""
    parts = list(pledge.parts.exclude(state__in=[RecordState.WITHDRAWN, RecordState.MERGED]))
    open_end = pledge.high_open
    return {
        "template": "pledges/panel.html",
        "pledge": pledge,
        "stated": stated_in_full(pledge),
        "warnings": warnings_of(pledge, today=today) if pledge.state not in CLOSED else [],
        "eur": _span(pledge.eur_low, pledge.eur_central, pledge.eur_high, "EUR", high_open=open_end),
        "usd": _span(pledge.usd_low, pledge.usd_central, pledge.usd_high, "USD", high_open=open_end),
        "counted": f"{in_words(pledge.central)} {pledge.value_currency}" if pledge.central is not None else "",
        "rate": rate_words(pledge),
        "valued": pledge.valuation != Valuation.NONE,
        "delivered_eur": money(pledge.delivered_eur, "EUR"),
        "delivered_usd": money(pledge.delivered_usd, "USD"),
        "joint": _joint(pledge),
        "parts": [{"pledge": one, "stated": stated_words(one), "eur": money(one.eur_central, "EUR")} for one in parts],
        "remainder": money(_remainder(pledge, parts), "EUR") if parts else "",
        "successors": list(pledge.successors.exclude(state__in=[RecordState.WITHDRAWN, RecordState.MERGED])),
        "counting": _counting(pledge),
    }


def _joint(pledge: Pledge) -> list[str]:
    """What the shares leave undivided, by donors and by recipients."""
    found = []
    for word, table in (("donors", pledge.donors), ("recipients", pledge.recipients)):
        shares = [Share(row.party_id, row.share_amount, row.share_weight) for row in table.all()]
        rest = next((one.fraction for one in portions(shares, pledge.stated) if one.part is Part.JOINT), None)
        if rest:
            found.append(f"{_part_in_words(rest, pledge)} joint among the {word}, not allocated.")
    return found


def _part_in_words(part: Fraction, pledge: Pledge) -> str:
    """A part of the stated amount: in its currency where there is one, and in hundredths."""
    percent = Decimal(round(part * 1000)) / 10
    if pledge.stated is None:
        return f"{percent.normalize():f} % are"
    amount = round(Decimal(part.numerator) * pledge.stated / Decimal(part.denominator), decimals(pledge.currency))
    return f"{in_words(amount)} {pledge.currency} ({percent.normalize():f} %) are"


def _remainder(pledge: Pledge, parts: list[Pledge]) -> int | None:
    """What the package holds beyond its valued parts, in euro cents; not below zero."""
    if pledge.eur_central is None:
        return None
    return max(0, pledge.eur_central - sum(one.eur_central or 0 for one in parts))


def _counting(pledge: Pledge) -> str:
    if pledge.state != RecordState.PUBLISHED:
        return "It does not count yet: only published pledges do." if pledge.state == RecordState.DRAFT else ""
    line = TotalLine.objects.filter(pledge=pledge, until__isnull=True).values_list("left_out", flat=True).first()
    return LEFT_OUT.get(line or "", "")
