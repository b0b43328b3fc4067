"""What belongs to pledges: shares, items, moves, deductions, evidence. One row each, named by the pledge's id."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

from interchange.datatables.columns import code, day, decimal, evidence_columns, integer, text, truth, version
from interchange.datatables.pledges import NAMED_BY, may_be_named
from interchange.datatables.reading import From, Values, chunks, columns_of, in_currency, trimmed
from interchange.writing.tables import ForeignKey, Row, Table
from pledges.models import (
    Deduction,
    DeductionReason,
    Evidence,
    Item,
    ItemCategory,
    Move,
    Pledge,
    PledgeDonor,
    PledgeRecipient,
    Precision,
    Qualifier,
    Stage,
)

OF_PLEDGE = (
    text("pledge", "pledge__public_id", "Pledge", "Id of the pledge that it belongs to.", required=True),
    version("pledge__last_seq"),
)
TO_PLEDGE = ForeignKey(("pledge",), "pledges", ("id",))


def _share_fields(who: str) -> tuple[From, ...]:
    return (
        *OF_PLEDGE,
        text(who, "party__code", who.title(), f"Code of the {who}.", required=True),
        text(f"{who}_name", "party__name", f"{who.title()}'s name", f"Name of the {who}.", required=True),
        decimal("share_amount", "share_amount", "Share, amount", "Its share in the pledge's currency, if known.",
                unit="the pledge's currency"),
        decimal("share_weight", "share_weight", "Share, weight", "Its weight among all, such as 60 of 100.",
                convert=trimmed),
    )  # fmt: skip


def _id(what: str) -> From:
    return integer("id", "pk", "Id", f"Number of the {what}.", required=True, unique=True)


DONOR_FIELDS, RECIPIENT_FIELDS = _share_fields("donor"), _share_fields("recipient")
ITEM_FIELDS = (
    *OF_PLEDGE,
    _id("item"),
    text("name", "name", "Name", "The goods or service.", required=True),
    code("category", "category", "Category", "What kind of goods or service.", ItemCategory, required=True),
    text("subtype", "subtype", "Subtype", "A finer kind."),
    decimal("quantity", "quantity", "Quantity", "How many; the lower end of a range.", unit="unit", convert=trimmed),
    decimal("quantity_to", "quantity_to", "Quantity, upper end", "The upper end of a range.", unit="unit",
            convert=trimmed),
    code("quantity_qualifier", "quantity_qualifier", "Qualifier", "How exactly the quantity was stated.", Qualifier,
         required=True),
    text("unit", "unit", "Unit", "Tonnes, doses; empty for pieces."),
    decimal("unit_price", "unit_price", "Unit price", "What one unit costs.", unit="price_currency"),
    text("price_currency", "price_currency", "Currency of the price", "ISO 4217 code."),
    text("price_source", "price_source", "Source of the price", "Where the unit price comes from."),
    integer("price", "price_id", "Price list", "Number of the price in the price list, if it is from there."),
    decimal("list_price", "price__amount", "Price of the list", "What the price list says a unit costs.",
            unit="list_price_currency"),
    text("list_price_currency", "price__currency", "Currency of the list's price", "ISO 4217 code."),
    text("list_price_source", "price__source", "Source of the list's price", "Where the list's price comes from."),
)  # fmt: skip
MOVE_FIELDS = (
    *OF_PLEDGE,
    _id("move"),
    code("stage", "stage", "Stage", "The stage that was reached.", Stage, required=True),
    day("day", "day", "Day", "The last day on which it may have happened."),
    code("precision", "precision", "Precision", "How exactly the day is known.", Precision, required=True),
    decimal("amount", "amount", "Amount", "What moved; with no amount and no item, all of it.",
            unit="the pledge's currency"),
    integer("item", "item_id", "Item", "Which goods moved."),
    decimal("units", "units", "Units", "How many of them; empty means all.", convert=trimmed),
    truth("extent_unknown", "extent_unknown", "Extent unknown", "A part moved, and how much is not known."),
    text("note", "note", "Note", "What is to be said besides."),
)  # fmt: skip
DEDUCTION_FIELDS = (
    *OF_PLEDGE,
    integer("number", "", "Number", "Its place among the pledge's deductions, from 1.", required=True),
    decimal("amount", "amount", "Amount", "What does not count; empty where not known (told, not deducted).",
            unit="the pledge's currency"),
    code("reason", "reason", "Reason", "Why it does not count here.", DeductionReason, required=True),
    text("other", "other__public_id", "Counted in", "Id of the pledge in which that part counts."),
    text("note", "note", "Note", "What is to be said besides."),
)  # fmt: skip
EVIDENCE_FIELDS = (*OF_PLEDGE, _id("piece of evidence"), *evidence_columns("move"))

PLEDGE_DONORS = Table(
    "pledge_donors", "Donors of pledges", "What is not divided among several donors is joint, not allocated.",
    columns_of(DONOR_FIELDS), ("pledge", "donor"), (TO_PLEDGE, ForeignKey(("donor",), "parties", ("code",))),
)  # fmt: skip
PLEDGE_RECIPIENTS = Table(
    "pledge_recipients", "Recipients of pledges", "What is not divided among several is joint, not allocated.",
    columns_of(RECIPIENT_FIELDS), ("pledge", "recipient"),
    (TO_PLEDGE, ForeignKey(("recipient",), "parties", ("code",))),
)  # fmt: skip
ITEMS = Table("items", "Items", "Goods and services of pledges.", columns_of(ITEM_FIELDS), ("id",), (TO_PLEDGE,))
MOVES = Table(
    "moves", "Moves", "Dated steps of pledges, or of parts of them, to a stage.", columns_of(MOVE_FIELDS), ("id",),
    (TO_PLEDGE, ForeignKey(("item",), "items", ("id",))),
)  # fmt: skip
DEDUCTIONS = Table(
    "deductions", "Deductions", "Parts of stated amounts that do not count where they were stated, and why.",
    columns_of(DEDUCTION_FIELDS), ("pledge", "number"), (TO_PLEDGE, ForeignKey(("other",), "pledges", ("id",))),
)  # fmt: skip
PLEDGE_EVIDENCE = Table(
    "pledge_evidence", "Evidence of pledges", "What each pledge, or one of its moves, rests on.",
    columns_of(EVIDENCE_FIELDS), ("id",), (TO_PLEDGE, ForeignKey(("move",), "moves", ("id",))),
)  # fmt: skip


def donor_rows(pledges: QuerySet[Pledge]) -> Iterator[Row]:
    """The rows of ``PLEDGE_DONORS``."""
    return _share_rows(PledgeDonor.objects.filter(pledge__in=_ids(pledges)), DONOR_FIELDS)


def recipient_rows(pledges: QuerySet[Pledge]) -> Iterator[Row]:
    """The rows of ``PLEDGE_RECIPIENTS``."""
    return _share_rows(PledgeRecipient.objects.filter(pledge__in=_ids(pledges)), RECIPIENT_FIELDS)


def _share_rows(shares: QuerySet[Any], fields: tuple[From, ...]) -> Iterator[Row]:
    for chunk in chunks(shares.order_by("pledge_id", "pk"), fields, "pledge__currency"):
        yield from _with_amounts(chunk, ("share_amount", "pledge__currency"))


def item_rows(pledges: QuerySet[Pledge]) -> Iterator[Row]:
    """The rows of ``ITEMS``."""
    rows = Item.objects.filter(pledge__in=_ids(pledges)).order_by("pledge_id", "pk")
    for chunk in chunks(rows, ITEM_FIELDS):
        yield from _with_amounts(chunk, ("unit_price", "price_currency"), ("list_price", "list_price_currency"))


def move_rows(pledges: QuerySet[Pledge]) -> Iterator[Row]:
    """The rows of ``MOVES``."""
    rows = Move.objects.filter(pledge__in=_ids(pledges)).order_by("pledge_id", "pk")
    for chunk in chunks(rows, MOVE_FIELDS, "pledge__currency"):
        yield from _with_amounts(chunk, ("amount", "pledge__currency"))


def deduction_rows(pledges: QuerySet[Pledge], *, staff: bool = False) -> Iterator[Row]:
    """The rows of ``DEDUCTIONS``; for the public without the names of pledges that are not published."""
    rows = Deduction.objects.filter(pledge__in=_ids(pledges)).order_by("pledge_id", "pk")
    last, number = None, 0
    other = (f"other__{column}" for column in NAMED_BY)
    for chunk in chunks(rows, DEDUCTION_FIELDS, "pledge_id", "pledge__currency", *other):
        for row in _with_amounts(chunk, ("amount", "pledge__currency")):
            number = number + 1 if row["pledge_id"] == last else 1
            last, row["number"] = row["pledge_id"], number
            if not staff and not may_be_named(row, "other"):
                row["other"] = None
            yield row


def evidence_rows(pledges: QuerySet[Pledge]) -> Iterator[Row]:
    """The rows of ``PLEDGE_EVIDENCE``."""
    rows = Evidence.objects.filter(pledge__in=_ids(pledges)).order_by("pledge_id", "pk")
    for chunk in chunks(rows, EVIDENCE_FIELDS, "revision__article__canonical_url"):
        for row in chunk:
            row["url"] = row["url"] or row["revision__article__canonical_url"]
            yield row


def _ids(pledges: QuerySet[Pledge]) -> QuerySet[Any, Any]:
    return pledges.order_by().values("pk")


def _with_amounts(chunk: list[Values], *amounts: tuple[str, str]) -> list[Values]:
    """The rows with amounts in the decimals of their currency; pairs of the amount and its currency."""
    for row in chunk:
        for name, currency in amounts:
            if row[name] is not None:
                row[name] = in_currency(row[name], row[currency] or "")
    return chunk
