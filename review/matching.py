"""Which records a candidate may tell of, with the reasons in words. Pure: what is compared comes in as plain values.

A suggestion is only that: a person decides. Points are added for what agrees and taken off for what contradicts; what
one side does not say neither adds nor takes off.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from reference.currencies import from_minor_units

DAYS = 30  # a claim and a record further apart than this are taken for two, unless one article tells of both
TOLERANCE_PERCENT = 5  # across currencies and roundings
LEAST_POINTS = 4
LIKELY_POINTS = 8


@dataclass(frozen=True, slots=True)
class Sum:
    """An amount as stated (canonical text and currency), and its worth in euro cents where it can be converted."""

    words: str
    amount: str
    currency: str
    cents: int | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """What a candidate claims, or a record holds, as far as the two are compared.

    ``givers`` are donors or imposers, ``takers`` recipients or targets, both by name; ``kinds`` the aid type or the
    measure types; ``articles`` the ids of the articles that tell of it.
    """

    givers: frozenset[str]
    takers: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    sum: Sum | None = None
    goods: frozenset[str] = frozenset()
    days: tuple[date | None, date | None] = (None, None)
    articles: frozenset[int] = frozenset()


@dataclass(slots=True)
class Likeness:
    """How alike a claim and a record are, and why."""

    points: int = 0
    agrees: list[str] = field(default_factory=list)
    differs: list[str] = field(default_factory=list)

    @property
    def likely(self) -> bool:
        """Whether it is probably the same; else it is only possible."""
        return self.points >= LIKELY_POINTS and not self.differs

    def add(self, points: int, reason: str) -> None:
        """Something agrees."""
        self.points += points
        self.agrees.append(reason)

    def take(self, points: int, reason: str) -> None:
        """Something contradicts."""
        self.points -= points
        self.differs.append(reason)


def compare(claim: Claim, record: Claim, *, giver: str = "donor", taker: str = "recipient") -> Likeness | None:
    """How alike the two are; ``None`` where they are not the same for certain, or too little speaks for it."""
    found = Likeness()
    one_article = bool(claim.articles & record.articles)
    if not _parties(found, claim, record, giver, taker) or not _days(found, claim, record, one_article=one_article):
        return None
    _kinds(found, claim.kinds, record.kinds)
    _sums(found, claim.sum, record.sum)
    _goods(found, claim.goods, record.goods)
    if one_article:
        found.add(1, "the same article")
    return found if found.points >= LEAST_POINTS else None


def _parties(found: Likeness, claim: Claim, record: Claim, giver: str, taker: str) -> bool:
    both = claim.givers & record.givers
    if claim.givers and record.givers and not both:
        return False
    if both:
        same = claim.givers == record.givers
        found.add(3 if same else 2, f"{'same' if same else 'shares the'} {giver}: {_listed(both)}")
    takers = claim.takers & record.takers
    if claim.takers and record.takers and not takers:
        found.take(3, f"another {taker}: {_listed(record.takers)}")
    elif takers:
        found.add(1, f"same {taker}: {_listed(takers)}")
    return True


def _days(found: Likeness, claim: Claim, record: Claim, *, one_article: bool) -> bool:
    """Compares the last days; an open end says nothing against."""
    mine, theirs = claim.days[1], record.days[1]
    if mine is None or theirs is None:
        return True
    if claim.days[0] is None or record.days[0] is None:
        return True  # "on or before a day" may be any day before
    apart = abs((mine - theirs).days)
    if apart > DAYS and not one_article:
        return False
    if apart == 0:
        found.add(2, "the same day")
    elif apart <= DAYS:
        found.add(2 if apart <= 3 else 1, f"{apart} day{'s' if apart > 1 else ''} apart")
    return True


def _kinds(found: Likeness, mine: frozenset[str], theirs: frozenset[str]) -> None:
    both = (mine & theirs) - {"unspecified"}
    if both:
        found.add(1, f"same type: {_listed(code.replace('_', ' ') for code in both)}")
    elif mine - {"unspecified"} and theirs - {"unspecified"}:
        found.take(2, f"another type: {_listed(code.replace('_', ' ') for code in theirs)}")


def _sums(found: Likeness, mine: Sum | None, theirs: Sum | None) -> None:
    if mine is None or theirs is None:
        return
    if (mine.amount, mine.currency) == (theirs.amount, theirs.currency):
        found.add(4, f"{mine.words} = stated {theirs.words}")
    elif mine.cents is not None and theirs.cents is not None and _near(mine.cents, theirs.cents):
        worth = f"EUR {from_minor_units(theirs.cents, 'EUR'):,}"
        found.add(3, f"{mine.words} is worth about as much as {theirs.words} ({worth})")
    else:
        found.take(4, f"another amount: {theirs.words}")


def _near(mine: int, theirs: int) -> bool:
    return abs(mine - theirs) * 100 <= TOLERANCE_PERCENT * max(mine, theirs)


def _goods(found: Likeness, mine: frozenset[str], theirs: frozenset[str]) -> None:
    both = _words(mine) & _words(theirs)
    if both:
        found.add(2, f"goods in common: {_listed(both)}")


def _words(names: Iterable[str]) -> set[str]:
    return {word.removesuffix("s") for name in names for word in name.casefold().split() if len(word) > 3}


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))
