"""Stage 2, measures: nouns that show a measure, alone ("tariffs") or by their object ("curbs on chip exports")."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from extraction.lexicon import Lexicon
from extraction.segment import Word

BEFORE, AFTER = 3, 10  # words around a head in which its object stands
AT_MOST = 2  # objects of one head or verb
LINKS = frozenset({"on", "of", "against", "for", "over", "to"})
ENDS = frozenset(
    [
        ".", ";", ":", "–", "—", "(", "that", "which", "who", "by", "after", "amid", "because", "over", "since",
        "while", "when", "until", "as", "said", "says", "imposed", "in",
    ]
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Named:
    """A measure named between two words."""

    first: int
    last: int
    kind: str


def named_by_object(words: Sequence[Word], lexicon: Lexicon, heads: Sequence[int]) -> list[Named]:
    """The measures that a head and its object name together."""
    found: list[Named] = []
    for place in heads:
        if words[place].lower == "measures":
            found += _to_limit(words, place, lexicon)
            continue
        after = words[place + 1].lower if place + 1 < len(words) else ""
        hits = [one for one in objects(words, place - BEFORE, place, lexicon) if one.last == place]
        if not hits and after in LINKS:  # "export curbs on diamonds" are about exports, "curbs on diamonds" are not
            hits = objects(words, place + 2, place + AFTER, lexicon)
        state = after in {"on", "against"} and lexicon.parties.at(words, place + 2) if place + 2 < len(words) else None
        named = lexicon.measures.at(words, place - 1) if place else None  # "visa restrictions"
        if not (hits or named) and state and state[1].group != "no_party" and words[place + 2].capital:
            found.append(Named(place, place + 1, "unspecified"))  # "eased its restrictions on Syria"
        found += [Named(min(place, one.first), max(place + 1, one.last), one.kind) for one in hits]
    return found


LIMITING = frozenset(
    ["limit", "curb", "restrict", "prevent", "block", "ban", "stop", "bar", "cut", "choke", "halt", "prohibit"]
)


def _to_limit(words: Sequence[Word], place: int, lexicon: Lexicon) -> list[Named]:
    """ "measures to limit the sale of citizenship": what they limit shows the kind, if anything does."""
    lead = [word.lower for word in words[place + 1 : place + 3]]
    if len(lead) < 2 or lead[0] not in {"to", "that", "which"} or not set(lead) & LIMITING:
        return []
    hits = [one for one in objects(words, place + 3, place + AFTER, lexicon) if words[one.last - 1].lower != "of"]
    if not hits:  # nor "the sale of citizenship", which is no trade in goods
        return [Named(place, place + 3, "unspecified")]
    return [Named(place, max(place + 3, one.last), one.kind) for one in hits]


def objects(words: Sequence[Word], low: int, high: int, lexicon: Lexicon) -> list[Named]:
    """What is banned or halted between two places, up to where the phrase ends; at most two kinds."""
    found: list[Named] = []
    place = max(0, low)
    while place < min(high, len(words)):
        if place > low and (words[place].lower in ENDS or new_phrase(words, place)):
            break
        if found and not _goes_on(words, found[-1].last, place):
            break
        hit = lexicon.objects.at(words, place) if words[place].lower in lexicon.objects.by_first else None
        if hit and found and place == found[-1].last:
            break  # "insure ships": the second only says what the first is about
        if hit is None or (hit[0] == 1 and _only_describes(words, place, lexicon)):
            place += 1
            continue
        if all(one.kind != hit[1].value for one in found):
            found.append(Named(place, place + hit[0], hit[1].value))
        place += hit[0]
        if len(found) == AT_MOST:
            break
    return found


def _goes_on(words: Sequence[Word], last: int, place: int) -> bool:
    """Whether only a conjunction stands between two objects: "exports and imports", not "exports of aircraft"."""
    between = [word.lower for word in words[last:place]]
    return all(word in CONJOINS for word in between) and between[:2] != [",", "and"]


CONJOINS = frozenset({"and", "or", ",", "on", "new", "all", "&"})


def new_phrase(words: Sequence[Word], place: int) -> bool:
    """A comma after which no further object comes: "exports to Turkey, its export authority said"."""
    if words[place].text != ",":
        return False
    return place + 1 == len(words) or words[place + 1].lower in AFTER_COMMA or words[place + 1].capital


AFTER_COMMA = frozenset(["a", "according", "an", "but", "citing", "her", "his", "its", "said", "the", "their", "with"])


def _only_describes(words: Sequence[Word], place: int, lexicon: Lexicon) -> bool:
    """ "steel imports", "technology exports": the second word is the object."""
    following = words[place + 1].lower if place + 1 < len(words) else ""
    return following in {"exports", "imports", "sales", "shipments", "licences", "licenses"}
