"""Stage 2, parties: who is named in a sentence, and who of them can act.

A party mention covers the whole phrase that names it: "Germany", "the Dutch prime minister Mark Rutte", "Czech and
Greek governments", "western powers" (no codes). A demonym alone ("German") is an adjective and acts for nobody unless
an office follows it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

from extraction.data_files import word_set
from extraction.lexicon import Lexicon, Openings
from extraction.segment import Word

Role = Literal["name", "adjective", "office", "collective", "leader"]
LINKS = frozenset({"and", ",", "&"})
CLUBS = word_set("parties", "clubs")
TITLES = word_set("parties", "titles")
NOUN_STOPS = frozenset(
    [
        "to",
        "for",
        "of",
        "in",
        "with",
        "by",
        "on",
        "at",
        "from",
        "and",
        "or",
        "the",
        "a",
        "an",
        "that",
        "which",
        "who",
        "as",
        "over",
        "against",
        "into",
    ]
)


@dataclass(frozen=True, slots=True)
class Party:
    """Who is meant by the words ``first`` up to ``last`` (exclusive)."""

    first: int
    last: int
    codes: tuple[str, ...]
    role: Role
    written: str = ""
    possessive: bool = False

    @property
    def acts(self) -> bool:
        return self.role != "adjective"


@dataclass(slots=True)
class Acquaintance:
    """What the article has told so far about who is who: persons by family name, and who "the government" is."""

    persons: dict[str, str] = field(default_factory=dict)
    home: str | None = None


def find_parties(
    words: tuple[Word, ...], lexicon: Lexicon, known: Acquaintance, openings: Openings | None = None
) -> list[Party]:
    """The party mentions of one sentence, in order and without overlap; learns persons' names as it goes."""
    openings = openings or lexicon.openings(words)
    raw = _raw(words, lexicon, known, openings)
    if not raw and not openings["alone"]:
        return []
    return _grouped(_offices(raw, words, lexicon, known, openings), words, lexicon)


def codes_named(words: tuple[Word, ...], lexicon: Lexicon) -> Iterator[str]:
    """The codes of the parties that a sentence names, in order."""
    for party in _raw(words, lexicon, Acquaintance(), lexicon.openings(words)):
        yield from party.codes


def _raw(words: tuple[Word, ...], lexicon: Lexicon, known: Acquaintance, openings: Openings) -> list[Party]:
    found: list[Party] = []
    end = 0
    for place in _candidates(words, known, openings):
        if place < end:
            continue
        length, party = _named(words, place, lexicon)
        if party and party.role == "leader" and length > 1:
            known.persons[words[place + length - 1].text] = party.codes[0]
        if not length and openings["ends"]:
            party = _collective(words, place, lexicon)
            length = party.last - place if party else 0
        if not length and (code := known.persons.get(words[place].text)):
            length, party = 1, Party(place, place + 1, (code,), "leader")
        if party:
            found.append(party)
        end = place + length
    return found


def _candidates(words: tuple[Word, ...], known: Acquaintance, openings: Openings) -> list[int]:
    """The places where a mention may begin."""
    last = len(words) - 1
    places = {
        place
        for place in openings["parties"]
        if words[place].text[0].isupper() or (place < last and words[place + 1].text[0].isupper())
    }
    places.update(place for place, word in enumerate(words) if "-" in word.text and word.text[0].isupper())
    if openings["ends"]:
        places.update(openings["collective"])
        places.update(place for place, word in enumerate(words) if word.text.isdigit())
    if known.persons:
        places.update(place for place, word in enumerate(words) if word.text in known.persons)
    return sorted(places)


# "Syria-related sanctions", "China-based firms": the state beside a noun, as an adjective.
COMPOUNDS = frozenset({"related", "linked", "based", "owned", "controlled", "affiliated", "made"})


def _compound(word: Word, lexicon: Lexicon) -> str | None:
    name, dash, tail = word.text.rpartition("-")
    if not dash or tail.lower() not in COMPOUNDS:
        return None
    return next((entry.value for _, entry in lexicon.parties.by_first.get(name.lower(), {}).get("", ())), None)


ROLES: dict[str, Role] = {"names": "name", "demonyms": "adjective", "leaders": "leader"}


def _named(words: tuple[Word, ...], place: int, lexicon: Lexicon) -> tuple[int, Party | None]:
    """The length of a name of the gazetteer at a place, and its party; a length alone where it means something else."""
    hit = lexicon.parties.at(words, place)
    if hit is None:
        code = _compound(words[place], lexicon)
        return (1, Party(place, place + 1, (code,), "adjective")) if code else (0, None)
    length, entry = hit
    if entry.group == "no_party":
        return length, None
    if not _is_name(words, place, length, entry.value):
        return 0, None
    return length, Party(place, place + length, (entry.value,), ROLES[entry.group])


def _is_name(words: tuple[Word, ...], place: int, length: int, code: str) -> bool:
    """Rules out names inside longer names of something else ("Bank of Georgia", "West Ham United States" …)."""
    if words[place].text == "Who" or (words[place].lower == "who" and words[place].text != "WHO"):
        return False
    if words[place].lower in {"us", "un", "who", "uae"} and not words[place].text.isupper():
        return False
    if words[place].lower in GIVEN_NAMES and length == 1 and _after_a_name(words, place):
        return False
    after = words[place + length] if place + length < len(words) else None
    if after and after.text == "$" and after.start == words[place + length - 1].end:
        return False  # "US$6m"
    # a club or a firm: "England United", "Turkey Holdings"
    if after and after.text in CLUBS and code not in {"UN", "WB"}:
        return False
    if place >= 2 and words[place - 1].lower == "of" and words[place - 2].text in {"Bank", "University", "Church"}:
        return False
    return not (place >= 1 and words[place - 1].text in {"Bayern", "Air", "Inter", "Real", "Team", "Radio", "Bank"})


GIVEN_NAMES = frozenset({"jordan", "chad", "georgia"})
NO_FIRST_NAMES = word_set("parties", "no_first_names")


def _after_a_name(words: tuple[Word, ...], place: int) -> bool:
    """ "Jim Jordan": a family name and no state."""
    before = words[place - 1] if place else None
    return before is not None and before.capital and before.text.isalpha() and before.lower not in NO_FIRST_NAMES


def _collective(words: tuple[Word, ...], place: int, lexicon: Lexicon) -> Party | None:
    """ "western powers", "dozens of states", "more than 40 countries", "the West": somebody, but nobody by name."""
    if words[place].text == "West" and place and words[place - 1].lower == "the":
        return Party(place, place + 1, (), "collective", "the West")
    end, marked = place, False
    while end < len(words) and end - place < 6:
        word = words[end].lower
        if word in lexicon.collective_heads and marked and word != "west":
            return Party(place, end + 1, (), "collective", " ".join(one.text for one in words[place : end + 1]))
        if word in {"its", "their", "our"} and end + 1 < len(words) and words[end + 1].lower in {"partners", "allies"}:
            marked = True
        if word in lexicon.collective_marks or word.isdigit() or (word == "of" and end > place):
            marked = marked or word not in {"the", "its", "their", "our", "more", "than", "of"}
            end += 1
            continue
        return None
    return None


def _offices(
    raw: list[Party], words: tuple[Word, ...], lexicon: Lexicon, known: Acquaintance, openings: Openings
) -> list[Party]:
    found: list[Party] = []
    offices = frozenset(openings["offices"])
    taken = {place for party in raw for place in range(party.first, party.last)}
    for number, party in enumerate(raw):
        limit = raw[number + 1].first if number + 1 < len(raw) else len(words)
        following = raw[number + 1] if number + 1 < len(raw) else None
        made = _with_office(party, words, lexicon, limit, offices)
        if party.first and words[party.first - 1].lower in {"former", "ex"}:
            made = replace(made, role="adjective")  # who held the office no longer acts for the state
        made = _office_before(made, words, lexicon, found[-1].last if found else 0)
        found.append(_with_person(made, words, known, limit, following))
    for place in openings["alone"]:
        if place in taken:
            continue
        hit = lexicon.alone.at(words, place)
        if hit and not any(one.first < place + hit[0] and place < one.last for one in found):
            found.append(_with_person(_alone(place, hit[0], words, known), words, known, len(words), None))
    return sorted(found, key=lambda one: one.first)


def _alone(place: int, length: int, words: tuple[Word, ...], known: Acquaintance) -> Party:
    written = " ".join(one.text for one in words[place : place + length])
    code = known.home or ("EU" if written.lower() in {"the council", "the commission"} else None)
    if written.lower() == "the bloc":
        code = "EU"
    return Party(place, place + length, (code,) if code else (), "office", written)


def _with_office(party: Party, words: tuple[Word, ...], lexicon: Lexicon, limit: int, offices: frozenset[int]) -> Party:
    """ "German", "Germany's", "US" followed by an office becomes that office, acting for the state."""
    place = party.last
    possessive = place < len(words) and (words[place].lower == "'s" or words[place].text in {"'", "’"})
    if possessive:
        place += 1
    if party.role == "collective":
        return replace(party, possessive=possessive) if possessive else party
    for start in range(place, min(place + 4, limit)):
        hit = lexicon.offices.at(words, start) if start in offices else None
        if words[start].lower == "allies" and party.codes == ("NATO",):
            return replace(party, last=start + 1, role="office")
        if hit and hit[0] == 1 and words[start].lower == "military" and _is_aid(words, start + 1):
            break  # "Germany's military support"
        if hit:
            last = start + hit[0]
            while last < limit and (more := lexicon.offices.at(words, last)):
                last += more[0]
            member = len(party.codes) == 1 and party.codes[0] in UNIONS and words[last - 1].lower in MEMBERS
            return replace(party, last=last, role="adjective" if member else "office")  # "the first EU state to"
        if words[start].lower in NOUN_STOPS or not (words[start].text.isalpha() or "-" in words[start].text):
            break
        if words[start].lower in lexicon.verbs and not words[start].capital:
            break
    return replace(party, possessive=possessive) if possessive else party


def _is_aid(words: tuple[Word, ...], place: int) -> bool:
    return place < len(words) and words[place].lower in AID


UNIONS = frozenset({"EU", "NATO", "G7", "UN"})
MEMBERS = frozenset({"state", "member", "country"})
AID = frozenset({"aid", "assistance", "equipment", "hardware", "help", "package", "packages", "supplies", "support"})


def _office_before(party: Party, words: tuple[Word, ...], lexicon: Lexicon, floor: int) -> Party:
    """ "the government of Norway", "President of France", "the Dutch" (people as a state)."""
    first = party.first
    if first >= 2 and words[first - 1].lower == "the":
        first -= 1
    if first - 1 > floor and words[first - 1].lower in {"of", "in"}:
        end = first - 1
        while (
            end - 1 > floor
            and first - end <= NAMES
            and words[end - 1].capital
            and not lexicon.offices.at(words, end - 1)
        ):
            end -= 1  # "King Salman of Saudi Arabia"
        for length in (4, 3, 2, 1):
            start = end - length
            if start >= floor and start >= 0 and (hit := lexicon.offices.at(words, start)) and hit[0] == length:
                return replace(party, first=start, role="office", possessive=False)
    return party


NAMES = 3  # words of a name between an office and its state


PARTICLES = frozenset(
    ["von", "van", "der", "den", "de", "del", "della", "di", "da", "dos", "el", "al", "bin", "ibn", "ten"]
)


def _with_person(
    party: Party, words: tuple[Word, ...], known: Acquaintance, limit: int, following: Party | None
) -> Party:
    """Takes in the name after an office and learns it: "Czech Defence Minister Jana Cernochova"."""
    if party.role != "office":
        return party
    last = party.last
    while (
        last < len(words)
        and last - party.last < 5
        and (words[last].capital or (words[last].lower in PARTICLES and last > party.last))
        and words[last].text.replace("-", "").isalpha()
    ):
        if following and last >= following.first and following.role != "leader":
            break
        last += 1
    names = [word.text for word in words[party.last : last] if word.lower not in TITLES]
    if names and party.codes and len(names) <= 5:
        if len(names[-1]) > 2:
            known.persons[names[-1]] = party.codes[0]
        return replace(party, last=last)
    return party


def _grouped(parties: list[Party], words: tuple[Word, ...], lexicon: Lexicon) -> list[Party]:
    """Joins coordinations: "Norway, Denmark and Sweden", "the Czech and Greek governments"."""
    found: list[Party] = []
    for party in parties:
        before = found[-1] if found else None
        if before and party.first < before.last:  # a leader's name inside an office's phrase
            continue
        if before and _with_friends(before, party, words):
            found[-1] = replace(before, last=party.last)
            continue
        if before and before.codes == party.codes and before.codes and _same_phrase(before, party, words):
            found[-1] = replace(before, last=party.last, role="office", possessive=party.possessive)
            continue
        if before and _coordinated(before, party, words) and not _new_clause(before, party, words, lexicon):
            role: Role = party.role if before.role == "adjective" else before.role
            codes = tuple(dict.fromkeys(before.codes + party.codes))
            found[-1] = Party(before.first, party.last, codes, role, "", party.possessive)
        else:
            found.append(party)
    return found


def _with_friends(one: Party, two: Party, words: tuple[Word, ...]) -> bool:
    """ "the UK and its partners": who is named speaks for those who are not."""
    joined = two.first == one.last + 1 and words[one.last].lower == "and"
    return joined and bool(one.codes) and one.acts and two.role == "collective"


FINITE = frozenset(
    [
        "will",
        "would",
        "has",
        "have",
        "had",
        "is",
        "are",
        "was",
        "were",
        "can",
        "could",
        "may",
        "might",
        "should",
        "also",
        "to",
    ]
)


def _new_clause(one: Party, two: Party, words: tuple[Word, ...], lexicon: Lexicon) -> bool:
    """ "to Ukraine, and Italy announced": the second begins a clause of its own."""
    if two.last >= len(words) or not one.first:
        return False
    before = words[one.first - 1].lower
    if before == "the" and one.first > 1:
        before = words[one.first - 2].lower
    after = words[two.last]
    verb = lexicon.verbs.get(after.lower)
    finite = (verb is not None and not verb.forms <= {"ing"}) or after.lower in FINITE
    return (
        before
        in {
            "through",
            "via",
            "under",
            "after",
            "at",
            "amid",
            "to",
            "for",
            "in",
            "on",
            "against",
            "of",
            "from",
            "with",
            "by",
            "near",
        }
        and finite
    )


def _same_phrase(one: Party, two: Party, words: tuple[Word, ...]) -> bool:
    """ "US | House of Representatives", "US Treasury | Secretary Janet Yellen"."""
    between = words[one.last : two.first]
    return all(word.lower in TITLES or word.lower == "'s" for word in between) and two.role != "adjective"


HEADLINE_VERBS = word_set("parties", "headline_verbs")


def _coordinated(one: Party, two: Party, words: tuple[Word, ...]) -> bool:
    between = [word.lower for word in words[one.last : two.first]]
    if one.possessive or not one.codes or not two.codes:
        return False
    if between and between[-1] == "the":
        between = between[:-1]
    if between[:1] == [","] and between[1:] in (["together", "with"], ["along", "with"], ["as", "well", "as"]):
        between = between[1:]
    joined = between in (
        ["and"],
        [","],
        [",", "and"],
        ["&"],
        ["as", "well", "as"],
        ["together", "with"],
        ["along", "with"],
    )
    if not joined:
        return False
    if between == [","] and one.first == 0 and two.last < len(words) and words[two.last].lower in HEADLINE_VERBS:
        return True  # "EU, US decide to"
    if between == [","]:
        following = words[two.last].lower if two.last < len(words) else ""
        return following in {",", "and", "&"} and two.role == "name" and one.role != "adjective"
    if one.role == "adjective":
        return two.role in {"adjective", "office"}
    return two.role != "adjective"
