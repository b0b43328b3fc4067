"""Low, central and high in minor units: what is added up. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cents:
    """Low, central and high in minor units of one currency."""

    low: int
    central: int
    high: int

    def less(self, other: Cents) -> Cents:
        """What is left of each, not below zero."""
        return Cents(max(0, self.low - other.low), max(0, self.central - other.central), max(0, self.high - other.high))

    def at_most(self, other: Cents) -> Cents:
        """The smaller of each."""
        return Cents(min(self.low, other.low), min(self.central, other.central), min(self.high, other.high))

    def plus(self, other: Cents) -> Cents:
        """The sum of each."""
        return Cents(self.low + other.low, self.central + other.central, self.high + other.high)
