"""Counts and sums of one row of totals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Sums:
    """Counts and sums of one row, amounts in minor units of the currency asked for."""

    count: int = 0
    valued_count: int = 0
    unconverted_count: int = 0
    low: int = 0
    central: int = 0
    high: int = 0
    high_open: int = 0
    stated: int = 0
    estimated: int = 0
    up_to: int = 0
    suspended: int = 0
    by_finance_type: Mapping[str, int] = field(default_factory=dict)

    @property
    def unvalued_count(self) -> int:
        """Pledges whose value, or whose share here, is not known."""
        return self.count - self.valued_count - self.unconverted_count

    def plus(self, other: Sums) -> Sums:
        """Sums of two disjoint sets of pledges."""
        split = dict(self.by_finance_type)
        for name, amount in other.by_finance_type.items():
            split[name] = split.get(name, 0) + amount
        numbers = {
            name: getattr(self, name) + getattr(other, name) for name in Sums.__slots__ if name != "by_finance_type"
        }
        return Sums(**numbers, by_finance_type=split)
