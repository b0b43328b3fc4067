"""Computes a pledge's value and stage, converts the value, and freezes both on the record.

A value that stands is kept as long as what it rests on (amounts, deductions, items, the day of the rate) is the same:
later rates and re-readings do not move it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError

from pledges.breakdown import breakdown
from pledges.cents import Cents
from pledges.checks import LARGEST
from pledges.models import Evidence, Item, Move, Pledge, Price, RateBasis, Stage
from pledges.valuation import (
    Bounds,
    Moved,
    PricedItem,
    Worth,
    current_stage,
    left_of_items,
    less_cancelled,
    reached,
    worth,
)
from reference.currencies import EXACT
from reference.rates import Quote, convert, quote

NO_CENTS = Cents(0, 0, 0)
# A thousand trillion in cents, several times the world's yearly output: more is a slip, and sums of it would not fit.
MOST_CENTS = 10**17


Quotes = Callable[[str, date], Quote | None]


@dataclass(frozen=True, slots=True)
class Belongings:
    """What a pledge's value rests on beside its own fields."""

    items: Sequence[PricedItem]
    moves: Sequence[Moved]
    deductions: Sequence[Decimal]
    first_published: date | None  # publication day of the first evidence that has one


def freeze_value(pledge: Pledge, *, today: date, belongings: Belongings | None = None, quotes: Quotes = quote) -> bool:
    """Set the computed fields of a pledge; the caller saves them. Returns whether a new value was frozen.

    ``belongings`` are read from the database unless they are handed over, as for a pledge that is not saved yet.
    ``quotes`` finds the rate of a currency and day. Raises ``ValidationError`` for a value that is larger than any
    sum of money.
    """
    belongings = belongings or _belongings(pledge)
    items, moves = belongings.items, belongings.moves
    value = _worth(pledge, belongings)
    items = left_of_items(items, moves)
    if any(one.high >= LARGEST for _, one in value.parts):
        raise _too_much(pledge)
    pledge.stage = current_stage(moves, items, value)
    _set_bounds(pledge, value)
    rate_for, basis = _rate_day(pledge, belongings.first_published, today)
    rests_on = _fingerprint(value, rate_for, basis)
    before = _frozen(pledge)
    kept = pledge.valued_from == rests_on and pledge.eur_central is not None and pledge.usd_central is not None
    if not kept:
        _convert(pledge, value, rate_for, basis, quotes)
        pledge.valued_from = rests_on if pledge.eur_central is not None else ""
    something = any(move.stage == Stage.DELIVERY for move in moves)
    _set_delivered(pledge, reached(Stage.DELIVERY, moves, items, value), quotes, something=something)
    pledge.breakdown = breakdown(
        value, items, moves, stage=pledge.stage, day=pledge.rate_for, frozen=_frozen_rates(pledge), quotes=quotes
    )
    cents = (pledge.eur_high, pledge.usd_high, pledge.delivered_eur, pledge.delivered_usd)
    if any(one is not None and one > MOST_CENTS for one in cents):
        raise _too_much(pledge)
    return not kept and pledge.eur_central is not None and _frozen(pledge) != before


def _too_much(pledge: Pledge) -> ValidationError:
    field = "items" if pledge.stated is None else "stated"
    return ValidationError({field: "The value is larger than any sum of money; check the number of zeros."})


def _frozen(pledge: Pledge) -> tuple[int | None, ...]:
    return (
        pledge.eur_low, pledge.eur_central, pledge.eur_high, pledge.usd_low, pledge.usd_central, pledge.usd_high,
    )  # fmt: skip


def _belongings(pledge: Pledge) -> Belongings:
    published = Evidence.objects.filter(pledge=pledge, published_on__isnull=False).order_by("pk")
    return Belongings(
        items=[_priced(item) for item in Item.objects.filter(pledge=pledge).select_related("price")],
        moves=[_moved(move) for move in Move.objects.filter(pledge=pledge)],
        deductions=[one.amount for one in pledge.deductions.all() if one.amount is not None],
        first_published=published.values_list("published_on", flat=True).first(),
    )


def _worth(pledge: Pledge, belongings: Belongings) -> Worth:
    items, moves = belongings.items, belongings.moves
    whole = worth(
        stated=pledge.stated,
        stated_to=pledge.stated_to,
        currency=pledge.currency,
        qualifier=pledge.qualifier,
        deductions=belongings.deductions,
        items=left_of_items(items, moves),
    )
    # A part that was cancelled no longer counts; a cancelled whole is settled when pledges are counted.
    return less_cancelled(whole, moves, items)


def _priced(item: Item) -> PricedItem:
    price: Price | None = item.price
    return PricedItem(
        key=item.pk,
        quantity=item.quantity,
        quantity_to=item.quantity_to,
        qualifier=item.quantity_qualifier,
        unit_price=item.unit_price if item.unit_price is not None else price.amount if price else None,
        price_currency=item.price_currency or (price.currency if price else ""),
        category=item.category,
    )


def _moved(move: Move) -> Moved:
    return Moved(
        stage=move.stage,
        day=move.day,
        amount=move.amount,
        item=move.item_id,
        units=move.units,
        extent_unknown=move.extent_unknown,
    )


def _set_bounds(pledge: Pledge, value: Worth) -> None:
    pledge.valuation = value.valuation
    pledge.value_currency = value.currency
    pledge.high_open = any(one.high_open for _, one in value.parts)
    if not value.currency:
        pledge.low = pledge.central = pledge.high = None
        return
    only = value.parts[0][1]
    pledge.low, pledge.central = round(only.low, 4), round(only.central, 4)
    pledge.high = None if only.high_open else round(only.high, 4)


def _rate_day(pledge: Pledge, first: date | None, today: date) -> tuple[date | None, RateBasis]:
    """The day whose rate is taken: the latest announcement day, not after today; undated, the first evidence's day."""
    announced = pledge.announced_latest or pledge.announced_earliest
    if announced is not None:
        return min(announced, today), RateBasis.ANNOUNCEMENT
    return (None, RateBasis.NOT_NEEDED) if first is None else (min(first, today), RateBasis.EVIDENCE)


def _fingerprint(value: Worth, rate_for: date | None, basis: RateBasis) -> str:
    """A hash that is the same for equal amounts, whether they were just entered (106) or read back (106.0000)."""
    written = [f"{value.valuation} {rate_for} {basis}"]
    for currency, one in value.parts:
        low, central, high = (f"{EXACT.normalize(amount):f}" for amount in (one.low, one.central, one.high))
        written.append(f"{currency} {low} {central} {high} {one.high_open}")
    return hashlib.sha256("\n".join(written).encode()).hexdigest()


def _convert(pledge: Pledge, value: Worth, rate_for: date | None, basis: RateBasis, quotes: Quotes) -> None:
    pledge.rate_for, pledge.rate_basis = (rate_for, basis) if value.parts else (None, RateBasis.NOT_NEEDED)
    pledge.rate_day, pledge.rate_per_euro, pledge.rate_usd_per_euro, pledge.rate_source = None, None, None, ""
    eur = _in_currency(value, "EUR", rate_for, quotes)
    usd = _in_currency(value, "USD", rate_for, quotes)
    pledge.eur_low, pledge.eur_central, pledge.eur_high = (eur.low, eur.central, eur.high) if eur else (None,) * 3
    pledge.usd_low, pledge.usd_central, pledge.usd_high = (usd.low, usd.central, usd.high) if usd else (None,) * 3
    if value.parts and rate_for is not None:
        _note_rates(pledge, value, rate_for, quotes)


def _note_rates(pledge: Pledge, value: Worth, rate_for: date, quotes: Quotes) -> None:
    own = quotes(value.currency, rate_for) if value.currency else None
    dollar = quotes("USD", rate_for)
    told = own if own is not None and own.currency != "EUR" else dollar
    pledge.rate_per_euro = own.per_euro if own else None
    pledge.rate_usd_per_euro = dollar.per_euro if dollar else None
    pledge.rate_day = told.day if told else None
    pledge.rate_source = told.source if told else ""


def _in_currency(
    value: Worth, target: str, day: date | None, quotes: Quotes, frozen: Mapping[str, Quote] | None = None
) -> Cents | None:
    """A value in minor units of a reporting currency; ``None`` if there is none or a rate is lacking.

    ``frozen`` holds rates that are taken instead of those that the day has by now.
    """
    if not value.parts:
        return None
    total = NO_CENTS
    for currency, one in value.parts:
        rates = _rates(currency, target, day, quotes, frozen or {})
        if rates is None:
            return None
        total = total.plus(_cents(one, *rates))
    return total


def _rates(
    currency: str, target: str, day: date | None, quotes: Quotes, frozen: Mapping[str, Quote]
) -> tuple[Quote, Quote] | None:
    if currency == target:
        same = Quote(currency, day or date.min, Decimal(1), "")
        return same, same
    if day is None:
        return None
    of, to = (frozen.get(code) or quotes(code, day) for code in (currency, target))
    return None if of is None or to is None else (of, to)


def _cents(one: Bounds, of: Quote, to: Quote) -> Cents:
    return Cents(convert(one.low, of, to), convert(one.central, of, to), convert(one.high, of, to))


def _set_delivered(pledge: Pledge, delivered: Worth | None, quotes: Quotes, *, something: bool) -> None:
    """What was delivered, by the rates of the frozen value. Goods without a price cannot be said in money."""
    if delivered is None or (something and not delivered.parts):
        pledge.delivered_eur = pledge.delivered_usd = None
    elif not delivered.parts:
        pledge.delivered_eur = pledge.delivered_usd = 0
    else:
        frozen = _frozen_rates(pledge)
        eur = _in_currency(delivered, "EUR", pledge.rate_for, quotes, frozen)
        usd = _in_currency(delivered, "USD", pledge.rate_for, quotes, frozen)
        pledge.delivered_eur = eur.central if eur else None
        pledge.delivered_usd = usd.central if usd else None


def _frozen_rates(pledge: Pledge) -> dict[str, Quote]:
    """The rates of the frozen value, which a later correction of a rate does not move."""
    rates = {"USD": pledge.rate_usd_per_euro, pledge.value_currency: pledge.rate_per_euro}
    day = pledge.rate_day
    if day is None:
        return {}
    return {code: Quote(code, day, rate, pledge.rate_source) for code, rate in rates.items() if code and rate}
