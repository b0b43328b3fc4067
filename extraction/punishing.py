"""Stage 3, sanctions: clauses of imposing, banning, freezing, extending, lifting … become measures."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from extraction.assemble import SANCTIONED
from extraction.clauses import Clause
from extraction.contract import Action
from extraction.data_files import load, word_set
from extraction.lexicon import Lexicon
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
    "plan",
    "consider",
)
# Nouns that show a measure only beside a verb of banning or a word for sanctions.
WEAK_NOUNS = word_set("punishing", "weak_nouns")
BANNED: dict[str, list[str]] = load("measures")["banned"]  # what is banned shows the measure
MEASURE_WORDS = frozenset({"sanctions", "sanction", "measures", "embargo", "restrictions", "ban", "bans", "tariffs"})


def find_measures(mentions: Mentions, clauses: list[Clause], lexicon: Lexicon, memory: Memory) -> list[Measure]:
    """The sanctions that the verbs of one sentence tell of."""
    found: list[Measure] = []
    for clause in clauses:
        if clause.verb.acts("include") and clause.kind in {"package", "pronoun", "other"} and memory.last_measure:
            found.extend(_included(mentions, clause, memory.last_measure))
        elif clause.verb.acts(*ACTING):
            found.extend(_from_clause(mentions, (clause, clauses), lexicon, memory, found))
    return found or list(_in_effect(mentions))


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
    words, kinds = mentions.words, _specific(terms) or ("unspecified",)
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
    kinds = _kinds(mentions, clause, lexicon, low, high)
    if not kinds:
        return
    reason = _refusal(mentions, clause)
    if reason:
        memory.refused.append((mentions.sentence.number, f"“{clause.verb.form.lemma}” of {', '.join(kinds)}: {reason}"))
        return
    imposer = _imposer(mentions, clause, others, memory)
    if imposer is None:
        return
    targets, end = _targets(mentions, clause, low, high, imposer)
    if not targets and clause.verb.acts("ban"):
        targets = tuple(
            code for one in mentions.parties for code in one.codes if code in SANCTIONED and code not in imposer.codes
        )[:1]
    if not targets and "country" in mentions.text(low, high).split() and told and told[-1].imposers == imposer.codes:
        targets = told[-1].targets
    if set(mentions.text(low, high).split()) & {"agent", "agents", "undesirable", "extremist"}:
        return  # lists that a state keeps at home
    if not targets and not imposer.codes:
        return
    if not targets and clause.verb.acts("ban", "expel") and not clause.verb.acts("widen"):
        memory.refused.append((mentions.sentence.number, "a ban that is aimed at nobody abroad"))
        return
    kind = _target_kind(mentions, lexicon, clause, high)
    if kinds == ("unspecified",) and kind != "country":
        kinds = ("designation",)
    action = action_of(mentions, clause)
    last = max(
        [
            clause.place + 1,
            min(end, high),
            *(term.last for term in mentions.measures if clause.place < term.first < high),
        ]
    )
    first = low if clause.passive else clause.begin
    words = mentions.words
    yield Measure(
        mentions.sentence.number, words[first].start, words[last - 1].end, imposer.codes,
        "" if imposer.codes else imposer.written, targets, kind, kinds, action, flags_of(mentions, clause, memory.year),
        [f"“{clause.verb.form.lemma}” of {', '.join(kinds)} by {'+'.join(imposer.codes) or imposer.written}"],
        headline=mentions.sentence.headline,
    )  # fmt: skip


def _included(mentions: Mentions, clause: Clause, package: Measure) -> Iterator[Measure]:
    """ "The package includes a ban on …": further measures of the package told of before."""
    terms = [one for one in mentions.measures if clause.place < one.first < clause.right]
    kinds = _specific([one for one in terms if mentions.text(one.first, one.last) not in WEAK_NOUNS])
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


NEXT = 3  # sentences within which "the package" is the one told of before


def _refusal(mentions: Mentions, clause: Clause) -> str | None:
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


def _kinds(mentions: Mentions, clause: Clause, lexicon: Lexicon, low: int, high: int) -> tuple[str, ...]:
    verb = clause.verb
    terms = [one for one in mentions.measures if low <= one.first < high and one.first != clause.place]
    strong = [one for one in terms if mentions.text(one.first, one.last) not in WEAK_NOUNS]
    after = mentions.text(clause.place + 1, high)
    before = mentions.text(low, clause.place)
    scope = f" {before if clause.passive else ''} {after} "
    if verb.acts("expel"):
        return ("diplomatic_measure",) if any(one.value == "diplomatic_measure" for one in terms) else ()
    if verb.form.lemma == "freeze":
        return (
            ("asset_freeze",)
            if any(f" {one} " in scope for one in ("assets", "accounts", "reserves", "property", "funds of"))
            else ()
        )
    if verb.acts("ban"):
        banned = _banned(scope) if verb.form.lemma != "close" else _closed(scope)
        named = tuple(dict.fromkeys(one.value for one in strong if one.value != "unspecified"))
        return named or banned
    if verb.form.lemma in {"sanction", "blacklist", "designate", "penalise", "penalize"}:
        specific = _specific(strong)
        return specific or (("designation",) if _has_target(mentions, lexicon, low, high, clause) else ("unspecified",))
    if verb.form.lemma in {"target", "hit"} and not {"sanctions", "tariffs", "measures", "bans"} & set(scope.split()):
        return ()
    if not strong:
        return _removed(scope, verb.form.lemma)
    if verb.acts("raise") and not verb.acts("widen", "lift") and not verb.acts("impose"):
        return ("tariff",) if "tariff" in _specific(strong) else ()
    if verb.form.lemma == "add":
        return ("designation",) if "list" in scope or "blacklist" in scope else ()
    if verb.acts("lift", "ease") and not any(
        set(mentions.text(one.first, one.last).split()) & MEASURE_WORDS or one.value != "unspecified" for one in strong
    ):
        return ()
    if (
        verb.acts("plan", "promise")
        and not clause.governors
        and not verb.acts("widen", "impose", "approve")
        and verb.form.lemma not in {"agree", "promise", "pledge", "decide"}
    ):
        return ()
    governed = _specific(strong)
    return governed or ("unspecified",)


def _specific(terms: list[Term]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.value for one in terms if one.value != "unspecified"))


def _banned(scope: str) -> tuple[str, ...]:
    return tuple(kind for kind, phrases in BANNED.items() if any(f" {phrase} " in scope for phrase in phrases))[:2]


def _closed(scope: str) -> tuple[str, ...]:
    return ("transportation_restrictions",) if " airspace " in scope or " ports " in scope else ()


def _removed(scope: str, lemma: str) -> tuple[str, ...]:
    if lemma in WITHDRAWING and " visas " in scope:
        return ("visa_restrictions",)
    if (
        lemma in WITHDRAWING
        and (" licences " in scope or " licenses " in scope)
        and (" rt " in scope or " media " in scope)
    ):
        return ("media_ban",)
    if " swift " in scope and lemma in {"remove", "cut", "exclude", "bar", "disconnect", "block"}:
        return ("financial_restrictions",)
    return ()


def _has_target(mentions: Mentions, lexicon: Lexicon, low: int, high: int, clause: Clause) -> bool:
    return _target_kind(mentions, lexicon, clause, high) != "country" or not _country_object(mentions, clause)


def _country_object(mentions: Mentions, clause: Clause) -> bool:
    party = next((one for one in mentions.parties if 0 <= one.first - clause.place <= 2), None)
    return party is not None and party.role == "name" and not party.possessive


def _target_kind(mentions: Mentions, lexicon: Lexicon, clause: Clause, high: int) -> str:
    span = range(clause.left, high) if clause.passive else range(clause.place + 1, high)
    for place in span:
        hit = lexicon.targets.at(mentions.words, place)
        if hit and mentions.text(place - 1, place) != "government":
            return hit[1].value
    return "country"


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
        owner = _owner(mentions, clause.left, clause.place) or _ensuring(mentions, clause, clauses, memory)
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
    return None


def _owner(mentions: Mentions, low: int, high: int) -> Party | None:
    """ "EU sanctions on Russia were extended": the party right before the noun."""
    for term in mentions.measures:
        if low <= term.first < high and mentions.text(term.first, term.last) not in WEAK_NOUNS:
            for party in mentions.parties:
                if party.last <= term.first and term.first - party.last <= 2 and party.codes:
                    return party
    return None


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
        if score and (best is None or score > best[0]):
            best = (score, party)
    return (best[1].codes, best[1].last) if best else ((), clause.place + 1)


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


WITHDRAWING = frozenset({"suspend", "revoke", "stop", "halt", "withdraw", "cancel"})
LEADING = frozenset({"commit", "pledge", "promise", "vow", "plan", "intend", "announce", "prepare"})


def action_of(mentions: Mentions, clause: Clause) -> Action:
    """As news has it: a plan is ``announced`` or ``proposed``; a deed is ``imposed``, ``extended``, ``lifted``."""
    verb, over = clause.verb, set(clause.over)
    lemmas = {verb.form.lemma, *(one.form.lemma for one in clause.governors)}
    if lemmas & {"propose", "recommend", "suggest"}:
        return "proposed"
    planned = bool(over & {"will", "would", "to", "plans", "plan", "intention", "'ll"}) and not lemmas & {
        "agree",
        "decide",
        "vote",
        "move",
    }
    led = [one for one in mentions.verbs if one.place < verb.place and one.form.lemma in LEADING]
    if led and verb.form.forms <= {"ing"} and not verb.acts("lift", "ease", "widen"):
        return "announced"
    announced = bool(
        lemmas & {"announce", "unveil", "promise", "pledge", "vow", "commit", "declare", "outline", "reveal"}
    )
    if planned or (verb.acts("commit", "promise") or lemmas & {"promise", "pledge", "vow", "commit"}):
        return "announced"
    cut_off = "swift" in mentions.text(clause.left, clause.right).split()
    scope = mentions.text(clause.left, clause.right)
    if verb.form.lemma in WITHDRAWING and any(
        word in scope for word in ("visas", "licen", "favoured nation", "favored nation")
    ):
        return "imposed"  # what was a right is taken away
    if verb.acts("lift") and not verb.acts("widen") and not cut_off:
        return "lifted"
    if verb.acts("ease") and verb.form.lemma != "target":
        softened = verb.form.lemma in {"ease", "relax", "soften", "loosen"}
        return "eased" if softened else "lifted"
    if verb.acts("widen"):
        return "extended"
    if announced or (verb.form.lemma in {"agree"} or "agree" in lemmas):
        return "announced"
    return "imposed"
