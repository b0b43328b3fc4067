"""Stage 3, claims: a clause of giving with its sums and goods becomes a claim."""

from __future__ import annotations

from extraction.clauses import PACKAGE, Clause
from extraction.contract import Stage
from extraction.data_files import word_set
from extraction.enough import theme_limits
from extraction.goods import MILITARY
from extraction.kinds import aid_type, finance_type
from extraction.mentions import Mentions, Sum, Thing
from extraction.reading import Claim
from extraction.reality import doubts_of, flags_of
from extraction.recipients import recipients_of
from extraction.stages import stage_of

AID_NOUNS = frozenset({"aid", "assistance", "relief", "weapons", "arms", "payments", "funding"})


def _elsewhere(mentions: Mentions, clause: Clause) -> str:
    """Meant for a place that is named and is no state: "in Queensland", "for Africa"."""
    words = mentions.words
    for place in range(clause.place + 1, min(clause.right, len(words) - 1)):
        if words[place].lower not in {"in", "for", "to", "across"} or place + 1 in mentions.theme_words:
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


def claim_of(
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
    gives = clause.verb.acts("give", "deliver", "promise") and not clause.verb.acts("buy")
    claim.handed = gives and bool(things or mentions.given(low, high))
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
    claim.doubts += 0.33 if _may_be_bought(clause, claim, things) else 0.0
    claim.type = aid_type(mentions, low, high, claim.goods, bool(sums))
    claim.finance = (
        "loan" if clause.verb.form.lemma in {"lend", "loan", "deposit"} and sums else finance_type(mentions, low, high)
    )
    lends = claim.finance in {"loan", "guarantee"} or (sums and set(codes) and set(codes) <= LENDERS)
    if lends and claim.type == "unspecified":
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


LENDERS = frozenset({"IMF", "EBRD", "EIB", "WB"})  # whatever they give is financial unless it is said otherwise


BUYERS = word_set("claims", "buyers")  # states in need at times, which buy their arms


def _may_be_bought(clause: Clause, claim: Claim, things: list[Thing]) -> bool:
    """ "delivered six jets to Pakistan": arms for a state that buys them, and no word of a gift."""
    handed = clause.verb.acts("deliver", "arrive", "receive") and not clause.verb.acts("give")
    arms = any(one.goods.category in MILITARY for one in things)
    return handed and arms and not claim.aid_noun and bool(claim.recipients) and set(claim.recipients) <= BUYERS


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
    low, high = theme_limits(mentions, clause)
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
