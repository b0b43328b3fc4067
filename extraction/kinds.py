"""Which type of aid the words around a claim show. A type that nothing shows stays ``unspecified``."""

from __future__ import annotations

from extraction.contract import AidType, FinanceType, Goods
from extraction.goods import HUMANITARIAN, MILITARY
from extraction.mentions import Mentions

DECISIVE = ("military", "humanitarian", "financial")


def aid_type(mentions: Mentions, low: int, high: int, goods: tuple[Goods, ...], with_sum: bool) -> AidType:
    """By the words of the claim itself first, then by its goods, then by the sentence."""
    shown = _shown(mentions, low, high)
    by_goods = {"military" for one in goods if one.category in MILITARY} | {
        "humanitarian" for one in goods if one.category in HUMANITARIAN
    }
    if "military" in by_goods and "humanitarian" not in by_goods:
        return "military"
    both = shown & {"military", "humanitarian"}
    if len(both) == 2:
        return "mixed"
    if both:
        return "military" if "military" in both else "humanitarian"
    if by_goods == {"humanitarian"}:
        return "humanitarian"
    if by_goods:
        return "mixed"
    if "financial" in shown:
        return "financial"
    wider = _shown(mentions, 0, len(mentions.words)) & {"humanitarian"}
    return "humanitarian" if wider and with_sum else "unspecified"


def _shown(mentions: Mentions, low: int, high: int) -> set[str]:
    return {
        one.value
        for one in mentions.aid
        if low <= one.first < high and one.value in DECISIVE and not _in_place(mentions, one.first)
    }


def _in_place(mentions: Mentions, place: int) -> bool:
    """ "since the military offensive" tells the time, not the type."""
    return mentions.text(place + 1, place + 2) in {
        "plane",
        "planes",
        "aircraft",
        "flight",
        "base",
        "airport",
        "hospital",
        "junta",
        "rule",
        "rulers",
        "offensive",
        "operation",
        "operations",
        "campaign",
        "action",
        "conflict",
        "invasion",
        "coup",
    }


def finance_type(mentions: Mentions, low: int, high: int) -> FinanceType:
    """Grant, loan or guarantee, where the words say so."""
    words = set(mentions.text(low, high).split())
    if words & {"guarantee", "guarantees", "guaranteed"}:
        return "guarantee"
    if words & {"loan", "loans", "credit", "lend", "lent"} or "swap line" in mentions.text(low, high):
        return "loan"
    return "grant" if words & {"grant", "grants"} else "unspecified"
