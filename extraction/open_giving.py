"""Stage 3, claims by their roles: who, how much and for whom, where no verb is known ("will cough up €5m for Sudan").

A list of verbs has an end, and news has none. Where somebody who may give opens the sentence, a sum or counted goods
follow, and a state in need is reached by "for", "to" or "help", the verb between them says little that these do not.
What speaks of trade, war, crime or talk is left alone, and so is every verb that the other stages understand.
"""

from __future__ import annotations

import re

from extraction.assemble import BENEFICIARIES
from extraction.contract import Stage
from extraction.data_files import word_set
from extraction.goods import HUMANITARIAN, MILITARY
from extraction.kinds import aid_type, finance_type
from extraction.lexicon import default_lexicon
from extraction.mentions import Mentions, Sum, Thing
from extraction.nominal import NOT_NEWS, TOTAL
from extraction.parties import Party
from extraction.reading import Claim
from extraction.reality import IMAGINED, NEGATIONS, UNNAMED
from extraction.recipients import CHANNELS, phrase_start

REACH = 10  # words between who gives and what is given
ONWARD = 18  # words after it in which who gets it may stand
LEADS = frozenset({"for", "to", "towards", "toward", "help", "helping", "assist", "support"})
# Other business in which sums and states meet.
BUSINESS = re.compile(
    r"\b(?:export|import|sold|sell|sale|trade|trading|bought|buy|buys|buying|purchas|invest|debt|owe|borrow|repa(?:y|id)|"
    r"tourist|remittance|fine[ds]?|profit|contract|tax|budget|stolen|launder|smuggl|seiz|ransom|cost|damage|bond|stake|"
    r"share(?:s|holder)|compensat|reparation|lawsuit|court|jury|prize|ticket|transfer fee|fired|launched|shot|killed|"
    r"bomb(?:ed|ing)|struck|crash|reward|bribe|arrest|turned down|voted down|threw out|collect|rais|"
    r"estimat|reckon|forecast|demand|claim|reject|climb|rose|fell|lost|beat|hosted|hosting)\w*"
)
OPENS = 3  # words of a sentence within which who gives it stands
MADE = word_set("giving", "institutions")


def find_open(mentions: Mentions) -> list[Claim]:
    """At most one claim: by who opens the sentence, or by whom a sum is found ("£6m was found by Rome for Yemen")."""
    if not (mentions.sums or any(one.goods.quantity for one in mentions.things)) or _other_business(mentions):
        return []
    themes: tuple[Sum | Thing, ...] = (*mentions.sums, *mentions.things)
    for theme in themes:
        giver = _giver(mentions, theme)
        if giver is None or not _may_be_given(theme):
            continue
        taker = _taker(mentions, giver, theme)
        if taker:
            return [_claim(mentions, giver, theme, taker)]
    return []


def _may_be_given(theme: Sum | Thing) -> bool:
    if isinstance(theme, Sum):
        return True
    return bool(theme.goods.quantity) and theme.goods.category in HUMANITARIAN | MILITARY


def _other_business(mentions: Mentions) -> bool:
    words = set(mentions.lowers)
    if words & (NEGATIONS | NOT_NEWS | MADE) or words & (IMAGINED - {"shall"}) or mentions.words[-1].text == "?":
        return True
    text = mentions.text(0, len(mentions.words))
    context = default_lexicon().context
    told = any(context[name].search(text) for name in ("cumulative", "historical", "private"))
    return bool(told or TOTAL.search(text) or BUSINESS.search(text) or UNNAMED.search(text) or "had" in words)


def _giver(mentions: Mentions, theme: Sum | Thing) -> Party | None:
    for party in mentions.parties:
        if not (party.acts and party.codes) or party.possessive or set(party.codes) <= CHANNELS - {"EU", "WB"}:
            continue
        after = party.first - theme.last
        if 0 < after <= REACH and mentions.text(party.first - 2, party.first).endswith(("by", "by the")):
            return party
        gap = theme.first - party.last
        opens = party.first <= OPENS and party.role != "adjective"
        if opens and 0 < gap <= REACH and _open_verb(mentions, party.last, theme.first):
            return party
    return None


def _open_verb(mentions: Mentions, first: int, last: int) -> bool:
    """Whether a verb that nobody judged may stand between: some plain word, and no known verb."""
    between = mentions.lowers[first:last]
    known = [one for one in mentions.verbs if first <= one.place < last]
    joined = {",", ";", ":", "'s", "and", "of", "with"} & set(between[:1])
    return bool(between) and not joined and not known


def _taker(mentions: Mentions, giver: Party, theme: Sum | Thing) -> Party | None:
    for party in mentions.parties:
        if not party.codes or set(party.codes) & set(giver.codes) or not set(party.codes) <= BENEFICIARIES:
            continue
        start = phrase_start(mentions.words, party.first)
        led = mentions.text(start - 1, start) in LEADS
        place_of = mentions.text(party.first - 1, party.first) == "in" and start < party.first - 1
        after = 0 <= party.first - theme.last <= ONWARD
        between = giver.last <= party.first < theme.first
        if (led or place_of) and (after or between):
            return party
    return None


def _claim(mentions: Mentions, giver: Party, theme: Sum | Thing, taker: Party) -> Claim:
    low, high = min(giver.first, theme.first), max(theme.last, taker.last, giver.last)
    words = mentions.words
    goods = (theme.goods,) if isinstance(theme, Thing) else ()
    stage: Stage = "pledge"
    if DECIDED & set(mentions.lowers[:high]):
        stage = "commitment"
    claim = Claim(
        mentions.sentence.number,
        words[low].start,
        words[high - 1].end,
        giver.codes,
        recipients=taker.codes,
        stage=stage,
    )
    claim.money = theme.money if isinstance(theme, Sum) else None
    claim.goods, claim.in_kind = goods, not isinstance(theme, Sum)
    claim.type = aid_type(mentions, low, min(len(words), high + 6), goods, claim.money is not None)
    claim.finance = finance_type(mentions, low, high)
    claim.doubts, claim.headline = 0.14, mentions.sentence.headline
    claim.reasons.append(f"{'+'.join(giver.codes)}, what and for whom, by a verb that is not known")
    return claim


DECIDED = frozenset({"parliament", "senate", "congress", "bundestag", "lawmakers", "vote", "voted"})
