"""Stage 3, stages: how far a gift has come, as its verb shows."""

from __future__ import annotations

from extraction.clauses import Clause
from extraction.contract import Stage
from extraction.mentions import Mentions
from extraction.reality import ends

PARLIAMENT = frozenset({"parliament", "lawmakers", "legislators", "mps", "congress", "riksdag", "storting", "folketing",
                       "bundestag", "sejm", "saeima", "seimas", "riigikogu", "parliamentarians"})  # fmt: skip


def _words(mentions: Mentions, clause: Clause) -> list[str]:
    return mentions.text(clause.subject_first, clause.place).split()


def stage_of(mentions: Mentions, clause: Clause) -> Stage:
    """The stage that the verbs show (docs/vocabulary.md): done is ``delivery``, decided is ``commitment``."""
    verb = clause.verb
    over = set(clause.over)
    past = bool(verb.form.forms & {"past", "participle"}) and "base" not in verb.form.forms
    future = bool(over & {"will", "would", "to", "'ll", "plans", "intention", "plan"}) or "ing" in verb.form.forms
    if verb.acts("halt") and verb.form.lemma in {
        "suspend",
        "freeze",
        "halt",
        "pause",
        "withhold",
        "stop",
        "hold",
        "block",
    }:
        return "suspended"
    if verb.acts("cancel"):
        return "cancelled"
    if verb.form.lemma == "offer":
        return "pledge"
    governing = " ".join(one.form.lemma for one in clause.governors)
    if ends(clause) or (any(one.acts("halt") for one in clause.governors) and "ing" in verb.form.forms):
        return "suspended"
    if verb.acts("approve") or any(one.acts("approve") for one in clause.governors):
        return "commitment"
    if verb.form.lemma in {"commit"} and past:
        return "commitment"
    if verb.acts("allocate"):
        return "allocation"
    if "vote" in governing and clause.subject and PARLIAMENT & set(_words(mentions, clause)):
        return "commitment"  # of one chamber it is not yet a law
    if "decide" in governing or ("agree" in governing and not over & {"would"}):
        return "commitment"
    if verb.acts("deliver", "arrive", "receive") and past and not future:
        return "delivery"
    if verb.acts("give") and past and not future and (clause.perfect or verb.form.lemma in {"give", "donate"}):
        return "delivery" if verb.form.lemma in {"give", "donate", "lend"} else "commitment"
    if verb.acts("give") and past and not future:
        return "commitment"
    return "pledge"
