"""A coded description beside its own words: where do the codes of a dataset say what the text says?

A field **agrees** if the words say the coded value anywhere: in a finding, or as a sum, a number or a noun for aid. It
**disagrees** if the words say something of that field, and never the coded value. It is **not coded** if it was left
blank though a finding has a value, and **not said** if the words are silent. Descriptions are notes rather than news,
so silence is common and says nothing about the coding. Sentences that name another row ("5 million are in CZM3") are
about that row: they may agree, and do not disagree.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache, lru_cache
from typing import Literal

from extraction.contract import Amount, Article, Extractor, Finding, PledgeFinding
from extraction.lexicon import default_lexicon, territories
from extraction.mentions import Mentions, find_mentions
from extraction.money import Money, currency_of
from extraction.parties import Acquaintance, find_parties
from extraction.segment import sentences

Verdict = Literal["agree", "disagree", "not coded", "not said"]
Value = frozenset[str] | Decimal | str | None
FIELDS = ("donor", "recipient", "type", "finance", "amount", "currency", "units", "stage")
VERDICTS: tuple[Verdict, ...] = ("agree", "disagree", "not coded", "not said")
TYPES = frozenset({"military", "financial", "humanitarian"})
OF_FINDINGS = frozenset(FIELDS) - {"currency", "units"}  # a blank is only told of where a finding has a value
ROUNDING = Decimal("0.005")  # "37 million" is the coded 36,950,000
GENERAL = frozenset(
    ["aid", "assistance", "equipment", "good", "humanitarian", "item", "material", "military", "supplie"]
)
NUMBER = re.compile(r"\d+(?:[ ,.\u00a0\u202f]\d{3})*(?:\.\d+)?")
CODE = re.compile(r"\b[A-Z]{3}\b")
FAMILY = re.compile(r"[A-Za-z]{2,}(?=\d)")
WORD = re.compile(r"[^\W\d_]{4,}")


@dataclass(frozen=True, slots=True)
class Coded:
    """One row of a dataset: a description, and the values that were coded from it.

    ``values`` holds the fields that the dataset codes; ``None`` is a field left blank. ``item`` names what ``units``
    counts. ``problems`` are sentences about cells that could not be used.
    """

    place: str
    text: str
    name: str = ""
    published: date | None = None
    item: str = ""
    values: Mapping[str, Value] = field(default_factory=dict)
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """One field of one row: what is coded, what was read, and the words.

    ``found`` judges the reader and not the words at large: whether its findings have the coded value; ``None`` where
    they say nothing of the field.
    """

    place: str
    name: str
    field: str
    verdict: Verdict
    coded: str
    read: str = ""
    quote: str = ""
    found: bool | None = None


@dataclass(frozen=True, slots=True)
class Words:
    """What the words of one description say."""

    text: str
    findings: tuple[Finding, ...]
    mentions: tuple[Mentions, ...]

    @property
    def pledges(self) -> list[PledgeFinding]:
        """Findings of aid. Running totals and old news are among them: a description may tell a row's past."""
        return [one for one in self.findings if isinstance(one, PledgeFinding) and "hypothetical" not in one.flags]


@dataclass(frozen=True, slots=True)
class Said:
    """A value that the words say, as it is shown to people, with its quote."""

    value: Value
    shown: str
    quote: str
    start: int


def words_of(text: str, published: date | None, reader: Extractor) -> Words:
    """Read a description: the reader's findings, and what its sentences mention besides."""
    known = Acquaintance()
    mentions = tuple(find_mentions(text, one, default_lexicon(), known) for one in sentences(text))
    return Words(text, reader.read(Article(text, published=published)).findings, mentions)


def check(rows: Iterable[Coded], reader: Extractor) -> Iterator[tuple[Coded, list[Comparison]]]:
    """Each row with the comparisons of its fields. Rows that follow each other with one text are read once.

    A package is often described again on the row of each of its items: what such rows repeat is compared once.
    """
    words: Words | None = None
    compared: set[tuple[str, Value]] = set()
    for row in rows:
        if words is None or words.text != row.text:
            words = words_of(row.text, row.published, reader)
            compared = set()
        fresh = {
            name: value
            for name, value in row.values.items()
            if name == "units" or (row.name + name, value) not in compared
        }
        compared |= {(row.name + name, value) for name, value in fresh.items()}
        yield row, [compare(row, name, value, words) for name, value in fresh.items()]


def compare(row: Coded, name: str, coded: Value, words: Words) -> Comparison:
    """One field beside the words."""
    told, agrees = COMPARED[name](row, coded, words)
    said = [one for one in told if not _of_another_row(row.name, words, one.start)]
    verdict: Verdict = "not said"
    if coded is not None and agrees:
        verdict = "agree"
    elif coded is not None and said:
        verdict = "disagree"
    elif coded is None and said and name in OF_FINDINGS:
        verdict = "not coded"
    found = _found(row, name, coded, words)
    if verdict in {"agree", "not said"}:
        return Comparison(row.place, row.name, name, verdict, shown(coded), found=found)
    read = "; ".join(dict.fromkeys(one.shown for one in said))
    return Comparison(row.place, row.name, name, verdict, shown(coded), read, said[0].quote, found)


def _found(row: Coded, name: str, coded: Value, words: Words) -> bool | None:
    """Whether the claims that the reader makes have the coded value."""
    claims = [one for one in words.pledges if not one.flags]
    sums = [one.amount for one in claims if one.amount]
    if coded is None:
        return None
    if isinstance(coded, frozenset):
        codes = {code for one in claims for code in (one.donors if name == "donor" else one.recipients)}
        return coded <= codes if codes else None
    if isinstance(coded, Decimal) and name == "units":
        goods = [one for claim in claims for one in claim.goods if one.quantity is not None]
        same = [one for one in goods if _nouns(one.name) & _nouns(row.item)]
        return coded in {one.quantity for one in goods} or (False if same else None)
    if isinstance(coded, Decimal):
        return any(_near(coded, value) for one in sums for value in _bounds(one)) if sums else None
    said: dict[str, set[str]] = {
        "type": {one.type for one in claims},
        "finance": {one.finance_type for one in claims},
        "currency": {one.currency for one in sums},
        "stage": {one.stage for one in claims},
    }
    stated = said[name] - {"unspecified"}
    return bool({coded, "mixed"} & stated) if stated else None


def shown(value: Value) -> str:
    """A value for people."""
    if value is None:
        return "nothing"
    if isinstance(value, Decimal):
        return f"{value.normalize():,f}"
    return value if isinstance(value, str) else " + ".join(sorted(value))


def _of_another_row(name: str, words: Words, start: int) -> bool:
    """Whether the sentence at a place names a row of the same kind of name: CZM3 beside CZM14 or CZH2, not M777."""
    if not (family := FAMILY.match(name)):
        return False
    sentence = next((one.sentence for one in words.mentions if one.sentence.start <= start < one.sentence.end), None)
    if sentence is None:
        return False
    named = re.findall(rf"\b{family[0][:2]}[A-Za-z]*\d+\b", words.text[sentence.start : sentence.end])
    return bool(named) and name not in named


Answer = tuple[list[Said], bool]


def _donor(row: Coded, coded: Value, words: Words) -> Answer:
    return _party(coded, [(one.donors, one) for one in words.pledges])


def _recipient(row: Coded, coded: Value, words: Words) -> Answer:
    return _party(coded, [(one.recipients, one) for one in words.pledges])


def _party(coded: Value, read: list[tuple[tuple[str, ...], PledgeFinding]]) -> Answer:
    said = [Said(frozenset(codes), shown(frozenset(codes)), one.quote, one.start) for codes, one in read if codes]
    named = {code for codes, _ in read for code in codes}
    return said, isinstance(coded, frozenset) and coded <= named


def _type(row: Coded, coded: Value, words: Words) -> Answer:
    said = [_read(one, one.type) for one in words.pledges if one.type != "unspecified"]
    named = {one.value for one in said}
    if not said and coded is not None:
        terms = [(term.value, one) for one in words.mentions for term in one.aid if term.value in TYPES]
        named = {value for value, _ in terms}
        # "Grant" and "loan" show how aid is paid for; what for, they leave open.
        said = [_mentioned(value, value, one, words) for value, one in terms if value != "financial"]
    return said, coded in named or "mixed" in named


def _finance(row: Coded, coded: Value, words: Words) -> Answer:
    said = [_read(one, one.finance_type) for one in words.pledges if one.finance_type != "unspecified"]
    return said, coded in {one.value for one in said}


def _stage(row: Coded, coded: Value, words: Words) -> Answer:
    said = [_read(one, one.stage) for one in words.pledges]
    return said, coded in {one.value for one in said}


def _read(finding: PledgeFinding, value: str) -> Said:
    return Said(value, value, finding.quote, finding.start)


def _mentioned(value: Value, words_for_it: str, one: Mentions, words: Words) -> Said:
    return Said(value, words_for_it, words.text[one.sentence.start : one.sentence.end], one.sentence.start)


def _amount(row: Coded, coded: Value, words: Words) -> Answer:
    read = [(one.amount, one) for one in words.pledges if one.amount]
    told = [Said(amount.value, _sum(amount), one.quote, one.start) for amount, one in read]
    if not isinstance(coded, Decimal):
        return told, False
    every = [value for amount, _ in read for value in _bounds(amount)]
    every += [value for one in words.mentions for item in one.sums for value in _bounds(item.money)]
    written = coded in _numbers(words.text)  # conversions in brackets are no sums of their own
    return told or _stated(row, words), written or any(_near(coded, one) for one in every) or _made_of(coded, every)


def _made_of(coded: Decimal, stated: list[Decimal]) -> bool:
    """Whether two stated sums make the coded one together, or one less the other, or all of them: coders reckon too."""
    known = set(stated)
    pairs = any(coded - value in known - {value} or coded + value in known for value in known)
    return pairs or coded == sum(known)


def _bounds(amount: Amount | Money) -> list[Decimal]:
    return [value for value in (amount.value, amount.value_max, amount.raised_from) if value is not None]


def _stated(row: Coded, words: Words) -> list[Said]:
    """Every sum that the words state, whether or not a finding was made of it."""
    return [
        _mentioned(item.money.value, f"{shown(item.money.value)} {_currency_of(item.money, row)}", one, words)
        for one in words.mentions
        for item in one.sums
    ]


def _currency_of(money: Money, row: Coded) -> str:
    donors = row.values.get("donor")
    return currency_of(money, tuple(donors) if isinstance(donors, frozenset) else ())


def _currency(row: Coded, coded: Value, words: Words) -> Answer:
    """Of the sums that equal the coded amount, if there are any; else of all, conversions in brackets among them."""
    amount = row.values.get("amount")
    read = [(one.amount, one) for one in words.pledges if one.amount]
    stated = _stated(row, words) + [Said(amount.value, _sum(amount), one.quote, one.start) for amount, one in read]
    equal = [
        one
        for one in stated
        if isinstance(amount, Decimal) and isinstance(one.value, Decimal) and _near(amount, one.value)
    ]
    named = {one.shown.rsplit(" ", 1)[1] for one in equal or stated}
    if not equal:
        named |= set(CODE.findall(words.text))
    return equal or stated, coded in named


def _sum(amount: Amount) -> str:
    return f"{shown(amount.value)} {amount.currency}"


def _units(row: Coded, coded: Value, words: Words) -> Answer:
    """The number itself is enough to agree; to disagree, the words must count the same thing otherwise."""
    counted = [(thing.goods, one) for one in words.mentions for thing in one.things if thing.goods.quantity is not None]
    same = [
        _mentioned(goods.quantity, f"{shown(goods.quantity)} {goods.name}", one, words)
        for goods, one in counted
        if _nouns(goods.name) & _nouns(row.item)
    ]
    numbers = {number for goods, _ in counted for number in (goods.quantity, goods.quantity_max)}
    return same, coded in numbers or coded in _numbers(words.text)


def _numbers(text: str) -> set[Decimal]:
    return {Decimal(re.sub(r"[ ,\u00a0\u202f]", "", one[0])) for one in NUMBER.finditer(text) if one[0].count(".") < 2}


def _nouns(name: str) -> set[str]:
    return {word.lower().removesuffix("s") for word in WORD.findall(name)} - GENERAL


def _near(one: Decimal, two: Decimal) -> bool:
    return abs(one - two) <= ROUNDING * abs(one)


COMPARED: dict[str, Callable[[Coded, Value, Words], Answer]] = {
    "donor": _donor,
    "recipient": _recipient,
    "type": _type,
    "finance": _finance,
    "amount": _amount,
    "currency": _currency,
    "units": _units,
    "stage": _stage,
}


def half_of(code: str) -> int:
    """The half of the donors that a code belongs to: 1 is looked at while rules are made, 2 held out until the end."""
    return 1 if sum(map(ord, code)) % 2 == 0 else 2


@lru_cache(maxsize=2048)  # a dataset names its parties on every row
def party_codes(written: str) -> frozenset[str] | None:
    """The codes of one or several parties written as codes or names, parted by ``;`` or ``+``; ``None`` if unknown."""
    codes: set[str] = set()
    for name in filter(None, (one.strip() for one in re.split(r"[;+]", written))):
        found = _party_code(name)
        if found is None:
            return None
        codes.add(found)
    return frozenset(codes) or None


def _party_code(name: str) -> str | None:
    if name in _known_codes():
        return name
    for sentence in sentences(name):
        for party in find_parties(sentence.words, default_lexicon(), Acquaintance()):
            if len(party.codes) == 1:
                return party.codes[0]
    return None


@cache
def _known_codes() -> frozenset[str]:
    return frozenset({one.value for one in default_lexicon().parties.entries()} | territories().keys()) - {""}
