"""Stage 3, sanctions: clauses of imposing, banning, freezing, extending, lifting … become measures."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from extraction.actions import action_of
from extraction.assemble import SANCTIONED
from extraction.clauses import BE, Clause
from extraction.lexicon import Lexicon
from extraction.measure_kinds import WEAK_NOUNS, Scope, kinds_of, measures_act, of_a_right, specific, target_kind
from extraction.mentions import Mentions, Term
from extraction.parties import Party
from extraction.reading import Measure, Memory
from extraction.reality import flags_of, unreal
from extraction.recipients import TOWARDS

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


def find_measures(mentions: Mentions, clauses: list[Clause], lexicon: Lexicon, memory: Memory) -> list[Measure]:
    """The sanctions that the verbs of one sentence tell of."""
    found: list[Measure] = []
    for clause in clauses:
        if clause.verb.acts("include") and clause.kind in {"package", "pronoun", "other"} and memory.last_measure:
            found.extend(_included(mentions, clause, memory.last_measure))
        elif clause.verb.acts(*ACTING) or clause.verb.form.lemma in {"order", "refuse", "deny"}:
            found.extend(_from_clause(mentions, (clause, clauses), lexicon, memory, found))
    return _without_general(found) or list(_in_effect(mentions))


def _without_general(found: list[Measure]) -> list[Measure]:
    """ "announced sanctions on eight generals, freezing their assets": the freeze is what the sanctions are."""
    special = [one for one in found if one.elaborates]
    if not special:
        return found
    return [one for one in found if one.elaborates or not set(one.measures) <= GENERAL]


GENERAL = frozenset({"unspecified", "designation"})


EFFECT = re.compile(r"\b(?:take|takes|took|taking|come|comes|came|enter|enters|entered) (?:in ?to )?(?:effect|force)\b")


def _in_effect(mentions: Mentions) -> Iterator[Measure]:
    """ "New sanctions by the EU against Iran took effect": the noun's own parties, no verb of imposing."""
    text = mentions.text(0, len(mentions.words))
    effect = EFFECT.search(text)
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
        "announced" if future else "imposed", reasons=["a measure that takes effect"], doubts=0.1,
    )  # fmt: skip


def _is_maker(mentions: Mentions, term: Term, party: Party) -> bool:
    by = mentions.text(party.first - 2, party.first).split()[-2:]
    return 0 <= term.first - party.last <= 2 or bool({"by", "from"} & set(by))


def _is_aim(mentions: Mentions, term: Term, party: Party) -> bool:
    before = mentions.text(party.first - 2, party.first).split()
    return party.first >= term.first and (bool({"on", "against", "for"} & set(before)) or party.first - term.last <= 2)


def _from_clause(
    mentions: Mentions, clauses: tuple[Clause, list[Clause]], lexicon: Lexicon, memory: Memory, told: list[Measure]
) -> Iterator[Measure]:
    clause, others = clauses
    low, high = (clause.left, clause.right) if clause.passive else (clause.place, clause.right)
    scope = Scope(mentions, clause, lexicon, low, high, _before(mentions, memory) is not None or bool(told))
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
    imposer = _imposer(mentions, clause, others, memory)
    if imposer is None:
        return
    targets, end = _aim(scope, imposer, memory, told)
    reason = _aimless(scope, imposer, kinds, targets)
    if reason:
        memory.refused.append((mentions.sentence.number, reason))
        return
    yield _measure(scope, imposer, kinds, (targets, end), memory)


def _measure(
    scope: Scope, imposer: Party, kinds: tuple[str, ...], aim: tuple[tuple[str, ...], int], memory: Memory
) -> Measure:
    mentions, clause = scope.mentions, scope.clause
    targets, end = aim
    kind = target_kind(scope)
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
    )  # fmt: skip


NEXT = 3  # sentences within which "the package" is the one told of before


def _before(mentions: Mentions, memory: Memory) -> Measure | None:
    """The measure told of a few sentences ago at most."""
    last = memory.last_measure
    return last if last and mentions.sentence.number - last.sentence <= NEXT else None


THEM = frozenset({"them", "those", "both", "these", "country", "list"})


def _aim(scope: Scope, imposer: Party, memory: Memory, told: list[Measure]) -> tuple[tuple[str, ...], int]:
    """Whom the measure is aimed at, and where that phrase ends."""
    mentions, clause = scope.mentions, scope.clause
    targets, end = _targets(mentions, clause, scope.low, scope.high, imposer)
    words = set(mentions.text(scope.low, scope.high).split())
    before = _before(mentions, memory)
    if before and set(imposer.codes) & set(before.imposers):
        if measures_act(mentions, clause) or clause.kind == "pronoun":
            targets = before.targets or targets  # the nationality of a name is not whom the measures are aimed at
        elif words & THEM:  # "two of them"
            targets = targets or before.targets
    if not targets and clause.verb.acts("ban"):
        targets = tuple(
            code for one in mentions.parties for code in one.codes if code in SANCTIONED and code not in imposer.codes
        )[:1]
    if not targets and "country" in words and told and told[-1].imposers == imposer.codes:
        targets = told[-1].targets
    return targets, end


# These may be for trade or health as well, and are sanctions only where somebody is named.
OF_TRADE = frozenset(
    ["export_control", "import_restrictions", "travel_ban", "transportation_restrictions", "tariff",
     "visa_restrictions", "trade_restrictions", "arms_embargo", "services_ban", "media_ban", "investment_ban",
     "asset_freeze"]
)  # fmt: skip
AT_HOME = frozenset({"agent", "agents", "undesirable", "extremist"})  # lists that a state keeps for its own people


def _aimless(scope: Scope, imposer: Party, kinds: tuple[str, ...], targets: tuple[str, ...]) -> str | None:
    """Why a deed is aimed at nobody abroad, or ``None``."""
    text = scope.mentions.text(scope.low, scope.high)
    if ANYBODY.search(text):
        return "aimed at whoever does something"
    if set(text.split()) & AT_HOME:
        return "a list that a state keeps at home"
    if targets:
        return None
    if not imposer.codes:
        return "neither imposer nor target is named"
    sanctions = scope.near_sanctions or "sanction" in scope.mentions.text(0, len(scope.mentions.words))
    if set(kinds) <= OF_TRADE and not sanctions:
        return "a ban on trade or travel that is aimed at nobody named"
    verb = scope.clause.verb
    return "a ban that is aimed at nobody abroad" if verb.acts("ban", "expel") and not verb.acts("widen") else None


ANYBODY = re.compile(
    r"\b(?:on|against|for|target|sanction) (?:any(?:one|body)?|whoever|those who|all who|foreign \w+ that)\b"
)


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


def _ensuring(mentions: Mentions, clause: Clause, clauses: list[Clause], memory: Memory) -> Party | None:
    """ "We commit to ensuring that banks are removed": who commits removes."""
    for earlier in reversed(clauses):
        if earlier.place < clause.place and earlier.verb.acts("promise", "commit", "announce", "plan"):
            return _imposer(mentions, earlier, [], memory)
    return None


def _imposer(mentions: Mentions, clause: Clause, clauses: list[Clause], memory: Memory) -> Party | None:
    if clause.passive:
        for party in mentions.parties:
            if (
                party.first > clause.place
                and party.acts
                and mentions.text(party.first - 2, party.first).endswith(("by", "by the"))
            ):
                return party
        # "added to the EU's list", "hit with a British asset freeze": the owner stands after the verb
        after = clause.verb.form.lemma == "add" or mentions.text(clause.place + 1, clause.place + 2) == "with"
        last = clause.right if after else clause.place
        owner = _owner(mentions, clause.left, last) or _ensuring(mentions, clause, clauses, memory)
        owner = owner or _announcer(mentions, clause)
        before = memory.last_measure
        if owner is None and before and mentions.sentence.number - before.sentence < NEXT and before.imposers:
            return Party(clause.place, clause.place + 1, before.imposers, "name")
        return owner
    if clause.kind == "party":
        return clause.subject
    if clause.kind == "pronoun":
        word = mentions.words[clause.subject_first].lower
        codes = memory.we if word == "we" and memory.we else memory.last_actor
        if word in {"we", "i"} and not codes and memory.known.home:
            codes = (memory.known.home,)
        return Party(clause.subject_first, clause.subject_first + 1, codes, "name") if codes else None
    owner = _owner(mentions, clause.left, clause.place)
    before = memory.last_measure
    if owner is None and before and before.imposers and measures_act(mentions, clause):
        near = mentions.sentence.number - before.sentence <= NEXT
        return Party(clause.place, clause.place + 1, before.imposers, "name") if near else None
    return owner


def _announcer(mentions: Mentions, clause: Clause) -> Party | None:
    """ "Canada's minister said that sanctions would be placed on …": who says what will be done to others does it."""
    for verb in mentions.verbs:
        if verb.place < clause.place and verb.acts("say", "announce"):
            party = mentions.party_ending(verb.place)
            if party and party.acts and party.codes and set(clause.over) & {"will", "would"}:
                return party
    return None


def _owner(mentions: Mentions, low: int, high: int) -> Party | None:
    """ "EU sanctions on Russia were extended": the party right before the noun."""
    for term in mentions.measures:
        if low <= term.first < high and mentions.text(term.first, term.last) not in WEAK_NOUNS:
            for party in mentions.parties:
                near = party.last <= term.first and term.first - party.last <= OWNER_WITHIN
                between = set(mentions.text(party.last, term.first).split())
                verb = any(party.last <= one.place < term.first for one in mentions.verbs)
                if near and party.codes and not verb and not between & NO_OWNER:
                    return party
    return None


OWNER_WITHIN = 3  # words: "the bloc | 's 14 th | round of sanctions"
NO_OWNER = frozenset({"will", "would", "to", "has", "have", "had", "keeps", "maintains", "wants", "on", "over", "by"})


def _targets(mentions: Mentions, clause: Clause, low: int, high: int, imposer: Party) -> tuple[tuple[str, ...], int]:
    best: tuple[int, Party] | None = None
    for party in mentions.parties:
        if (
            not low <= party.first < high
            or party is imposer
            or not party.codes
            or set(party.codes) & set(imposer.codes)
        ):
            continue
        score = _target_score(mentions, clause, party)
        if score < AIMED and _in_next_clause(mentions, clause, party):
            continue
        if "UA" in party.codes and score < AIMED and not {"RU", "BY"} & set(imposer.codes):
            continue  # what the sanctions are about, not whom they are aimed at
        if score and (best is None or score > best[0]):
            best = (score, party)
    return (best[1].codes, best[1].last) if best else ((), clause.place + 1)


def _in_next_clause(mentions: Mentions, clause: Clause, party: Party) -> bool:
    """Whether ", and …" or ", but …" stands between the verb and a party."""
    between = mentions.text(clause.place, party.first)
    return not clause.passive and any(mark in between for mark in (" , and ", " , but ", " , while ", " , as "))


AIMED = 8  # "on Ukraine": the score of what a preposition of aiming names


def _target_score(mentions: Mentions, clause: Clause, party: Party) -> int:
    words = mentions.words
    first = party.first - (1 if party.first and words[party.first - 1].lower == "the" else 0)
    before = words[first - 1].lower if first else ""
    lead = mentions.text(first - 4, first)
    if before == "by" or ("in" in lead.split()[-1:] and "response" in lead):
        return 0
    if before in {"on", "against", "upon", "at"}:
        return 8
    if party.first - clause.place <= 3 and party.first > clause.place:
        return 6
    if party.role in {"adjective", "office"}:
        return 5
    if before in {"over", "for", "with", "about"} or "over" in lead.split() or "support for" in lead:
        return 1
    return 4 if before in {"from", "of", "in", "into", "to"} | TOWARDS else 2
