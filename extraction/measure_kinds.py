"""Stage 3, kinds: which measure a verb and its object show ("freeze assets", "ban imports", "sanction a general")."""

from __future__ import annotations

from dataclasses import dataclass

from extraction.actions import LICENCES, WITHDRAWING, deed_noun
from extraction.assemble import SANCTIONED
from extraction.clauses import TIMES, Clause
from extraction.data_files import word_set
from extraction.lexicon import Lexicon
from extraction.measure_terms import new_phrase, objects
from extraction.mentions import Mentions, Term
from extraction.segment import Word

# Nouns that show a measure only beside a verb of banning or a word for sanctions.
WEAK_NOUNS = word_set("punishing", "weak_nouns")
MEASURE_WORDS = frozenset({"sanctions", "sanction", "measures", "embargo", "restrictions", "ban", "bans", "tariffs"})
LISTING = frozenset({"list", "sanction", "blacklist", "designate", "penalise", "penalize"})
FROZEN = ("assets", "accounts", "reserves", "property", "properties", "funds of", "holdings", "wealth", "what they own")
FREEZING = frozenset({"freeze", "immobilise", "immobilize"})
REDUCING = frozenset({"cut", "slash", "limit", "restrict", "curb", "curtail"})
TIES = ("diplomatic ties", "diplomatic relations", "ties with", "relations with")
# After these a measure is no object of the verb: "met to discuss trade amid a ban on imports".
ASIDE = frozenset(
    ["amid", "after", "despite", "because", "following", "under", "when", "who", "since", "during", "ahead", "before"]
)


# What is dodged or kept to is in force already: "sold above the price cap", "for evading the embargo".
DODGED = frozenset(
    ["above", "below", "breaching", "circumvent", "circumventing", "evade", "evading", "violating", "violate", "dodge",
     "dodging", "skirt", "skirting", "flouting", "busting"]
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Scope:
    """A clause and the words between which its object stands."""

    mentions: Mentions
    clause: Clause
    lexicon: Lexicon
    low: int
    high: int
    near_sanctions: bool = False  # sanctions were told of just before

    @property
    def text(self) -> str:
        """The words after the verb, and in a passive those before it, with a space at both ends."""
        before = self.mentions.text(self.low, self.clause.place) if self.clause.passive else ""
        return f" {before} {self.mentions.text(self.clause.place + 1, self.high)} "

    @property
    def terms(self) -> list[Term]:
        """Nouns for measures in the scope."""
        place = self.clause.place
        return [one for one in self.mentions.measures if self.low <= one.first < self.high and one.first != place]

    @property
    def strong(self) -> list[Term]:
        """Those that show a measure by themselves and may be the object."""
        text, place = self.mentions.text, self.clause.place
        return [
            one
            for one in self.terms
            if text(one.first, one.last) not in WEAK_NOUNS
            and not (place < one.first and ASIDE & set(text(place + 1, one.first).removeprefix("under").split()))
            and not DODGED & set(text(one.first - 3, one.first).split())
        ]


def kinds_of(scope: Scope) -> tuple[str, ...]:
    """The measures that a clause tells of; none where it tells of no measure."""
    shown = _by_object(scope)
    return _by_noun(scope) if shown is None else shown


def _by_object(scope: Scope) -> tuple[str, ...] | None:
    """For verbs whose object shows the measure; ``None`` for all others."""
    verb, text = scope.clause.verb, scope.text
    lemma = verb.form.lemma
    leave = lemma in {"order", "tell"} and " to leave" in text
    if lemma in {"order", "tell"} and not (leave or deed_noun(scope.mentions, scope.clause)):
        return ()
    if lemma in REDUCING and " visas " in text:
        return ("visa_restrictions",)
    if lemma in {"sever", "cut", "downgrade"} and any(f" {one} " in text for one in TIES):
        return ("diplomatic_measure",)
    if lemma == "declare" and specific(scope.strong) and " persona" not in text:
        return None
    if verb.acts("expel") or leave:
        return ("diplomatic_measure",) if any(one.value == "diplomatic_measure" for one in scope.terms) else ()
    if (lemma in FREEZING or (lemma == "block" and not scope.clause.passive)) and any(
        f" {one} " in text for one in FROZEN
    ):
        return ("asset_freeze",)
    if lemma == "freeze" or (lemma == "block" and scope.mentions.sums):
        return ()
    if lemma == "cap":
        return ("price_cap",) if set(text.split()) & {"price", "prices"} else ()
    if lemma in {"close", "shut"}:
        return (
            ("transportation_restrictions",)
            if set(text.split()) & {"airspace", "border", "borders", "crossings", "ports", "skies", "waters"}
            else ()
        )
    if verb.acts("ban"):
        return _banned(scope) or specific(scope.strong)
    if lemma in {"refuse", "deny"}:  # to single applicants is a clerk's business
        others = [one for one in scope.mentions.parties if one.first > scope.clause.place]
        whose = {code for one in others for code in one.codes} & SANCTIONED
        return ("visa_restrictions",) if " visas " in text and whose else ()
    return _by_aim(scope)


def _by_aim(scope: Scope) -> tuple[str, ...] | None:
    """For verbs whose object is who is sanctioned."""
    lemma = scope.clause.verb.form.lemma
    words = set(scope.text.split())
    if lemma in LISTING:
        if lemma == "list" and not (scope.near_sanctions or words & {"sanctions", "terrorist"}):
            return ()
        aimed = target_kind(scope) != "country" or not _country_object(scope)
        return specific(scope.strong) or (("designation",) if aimed else ("unspecified",))
    if lemma in {"target", "hit"}:
        if lemma == "target" and measures_act(scope.mentions, scope.clause):
            # what sanctions are aimed at ("its banks and its oil exports") is no measure by itself
            return ("designation",) if target_kind(scope) != "country" else ("unspecified",)
        if not words & HARD:
            return ()
    return None


def _by_noun(scope: Scope) -> tuple[str, ...]:
    """For verbs of imposing, lifting … : the noun for the measure shows it."""
    verb, strong = scope.clause.verb, scope.strong
    kinds = specific(strong)
    if not strong:
        return withdrawn(scope)
    if verb.acts("raise") and not verb.acts("widen", "lift", "impose"):
        return ("tariff",) if "tariff" in kinds else ()
    if verb.form.lemma == "add":
        return ("designation",) if "list" in scope.text else ()
    if verb.acts("lift", "ease") and not any(_speaks_of_measure(scope.mentions, one) for one in strong):
        return ()
    if verb.form.lemma in {"grant", "give"} and not eases(scope):
        return ()
    only_plans = verb.acts("plan", "promise") and not scope.clause.governors
    if only_plans and not verb.acts("widen", "impose", "approve") and verb.form.lemma not in DECIDES:
        return ()
    return kinds or _aimed_to_prevent(scope) or ("unspecified",)


PREVENTING = frozenset({"prevent", "preventing", "block", "blocking", "limit", "limiting", "restrict", "restricting"})


def _aimed_to_prevent(scope: Scope) -> tuple[str, ...]:
    """ "measures that will prevent the central bank from …": what is prevented shows the kind."""
    start = scope.strong[0].last
    weak = [one for one in scope.terms if one.first >= start and one not in scope.strong]
    if weak and PREVENTING & set(scope.mentions.text(start, weak[0].first).split()):
        return specific(weak)[:1]
    return ()


def own_general(scope: Scope) -> Term | None:
    """ "sanctions on two firms and visa restrictions on officials": the general noun that has an aim of its own."""
    for term in scope.strong:
        if term.value != "unspecified" or term.first < scope.clause.place:
            continue
        for other in scope.strong:
            first, last = sorted((term, other), key=lambda one: one.first)
            between = set(scope.mentions.text(first.last, last.first).split())
            own = between & (AIMS if first is term else AIMS | NEW)
            if other.value != "unspecified" and "and" in between and own and not between & PARTS:
                return term
    return None


AIMS = frozenset({"on", "against", "targeting", "over"})
NEW = frozenset({"new", "further", "fresh", "additional", "more"})
PARTS = frozenset(
    {"including", "includes", "such", "namely", ":", "like", "form", "comprising", "with", "would", "will"}
)
HARD = frozenset({"sanctions", "tariffs", "measures", "bans", "ban", "freeze", "restrictions", "duties", "embargo"})
DECIDES = frozenset({"agree", "promise", "pledge", "decide"})


def _speaks_of_measure(mentions: Mentions, term: Term) -> bool:
    return term.value != "unspecified" or bool(set(mentions.text(term.first, term.last).split()) & MEASURE_WORDS)


def specific(terms: list[Term]) -> tuple[str, ...]:
    """The kinds that the terms show, without the general ones."""
    return tuple(dict.fromkeys(one.value for one in terms if one.value != "unspecified"))


OBJECT_WITHIN = 14  # words after a verb in which its object stands


def _banned(scope: Scope) -> tuple[str, ...]:
    """What a verb of banning bans: "from entering" before anything that only describes who."""
    words, place = scope.mentions.words, scope.clause.place
    for start in range(place + 1, min(scope.high, len(words) - 1)):
        if words[start].lower != "from":
            continue
        if words[start + 1].lower in {"the", "its", "their"} and _is_ground(words, start + 2):
            return ("travel_ban",)
        ground, subject = scope.mentions.party_over(start + 1), scope.clause.subject
        if ground and subject and ground.codes == subject.codes:
            return ("travel_ban",)  # "Moscow banned the minister from Russia"
        if deeds := objects(words, start + 1, start + 4, scope.lexicon):
            return (deeds[0].kind,)
    low = scope.clause.left if scope.clause.passive else place + 1
    return tuple(one.kind for one in objects(words, low, min(scope.high, low + OBJECT_WITHIN), scope.lexicon))


def _is_ground(words: tuple[Word, ...], place: int) -> bool:
    return place < len(words) and words[place].lower in {"country", "territory", "soil", "bloc"}


CUTTING = frozenset({"remove", "cut", "exclude", "bar", "disconnect", "block", "expel", "kick", "eject"})
# Fuel and grain that no longer come are a cut-off by a seller, aid that no longer comes is aid suspended.
DELIVERED = word_set("punishing", "delivered")
RIGHTS = frozenset(
    ["arms_embargo", "export_control", "import_restrictions", "visa_restrictions", "trade_restrictions", "media_ban"]
)
RIGHT_WORDS = (
    "visas",
    "export licen",
    "arms licen",
    "broadcasting licen",
    "favoured nation",
    "favored nation",
    "swift",
)


def withdrawn(scope: Scope) -> tuple[str, ...]:
    """Rights that are taken away: visas, arms exports, licences to broadcast, a place in SWIFT."""
    clause, text = scope.clause, scope.text
    if " swift " in text and clause.verb.form.lemma in CUTTING:
        return ("financial_restrictions",)
    if not _withdraws(clause) or set(text.split()) & {"aid", "assistance"}:
        return ()
    if " licen" in text and (" rt " in text or " media " in text):
        return ("media_ban",)
    low, high = (clause.left, clause.place) if clause.passive else (clause.place + 1, clause.right)
    found = objects(scope.mentions.words, low, min(high, low + OBJECT_WITHIN), scope.lexicon)
    kinds = [one.kind for one in found if one.kind in RIGHTS]
    if set(text.split()) & DELIVERED:
        kinds = [one for one in kinds if one != "export_control"]
    return tuple(kinds[:1])


def _withdraws(clause: Clause) -> bool:
    """ "suspends visas", "will stop issuing visas"."""
    stopped = clause.verb.form.forms <= {"ing"} and any(one.form.lemma in WITHDRAWING for one in clause.governors)
    return clause.verb.form.lemma in WITHDRAWING or stopped


def of_a_right(scope: Scope) -> bool:
    """Whether what is withdrawn is a right: then withdrawing it is the measure."""
    lemma = scope.clause.verb.form.lemma
    if not _withdraws(scope.clause):
        return lemma in CUTTING and " swift " in scope.text
    if MEASURE_WORDS & set(scope.text.split()):
        return False
    return any(word in scope.text for word in RIGHT_WORDS) or bool(withdrawn(scope))


def eases(scope: Scope) -> bool:
    """Whether the measure is a licence or a waiver: aimed at nobody by name."""
    return any(LICENCES & set(scope.mentions.text(one.first, one.last).split()) for one in scope.strong)


def _country_object(scope: Scope) -> bool:
    """Whether the verb's object is a state itself: "sanctioned Iran"."""
    party = next((one for one in scope.mentions.parties if 0 <= one.first - scope.clause.place <= 2), None)
    return party is not None and party.role == "name" and not party.possessive


AIM_ENDS = word_set("punishing", "aim_ends")


def target_kind(scope: Scope, low: int | None = None) -> str:
    """What kind of thing is aimed at: the noun after "on" or "against", or the verb's object, from ``low`` on."""
    words, clause = scope.mentions.words, scope.clause
    if low is None:
        low = clause.left if clause.passive else clause.place + 1
    aims = [
        place + 1
        for place in range(low, scope.high - 1)
        if words[place].lower in {"on", "against", "targeting"} and words[place + 1].lower not in TIMES
    ]
    by_verb = clause.verb.acts("sanction") or not any(low <= one.first < scope.high for one in scope.mentions.measures)
    start = aims[0] if aims and not by_verb else low
    for place in range(start, scope.high):
        if place > start and (words[place].lower in AIM_ENDS or new_phrase(words, place)):
            break
        hit = scope.lexicon.targets.at(words, place)
        if hit and scope.mentions.text(place - 1, place) != "government":
            return hit[1].value
    return "country"


SUBJECT_WITHIN = 7
ACTORS = frozenset(
    {
        "package",
        "round",
        "regulation",
        "decree",
        "sanctions",
        "measures",
        "restrictions",
        "designations",
        "listings",
        "penalties",
        "tariffs",
    }
)


def measures_act(mentions: Mentions, clause: Clause) -> bool:
    """Whether measures are the subject: "the sanctions target …"."""
    low = max(clause.left - 1, clause.place - SUBJECT_WITHIN)
    return clause.kind != "party" and bool(ACTORS & set(mentions.text(low, clause.place).split()))
