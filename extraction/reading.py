"""What all later stages share: the claims under construction and the memory of the article."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from extraction.contract import Action, Flag, Goods, Stage
from extraction.money import Money
from extraction.parties import Acquaintance
from extraction.segment import Sentence


@dataclass(slots=True)
class Claim:
    """A pledge as one sentence tells it, before the article as a whole completes and judges it."""

    sentence: int
    start: int
    end: int
    donors: tuple[str, ...]
    donors_as_written: str = ""
    recipients: tuple[str, ...] = ()
    channel: str | None = None
    type: str = "unspecified"
    money: Money | None = None
    goods: tuple[Goods, ...] = ()
    stage: Stage = "pledge"
    finance: str = "unspecified"
    flags: set[Flag] = field(default_factory=set)
    reasons: list[str] = field(default_factory=list)
    doubts: float = 0.0
    in_kind: bool = False
    vague: bool = False  # neither sum nor goods
    needs_recipient: bool = True
    details: bool = False  # "the package includes": completes the claim before it
    headline: bool = False
    handed: bool = False  # told by a verb of giving, with a noun for aid or with goods
    aid_noun: bool = False
    region: bool = False  # meant for a part of the world ("for the Sahel")
    announced: date | None = None
    definite: bool = False  # speaks of "the package", "this aid": of what was told before
    listed: bool = False  # a line of a list, without a verb
    part_of: Claim | None = None  # the package that this is a part of
    told_in: Claim | None = None  # the claim that told the same and absorbed this one
    elsewhere: bool = False  # meant for a place that is no state ("in Queensland", "for Africa")


@dataclass(slots=True)
class Measure:
    """A sanction as one sentence tells it."""

    sentence: int
    start: int
    end: int
    imposers: tuple[str, ...]
    imposers_as_written: str
    targets: tuple[str, ...]
    target_kind: str
    measures: tuple[str, ...]
    action: Action
    flags: set[Flag] = field(default_factory=set)
    reasons: list[str] = field(default_factory=list)
    doubts: float = 0.0
    headline: bool = False
    announced: date | None = None
    undoing: bool = False  # lifts or eases, also where it is only planned
    elaborates: bool = False  # says what a general measure of the same sentence is
    own: bool = False  # stands beside a measure of the same sentence, with an aim of its own
    fresh: bool = False  # "further sanctions": beside what was told before, not the same again
    item: int = -1  # the point of a list ("First, …", "2.") under which it stands


@dataclass(slots=True)
class Memory:
    """What the article has told so far."""

    known: Acquaintance = field(default_factory=Acquaintance)
    last_donors: tuple[str, ...] = ()
    gave: dict[str, Claim] = field(default_factory=dict)  # the last claim of each donor
    last_actor: tuple[str, ...] = ()
    last_recipients: tuple[str, ...] = ()
    recipients_in: int = -9  # the sentence that named them
    named: tuple[str, ...] = ()  # who of those that get aid was named last, in the sentence before
    last_measure: Measure | None = None
    we: tuple[str, ...] = ()
    point: Sentence | None = None  # the sentence that opened the point of a list where the reader is
    year: int | None = None
    refused: list[tuple[int, str]] = field(default_factory=list)
