"""How many goods are pledged and how many came, by category and name. Units of unlike goods are never added.

A pledge's items count once in the row of their category, name and unit, unless the pledge is replaced or cancelled
(then only what came counts). Where a package names the same goods as its parts, it adds what they leave over. Goods of
a joint pledge are not divided: asked for one of its parties, they are counted whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from django.db.models import F

from history.models import Version
from pledges.counting import LeftOut
from pledges.models import Item, ItemCategory, Move, Stage
from pledges.state import KIND
from pledges.totals import Question
from pledges.totals.choosing import standing_at
from pledges.valuation import bounds
from reference.currencies import EXACT

ZERO = Decimal(0)
PIECES = "piece"


@dataclass(frozen=True, slots=True)
class Goods:
    """An item of a pledge with what moved of it. ``delivered`` is ``None`` where its extent is not known."""

    pledge: int
    package: int | None
    category: str
    name: str
    unit: str
    low: Decimal | None  # None: no number is known
    central: Decimal | None
    high: Decimal | None
    delivered: Decimal | None

    @property
    def key(self) -> tuple[str, str, str]:
        """What it is added up with: the same category, name and unit, in whatever case they are written."""
        return self.category, " ".join(self.name.casefold().split()), " ".join(self.unit.casefold().split()) or PIECES


@dataclass(slots=True)
class GoodsRow:
    """One kind of goods: how many pledges name it, how many units they pledge and how many of these came."""

    category: str
    name: str
    unit: str
    pledges: set[int] = field(default_factory=set)
    uncounted: set[int] = field(default_factory=set)  # pledges that tell no number of them
    undelivered_unknown: set[int] = field(default_factory=set)  # pledges of which some came, and not known how many
    low: Decimal = ZERO
    central: Decimal = ZERO
    high: Decimal = ZERO
    delivered: Decimal = ZERO

    @property
    def fulfilment(self) -> Decimal | None:
        """The share that came; ``None`` where a number is lacking."""
        if self.uncounted or self.undelivered_unknown or not self.central:
            return None
        return EXACT.divide(self.delivered, self.central)


def items_totals(question: Question) -> list[GoodsRow]:
    """The rows, in the order of the categories' vocabulary and of names; by the filters of the question."""
    pledges = _pledges(question)
    goods = _goods_now(pledges) if question.as_of is None else _goods_then(pledges, question.as_of)
    categories = question.filters.item_category
    wanted = [one for one in goods if not categories or one.category in categories]
    return _rows(_less_parts(wanted, pledges))


def _pledges(question: Question) -> dict[int, str]:
    """The pledges that answer to the filters, with the reason why the totals leave them out; superseded ones not."""
    wide = replace(question, filters=replace(question.filters, item_category=()))
    found: dict[int, str] = {}
    for lines in wide.sets(left_out_too=True):
        for pledge, reason in lines.order_by().values_list("pledge_id", "left_out").distinct():
            if reason != LeftOut.SUPERSEDED:
                found[pledge] = reason
    return found


def _goods_now(pledges: Mapping[int, str]) -> list[Goods]:
    moves: dict[int, list[Mapping[str, Any]]] = {}
    for move in Move.objects.order_by("pk").values(
        "pledge_id", "stage", "item_id", "units", "amount", "extent_unknown"
    ):
        if move["pledge_id"] in pledges:
            moves.setdefault(move["pledge_id"], []).append(move)
    columns = ("pk", "pledge_id", "category", "name", "unit", "quantity", "quantity_to", "quantity_qualifier")
    items = Item.objects.order_by("pledge_id", "pk").values(*columns, package=F("pledge__package_id"))
    return [
        _goods(item, item["pk"], item["pledge_id"], item["package"], moves.get(item["pledge_id"], ()))
        for item in items.iterator(chunk_size=2_000)
        if item["pledge_id"] in pledges
    ]


def _goods_then(pledges: Mapping[int, str], as_of: int) -> list[Goods]:
    versions = Version.objects.filter(standing_at(as_of), kind=KIND).order_by("object_id")
    found: list[Goods] = []
    for pledge, state in versions.values_list("object_id", "state").iterator(chunk_size=500):
        if pledge not in pledges:
            continue
        for item in state.get("items", ()):
            found.append(_goods(item, item["id"], pledge, state.get("package_id"), state.get("moves", ())))
    return found


def _goods(
    item: Mapping[str, Any], key: int, pledge: int, package: int | None, moves: Sequence[Mapping[str, Any]]
) -> Goods:
    quantity, upper = _number(item["quantity"]), _number(item["quantity_to"])
    told = bounds(quantity, item["quantity_qualifier"], upper) if quantity is not None else None
    whole = told.central if told is not None else None
    cancelled = _moved([move for move in moves if move["stage"] == Stage.CANCELLED and _of(move, key)], whole)
    delivered = _moved([move for move in moves if move["stage"] == Stage.DELIVERY and _of(move, key)], whole)
    if told is not None and cancelled:
        kept = delivered or ZERO
        told = replace(
            told,
            low=max(kept, told.low - cancelled),
            central=max(kept, told.central - cancelled),
            high=max(kept, told.high - cancelled),
        )
    low, central, high = (told.low, told.central, told.high) if told is not None else (None, None, None)
    return Goods(pledge, package, item["category"], item["name"], item["unit"], low, central, high, delivered)


def _of(move: Mapping[str, Any], key: int) -> bool:
    """Whether a move is of the item, or of the whole pledge; amounts of money say nothing of units."""
    if move["amount"] is not None:
        return False
    return bool(move["item_id"] == key or move["item_id"] is None)


def _moved(moves: Iterable[Mapping[str, Any]], whole: Decimal | None) -> Decimal | None:
    """How many moved; ``None`` where that is not known."""
    total = ZERO
    for move in moves:
        units = _number(move["units"])
        if move["extent_unknown"] or (units is None and whole is None):
            return None
        if units is None:
            return whole
        total = EXACT.add(total, units)
    return total


def _number(written: Any) -> Decimal | None:
    return None if written is None else Decimal(written)


def _less_parts(goods: Sequence[Goods], pledges: Mapping[int, str]) -> list[Goods]:
    """The goods, each package's less those of its parts that are the same."""
    inside: dict[tuple[int, tuple[str, str, str]], Decimal] = {}
    for one in goods:
        if one.package in pledges and one.central is not None and one.package is not None:
            place = (one.package, one.key)
            inside[place] = inside.get(place, ZERO) + one.central
    found: list[Goods] = []
    for one in goods:
        less = inside.get((one.pledge, one.key), ZERO)
        if less and one.low is not None and one.central is not None and one.high is not None:
            left = [max(ZERO, number - less) for number in (one.low, one.central, one.high)]
            found.append(replace(one, low=left[0], central=left[1], high=left[2]))
        else:
            found.append(one)
    return found


def _rows(goods: Iterable[Goods]) -> list[GoodsRow]:
    rows: dict[tuple[str, str, str], GoodsRow] = {}
    for one in goods:
        row = rows.setdefault(one.key, GoodsRow(one.category, one.name.strip(), one.key[2]))
        row.pledges.add(one.pledge)
        if one.low is None or one.central is None or one.high is None:
            row.uncounted.add(one.pledge)
        else:
            row.low, row.central, row.high = row.low + one.low, row.central + one.central, row.high + one.high
        if one.delivered is None:
            row.undelivered_unknown.add(one.pledge)
        else:
            row.delivered += one.delivered
    order = ItemCategory.values
    return sorted(rows.values(), key=lambda row: (order.index(row.category), row.name.casefold(), row.unit))
