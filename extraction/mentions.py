"""Stage 2: everything that a sentence mentions, gathered: parties, sums, goods, nouns for aid and measures, verbs."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass

from extraction.contract import Goods
from extraction.data_files import load, word_set
from extraction.goods import find_goods
from extraction.lexicon import Form, Lexicon, Openings, Phrases, VerbForm, spoken_forms
from extraction.measure_terms import named_by_object
from extraction.money import GLUED, Money, find_money
from extraction.parties import Acquaintance, Party, find_parties
from extraction.segment import Sentence, Word


@dataclass(frozen=True, slots=True)
class Term:
    """A noun phrase of a gazetteer: ``group`` is aid, measure or target; ``value`` what it shows."""

    first: int
    last: int
    group: str
    value: str


# Last words of what can be given; other words of the aid lists ("military", "refugees") only show the type.
GIVEN = word_set("mentions", "given")
NOT_GIVEN = word_set("mentions", "not_given")  # "aid workers", "aid system"


@dataclass(frozen=True, slots=True)
class Sum:
    """A sum of money at its words."""

    first: int
    last: int
    money: Money


@dataclass(frozen=True, slots=True)
class Thing:
    """Goods at their words."""

    first: int
    last: int
    goods: Goods


@dataclass(frozen=True, slots=True)
class Verb:
    """A verb form at its word."""

    place: int
    form: VerbForm

    def acts(self, *classes: str) -> bool:
        return not self.form.classes.isdisjoint(classes)


@dataclass(frozen=True, slots=True)
class Mentions:
    """The mentions of one sentence."""

    sentence: Sentence
    words: tuple[Word, ...]
    parties: tuple[Party, ...]
    sums: tuple[Sum, ...]
    things: tuple[Thing, ...]
    aid: tuple[Term, ...]
    measures: tuple[Term, ...]
    verbs: tuple[Verb, ...]
    lowers: list[str]  # the words, folded

    @property
    def theme_places(self) -> list[int]:
        """Where sums and goods begin."""
        return [one.first for one in self.sums] + [one.first for one in self.things]

    @property
    def theme_words(self) -> set[int]:
        """The places that sums and goods cover."""
        spans = [(one.first, one.last) for one in self.sums] + [(one.first, one.last) for one in self.things]
        return {place for first, last in spans for place in range(first, last)}

    def given(self, low: int, high: int) -> list[Term]:
        """The nouns for aid between two places."""
        return [
            one
            for one in self.aid
            if low <= one.first < high
            and self.words[one.last - 1].lower in GIVEN
            and self.text(one.last, one.last + 1) not in NOT_GIVEN
        ]

    def text(self, first: int, last: int) -> str:
        """The words between two places, folded, with single spaces."""
        return " ".join(self.lowers[max(0, first) : last])

    def party_ending(self, place: int) -> Party | None:
        return next((one for one in self.parties if one.last == place), None)

    def party_over(self, place: int) -> Party | None:
        return next((one for one in self.parties if one.first <= place < one.last), None)


def find_mentions(text: str, sentence: Sentence, lexicon: Lexicon, known: Acquaintance) -> Mentions:
    """All mentions of a sentence; learns names of persons on the way."""
    words = sentence.words
    openings = lexicon.openings(words)
    parties = find_parties(words, lexicon, known, openings)
    sums = _sums(text, sentence) if openings["money"] or GLUED.search(text, sentence.start, sentence.end) else []
    taken = frozenset(place for one in sums for place in range(one.first, one.last))
    party_words = frozenset(place for one in parties for place in range(one.first, one.last))
    named = frozenset(place for one in parties if one.acts for place in range(one.first, one.last))
    things = [Thing(*one) for one in find_goods(words, lexicon, taken | named, openings["goods"])]
    aid = _terms(words, lexicon.aid, "aid", openings["aid"])
    measures = _measures(words, lexicon, openings)
    busy = taken | frozenset(place for one in things for place in range(one.first, one.last)) | party_words
    party_ends = frozenset(one.last for one in parties if one.acts or one.last == 1)
    verbs = tuple(_verbs(words, lexicon, busy, party_ends, openings))
    return Mentions(
        sentence,
        words,
        tuple(parties),
        tuple(sums),
        tuple(things),
        aid,
        measures,
        verbs,
        [word.lower for word in words],
    )


def _measures(words: tuple[Word, ...], lexicon: Lexicon, openings: Openings) -> tuple[Term, ...]:
    """Nouns for measures; what a head and its object name covers the phrases inside it."""
    named = [
        Term(one.first, one.last, "measure", one.kind) for one in named_by_object(words, lexicon, openings["heads"])
    ]
    plain = [
        one
        for one in _terms(words, lexicon.measures, "measure", openings["measures"])
        if not any(one.first < other.last and other.first < one.last for other in named)
    ]
    return tuple(sorted((*named, *plain), key=lambda one: one.first)) if named else tuple(plain)


def _sums(text: str, sentence: Sentence) -> list[Sum]:
    sums = find_money(text, sentence.start, sentence.end)
    starts = [word.start for word in sentence.words] if sums else []
    ends = [word.end for word in sentence.words] if sums else []
    found = []
    for money in sums:
        first, last = bisect_right(ends, money.start), bisect_left(starts, money.end)
        if first < last:
            found.append(Sum(first, last, money))
    return found


def _terms(words: tuple[Word, ...], phrases: Phrases, group: str, places: list[int]) -> tuple[Term, ...]:
    found: list[Term] = []
    for place in places:
        hit = phrases.at(words, place)
        if hit and not (found and place < found[-1].last):
            found.append(Term(place, place + hit[0], group, hit[1].value))
    return tuple(found)


BEFORE_VERBS = word_set("mentions", "before_verbs")
# Verbs whose plain forms are nouns as well.
NOUNISH = word_set("mentions", "nounish")
# Before a verb form, these make it a noun or an adjective: "the offer", "its pledge", "a planned visit".
DETERMINERS = word_set("mentions", "determiners")
NOUN_LIKE = frozenset(["base", "s"])


NO_OBJECT = word_set("mentions", "no_object")  # after these "sanctions" is a noun
PHRASAL = spoken_forms()
PHRASAL_LENGTHS = sorted({len(phrase.split()) for phrase in PHRASAL}, reverse=True)
AVAILABLE_WITHIN = 14  # words: "will make another €40 million in aid available"


def _light(words: tuple[Word, ...], place: int, lexicon: Lexicon) -> VerbForm | None:
    """ "gave its final approval", "placed under sanctions": the noun says what is done, the verb when."""
    light = lexicon.light.get(words[place].lower)
    if light is None:
        return None
    lemma, forms = light
    onto = lemma in ONTO
    for after in range(place + 1, min(place + 1 + (ONTO_WITHIN if onto else LIGHT_WITHIN), len(words))):
        verb = LIGHT[lemma].get(words[after].lower)
        lead = {word.lower for word in words[max(place + 1, after - 4) : after]}
        if verb and (not onto or lead & ONTO[lemma] or _closes(words, after, lemma)):
            return VerbForm(verb, lexicon.verbs[verb].classes, forms)
    return None


LIGHT: dict[str, dict[str, str]] = load("words")["light"]
LIGHT_WITHIN, ONTO_WITHIN = 4, 16  # words between a light verb and its noun
# Whom stands between, and what leads to the noun: "placed twelve firms under sanctions", "showed them the door".
ONTO = {
    "put": frozenset({"on", "under", "to"}),
    "place": frozenset({"on", "under", "to"}),
    "show": frozenset({"the"}),
    "send": frozenset[str](),
}


def _closes(words: tuple[Word, ...], place: int, lemma: str) -> bool:
    """ "sent the ambassador home": nothing that "home" could describe follows."""
    after = words[place + 1].lower if place + 1 < len(words) else "."
    if words[place - 1].lower in {"at", "for", "from", "her", "his", "the", "their", "to"}:
        return False
    return lemma == "send" and (not after[0].isalnum() or after in {"and", "after", "in", "on", "over", "within"})


def _phrasal(words: tuple[Word, ...], place: int, lexicon: Lexicon) -> VerbForm | None:
    """Verbs of two words, read as one that the lexicon knows."""
    spoken = [" ".join(word.lower for word in words[place : place + length]) for length in PHRASAL_LENGTHS]
    plain = next((PHRASAL[phrase] for phrase in spoken if phrase in PHRASAL), None)
    available = PHRASAL.get(f"{words[place].lower} available")
    if plain is None and available:
        near = [word.lower for word in words[place + 1 : place + AVAILABLE_WITHIN]]
        plain = available if "available" in near else None
    return lexicon.verbs.get(plain) if plain else _light(words, place, lexicon)


def _verb_place(words: tuple[Word, ...], place: int, party_ends: frozenset[int], forms: frozenset[Form]) -> bool:
    """Whether a form that may be a noun ("support", "sanctions") stands where a verb does."""
    if place == 0:
        return False
    before = words[place - 1].lower
    if before in {"each", "both"} and place > 1:  # "will each give"
        before = words[place - 2].lower
    after = words[place + 1].lower if place + 1 < len(words) else "."
    if words[place].lower in MOSTLY_NOUNS and (after in NO_OBJECT or not after[0].isalnum()):
        return False
    if after == "of":
        return False  # "nothing but promises of"
    if words[place].lower in AID_NOUNS and after in NO_OBJECT and before not in BEFORE_VERBS:
        return False  # "a World Bank fund for Ukraine"
    if before in {"and", "or"} and place > 1 and words[place - 2].lower in GIFTS:
        return False  # "$723m in loans and grants"
    if (before in DETERMINERS and before != "that") or (words[place].lower in TRADED and after in MEASURES):
        return False
    if before in ACTORS and words[place].lower in {"target", "targets", "hit"}:
        return True  # "the sanctions target"
    if before == "," and word_in(words, place, TARGETING) and word_in(words, 1, ACTORS):
        return True  # "the sanctions, announced on Monday, target"
    if before == "," and after not in NO_OBJECT and after[0].isalnum():
        if "s" in forms and after in ARTICLES:
            return True  # "the package, approved on Monday, bans the …"
        return any(word.lower in MODALS for word in words[:place])  # "will ban imports, halt flights and …"
    return place in party_ends or before in BEFORE_VERBS or (before.endswith("ly") and place > 1)


def word_in(words: tuple[Word, ...], place: int, some: frozenset[str]) -> bool:
    """Whether the word at a place is one of some."""
    return place < len(words) and words[place].lower in some


TARGETING = frozenset({"target", "targets", "hit"})
ACTORS = frozenset({"sanctions", "measures", "restrictions", "designations", "penalties"})
ARTICLES = frozenset({"the", "a", "an", "all", "any"})
MOSTLY_NOUNS = frozenset({"sanctions", "sanction", "ban", "bans", "imports", "exports", "import", "export", "supplies"})
AID_NOUNS = frozenset({"aid", "fund", "grant", "loan", "support"})
GIFTS = frozenset({"aid", "credits", "donations", "funds", "grants", "guarantees", "loans"})
TRADED = frozenset({"export", "import", "trade"})  # "EU export bans"
MEASURES = frozenset({"ban", "bans", "controls", "curbs", "licences", "licenses", "limits", "restrictions", "rules"})
MODALS = frozenset({"will", "would", "to", "shall", "'ll"})
ONLY_NOUNS = frozenset({"funding", "financing", "spending"})


DONE = frozenset({"past", "participle"})
BEFORE_NOUNS = frozenset({"a", "an", "the", "its", "their", "his", "her", "our", "this", "these", "those", "any"})
AFTER_VERBS = frozenset({"by", "to", "for", "from", "in", "on", "at", "with", "as", "that", "and", "or", "the", "a"})


def _describes(words: tuple[Word, ...], place: int) -> bool:
    """ "a planned package": the participle tells more of a noun and is no deed."""
    before = words[place - 1].lower if place else ""
    after = words[place + 1].lower if place + 1 < len(words) else "."
    return before in BEFORE_NOUNS and after not in AFTER_VERBS and after[0].isalnum()


def _verbs(
    words: tuple[Word, ...], lexicon: Lexicon, busy: frozenset[int], party_ends: frozenset[int], openings: Openings
) -> list[Verb]:
    found = []
    phrasal = frozenset(openings["phrasal"])
    for place in sorted({*openings["verbs"], *phrasal}):
        word = words[place]
        spoken = _phrasal(words, place, lexicon) if place in phrasal else None
        form = spoken or lexicon.verbs.get(word.lower)
        if form is None or place in busy or word.lower in ONLY_NOUNS:
            continue
        if spoken is None and form.forms <= DONE and _describes(words, place):
            continue
        nounish = spoken is None and form.forms <= NOUN_LIKE and form.lemma in NOUNISH
        if nounish and not _verb_place(words, place, party_ends, form.forms):
            continue
        found.append(Verb(place, form))
    return found
