"""Stage 3, claims without a verb of giving: "a €50m package from Norway", "Taiwan's $2 million donation to Turkey"."""

from __future__ import annotations

import re

from extraction.assemble import BENEFICIARIES
from extraction.contract import Stage
from extraction.data_files import word_set
from extraction.kinds import aid_type, finance_type
from extraction.lexicon import default_lexicon
from extraction.mentions import Mentions, Term
from extraction.no_gifts import INSTITUTIONS
from extraction.parties import Party
from extraction.reading import Claim
from extraction.reality import IMAGINED, NEGATIONS, TRADE
from extraction.recipients import CHANNELS, beneficiary

ONWARD = 16  # words after them in which the sum and the recipient may stand
REACH = 9  # words between a noun for aid and the party that gives it
# Nouns that are a deed by themselves; "support" and "funds" are too weak to stand alone.
DEEDS = word_set("nominal", "deeds")
NOT_NEWS = word_set("nominal", "not_news")


def find_nominal(mentions: Mentions) -> list[Claim]:
    """At most one claim for each noun of giving that stands beside a sum or a counted thing."""
    words = {word.lower for word in mentions.words}
    thanks = bool(THANKS & words)
    if not mentions.sums and not any(thanks or one.goods.quantity for one in mentions.things):
        return []
    if words & (NEGATIONS | NOT_NEWS) or words & (IMAGINED - {"shall"}):
        return []
    text = mentions.text(0, len(mentions.words))
    context = default_lexicon().context
    if TOTAL.search(text) or context["cumulative"].search(text) or context["historical"].search(text):
        return []
    found: list[Claim] = []
    things = [Term(one.first, one.last, "aid", "unspecified") for one in mentions.things] if thanks else []
    for term in (*mentions.aid, *things):  # "thanked Denmark for 19 howitzers"
        if term not in things and mentions.words[term.last - 1].lower not in DEEDS:
            continue
        giver = _giver(mentions, term)
        if giver:
            claim = _claim(mentions, term, giver)
            if claim and not any(claim.donors == one.donors for one in found):
                found.append(claim)
    return found or _from_somebody(mentions, words)


def _carries(mentions: Mentions, term: Term, party: Party) -> bool:
    """ "Sunak arrived in Kyiv with a promise of £2.5bn"."""
    lead = mentions.text(term.first - 3, term.first).split()
    of = mentions.text(term.last - 1, term.last + 1).split()
    return "with" in lead and 0 < term.first - party.last <= REACH and "of" in of


def _from_somebody(mentions: Mentions, words: set[str]) -> list[Claim]:
    """ "another €40m for Gaza from Berlin": a sum that somebody gets from somebody."""
    if TRADE & words or not {"for", "to"} & words or "from" not in words:
        return []
    for one in mentions.sums:
        anchor = Term(one.first, one.last, "aid", "unspecified")
        giver = next(
            (
                party
                for party in mentions.parties
                if party.codes and party.acts and 0 <= party.first - one.last <= REACH
                and mentions.text(party.first - 2, party.first).endswith(("from", "from the"))
            ),
            None,
        )  # fmt: skip
        if giver and not FOR_WHOM & set(mentions.lowers[one.last :]):
            continue
        claim = _claim(mentions, anchor, giver) if giver else None
        if claim and set(claim.recipients) & BENEFICIARIES:
            return [claim]
    return []


def _giver(mentions: Mentions, term: Term) -> Party | None:
    for party in mentions.parties:
        if not party.codes:
            continue
        before = mentions.text(party.first - 2, party.first)
        gap = party.first - term.last
        if 0 <= gap <= REACH and party.acts and before.endswith(("from", "from the")):
            return party
        if (
            before.endswith(("thanked", "thanks to", "thanks", "thank"))
            and mentions.text(party.last, party.last + 1) == "for"
        ):
            return party if 0 <= term.first - party.last <= REACH else None
        if party is mentions.parties[0] and party.acts and party.first <= 1 and _carries(mentions, term, party):
            return party
        lead = term.first - party.last
        between = mentions.text(party.last, term.first)
        owns = party.role == "adjective" or between.startswith("'s") or party.possessive
        if (
            owns
            and 0 <= lead <= REACH
            and not (BREAKS | INSTITUTIONS) & set(between.split())  # "the Turkish club agreed a loan"
        ):
            return party
    return None


FOR_WHOM = frozenset({"for", "help", "feed", "towards"})
THANKS = frozenset({"thank", "thanks", "thanked", "thanking"})
TOTAL = re.compile(r"\b(?:bring|brings|bringing|brought|take|takes|taking)\b.{3,90}\bto\b")  # a running total
BREAKS = frozenset({"to", "for", "from", "by", ",", "and", "in", "on", "of"})


def _who_thanks(mentions: Mentions, giver: Party) -> Party | None:
    """ "Zelensky thanked Norway for a package": who thanks gets it."""
    lead = mentions.text(giver.first - 5, giver.first)
    if not lead.endswith(("thanked", "thanks", "thank")) and "gratitude" not in lead:
        return None
    return next((one for one in mentions.parties if one.codes and one.last <= giver.first), None)


def _claim(mentions: Mentions, term: Term, giver: Party) -> Claim | None:
    low, high = max(0, min(giver.first, term.first) - 6), min(len(mentions.words), max(giver.last, term.last) + ONWARD)
    sums = [one for one in mentions.sums if low <= one.first < high]
    thanked = bool(THANKS & set(mentions.lowers))
    things = [one for one in mentions.things if term.first <= one.first < high and (one.goods.quantity or thanked)]
    recipient = beneficiary(mentions, low, high, giver) or _who_thanks(mentions, giver)
    if not (sums or things) or recipient is None:
        return None
    first = min(giver.first, term.first, *(one.first for one in sums[:1]))
    last = max(giver.last, term.last, recipient.last, *(one.last for one in sums[:1]))
    words = mentions.words
    text = mentions.text(low, high)
    arrived = {"arrived", "delivered", "reached", "landed", "received"} & set(mentions.text(0, len(words)).split())
    stage: Stage = "delivery" if arrived else "pledge"
    claim = Claim(
        mentions.sentence.number,
        words[first].start,
        words[last - 1].end,
        giver.codes,
        recipients=recipient.codes,
        stage=stage,
    )
    claim.money = sums[0].money if sums else None
    claim.goods = tuple(one.goods for one in things)
    claim.type = aid_type(mentions, low, high, claim.goods, bool(sums))
    claim.finance = finance_type(mentions, low, high)
    claim.in_kind = not sums
    claim.aid_noun = True
    claim.doubts = 0.12 + (0.1 if "since" in text else 0.0)
    claim.reasons.append(f"“{mentions.text(term.first, term.last)}” of {'+'.join(giver.codes)}, no verb of giving")
    if set(recipient.codes) <= CHANNELS:
        return None
    return claim
