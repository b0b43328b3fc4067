"""Stage 3, aims: whom a measure is aimed at, and when it is aimed at nobody abroad."""

from __future__ import annotations

import re

from extraction.assemble import REGIMES, SANCTIONED
from extraction.clauses import Clause
from extraction.imposers import told_before
from extraction.measure_kinds import (
    Scope,
    measures_act,
    target_kind,
)
from extraction.mentions import Mentions
from extraction.parties import Party
from extraction.reading import Measure, Memory
from extraction.recipients import TOWARDS

THEM = frozenset({"them", "those", "both", "these", "country", "list"})


def aim_of(scope: Scope, imposer: Party, memory: Memory, told: list[Measure]) -> tuple[tuple[str, ...], int]:
    """Whom the measure is aimed at, and where that phrase ends."""
    mentions, clause = scope.mentions, scope.clause
    targets, end = _targets(mentions, clause, scope.low, scope.high, imposer)
    words = set(mentions.text(scope.low, scope.high).split())
    before = told_before(mentions, memory)
    if before and set(imposer.codes) & set(before.imposers):
        if measures_act(mentions, clause) or clause.kind == "pronoun":
            targets = before.targets or targets  # the nationality of a name is not whom the measures are aimed at
        elif words & THEM or (clause.passive and not targets):  # "two of them", "exports … will be banned as well"
            targets = targets or before.targets
    if clause.verb.acts("expel") and before and _told_of_home(mentions, clause, targets, memory):
        targets = tuple(code for code in before.targets if code not in imposer.codes) or targets
    if not targets and (clause.verb.acts("ban") or clause.verb.form.lemma in {"cut", "slash"}):
        targets = tuple(
            code for one in mentions.parties for code in one.codes if code in SANCTIONED and code not in imposer.codes
        )[:1]
    targets = _regime(mentions, target_kind(scope), imposer, targets) or targets
    if not targets and words & {"rt", "sputnik"}:
        targets = ("RU",)  # Russia's state broadcasters
    if not targets and "country" in words and told and told[-1].imposers == imposer.codes:
        targets = told[-1].targets
    return targets, end


def _told_of_home(mentions: Mentions, clause: Clause, targets: tuple[str, ...], memory: Memory) -> bool:
    """ "and sent the ambassador home": the ambassador of whom was told before, not of the state that speaks."""
    named = [one for one in mentions.parties if one.first > clause.place and one.role in {"name", "adjective"}]
    return not named and (not targets or targets == (memory.known.home,))


def _regime(mentions: Mentions, kind: str, imposer: Party, targets: tuple[str, ...]) -> tuple[str, ...]:
    """ "listed firms in Turkey for supplying Moscow": the regime that names are listed for."""
    if kind == "country" or set(targets) & REGIMES:
        return ()
    named = {code for one in mentions.parties for code in one.codes if code in REGIMES and code not in imposer.codes}
    return tuple(named) if len(named) == 1 else ()


# These may be for trade or health as well, and are sanctions only where somebody is named.
OF_TRADE = frozenset(
    ["export_control", "import_restrictions", "travel_ban", "transportation_restrictions", "tariff",
     "visa_restrictions", "trade_restrictions", "arms_embargo", "services_ban", "media_ban", "investment_ban",
     "asset_freeze"]
)  # fmt: skip


# Lists that a state keeps for its own people.
AT_HOME = re.compile(
    r"\b(?:as|of|to) (?:an? )?(?:\w+ ){0,3}(?:foreign agents?|undesirable|extremist)\b"
    r"|\bforeign agents? (?:list|register)\b"
)


def aimless(scope: Scope, imposer: Party, kinds: tuple[str, ...], targets: tuple[str, ...]) -> str | None:
    """Why a deed is aimed at nobody abroad, or ``None``."""
    text = scope.mentions.text(scope.low, scope.high)
    if ANYBODY.search(text):
        return "aimed at whoever does something"
    if AT_HOME.search(text) and " law on " not in text:
        return "a list that a state keeps at home"
    if targets:
        return None
    strong = scope.strong
    if strong and all(scope.mentions.text(one.first, one.last).startswith("measures to") for one in strong):
        return "measures that limit nobody named"
    if not imposer.codes:
        return "neither imposer nor target is named"
    sanctions = scope.near_sanctions or "sanction" in scope.mentions.text(0, len(scope.mentions.words))
    if set(kinds) <= OF_TRADE and not sanctions:
        return "a ban on trade or travel that is aimed at nobody named"
    verb = scope.clause.verb
    return "a ban that is aimed at nobody abroad" if verb.acts("ban", "expel") and not verb.acts("widen") else None


ANYBODY = re.compile(
    r"\b(?:on|against|for|target|sanction) (?:any(?:one|body)?|whoever|those who|all who|foreign \w+ that)\b"
)


def _targets(mentions: Mentions, clause: Clause, low: int, high: int, imposer: Party) -> tuple[tuple[str, ...], int]:
    best: tuple[int, Party] | None = None
    for party in mentions.parties:
        if (
            not low <= party.first < high
            or party is imposer
            or not party.codes
            or set(party.codes) & set(imposer.codes)
        ):
            continue
        score = _target_score(mentions, clause, party)
        if score < AIMED and _in_next_clause(mentions, clause, party):
            continue
        if "UA" in party.codes and score < AIMED and not {"RU", "BY"} & set(imposer.codes):
            continue  # what the sanctions are about, not whom they are aimed at
        if score and (best is None or score > best[0]):
            best = (score, party)
    return (best[1].codes, best[1].last) if best else ((), clause.place + 1)


def _in_next_clause(mentions: Mentions, clause: Clause, party: Party) -> bool:
    """Whether ", and …" or ", but …" stands between the verb and a party."""
    between = mentions.text(clause.place, party.first)
    return not clause.passive and any(mark in between for mark in (" , and ", " , but ", " , while ", " , as "))


AIMED = 8  # "on Ukraine": the score of what a preposition of aiming names


STANCES = frozenset({"stance", "position", "policy", "line", "views", "attack", "assault", "war", "pressure"})


def _target_score(mentions: Mentions, clause: Clause, party: Party) -> int:
    words = mentions.words
    first = party.first - (1 if party.first and words[party.first - 1].lower == "the" else 0)
    before = words[first - 1].lower if first else ""
    lead = mentions.text(first - 4, first)
    if before == "by" or ("in" in lead.split()[-1:] and "response" in lead):
        return 0
    if before == "on" and mentions.text(first - 2, first - 1) in STANCES:
        return 1  # "over its hostile stance on Ukraine"
    if before in {"on", "against", "upon", "at"}:
        return 8
    if party.first - clause.place <= 3 and party.first > clause.place:
        return 6
    if party.role in {"adjective", "office"}:
        return 5
    if before in {"over", "for", "with", "about"} or "over" in lead.split() or "support for" in lead:
        return 1
    return 4 if before in {"from", "of", "in", "into", "to"} | TOWARDS else 2
