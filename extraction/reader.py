"""The reader: an article through all stages, segment → mentions → clauses and claims → assemble → judge."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from extraction import assemble, judge
from extraction.clauses import Clause, find_clauses
from extraction.contract import Article, Finding, Reading, SentenceTrace, Span
from extraction.giving import find_claims
from extraction.lexicon import Lexicon, default_lexicon
from extraction.mentions import Mentions, find_mentions
from extraction.punishing import find_measures
from extraction.reading import Claim, Measure, Memory
from extraction.segment import Sentence, sentences

VERSION = "rules-1"


@dataclass(frozen=True, slots=True)
class RuleExtractor:
    """Reads by the rules and data files of this package: pure, offline, the same answer every time."""

    lexicon: Lexicon

    @property
    def version(self) -> str:
        return VERSION

    def read(self, article: Article, *, explain: bool = False) -> Reading:
        """Every finding of the article, in the order of their place in it."""
        text = article.text
        memory = Memory()
        split = sentences(text)
        _learn_title(article.title, self.lexicon, memory)
        mentions = [find_mentions(text, one, self.lexicon, memory.known) for one in split]
        claims: list[Claim] = []
        measures: list[Measure] = []
        for one in mentions:
            clauses = find_clauses(one)
            claims += find_claims(one, clauses, self.lexicon, memory)
            measures += find_measures(one, clauses, self.lexicon, memory)
            _remember(one, clauses, measures, memory)
        counted = assemble.count_parties(mentions)
        findings: list[Finding] = []
        for claim in assemble.assemble_claims(claims, counted):
            if _worth_telling(claim) and (
                pledge := judge.pledge(text, assemble.with_currency(claim), article.published)
            ):
                findings.append(pledge)
        for measure in assemble.assemble_measures(measures, counted):
            if sanction := judge.sanction(text, measure):
                findings.append(sanction)
        findings.sort(key=lambda one: (one.start, one.end))
        return Reading(tuple(findings), _trace(mentions, findings, memory) if explain else ())


def _worth_telling(claim: Claim) -> bool:
    """Nobody named and nothing stated ("several countries offered support") is no claim that can be recorded."""
    return bool(claim.donors) or not claim.vague


def _learn_title(title: str, lexicon: Lexicon, memory: Memory) -> None:
    for sentence in sentences(title):
        find_mentions(title, sentence, lexicon, memory.known)


def _remember(mentions: Mentions, clauses: list[Clause], measures: list[Measure], memory: Memory) -> None:
    for clause in clauses:
        if clause.kind == "party" and clause.subject and clause.subject.codes:
            memory.last_actor = clause.subject.codes
    acting = [one for one in mentions.parties if one.acts and one.codes]
    if acting and not memory.last_actor:
        memory.last_actor = acting[0].codes


def _trace(mentions: list[Mentions], findings: list[Finding], memory: Memory) -> tuple[SentenceTrace, ...]:
    return tuple(_sentence_trace(one, findings, memory) for one in mentions)


def _sentence_trace(one: Mentions, findings: list[Finding], memory: Memory) -> SentenceTrace:
    sentence: Sentence = one.sentence
    seen = [f"party {'+'.join(party.codes) or party.written}" for party in one.parties]
    seen += [f"sum {item.money.value:f} {item.money.currency}" for item in one.sums]
    seen += [f"goods {item.goods.name}" for item in one.things]
    seen += [f"{term.group} {one.text(term.first, term.last)}" for term in (*one.aid, *one.measures)]
    seen += [f"verb {verb.form.lemma}" for verb in one.verbs]
    verdicts = [
        f"finding: {'; '.join(made.reasons)}" for made in findings if sentence.start <= made.start < sentence.end
    ]
    verdicts += [f"none: {reason}" for number, reason in memory.refused if number == sentence.number]
    return SentenceTrace(Span(sentence.start, sentence.end), tuple(seen), tuple(verdicts))


@cache
def default_extractor() -> RuleExtractor:
    """The reader with the data files of this package; made once."""
    return RuleExtractor(default_lexicon())
