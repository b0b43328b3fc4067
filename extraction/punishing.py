"""Stage 3, sanctions: clauses of imposing, banning, freezing, extending, lifting … become measures."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from extraction.actions import action_of
from extraction.aims import aim_of, aimless
from extraction.assemble import GENERAL
from extraction.clauses import BE, Clause
from extraction.imposers import NEXT, imposer_of, told_before
from extraction.lexicon import Lexicon
from extraction.measure_kinds import (
    LISTING,
    WEAK_NOUNS,
    Scope,
    eases,
    kinds_of,
    of_a_right,
    own_general,
    specific,
    target_kind,
)
from extraction.mentions import Mentions, Term
from extraction.parties import Party
from extraction.reading import Measure, Memory
from extraction.reality import flags_of, unreal
from extraction.shut_out import find_shut_out

ACTING = (
    "raise",
    "impose",
    "sanction",
    "ban",
    "expel",
    "widen",
    "lift",
    "ease",
    "approve",
    "announce",
    "commit",
    "promise",
    "halt",
    "cancel",
    "plan",
    "consider",
)


OTHERS = frozenset({"order", "refuse", "deny", "grant", "give", "exempt", "tell"})  # with the right object


def find_measures(mentions: Mentions, clauses: list[Clause], lexicon: Lexicon, memory: Memory) -> list[Measure]:
    """The sanctions that the verbs of one sentence tell of."""
    found: list[Measure] = []
    for clause in clauses:
        if clause.verb.acts("include") and clause.kind in {"package", "pronoun", "other"} and memory.last_measure:
            found.extend(_included(mentions, clause, memory.last_measure))
        elif clause.verb.acts(*ACTING) or clause.verb.form.lemma in OTHERS:
            found.extend(_from_clause(mentions, (clause, clauses), lexicon, memory, found))
    return (
        _without_general(found)
        or list(_in_effect(mentions))
        or list(_undergone(mentions, memory))
        or find_shut_out(mentions)
    )


def _without_general(found: list[Measure]) -> list[Measure]:
    """ "announced sanctions on eight generals, freezing their assets": the freeze is what the sanctions are."""
    special = [one for one in found if one.elaborates]
    if not special:
        return found
    return [one for one in found if one.elaborates or one.own or not set(one.measures) <= GENERAL]


EFFECT = re.compile(r"\b(?:take|takes|took|taking|come|comes|came|enter|enters|entered) (?:in ?to )?(?:effect|force)\b")
# "will run for another six months", "stay in force for a further year"
LONGER = re.compile(
    r"\b(?:run|runs|last|continue|(?:stay|stays|remain|remains|kept) in (?:force|place|effect))"
    r" for (?:another|a further)\b"
)


def _in_effect(mentions: Mentions) -> Iterator[Measure]:
    """ "New sanctions by the EU against Iran took effect": the noun's own parties, no verb of imposing."""
    if not mentions.measures:
        return
    text = mentions.text(0, len(mentions.words))
    longer = LONGER.search(text)
    effect = longer or EFFECT.search(text)
    terms = [one for one in mentions.measures if mentions.text(one.first, one.last) not in WEAK_NOUNS]
    if not effect or not terms:
        return
    imposer = next((one for one in mentions.parties if one.codes and _is_maker(mentions, terms[0], one)), None)
    target = next(
        (one for one in mentions.parties if one.codes and one is not imposer and _is_aim(mentions, terms[0], one)), None
    )
    if imposer is None or target is None:
        return
    words, kinds = mentions.words, specific(terms) or ("unspecified",)
    first, last = min(imposer.first, terms[0].first), max(target.last, imposer.last, terms[0].last)
    future = re.search(r"\b(?:will|would|to)\b", text[max(0, effect.start() - 12) : effect.start()])
    yield Measure(
        mentions.sentence.number,
        words[first].start, words[last - 1].end,
        imposer.codes, "", target.codes, "country", kinds,
        "extended" if longer else "announced" if future else "imposed",
        reasons=["a measure that takes effect"], doubts=0.1,
    )  # fmt: skip


def _undergone(mentions: Mentions, memory: Memory) -> Iterator[Measure]:
    """ "The men face an asset freeze": what the measures told of just before mean for those they are aimed at."""
    before = told_before(mentions, memory)
    if before is None or before.undoing or MAYBE & set(mentions.lowers):
        return
    for term in mentions.measures:
        lead = mentions.text(term.first - 4, term.first)
        if term.value not in {"unspecified", *before.measures} and UNDERGOING.search(lead):
            words = mentions.words
            yield replace(
                before, sentence=mentions.sentence.number, start=words[0].start, end=words[term.last - 1].end,
                measures=(term.value,), reasons=["what those before are subject to"], flags=set(before.flags),
            )  # fmt: skip
            return


UNDERGOING = re.compile(r"\b(?:face|faces|facing|subject to|hit with|placed under|put under|means?)\b")
MAYBE = frozenset({"could", "may", "might", "would", "if", "already", "not", "whether"})


def _is_maker(mentions: Mentions, term: Term, party: Party) -> bool:
    by = mentions.text(party.first - 2, party.first).split()[-2:]
    return 0 <= term.first - party.last <= 2 or bool({"by", "from"} & set(by))


def _is_aim(mentions: Mentions, term: Term, party: Party) -> bool:
    before = mentions.text(party.first - 2, party.first).split()
    if term.value == "tariff" and "from" in before and party.first >= term.first:
        return True  # "tariffs of 25 per cent on goods from Canada"
    return party.first >= term.first and (bool({"on", "against", "for"} & set(before)) or party.first - term.last <= 2)


def _from_clause(
    mentions: Mentions, clauses: tuple[Clause, list[Clause]], lexicon: Lexicon, memory: Memory, told: list[Measure]
) -> Iterator[Measure]:
    clause, others = clauses
    low, high = (clause.left, clause.right) if clause.passive else (clause.place, clause.right)
    scope = Scope(mentions, clause, lexicon, low, high, told_before(mentions, memory) is not None or bool(told))
    kinds = kinds_of(scope)
    if not kinds:
        return
    reason = _refusal(mentions, clause)
    if reason:
        memory.refused.append((mentions.sentence.number, f"“{clause.verb.form.lemma}” of {', '.join(kinds)}: {reason}"))
        return
    whole = _elaborated(mentions, clause, told, kinds)
    if whole:
        yield _elaboration(mentions, clause, whole, kinds)
        return
    imposer = imposer_of(mentions, clause, others, memory)
    if imposer is None:
        return
    targets, end = aim_of(scope, imposer, memory, told)
    reason = aimless(scope, imposer, kinds, targets)
    if reason:
        memory.refused.append((mentions.sentence.number, reason))
        return
    made = _measure(scope, imposer, kinds, (targets, end), memory)
    yield made
    general = own_general(scope) if not set(kinds) & GENERAL else None
    if general:
        kind = target_kind(scope, general.last)
        yield replace(
            made, measures=("unspecified",) if kind == "country" else ("designation",), target_kind=kind,
            flags=set(made.flags), reasons=[*made.reasons, "a general measure beside it"], own=True,
        )  # fmt: skip


def _measure(
    scope: Scope, imposer: Party, kinds: tuple[str, ...], aim: tuple[tuple[str, ...], int], memory: Memory
) -> Measure:
    mentions, clause = scope.mentions, scope.clause
    targets, end = aim
    kind = "country" if eases(scope) else target_kind(scope)
    if kinds == ("unspecified",) and kind != "country":
        kinds = ("designation",)
    ends = [term.last for term in mentions.measures if clause.place < term.first < scope.high]
    last = max(clause.place + 1, min(end, scope.high), *ends, 0)
    first = scope.low if clause.passive else clause.begin
    words = mentions.words
    return Measure(
        mentions.sentence.number, words[first].start, words[last - 1].end, imposer.codes,
        "" if imposer.codes else imposer.written, targets, kind, kinds,
        action_of(mentions, clause, of_a_right=of_a_right(scope)), flags_of(mentions, clause, memory.year),
        [f"“{clause.verb.form.lemma}” of {', '.join(kinds)} by {'+'.join(imposer.codes) or imposer.written}"],
        headline=mentions.sentence.headline,
        undoing=clause.verb.acts("lift", "ease") and not clause.verb.acts("widen") and not of_a_right(scope),
        own=clause.kind in {"pronoun", "package"} and clause.verb.form.lemma in LISTING,
        fresh=bool(FRESH & set(mentions.text(clause.left if clause.passive else clause.place, last).split())),
    )  # fmt: skip


FRESH = frozenset({"additional", "further", "another", "more"})


def _elaborated(mentions: Mentions, clause: Clause, told: list[Measure], kinds: tuple[str, ...]) -> Measure | None:
    """The general measure of the same sentence that ", freezing …", "and barring …" or "that would ban …" explains."""
    general = next((one for one in told if set(one.measures) <= GENERAL), None)
    if general is None or set(kinds) <= GENERAL or clause.passive:
        return None
    participle = clause.verb.form.forms <= {"ing"}
    relative = "that" in clause.over or "which" in mentions.text(clause.subject_first, clause.place).split()
    return general if participle or relative else None


def _elaboration(mentions: Mentions, clause: Clause, whole: Measure, kinds: tuple[str, ...]) -> Measure:
    words = mentions.words
    end = max([clause.place + 1, *(one.last for one in mentions.measures if clause.place < one.first < clause.right)])
    return replace(
        whole,
        start=words[clause.place].start, end=words[end - 1].end, measures=kinds, elaborates=True,
        reasons=[f"“{clause.verb.form.lemma}” of {', '.join(kinds)}: what the measures before are"],
    )  # fmt: skip


def _included(mentions: Mentions, clause: Clause, package: Measure) -> Iterator[Measure]:
    """ "The package includes a ban on …": further measures of the package told of before."""
    terms = [one for one in mentions.measures if clause.place < one.first < clause.right]
    kinds = specific([one for one in terms if mentions.text(one.first, one.last) not in WEAK_NOUNS])
    if not kinds or mentions.sentence.number - package.sentence > NEXT:
        return
    words = mentions.words
    yield replace(
        package,
        sentence=mentions.sentence.number,
        start=words[terms[0].first].start,
        end=words[terms[-1].last - 1].end,
        measures=kinds, reasons=[f"named as parts of the measures before: {', '.join(kinds)}"],
    )  # fmt: skip


def _refusal(mentions: Mentions, clause: Clause) -> str | None:
    lead = set(mentions.text(clause.subject_first - 1, clause.place).split())
    if clause.passive and not BE & set(clause.over) and not mentions.sentence.headline:
        return "a measure told of in passing"  # "the price cap agreed by the G7"
    if clause.passive and clause.kind == "pronoun" and lead & {"after", "when", "since", "before"}:
        return "told as background"
    reason = unreal(mentions, clause)
    proposes = clause.verb.form.lemma in {"propose", "recommend", "suggest"} or any(
        one.form.lemma in {"propose", "recommend"} for one in clause.governors
    )
    if reason == "only considered or expected" and proposes:
        return None
    if clause.verb.acts("consider") and not proposes:
        return "only considered"
    if (
        clause.verb.acts("plan")
        and not clause.verb.acts("widen", "impose", "announce")
        and clause.verb.form.lemma not in {"agree", "decide"}
    ):
        return "no deed"
    return reason
