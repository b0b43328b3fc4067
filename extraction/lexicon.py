"""The data files as lookups. Read once, when a reader is made; reading an article touches no file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal

from babel import Locale

from extraction.data_files import load
from extraction.money import CURRENCY_WORDS
from extraction.segment import WORD, Word

# Regions of CLDR that are no territory of ISO 3166-1.
NO_TERRITORY = frozenset(["AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"])
Form = Literal["base", "s", "past", "participle", "ing"]


@dataclass(frozen=True, slots=True)
class Entry:
    """What one phrase of a gazetteer says: a group (``party.name``, ``aid``, ``goods.head`` …) and its value."""

    group: str
    value: str
    cased: bool = False  # counts only where written with a capital


Held = list[tuple[tuple[str, ...], Entry]]


@dataclass(slots=True)
class Phrases:
    """Longest match of phrases over words, by the phrase's first two words ("" where it has only one)."""

    by_first: dict[str, dict[str, Held]] = field(default_factory=dict)

    def add(self, phrase: str, entry: Entry) -> None:
        words = tuple(match[0].lower() for match in WORD.finditer(phrase))
        second = words[1] if len(words) > 1 else ""
        held = self.by_first.setdefault(words[0], {}).setdefault(second, [])
        if all(words != one for one, _ in held):
            held.append((words, entry))

    def entries(self) -> Iterator[Entry]:
        """Every entry, phrase by phrase."""
        for seconds in self.by_first.values():
            for held in seconds.values():
                yield from (entry for _, entry in held)

    def sort(self) -> None:
        for seconds in self.by_first.values():
            for held in seconds.values():
                held.sort(key=lambda one: -len(one[0]))

    def at(self, words: Sequence[Word], place: int) -> tuple[int, Entry] | None:
        """The longest phrase that begins at a place, as its length in words and its entry."""
        seconds = self.by_first.get(words[place].lower)
        if seconds is None:
            return None
        following = words[place + 1].lower if place + 1 < len(words) else ""
        longer = seconds.get(following) if following else None
        return (longer and _fitting(longer, words, place)) or _fitting(seconds.get("", ()), words, place)


def _fitting(
    held: Sequence[tuple[tuple[str, ...], Entry]], words: Sequence[Word], place: int
) -> tuple[int, Entry] | None:
    """The first of the phrases that stands at a place."""
    for phrase, entry in held:
        length = len(phrase)
        end = place + length
        if end > len(words) or (length > 2 and any(words[place + n].lower != phrase[n] for n in range(2, length))):
            continue
        if entry.cased and not (words[place].capital or words[end - 1].capital):
            continue
        return length, entry
    return None


@dataclass(frozen=True, slots=True)
class VerbForm:
    """A form of a verb that the reader knows: its lemma, the classes it may act in, and which form it is."""

    lemma: str
    classes: frozenset[str]
    forms: frozenset[Form]


Openings = dict[str, list[int]]
TABLES = ("parties", "aid", "goods", "measures", "offices", "alone", "verbs", "heads", "phrasal", "collective", "ends",
          "money")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Everything that the data files hold, ready for lookup."""

    parties: Phrases
    aid: Phrases
    goods: Phrases
    measures: Phrases
    targets: Phrases
    objects: Phrases
    offices: Phrases
    alone: Phrases
    verbs: dict[str, VerbForm]
    light: dict[str, tuple[str, frozenset[Form]]]  # forms of verbs that need a noun, with their lemma
    units: frozenset[str]
    collective_heads: frozenset[str]
    collective_marks: frozenset[str]
    context: dict[str, re.Pattern[str]]
    openers: dict[str, tuple[str, ...]]  # for each word, the tables that have a phrase which begins with it

    def openings(self, words: Sequence[Word]) -> Openings:
        """Where phrases of each table may begin: one pass over the words instead of one for each table."""
        found: Openings = {name: [] for name in TABLES}
        openers = self.openers
        for place, word in enumerate(words):
            names = openers.get(word.lower)
            if names:
                for name in names:
                    found[name].append(place)
        return found


@cache
def default_lexicon() -> Lexicon:
    """The lexicon of the files in ``extraction/data``."""
    words, goods, measures = load("words"), load("goods"), load("measures")
    tables = _tables(words, goods, measures)
    return Lexicon(
        **tables,
        units=frozenset(one for unit in goods["units"]["words"] for one in (unit, plural(unit))),
        context={name: _any_of(phrases) for name, phrases in words["context"].items()},
        openers=_openers(tables, words, measures),
    )


def _tables(words: dict[str, Any], goods: dict[str, Any], measures: dict[str, Any]) -> dict[str, Any]:
    return {
        "parties": _parties(load("parties")),
        "aid": _phrases({f"aid.{kind}": phrases for kind, phrases in reversed(words["aid"].items())}),
        "goods": _phrases(
            {f"model.{kind}": names for kind, names in goods["models"].items()}
            | {f"head.{kind}": names for kind, names in goods["heads"].items()},
            plural=True,
        ),
        "measures": _phrases({f"measure.{kind}": phrases for kind, phrases in measures["nouns"].items()}),
        "targets": _phrases({f"target.{kind}": phrases for kind, phrases in measures["targets"].items()}),
        "objects": _phrases({f"object.{kind}": phrases for kind, phrases in measures["objects"].items()}),
        "offices": _phrases({"office.head": words["office"]["heads"]}),
        "alone": _phrases({"office.alone": words["office"]["alone"]}),
        "verbs": _verbs(words["verbs"], words["irregular"]),
        "light": {
            written: (form.lemma, form.forms)
            for written, form in _verbs({"light": list(words["light"])}, words["irregular"]).items()
        },
        "collective_heads": frozenset(words["collective"]["heads"]),
        "collective_marks": frozenset(words["collective"]["marks"]) | {"west"},
    }


def _openers(tables: dict[str, Any], words: dict[str, Any], measures: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    """The tables that each word may begin a phrase of; "ends" are the words that end a collective."""
    first = {name: set(tables[name].by_first) for name in ("parties", "aid", "goods", "measures", "offices", "alone")}
    first["verbs"] = set(tables["verbs"])
    first["heads"] = set(measures["heads"]["words"])
    first["phrasal"] = {phrase.split()[0] for phrase in spoken_forms()} | set(tables["light"])
    first["collective"] = set(tables["collective_marks"])
    first["ends"] = set(tables["collective_heads"])
    first["money"] = set(CURRENCY_WORDS)
    found: dict[str, list[str]] = {}
    for name in TABLES:
        for word in first[name]:
            found.setdefault(word, []).append(name)
    return {word: tuple(names) for word, names in found.items()}


def _any_of(phrases: Iterable[str]) -> re.Pattern[str]:
    longest_first = sorted(phrases, key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, longest_first))})")


def _phrases(groups: dict[str, list[str]], *, plural: bool = False) -> Phrases:
    table = Phrases()
    for group, phrases in groups.items():
        kind, _, value = group.partition(".")
        for phrase in phrases:
            table.add(phrase, Entry(kind, value))
            if plural and kind == "head":
                table.add(_plural(phrase), Entry(kind, value))
    table.sort()
    return table


def plural(noun: str) -> str:
    """The regular plural of an English noun."""
    return _plural(noun)


def _plural(noun: str) -> str:
    if noun.endswith("s"):
        return noun
    if noun.endswith(("x", "ch", "sh")):
        return noun + "es"
    if noun.endswith("y") and noun[-2] not in "aeiou":
        return noun[:-1] + "ies"
    return noun + "s"


NO_PLURAL = ("sh", "ese", "ch", "ss")


def _parties(data: dict[str, Any]) -> Phrases:
    table = Phrases()
    for phrase in data["not_a_party"]["phrases"]:
        table.add(phrase, Entry("no_party", "", cased=True))
    countries = set(territories().values())
    for group in ("names", "demonyms", "leaders"):
        for code, phrases in data[group].items():
            for phrase in phrases:
                table.add(phrase, Entry(group, code, cased=True))
                people = f"{phrase}s"  # "seven Israelis"; the Philippines are no people
                if group == "demonyms" and not phrase.endswith(NO_PLURAL) and people not in countries:
                    table.add(people, Entry(group, code, cased=True))
    for code, name in territories().items():
        table.add(name, Entry("names", code, cased=True))
    table.sort()
    return table


def territories() -> dict[str, str]:
    """ISO 3166-1 alpha-2 codes (and XK) with their English names, from CLDR; long and short forms of each."""
    names: dict[str, str] = {}
    for code, name in Locale("en").territories.items():
        if len(code) == 2 and code.isalpha() and code not in NO_TERRITORY:
            names[code] = name.split(" - ")[0].split(" (")[0].replace("’", "'").replace(" & ", " and ")
    return names


def _verbs(classes: dict[str, list[str]], irregular: dict[str, list[str]]) -> dict[str, VerbForm]:
    found: dict[str, VerbForm] = {}
    for name, lemmas in classes.items():
        for lemma in lemmas:
            for written, form in _inflect(lemma, irregular.get(lemma)):
                held = found.get(written, VerbForm(lemma, frozenset(), frozenset()))
                found[written] = VerbForm(held.lemma, held.classes | {name}, held.forms | {form})
    return found


@cache
def spoken_forms() -> dict[str, str]:
    """Verbs of several words in all their forms ("chipped in"), and the form of one word each is read as."""
    words = load("words")
    irregular: dict[str, list[str]] = words["irregular"]
    found: dict[str, str] = dict(words["phrasal"])
    for phrase, meant in words["phrasal_verbs"].items():
        verb, _, rest = phrase.partition(" ")
        forms = zip(_inflect(verb, irregular.get(verb)), _inflect(meant, irregular.get(meant)), strict=True)
        for (written, _form), (read, _same) in forms:
            found.setdefault(f"{written} {rest}", read)
    return found


def _inflect(lemma: str, irregular: list[str] | None) -> list[tuple[str, Form]]:
    stem = lemma[:-1] if lemma.endswith("e") else lemma
    if _doubles(lemma):
        stem = lemma + lemma[-1]
    past = f"{lemma[:-1]}ied" if lemma.endswith("y") and lemma[-2] not in "aeiou" else f"{stem}ed"
    past, participle = irregular or (past, past)
    third = _plural(lemma) if not lemma.endswith("s") else lemma + "es"
    if lemma == "go":
        third = "goes"
    return [(lemma, "base"), (third, "s"), (past, "past"), (participle, "participle"), (stem + "ing", "ing")]


def _doubles(lemma: str) -> bool:
    """Verbs of one syllable, or stressed on the last, that end in one vowel and one consonant ("plan", "commit")."""
    return lemma in {
        "plan", "commit", "cap", "beg", "bar", "ban", "drop", "step", "hit", "slap", "get", "put", "set", "cut",
        "begin", "stop", "ship", "chip", "top", "airdrop", "air-drop", "up", "transfer", "refer",
        "expel", "cancel", "equip", "scrap", "let", "allot", "permit", "outfit", "shut", "repel",
    }  # fmt: skip
