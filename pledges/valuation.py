"""What a pledge is worth: bounds, counted amount and stage, from what was stated. Pure: no database, no clock.

Rules: ``docs/vocabulary.md``, *Amount*, *Counted amount*, *Valuation* and *Stage*.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from pledges.models import Qualifier, Stage, Valuation
from reference.currencies import EXACT

ZERO = Decimal(0)
# How far a pledge has come; suspended and cancelled are not on this way.
PROGRESS = [Stage.PLEDGE, Stage.COMMITMENT, Stage.ALLOCATION, Stage.DELIVERY]


@dataclass(frozen=True, slots=True)
class Bounds:
    """An amount with what is known of its uncertainty. ``high`` is the floor where the upper end is open."""

    low: Decimal
    central: Decimal
    high: Decimal
    high_open: bool = False

    def less(self, amount: Decimal) -> Bounds:
        """These bounds after a deduction, none of them below zero."""
        return Bounds(
            max(ZERO, self.low - amount),
            max(ZERO, self.central - amount),
            max(ZERO, self.high - amount),
            self.high_open,
        )

    def times(self, quantity: Bounds) -> Bounds:
        """The bounds of a price times those of a quantity."""
        return Bounds(
            EXACT.multiply(self.low, quantity.low),
            EXACT.multiply(self.central, quantity.central),
            EXACT.multiply(self.high, quantity.high),
            self.high_open or quantity.high_open,
        )


def bounds(stated: Decimal, qualifier: str, stated_to: Decimal | None = None) -> Bounds:
    """Low, central and high of an amount or a quantity, by its qualifier.

    ``about x``: all x. ``at_least x``: low = central = x, high open. ``up_to x``: low 0, central = high = x.
    ``range a–b``: low a, central the middle, high b.
    """
    if qualifier == Qualifier.AT_LEAST:
        return Bounds(stated, stated, stated, high_open=True)
    if qualifier == Qualifier.UP_TO:
        return Bounds(ZERO, stated, stated)
    if qualifier == Qualifier.RANGE and stated_to is not None:
        return Bounds(stated, EXACT.divide(EXACT.add(stated, stated_to), Decimal(2)), stated_to)
    return Bounds(stated, stated, stated)


@dataclass(frozen=True, slots=True)
class PricedItem:
    """An item as valuation needs it; ``quantity`` or ``unit_price`` may be unknown."""

    key: int
    quantity: Decimal | None
    quantity_to: Decimal | None
    qualifier: str
    unit_price: Decimal | None
    price_currency: str
    category: str = ""

    def quantity_bounds(self) -> Bounds | None:
        """How many, with bounds; ``None`` where no number is known."""
        return None if self.quantity is None else bounds(self.quantity, self.qualifier, self.quantity_to)

    def value(self) -> Bounds | None:
        """What the item is worth by its unit price; ``None`` where quantity or price is unknown."""
        quantity = self.quantity_bounds()
        if quantity is None or self.unit_price is None:
            return None
        return Bounds(self.unit_price, self.unit_price, self.unit_price).times(quantity)


@dataclass(frozen=True, slots=True)
class Moved:
    """A move as valuation needs it: no amount and no item mean the whole, unless its extent is unknown."""

    stage: str
    day: date | None
    amount: Decimal | None = None
    item: int | None = None
    units: Decimal | None = None
    extent_unknown: bool = False

    @property
    def whole(self) -> bool:
        """Whether all of the pledge moved."""
        return self.amount is None and self.item is None and not self.extent_unknown


@dataclass(frozen=True, slots=True)
class Worth:
    """What counts of a pledge: one or several sums, each in its own currency, and where they come from."""

    valuation: Valuation
    parts: tuple[tuple[str, Bounds], ...] = ()

    @property
    def currency(self) -> str:
        """The one currency of the value, or empty where there is none or there are several."""
        found = {currency for currency, _ in self.parts}
        return found.pop() if len(found) == 1 else ""


def worth(
    *,
    stated: Decimal | None,
    stated_to: Decimal | None,
    currency: str,
    qualifier: str,
    deductions: Sequence[Decimal],
    items: Sequence[PricedItem],
) -> Worth:
    """What counts: the stated amount less deductions, else an estimate from unit prices, else nothing known."""
    if stated is not None:
        counted = bounds(stated, qualifier, stated_to).less(sum(deductions, ZERO))
        return Worth(Valuation.STATED, ((currency, counted),))
    values = [(item.price_currency, item.value()) for item in items]
    priced = tuple((of, value) for of, value in values if value is not None)
    if not priced:
        return Worth(Valuation.NONE)
    partly = len(priced) < len(values)
    return Worth(Valuation.PARTIAL if partly else Valuation.ESTIMATED, _added_by_currency(priced))


def left_of_items(items: Sequence[PricedItem], moves: Sequence[Moved]) -> list[PricedItem]:
    """The items less the units that were cancelled; an item that was cancelled wholly goes, unless none is left."""
    left = [_left_of_item(item, [move for move in moves if _cancels_of(move, item)]) for item in items]
    return [item for item in left if item.quantity != 0] or left


def _cancels_of(move: Moved, item: PricedItem) -> bool:
    of_item = move.item == item.key and move.amount is None and not move.extent_unknown
    return move.stage == Stage.CANCELLED and of_item


def _left_of_item(item: PricedItem, cancelled: Sequence[Moved]) -> PricedItem:
    if any(move.units is None for move in cancelled):
        return replace(item, quantity=ZERO, quantity_to=None, qualifier=Qualifier.EXACT)
    units = sum((move.units for move in cancelled if move.units is not None), ZERO)
    if not units or item.quantity is None:
        return item
    upper = None if item.quantity_to is None else max(ZERO, item.quantity_to - units)
    return replace(item, quantity=max(ZERO, item.quantity - units), quantity_to=upper)


def less_cancelled(whole: Worth, moves: Sequence[Moved], items: Sequence[PricedItem]) -> Worth:
    """What still counts once the parts that were cancelled are taken out; ``items`` are those before that.

    An estimate adds up what is left of its items already, so only amounts are taken out of it. What cannot be said in
    the value's own currency stays in.
    """
    left = dict(whole.parts)
    for move in moves:
        if move.stage != Stage.CANCELLED or move.whole:
            continue
        if whole.valuation != Valuation.STATED and move.amount is None:
            continue
        value = moved_value(move, items, whole)
        if value is not None and value[0] in left:
            left[value[0]] = left[value[0]].less(value[1].central)
    return Worth(whole.valuation, tuple(left.items()))


def _added_by_currency(parts: Sequence[tuple[str, Bounds]]) -> tuple[tuple[str, Bounds], ...]:
    sums: dict[str, Bounds] = {}
    for currency, one in parts:
        before = sums.get(currency, Bounds(ZERO, ZERO, ZERO))
        sums[currency] = Bounds(
            before.low + one.low,
            before.central + one.central,
            before.high + one.high,
            before.high_open or one.high_open,
        )
    return tuple(sorted(sums.items()))


def reached(stage: Stage, moves: Sequence[Moved], items: Sequence[PricedItem], whole: Worth) -> Worth | None:
    """What moved to a stage or beyond, in the pledge's value; ``None`` where it cannot be said in money.

    A move of the whole gives the whole. Amounts add up; units count by their item's price, or by their share of the
    whole where the one item of a stated amount moved. Units that no price is known for cannot be said in money.
    """
    beyond = [move for move in moves if move.stage in PROGRESS[PROGRESS.index(stage) :]]
    if any(move.whole for move in beyond):
        return whole
    if not beyond:
        return Worth(whole.valuation)
    found: list[tuple[str, Bounds]] = []
    for move in beyond:
        value = moved_value(move, items, whole)
        if value is None:
            return None
        found.append(value)
    return Worth(whole.valuation, _added_by_currency(found))


def halted(moves: Sequence[Moved], items: Sequence[PricedItem], whole: Worth) -> Worth:
    """What was suspended by moves of parts, as far as it can be said in money and the pledge did not go on since."""
    dated = sorted(moves, key=lambda move: (move.day is not None, move.day or date.min))
    values = [
        moved_value(move, items, whole)
        for move in dated
        if move.stage == Stage.SUSPENDED and not move.whole and not _resumed_after(move, dated)
    ]
    return Worth(whole.valuation, _added_by_currency([value for value in values if value is not None]))


def moved_value(move: Moved, items: Sequence[PricedItem], whole: Worth) -> tuple[str, Bounds] | None:
    """What moved, in its own currency; ``None`` where it cannot be said in money."""
    if move.extent_unknown:
        return None
    if move.amount is not None:
        return (whole.currency, Bounds(move.amount, move.amount, move.amount)) if whole.currency else None
    item = next((one for one in items if one.key == move.item), None)
    if item is None:
        return None
    if item.unit_price is not None:
        units = item.quantity_bounds() if move.units is None else Bounds(move.units, move.units, move.units)
        if units is None:
            return None
        return item.price_currency, Bounds(item.unit_price, item.unit_price, item.unit_price).times(units)
    return _share_of_whole(move, item, items, whole)


def _share_of_whole(
    move: Moved, item: PricedItem, items: Sequence[PricedItem], whole: Worth
) -> tuple[str, Bounds] | None:
    if len(items) != 1 or len(whole.parts) != 1 or not item.quantity or move.units is None:
        return None
    share = EXACT.divide(move.units, item.quantity)
    of, value = whole.parts[0]
    one = Bounds(share, share, share)
    return of, value.times(one)


def current_stage(moves: Sequence[Moved], items: Sequence[PricedItem], whole: Worth) -> Stage:
    """The stage that the whole pledge has reached, or suspended or cancelled where that is its last word.

    Parts move the whole once they add up to it: by amount where the pledge has a value, by units where every item's
    number is known.
    """
    dated = sorted(moves, key=lambda move: (move.day is not None, move.day or date.min))
    status = next(
        (move for move in reversed(dated) if move.stage in (Stage.SUSPENDED, Stage.CANCELLED) and move.whole), None
    )
    if status is not None and not _resumed_after(status, dated):
        return Stage(status.stage)
    for stage in reversed(PROGRESS[1:]):
        if _whole_reached(stage, moves, items, whole):
            return stage
    return Stage.PLEDGE


def _resumed_after(status: Moved, dated: Sequence[Moved]) -> bool:
    """Whether the pledge went on: a later move along the way, after a suspension, which names a day."""
    if status.stage == Stage.CANCELLED or status.day is None:
        return False
    return any(
        move.stage in PROGRESS and move.whole and move.day is not None and move.day > status.day for move in dated
    )


def _whole_reached(stage: Stage, moves: Sequence[Moved], items: Sequence[PricedItem], whole: Worth) -> bool:
    beyond = [move for move in moves if move.stage in PROGRESS[PROGRESS.index(stage) :]]
    if any(move.whole for move in beyond):
        return True
    amounts = sum((move.amount for move in beyond if move.amount is not None), ZERO)
    if amounts and len(whole.parts) == 1 and amounts >= whole.parts[0][1].central > 0:
        return True
    return bool(items) and all(_item_reached(item, beyond) for item in items)


def _item_reached(item: PricedItem, beyond: Sequence[Moved]) -> bool:
    own = [move for move in beyond if move.item == item.key and not move.extent_unknown]
    if any(move.units is None for move in own):
        return True
    moved = sum((move.units for move in own if move.units is not None), ZERO)
    quantity = item.quantity_bounds()
    return quantity is not None and moved >= quantity.high > 0
