"""Whether two lists of goods are of the same goods."""

from __future__ import annotations

import re
from decimal import Decimal
from enum import Enum, auto

from review.matching.claims import Good, listed

# Words that say nothing of what a thing is.
_GENERAL = """
    aid air and another anti army batch equipment for from gear goods heavy help item kit light material materiel metric
    military modern new of other piece set some supply support system the ton tonne truckload type unit used various
    weapon with
"""
GENERAL = frozenset(_GENERAL.split())
VAGUE_CATEGORIES = frozenset({"other", "military_equipment", "humanitarian_unspecified", "funding_training_services"})
NEAR_PERCENT = 5


class Goods(Enum):
    """How claimed goods stand to recorded ones."""

    COUNTED = auto()  # the same goods in the same number
    NAMED = auto()  # the same goods, the number not said on one side
    FEWER = auto()
    MORE = auto()
    OTHER = auto()


def relate_goods(mine: tuple[Good, ...], theirs: tuple[Good, ...]) -> tuple[Goods, str] | None:
    """How mine stand to theirs, and in words; ``None`` where one side names none."""
    if not mine or not theirs:
        return None
    found = [_pair(one, other) for one in mine for other in theirs]
    for relation in (Goods.COUNTED, Goods.NAMED, Goods.FEWER, Goods.MORE):
        named = {words for kind, words in found if kind == relation}
        if named:
            return relation, listed(named)
    return Goods.OTHER, listed(one.name for one in theirs)


def _pair(mine: Good, theirs: Good) -> tuple[Goods, str]:
    shared = key_words(mine.name) & key_words(theirs.name)
    count = _count(mine, theirs)
    if shared:
        return count, listed(shared) if mine.quantity is None or count == Goods.NAMED else f"{_many(mine)}"
    alike = mine.category == theirs.category and mine.category not in VAGUE_CATEGORIES
    no_names = not key_words(mine.name) or not key_words(theirs.name)
    if alike and (count == Goods.COUNTED or no_names):
        return count, f"{mine.name} and {theirs.name} are of one kind"
    return Goods.OTHER, theirs.name


def _count(mine: Good, theirs: Good) -> Goods:
    if mine.quantity is None or theirs.quantity is None:
        return Goods.NAMED
    low, high = mine.quantity, mine.quantity_to or mine.quantity
    their_low, their_high = theirs.quantity, theirs.quantity_to or theirs.quantity
    gap = max(low - their_high, their_low - high, Decimal(0))
    if gap * 100 <= NEAR_PERCENT * max(high, their_high):
        return Goods.COUNTED
    return Goods.FEWER if high < their_low else Goods.MORE


def _many(good: Good) -> str:
    return f"{good.quantity.normalize():f} {good.name}" if good.quantity is not None else good.name


def key_words(name: str) -> frozenset[str]:
    """The words of a name that say what the thing is, in the singular."""
    words = {_singular(word) for word in re.findall(r"[\w]+", name.casefold())}
    return frozenset(word for word in words if word not in GENERAL and len(word) > 2 and not word.isdigit())


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    return word.removesuffix("s") if len(word) > 3 and not word.endswith("ss") else word
