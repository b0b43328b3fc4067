"""Whether a deed is one: negated, asked for, imagined, expected or told again things are no claims."""

from __future__ import annotations

import re

from extraction.clauses import Clause
from extraction.contract import Flag
from extraction.data_files import word_set
from extraction.lexicon import default_lexicon
from extraction.mentions import Mentions, Verb

NEGATIONS = word_set("reality", "negations")
IMAGINED = frozenset(["could", "might", "may", "should", "if", "whether", "unless", "would-be", "shall", "ought"])
EXPECTED = frozenset(["expected", "likely", "poised", "able", "prepared", "proposal"])
# Whoever is caught with weapons was no donor.
CRIMES = frozenset(["interception", "intercepted", "seized", "seizure", "smuggled", "smuggling", "smugglers", "stolen"])
OF_FUEL = 14  # words after a verb in which fuel is what is delivered
OF_CHARITY = frozenset({"donate", "contribute", "receive", "gift"})  # what people and firms do as well as states
TRADE = frozenset(["exports", "export", "imports", "trade", "buyers", "customers", "shareholders"])


def unreal(mentions: Mentions, clause: Clause) -> str | None:
    """Why a clause is no claim, or ``None``."""
    over = set(clause.over) - ({"no"} if ends(clause) else set())
    lemmas = {one.form.lemma for one in clause.governors}
    if over & NEGATIONS or {"yet", "to"} <= over:
        return "negated"
    if _of_nothing(mentions, clause):
        return "nothing is given"
    wants = any(one.acts("ask") and not _own_wish(mentions, clause, one) for one in clause.governors)
    if clause.asked or wants:
        return "asked for"
    dropped = lemmas & {"drop", "scrap", "abandon", "shelve", "cancel"} and over & {"plan", "plans", "intention"}
    if dropped or any(one.acts("refuse") for one in clause.governors):
        return "refused"
    if any(one.acts("consider") and one.form.lemma != "propose" for one in clause.governors):
        return "only considered or expected"
    if over & IMAGINED or clause.conditional or "whether" in mentions.text(clause.place, clause.place + 7).split():
        return "imagined"
    if {"if", "unless", "provided"} & set(mentions.text(clause.place, clause.right).split()) and not clause.perfect:
        return "only if something else happens"
    if over & EXPECTED or ("set" in over and "to" in over and "base" in clause.verb.form.forms):
        return "expected, not announced"
    if unofficial(mentions, clause):
        return "expected by unnamed people"
    if "would" in over and not _said(mentions, clause):
        return "would, if"
    if mentions.words[-1].text == "?" or "?" in [w.text for w in mentions.words[-2:]]:
        return "a question"
    if lemmas & {"stop", "end"} and "ing" in clause.verb.form.forms:
        return None
    return None


def ends(clause: Clause) -> bool:
    """ "no longer transfers arms": what was given until now is not given any more."""
    return clause.over[-2:] == ("no", "longer") and clause.verb.acts("deliver", "give")


# "will not pay out the €70m that were meant for roads": what was promised is taken back.
PROMISED_BEFORE = re.compile(
    r"^(?: \w+){0,3} (?:the|its|their)\b.{0,60}\b(?:that|which|it|they|had|was|were) (?:(?:was|were|had|been|is) ){0,2}"
    r"(?:meant|promised|pledged|planned|earmarked|set aside|due|approved|budgeted|announced)\b"
)


def withdraws_promise(mentions: Mentions, clause: Clause) -> bool:
    """Whether a negated clause of giving takes back a sum that was promised before."""
    if not mentions.sums or not clause.verb.acts("deliver", "give") or not {"will", "would", "wo"} & set(clause.over):
        return False
    return PROMISED_BEFORE.search(" " + mentions.text(clause.place + 1, len(mentions.words))) is not None


NOTHING = frozenset({"no", "nothing", "none", "neither"})
OBJECT_WITHIN = 4  # words


def _of_nothing(mentions: Mentions, clause: Clause) -> bool:
    """ "gave Ukraine nothing", "will send no tanks"; "no fewer than ten" are some."""
    after = mentions.text(clause.place + 1, clause.place + 1 + OBJECT_WITHIN).split()
    hit = next((place for place, word in enumerate(after) if word in NOTHING), None)
    return hit is not None and not {"than", "fewer", "less", "later", "longer"} & set(after[hit + 1 : hit + 3])


def _own_wish(mentions: Mentions, clause: Clause, verb: Verb) -> bool:
    """ "Germany wants to double its aid, its defence minister said": who says so for the state has announced it."""
    if verb.form.lemma != "want" or clause.subject is None or not mentions.sums:
        return False
    said = [one.place for one in mentions.verbs if one.acts("say", "announce") and one.place > clause.place]
    speakers = [mentions.party_ending(place) for place in said]
    return any(one and one.role == "office" and one.codes == clause.subject.codes for one in speakers)


# Whoever is quoted so is nobody who can promise anything.
UNNAMED = re.compile(
    r"\b(?:sources? (?:said|say|says|told|close to|familiar)|(?:people|person|officials?) familiar|anonymity|unnamed"
    r"|reportedly|media reports?|according to reports|exclusive :|citing (?:\w+ )?(?:officials|sources)"
    r"|officials told|diplomats told)(?!\w)"
)
OFFICIALS = re.compile(
    r"\b(?:(?:two|three|four|five|several|some|senior|unnamed) (?:\w+ )?(?:officials|diplomats)|newspaper|magazine)"
    r" (?:say|says|said|wrote|reported)\b"
)


def unofficial(mentions: Mentions, clause: Clause) -> bool:
    """Whether a deed to come is known from unnamed people only: "plans to send …, two officials told us"."""
    ahead = bool({"will", "would", "to", "'ll", "plans"} & set(clause.over)) or clause.verb.form.forms <= {"ing"}
    if not ahead:
        return False
    if any(one.form.lemma in {"agree", "decide", "vote"} for one in clause.governors):
        return False
    text = mentions.text(0, len(mentions.words))
    if UNNAMED.search(text):
        return True
    planned = any(one.acts("plan") for one in clause.governors) or "plans" in clause.over
    return (planned or clause.verb.form.lemma in {"announce", "unveil"}) and bool(OFFICIALS.search(text))


def _said(mentions: Mentions, clause: Clause) -> bool:
    return any(one.acts("say", "announce", "promise", "plan") for one in mentions.verbs) or bool(clause.governors)


MONTHS = "january|february|march|april|may|june|july|august|september|october|november|december"
YEAR = re.compile(rf"\b(?:in|of|during|early|late|{MONTHS})(?: \d\d? ,?)? ((?:19|20)\d\d)\b(?! to| -|-)")


def flags_of(mentions: Mentions, clause: Clause, year: int | None = None) -> set[Flag]:
    """``cumulative`` for running totals, ``historical`` for old news told again."""
    text = mentions.text(0, len(mentions.words))
    near = mentions.text(max(0, clause.place - 12), min(len(mentions.words), clause.right))
    patterns = default_lexicon().context
    flags: set[Flag] = set()
    running = patterns["cumulative"].search(near) or patterns["cumulative"].search(text[:80])
    if (
        running
        and (
            clause.perfect
            or clause.verb.form.forms & {"ing"}
            or re.search(r"total|since|to date|so far|past|last", running[0])
        )
        and (clause.perfect or "bring" in running[0] or "total" in running[0])
    ):
        flags.add("cumulative")
    gave = clause.perfect and mentions.sums and clause.verb.acts("receive", "give", "deliver")
    if gave and (clause.verb.acts("receive") or "now" in clause.over or TALLY.search(near)):
        flags.add("cumulative")
    ahead = set(clause.over) & {"will", "'ll", "to"} or clause.verb.form.forms <= {"ing"}
    if (not ahead and _long_ago(near)) or (
        "had" in clause.over and ("already" in clause.over or not _said_before(mentions, clause))
    ):
        flags.add("historical")
    start = max(clause.left, min(clause.subject_first, clause.place) - 6)
    own = mentions.text(start, clause.right).rsplit(" , and ", 1)[-1] if start < clause.subject_first else near
    if clause.perfect and "already" in clause.over:
        flags.add("historical")
    if clause.perfect and clause.relative:
        flags.add("historical")  # "Poland, which has sent 300 tanks, wants …"
    years = [int(one) for one in YEAR.findall(own)]
    if year and years and max(years) < year:
        flags.add("historical")
    return flags


# "Has given €7bn this year, second only to": what was given till now, told as a sum.
TALLY = re.compile(
    r"(?<!for )\bthis year\b|\bsecond only\b|\bper head\b"
    r"|\b(?:largest|biggest|top) (?:\w+ )?(?:donor|supporter|backer|giver)\b"
)
COMPARED = ("than", "than in", "as", "as in", "compared with", "from", "over", "on", "since")


def _long_ago(text: str) -> bool:
    """ "last year"; "less than last year" only compares."""
    match = default_lexicon().context["historical"].search(text)
    return match is not None and not text[: match.start()].rstrip().endswith(COMPARED)


def _said_before(mentions: Mentions, clause: Clause) -> bool:
    reported = {"said", "says", "confirmed", "announced", "told", "reported", "that"}
    before = set(mentions.text(clause.subject_first - 3, clause.subject_first).split())
    return bool(reported & before) or any(one.acts("say", "announce") for one in clause.governors)


def doubts_of(mentions: Mentions, clause: Clause) -> float:
    """What makes a claim less sure, as points off its confidence."""
    if clause.verb.acts("propose") or any(one.form.lemma == "propose" for one in clause.governors):
        return 0.2
    text = mentions.text(0, len(mentions.words))
    doubts = 0.0
    if (
        any(one.form.lemma in {"reiterate", "insist", "stress", "repeat"} for one in mentions.verbs)
        and not mentions.sums
    ):
        doubts += 0.25  # said before, and said again
    if "private" in text or default_lexicon().context["private"].search(text):
        doubts += 0.4 if clause.verb.form.lemma in OF_CHARITY else 0.15
    if CRIMES & set(text.split()):
        doubts += 0.3
    if any(word in TRADE for word in text.split()):
        doubts += 0.2
    if any(one.acts("buy") for one in mentions.verbs):
        doubts += 0.15
    fuels = {"gas", "oil", "electricity", "coal", "crude"}
    near = set(mentions.text(clause.left if clause.passive else clause.place, clause.place + OF_FUEL).split())
    if fuels & near and not mentions.given(0, len(mentions.words)) and not mentions.sums:
        doubts += 0.3
    commerce = {"contract", "barrels", "liquefied", "lng", "buyers", "pipeline", "tender", "cubic", "refinery"}
    if commerce & set(text.split()) and not mentions.given(0, len(mentions.words)):
        doubts += 0.5
    return doubts
