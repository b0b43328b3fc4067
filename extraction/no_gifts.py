"""Stage 3, no gifts: sales, rents, forces of one's own, money given back, decisions told of in passing."""

from __future__ import annotations

import re

from extraction.clauses import BE, Clause
from extraction.data_files import word_set
from extraction.mentions import Mentions
from extraction.money import SMALL

# Where a state sends its own forces.
DEPLOYED = frozenset({"mediterranean", "sea", "strait", "ocean", "flank", "skies", "airspace", "waters", "baltic"})
SOLDIERS = frozenset({"soldiers", "troops", "peacekeepers", "marines", "paratroopers", "sailors"})


def sends_soldiers(mentions: Mentions, low: int, high: int) -> bool:
    """ "sent 1,000 soldiers with helicopters": who sends his own army gives nothing."""
    words = mentions.words
    for place in range(low, min(high, len(words))):
        lead = mentions.text(place - 3, place).split()
        if words[place].lower in SOLDIERS and not {"for", "to", "of", "'s", "equip", "train"} & set(lead):
            return any(word.replace(",", "").isdigit() or word in SMALL for word in lead)
    return False


INSTITUTIONS = word_set("giving", "institutions")
SUBJECT_WITHIN = 9  # words


def goes_to_institution(mentions: Mentions, clause: Clause) -> bool:
    """ "A university in Haifa received $12m": the subject is neither a state nor people in one."""
    lead = set(mentions.text(max(clause.left, clause.place - SUBJECT_WITHIN), clause.place).split())
    named = any(clause.left <= one.first and one.last <= clause.place for one in mentions.parties)
    return bool(lead & INSTITUTIONS) or (clause.kind == "other" and not named and not clause.passive)


OWN_MONEY = re.compile(
    r"\b(?:frozen|blocked|withheld|unfrozen)\b.{0,40}\b(?:funds?|assets|reserves|revenues?|money|cash)\b"
    r"|\btax revenues?\b"
)


def own_money(mentions: Mentions, clause: Clause) -> bool:
    """ "released $6bn of frozen Iranian funds": given back, not given. Russian money given to Ukraine is given."""
    text = mentions.text(clause.left, clause.right)
    theirs = not any("UA" in one.codes for one in mentions.parties)
    return theirs and OWN_MONEY.search(text) is not None and not {"aid", "assistance"} & set(text.split())


def in_passing(mentions: Mentions, clause: Clause) -> str | None:
    """ "the plan approved by the Senate might be delayed": a decision that only describes what is spoken of."""
    only_describes = clause.passive and not BE & set(clause.over) and not mentions.sentence.headline
    if clause.verb.form.lemma == "agree" and mentions.text(clause.place + 1, clause.place + 2) == "with":
        return "agreed with somebody, not given"
    decides = clause.verb.acts("approve", "announce", "propose") and not clause.verb.acts("give", "deliver")
    return "told of in passing" if only_describes and decides else None


def speaks_of_measures(mentions: Mentions, low: int, high: int) -> bool:
    """ "adopts a package of sanctions" gives nobody anything."""
    words = set(mentions.text(low, high).split())
    return bool(words & {"sanctions", "embargo", "tariffs", "ban", "bans", "sanction", "sanctioned", "restrictions"})


def is_deal(mentions: Mentions, low: int, high: int) -> bool:
    """ "approved a $1.2bn arms sale to Poland" is trade; "a loan deal" is not."""
    words = set(mentions.text(low, high).split())
    if " the right to " in f" {mentions.text(low, high)} ":
        return True
    if words & {
        "sale",
        "sales",
        "contract",
        "contracts",
        "purchase",
        "auction",
        "reward",
        "bounty",
        "ransom",
        "compensation",
        "damages",
        "fee",
        "fees",
        "lease",
        "medal",
        "prize",
        "rent",
        "reparations",
        "royalties",
        "settlement",
        "dividend",
        "salary",
    }:
        return True
    return bool(words & {"deal", "deals"}) and not words & {
        "aid",
        "loan",
        "grant",
        "assistance",
        "humanitarian",
        "help",
    }
