"""The reader: an article through all stages, segment → mentions → clauses and claims → assemble → judge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache

from extraction import assemble, judge
from extraction.clauses import Clause, find_clauses
from extraction.contract import Article, Finding, PledgeFinding, Reading, SentenceTrace, Span
from extraction.days import announced_on
from extraction.giving import find_claims
from extraction.lexicon import Lexicon, default_lexicon
from extraction.listing import find_listed
from extraction.mentions import Mentions, find_mentions
from extraction.nominal import find_nominal
from extraction.open_giving import find_open
from extraction.parties import codes_named
from extraction.punishing import find_measures
from extraction.reading import Claim, Measure, Memory
from extraction.recipients import CHANNELS, CRISES
from extraction.segment import Sentence, sentences

VERSION = "rules-4"
WE_LIST = 40  # words in which "We, the leaders of …" names who we are


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
        memory = Memory(year=_news_year(article.published))
        split = sentences(text)
        titled = _learn_title(article.title, self.lexicon, memory)
        memory.known.home = _first_speaker(article.title, split, self.lexicon)
        mentions: list[Mentions] = []
        claims: list[Claim] = []
        measures: list[Measure] = []
        for sentence in split:
            one = find_mentions(text, sentence, self.lexicon, memory.known)
            mentions.append(one)
            speaks = one.sums or one.things or one.aid or one.measures or any(verb.acts(*DEEDS) for verb in one.verbs)
            clauses = find_clauses(one) if speaks else []
            told = _told(one, clauses, self.lexicon, memory)
            punished = find_measures(one, clauses, self.lexicon, memory)
            _date(one, [*told, *punished], article.published)
            memory.point = _point(sentence, memory)
            for measure in punished:
                measure.item = memory.point.number if memory.point else -1
            claims += told
            measures += punished
            memory.last_measure = measures[-1] if measures else None
            _remember_need(one, memory)
            memory.named = _last_in_need(one) or memory.named
            _remember(one, clauses, measures, memory)
        counted = assemble.count_parties([*titled, *mentions])
        pledges: list[tuple[Claim, PledgeFinding]] = []
        for claim in assemble.assemble_claims(claims, counted):
            if _worth_telling(claim) and (pledge := judge.pledge(text, assemble.with_currency(claim))):
                pledges.append((claim, pledge))
        findings: list[Finding] = []
        for measure in assemble.assemble_measures(measures, counted):
            if sanction := judge.sanction(text, measure):
                findings.append(sanction)
        findings = _in_order(pledges, findings)
        return Reading(tuple(findings), _trace(mentions, findings, memory) if explain else ())


def _told(mentions: Mentions, clauses: list[Clause], lexicon: Lexicon, memory: Memory) -> list[Claim]:
    """The claims of one sentence: by its verbs, else by nouns, else by the roles alone, else as a line of a list."""
    told = find_claims(mentions, clauses, lexicon, memory)
    if all(one.details for one in told):  # "a €40m Danish package for Ukraine includes shells" is the package as well
        told = [*find_nominal(mentions), *told]
    return told or find_open(mentions) or find_listed(mentions)


def _last_in_need(mentions: Mentions) -> tuple[str, ...]:
    named = [one.codes for one in mentions.parties if one.codes and set(one.codes) <= assemble.BENEFICIARIES]
    return named[-1] if named else ()


POINTS = frozenset(
    ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "firstly", "secondly", "thirdly", "finally",
     "lastly", "-", "•", "–", "*", "·", "(", "1", "2", "3", "4", "5", "6", "7", "8", "9"]
)  # fmt: skip


def _point(sentence: Sentence, memory: Memory) -> Sentence | None:
    """The sentence that opened the point of a list ("First, …", "2. …", "- …") in which this one stands."""
    opens = sentence.words[0].lower
    after = sentence.words[1].text if len(sentence.words) > 1 else ""
    if opens in POINTS and (after in {",", ".", ")", ":"} or not opens.isalnum()):
        return sentence
    before = memory.point
    return before if before and before.paragraph == sentence.paragraph else None


def _worth_telling(claim: Claim) -> bool:
    """Nobody named and nothing stated ("several countries offered support") is no claim that can be recorded."""
    return bool(claim.donors) or claim.money is not None or any(one.quantity for one in claim.goods)


def _date(mentions: Mentions, told: Sequence[Claim | Measure], published: date | None) -> None:
    day = announced_on(mentions, published) if told else None
    for one in told:
        one.announced = day
        if day and published and published - day > NEWS:
            one.flags.add("historical")


NEWS = timedelta(days=45)  # what was announced longer ago is told as background


def _in_order(pledges: list[tuple[Claim, PledgeFinding]], sanctions: list[Finding]) -> list[Finding]:
    """All findings by their place in the text, with parts pointing at their packages."""
    ordered: list[Finding] = sorted([*(one for _, one in pledges), *sanctions], key=lambda one: (one.start, one.end))
    places = {id(finding): number for number, finding in enumerate(ordered)}
    packages = {id(claim): places[id(finding)] for claim, finding in pledges}
    for claim, finding in pledges:
        whole = assemble.package_of(claim)
        if whole is not None and id(whole) in packages:
            ordered[places[id(finding)]] = replace(finding, part_of=packages[id(whole)])
    return ordered


def _learn_title(title: str, lexicon: Lexicon, memory: Memory) -> list[Mentions]:
    return [find_mentions(title, sentence, lexicon, memory.known) for sentence in sentences(title)]


def _remember(mentions: Mentions, clauses: list[Clause], measures: list[Measure], memory: Memory) -> None:
    for clause in clauses:
        if clause.kind == "party" and clause.subject and clause.subject.codes:
            memory.last_actor = clause.subject.codes
            if len(clause.subject.codes) == 1 and clause.subject.role != "leader":
                memory.known.home = clause.subject.codes[0]
    first = mentions.parties[0] if mentions.parties else None
    opens = mentions.words[0].lower
    if first and first.acts and first.codes and (first.first <= 2 or mentions.words[first.first - 1].text == ","):
        memory.last_actor = first.codes
    elif opens not in GOES_ON and not any(one.kind == "party" for one in clauses):
        memory.last_actor = ()  # somebody else has the word: "it" is no state any more
    if first and first.first >= 2 and mentions.text(0, 2) == "we ," and mentions.parties:
        memory.we = first.codes
    if mentions.sentence.number == 0 and (home := _dateline(mentions)):
        memory.known.home = home


DEEDS = ("ban", "sanction", "halt", "expel")  # verbs of sanction that need no noun beside them
GOES_ON = frozenset({"it", "he", "she", "they", "we", "this", "that", "“", '"', "in", "on", "at", "the", "but", "and"})
OPENING = 6  # sentences in which an article shows whose government it speaks of


def _first_speaker(title: str, split: list[Sentence], lexicon: Lexicon) -> str | None:
    """Whom "the government" means before anybody acted: the first state named, neither in need nor sanctioned."""
    for sentence in [*sentences(title), *split[:OPENING]]:
        for code in codes_named(sentence.words, lexicon):
            if code not in NO_SPEAKERS:
                return code
    return None


# Agencies, those in need and those sanctioned are seldom "the government" of an article.
NO_SPEAKERS = (CHANNELS - {"EU"}) | assemble.BENEFICIARIES | (assemble.SANCTIONED - {"US", "GB", "NZ"})


def _news_year(published: date | None) -> int | None:
    """The year from which a dated deed is news; in January and February the year before still is."""
    if published is None:
        return None
    return published.year - (published.month <= 2)


def _lowers(mentions: Mentions) -> list[str]:
    return [word.lower for word in mentions.words]


APPEAL = frozenset(
    [
        "donors",
        "pledged",
        "pledges",
        "conference",
        "aid",
        "appeal",
        "relief",
        "support",
        "help",
        "funds",
        "money",
        "assistance",
    ]
) | (CRISES - {"war", "conflict"})


def _remember_need(mentions: Mentions, memory: Memory) -> None:
    """Who is in need, as a sentence about aid names them: "to raise money for Syria"."""
    words = mentions.words
    if not APPEAL & set(_lowers(mentions)):
        return
    for party in mentions.parties:
        lead = mentions.text(party.first - 1, party.first)
        starts = party.first <= 1 and not party.possessive and any(one.acts("receive") for one in mentions.verbs)
        if starts and party.codes and set(party.codes) <= assemble.BENEFICIARIES:  # "Ukraine is to get more help"
            memory.last_recipients, memory.recipients_in = party.codes, mentions.sentence.number
        if (
            party.codes
            and (lead in {"for", "to", "hit"} or (lead in {"in", "across"} and CRISES & set(_lowers(mentions))))
            and set(party.codes) <= assemble.BENEFICIARIES
            and party.last <= len(words)
        ):
            memory.last_recipients, memory.recipients_in = party.codes, mentions.sentence.number


def _dateline(mentions: Mentions) -> str | None:
    """ "PRAGUE: Czech …", "WARSAW (Agency) - …": where the report was filed."""
    first = mentions.parties[0] if mentions.parties else None
    if first is None or not first.codes:
        return None
    following = mentions.text(first.last, first.last + 1)
    return first.codes[0] if first.first == 0 and following in {":", "(", "—", "–", "-"} else None


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
