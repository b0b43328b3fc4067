"""Whether two texts that share their words state different things: another figure or another party in the same place.

"Norway gives 100 million" and "Norway gives 200 million" are nearly the same words and two stories. Numbers and parties
are masked; where the words around a mask are the same in both texts, what stands behind it must be the same.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from extraction.lexicon import default_lexicon
from extraction.segment import WORD, Word
from ingestion.likeness.words import MOST_CHARACTERS

NUMBER, PARTY = "<number>", "<party>"
AROUND = 4  # words of context that have to be the same, however they are divided between before and after
LEAD = 60  # words in which a story states its figure
LARGE = 10_000  # from here on a number is an amount and not a count of things

MAGNITUDES = {
    "k": 10**3,
    "thousand": 10**3,
    "m": 10**6,
    "mn": 10**6,
    "mln": 10**6,
    "million": 10**6,
    "bn": 10**9,
    "bln": 10**9,
    "billion": 10**9,
    "tn": 10**12,
    "trillion": 10**12,
}
SPELLED = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11,
    "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18,
    "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80,
    "ninety": 90,
}  # fmt: skip
MONTHS = frozenset([
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec",
])  # fmt: skip
# LONDON, May 4 (Wire) – The …
DATELINE = re.compile(r"\s*[A-Z][A-Z.,/ -]{2,30}\b[^\n–—-]{0,40}\s(?:[–—]|--?)\s")
SIGNS = {"€": "euros", "$": "dollars", "£": "pounds", "¥": "yen"}
DROPPED = frozenset({"about", "around", "roughly", "some"})  # house styles differ in them before a number


@dataclass(frozen=True, slots=True)
class Stated:
    """A text with its numbers and parties masked, and what stood behind each mask, by its place among the words."""

    words: tuple[str, ...]
    values: dict[int, str]
    units: dict[int, str]  # of a number, the word that says what there are so many of

    def all_of(self, mask: str) -> set[str]:
        """Everything that stands behind one kind of mask."""
        return {value for place, value in self.values.items() if self.words[place] == mask}


def read_figures(text: str) -> Stated:
    """Mask the numbers and parties of a text. Days, times and the spelling of a number do not count.

    Nor does the place in a dateline, which is where the paper's own correspondent sits.
    """
    dateline = DATELINE.match(text)
    found = [
        Word(match[0], match[0].lower().replace("’", "'"), match.start(), match.end())
        for match in WORD.finditer(text[:MOST_CHARACTERS], dateline.end() if dateline else 0)
    ]
    words: list[str] = []
    values: dict[int, str] = {}
    units: dict[int, str] = {}
    for mask, value, unit in _masked(tuple(found)):
        if value:
            values[len(words)] = value
        if unit:
            units[len(words)] = unit
        words.append(mask)
    return Stated(tuple(words), values, units)


def contradict(one: Stated, other: Stated) -> bool:
    """Whether the same words stand around different figures or parties, each of which the other text lacks.

    A figure that the other text has anywhere is no contradiction: a text may be put in another order.
    """
    for mask in (NUMBER, PARTY):
        mine, theirs = one.all_of(mask), other.all_of(mask)
        lost, gained = mine - theirs, theirs - mine
        if not lost or not gained:
            continue
        here, there = _by_context(one, mask), _by_context(other, mask)
        for context, values in here.items():
            others = there.get(context)
            if others and not values & others and values & lost and others & gained:
                return True
    return _leads_differ(one, other)


def _leads_differ(one: Stated, other: Stated) -> bool:
    """Rewritten openings share no context: the parties and amounts in one must still be somewhere in the other text.

    Only amounts of the same unit contradict each other: a paper may add what a sum is in its own currency.
    """
    if _lead_parties(one) - other.all_of(PARTY) and _lead_parties(other) - one.all_of(PARTY):
        return True
    lost = {unit for value, unit in _lead_amounts(one) if value not in other.all_of(NUMBER)}
    gained = {unit for value, unit in _lead_amounts(other) if value not in one.all_of(NUMBER)}
    return not lost.isdisjoint(gained)


def _lead_parties(stated: Stated) -> set[str]:
    return {value for place, value in stated.values.items() if place < LEAD and stated.words[place] == PARTY}


def _lead_amounts(stated: Stated) -> set[tuple[str, str]]:
    return {
        (value, stated.units[place])
        for place, value in stated.values.items()
        if place < LEAD and place in stated.units and float(value) >= LARGE
    }


def _by_context(stated: Stated, mask: str) -> dict[tuple[object, ...], set[str]]:
    found: defaultdict[tuple[object, ...], set[str]] = defaultdict(set)
    for place, value in stated.values.items():
        if stated.words[place] != mask:
            continue
        for before in range(AROUND + 1):
            after = AROUND - before
            if place >= before and place + after < len(stated.words):
                left, right = stated.words[place - before : place], stated.words[place + 1 : place + 1 + after]
                found[(before, left, right)].add(value)
    return found


def _masked(words: tuple[Word, ...]) -> Iterator[tuple[str, str, str]]:
    """Each word or mask, what stands behind it, and its unit if it is a number."""
    parties = default_lexicon().parties
    place = 0
    while place < len(words):
        hit = parties.at(words, place) if words[place].lower in parties.by_first else None
        if hit and hit[1].group != "no_party":
            yield PARTY, hit[1].value, ""
            place += hit[0]
            continue
        step = _number(words, place)
        if step:
            yield NUMBER, _value(words, place, step), _unit(words, place, step)
            place += step
            continue
        lower = words[place].lower
        if any(char.isalnum() for char in lower) and lower not in DROPPED and lower != "'s":
            yield lower, "", ""
        place += 1


def _number(words: tuple[Word, ...], place: int) -> int:
    """How many words the number at a place takes, with its magnitude; 0 if there is none."""
    lower = words[place].lower
    if not (lower[0].isdecimal() or lower in SPELLED):
        return 0
    following = words[place + 1].lower if place + 1 < len(words) else ""
    return 2 if following in MAGNITUDES else 1


def _value(words: tuple[Word, ...], place: int, step: int) -> str:
    """The number in one way of writing; empty for part of a date or a time."""
    lower = words[place].lower
    if lower in SPELLED:
        number = float(SPELLED[lower])
    else:
        digits = lower.replace(",", "")
        try:
            number = float(digits)
        except ValueError:  # 1.2.3 or 10.30.00: a version, a date
            return ""
    if step == 2:
        return f"{number * MAGNITUDES[words[place + 1].lower]:.6g}"
    return "" if _of_a_day(words, place) else f"{number:.12g}"


def _unit(words: tuple[Word, ...], place: int, step: int) -> str:
    sign = words[place - 1].lower if place else ""
    if sign in SIGNS:
        return SIGNS[sign]
    return words[place + step].lower if place + step < len(words) else ""


def _of_a_day(words: tuple[Word, ...], place: int) -> bool:
    before = [words[near].lower for near in range(max(0, place - 3), place)]
    after = [words[near].lower for near in range(place + 1, min(len(words), place + 3))]
    if before[-1:] == [":"] or after[:1] == [":"]:
        return True
    return any(near in MONTHS for near in (*before[-1:], *after[:1])) or (
        len(words[place].lower) == 4 and any(near in MONTHS for near in before)
    )
