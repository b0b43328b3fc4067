"""Amounts as texts: digits, a point, the decimals of the currency. No float on the way."""

from __future__ import annotations

from decimal import Decimal

from reference.currencies import decimals


def amount_text(amount: Decimal, currency: str) -> str:
    """An amount with its currency's decimals, and with more only where it has more: 110000000.00, 0.0375."""
    places = max(decimals(currency) if currency else 0, _needed_places(amount))
    return f"{amount:.{places}f}"


def number_text(number: Decimal) -> str:
    """A plain number without trailing zeros: 1.1216, 12, 1000."""
    return f"{number:.{_needed_places(number)}f}"


def _needed_places(number: Decimal) -> int:
    _, digits, exponent = number.as_tuple()
    if not isinstance(exponent, int) or exponent >= 0:
        return 0
    fraction = ("".join(map(str, digits)).rjust(-exponent, "0"))[exponent:]
    return len(fraction.rstrip("0"))
