"""What totals are made of, so that a reader can add them up again: each pledge's part for a donor and a recipient."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import QuerySet

from interchange.datatables.columns import cents, code, day, decimal, integer, text, truth
from interchange.datatables.pledges import LEFT_OUT
from interchange.datatables.reading import From, chunks, columns_of, trimmed
from interchange.writing.tables import ForeignKey, Row, Table
from pledges.models import (
    AidType,
    FinanceType,
    ItemCategory,
    Part,
    Pledge,
    SourceLine,
    Stage,
    TotalLine,
    Valuation,
)

TO_PARTY = "parties"
SHARED = (
    text("pledge", "pledge__public_id", "Pledge", "Id of the pledge.", required=True),
    integer("position", "position", "Place", "Its place among the lines of the pledge, from 0.", required=True),
    text("dataset", "dataset__key", "Dataset", "The dataset that it belongs to; never add up several.", required=True),
    text("donor", "donor__code", "Donor", "Code of the donor whose part it is; empty where joint or not named."),
    code("donor_part", "donor_part", "Donor's part", "Whether the donor is named.", Part, required=True),
    text("recipient", "recipient__code", "Recipient", "Code of the recipient; empty where joint or not named."),
    code("recipient_part", "recipient_part", "Recipient's part", "Whether it is named.", Part, required=True),
    code("type", "type", "Aid type", "What the aid is for.", AidType, required=True),
    code("finance_type", "finance_type", "Finance type", "How it is financed.", FinanceType, required=True),
    truth("in_kind", "in_kind", "In kind", "Goods or services instead of money."),
    code("stage", "stage", "Stage", "How far the pledge has come.", Stage, required=True),
    truth("refugee_costs", "refugee_costs", "Refugee costs", "Costs of refugees at home; totals leave these out."),
    day("announced_on", "announced_on", "Announced", "The day by which totals place it in time."),
    text(
        "category", "category", "Category", "Of its goods: " + ", ".join(ItemCategory.values) + "; several, or empty."
    ),
)
LEFT_OUT_FIELD = text(
    "left_out", "left_out", "Left out",
    "Why totals leave it out: " + "; ".join(f"{one.value}, {words}" for one, words in LEFT_OUT.items())
    + ". Empty where they count it.",
)  # fmt: skip


def _euros_and_dollars(name: str, column: str, title: str, words: str) -> tuple[From, ...]:
    return tuple(
        cents(f"{currency}_{name}", f"{currency}_{column}", f"{currency.upper()}, {title}", words, currency.upper())
        for currency in ("eur", "usd")
    )


LINE_FIELDS = (
    *SHARED,
    LEFT_OUT_FIELD,
    truth("has_value", "has_value", "Has a value", "Whether an amount is known, in whatever currency."),
    code("valuation", "valuation", "Valuation", "Where the value comes from.", Valuation, required=True),
    truth("up_to", "up_to", "Up to", "Whether the value is a ceiling."),
    truth("high_open", "high_open", "High open", "At least so much: no upper bound is known."),
    *_euros_and_dollars("low", "low", "low", "Lower bound."),
    *_euros_and_dollars("central", "central", "central", "What totals add up."),
    *_euros_and_dollars("high", "high", "high", "Upper bound; its floor where the upper end is open."),
    *_euros_and_dollars("delivered", "delivered", "delivered", "Of central; empty where not known in money."),
    *_euros_and_dollars("suspended", "suspended", "suspended", "How much of central is halted."),
)
SOURCE_LINE_FIELDS = (
    *SHARED,
    text("left_out", "left_out", "Left out", "Why the source leaves it out of its totals. Empty where it counts it."),
    decimal("value", "value", "Value", "The source's own valuation, with its decimals: round after adding up.",
            unit="currency", convert=trimmed),
    text("currency", "currency", "Currency", "ISO 4217 code."),
)  # fmt: skip
KEYS = (
    ForeignKey(("pledge",), "pledges", ("id",)),
    ForeignKey(("donor",), TO_PARTY, ("code",)),
    ForeignKey(("recipient",), TO_PARTY, ("code",)),
    ForeignKey(("dataset",), "datasets", ("key",)),
)
TOTAL_LINES = Table(
    "total_lines", "Lines of totals",
    "Each published pledge's part in the totals, for one donor and recipient. Totals are sums of the lines of one "
    "dataset that are not left out and are no refugee costs.",
    columns_of(LINE_FIELDS), ("pledge", "position"), KEYS,
)  # fmt: skip
SOURCE_LINES = Table(
    "source_lines", "Lines of sources' own totals",
    "What an imported source says each record is worth, as its own totals add it up.",
    columns_of(SOURCE_LINE_FIELDS), ("pledge", "position"), KEYS,
)  # fmt: skip


def total_line_rows(pledges: QuerySet[Pledge]) -> Iterator[Row]:
    """The rows of ``TOTAL_LINES``: the lines that hold now."""
    lines = TotalLine.objects.filter(pledge__in=pledges.order_by().values("pk"), until__isnull=True)
    for chunk in chunks(lines.order_by("pledge_id", "position"), LINE_FIELDS):
        yield from chunk


def source_line_rows(pledges: QuerySet[Pledge]) -> Iterator[Row]:
    """The rows of ``SOURCE_LINES``: the lines that hold now."""
    lines = SourceLine.objects.filter(pledge__in=pledges.order_by().values("pk"), until__isnull=True)
    for chunk in chunks(lines.order_by("pledge_id", "position"), SOURCE_LINE_FIELDS):
        yield from chunk
