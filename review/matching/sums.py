"""How two sums of money relate, in one currency or across two."""

from __future__ import annotations

from decimal import Decimal
from enum import Enum, auto

from reference.currencies import from_minor_units
from review.matching.claims import Sum

# Papers round, and convert by a rate of their own: by so much two words for one sum may differ, in per cent.
EXACT_PERCENT = Decimal(1)
LOOSE_PERCENT = Decimal(5)
CONVERTED_PERCENT = Decimal(6)
ROUGH_PERCENT = Decimal(10)  # between first reports of one day
OPEN_FACTOR = Decimal("1.25")  # "at least 100" is not said of much more than 125
UP_TO_FACTOR = Decimal("0.8")  # nor "up to 100" of much less than 80


class Relation(Enum):
    """How a claimed sum stands to a recorded one."""

    EQUAL = auto()
    NEAR = auto()
    LESS = auto()
    MORE = auto()


def relate(mine: Sum, theirs: Sum, *, rough: bool = False) -> Relation | None:
    """How mine stands to theirs; ``None`` where they cannot be compared for want of a rate.

    ``rough`` for reports of the same day or the next, which seldom have the last word on a sum.
    """
    if (mine.amount, mine.currency) == (theirs.amount, theirs.currency):
        return Relation.EQUAL
    converted = mine.currency != theirs.currency
    ours, others = _span(mine, converted=converted), _span(theirs, converted=converted)
    if ours is None or others is None:
        return None
    gap = max(ours[0] - others[1], others[0] - ours[1], Decimal(0))
    percent = ROUGH_PERCENT if rough else _tolerance(mine, theirs)
    if gap * 100 <= percent * max(ours[1], others[1]):
        return Relation.NEAR
    return Relation.LESS if ours[1] < others[0] else Relation.MORE


def worth(one: Sum) -> str:
    """``EUR 107,880,000``: what it is worth, for people; empty where that is not known."""
    if one.cents is None:
        return ""
    return f"EUR {round(from_minor_units(one.cents, 'EUR')):,}"


def _span(one: Sum, *, converted: bool) -> tuple[Decimal, Decimal] | None:
    """The least and the most that it may mean, in its currency or in euro cents."""
    if converted and one.cents is None:
        return None
    scale = Decimal(one.cents or 0) / one.amount if converted else Decimal(1)
    low = high = one.amount
    if one.qualifier == "at_least":
        high = one.amount * OPEN_FACTOR
    elif one.qualifier == "up_to":
        low = one.amount * UP_TO_FACTOR
    elif one.amount_to is not None:
        high = one.amount_to
    return low * scale, high * scale


def _tolerance(mine: Sum, theirs: Sum) -> Decimal:
    if mine.currency != theirs.currency:
        return CONVERTED_PERCENT
    if "about" in (mine.qualifier, theirs.qualifier):
        return LOOSE_PERCENT
    rounding = max(_rounding(mine.amount), _rounding(theirs.amount))
    return min(max(EXACT_PERCENT, rounding), LOOSE_PERCENT)


def _rounding(amount: Decimal) -> Decimal:
    """Half a unit of the last digit that is written, in per cent: 1.2 billion may be 1.15 or 1.25.

    A sum with one digit is taken for exact: "5 million" is not said of 4.5, and is often all there is.
    """
    digits, exponent = amount.normalize().as_tuple()[1:]
    if len(digits) < 2 or not isinstance(exponent, int):
        return Decimal(0)
    return Decimal(50).scaleb(exponent) / amount
