"""Stage 3, recipients: who gets what a clause gives, and which organisation passes it on."""

from __future__ import annotations

from extraction.assemble import BENEFICIARIES
from extraction.clauses import Clause
from extraction.data_files import word_set
from extraction.mentions import Mentions
from extraction.parties import Party
from extraction.segment import Word

# Agencies that pass aid on to others, and are no country.
CHANNELS = frozenset({"UN", "WB", "IMF", "EBRD", "EIB", "NATO", "EU", "G7"})
TOWARDS = frozenset(
    [
        "to",
        "for",
        "in",
        "towards",
        "toward",
        "with",
        "help",
        "helping",
        "assist",
        "assisting",
        "support",
        "supporting",
        "on",
    ]
)
PEOPLE = word_set("recipients", "people")
AWAY = frozenset(["against", "from", "by", "of", "near", "via", "through", "over", "at"])
PLACE_MARKS = word_set("recipients", "place_marks")
THOSE_IN = word_set("recipients", "those_in")


REACH = 80  # words between a verb and who gets it; further off is another matter


def recipients_of(
    mentions: Mentions, clause: Clause, donors: tuple[str, ...]
) -> tuple[tuple[str, ...], str | None, int]:
    """Who gets it, which organisation passes it on, and where that phrase ends."""
    channel: str | None = None
    best: tuple[int, Party] | None = None
    for party in mentions.parties:
        if (
            not party.codes
            or abs(party.first - clause.place) > REACH
            or set(party.codes) & set(donors)
            or (party is clause.subject and not _gets(clause))
        ):
            continue
        lead = set(mentions.text(party.first - 2, party.first).split())
        if party.last in {one.first for one in mentions.sums} and lead & {",", "and"}:
            continue  # "and France €360 million" gives as well
        score = _recipient_score(mentions, clause, party)
        if score and set(party.codes) <= CHANNELS:
            channel = channel or party.codes[0]
        elif score and (best is None or score > best[0]):
            best = (score, party)
    if best is None:
        return (), channel, clause.place + 1
    return best[1].codes, channel, best[1].last if best[1].first < clause.right else clause.place + 1


def _gets(clause: Clause) -> bool:
    """Whether the subject is who gets it: "will receive", "was promised"."""
    return clause.verb.acts("receive") or (clause.passive and clause.verb.acts("give", "deliver", "promise"))


def beneficiary(mentions: Mentions, low: int, high: int, giver: Party) -> Party | None:
    """The party that a noun of giving is meant for: "to Turkey", "for the people of Moldova", "Ukraine aid package"."""
    for party in mentions.parties:
        if party is giver or not party.codes or not low <= party.first < high or set(party.codes) & set(giver.codes):
            continue
        start = phrase_start(mentions.words, party.first)
        before = mentions.words[start - 1].lower if party.first else ""
        if start < party.first and mentions.text(party.first - 1, party.first) == "in" and party.first > giver.first:
            return party  # "to feed people in Ethiopia"
        noun_after = any(one.first == party.last for one in mentions.aid)
        if before in {"to", "for", "towards", "help", "support", "helping", "in"} or (
            noun_after and party.first > giver.first
        ):
            return party
    return None


def _later_scene(mentions: Mentions, clause: Clause, party: Party) -> bool:
    """ "announces aid after meeting X at a summit in Y" says nothing of who gets it."""
    between = mentions.text(clause.place, party.first).split()
    return bool(
        {"after", "following", "during", "before", "summit", "conference", "meeting", "visit"} & set(between[-12:])
    )


def phrase_start(words: tuple[Word, ...], first: int) -> int:
    """Where the phrase around a party begins: "for | the refugees in northern Moldova"."""
    while first and (words[first - 1].lower in PLACE_MARKS or words[first - 1].lower.endswith(STRICKEN)):
        first -= 1
    if first >= 2 and words[first - 1].lower in {"in", "of", "from"} and words[first - 2].lower in THOSE_IN:
        first -= 2
        while first and (
            words[first - 1].lower in PLACE_MARKS or words[first - 1].lower in {"affected", "displaced", "hit", *CRISES}
        ):
            first -= 1
    return first


STRICKEN = ("-hit", "-torn", "-stricken", "-ravaged", "-affected", "-struck", "-prone", "-ridden", "-battered")
SCHEMES = frozenset(
    {"scheme", "initiative", "plan", "fund", "proposal", "project", "coalition", "drive", "effort", "led", "-", "firm"}
)
PROGRAMMES = frozenset({"programme", "program", "budget", "recovery", "loan", "economy"})
CRISES = frozenset(
    [
        "war",
        "crisis",
        "conflict",
        "invasion",
        "earthquake",
        "quake",
        "floods",
        "flood",
        "cyclone",
        "famine",
        "drought",
        "hunger",
        "cholera",
        "eruption",
        "landslide",
        "hurricane",
        "typhoon",
        "tsunami",
        "storm",
    ]
)


def _recipient_score(mentions: Mentions, clause: Clause, party: Party) -> int:
    words = mentions.words
    first = phrase_start(words, party.first)
    before = words[first - 1].lower if first else ""
    inner = words[party.first - 1].lower if party.first else ""
    after = words[party.last].lower if party.last < len(words) else ""
    inside = clause.place < party.first < clause.right
    after_noun = any(one.first <= party.last <= one.first + 1 for one in mentions.aid)
    scene = set(mentions.text(party.first - 5, party.first).split()) & {
        "summit",
        "conference",
        "meeting",
        "talks",
        "visit",
    }
    scheme = party.role == "adjective" and after in SCHEMES and not set(party.codes) & BENEFICIARIES
    if (inside and _later_scene(mentions, clause, party)) or (scene and inner in {"in", "with", "to"}) or scheme:
        return 0  # nor "to the Czech scheme to buy shells for Ukraine"
    if inside and inner in {"in", "of"} and words[party.first - 2].lower in THOSE_IN:
        return 5
    if (
        not inside
        and party.last < len(words)
        and words[party.last].lower == "'s"
        and PROGRAMMES & set(mentions.text(party.last, party.last + 4).split())
    ):
        return 3  # "completed a review of Ukraine's programme, allowing a disbursement"
    meant = mentions.text(party.first - 3, party.first) in {"in support of", "in aid of"}
    meant = meant or (clause.verb.acts("arrive") and inside and before == "at")  # "landed at Adana"
    if (before in AWAY and not meant) or (inner in AWAY and inner != "of"):
        return 0
    if party is clause.subject and _gets(clause):
        return 9
    if inside and party.first - clause.place <= 2 and party.acts and before not in TOWARDS:
        return 8  # "give Ukraine 30 tanks"
    cargo = clause.verb.acts("arrive") and not inside and before == "for"  # "food for Gaza landed in Egypt"
    if (inside and (before in {"to", "for"} or meant)) or cargo:
        return 7
    if inside and (before in TOWARDS or inner in TOWARDS) and "in" not in {before, inner}:
        return 6
    if inside and before in {"in", "at"}:
        return 5
    if party.role in {"adjective", "office"} and (after in PEOPLE or words[party.last - 1].lower in PEOPLE):
        return 5 if inside else 2
    if inside and (after_noun or inner == "of"):
        return 4
    if not inside and before in {"in", "for", "to"} and party is not clause.subject:
        return 3
    return 1 if inside and party.acts and set(party.codes) & BENEFICIARIES else 0


DEALS = word_set("giving", "deals")


def clearly_for(mentions: Mentions, clause: Clause) -> bool:
    """ "announced £10m for Sudan": the sum itself is what is given."""
    if DEALS & set(mentions.text(clause.place, clause.right).split()):
        return False
    low = clause.left if clause.passive else clause.place
    for party in mentions.parties:
        first = phrase_start(mentions.words, party.first)
        if party.codes and low < first < clause.right and mentions.text(first - 1, first) in {"for", "to"}:
            return True
    return False
