"""Which transactions an activity has: what moved to each stage, never more than counts, nothing twice. Pure.

IATI's transactions of one type add up, and those of different types do not. A pledge is its type 12, what was committed
its type 2, what was delivered its type 3, each of what counts: a package only what its parts leave over, a superseded
pledge nothing, so that adding up a type over the file counts each pledge once. A pledge whose value is not known has no
transaction, as the standard has none without an amount; its description says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from interchange.datatables.reading import in_currency
from interchange.iati.codes import code
from interchange.iati.facts import Facts
from pledges.models import Move, Stage
from reference.currencies import EXACT, from_minor_units

PLANS = {Stage.PLEDGE: 0, Stage.COMMITMENT: 1, Stage.ALLOCATION: 2, Stage.DELIVERY: 3}


@dataclass(frozen=True, slots=True)
class Transaction:
    """One transaction."""

    type: str
    day: date
    amount: Decimal
    currency: str
    value_date: date
    words: str = ""


@dataclass(frozen=True, slots=True)
class Whole:
    """What counts of a pledge: in its own currency, or in euros where only a part of it counts."""

    amount: Decimal
    currency: str
    in_part: bool  # then what single moves say of the whole does not hold


def counted(facts: Facts) -> Whole | None:
    """What counts; ``None`` where nothing does, or it is not known."""
    pledge, counts = facts.pledge, facts.counted_eur
    if facts.left_out:
        return None
    if pledge.central is not None and pledge.value_currency and counts in (None, pledge.eur_central):
        if any(line.has_value for line in facts.lines):
            return Whole(pledge.central, pledge.value_currency, in_part=False)
        return None
    if counts is None:
        return None
    return Whole(from_minor_units(counts, "EUR"), "EUR", in_part=counts != pledge.eur_central)


def transactions(facts: Facts, fallback: date) -> Iterator[Transaction]:
    """The transactions of an activity; ``fallback`` is the day of what has none."""
    whole = counted(facts)
    if whole is None or not whole.amount:
        return
    pledge = facts.pledge
    value_date = pledge.rate_for or fallback
    if whole.in_part or not facts.moves:
        stage = Stage.DELIVERY if pledge.stage == Stage.CANCELLED else _stage_of(facts)
        words = "What counts of it: the rest is in other activities, or was cancelled." if whole.in_part else ""
        yield Transaction(code("transaction", stage), fallback, _plain(whole), whole.currency, value_date, words)
        return
    left: dict[str, Decimal] = {}
    committed = any(move.stage == Stage.COMMITMENT for move in facts.moves)
    for move in sorted(facts.moves, key=lambda one: (PLANS.get(Stage(one.stage), 9), one.day or fallback, one.pk)):
        kind = code("transaction", move.stage)
        if not kind or (move.stage == Stage.ALLOCATION and committed):
            continue
        amount = _moved(move, facts, whole)
        rest = left.setdefault(kind, whole.amount)
        if amount is None or rest <= 0:
            continue
        amount = min(amount, rest)
        left[kind] = EXACT.subtract(rest, amount)
        day = move.day or fallback
        shown = in_currency(amount, whole.currency)
        yield Transaction(kind, day, shown, whole.currency, value_date, move.note)


def _stage_of(facts: Facts) -> str:
    """The farthest stage that its moves reached, or the first one."""
    reached = [move.stage for move in facts.moves if move.stage in PLANS]
    return max(reached, key=lambda stage: PLANS[Stage(stage)], default=Stage.PLEDGE)


def _moved(move: Move, facts: Facts, whole: Whole) -> Decimal | None:
    """What moved, in the currency of the whole; ``None`` where that is not known."""
    if move.extent_unknown:
        return None
    if move.amount is not None:
        return move.amount if facts.pledge.currency == whole.currency else None
    if move.item is None:
        return whole.amount
    units = move.units if move.units is not None else move.item.quantity
    if units is None or move.item.unit_price is None or move.item.price_currency != whole.currency:
        return None
    return EXACT.quantize(EXACT.multiply(units, move.item.unit_price), Decimal("0.01"))


def _plain(whole: Whole) -> Decimal:
    return in_currency(whole.amount, whole.currency)
