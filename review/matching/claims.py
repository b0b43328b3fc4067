"""What is compared: a candidate's claim and a record, in the same plain values; and what came of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum


class Case(StrEnum):
    """How a claim and a record belong together."""

    SAME = "same"
    STAGE_MOVE = "stage_move"
    PART_OR_NEW = "part_or_new"

    @property
    def words(self) -> str:
        """For people."""
        return {
            Case.SAME: "the same again",
            Case.STAGE_MOVE: "a further step of it",
            Case.PART_OR_NEW: "a part of it, or a new one",
        }[self]


@dataclass(frozen=True, slots=True)
class Sum:
    """An amount as stated, in full units of its currency, and its worth in euro cents where it can be converted."""

    words: str
    amount: Decimal
    currency: str
    cents: int | None = None
    qualifier: str = "exact"
    amount_to: Decimal | None = None  # the upper end of a range


@dataclass(frozen=True, slots=True)
class Good:
    """One kind of goods; ``quantity`` is ``None`` where no number is known."""

    name: str
    quantity: Decimal | None = None
    quantity_to: Decimal | None = None
    category: str = "other"


@dataclass(frozen=True, slots=True)
class Claim:
    """What a candidate claims, or a record holds, as far as the two are compared.

    ``givers`` are donors or imposers, ``takers`` recipients or targets, both by name; ``kinds`` the aid type or the
    measure types. ``days`` are the first and last day on which it may have been announced, ``steps`` the days of
    what happened to a record since. ``stage`` is an aid stage, or the action of a measure; ``texts`` are the quotes
    and titles in which ordinals and words such as "another" are looked for. ``articles`` and ``stories`` are ids.
    """

    givers: frozenset[str]
    takers: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    sum: Sum | None = None
    other_sum: Sum | None = None  # the same amount in a second currency
    raised_from: Sum | None = None
    goods: tuple[Good, ...] = ()
    finance: str = "unspecified"
    stage: str = ""
    days: tuple[date | None, date | None] = (None, None)
    steps: tuple[date, ...] = ()
    texts: tuple[str, ...] = ()
    articles: frozenset[int] = frozenset()
    stories: frozenset[int] = frozenset()

    @property
    def vague(self) -> bool:
        """Whether it says neither how much nor what."""
        return self.sum is None and not self.goods


@dataclass(slots=True)
class Likeness:
    """How alike a claim and a record are, why, and how they belong together."""

    points: int = 0
    agrees: list[str] = field(default_factory=list)
    differs: list[str] = field(default_factory=list)
    case: Case = Case.PART_OR_NEW

    @property
    def likely(self) -> bool:
        """Whether it is probably the same record, now or at a further stage; else it is only possible."""
        return self.case != Case.PART_OR_NEW

    @property
    def rank(self) -> tuple[bool, int]:
        """Sorts the likeliest first: what is probably the record before what only may be, then by points."""
        return not self.likely, -self.points

    def add(self, points: int, reason: str) -> None:
        """Something agrees."""
        self.points += points
        self.agrees.append(reason)

    def take(self, points: int, reason: str) -> None:
        """Something contradicts."""
        self.points -= points
        self.differs.append(reason)


@dataclass(frozen=True, slots=True)
class Distance:
    """How far a claim's days lie from a record's; ``days`` below zero where the claim is the earlier one."""

    days: int

    @property
    def apart(self) -> int:
        """Without the direction."""
        return abs(self.days)

    @property
    def words(self) -> str:
        """the same day; 1 day later; 12 days earlier."""
        if not self.days:
            return "the same day"
        return f"{self.apart} day{'s' if self.apart > 1 else ''} {'later' if self.days > 0 else 'earlier'}"


def distance(mine: tuple[date | None, date | None], theirs: tuple[date | None, date | None]) -> Distance | None:
    """The days between two spans, none where they overlap; ``None`` where an open end leaves it unknown."""
    nothing = timedelta(0)
    late, early = _gap(mine[0], theirs[1]), _gap(theirs[0], mine[1])
    if late is not None and late > nothing:
        return Distance(late.days)
    if early is not None and early > nothing:
        return Distance(-early.days)
    return Distance(0) if late is not None and early is not None else None


def _gap(later: date | None, earlier: date | None) -> timedelta | None:
    return later - earlier if later is not None and earlier is not None else None


def listed(names: Iterable[str]) -> str:
    """Names in the order of the alphabet."""
    return ", ".join(sorted(names))
