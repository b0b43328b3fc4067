"""A value in both reporting currencies, with what it is made of. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from pledges.cents import Cents
from pledges.expressions import NOTHING, Expression, joined


@dataclass(frozen=True, slots=True)
class Value:
    """A value in both reporting currencies; ``None`` where it could not be converted into one.

    ``own`` is what it is made of (``pledges.expressions``), for all other currencies.
    """

    eur: Cents | None
    usd: Cents | None
    own: Expression = None

    def less(self, other: Value) -> Value:
        """The remainder; unknown where either side is."""
        return Value(_less(self.eur, other.eur), _less(self.usd, other.usd), joined("less", self.own, other.own))

    def at_most(self, other: Value) -> Value:
        """The smaller one; unknown where either side is."""
        return Value(_at_most(self.eur, other.eur), _at_most(self.usd, other.usd), joined("most", self.own, other.own))

    def plus(self, other: Value) -> Value:
        """The sum; unknown where either side is."""
        return Value(_plus(self.eur, other.eur), _plus(self.usd, other.usd), joined("plus", self.own, other.own))

    @property
    def empty(self) -> bool:
        """Whether nothing is left in any currency that is known."""
        known = [one for one in (self.eur, self.usd) if one is not None]
        return bool(known) and all(one.central == 0 and one.high == 0 for one in known)


def _less(one: Cents | None, other: Cents | None) -> Cents | None:
    return None if one is None or other is None else one.less(other)


def _at_most(one: Cents | None, other: Cents | None) -> Cents | None:
    return None if one is None or other is None else one.at_most(other)


def _plus(one: Cents | None, other: Cents | None) -> Cents | None:
    return None if one is None or other is None else one.plus(other)


ZERO = Value(Cents(0, 0, 0), Cents(0, 0, 0), NOTHING)
