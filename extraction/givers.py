"""Stage 3, givers: who gives in a clause, be it its subject, the party after "by" or "from", or who announces it."""

from __future__ import annotations

from extraction.assemble import BENEFICIARIES
from extraction.clauses import Clause, inside_phrase
from extraction.mentions import Mentions
from extraction.parties import PARTICLES, Party
from extraction.reading import Memory
from extraction.recipients import CHANNELS, clearly_for, phrase_start


def donors_of(mentions: Mentions, clause: Clause, memory: Memory) -> Party | tuple[str, ...] | None:
    """Who gives: the subject, or in a passive the party after "by"; a package's sentence has nobody."""
    if clause.verb.acts("receive"):
        named = _after(mentions, clause, {"from"}) or _funder(mentions, clause) or _maker(mentions, clause)
        return named or _speaker(mentions, clause)
    if clause.verb.acts("arrive") and (origin := _origin(mentions, clause)):
        return origin
    if clause.passive or clause.verb.acts("arrive"):
        after = _after(mentions, clause, {"by", "from"})
        made = _origin(mentions, clause) if after is None and clause.verb.acts("deliver") else None
        return after or made or _teller(mentions, clause, memory) or _planner(mentions, clause)
    if clause.kind == "party" and clause.subject:
        nobody = clause.subject.role == "office" and not clause.subject.codes  # "Minister Roe announced Irish funding"
        return (nobody and _maker(mentions, clause)) or clause.subject
    if clause.kind == "pronoun":
        word = mentions.words[clause.subject_first].lower
        if word == "we" and memory.we:
            return memory.we
        if word in {"we", "i"} and (speaker := who_says(mentions, clause)):
            return speaker
        if word in {"we", "i"} and memory.known.home:
            return (memory.known.home,)
        return _of_sentence(mentions, clause, memory) or None
    bill = mentions.words[clause.subject_first].lower in {"bill", "law", "act", "legislation", "package"}
    if clause.kind == "package" and bill and memory.last_donors and clearly_for(mentions, clause):
        return memory.last_donors
    if clause.kind in {"package", "other"}:
        return _possessor(mentions, clause)
    return None


def _funder(mentions: Mentions, clause: Clause) -> Party | None:
    """ "will get medicines donated by Kuwait": who gives stands after a participle."""
    party = _after(mentions, clause, {"by"})
    lead = mentions.text(party.first - 3, party.first).split() if party else []
    return party if party and FUNDED & set(lead) else None


def _maker(mentions: Mentions, clause: Clause) -> Party | None:
    """ "gets $2.1bn in new US military aid": whose aid it is."""
    for term in mentions.given(clause.place, clause.right):
        party = next((one for one in mentions.parties if 0 <= term.first - one.last <= 1), None)
        if party and party.codes and party.first > clause.place and party is not clause.subject:
            return party
    return None


FUNDED = frozenset(
    {"donated", "funded", "financed", "given", "provided", "sent", "supplied", "paid", "offered", "pledged", "promised"}
)


def _of_sentence(mentions: Mentions, clause: Clause, memory: Memory) -> tuple[str, ...]:
    """Whom "he" or "it" means: who acts at the start of the sentence, else who acted last."""
    if memory.last_actor:
        return memory.last_actor
    first = next((one for one in mentions.parties if one.acts and one.codes), None)
    leads = first is not None and first.last <= clause.subject_first and not inside_phrase(mentions, first)
    return first.codes if first and leads else ()


def _speaker(mentions: Mentions, clause: Clause) -> Party | None:
    """ "Ukraine will receive 5,000 helmets, the German defence minister told reporters": who says so gives it."""
    for verb in mentions.verbs:
        if verb.place <= clause.place or not verb.acts("say", "announce"):
            continue
        comma = mentions.words[verb.place - 1].text == ","
        party = mentions.party_ending(verb.place - comma)
        theirs = clause.subject.codes if clause.subject else ()
        if not set(theirs) & BENEFICIARIES:
            return None
        if party and party.acts and party.codes and not set(party.codes) & {*theirs, *CHANNELS}:
            return party
    return None


def who_says(mentions: Mentions, clause: Clause) -> Party | None:
    """ "“We will send …,” Olaf Scholz said": who is quoted."""
    for verb in mentions.verbs:
        if verb.place > clause.place and verb.acts("say", "announce"):
            party = mentions.party_ending(verb.place) or mentions.party_over(verb.place + 1)
            if party and party.acts and party.codes:
                return party
    return None


def _teller(mentions: Mentions, clause: Clause, memory: Memory) -> Party | tuple[str, ...] | None:
    """ "Ottawa's minister said 200 vehicles were on their way": who says what is coming sends it."""
    if clause.verb.form.lemma != "arrive" or clause.verb.form.forms != {"base"}:
        return None
    for verb in mentions.verbs:
        if not verb.acts("say", "announce"):
            continue
        party = mentions.party_ending(verb.place)
        if party and party.acts and party.codes:
            return party
        if mentions.text(verb.place - 1, verb.place) in {"he", "she", "it"}:
            return memory.last_actor or ((memory.known.home,) if memory.known.home else None)
    return None


def _planner(mentions: Mentions, clause: Clause) -> Party | None:
    """ "Madrid settled on a plan which will see six tanks shipped to Ukraine": who has the plan gives."""
    seen = next((place for place in range(clause.place - 1, -1, -1) if mentions.lowers[place] in SEES), None)
    if seen is None or clause.place - seen > SEEN_WITHIN or not clause.verb.acts("deliver", "give"):
        return None
    before = [one for one in mentions.parties if one.last <= seen and one.acts and one.codes]
    return next((one for one in reversed(before) if not inside_phrase(mentions, one)), None)


SEES, SEEN_WITHIN = frozenset({"see", "sees", "seeing"}), 9


def _origin(mentions: Mentions, clause: Clause) -> Party | None:
    """Where what arrives comes from: "medicine from Venezuela arrived", "40 Bulgarian carriers have reached"."""
    for thing in mentions.things:
        inside = [one for one in mentions.parties if thing.first <= one.first and one.last <= thing.last]
        before = mentions.party_ending(thing.first)
        made = next((one for one in [*inside, before] if one and one.role == "adjective" and one.codes), None)
        if made and made.last <= clause.place:
            return made
    for party in mentions.parties:  # "two Emirati planes with 68 tonnes of food landed"
        after = set(mentions.text(party.last, party.last + NEAR_NOUN).split())
        if party.role == "adjective" and party.last <= clause.place and after & CARRIERS:
            return party
    for term in mentions.given(clause.left, clause.place):  # "Danish aid worth €2m will reach"
        before = mentions.party_ending(term.first)
        if before and before.codes and (before.role == "adjective" or before.possessive):
            return before
    for party in mentions.parties:
        first = phrase_start(mentions.words, party.first)
        if party.acts and party.last <= clause.place and mentions.text(first - 1, first) == "from":
            return party
    return None


NEAR_NOUN = 3  # words
CARRIERS = frozenset({"plane", "planes", "ship", "ships", "flight", "flights", "convoy", "lorries", "trucks", "vessel"})


def _after(mentions: Mentions, clause: Clause, prepositions: set[str]) -> Party | None:
    for party in mentions.parties:
        if party.first > clause.place and party.acts and party.first < clause.right + 1:
            before = mentions.words[party.first - 1].lower
            if before == "the":
                before = mentions.words[party.first - 2].lower
            if before in prepositions or _names_before(mentions, party) in prepositions:
                return party
    return None


def _names_before(mentions: Mentions, party: Party) -> str:
    """The word before a name that a party explains: "by | Trine Roe, Denmark's defence minister"."""
    words = mentions.words
    place = party.first - 1
    if place >= 0 and words[place].lower == "the":
        place -= 1
    if place < 1 or words[place].text != "," or party.role != "office":
        return ""
    place -= 1
    while place >= 0 and (words[place].capital or words[place].lower in PARTICLES):
        place -= 1
    return words[place].lower if place >= 0 else ""


def _possessor(mentions: Mentions, clause: Clause) -> Party | None:
    """ "Australian funding will provide", "Norway's donation was sent"."""
    for party in reversed(mentions.parties):
        if party.last <= clause.subject_first and clause.subject_first - party.last <= 4:
            between = mentions.text(party.last, clause.subject_first)
            owns = party.role == "adjective" or between.startswith("'s")
            return party if owns and clause.kind == "package" else None
    return None
