"""What an amount is made of, so that it can be told in any currency later. Pure.

An expression is plain JSON, kept beside the frozen euro and dollar cents:

* ``["of", parts, day, rates]``: amounts in their own currencies, ``[currency, amount]`` or ``[currency, low, central,
  high]``, the day whose rates are taken, and the frozen rates to the euro, by currency;
* ``["less", a, b]``, ``["most", a, b]``, ``["plus", a, b]``: the remainder of a package, the smaller one, the sum;
* ``null``: not known in any currency of its own.

Every ``of`` is converted whole and rounded by itself; what is made of several is added up in minor units.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, TypeAlias

from pledges.cents import Cents
from pledges.valuation import Bounds
from reference.currencies import EXACT
from reference.rates import Quote, convert

Expression: TypeAlias = Any  # a list as described above, or None
# The rate of a currency for a day; ``None`` where there is none.
Quotes: TypeAlias = Callable[[str, date], Quote | None]

NOTHING: Expression = ["of", [], None, {}]


def of(parts: Sequence[tuple[str, Bounds]], day: date | None, rates: Mapping[str, Decimal] | None = None) -> Expression:
    """Amounts in their own currencies, with the day of their rates and those rates that are frozen."""
    written = [[currency, *_written(one)] for currency, one in parts]
    frozen = {currency: _text(rate) for currency, rate in (rates or {}).items()}
    return ["of", written, day.isoformat() if day else None, frozen]


def joined(kind: str, one: Expression, other: Expression) -> Expression:
    """``less``, ``most`` or ``plus`` of two; unknown where either is."""
    return None if one is None or other is None else [kind, one, other]


def centrals(expression: Expression) -> Expression:
    """An expression with the central amounts alone."""
    if expression is None or expression[0] != "of":
        return expression
    kind, parts, day, rates = expression
    return [kind, [[part[0], part[1] if len(part) == 2 else part[2]] for part in parts], day, rates]


def evaluate(expression: Expression, currency: str, quotes: Quotes, *, fixed: date | None = None) -> Cents | None:
    """The amount in minor units of a currency; ``None`` where it is unknown or a rate is lacking.

    ``fixed`` is a day whose rates are taken for all, instead of each amount's own day and frozen rate.
    """
    if expression is None:
        return None
    kind, one, other, *_ = expression
    if kind == "of":
        return _converted(expression, currency, quotes, fixed)
    left, right = (evaluate(side, currency, quotes, fixed=fixed) for side in (one, other))
    if left is None or right is None:
        return None
    if kind == "less":
        return left.less(right)
    return left.at_most(right) if kind == "most" else left.plus(right)


def _converted(expression: Expression, currency: str, quotes: Quotes, fixed: date | None) -> Cents | None:
    _, parts, written_day, frozen = expression
    day = fixed or (date.fromisoformat(written_day) if written_day else None)
    total = Cents(0, 0, 0)
    for part in parts:
        rates = _rates(part[0], currency, day, {} if fixed else frozen, quotes)
        if rates is None:
            return None
        total = total.plus(_cents(part[1:], *rates))
    return total


def _rates(
    of_currency: str, currency: str, day: date | None, frozen: Mapping[str, str], quotes: Quotes
) -> tuple[Quote, Quote] | None:
    if of_currency == currency:
        same = Quote(currency, day or date.min, Decimal(1), "")
        return same, same
    if day is None:
        return None
    kept = frozen.get(of_currency)
    of_rate = Quote(of_currency, day, Decimal(kept), "") if kept else quotes(of_currency, day)
    to_rate = quotes(currency, day)
    return None if of_rate is None or to_rate is None else (of_rate, to_rate)


def _cents(amounts: Sequence[str], of_rate: Quote, to_rate: Quote) -> Cents:
    if len(amounts) == 1:
        same = convert(Decimal(amounts[0]), of_rate, to_rate)
        return Cents(same, same, same)
    low, central, high = (convert(Decimal(amount), of_rate, to_rate) for amount in amounts)
    return Cents(low, central, high)


def _written(one: Bounds) -> list[str]:
    if one.low == one.central == one.high:
        return [_text(one.central)]
    return [_text(one.low), _text(one.central), _text(one.high)]


def _text(amount: Decimal) -> str:
    """The same text for equal amounts: 106, whether it was entered so or read back as 106.0000."""
    return f"{EXACT.normalize(amount):f}"
