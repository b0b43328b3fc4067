"""What a caller hands to ``pledges.services`` to enter or correct a pledge: plain values, no database.

Children carry the ``id`` of the row that they correct; without one they are new, and rows not named are removed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class ShareDraft:
    """A donor or recipient with its share: an amount in the pledge's currency, a weight, or neither."""

    party_id: int
    amount: Decimal | None = None
    weight: Decimal | None = None


@dataclass(frozen=True, slots=True)
class DeductionDraft:
    """A part of the stated amount that does not count here."""

    amount: Decimal | None  # None: not known; told, not deducted
    reason: str
    other_id: int | None = None
    note: str = ""
    id: int | None = None  # without one, a row that says the same stays


@dataclass(frozen=True, slots=True)
class ItemDraft:
    """One kind of goods; ``ref`` is any name by which moves of the same draft refer to it."""

    name: str
    category: str = "other"
    subtype: str = ""
    quantity: Decimal | None = None
    quantity_to: Decimal | None = None
    quantity_qualifier: str = "exact"
    unit: str = ""
    unit_price: Decimal | None = None
    price_currency: str = ""
    price_source: str = ""
    price_id: int | None = None
    id: int | None = None
    ref: str = ""


@dataclass(frozen=True, slots=True)
class MoveDraft:
    """A dated step to a stage. ``item`` is an item's ``ref``; without amount and item the whole moves."""

    stage: str
    day: date | None = None
    precision: str = "day"
    amount: Decimal | None = None
    item: str = ""
    units: Decimal | None = None
    extent_unknown: bool = False  # a part moved, how much is not known
    note: str = ""
    id: int | None = None
    ref: str = ""


@dataclass(frozen=True, slots=True)
class EvidenceDraft:
    """A quote in a revision, an address with a quote, or an imported row. ``move`` is a move's ``ref``."""

    url: str = ""
    quote: str = ""
    publisher: str = ""
    published_on: date | None = None
    official: bool = False
    revision_id: int | None = None
    start: int | None = None
    end: int | None = None
    finding_id: int | None = None
    dataset_row: str = ""
    move: str = ""
    id: int | None = None


@dataclass(frozen=True, slots=True)
class PledgeDraft:
    """All that a person states of a pledge. What follows from it is computed when it is saved."""

    title: str
    donors: tuple[ShareDraft, ...] = ()
    recipients: tuple[ShareDraft, ...] = ()
    donors_as_written: str = ""
    recipients_as_written: str = ""
    channel_id: int | None = None
    financed_from_id: int | None = None
    type: str = "unspecified"
    in_kind: bool = False
    finance_type: str = "unspecified"
    sector: str = ""
    goods_from: str = ""
    refugee_costs: bool = False
    running_total: bool = False
    announced_earliest: date | None = None
    announced_latest: date | None = None
    announced_precision: str = "unknown"
    announced_as_written: str = ""
    disclosed_on: date | None = None
    period_from: date | None = None
    period_to: date | None = None
    stated: Decimal | None = None
    stated_to: Decimal | None = None
    currency: str = ""
    qualifier: str = "exact"
    source_value: Decimal | None = None
    source_value_currency: str = ""
    source_delivered: Decimal | None = None
    outside_source_total: str = ""
    stated_other: Decimal | None = None
    currency_other: str = ""
    package_id: int | None = None
    supersedes_id: int | None = None
    public_note: str = ""
    private_note: str = ""
    dataset_id: int | None = None  # None: the tracker's own
    import_batch_id: int | None = None
    origin_key: str = ""
    adopted_from_id: int | None = None
    deductions: tuple[DeductionDraft, ...] = ()
    items: tuple[ItemDraft, ...] = ()
    moves: tuple[MoveDraft, ...] = ()
    evidence: tuple[EvidenceDraft, ...] = ()
    based_on: int | None = field(default=None)  # ``Pledge.last_seq`` that the edit builds on; None: not checked
