"""What counting needs to know of a pledge beside its value: kept on the record as JSON, computed with its value. Pure.

``own``: the value in its own currency, as an expression. ``reached``: for each stage beyond the first to which
anything moved, what moved there or beyond (null: not known in money). ``suspended``: how much is halted. ``goods``: the
categories of its items, each with its part of the value as a fraction (null: not known). ``units``: of one kind of
goods, how many came of how many. Values are ``{"eur": [low,
central, high], "usd": …, "own": expression}``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from pledges.cents import Cents
from pledges.dividing import SEVERAL, Goods
from pledges.expressions import Expression, Quotes, evaluate, of
from pledges.models import Stage, Valuation
from pledges.valuation import PROGRESS, Bounds, Moved, PricedItem, Worth, halted, moved_value, reached
from pledges.values import Value
from reference.rates import Quote

Convert = Callable[[Worth], Value]


def breakdown(
    whole: Worth,
    items: Sequence[PricedItem],
    moves: Sequence[Moved],
    *,
    stage: str,
    day: date | None,
    frozen: Mapping[str, Quote],
    quotes: Quotes,
) -> dict[str, Any]:
    """The breakdown of a pledge's value, by the rates of the value: ``day`` and ``frozen`` are those of the record."""

    def converted(worth: Worth) -> Value:
        own = of(worth.parts, day, {code: one.per_euro for code, one in frozen.items()})
        eur, usd = (evaluate(own, code, rates) for code in ("EUR", "USD"))
        return Value(eur, usd, own)

    def rates(currency: str, of_day: date) -> Quote | None:
        return frozen.get(currency) or quotes(currency, of_day)

    told: dict[str, Any] = {}
    if whole.parts:
        told["own"] = converted(whole).own
    if goods := goods_of(whole, items, converted):
        told["goods"] = written_goods(goods)
    if (units := _units(items, moves)) is not None:
        told["units"] = units
    moved = _reached(whole, items, moves, converted)
    if moved:
        told["reached"] = moved
    if (suspended := _suspended(whole, items, moves, stage, converted)) is not None:
        told["suspended"] = written(suspended)
    return told


def _reached(
    whole: Worth, items: Sequence[PricedItem], moves: Sequence[Moved], converted: Convert
) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for stage in PROGRESS[1:]:
        beyond = [move for move in moves if move.stage in PROGRESS[PROGRESS.index(stage) :]]
        if not beyond:
            continue
        worth = reached(stage, moves, items, whole)
        known = worth is not None and bool(worth.parts)
        found[stage.value] = {"value": written(converted(worth)) if worth is not None and known else None}
        if goods := _goods_moved(whole, items, beyond, converted):
            found[stage.value]["goods"] = written_goods(goods)
    return found


def _units(items: Sequence[PricedItem], moves: Sequence[Moved]) -> list[str] | None:
    """How many units came of how many, where the pledge is of one kind of goods and both are known."""
    quantity = items[0].quantity_bounds() if len(items) == 1 else None
    came = [move for move in moves if move.stage == Stage.DELIVERY]
    if (
        quantity is None
        or quantity.central <= 0
        or any(move.extent_unknown or move.amount is not None for move in came)
    ):
        return None
    whole = any(move.units is None for move in came)
    units = quantity.central if whole else sum((move.units or Decimal(0) for move in came), Decimal(0))
    return [f"{units:f}", f"{quantity.central:f}"]


def _suspended(
    whole: Worth, items: Sequence[PricedItem], moves: Sequence[Moved], stage: str, converted: Convert
) -> Value | None:
    """How much is halted, less what was delivered; ``None`` where nothing is."""
    if not whole.parts or not any(move.stage == Stage.SUSPENDED for move in moves) or stage == Stage.CANCELLED:
        return None
    delivered = reached(Stage.DELIVERY, moves, items, whole)
    value = converted(whole)
    left = value.less(converted(delivered)) if delivered is not None and delivered.parts else value
    if stage == Stage.SUSPENDED:
        return left
    parts = halted(moves, items, whole)
    return converted(parts).at_most(left) if parts.parts else None


def goods_of(whole: Worth, items: Sequence[PricedItem], converted: Convert) -> list[Goods]:
    """The categories of the items. Only an estimate from unit prices is divided among several."""
    categories = sorted({item.category for item in items if item.category})
    if len(categories) < 2:
        return [Goods(category, Fraction(1)) for category in categories]
    priced = {category: _value_of(items, category) for category in categories}
    if whole.valuation in (Valuation.ESTIMATED, Valuation.PARTIAL):
        return _divided(priced, converted)
    return _undivided(categories)


def _goods_moved(whole: Worth, items: Sequence[PricedItem], beyond: Sequence[Moved], converted: Convert) -> list[Goods]:
    """The categories of what moved: all of them where the whole or an amount of it did, else those of the items."""
    by_key = {item.key: item for item in items}
    own = [by_key.get(move.item) if move.item is not None else None for move in beyond]
    if any(move.whole for move in beyond) or any(item is None for item in own):
        whole_moved = any(move.whole for move in beyond)
        goods = goods_of(whole, items, converted)
        return goods if whole_moved or len(goods) < 2 else _undivided([one.category for one in goods])
    moved: dict[str, list[tuple[str, Bounds]] | None] = {}
    for move, item in zip(beyond, own, strict=True):
        category = item.category if item is not None else ""
        value = moved_value(move, items, whole)
        standing = moved.get(category, [])
        moved[category] = None if value is None or standing is None else [*standing, value]
    if len(moved) < 2:
        return [Goods(category, Fraction(1)) for category in moved if category]
    return _divided(moved, converted)


def _value_of(items: Sequence[PricedItem], category: str) -> list[tuple[str, Bounds]] | None:
    values = [(item.price_currency, item.value()) for item in items if item.category == category]
    known = [(currency, value) for currency, value in values if value is not None]
    return known or None


def _divided(parts: Mapping[str, list[tuple[str, Bounds]] | None], converted: Convert) -> list[Goods]:
    """Each category's part of the sum of those that are known, in euro cents."""
    cents: dict[str, int | None] = {}
    for category, part in parts.items():
        if part is None:
            cents[category] = None
            continue
        value = converted(Worth(Valuation.ESTIMATED, tuple(part))).eur
        if value is None:
            return _undivided(sorted(parts))
        cents[category] = value.central
    whole = sum(one for one in cents.values() if one is not None)
    if not whole or any(not category for category in cents):
        return _undivided(sorted(category for category in parts if category))
    return [Goods(category, None if own is None else Fraction(own, whole)) for category, own in sorted(cents.items())]


def _undivided(categories: Sequence[str]) -> list[Goods]:
    return [*(Goods(category, None) for category in categories), Goods(SEVERAL, Fraction(1))]


def written(value: Value) -> dict[str, Any]:
    """A value as JSON."""
    return {
        name: None if cents is None else [cents.low, cents.central, cents.high]
        for name, cents in (("eur", value.eur), ("usd", value.usd))
    } | {"own": value.own}


def read_value(told: Mapping[str, Any] | None) -> Value | None:
    """A value from its JSON."""
    if told is None:
        return None
    eur, usd = (Cents(*told[name]) if told[name] is not None else None for name in ("eur", "usd"))
    own: Expression = told["own"]
    return Value(eur, usd, own)


def written_goods(goods: Sequence[Goods]) -> list[list[str | None]]:
    """Categories with their fractions as JSON."""
    return [[one.category, None if one.fraction is None else str(one.fraction)] for one in goods]


def read_goods(told: Sequence[Sequence[str | None]] | None) -> tuple[Goods, ...]:
    """Categories from their JSON."""
    return tuple(
        Goods(str(category), None if fraction is None else Fraction(fraction)) for category, fraction in told or ()
    )
