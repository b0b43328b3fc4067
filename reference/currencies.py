"""Currencies: which codes exist, what they are called, how many decimals they have (CLDR, by way of Babel)."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Context, Decimal
from functools import cache

from babel import Locale
from babel.numbers import get_currency_precision

# Wide enough that no product of an amount and two rates loses a digit before the one rounding at the end.
EXACT = Context(prec=80, rounding=ROUND_HALF_EVEN)


@cache
def currency_names() -> dict[str, str]:
    """English names of the currencies by ISO 4217 code, in order of the codes."""
    return dict(sorted(Locale("en").currencies.items()))


def is_currency(code: str) -> bool:
    """Whether the code is a currency that we know."""
    return code in currency_names()


@cache
def decimals(currency: str) -> int:
    """How many decimals the currency's minor unit has: 2 for EUR, 0 for JPY, 3 for KWD."""
    return get_currency_precision(currency)


def to_minor_units(amount: Decimal, currency: str) -> int:
    """An amount as whole minor units of its currency (cents), rounded half to even."""
    scaled = EXACT.multiply(amount, Decimal(10) ** decimals(currency))
    return int(EXACT.quantize(scaled, Decimal(1)))


def from_minor_units(units: int, currency: str) -> Decimal:
    """Minor units as an amount with the currency's decimals: 11000000000 EUR cents are 110000000.00."""
    return EXACT.scaleb(Decimal(units), -decimals(currency))


def format_minor_units(units: int, currency: str) -> str:
    """Minor units as the text that travels in JSON: digits, a point, the currency's decimals."""
    places = decimals(currency)
    if not places:
        return str(units)
    whole, rest = divmod(abs(units), 10**places)
    return f"{'-' if units < 0 else ''}{whole}.{rest:0{places}d}"
