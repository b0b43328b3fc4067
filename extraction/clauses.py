"""Stage 3: who does what. For each verb that matters: its subject, what stands between the two, and how far it reaches.

No grammar of English: from the verb one walks left over helpers ("will", "has", "said it would", "plans to"), and what
the walk ends at is the subject. What was walked over is kept, because it says how real the deed is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from extraction.data_files import word_set
from extraction.mentions import Mentions, Verb
from extraction.parties import Party

SubjectKind = Literal["party", "pronoun", "package", "other", "none"]
BE = frozenset(["am", "is", "are", "was", "were", "be", "been", "being", "gets", "get", "got"])
HAVE = frozenset(["has", "have", "had", "having"])
HELPERS = word_set("clauses", "helpers")
PRONOUNS = frozenset(["it", "he", "she", "they", "we", "i", "who", "which"])
NOT_OVER = frozenset({"of", "in", "on", "at", "by", "for"})  # only with a time or a statement after them
PACKAGE = word_set("clauses", "package")
STOPPERS = frozenset({"while", "whereas", "although", "though", "because", "despite", "amid", "unless"})


@dataclass(frozen=True, slots=True)
class Clause:
    """A verb with its subject; ``over`` are the words between them, ``governors`` the verbs among those."""

    verb: Verb
    kind: SubjectKind
    subject: Party | None
    subject_first: int
    over: tuple[str, ...]
    governors: tuple[Verb, ...]
    passive: bool
    perfect: bool
    left: int
    right: int
    asked: bool = False  # "urged Germany to send": the subject is told to do it
    conditional: bool = False
    shares: bool = False
    relative: bool = False  # "Poland, which has sent": told beside the matter of the sentence

    @property
    def begin(self) -> int:
        """Where a quote of this clause begins: at its own subject, or at the verb."""
        return self.subject_first if self.kind == "party" and not self.shares else self.place

    @property
    def place(self) -> int:
        return self.verb.place


def find_clauses(mentions: Mentions) -> list[Clause]:
    """The clauses of a sentence from left to right, without those whose verb only governs another."""
    walks = [_walk(mentions, verb) for verb in mentions.verbs]
    absorbed = {
        governor.place
        for walk in walks
        for governor in walk.governors
        if walk.kind != "other" and not _has_theme(mentions, governor.place, walk.verb.place)
    }
    kept = [walk for walk in walks if walk.verb.place not in absorbed]
    kept = _shared_subjects(mentions, kept)
    return [_limited(mentions, kept, number) for number in range(len(kept))]


def _has_theme(mentions: Mentions, first: int, last: int) -> bool:
    return any(first < place < last for place in mentions.theme_places)


@dataclass(slots=True)
class _Walk:
    verb: Verb
    kind: SubjectKind = "none"
    subject: Party | None = None
    first: int = 0
    over: tuple[str, ...] = ()
    governors: tuple[Verb, ...] = ()
    asked: bool = False
    relative: bool = False
    shares: bool = False  # "and pledged": the subject is the one of the verb before


GIVING = ("promise", "deliver", "give", "commit", "allocate")  # ", pledging €5m": by who acted before
TIMES = word_set("giving", "days") | {"now", "today", "midnight", "next"}
GERUND_LEADS = frozenset({"in", "by", "from", "of", "for", "on", "about", "against"})


def _walk(mentions: Mentions, verb: Verb) -> _Walk:
    place = verb.place - 1
    over: list[str] = []
    governors: list[Verb] = []
    by_place = {one.place: one for one in mentions.verbs}
    walk = _Walk(verb)
    while place >= 0:
        word = mentions.words[place].lower
        if word == ")":  # "the Office (OFAC) designated"
            place = next((n for n in range(place, -1, -1) if mentions.words[n].text == "("), 0) - 1
            continue
        if word == "," and (begin := _aside(mentions, place)):  # "it will, however, give"
            place = begin - 1
            continue
        if begin := _scene(mentions, place, by_place):  # "agreed in Washington to provide"
            place = begin - 1
            continue
        if _ends_at_mention(walk, mentions, place, over):
            break
        if word in PRONOUNS:  # "said it would": walked over
            place -= 1
            continue
        if place in by_place:
            governors.append(by_place[place])
        elif _ends_at_word(walk, mentions, place, over):
            break
        over.append(word)
        place -= 1
    walk.over, walk.governors = tuple(reversed(over)), tuple(reversed(governors))
    joiner = _joiner(mentions, walk)
    if joiner:  # "followed Germany in expelling", "joined the states that have paused": who joins does it too
        above = _walk(mentions, joiner)
        walk.kind, walk.subject, walk.first = above.kind, above.subject, above.first
        walk.over = (*above.over, *walk.over)
    proposer = _proposer(mentions, walk)
    if proposer:  # "proposed that the bloc suspend": the deed is the proposal
        above = _walk(mentions, proposer)
        walk.kind, walk.subject, walk.first = above.kind, above.subject, above.first
        walk.governors = (proposer, *walk.governors)
    return walk


def _scene(mentions: Mentions, place: int, verbs: dict[int, Verb]) -> int:
    """Where a place at which something was said begins, right after a verb; 0 without any."""
    party = mentions.party_ending(place + 1)
    if party is None or party.first < 2 or party.role != "name":
        return 0
    lead = party.first - 1 - (mentions.words[party.first - 1].lower == "the")
    return lead if mentions.words[lead].lower in {"in", "at"} and lead - 1 in verbs else 0


ASIDES = word_set("clauses", "asides")
ASIDE_WITHIN = 5


def _aside(mentions: Mentions, comma: int) -> int:
    """Where a few words between two commas begin that only connect ("however", "for its part"); 0 without any."""
    for place in range(comma - 1, max(0, comma - ASIDE_WITHIN), -1):
        if mentions.words[place].text == ",":
            return place if place < comma - 1 else 0
        if mentions.words[place].lower not in ASIDES:
            return 0
    return 0


def _joiner(mentions: Mentions, walk: _Walk) -> Verb | None:
    """The verb of joining others in the deed of a walk."""
    gerund = walk.verb.form.forms <= {"ing"} and walk.over[:1] in {("in",), ("by",)}
    relative = "that" in walk.over[:1] and walk.kind == "other" and mentions.words[walk.first].lower in OTHERS
    if not (gerund or relative):
        return None
    verbs = [one for one in mentions.verbs if one.place < walk.first and one.form.lemma in JOINS]
    between = mentions.text(verbs[-1].place, walk.first).split() if verbs else []
    return verbs[-1] if verbs and len(between) < JOIN_WITHIN and not {".", ";"} & set(between) else None


JOINS = frozenset({"join", "follow"})
OTHERS = frozenset({"countries", "nations", "states", "governments", "donors", "allies", "powers"})
JOIN_WITHIN = 12  # words


def _proposer(mentions: Mentions, walk: _Walk) -> Verb | None:
    """The verb of proposing before "that" and the subject."""
    if walk.kind != "party" or walk.subject is None:
        return None
    first = walk.subject.first
    first -= mentions.text(first - 1, first) == "the"
    if mentions.text(first - 1, first) != "that":
        return None
    place = first - 2  # "proposed on Wednesday that"
    while place > 0 and (mentions.words[place].lower in TIMES or mentions.words[place].lower == "on"):
        place -= 1
    return next((one for one in mentions.verbs if one.place == place and one.form.lemma in PROPOSES), None)


PROPOSES = frozenset({"propose", "recommend", "suggest"})


def _ends_at_mention(walk: _Walk, mentions: Mentions, place: int, over: list[str]) -> bool:
    """Whether the walk ends at a party, at what is given, or at a pronoun that stands for somebody."""
    party = mentions.party_ending(place + 1)
    if party and party.role == "office" and not party.codes and place - party.first > 3:
        party = None
    if party and not inside_phrase(mentions, party):
        _at_party(walk, mentions, party, over)
        return True
    word = mentions.words[place].lower
    if party or _in_other_mention(mentions, place):
        walk.kind, walk.first = "package" if word in PACKAGE else "other", place
        return True
    if word not in PRONOUNS or (place and _reports(mentions, place - 1)):
        return False
    walk.kind, walk.first = "pronoun", place
    if word in {"which", "who"}:
        walk.subject = _before_relative(mentions, place)
        walk.relative = True
        walk.kind = "party" if walk.subject else "other"
    return True


TOLD = frozenset({"told", "tells", "telling", "informed"})


def _is_day(mentions: Mentions, place: int) -> bool:
    """Whether a day that ends at a place follows a party: "the administration on April 27, announced"."""
    words = mentions.words
    begin = place
    while begin >= 0 and (words[begin].lower in TIMES or words[begin].text.isdigit() or words[begin].lower == "on"):
        begin -= 1
    return begin < place and mentions.party_ending(begin + 1) is not None


def _ends_at_word(walk: _Walk, mentions: Mentions, place: int, over: list[str]) -> bool:
    """Whether the walk ends at a plain word: a conjunction, a comma, a noun."""
    word = mentions.words[place].lower
    if word == "," and place and not walk.verb.form.forms <= {"ing"} and _is_day(mentions, place - 1):
        return False  # "on April 27, announced"
    if place and mentions.words[place - 1].lower in TOLD:
        return False  # "told reporters his country would"
    following = mentions.words[place + 1] if place + 1 < len(mentions.words) else None
    if word == "from" and following and (following.lower in TIMES or following.text.isdigit()):
        return False  # "will from July charge"
    if word == "country" and place and mentions.words[place - 1].lower in {"his", "her", "its", "our", "my", "their"}:
        return False  # "said his country would"
    if word in HELPERS or word.endswith("ly") or word.isdigit():
        return False
    walk.kind, walk.first = "other", place
    if word in {"and", "but", "or"}:
        walk.kind, walk.shares = "none", True
    elif word == "," and (
        not walk.verb.form.forms <= {"ing"} or walk.verb.acts(*GIVING)
    ):  # not ", ending weeks of debate"
        leap = _over_apposition(mentions, place)
        if leap:
            _at_party(walk, mentions, leap, over)
        else:
            walk.shares = True
    elif word in PACKAGE:
        walk.kind = "package"
    return True


def _at_party(walk: _Walk, mentions: Mentions, party: Party, over: list[str]) -> None:
    walk.kind, walk.subject, walk.first = "party", party, party.first
    infinitive = bool(over) and over[-1] == "to"
    before = mentions.words[party.first - 1].lower if party.first else ""
    if before == "the" and party.first >= 2:
        before = mentions.words[party.first - 2].lower
    asks = any(one.place == party.first - 1 or one.place == party.first - 2 for one in mentions.verbs)
    if over and over[0] in GERUND_LEADS and walk.verb.form.forms <= {"ing"} and not walk.governors:
        walk.kind = "other"  # "follow the EU in banning": nobody is said to ban
    if before == "that" and any(
        one.place in {party.first - 2, party.first - 3} and _wishes(one) for one in mentions.verbs
    ):
        walk.asked = True
    if any(one.place in {party.first - 1, party.first - 2} and _wishes(one) for one in mentions.verbs) and over:
        walk.asked = True  # "hopes Berlin will send"
    if before in CAUSING and not over and "base" in walk.verb.form.forms:
        walk.asked = True  # "let Poland send"
    if infinitive and _told_to(mentions, party):
        walk.asked = True
    if infinitive and (asks or before in {"on", "for", "with", "to", "from", "upon"}):
        walk.asked = True


MEASURES = frozenset({"sanctions", "ban", "bans", "embargo", "tariffs", "restrictions", "measures", "curbs", "duties"})


def _told_to(mentions: Mentions, party: Party) -> bool:
    """ "will urge his counterparts from Norway and Denmark to send": only headlines say "Denmark to send" of itself."""
    before = [one for one in mentions.verbs if one.place < party.first]
    return bool(before) and not set(mentions.text(before[-1].place, party.first).split()) & {";", ":", "—", "–"}


CAUSING = frozenset({"let", "lets", "letting", "make", "makes", "help", "helps", "helping", "see", "have"})


def _wishes(verb: Verb) -> bool:
    return verb.acts("ask") or (verb.acts("consider") and verb.form.lemma not in {"propose", "suggest", "expect"})


def inside_phrase(mentions: Mentions, party: Party) -> bool:
    """A party after a preposition is no subject: "the people of Ukraine have received"."""
    if party.role == "adjective":
        return True
    first = party.first - 1
    if first >= 0 and mentions.words[first].lower == "the":
        first -= 1
    before = mentions.words[first].lower if first >= 0 else ""
    if before in {"on", "against"} and first and mentions.words[first - 1].lower in MEASURES:
        return True  # "sanctions on Syria to support its recovery"
    return before in {
        "of",
        "in",
        "for",
        "against",
        "with",
        "at",
        "near",
        "on",
        "across",
        "into",
        "inside",
        "from",
        "to",
    } and not (
        before in {"on", "for", "with", "to", "from"}
        and party.last < len(mentions.words)
        and mentions.words[party.last].lower == "to"
    )


def _in_other_mention(mentions: Mentions, place: int) -> bool:
    return place in mentions.theme_words or any(one.first <= place < one.last for one in mentions.parties)


def _reports(mentions: Mentions, place: int) -> bool:
    """Whether a pronoun follows a verb of saying, perhaps with "that" or a day between."""
    for back in range(place, max(-1, place - 7), -1):
        if any(one.place == back for one in mentions.verbs):
            verb = next(one for one in mentions.verbs if one.place == back)
            return verb.acts("say", "announce", "promise", "plan", "refuse", "consider")
        word = mentions.words[back].lower
        if word in {",", "and", "."} or (word not in HELPERS and not mentions.words[back].text.isdigit()):
            return False
    return False


def _before_relative(mentions: Mentions, place: int) -> Party | None:
    end = place
    if end and mentions.words[end - 1].text == ",":
        end -= 1
    return mentions.party_ending(end)


def _over_apposition(mentions: Mentions, comma: int) -> Party | None:
    """ "Norway, a member of the alliance, pledged": the party before the first of the two commas."""
    inner = mentions.party_ending(comma)
    if inner and inner.acts and "," in mentions.text(inner.first, inner.last).split():
        return inner  # "The EU, along with the US and others, has announced"
    if inner and inner.acts:  # "Rishi Sunak, the British prime minister, announced"
        lead = mentions.text(inner.first - 2, inner.first).split()
        if "," in lead:
            return inner
    for place in range(comma - 1, max(-1, comma - 16), -1):
        if mentions.words[place].text in {",", "–", "—"}:
            party = mentions.party_ending(place)
            return party if party and party.acts else None
    return None


CARRIED = frozenset({"will", "would", "may", "might", "could", "should", "not", "to"})  # "will freeze … and ban …"


def _shared_subjects(mentions: Mentions, walks: list[_Walk]) -> list[_Walk]:
    before: _Walk | None = None
    for walk in walks:
        if walk.shares and before is not None and before.kind != "none":
            gap = mentions.words[before.verb.place : walk.verb.place]
            if walk.kind != "other" or len(gap) < 30:
                walk.kind, walk.subject = before.kind, before.subject
                walk.first = before.first
                ahead = "past" not in walk.verb.form.forms or {"to", "will", "would"} & set(
                    before.over
                )  # "to … and put"
                if "base" in walk.verb.form.forms and ahead:
                    walk.over = (*(word for word in before.over if word in CARRIED), *walk.over)
                    walk.governors = (*before.governors, *walk.governors)
                walk.asked = (before.asked or before.verb.acts("ask")) and "to" in walk.over
        elif walk.shares and before is None and (opener := _opener(mentions, walk)):
            walk.kind, walk.subject, walk.first = "party", opener, opener.first
        if walk.kind in {"party", "pronoun", "package"}:
            before = walk
    return walks


def _opener(mentions: Mentions, walk: _Walk) -> Party | None:
    """ "Bern broke with custom and adopted": who opens the sentence did both, though the first verb is not known."""
    first = mentions.parties[0] if mentions.parties else None
    if first is None or first.first > 1 or not (first.acts and first.codes):
        return None
    between = [one for one in mentions.verbs if first.last <= one.place < walk.verb.place]
    if any(one.acts("ask", "consider", "refuse") for one in between):
        return None  # "want their government to follow and put duties on"
    joined = mentions.words[walk.verb.place - 1].lower == "and" and walk.verb.form.forms & {"past", "s"}
    return first if joined and first.last < walk.verb.place else None


def _limited(mentions: Mentions, walks: list[_Walk], number: int) -> Clause:
    walk = walks[number]
    place = walk.verb.place
    right = _right_end(mentions, walks, number)
    left = max([0] + [one.verb.place + 1 for one in walks[:number] if one.kind in {"party", "pronoun"}])
    passive = _is_passive(walk, mentions)
    conditional = _is_conditional(mentions, walk.first, place)
    return Clause(
        walk.verb, walk.kind, walk.subject, walk.first, walk.over, walk.governors, passive,
        any(word in HAVE for word in walk.over), left, right, walk.asked, conditional, relative=walk.relative,
    )  # fmt: skip


def _right_end(mentions: Mentions, walks: list[_Walk], number: int) -> int:
    place = walks[number].verb.place
    end = len(mentions.words)
    for later in walks[number + 1 :]:
        if later.shares and later.verb.form.forms <= {"ing"} and mentions.words[later.verb.place - 1].text == ",":
            continue  # ", pledging €5m" still belongs to the clause before
        if later.kind in {"party", "pronoun"} and (later.first > place or later.shares):
            end = later.first if later.first > place else later.verb.place
            break
    for stop in range(place + 1, end):
        if mentions.words[stop].lower in STOPPERS or mentions.words[stop].text == ";":
            return stop
    return end


def _is_passive(walk: _Walk, mentions: Mentions) -> bool:
    forms = walk.verb.form.forms
    if "participle" not in forms:
        return False
    if any(word in BE for word in walk.over[-4:]):
        return True
    if any(word in HAVE for word in walk.over):
        return False
    if walk.kind == "party":
        return False
    following = mentions.text(walk.verb.place + 1, walk.verb.place + 2)
    return walk.kind in {"other", "package", "none"} and following in {
        "by",
        "to",
        "for",
        "from",
        "in",
        "at",
        "on",
        "toward",
        "towards",
    }


def _is_conditional(mentions: Mentions, first: int, place: int) -> bool:
    lead = mentions.words[max(0, first - 4) : place]
    return any(word.lower in {"if", "whether", "unless"} for word in lead)
