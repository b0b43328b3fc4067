"""Stage 3, enough: whether what a clause of giving names is enough for a claim."""

from __future__ import annotations

import re

from extraction.assemble import BENEFICIARIES
from extraction.clauses import Clause
from extraction.data_files import word_set
from extraction.goods import HUMANITARIAN
from extraction.mentions import Mentions, Sum, Term, Thing
from extraction.recipients import clearly_for, recipients_of

# These say little by themselves: they need a noun for aid beside a sum or goods.
WEAK = ("propose", "approve", "announce", "raise", "halt", "cancel", "receive", "arrive")


WEAK_LEMMAS = word_set("giving", "weak_lemmas")


def theme_limits(mentions: Mentions, clause: Clause) -> tuple[int, int]:
    if clause.passive or clause.verb.acts("arrive"):
        return clause.left, max(clause.place, clause.right)
    high = clause.right
    if clause.verb.acts("halt", "cancel"):  # "ended its visit without a date for the payment"
        high = next((place for place in range(clause.place, high) if mentions.lowers[place] in WITHOUT), high)
    return clause.place + 1, high


WITHOUT = frozenset({"without", "after", "before"})


def enough(mentions: Mentions, clause: Clause, sums: list[Sum], things: list[Thing], aid: bool) -> bool:
    verb = clause.verb
    if verb.acts("pour"):
        return bool(sums) and (aid or bool(recipients_of(mentions, clause, ())[0]))
    if (sums and _for_relief(mentions, clause, things)) or _by_pact(mentions, clause, bool(sums or things)):
        return True
    strong = verb.acts("deliver", "give", "promise", "commit", "allocate")
    weak = (verb.acts(*WEAK) and not strong) or verb.form.lemma in WEAK_LEMMAS
    if (
        weak
        and clause.governors
        and any(one.acts("promise", "announce", "commit") for one in clause.governors)
        and sums
    ):
        weak = False
    if verb.form.lemma in {"allow", "enable"}:
        return bool(sums) and aid  # "allowing a disbursement of", not "allowed aid to enter"
    if verb.form.lemma == "support" and not (sums or things):
        return False
    if weak:
        if verb.acts("receive", "arrive") and things:
            return True
        if (
            (sums or things)
            and (verb.acts("announce", "approve", "halt", "cancel") or verb.form.lemma in FOR_SOMEBODY)
            and clearly_for(mentions, clause)
            and (verb.form.lemma != "spend" or aid or things)  # not "on asylum for"
        ):
            return True
        pays = verb.form.lemma in {"support", "finance", "fund"} and things  # "support the supply of shells with €30m"
        if sums and (pays or _helps(mentions, clause) or verb.acts("receive") or _handed_to(mentions, clause)):
            return True
        if things and verb.form.lemma == "order" and SHIPPING & set(mentions.text(clause.place, clause.right).split()):
            return True  # "ordered the delivery of ambulances"
        relief = any(one.goods.category in HUMANITARIAN for one in things)
        if things and verb.form.lemma == "fly" and (relief or clearly_for(mentions, clause)):
            return True
        if sums and verb.form.forms <= {"ing"}:  # "is stepping up its assistance, releasing €22m"
            aid = aid or any(mentions.words[one.last - 1].lower in STRONG for one in mentions.given(0, clause.place))
        return aid and bool(sums or things or _strong_aid(mentions, clause))
    return bool(sums or things) or any(
        one.value != "unspecified" or _aid_word(mentions, one)
        for one in mentions.given(*theme_limits(mentions, clause))
    )


FOR_SOMEBODY = word_set("giving", "for_somebody")  # "spend $40m on shells for Ukraine"


def _for_relief(mentions: Mentions, clause: Clause, things: list[Thing]) -> bool:
    """ "released £500,000 for shelter, clean water and medicine"."""
    relief = any(one.goods.category in HUMANITARIAN for one in things)
    return clause.verb.form.lemma in FOR_SOMEBODY and relief and "for" in mentions.lowers[clause.place : clause.right]


def _by_pact(mentions: Mentions, clause: Clause, counted: bool) -> bool:
    pact = clause.verb.acts("approve") and PACT.search(mentions.text(clause.place, clause.right))
    return bool(pact) and counted and bool(recipients_of(mentions, clause, ())[0])


# "signed a treaty with Ukraine that provides for 30 jets"
PACT = re.compile(
    r"\b(?:treaty|agreement|pact|accord|memorandum)\b.{0,40}\bwith\b.{2,60}"
    r"\b(?:under which|by which|provid\w+|that (?:gives|promises|includes)|promising|giving|worth)\b"
)
SHIPPING = frozenset({"delivery", "dispatch", "despatch", "shipment", "airlift", "transfer", "deployment"})


def _handed_to(mentions: Mentions, clause: Clause) -> bool:
    """ "will pay Ukraine 1.5 billion": who gets it stands right after the verb."""
    gives = clause.verb.acts("deliver", "give") and not clause.passive
    near = [one for one in mentions.parties if 0 < one.first - clause.place <= 2 and one.role == "name"]
    return gives and any(set(one.codes) & BENEFICIARIES for one in near)


def _aid_word(mentions: Mentions, term: Term) -> bool:
    """ "promised support" is a word of sympathy, "promised aid" a claim."""
    return bool(
        {"aid", "assistance", "equipment", "supplies", "donation"} & set(mentions.text(term.first, term.last).split())
    )


def _helps(mentions: Mentions, clause: Clause) -> bool:
    """ "will invest €5m to help Sudan"."""
    after = mentions.text(clause.place, clause.right)
    return HELPING.search(after) is not None


HELPING = re.compile(r"\bto (?:assist|help|support|aid|feed|shelter|treat|rebuild|repair|protect) |\bin support of ")


STRONG = frozenset(
    ["aid", "assistance", "support", "package", "disbursement", "disbursements", "payments", "funding", "programme"]
)


def _strong_aid(mentions: Mentions, clause: Clause) -> bool:
    low, high = theme_limits(mentions, clause)
    return any(
        one.value != "unspecified" or mentions.words[one.last - 1].lower in STRONG
        for one in mentions.aid
        if low <= one.first < high
    )
