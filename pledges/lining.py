"""The rows that totals are made of, from how a pledge counts: ``TotalLine`` and, where a cut differs, ``CutLine``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pledges.cents import Cents
from pledges.counting import Counted, LeftOut, Standing, halted, reached
from pledges.dividing import SEVERAL, Counts, Goods, Line, lines
from pledges.models import CutLine, Pledge, Qualifier, Stage, TotalLine
from pledges.shares import portions
from pledges.values import ZERO, Value


def total_lines(pledge: Pledge, fact: Counted, place: Standing) -> list[TotalLine]:
    """The lines of the whole pledge: one for each donor and recipient."""
    counts = _counts(fact, place)
    return [
        TotalLine(position=position, **_shared(pledge, place, fact.goods), **_own(pledge, part, counts))
        for position, part in enumerate(_lines(fact, counts))
    ]


def cut_lines(pledge: Pledge, fact: Counted, place: Standing) -> list[CutLine]:
    """The lines by category where its goods are of several; and those of what moved to each stage, likewise."""
    whole = _counts(fact, place)
    found: list[CutLine] = []
    if len(fact.goods) > 1:
        found += _cut(pledge, fact, place, whole, stage="", goods=fact.goods)
    for stage in fact.reached:
        if place.left_out == LeftOut.CANCELLED:
            continue
        counts = Counts(
            reached(fact, place, stage),
            whole.delivered if stage != Stage.DELIVERY else reached(fact, place, stage),
            whole.suspended if stage != Stage.DELIVERY else None,
        )
        goods = fact.goods_reached.get(stage, ())
        found += _cut(pledge, fact, place, counts, stage=stage, goods=())
        if len(goods) > 1:
            found += _cut(pledge, fact, place, counts, stage=stage, goods=goods)
    return found


def _cut(
    pledge: Pledge, fact: Counted, place: Standing, counts: Counts, *, stage: str, goods: Sequence[Goods]
) -> list[CutLine]:
    if goods and fact.goods_reached.get(Stage.DELIVERY) not in (None, fact.goods):
        counts = Counts(counts.value, None, counts.suspended)  # which goods came differs from what they are worth
    shared = _shared(pledge, place, fact.goods_reached.get(stage, ()) if stage else fact.goods)
    rows = []
    for position, part in enumerate(_lines(fact, counts, goods)):
        own = {**shared, "category": part.category} if goods else shared
        rows.append(CutLine(position=position, reached=stage, divided=bool(goods), **own, **_own(pledge, part, counts)))
    return rows


def _counts(fact: Counted, place: Standing) -> Counts:
    delivered: Value | None = ZERO
    if Stage.DELIVERY in fact.reached and place.left_out != LeftOut.CANCELLED:
        delivered = reached(fact, place, Stage.DELIVERY)
    return Counts(place.value, delivered, halted(fact, place))


def _lines(fact: Counted, counts: Counts, goods: Sequence[Goods] = ()) -> list[Line]:
    return lines(portions(fact.donors, fact.stated), portions(fact.recipients, fact.stated), counts, goods)


def _shared(pledge: Pledge, place: Standing, goods: Sequence[Goods]) -> dict[str, Any]:
    """What all lines of a pledge have in common."""
    return {
        "pledge": pledge,
        "dataset_id": pledge.dataset_id,
        "left_out": place.left_out,
        **about(pledge, goods),
        "running_total": pledge.running_total,
        "valuation": pledge.valuation,
    }


def about(pledge: Pledge, goods: Sequence[Goods]) -> dict[str, Any]:
    """What a line says of the whole pledge, whoever's values it adds."""
    return {
        "type": pledge.type,
        "finance_type": pledge.finance_type,
        "in_kind": pledge.in_kind,
        "stage": pledge.stage,
        "refugee_costs": pledge.refugee_costs,
        "announced_on": pledge.announced_latest or pledge.announced_earliest,
        "category": goods[0].category if len(goods) == 1 else SEVERAL if goods else "",
        "has_delivery": Stage.DELIVERY in pledge.breakdown.get("reached", {}),
        "pledge_cents": pledge.eur_central,
    }


def _own(pledge: Pledge, part: Line, counts: Counts) -> dict[str, Any]:
    """What is one line's own: whose it is, and how much."""
    value = part.value
    # Of a cancelled pledge, and of amounts that moved, the sum is known; neither is a ceiling or open upwards.
    whole = counts.value is not None and pledge.stage != Stage.CANCELLED and _as_stated(counts.value, pledge)
    return {
        "donor_id": part.donor,
        "donor_part": part.donor_part,
        "recipient_id": part.recipient,
        "recipient_part": part.recipient_part,
        "has_value": value is not None,
        "up_to": pledge.qualifier == Qualifier.UP_TO and whole,
        "high_open": pledge.high_open and whole,
        "made_of": part.made_of,
        **_amounts("eur", value.eur if value else None),
        **_amounts("usd", value.usd if value else None),
        "eur_delivered": _central(part.delivered.eur if part.delivered else None),
        "usd_delivered": _central(part.delivered.usd if part.delivered else None),
        "eur_suspended": _central(part.suspended.eur if part.suspended else None) or 0,
        "usd_suspended": _central(part.suspended.usd if part.suspended else None) or 0,
    }


def _as_stated(value: Value, pledge: Pledge) -> bool:
    """Whether a value has the uncertainty that the pledge was stated with, as one of amounts that moved has not."""
    if value.eur is None or pledge.eur_central is None:
        return True
    return value.eur.low < value.eur.central or pledge.eur_low == pledge.eur_central


def _central(cents: Cents | None) -> int | None:
    return None if cents is None else cents.central


def _amounts(currency: str, cents: Cents | None) -> dict[str, int | None]:
    return {
        f"{currency}_low": None if cents is None else cents.low,
        f"{currency}_central": None if cents is None else cents.central,
        f"{currency}_high": None if cents is None else cents.high,
    }
