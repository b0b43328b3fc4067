"""Which sums are kept: one cut through the lines for each choice of donor, recipient, type and stage, by period.

Finance type, in kind and refugee costs are told apart in every cut: they are few, and every total is split by them.
By the day there are only the cuts with one dimension at most, which series need; the others end at the month.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from enum import IntEnum
from itertools import combinations

from pledges.models import Part

# To be raised when cells would come out otherwise than before: then they are made anew (``rebuild_totals``).
VERSION = 2

DONOR, RECIPIENT, TYPE, STAGE = 1, 2, 4, 8
DIMENSION_BITS = {"donor": DONOR, "recipient": RECIPIENT, "type": TYPE, "stage": STAGE}
# In the place of a party's id.
ANY, JOINT, UNNAMED = 0, -1, -2
PLACE_OF_PART = {Part.JOINT: JOINT, Part.UNNAMED: UNNAMED}
PART_OF_PLACE = {place: part for part, place in PLACE_OF_PART.items()}


class Level(IntEnum):
    """How finely a cut tells periods apart."""

    WHOLE = 0
    YEAR = 1
    MONTH = 2
    DAY = 3


def cut_of(bits: int, level: Level) -> int:
    """The number of a cut, as cells have it."""
    return bits + 16 * level


CHOICES = [sum(some) for size in range(5) for some in combinations(DIMENSION_BITS.values(), size)]
BY_DAY = [bits for bits in CHOICES if bits in (0, *DIMENSION_BITS.values())]
LEVELS = {bits: [level for level in Level if level is not Level.DAY or bits in BY_DAY] for bits in CHOICES}
# Not sums of lines: how many records are published, whether they count or not.
RECORDS = 100


def place(part: str, party: int | None) -> int:
    """A donor or recipient of a line in one number."""
    return party if party is not None else PLACE_OF_PART[Part(part)]


def period(day: date | None, level: Level) -> int:
    """The period of a day as cells have it; 0 where there is none."""
    if day is None or level is Level.WHOLE:
        return 0
    if level is Level.YEAR:
        return day.year
    return day.year * 100 + day.month if level is Level.MONTH else day.year * 10_000 + day.month * 100 + day.day


def bits_of(names: Iterable[str]) -> int:
    """The dimensions that a cut has to tell apart, from those that a question groups or filters by."""
    return sum({DIMENSION_BITS[name] for name in names if name in DIMENSION_BITS})
