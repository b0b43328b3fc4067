"""How published pledges count in the totals: pure rules over frozen values.

Each pledge counts once. A package counts as its parts plus its remainder, a superseded pledge not at all, of a
cancelled one only what was delivered. Where a package's value was stated, a part counts by itself only if its own
value was stated too: an estimate neither raises nor lowers what somebody said.

``pledges.dividing`` makes lines of the result, one for each donor and recipient, which ``TotalLine`` keeps.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from pledges.dividing import Goods
from pledges.models import Stage
from pledges.shares import Share
from pledges.values import Value


class LeftOut(StrEnum):
    """Why a published pledge is not counted."""

    COUNTED = ""
    SUPERSEDED = "superseded"
    CANCELLED = "cancelled"
    PART_OF_PACKAGE = "part_of_package"  # no stated value of its own; the counted package holds it
    PARTS_MAKE_WHOLE = "parts_make_whole"  # the parts leave nothing of the package over
    PARTS_COUNTED = "parts_counted"  # a package without a value counts through its parts


@dataclass(frozen=True, slots=True)
class Counted:
    """A published pledge as counting needs it. ``value`` is ``None`` where the pledge has no value at all."""

    id: int
    value: Value | None
    stage: str
    stated_value: bool  # whether the value was stated, not estimated
    delivered: Value | None  # None: something was delivered that cannot be said in money
    stated: Decimal | None = None
    donors: tuple[Share, ...] = ()
    recipients: tuple[Share, ...] = ()
    superseded: bool = False  # itself, or a package that it is in
    package: int | None = None
    parts: tuple[Counted, ...] = field(default=())
    # By stage beyond the first, if anything moved there: what moved there or beyond (None: not known in money).
    reached: Mapping[str, Value | None] = field(default_factory=dict)
    suspended: Value | None = None  # how much is halted
    goods: tuple[Goods, ...] = ()  # the categories of its items
    goods_reached: Mapping[str, tuple[Goods, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether a pledge counts, with what value."""

    left_out: LeftOut
    value: Value | None


def standing(pledge: Counted, package: Counted | None = None) -> Standing:
    """How one pledge counts, given its own parts and, if it is a part, its published package."""
    if pledge.superseded:
        return Standing(LeftOut.SUPERSEDED, pledge.value)
    if pledge.stage == Stage.CANCELLED:
        return _cancelled(pledge)
    if package is not None and _within(pledge, package):
        return Standing(LeftOut.PART_OF_PACKAGE, pledge.value)
    if pledge.parts:
        return _package(pledge)
    return Standing(LeftOut.COUNTED, pledge.value)


def _cancelled(pledge: Counted) -> Standing:
    """Only what was delivered counts; of a package, no more of it than its parts leave over."""
    delivered = pledge.delivered
    if pledge.parts:
        if pledge.value is None:
            return Standing(LeftOut.PARTS_COUNTED, None)
        delivered = delivered.at_most(_remainder(pledge, pledge.value)) if delivered is not None else None
    if delivered is not None and delivered.empty:
        return Standing(LeftOut.CANCELLED, pledge.value)
    return Standing(LeftOut.COUNTED, delivered)


def _within(part: Counted, package: Counted) -> bool:
    """Whether a package's own value holds the part: the part has none, or only an estimate beside a stated one."""
    if package.value is None:
        return False
    own = _whole_value(part)
    return own is None or (package.stated_value and part.value is not None and not part.stated_value)


def _package(pledge: Counted) -> Standing:
    if pledge.value is None:
        return Standing(LeftOut.PARTS_COUNTED, None)
    remainder = _remainder(pledge, pledge.value)
    if remainder.empty:
        return Standing(LeftOut.PARTS_MAKE_WHOLE, remainder)
    return Standing(LeftOut.COUNTED, remainder)


def _remainder(package: Counted, value: Value) -> Value:
    """What the parts leave over of a package's value."""
    for part in package.parts:
        own = _whole_value(part)
        if own is not None and not part.superseded and not _within(part, package):
            value = value.less(own)
    return value


def _whole_value(part: Counted) -> Value | None:
    """What a part takes out of its package, whatever became of it: its own value, else that of its own parts."""
    if part.value is not None or not part.parts:
        return part.value
    total: Value | None = None
    for one in part.parts:
        own = _whole_value(one)
        if own is not None and not one.superseded:
            total = own if total is None else total.plus(own)
    return total


def reached(pledge: Counted, place: Standing, stage: str) -> Value | None:
    """What of a pledge that counts moved to a stage or beyond; ``None`` where that cannot be said in money.

    Of a cancelled one that is what was delivered, of a package no more than its parts leave over. Only for stages in
    ``pledge.reached``.
    """
    if pledge.stage == Stage.CANCELLED:
        return place.value
    moved = pledge.reached[stage]
    if moved is None or not pledge.parts or place.value is None:
        return moved
    return moved.at_most(place.value)


def halted(pledge: Counted, place: Standing) -> Value | None:
    """How much of what counts is suspended; of a package no more than its parts leave over."""
    if pledge.stage == Stage.CANCELLED or pledge.suspended is None or place.value is None:
        return None
    return pledge.suspended.at_most(place.value)
