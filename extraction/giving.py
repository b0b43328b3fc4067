"""Stage 3, aid: clauses of giving, promising, approving, halting … become claims."""

from __future__ import annotations

import re
from collections.abc import Iterator

from extraction.assemble import BENEFICIARIES
from extraction.clauses import PACKAGE, Clause
from extraction.contract import Stage
from extraction.data_files import word_set
from extraction.givers import donors_of
from extraction.goods import HUMANITARIAN
from extraction.kinds import aid_type, finance_type
from extraction.lexicon import Lexicon
from extraction.mentions import Mentions, Sum, Term, Thing
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
from extraction.reality import doubts_of, flags_of, unreal
from extraction.recipients import clearly_for, recipients_of
from extraction.shares import as_part, own_things, shares_of
from extraction.stages import stage_of

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
# These say little by themselves: they need a noun for aid beside a sum or goods.
WEAK = ("propose", "approve", "announce", "raise", "halt", "cancel", "receive", "arrive")
AID_NOUNS = frozenset({"aid", "assistance", "relief", "weapons", "arms"})
WEAK_LEMMAS = word_set("giving", "weak_lemmas")


def find_claims(mentions: Mentions, clauses: list[Clause], lexicon: Lexicon, memory: Memory) -> list[Claim]:
    """The claims of aid that the verbs of one sentence make; ``trace`` of what was refused goes to the memory."""
    claims: list[Claim] = []
    for clause in clauses:
        memory.last_donors = claims[-1].donors if claims else memory.last_donors
        buys_for = clause.verb.form.lemma in {"buy", "purchase", "procure"} and clearly_for(mentions, clause)
        if clause.verb.acts(*CORE) or buys_for:
            claims.extend(_from_clause(mentions, clause, lexicon, memory))
        elif clause.verb.acts("include"):
            claims.extend(_details(mentions, clause))
    memory.last_donors = claims[-1].donors if claims else memory.last_donors
    return claims or list(_of_which(mentions)) or list(_worth(mentions))


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
        claim = _claim(mentions, clause, (), (sums[:1], things), stage="pledge")
        claim.details = True
        yield claim


def _from_clause(mentions: Mentions, clause: Clause, lexicon: Lexicon, memory: Memory) -> Iterator[Claim]:
    reason = unreal(mentions, clause) or in_passing(mentions, clause)
    if reason:
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
    low, high = _theme_limits(mentions, clause)
    sums = [one for one in mentions.sums if low <= one.first < high]
    things = [one for one in mentions.things if low <= one.first < high]
    covered = {place for one in things for place in range(one.first, one.last)}
    aid = [one for one in mentions.given(low, high) if one.first not in covered and one.last - 1 not in covered]
    if not sums and speaks_of_measures(mentions, low, high):
        return
    if not sums and (sends_soldiers(mentions, low, high) or DEPLOYED & set(mentions.text(low, high).split())):
        memory.refused.append((mentions.sentence.number, f"“{clause.verb.form.lemma}”: forces sent to a region"))
        return
    pays = clause.verb.form.lemma in PAYS and clearly_for(mentions, clause)  # "support the purchase of weapons for"
    if sums and own_money(mentions, clause):
        memory.refused.append((mentions.sentence.number, "money that was theirs before"))
        return
    if is_deal(mentions, low, high) and not pays:
        memory.refused.append((mentions.sentence.number, f"“{clause.verb.form.lemma}”: a sale or a contract"))
        return
    if not _enough(mentions, clause, sums, things, bool(aid)):
        return
    yield from _divided(mentions, clause, donors, (sums, things), memory)


PAYS = frozenset({"support", "finance", "fund", "subsidise", "subsidize"})


def _theme_limits(mentions: Mentions, clause: Clause) -> tuple[int, int]:
    if clause.passive or clause.verb.acts("arrive"):
        return clause.left, max(clause.place, clause.right)
    return clause.place + 1, clause.right


def _enough(mentions: Mentions, clause: Clause, sums: list[Sum], things: list[Thing], aid: bool) -> bool:
    verb = clause.verb
    weak = verb.acts(*WEAK) and not verb.acts("deliver", "give", "promise", "commit", "allocate")
    if verb.form.lemma in WEAK_LEMMAS:
        weak = True
    if (
        weak
        and clause.governors
        and any(one.acts("promise", "announce", "commit") for one in clause.governors)
        and sums
    ):
        weak = False
    if verb.form.lemma in {"allow", "enable"}:
        return bool(sums) and aid  # "allowing a disbursement of", not "allowed aid to enter"
    if verb.acts("give") and verb.form.lemma == "support" and not (sums or things):
        return False
    if weak:
        if verb.acts("receive", "arrive") and things:
            return True
        if (
            (sums or things)
            and (verb.acts("announce", "approve") or verb.form.lemma in {"grant", "extend", "release"})
            and clearly_for(mentions, clause)
        ):
            return True
        if sums and (_helps(mentions, clause) or verb.acts("receive") or _handed_to(mentions, clause)):
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
        for one in mentions.given(*_theme_limits(mentions, clause))
    )


SHIPPING = frozenset({"delivery", "dispatch", "despatch", "shipment", "airlift", "transfer", "deployment"})


def _handed_to(mentions: Mentions, clause: Clause) -> bool:
    """ "will pay Ukraine 1.5 billion": who gets it stands right after the verb."""
    gives = clause.verb.acts("deliver", "give") and not clause.passive
    near = [one for one in mentions.parties if 0 < one.first - clause.place <= 2 and one.role == "name"]
    return gives and any(set(one.codes) & BENEFICIARIES for one in near)


def _elsewhere(mentions: Mentions, clause: Clause) -> str:
    """Meant for a place that is named and is no state: "in Queensland", "for Africa"."""
    words = mentions.words
    for place in range(clause.place + 1, min(clause.right, len(words) - 1)):
        if words[place].lower not in {"in", "for", "to", "across"}:
            continue
        after = place + 1 + (words[place + 1].lower == "the")
        if after >= len(words) or mentions.party_over(after) or not words[after].capital or words[after].lower in DAYS:
            continue
        if words[after].lower in REGIONS:
            return "region"
        if words[place].lower in {"in", "across"}:
            return "place"
    return ""


REGIONS = frozenset({"africa", "sahel", "pacific", "caribbean", "balkans", "asia", "horn", "middle", "europe", "latin"})
DAYS = word_set("giving", "days")
EACH = word_set("giving", "each")
TOGETHER = word_set("giving", "together")


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
    low, high = _theme_limits(mentions, clause)
    return any(
        one.value != "unspecified" or mentions.words[one.last - 1].lower in STRONG
        for one in mentions.aid
        if low <= one.first < high
    )


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
    respectively = "respectively" in mentions.text(clause.place, len(mentions.words))
    if respectively and len(codes) == len(sums) > 1:
        for code, one in zip(codes, sums, strict=True):
            yield _claim(mentions, clause, (code,), ([one], []), written=written, year=memory.year)
        return
    if respectively and not sums and (own := own_things(mentions, codes, things)):
        for code, thing in zip(codes, own, strict=True):
            yield _claim(mentions, clause, (code,), ([], [thing]), written=written, year=memory.year)
        return
    shares = shares_of(mentions, clause, sums, things)
    apart = len(codes) > 1 and _give_apart(mentions, clause, themes)
    gapped = {one.first: _gapped(mentions, one, codes) for one in sums}
    for group in [(code,) for code in codes] if apart else [codes]:
        for some_sums, some_things, parts in shares:
            other = gapped.get(some_sums[0].first) if some_sums else None
            claim = _claim(
                mentions, clause, other or group, (some_sums, some_things), written=written, year=memory.year
            )
            _recall_need(claim, clause, memory)
            yield claim
            for part in parts:
                yield as_part(_claim(mentions, clause, other or group, ([part], []), year=memory.year), claim)


def _recall_need(claim: Claim, clause: Clause, memory: Memory) -> None:
    """Sums given at a donors' meeting go to whom the sentences just before named."""
    near = 0 < claim.sentence - memory.recipients_in <= FEW_SENTENCES
    gives = clause.verb.acts("give", "deliver", "promise", "commit") and (claim.money is not None or claim.goods)
    if near and gives and not (claim.recipients or claim.channel or claim.elsewhere):
        claim.recipients, memory.recipients_in = memory.last_recipients, claim.sentence
        claim.doubts += 0.06
        claim.reasons.append("recipient from the sentences before")


FEW_SENTENCES = 3


def _gapped(mentions: Mentions, one: Sum, codes: tuple[str, ...]) -> tuple[str, ...] | None:
    """ "China will provide $100 million, and France €360 million": the second donor has no verb of its own."""
    for party in mentions.parties:
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


def _claim(
    mentions: Mentions,
    clause: Clause,
    codes: tuple[str, ...],
    themes: tuple[list[Sum], list[Thing]],
    *,
    stage: Stage | None = None,
    written: str = "",
    year: int | None = None,
) -> Claim:
    sums, things = themes
    low, high = _claim_limits(mentions, clause, sums, things)
    recipients, channel, where = recipients_of(mentions, clause, codes)
    given_before = [one.first for one in sums] + [one.first for one in things] if clause.passive else []
    first = min([clause.begin, clause.place, *given_before])
    last = max([clause.place + 1, where, *(one.last for one in sums), *(one.last for one in things)])
    last = max(last, _aid_end(mentions, clause, last))
    words = mentions.words
    claim = Claim(
        mentions.sentence.number,
        words[first].start,
        words[last - 1].end,
        codes,
        donors_as_written="" if codes else written,
        recipients=recipients,
        channel=channel,
        money=sums[0].money if sums else None,
        goods=tuple(one.goods for one in things),
        stage=stage or stage_of(mentions, clause),
        flags=flags_of(mentions, clause, year),
        aid_noun=any(mentions.words[one.last - 1].lower in AID_NOUNS for one in mentions.given(0, len(words))),
        headline=mentions.sentence.headline,
    )
    total = _total_place(mentions, clause)
    if sums and total and sums[0].first < total:
        claim.flags.discard("cumulative")  # "pledged £53m, taking the total to £144m": the first is new
    elif sums and total:
        claim.flags.add("cumulative")
    claim.vague = not (sums or things)
    claim.definite = _definite(mentions, clause)
    claim.doubts += 0.2 if claim.vague and claim.definite else 0.0  # "the package": told of before, no more of it
    where_else = "" if recipients or channel else _elsewhere(mentions, clause)
    claim.elsewhere, claim.region = bool(where_else), where_else == "region"
    claim.doubts += doubts_of(mentions, clause)
    claim.type = aid_type(mentions, low, high, claim.goods, bool(sums))
    claim.finance = "loan" if clause.verb.form.lemma in {"lend", "loan"} and sums else finance_type(mentions, low, high)
    if claim.finance in {"loan", "guarantee"} and claim.type == "unspecified":
        claim.type = "financial"
    material = any(
        " ".join(w.lower for w in words[one.first - 1 : one.last]).startswith("material")
        for one in mentions.aid
        if low <= one.first < high and one.first
    )
    claim.in_kind = not sums and bool(things or material) and claim.type != "financial"
    said = clause.verb.form.lemma
    claim.reasons.append(f"“{said}” by {'+'.join(codes) or written or 'nobody named'}")
    return claim


def _definite(mentions: Mentions, clause: Clause) -> bool:
    """Whether the clause speaks of what was told before: "the package", "these tanks", "worth"."""
    words = mentions.words
    for place in range(clause.left, min(clause.right, len(words) - 1)):
        follows = {word.lower for word in words[place + 1 : place + 4]}
        if words[place].lower in {"the", "this", "these", "those"} and follows & PACKAGE:
            return True
        if words[place].lower in {"worth", "valued", "costs", "cost"}:
            return True
    return False


def _total_place(mentions: Mentions, clause: Clause) -> int | None:
    """Where a clause begins to tell the running total: "bringing our support to"."""
    after = range(clause.place + 1, clause.right)
    words = mentions.words
    for place in after:
        if (
            words[place].lower in {"bringing", "brings", "taking", "takes"}
            and "to" in mentions.text(place, place + 12).split()
        ):
            return place
    return None


def _claim_limits(mentions: Mentions, clause: Clause, sums: list[Sum], things: list[Thing]) -> tuple[int, int]:
    low, high = _theme_limits(mentions, clause)
    if sums:
        later = [one.first for one in mentions.sums if sums[0].last <= one.first < high]
        earlier = [one.last for one in mentions.sums if low <= one.first < sums[0].first]
        if later and "and" in mentions.text(sums[0].last, later[0]).split():
            high = later[0]
        if earlier and "and" in mentions.text(earlier[-1], sums[0].first).split():
            low = earlier[-1]
    return low, high


def _aid_end(mentions: Mentions, clause: Clause, last: int) -> int:
    ends = [one.last for one in mentions.aid if clause.place < one.first < clause.right and one.first <= last + 3]
    return max(ends, default=last)
