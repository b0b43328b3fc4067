"""Adds up lines one by one, for what the database cannot add: other currencies, one day's rates, attribution.

Each line is converted by itself and rounded once, so that the lines that an explanation lists sum to the total.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

from django.db.models import QuerySet

from pledges.cents import Cents
from pledges.dividing import told_in
from pledges.expressions import evaluate, of
from pledges.models import Part, Valuation
from pledges.sums import Sums
from pledges.totals.attributing import Attribution, attributed
from pledges.totals.dimensions import GROUP_COLUMNS
from pledges.valuation import Bounds
from reference.currencies import from_minor_units
from reference.rate_books import RateBook

FROZEN = ("EUR", "USD")
ROWS_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class Telling:
    """In which currency, and by which rates, lines are told."""

    currency: str
    day: date | None  # whose rates are taken for all; without one, those of each announcement
    book: RateBook

    @property
    def frozen(self) -> bool:
        """Whether the amounts stand on the lines as they were frozen."""
        return self.day is None and self.currency in FROZEN

    def amount(self, line: Mapping[str, Any]) -> Cents | None:
        """A line's amount in minor units, from its columns; ``None`` where it has none or no rate."""
        if self.frozen:
            return _cents(line, self.currency.lower())
        if line["made_of"]:
            return told_in(line["made_of"], self.currency, self.book.quote, fixed=self.day)
        return self._from_euros(line)

    def _from_euros(self, line: Mapping[str, Any]) -> Cents | None:
        """Of a line that an earlier release made: from its euro cents, by the day of its announcement."""
        cents = _cents(line, "eur")
        if cents is None:
            return None
        low, central, high = (from_minor_units(units, "EUR") for units in (cents.low, cents.central, cents.high))
        own = of([("EUR", Bounds(low, central, high))], line["announced_on"])
        return evaluate(own, self.currency, self.book.quote, fixed=self.day)

    def part(self, line: Mapping[str, Any], name: str, central: int) -> int:
        """How much of an amount is halted or delivered, in the proportion that the frozen cents have."""
        if self.frozen:
            return int(line[f"{self.currency.lower()}_{name}"] or 0)
        for prefix in ("eur", "usd"):
            whole, part = line[f"{prefix}_central"], line[f"{prefix}_{name}"]
            if whole and part:
                return central if part == whole else round(Fraction(central * part, whole))
        return 0


def _cents(line: Mapping[str, Any], prefix: str) -> Cents | None:
    low, central, high = (line[f"{prefix}_{bound}"] for bound in ("low", "central", "high"))
    return None if central is None else Cents(low, central, high)


@dataclass(frozen=True, slots=True)
class Share:
    """What one line adds to one row: whose it is there, and how much."""

    donor: int | None
    donor_part: str
    amount: Cents | None
    suspended: int


@dataclass(slots=True)
class _Sum:
    pledges: set[int] = field(default_factory=set)
    valued: set[int] = field(default_factory=set)
    unconverted: set[int] = field(default_factory=set)
    still_open: set[int] = field(default_factory=set)
    low: int = 0
    central: int = 0
    high: int = 0
    estimated: int = 0
    up_to: int = 0
    suspended: int = 0
    by_finance_type: dict[str, int] = field(default_factory=dict)

    def add(self, line: Mapping[str, Any], share: Share) -> None:
        pledge, amount = line["pledge_id"], share.amount
        self.pledges.add(pledge)
        if amount is None:
            if line["has_value"]:
                self.unconverted.add(pledge)
            return
        self.valued.add(pledge)
        if line["high_open"]:
            self.still_open.add(pledge)
        self.low += amount.low
        self.central += amount.central
        self.high += amount.high
        if line["valuation"] in (Valuation.ESTIMATED, Valuation.PARTIAL):
            self.estimated += amount.central
        if line["up_to"]:
            self.up_to += amount.central
        self.suspended += share.suspended
        of_type = line["finance_type"]
        self.by_finance_type[of_type] = self.by_finance_type.get(of_type, 0) + amount.central

    def sums(self) -> Sums:
        return Sums(
            count=len(self.pledges),
            valued_count=len(self.valued),
            unconverted_count=len(self.unconverted - self.valued),
            low=self.low,
            central=self.central,
            high=self.high,
            high_open=len(self.still_open),
            stated=self.central - self.estimated,
            estimated=self.estimated,
            up_to=self.up_to,
            suspended=self.suspended,
            by_finance_type=self.by_finance_type,
        )


@dataclass(frozen=True, slots=True)
class Walk:
    """How lines are walked: how they are told, and to whom they are attributed."""

    telling: Telling
    today: date
    attribution: Attribution | None = None
    # Of lines that are attributed: whether a member is asked about.
    wanted: Callable[[int | None, date | None], bool] = lambda donor, announced: True

    def shares(self, line: Mapping[str, Any]) -> Iterator[Share]:
        """What a line adds, to each of whom it is attributed."""
        amount = self.telling.amount(line)
        halted = self.telling.part(line, "suspended", amount.central) if amount is not None else 0
        key = None
        if self.attribution is not None:
            key = self.attribution.key_for(line["donor_id"], line["announced_on"], self.today)
        if key is None:
            if self.wanted(line["donor_id"], line["announced_on"]):
                yield Share(line["donor_id"], line["donor_part"], amount, halted)
            return
        halves = attributed(Cents(halted, halted, halted), key)
        for (member, part), (_, held) in zip(attributed(amount, key), halves, strict=True):
            if self.wanted(member, line["announced_on"]):
                yield Share(member, Part.NAMED, part, held.central if held else 0)


COLUMNS = (
    "pledge_id", "donor_id", "donor_part", "announced_on", "finance_type", "valuation", "has_value", "high_open",
    "up_to", "made_of", "eur_low", "eur_central", "eur_high", "usd_low", "usd_central", "usd_high",
    "eur_suspended", "usd_suspended",
)  # fmt: skip
Groups = Callable[[Share, date | None], Iterable[tuple[str, int | None]]]


def walked_sums(
    sets: Sequence[QuerySet[Any]], walk: Walk, columns: Sequence[str], groups: Groups
) -> dict[tuple[Any, ...], Sums]:
    """Sums of the lines by the values of the columns; one query for each set.

    ``groups`` gives the values of ``GROUP_COLUMNS``, of which a line may have several.
    """
    found: dict[tuple[Any, ...], _Sum] = {}
    by_group = GROUP_COLUMNS[0] in columns
    read = [name for name in dict.fromkeys(columns) if name not in COLUMNS and name not in GROUP_COLUMNS]
    for lines in sets:
        for line in lines.order_by().values(*COLUMNS, *read).iterator(chunk_size=ROWS_AT_ONCE):
            for share in walk.shares(line):
                own = {**line, "donor_id": share.donor, "donor_part": share.donor_part}
                for group in groups(share, line["announced_on"]) if by_group else ((None, None),):
                    own |= zip(GROUP_COLUMNS, group, strict=True)
                    key = tuple(own[name] for name in columns)
                    found.setdefault(key, _Sum()).add(line, share)
    return {key: one.sums() for key, one in found.items()}
