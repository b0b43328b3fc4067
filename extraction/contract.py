"""What goes into an extractor and what comes out of it.

An extractor is a pure function: text, title, publication date and a frozen configuration in, findings out. It reads no
clock, no file and no network while it works, and it never guesses: what the text does not say is ``None``, an empty
tuple or ``"unspecified"``. Codes are those of ``docs/vocabulary.md``; offsets count code points of ``Article.text``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal, Protocol

AidType = Literal["military", "financial", "humanitarian", "mixed", "unspecified"]
FinanceType = Literal["grant", "loan", "guarantee", "unspecified"]
Stage = Literal["pledge", "commitment", "allocation", "delivery", "suspended", "cancelled"]
Qualifier = Literal["exact", "about", "at_least", "up_to", "range"]
Action = Literal["proposed", "announced", "imposed", "extended", "eased", "lifted"]
TargetKind = Literal[
    "country", "sector", "Person", "Organization", "Company", "Vessel", "Airplane", "Asset", "LegalEntity"
]
Flag = Literal["historical", "hypothetical", "cumulative"]
Period = Literal["day", "week", "month", "quarter", "year", "total"]


@dataclass(frozen=True, slots=True)
class Article:
    """One text to read. ``title`` is context only: no offset ever points into it."""

    text: str
    title: str = ""
    published: date | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """A place in ``Article.text``: ``text[start:end]``, in code points."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Amount:
    """A sum of money as the text states it, in its own currency and in full units (never in cents or millions)."""

    value: Decimal
    currency: str
    qualifier: Qualifier = "exact"
    value_max: Decimal | None = None  # the upper end of a range
    per: Period = "total"  # "per month" amounts keep their period instead of being multiplied
    covers_from: date | None = None
    covers_until: date | None = None
    raised_from: Decimal | None = None  # "raised from 20 to 100 million": value 100, raised_from 20
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Goods:
    """One kind of goods or service named in a pledge; ``quantity`` is ``None`` where the text gives no number."""

    name: str
    quantity: Decimal | None = None
    quantity_max: Decimal | None = None
    qualifier: Qualifier = "exact"
    unit: str = ""
    category: str = "other"  # item category codes of the vocabulary
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class PledgeFinding:
    """A claim that someone gives, promises, halts or withdraws aid.

    ``donors`` and ``recipients`` are party codes; ``*_as_written`` keeps the words where no code is known or where a
    collective ("western powers") names nobody. ``part_of`` is the position, in the same reading, of the package
    finding that this one is a part of, so that the two are not added up.
    """

    quote: str
    start: int
    end: int
    donors: tuple[str, ...] = ()
    donors_as_written: str = ""
    recipients: tuple[str, ...] = ()
    recipients_as_written: str = ""
    channel: str | None = None
    type: AidType = "unspecified"
    in_kind: bool = False
    finance_type: FinanceType = "unspecified"
    amount: Amount | None = None
    goods: tuple[Goods, ...] = ()
    stage: Stage = "pledge"
    announced: date | None = None
    part_of: int | None = None
    flags: frozenset[Flag] = frozenset()
    confidence: float = 0.5
    reasons: tuple[str, ...] = ()  # why it was made, for people


@dataclass(frozen=True, slots=True)
class SanctionFinding:
    """A claim that someone imposes, plans, widens, eases or lifts sanctions."""

    quote: str
    start: int
    end: int
    imposers: tuple[str, ...] = ()
    imposers_as_written: str = ""
    targets: tuple[str, ...] = ()
    targets_as_written: str = ""
    target_kind: TargetKind = "country"
    measures: tuple[str, ...] = ("unspecified",)
    action: Action = "imposed"
    announced: date | None = None
    flags: frozenset[Flag] = frozenset()
    confidence: float = 0.5
    reasons: tuple[str, ...] = ()


Finding = PledgeFinding | SanctionFinding


@dataclass(frozen=True, slots=True)
class SentenceTrace:
    """What one sentence gave: mentions recognised, and why a finding was or was not made."""

    span: Span
    mentions: tuple[str, ...] = ()
    verdicts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """All findings of one article, in the order of their place in the text."""

    findings: tuple[Finding, ...]
    trace: tuple[SentenceTrace, ...] = field(default=(), compare=False)


class Extractor(Protocol):
    """Anything that reads articles: the rules of this project, or another reader put beside them."""

    @property
    def version(self) -> str:
        """Names the reader and its rules; a finding keeps it. It changes whenever a finding may come out otherwise."""

    def read(self, article: Article, *, explain: bool = False) -> Reading:
        """Every finding of the article. Any text of any length gives an answer, never an exception."""
