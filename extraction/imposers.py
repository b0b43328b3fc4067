"""Stage 3, imposers: who imposes, lifts or extends in a clause of sanctions."""

from __future__ import annotations

from extraction.clauses import Clause
from extraction.givers import who_says
from extraction.measure_kinds import (
    WEAK_NOUNS,
    measures_act,
)
from extraction.mentions import Mentions
from extraction.parties import Party
from extraction.reading import Measure, Memory
from extraction.reality import unreal

NEXT = 3  # sentences within which "the package" is the one told of before


def told_before(mentions: Mentions, memory: Memory) -> Measure | None:
    """The measure told of a few sentences ago at most."""
    last = memory.last_measure
    return last if last and mentions.sentence.number - last.sentence <= NEXT else None


def _ensuring(mentions: Mentions, clause: Clause, clauses: list[Clause], memory: Memory) -> Party | None:
    """ "We commit to ensuring that banks are removed": who commits removes."""
    for earlier in reversed(clauses):
        if earlier.place < clause.place and earlier.verb.acts("promise", "commit", "announce", "plan"):
            return imposer_of(mentions, earlier, [], memory)
    return None


def imposer_of(mentions: Mentions, clause: Clause, clauses: list[Clause], memory: Memory) -> Party | None:
    if clause.passive:
        for party in mentions.parties:
            if (
                party.first > clause.place
                and party.acts
                and mentions.text(party.first - 2, party.first).endswith(("by", "by the"))
            ):
                return party
        # "added to the EU's list", "hit with a British asset freeze": the owner stands after the verb
        after = clause.verb.form.lemma == "add" or mentions.text(clause.place + 1, clause.place + 2) == "with"
        last = clause.right if after else clause.place
        owner = _owner(mentions, clause.left, last) or _ensuring(mentions, clause, clauses, memory)
        owner = owner or _closed_place(mentions, clause) or _announcer(mentions, clause)
        before = memory.last_measure
        if owner is None and before and mentions.sentence.number - before.sentence < NEXT and before.imposers:
            return Party(clause.place, clause.place + 1, before.imposers, "name")
        return owner
    if clause.kind == "party":
        return clause.subject
    if clause.kind == "pronoun":
        word = mentions.words[clause.subject_first].lower
        codes = memory.we if word == "we" and memory.we else memory.last_actor
        if word in {"we", "i"} and not memory.we and (speaker := who_says(mentions, clause)):
            return speaker
        if word in {"we", "i"} and not codes and memory.known.home:
            codes = (memory.known.home,)
        return Party(clause.subject_first, clause.subject_first + 1, codes, "name") if codes else None
    owner = _actor_before(clause, clauses, mentions) or _owner(mentions, clause.left, clause.place)
    if owner is None and measures_act(mentions, clause):
        owner = _announced_by(mentions, clause)
    before = memory.last_measure
    if owner is None and before and before.imposers and measures_act(mentions, clause):
        near = mentions.sentence.number - before.sentence <= NEXT
        return Party(clause.place, clause.place + 1, before.imposers, "name") if near else None
    return owner


def _announced_by(mentions: Mentions, clause: Clause) -> Party | None:
    """ "The sanctions, announced by the US Treasury, target": who made them known, between the noun and its verb."""
    for party in mentions.parties:
        by = mentions.text(party.first - 2, party.first).endswith(("by", "by the"))
        if by and party.codes and party.acts and party.last < clause.place:
            return party
    return None


def _actor_before(clause: Clause, clauses: list[Clause], mentions: Mentions) -> Party | None:
    """ "Washington granted Chevron a licence, easing sanctions": a participle after a comma is of who acted before."""
    if not clause.verb.form.forms <= {"ing"} or mentions.words[clause.place - 1].text != ",":
        return None
    acting = [one for one in clauses if one.kind == "party" and one.place < clause.place and not one.passive]
    return acting[-1].subject if acting and not unreal(mentions, acting[-1]) else None


def _closed_place(mentions: Mentions, clause: Clause) -> Party | None:
    """ "shut out of Canadian ports", "barred from Norway's waters": whose place it is keeps others out."""
    if not clause.verb.acts("ban"):
        return None
    for party in mentions.parties:
        lead = mentions.text(clause.place + 1, party.first).split()
        owns = party.role == "adjective" or party.possessive
        if (
            owns
            and party.codes
            and clause.place < party.first
            and lead
            and lead[-1] in {"from", "of"}
            and len(lead) <= NEXT
        ):
            return party
    return None


def _announcer(mentions: Mentions, clause: Clause) -> Party | None:
    """ "Canada's minister said that sanctions would be placed on …": who says what will be done to others does it."""
    for verb in mentions.verbs:
        if verb.place < clause.place and verb.acts("say", "announce"):
            party = mentions.party_ending(verb.place)
            if party and party.acts and party.codes and set(clause.over) & {"will", "would"}:
                return party
    return None


def _owner(mentions: Mentions, low: int, high: int) -> Party | None:
    """ "EU sanctions on Russia were extended": the party right before the noun."""
    for term in mentions.measures:
        if low <= term.first < high and mentions.text(term.first, term.last) not in WEAK_NOUNS:
            for party in mentions.parties:
                near = party.last <= term.first and term.first - party.last <= OWNER_WITHIN
                between = set(mentions.text(party.last, term.first).split())
                verb = any(party.last <= one.place < term.first for one in mentions.verbs)
                if near and party.codes and not verb and not between & NO_OWNER:
                    return party
    return None


OWNER_WITHIN = 3  # words: "the bloc | 's 14 th | round of sanctions"


NO_OWNER = frozenset({"will", "would", "to", "has", "have", "had", "keeps", "maintains", "wants", "on", "over", "by"})
