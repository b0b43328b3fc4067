"""How published pledges count in the totals: pure rules over frozen values.

Each pledge counts once. A package counts as its parts plus its remainder, a superseded pledge not at all, of a
cancelled one only what was delivered. Where a package's value was stated, a part counts by itself only if its own
value was stated too: an estimate neither raises nor lowers what somebody said.

The result is lines, one for each donor and recipient, which ``TotalLine`` keeps.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from pledges.models import Part, Stage
from pledges.shares import Portion, Share, divide, portions


class LeftOut(StrEnum):
    """Why a published pledge is not counted."""

    COUNTED = ""
    SUPERSEDED = "superseded"
    CANCELLED = "cancelled"
    PART_OF_PACKAGE = "part_of_package"  # no stated value of its own; the counted package holds it
    PARTS_MAKE_WHOLE = "parts_make_whole"  # the parts leave nothing of the package over
    PARTS_COUNTED = "parts_counted"  # a package without a value counts through its parts


@dataclass(frozen=True, slots=True)
class Cents:
    """Low, central and high in minor units of one reporting currency."""

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


NOTHING = Cents(0, 0, 0)


@dataclass(frozen=True, slots=True)
class Value:
    """A value in both reporting currencies; ``None`` where it could not be converted into one."""

    eur: Cents | None
    usd: Cents | None

    def less(self, other: Value) -> Value:
        """The remainder; unknown where either side is."""
        return Value(_less(self.eur, other.eur), _less(self.usd, other.usd))

    def at_most(self, other: Value) -> Value:
        """The smaller one; unknown where either side is."""
        return Value(_at_most(self.eur, other.eur), _at_most(self.usd, other.usd))

    def plus(self, other: Value) -> Value:
        """The sum; unknown where either side is."""
        return Value(_plus(self.eur, other.eur), _plus(self.usd, other.usd))

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


ZERO_VALUE = Value(NOTHING, NOTHING)


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


@dataclass(frozen=True, slots=True)
class Line:
    """One donor's and one recipient's part of a pledge."""

    donor: int | None
    donor_part: Part
    recipient: int | None
    recipient_part: Part
    has_value: bool
    eur: Cents | None
    usd: Cents | None


def lines(pledge: Counted, value: Value | None) -> list[Line]:
    """A pledge's value divided among donors, and each donor's part among recipients."""
    found: list[Line] = []
    donors = portions(pledge.donors, pledge.stated)
    recipients = portions(pledge.recipients, pledge.stated)
    if value is None:
        donors = [one for one in donors if one.part is not Part.JOINT]
        recipients = [one for one in recipients if one.part is not Part.JOINT]
        return [_line(donor, recipient, None) for donor in donors for recipient in recipients]
    for donor, own in zip(donors, _divided(value, donors), strict=True):
        if own is None:
            found += [_line(donor, one, None) for one in recipients if one.part is not Part.JOINT]
            continue
        found += [_line(donor, one, part) for one, part in zip(recipients, _divided(own, recipients), strict=True)]
    return found


def _line(donor: Portion, recipient: Portion, value: Value | None) -> Line:
    return Line(
        donor=donor.party,
        donor_part=donor.part,
        recipient=recipient.party,
        recipient_part=recipient.part,
        has_value=value is not None,
        eur=value.eur if value else None,
        usd=value.usd if value else None,
    )


def _divided(value: Value, among: Sequence[Portion]) -> list[Value | None]:
    fractions = [portion.fraction for portion in among]
    known = [fraction is not None for fraction in fractions]
    eur, usd = (_divided_cents(cents, among) for cents in (value.eur, value.usd))
    return [Value(eur[i], usd[i]) if known[i] else None for i in range(len(among))]


def _divided_cents(cents: Cents | None, among: Sequence[Portion]) -> list[Cents | None]:
    if cents is None:
        return [None] * len(among)
    fractions = [portion.fraction for portion in among]
    columns = zip(*(divide(units, fractions) for units in (cents.low, cents.central, cents.high)), strict=True)
    return [_cents(column) for column in columns]


def _cents(column: Iterable[int | None]) -> Cents | None:
    low, central, high = column
    return None if low is None or central is None or high is None else Cents(low, central, high)
