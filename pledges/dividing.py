"""Divides what counts of a pledge into lines: by donor, recipient and, where that is asked about, category. Pure.

The whole is divided among the donors, each donor's part among the recipients, each of those among the categories, by
largest remainder each time, so that the lines always sum to the whole. How a line came about is written beside it
(``made_of``), so that the same division can be made in another currency.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import TypeAlias, cast

from pledges.cents import Cents
from pledges.expressions import Expression, Quotes, evaluate
from pledges.models import Part
from pledges.shares import Portion, divide
from pledges.values import Value

SEVERAL = "several"  # the category of goods that are of several


@dataclass(frozen=True, slots=True)
class Goods:
    """A category's part of a value: which fraction of it (``None``: not known), or what is not divided."""

    category: str
    fraction: Fraction | None

    @property
    def part(self) -> Part:
        """Whether it is a category's own part, or that of several together."""
        return Part.JOINT if self.category == SEVERAL else Part.NAMED


Axis: TypeAlias = Sequence[Portion | Goods]


@dataclass(frozen=True, slots=True)
class Line:
    """One donor's and one recipient's part of a pledge; with ``category``, one category's part of that."""

    donor: int | None
    donor_part: Part
    recipient: int | None
    recipient_part: Part
    category: str
    value: Value | None
    delivered: Value | None
    suspended: Value | None
    made_of: str


@dataclass(frozen=True, slots=True)
class Counts:
    """What is divided: the value that counts; of it what was delivered (``None``: unknown) and what is halted."""

    value: Value | None
    delivered: Value | None = None
    suspended: Value | None = None


def lines(
    donors: Sequence[Portion], recipients: Sequence[Portion], counts: Counts, goods: Sequence[Goods] = ()
) -> list[Line]:
    """The lines of a pledge. ``goods`` divides each of them by category."""
    axes: list[Axis] = [donors, recipients, *([goods] if goods else [])]
    return [_line(axes, path, value, counts) for path, value in _split(axes, counts.value, ())]


def _split(
    axes: Sequence[Axis], value: Value | None, path: tuple[int, ...]
) -> Iterator[tuple[tuple[int, ...], Value | None]]:
    """Each place along the axes with its part. Nothing is joint of what is not known."""
    if not axes:
        yield path, value
        return
    for place, (portion, part) in enumerate(zip(axes[0], _divided(value, axes[0]), strict=True)):
        if part is not None or portion.part is not Part.JOINT:
            yield from _split(axes[1:], part, (*path, place))


def _line(axes: Sequence[Axis], path: tuple[int, ...], value: Value | None, counts: Counts) -> Line:
    donor, recipient = (cast("Portion", axis[place]) for axis, place in zip(axes[:2], path[:2], strict=True))
    goods = cast("Goods", axes[2][path[2]]) if len(axes) > 2 else None
    known = value is not None and counts.value is not None
    return Line(
        donor=donor.party,
        donor_part=donor.part,
        recipient=recipient.party,
        recipient_part=recipient.part,
        category=goods.category if goods else "",
        value=value,
        delivered=_along(axes, path, counts.delivered) if known else None,
        suspended=_along(axes, path, counts.suspended) if known else None,
        made_of=_written(axes, path, counts.value.own) if known and counts.value else "",
    )


def _along(axes: Sequence[Axis], path: tuple[int, ...], value: Value | None) -> Value | None:
    for axis, place in zip(axes, path, strict=True):
        value = _divided(value, axis)[place]
    return value


def _divided(value: Value | None, among: Axis) -> list[Value | None]:
    if value is None:
        return [None] * len(among)
    fractions = [one.fraction for one in among]
    if fractions == [1]:
        return [value]
    eur, usd = (divided_cents(cents, fractions) for cents in (value.eur, value.usd))
    return [None if one is None else Value(eur[i], usd[i]) for i, one in enumerate(fractions)]


def divided_cents(cents: Cents | None, fractions: Sequence[Fraction | None]) -> list[Cents | None]:
    """Low, central and high divided by largest remainder, each by itself."""
    if cents is None:
        return [None] * len(fractions)
    columns = zip(*(divide(units, fractions) for units in (cents.low, cents.central, cents.high)), strict=True)
    return [
        None if low is None or central is None or high is None else Cents(low, central, high)
        for low, central, high in columns
    ]


def _written(axes: Sequence[Axis], path: tuple[int, ...], own: Expression) -> str:
    """``{"v": expression, "by": [[fractions, place], …]}`` as JSON; axes with one part only are left out."""
    divisions = [
        [[None if one.fraction is None else str(one.fraction) for one in axis], place]
        for axis, place in zip(axes, path, strict=True)
        if [one.fraction for one in axis] != [1]
    ]
    written = {"v": own, "by": divisions} if divisions else {"v": own}
    return json.dumps(written, separators=(",", ":"))


def told_in(made_of: str, currency: str, quotes: Quotes, *, fixed: date | None = None) -> Cents | None:
    """A line's amount in another currency: the whole is converted, then divided as it was divided in cents."""
    if not made_of:
        return None
    made = json.loads(made_of)
    cents = evaluate(made["v"], currency, quotes, fixed=fixed)
    for fractions, place in made.get("by", ()):
        cents = divided_cents(cents, [None if one is None else Fraction(one) for one in fractions])[place]
    return cents
