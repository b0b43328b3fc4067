"""Stage 3, aid: clauses of giving, promising, approving, halting … become claims."""

from __future__ import annotations

from collections.abc import Iterator

from extraction.claims import claim_of
from extraction.clauses import PACKAGE, Clause
from extraction.data_files import word_set
from extraction.enough import enough, theme_limits
from extraction.givers import donors_of
from extraction.kinds import aid_type
from extraction.lexicon import Lexicon
from extraction.mentions import Mentions, Sum, Thing
from extraction.no_gifts import (
    DEPLOYED,
    goes_to_institution,
    in_passing,
    is_deal,
    own_money,
    sends_soldiers,
    speaks_of_measures,
)
from extraction.parties import Party
from extraction.reading import Claim, Memory
from extraction.reality import unreal, withdraws_promise
from extraction.recipients import clearly_for
from extraction.shares import as_part, own_things, shares_of

CORE = (
    "propose",
    "deliver",
    "give",
    "promise",
    "commit",
    "approve",
    "allocate",
    "announce",
    "raise",
    "halt",
    "cancel",
    "receive",
    "arrive",
)


def find_claims(mentions: Mentions, clauses: list[Clause], lexicon: Lexicon, memory: Memory) -> list[Claim]:
    """The claims of aid that the verbs of one sentence make; ``trace`` of what was refused goes to the memory."""
    claims: list[Claim] = []
    for clause in clauses:
        buys_for = clause.verb.form.lemma in {"buy", "purchase", "procure"} and clearly_for(mentions, clause)
        if clause.verb.acts(*CORE) or buys_for or _pours(mentions, clause, memory):
            claims.extend(_from_clause(mentions, clause, lexicon, memory))
        elif clause.verb.acts("include"):
            claims.extend(_details(mentions, clause))
        if claims:
            memory.last_donors = claims[-1].donors
            memory.gave |= dict.fromkeys(memory.last_donors, claims[-1])
    return claims or list(_of_which(mentions)) or list(_worth(mentions))


def _pours(mentions: Mentions, clause: Clause, memory: Memory) -> bool:
    """ "puts €400m into the repair of", "adds 1.8bn to its aid for": the sum is the object and goes into something."""
    place = clause.place
    if not clause.verb.acts("pour") or clause.passive:
        return False
    one = next((one for one in mentions.sums if 0 < one.first - place <= NEAR_OBJECT), None)
    if one is None:
        return False
    into = INTO & set(mentions.text(one.last, one.last + NEAR_OBJECT).split())
    return bool(into) or _goes_on(mentions, clause, memory)


def _goes_on(mentions: Mentions, clause: Clause, memory: Memory) -> bool:
    """ "Denmark adds 1.8 billion kroner", right after a sentence that told what it gives to whom."""
    codes = clause.subject.codes if clause.subject else ()
    return clause.verb.acts("pour") and any(
        0 < mentions.sentence.number - memory.gave[code].sentence <= FEW_SENTENCES
        for code in codes
        if code in memory.gave
    )


NEAR_OBJECT = 4  # words
INTO = frozenset({"into", "to", "towards", "toward", "behind", "for", "in"})
OF_WHICH = ("of this", "of that", "of the total", "of the money", "of the sum", "of the amount", "of it", "of these",
            "out of this", "of the funding", "of the package")  # fmt: skip


def _of_which(mentions: Mentions) -> Iterator[Claim]:
    """ "Of this, €20m will go to hospitals": parts of the sum told of before."""
    opening = mentions.text(0, 4)
    if not opening.startswith(OF_WHICH):
        return
    words = mentions.words
    for number, one in enumerate(mentions.sums):
        end = mentions.sums[number + 1].first if number + 1 < len(mentions.sums) else len(words)
        claim = Claim(
            mentions.sentence.number, words[one.first].start, words[end - 1].end, (), money=one.money, details=True
        )
        claim.type = aid_type(mentions, one.first, end, (), True)
        claim.reasons.append("“of this”")
        yield claim


WORTH = ("worth", "valued at", "value of", "amounts to", "estimated at", "totalling", "totaling", "costs")


def _worth(mentions: Mentions) -> Iterator[Claim]:
    """ "The shipment is worth €2m": the price of what was told of before."""
    words = mentions.words
    opening = [word.lower for word in words[:5]]
    if (
        not mentions.sums
        or opening[0] not in {"the", "this", "its", "it", "their"}
        or not set(opening) & (PACKAGE | {"it"})
    ):
        return
    if len(mentions.parties) > 2 or not any(one in mentions.text(0, len(words)) for one in WORTH):
        return
    claim = Claim(
        mentions.sentence.number, mentions.sentence.start, mentions.sentence.end, (), money=mentions.sums[0].money
    )
    claim.details = True
    yield claim


def _details(mentions: Mentions, clause: Clause) -> Iterator[Claim]:
    """ "The package includes five ambulances and is worth €2m": completes what was said before."""
    if clause.kind not in {"package", "pronoun"}:
        return
    things = [one for one in mentions.things if clause.place < one.first < clause.right]
    sums = [one for one in mentions.sums if clause.place < one.first < clause.right]
    if things or sums:
        claim = claim_of(mentions, clause, (), (sums[:1], things), stage="pledge")
        claim.details = True
        yield claim


def _from_clause(mentions: Mentions, clause: Clause, lexicon: Lexicon, memory: Memory) -> Iterator[Claim]:
    reason = unreal(mentions, clause) or in_passing(mentions, clause)
    taken_back = reason == "negated" and withdraws_promise(mentions, clause)
    if reason and not taken_back:
        memory.refused.append((mentions.sentence.number, f"“{clause.verb.form.lemma}”: {reason}"))
        return
    if clause.verb.acts("receive") and goes_to_institution(mentions, clause):
        memory.refused.append((mentions.sentence.number, f"“{clause.verb.form.lemma}”: no state gets it"))
        return
    donors = donors_of(mentions, clause, memory)
    if donors is None:
        return
    agency = not isinstance(donors, tuple) and donors.codes == ("UN",)
    if agency and not (clause.verb.acts("allocate", "approve") or clause.verb.form.lemma == "release"):
        return  # agencies hand out what others gave
    low, high = theme_limits(mentions, clause)
    sums = [one for one in mentions.sums if low <= one.first < high]
    things = [one for one in mentions.things if low <= one.first < high]
    covered = {place for one in things for place in range(one.first, one.last)}
    aid = [one for one in mentions.given(low, high) if one.first not in covered and one.last - 1 not in covered]
    trade = clause.verb.acts("halt", "cancel") and EXPORTS & set(mentions.text(low, high).split())
    if trade or (not sums and speaks_of_measures(mentions, low, high)):
        return
    if not sums and (sends_soldiers(mentions, low, high) or DEPLOYED & set(mentions.text(low, high).split())):
        memory.refused.append((mentions.sentence.number, f"“{clause.verb.form.lemma}”: forces sent to a region"))
        return
    goes_on = _goes_on(mentions, clause, memory)
    pays = goes_on or (
        clause.verb.form.lemma in PAYS and clearly_for(mentions, clause)
    )  # "support the purchase of weapons for"
    if sums and own_money(mentions, clause):
        memory.refused.append((mentions.sentence.number, "money that was theirs before"))
        return
    if is_deal(mentions, low, high) and not pays:
        memory.refused.append((mentions.sentence.number, f"“{clause.verb.form.lemma}”: a sale or a contract"))
        return
    if not (goes_on or taken_back) and not enough(mentions, clause, sums, things, bool(aid)):
        return
    for claim in _divided(mentions, clause, donors, (sums, things), memory):
        before = memory.gave.get(claim.donors[0]) if goes_on and claim.donors else None
        if before and claim.type == "unspecified":
            claim.type = before.type
        if taken_back:
            claim.stage, claim.doubts = "cancelled", claim.doubts + 0.05
        yield claim


EXPORTS = frozenset({"export", "exports", "licence", "licences", "license", "licenses"})
PAYS = frozenset({"support", "finance", "fund", "subsidise", "subsidize"})


EACH = word_set("giving", "each")
TOGETHER = word_set("giving", "together")


def _divided(
    mentions: Mentions,
    clause: Clause,
    donors: Party | tuple[str, ...],
    themes: tuple[list[Sum], list[Thing]],
    memory: Memory,
) -> Iterator[Claim]:
    """One claim for each sum; one for each donor where they give apart (nothing stated, "each", "respectively")."""
    sums, things = themes
    codes, written = (donors.codes, donors.written) if isinstance(donors, Party) else (donors, "")
    if clause.verb.form.lemma == "sign" and len(codes) > 1:
        codes = tuple(code for code in codes if code != "UN")  # the agency that signs beside a state gets the money
    respectively = "respectively" in mentions.text(clause.place, len(mentions.words))
    if respectively and len(codes) == len(sums) > 1:
        for code, one in zip(codes, sums, strict=True):
            yield claim_of(mentions, clause, (code,), ([one], []), written=written, year=memory.year)
        return
    if respectively and not sums and (own := own_things(mentions, codes, things)):
        for code, thing in zip(codes, own, strict=True):
            yield claim_of(mentions, clause, (code,), ([], [thing]), written=written, year=memory.year)
        return
    shares = shares_of(mentions, clause, sums, things)
    apart = len(codes) > 1 and _give_apart(mentions, clause, themes)
    gapped = {one.first: _gapped(mentions, one, codes) for one in sums}
    for group in [(code,) for code in codes] if apart else [codes]:
        for some_sums, some_things, parts in shares:
            other = gapped.get(some_sums[0].first) if some_sums else None
            claim = claim_of(
                mentions, clause, other or group, (some_sums, some_things), written=written, year=memory.year
            )
            _recall_need(mentions, claim, clause, memory)
            yield claim
            for part in parts:
                yield as_part(claim_of(mentions, clause, other or group, ([part], []), year=memory.year), claim)


# "to UNRWA to feed them": people of whom a sentence before spoke, beside an agency that gets the money for them.
ANAPHORS = word_set("giving", "anaphors")


def _recall_need(mentions: Mentions, claim: Claim, clause: Clause, memory: Memory) -> None:
    """Sums given at a donors' meeting go to whom the sentences just before named."""
    near = 0 < claim.sentence - memory.recipients_in <= FEW_SENTENCES
    gives = clause.verb.acts("give", "deliver", "promise", "commit", "approve", "pour") and (
        claim.money is not None or claim.goods
    )
    text = mentions.text(clause.place, clause.right)
    if "the country" in text and memory.named and not (claim.recipients or claim.elsewhere):
        claim.recipients = memory.named  # "gave the country 114 million francs"
        claim.doubts += 0.06
        claim.reasons.append("“the country” named before")
    them = claim.channel is None or ANAPHORS & set(mentions.text(clause.place, clause.right).split())
    if near and gives and them and not (claim.recipients or claim.elsewhere):
        claim.recipients, memory.recipients_in = memory.last_recipients, claim.sentence
        claim.doubts += 0.06
        claim.reasons.append("recipient from the sentences before")


FEW_SENTENCES = 3


def _gapped(mentions: Mentions, one: Sum, codes: tuple[str, ...]) -> tuple[str, ...] | None:
    """ "China will provide $100 million, and France €360 million": the second donor has no verb of its own."""
    for party in mentions.parties:
        if party.acts and party.codes and party.codes != codes and mentions.text(one.last, party.first) == "from":
            return party.codes  # "gets 30 million from Romania and 10 million from Poland"
        if party.acts and party.codes and party.codes != codes and 0 <= one.first - party.last <= 1:
            lead = mentions.text(party.first - 2, party.first).split()
            if set(lead) & {",", "and", "while"}:
                return party.codes
    return None


def _give_apart(mentions: Mentions, clause: Clause, themes: tuple[list[Sum], list[Thing]]) -> bool:
    """Whether each donor gives something of its own: "each", or nothing is counted that they could share."""
    around = set(mentions.text(clause.subject_first, clause.right).split())
    sums, things = themes
    shared = sums or any(one.goods.quantity for one in things) or around & TOGETHER
    return bool(around & EACH) or not shared
