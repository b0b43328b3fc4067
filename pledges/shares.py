"""Divides a pledge among its donors or recipients, to the cent. Pure.

Shares are amounts of the stated amount, or weights. What is not divided is *joint, not allocated*. Minor units are
divided by largest remainder, so that the parts always sum to the whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from pledges.models import Part


@dataclass(frozen=True, slots=True)
class Share:
    """One party's share as entered: an amount, a weight, or neither where it is not known."""

    party: int
    amount: Decimal | None = None
    weight: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Portion:
    """One part of a pledge: whose it is, and which fraction of the whole (``None``: a share that is not known)."""

    part: Part
    party: int | None
    fraction: Fraction | None


def portions(shares: Sequence[Share], stated: Decimal | None) -> list[Portion]:
    """The parts of a pledge: named parties in the order given, then what is joint.

    One party alone has the whole. Of several, each has its share; what their amounts leave over is joint, and where
    nothing was divided all of it is. Without any party the whole is nobody's by name.
    """
    if not shares:
        return [Portion(Part.UNNAMED, None, Fraction(1))]
    if len(shares) == 1 and shares[0].amount is None:
        return [Portion(Part.NAMED, shares[0].party, Fraction(1))]
    fractions = _fractions(shares, stated)
    named = [Portion(Part.NAMED, share.party, fraction) for share, fraction in zip(shares, fractions, strict=True)]
    rest = 1 - sum((fraction for fraction in fractions if fraction is not None), Fraction(0))
    return [*named, Portion(Part.JOINT, None, rest)] if rest > 0 else named


def _fractions(shares: Sequence[Share], stated: Decimal | None) -> list[Fraction | None]:
    weights = [share.weight for share in shares]
    if any(weight is not None for weight in weights):
        total = sum((Fraction(weight) for weight in weights if weight is not None), Fraction(0))
        return [None if weight is None else Fraction(weight) / total for weight in weights]
    if stated is None or stated <= 0:
        return [None for _ in shares]
    return [None if share.amount is None else Fraction(share.amount) / Fraction(stated) for share in shares]


def divide(units: int, fractions: Sequence[Fraction | None]) -> list[int | None]:
    """Divide whole minor units by fractions that sum to one, by largest remainder; unknown fractions get ``None``.

    Ties go to the part that comes first, so that the same pledge is always divided in the same way.
    """
    exact = [None if fraction is None else units * fraction for fraction in fractions]
    floors = [None if one is None else one.numerator // one.denominator for one in exact]
    left = units - sum(one for one in floors if one is not None)
    by_remainder = sorted(
        (index for index, one in enumerate(exact) if one is not None),
        key=lambda index: (-(exact[index] or 0) + (floors[index] or 0), index),
    )
    for index in by_remainder[:left]:
        floors[index] = (floors[index] or 0) + 1
    return floors
