"""Why nothing was made of a sentence on which the stages left no word: what a claim needs and the sentence lacks."""

from __future__ import annotations

from extraction.contract import Article, Reading, SentenceTrace
from extraction.lexicon import Lexicon, default_lexicon
from extraction.mentions import Mentions, find_mentions
from extraction.parties import Acquaintance
from extraction.segment import sentences

GIVING = frozenset(
    ["propose", "deliver", "give", "promise", "commit", "approve", "allocate", "announce", "raise", "halt", "cancel",
     "receive", "arrive", "pour"]
)  # fmt: skip
PUNISHING = frozenset(["propose", "announce", "impose", "sanction", "ban", "expel", "widen", "lift", "ease"])
NO_CLAIM = {
    "buy": "is trade, a fine or a debt",
    "ask": "only asks",
    "consider": "only considers",
    "refuse": "refuses",
    "include": "may only tell more of a claim made elsewhere",
}


def explained(article: Article, reading: Reading, lexicon: Lexicon | None = None) -> tuple[SentenceTrace, ...]:
    """The trace of a reading, with a reason for every sentence that names something to give or to ban in vain."""
    known = Acquaintance()
    split = {one.start: one for one in sentences(article.text)}
    told = []
    for trace in reading.trace:
        sentence = split.get(trace.span.start)
        verdicts = trace.verdicts
        if sentence is not None and not verdicts:
            mentions = find_mentions(article.text, sentence, lexicon or default_lexicon(), known)
            reason = why_nothing(mentions)
            verdicts = (f"none: {reason}",) if reason else ()
        told.append(SentenceTrace(trace.span, trace.mentions, verdicts))
    return tuple(told)


def why_nothing(mentions: Mentions) -> str:
    """What a claim would need and these mentions lack; empty for a sentence without anything to give or to ban."""
    given = bool(mentions.sums or mentions.things or mentions.given(0, len(mentions.words)))
    if not given and not mentions.measures:
        return ""
    what = "nothing is given or banned" if given and mentions.measures else "nothing is given"
    what = what if given else "nothing is imposed or lifted"
    if not mentions.verbs:
        return f"{what}: no verb that the reader knows"
    classes = (GIVING if given else frozenset()) | (PUNISHING if mentions.measures else frozenset())
    acting = [verb for verb in mentions.verbs if verb.acts(*classes)]
    if not acting:
        held = [(verb, told) for verb in mentions.verbs for name, told in NO_CLAIM.items() if verb.acts(name)]
        if held:
            return f"{what}: “{held[0][0].form.lemma}” {held[0][1]}"
        lemmas = dict.fromkeys(f"“{verb.form.lemma}”" for verb in mentions.verbs)
        return f"{what}: no such verb among {', '.join(lemmas)}"
    verbs = " and ".join(dict.fromkeys(f"“{verb.form.lemma}”" for verb in acting))
    if not any(party.codes for party in mentions.parties):
        return f"no state or organisation is named that could be the subject of {verbs}"
    return f"no claim was made of {verbs}: its subject is nobody that gives or imposes, or nobody abroad is concerned"
