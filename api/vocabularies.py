"""The code lists of the record: each code with its label, what it means, and the standard code that it stands for.

Labels are those of the models. Meanings and standard codes are those of ``docs/vocabulary.md``; a code without a
counterpart in a standard has none, and none is made up.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import TextChoices

from pledges.models import (
    AidType,
    DeductionReason,
    FinanceType,
    GoodsFrom,
    ItemCategory,
    Part,
    Precision,
    Qualifier,
    RateBasis,
    Sector,
    Stage,
    Valuation,
)
from reference.models import PartyKind
from sanctions.classes import CLASSES
from sanctions.force import ACTIONS
from sanctions.models import MeasureKind, StepKind, StepStatus, TargetKind, TargetName

IATI_FINANCE = "IATI FinanceType"
IATI_TRANSACTION = "IATI TransactionType"
FTS = "FTS flow status"
DAC = "DAC purpose code"
OPEN_SANCTIONS = "OpenSanctions programme measure"
GSDB = "GSDB class"
FOLLOW_THE_MONEY = "FollowTheMoney schema"


@dataclass(frozen=True, slots=True)
class Standard:
    """A code of a standard that a code of ours stands for."""

    scheme: str
    code: str


@dataclass(frozen=True, slots=True)
class Code:
    """One code of a list."""

    code: str
    label: str
    definition: str = ""
    standards: tuple[Standard, ...] = ()


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """A list of codes; ``name`` is its address, ``used_in`` says which members of answers carry its codes."""

    name: str
    title: str
    used_in: str
    codes: tuple[Code, ...]


def _listed(
    name: str,
    codes: type[TextChoices],
    used_in: str,
    *,
    definitions: Mapping[str, str] | None = None,
    standards: Mapping[str, tuple[Standard, ...]] | None = None,
) -> Vocabulary:
    meanings, counterparts = definitions or {}, standards or {}
    return Vocabulary(
        name=name,
        title=(codes.__doc__ or "").strip(),
        used_in=used_in,
        codes=tuple(
            Code(str(one.value), str(one.label), meanings.get(one.value, ""), counterparts.get(one.value, ()))
            for one in codes
            if one.value
        ),
    )


def _actions() -> Vocabulary:
    told = {
        StepStatus.PROPOSED: "A step that somebody proposed; it has no effect.",
        StepStatus.ANNOUNCED: "A step that was announced and not adopted; it has no effect.",
        "imposed": "An adopted step that imposes a measure or bans more than before.",
        "extended": "An adopted step that lets a measure last longer.",
        "eased": "An adopted step that bans less than before.",
        "lifted": "An adopted step that ends the measure.",
    }
    names = dict.fromkeys([StepStatus.PROPOSED, StepStatus.ANNOUNCED, *ACTIONS.values()])
    codes = tuple(Code(str(name), str(name).capitalize(), told[name]) for name in names)
    return Vocabulary("actions", "What happened to a measure, in the words of news.", "last_action, action", codes)


def _measures() -> dict[str, tuple[Standard, ...]]:
    """The first fourteen are those of OpenSanctions, code by code; each has its class in the GSDB."""
    ours_besides = MeasureKind.values.index(MeasureKind.TRADE_RESTRICTIONS)
    return {
        str(kind): (
            *((Standard(OPEN_SANCTIONS, str(kind).replace("_", " ")),) if place < ours_besides else ()),
            Standard(GSDB, CLASSES[kind]),
        )
        for place, kind in enumerate(MeasureKind.values)
    }


_FINANCE = {
    str(FinanceType.GRANT): (Standard(IATI_FINANCE, "110"),),
    str(FinanceType.LOAN): (Standard(IATI_FINANCE, "421"),),
    str(FinanceType.GUARANTEE): (Standard(IATI_FINANCE, "1100"),),
}
_STAGES = {
    str(Stage.PLEDGE): (Standard(IATI_TRANSACTION, "12"), Standard(FTS, "pledge")),
    str(Stage.COMMITMENT): (Standard(IATI_TRANSACTION, "2"), Standard(FTS, "commitment")),
    str(Stage.ALLOCATION): (Standard(IATI_TRANSACTION, "2"), Standard(FTS, "commitment")),
    str(Stage.DELIVERY): (Standard(IATI_TRANSACTION, "3"), Standard(FTS, "paid")),
}
_NO_SCHEMA = (TargetKind.COUNTRY, TargetKind.SECTOR)

VOCABULARIES: dict[str, Vocabulary] = {
    one.name: one
    for one in (
        _listed(
            "aid-types", AidType, "type",
            definitions={
                "mixed": "Several types, which the source does not divide.",
                "unspecified": "The source does not say. A type is never guessed.",
            },
        ),
        _listed(
            "finance-types", FinanceType, "finance_type",
            definitions={
                "loan": "Credit and swap lines too.",
                "unspecified": "The source does not say.",
            },
            standards=_FINANCE,
        ),
        _listed(
            "stages", Stage, "stage",
            definitions={
                "pledge": "Announced, not yet binding.",
                "commitment": "Signed, enacted or contracted.",
                "allocation": "Set aside for a definite package or delivery.",
                "delivery": "Money paid, goods handed over.",
                "suspended": "Halted; still counted, told apart.",
                "cancelled": "Withdrawn by the donor; only what was delivered counts.",
            },
            standards=_STAGES,
        ),
        _listed(
            "qualifiers", Qualifier, "qualifier, quantity_qualifier",
            definitions={
                "exact": "Low, central and high are the amount.",
                "about": "Low, central and high are the amount.",
                "at_least": "Low and central are the amount; the upper end is open.",
                "up_to": "Low is zero; central and high are the amount.",
                "range": "Low and high are the two ends; central is the middle.",
            },
        ),
        _listed(
            "valuations", Valuation, "valuation",
            definitions={
                "stated": "The source states an amount.",
                "estimated": "Made from unit prices, each with its source.",
                "partial": "Made from unit prices, while some items have none.",
                "none": "Counted and listed, never taken as zero.",
            },
        ),
        _listed("item-categories", ItemCategory, "items.category"),
        _listed(
            "sectors", Sector, "sector", standards={str(one): (Standard(DAC, str(one)),) for one in Sector.values}
        ),
        _listed("goods-origins", GoodsFrom, "goods_from"),
        _listed("deduction-reasons", DeductionReason, "deductions.reason"),
        _listed(
            "date-precisions", Precision, "announced.precision, moves.precision, steps.precision",
            definitions={
                "before": "The last possible day is known, the first is not.",
                "after": "The first possible day is known, the last is not.",
            },
        ),
        _listed("rate-bases", RateBasis, "conversion.basis"),
        _listed(
            "parts", Part, "donor.code, recipient.code",
            definitions={
                "joint": "What several parties give or get together and do not divide.",
                "unnamed": "No party is named.",
            },
        ),
        _listed("measures", MeasureKind, "types.type, measure", standards=_measures()),
        _listed(
            "target-kinds", TargetKind, "target_kind, target.kind",
            standards={
                str(one): (Standard(FOLLOW_THE_MONEY, str(one)),) for one in TargetKind.values if one not in _NO_SCHEMA
            },
        ),
        _listed("steps", StepKind, "steps.step"),
        _listed(
            "step-statuses", StepStatus, "steps.status",
            definitions={
                "proposed": "Without effect: a plan to lift lifts nothing.",
                "announced": "Without effect until it is adopted.",
                "adopted": "In effect from its day on.",
            },
        ),
        _actions(),
        _listed("name-kinds", TargetName.Kind, "target.names.kind"),
        _listed("party-kinds", PartyKind, "kind"),
    )
}  # fmt: skip
