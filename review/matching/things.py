"""Whether two lists of goods are of the same goods."""

from __future__ import annotations

import re
from decimal import Decimal
from enum import Enum, auto

from review.matching.claims import Good, listed

# Words that say nothing of what a thing is.
_GENERAL = """
    aid air and another anti armed armoured armored army batch battle combat equipment field fighter fighting for from
    gear goods heavy help infantry item kit light main material materiel metric military mobile modern new of other
    piece propelled self set some supply support system the ton tonne towed truckload type unit used various weapon with
"""
GENERAL = frozenset(_GENERAL.split())
# Words for a kind of thing of which there are many makes: alone they tell two makes apart no better than a category.
_KINDS = """
    aircraft ammunition boat carrier drone gun helicopter howitzer jet launcher missile mortar plane radar rifle rocket
    round shell ship tank transporter truck vehicle
"""
KINDS = frozenset(_KINDS.split())
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
    count = _count(mine, theirs)
    if _two_makes(mine.name, theirs.name):
        return Goods.OTHER, theirs.name
    shared = key_words(mine.name) & key_words(theirs.name)
    if shared:
        return count, _many(mine) if mine.quantity is not None and count != Goods.NAMED else listed(shared)
    alike = mine.category == theirs.category and mine.category not in VAGUE_CATEGORIES
    no_names = not key_words(mine.name) or not key_words(theirs.name)
    if alike and (count == Goods.COUNTED or no_names):
        return count, f"{mine.name} and {theirs.name} are of one kind"
    return Goods.OTHER, theirs.name


def _two_makes(mine: str, theirs: str) -> bool:
    """Whether the names are of two makes: Marder and BMP, Leopard 1 and Leopard 2."""
    makes = key_words(mine) - KINDS, key_words(theirs) - KINDS
    numbers = _numbers(mine), _numbers(theirs)
    return any(bool(one) and bool(other) and not one & other for one, other in (makes, numbers))


def _numbers(name: str) -> frozenset[str]:
    return frozenset(word for word in re.findall(r"\w+", name) if word.isdigit())


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
