"""Stage 3, actions: whether a measure is proposed, announced, imposed, extended, eased or lifted."""

from __future__ import annotations

from extraction.clauses import TIMES, Clause
from extraction.contract import Action
from extraction.data_files import word_set
from extraction.mentions import Mentions

PROPOSING = word_set("actions", "proposing")
LEADING = word_set("actions", "leading")  # who does this first has only announced what follows
DECIDING = word_set("actions", "deciding")  # "voted to impose" is done
ANNOUNCING = word_set("actions", "announcing")
LONGER = word_set("actions", "longer")  # in time; "widened sanctions" are new ones
SOFTER = word_set("actions", "softer")
WITHDRAWING = word_set("actions", "withdrawing")  # "revoke visas": a right is taken away, which is a measure
# Nouns of deeds before the measure: "ordered an end to sanctions", "approved the renewal of the embargo".
ENDING = ("end to", "end of", "lifting of", "lifting", "removal of", "removal of the", "lifting of the", "end to the",
          "repeal of", "repeal of the", "end to all", "lifting of all")  # fmt: skip
SOFTENING = ("easing of", "easing of the", "relaxation of", "relaxation of the", "suspension of", "suspension of the",
             "relief from", "exemption from", "waiver of", "pause in")  # fmt: skip
LENGTHENING = ("extension of", "extension of the", "renewal of", "renewal of the", "prolongation of",
               "prolongation of the", "expansion of", "expansion of the")  # fmt: skip
DONE = frozenset({"latest", "first", "last", "newest", "highest-profile", "most"})
AHEAD = frozenset({"will", "would", "to", "plans", "plan", "intention", "'ll", "shall"})


def action_of(mentions: Mentions, clause: Clause, *, of_a_right: bool) -> Action:
    """The action that the verb, its helpers and the verbs that govern it show.

    ``of_a_right`` says that what is withdrawn is a right (visas, exports, flights) and no measure.
    """
    verb, over = clause.verb, set(clause.over)
    lemmas = {verb.form.lemma, *(one.form.lemma for one in clause.governors)}
    if lemmas & PROPOSING:
        return "proposed"
    done = mentions.words[clause.subject_first].lower in DONE  # "the latest to be sanctioned"
    if over & AHEAD and not lemmas & DECIDING and not done:
        return "announced"
    noun = deed_noun(mentions, clause)
    if noun:
        return noun
    if verb.acts("approve", "impose") and (ended := _ends_them(mentions, clause)):
        return ended
    led = any(one.place < verb.place and one.form.lemma in LEADING for one in mentions.verbs)
    undoing = (verb.acts("lift", "ease") or verb.form.lemma in SOFTER) and not of_a_right
    lengthens = verb.form.lemma in LONGER
    if led and verb.form.forms <= {"ing"} and not (undoing or lengthens):
        return "announced"
    if verb.acts("commit", "promise") or lemmas & {"promise", "pledge", "vow", "commit"}:
        return "announced"
    if undoing:
        return "eased" if verb.form.lemma in SOFTER else "lifted"
    if verb.form.lemma in LONGER and not _to_more(mentions, clause):
        return "extended"
    if lemmas & ANNOUNCING:
        return "announced"
    return "imposed"


def _ends_them(mentions: Mentions, clause: Clause) -> Action | None:
    """ "signed an order that ends sanctions": what was signed undoes them."""
    first = next((one.first for one in mentions.measures if one.first > clause.place), 0)
    for one in mentions.verbs:
        if clause.place < one.place < first and one.acts("lift", "ease") and not one.acts("widen", "impose"):
            return "eased" if one.form.lemma in SOFTER else "lifted"
    return None


def _to_more(mentions: Mentions, clause: Clause) -> bool:
    """ "extended its sanctions to twelve more officials": to others, not in time."""
    words = mentions.words
    for place in range(clause.place + 1, min(clause.right, len(words) - 1)):
        if words[place].lower == "to":
            following = words[place + 1]
            return not (following.lower in TIMES or (following.text.isdigit() and len(following.text) == YEAR_DIGITS))
    return False


YEAR_DIGITS = 4
LICENCES = frozenset(
    ["licence", "license", "licences", "licenses", "waiver", "waivers", "exemption", "exemptions"]
)  # what they allow was forbidden: they ease


def deed_noun(mentions: Mentions, clause: Clause) -> Action | None:
    """The action that a noun of a deed before the measure names."""
    for one in mentions.measures:
        if not clause.left <= one.first < clause.right:
            continue
        if LICENCES & set(mentions.text(one.first, one.last).split()):
            return "imposed" if clause.verb.acts("lift", "cancel", "halt") else "eased"
        before = mentions.text(one.first - 4, one.first)
        if before.endswith(ENDING):
            return "lifted"
        if before.endswith(SOFTENING):
            return "eased"
        if before.endswith(LENGTHENING):
            return "extended"
    return None
