"""Pledges as one flat row each, with everything that a reader needs to use it by itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

from interchange.datatables.columns import cents, code, day, decimal, entries, integer, moment, text, truth, version
from interchange.datatables.reading import Values, among, chunks, columns_of, grouped, in_currency, trimmed
from interchange.writing.tables import ForeignKey, Row, Table
from pledges.counting import LeftOut
from pledges.models import (
    AidType,
    Evidence,
    FinanceType,
    GoodsFrom,
    Pledge,
    PledgeDonor,
    PledgeRecipient,
    Precision,
    Qualifier,
    RateBasis,
    RecordState,
    Sector,
    Stage,
    TotalLine,
    Valuation,
)

LEFT_OUT = {
    LeftOut.SUPERSEDED: "a later pledge replaces it",
    LeftOut.CANCELLED: "cancelled before anything was delivered",
    LeftOut.PART_OF_PACKAGE: "the package that it is part of holds its value",
    LeftOut.PARTS_MAKE_WHOLE: "its parts leave nothing of it over",
    LeftOut.PARTS_COUNTED: "it counts through its parts",
}
FIELDS = (
    text("id", "public_id", "Id", "Public id of the pledge: stable, never used again.", required=True, unique=True),
    version("last_seq"),
    text("dataset", "dataset__key", "Dataset", "The dataset that it belongs to.", required=True),
    text("origin_key", "origin_key", "Key in its source", "The record's own key in its imported dataset."),
    text("title", "title", "Title", "What is pledged, in a few words.", required=True),
    code("type", "type", "Aid type", "What the aid is for.", AidType, required=True),
    truth("in_kind", "in_kind", "In kind", "Goods or services instead of money."),
    code("finance_type", "finance_type", "Finance type", "How it is financed.", FinanceType, required=True),
    code("sector", "sector", "Sector", "Humanitarian sector (DAC purpose code), if known.", Sector),
    code("goods_from", "goods_from", "Goods from", "Whether goods come from stocks or are bought.", GoodsFrom),
    truth("refugee_costs", "refugee_costs", "Refugee costs", "Costs of refugees at home; left out of totals."),
    truth("running_total", "running_total", "Running total", "The part of a running total recorded nowhere else."),
    code("stage", "stage", "Stage", "How far it has come, by its moves.", Stage, required=True),
    entries("donors", "Donors", "Codes of the donors; their shares are in pledge_donors."),
    entries("donor_names", "Donors' names", "Names of the donors, in the same order."),
    text("donors_as_written", "donors_as_written", "Donors in words", "The donors in the source's words."),
    entries("recipients", "Recipients", "Codes of the recipients; their shares are in pledge_recipients."),
    entries("recipient_names", "Recipients' names", "Names of the recipients, in the same order."),
    text("recipients_as_written", "recipients_as_written", "Recipients in words", "In the source's words."),
    text("channel", "channel__code", "Channel", "Code of the organisation that passes the aid on."),
    text("financed_from", "financed_from__code", "Financed from", "Code of the fund that pays or reimburses it."),
    day("announced_earliest", "announced_earliest", "Announced, first day", "First day on which it may have been."),
    day("announced_latest", "announced_latest", "Announced, last day", "Last such day; the rate of this day is taken."),
    code(
        "announced_precision", "announced_precision", "Announced, precision", "How exactly the day is known.",
        Precision, required=True,
    ),
    text("announced_as_written", "announced_as_written", "Announced, in words", "The date in the source's words."),
    day("disclosed_on", "disclosed_on", "Disclosed", "Day it became known, where later than given."),
    day("period_from", "period_from", "Period, first day", "First day that the money is for."),
    day("period_to", "period_to", "Period, last day", "Last day that the money is for."),
    code("qualifier", "qualifier", "Qualifier", "How exactly the amount was stated.", Qualifier, required=True),
    decimal("stated", "stated", "Amount", "The amount as stated; the lower end of a range.", unit="currency"),
    decimal("stated_to", "stated_to", "Amount, upper end", "The upper end of a range.", unit="currency"),
    text("currency", "currency", "Currency", "ISO 4217 code of the stated amount."),
    decimal(
        "stated_other", "stated_other", "Amount, second currency",
        "The same amount in a second currency, as the source gives it; never added.", unit="currency_other",
    ),
    text("currency_other", "currency_other", "Second currency", "ISO 4217 code of the second amount."),
    code("valuation", "valuation", "Valuation", "Where its value comes from.", Valuation, required=True),
    text("value_currency", "value_currency", "Currency of the value", "ISO 4217 code of what counts."),
    decimal("value_low", "low", "Value, low", "Lower bound of what counts.", unit="value_currency"),
    decimal("value_central", "central", "Value", "What counts: stated less deductions, or estimated.",
            unit="value_currency"),
    decimal("value_high", "high", "Value, high", "Upper bound; empty where it is open.", unit="value_currency"),
    truth("value_high_open", "high_open", "High open", "At least so much: no upper bound is known."),
    cents("eur_low", "eur_low", "EUR, low", "Lower bound of what counts.", "EUR"),
    cents("eur_central", "eur_central", "EUR", "What counts.", "EUR"),
    cents("eur_high", "eur_high", "EUR, high", "Upper bound; its floor where the upper end is open.", "EUR"),
    cents("usd_low", "usd_low", "USD, low", "Lower bound of what counts.", "USD"),
    cents("usd_central", "usd_central", "USD", "What counts.", "USD"),
    cents("usd_high", "usd_high", "USD, high", "Upper bound; its floor where the upper end is open.", "USD"),
    day("rate_for", "rate_for", "Rate asked for", "The day whose exchange rate was asked for."),
    code("rate_basis", "rate_basis", "Rate basis", "Why that day.", RateBasis),
    day("rate_day", "rate_day", "Rate day", "The day of the rate that holds for it."),
    decimal("rate_per_euro", "rate_per_euro", "Rate", "Units of the value's currency for one euro.", convert=trimmed,
            unit="value_currency"),
    decimal("rate_usd_per_euro", "rate_usd_per_euro", "Dollar rate", "US dollars for one euro.", convert=trimmed,
            unit="USD per EUR"),
    text("rate_source", "rate_source", "Rate source", "Who published the rate."),
    cents("delivered_eur", "delivered_eur", "Delivered, EUR", "Delivered so far; empty where not known.", "EUR"),
    cents("delivered_usd", "delivered_usd", "Delivered, USD", "Delivered so far; empty where not known.", "USD"),
    decimal("source_value", "source_value", "Source's value", "An imported source's own valuation.",
            unit="source_value_currency"),
    text("source_value_currency", "source_value_currency", "Currency of the source's value", "ISO 4217 code."),
    decimal("source_delivered", "source_delivered", "Source's delivered value", "What the source says was delivered.",
            unit="source_value_currency"),
    text("outside_source_total", "outside_source_total", "Outside the source's total", "Why the source leaves it out."),
    text("package", "package__public_id", "Package", "Id of the package that it is part of."),
    text("supersedes", "supersedes__public_id", "Supersedes", "Id of the earlier pledge that it replaces."),
    text("left_out", "", "Left out", "Why it is not counted in totals: "
         + "; ".join(f"{reason}, {words}" for reason, words in LEFT_OUT.items()) + ". Empty where it is counted."),
    integer("evidence_count", "", "Pieces of evidence", "How many pieces of evidence it rests on; see pledge_evidence.",
            required=True),
    entries("evidence_urls", "Addresses of evidence", "Where the evidence can be read."),
    text("note", "public_note", "Note", "What a reader should know besides."),
    moment("published_at", "published_at", "Published", "When it was first published here."),
    moment("reviewed_at", "reviewed_at", "Reviewed", "When a person last reviewed it for publication."),
    moment("modified_at", "modified_at", "Modified", "When its record last changed."),
)  # fmt: skip
STAFF_FIELDS = (
    code("state", "state", "State", "Whether the public sees it.", RecordState, required=True),
    text("private_note", "private_note", "Private note", "For staff alone."),
)
PLEDGES = Table(
    "pledges",
    "Pledges",
    "One row for each pledge of aid, however many articles tell of it.",
    columns_of(FIELDS),
    ("id",),
    (
        ForeignKey(("package",), "pledges", ("id",)),
        ForeignKey(("supersedes",), "pledges", ("id",)),
        ForeignKey(("channel",), "parties", ("code",)),
        ForeignKey(("financed_from",), "parties", ("code",)),
    ),
)
STAFF_PLEDGES = PLEDGES.with_columns(*columns_of(STAFF_FIELDS))
# Which amounts are in which currency.
AMOUNTS = {
    "stated": "currency", "stated_to": "currency", "stated_other": "currency_other", "value_low": "value_currency",
    "value_central": "value_currency", "value_high": "value_currency", "source_value": "source_value_currency",
    "source_delivered": "source_value_currency",
}  # fmt: skip
LINKED = ("package", "supersedes")
# By what is told whether the public may know of another record.
NAMED_BY = ("state", "dataset__redistributable", "dataset__key")


def pledge_rows(pledges: QuerySet[Pledge], *, staff: bool = False) -> Iterator[Row]:
    """The rows of ``PLEDGES`` (of ``STAFF_PLEDGES`` for staff) in the order of the query.

    For the public the caller hands over published pledges; other records that are not published are not named.
    """
    fields = (*FIELDS, *STAFF_FIELDS) if staff else FIELDS
    for chunk in chunks(pledges, fields, "pk", *(f"{name}__{column}" for name in LINKED for column in NAMED_BY)):
        _complete(chunk, staff=staff)
        yield from chunk


def _complete(chunk: list[Values], *, staff: bool) -> None:
    ids = [row["pk"] for row in chunk]
    donors, recipients = _parties(PledgeDonor.objects, ids), _parties(PledgeRecipient.objects, ids)
    lines = TotalLine.objects.filter(**among("pledge_id", ids), until__isnull=True).exclude(left_out="")
    left_out = dict(lines.order_by().values_list("pledge_id", "left_out"))
    grounds = grouped(
        Evidence.objects.filter(**among("pledge_id", ids)).order_by("pk"),
        "pledge_id",
        "url",
        "revision__article__canonical_url",
    )
    for row in chunk:
        pk = row["pk"]
        for name, currency in AMOUNTS.items():
            if row[name] is not None:
                row[name] = in_currency(row[name], row[currency] or "")
        for name in LINKED:
            if row[name] is not None and not staff and not may_be_named(row, name):
                row[name] = None
        row["donors"], row["donor_names"] = _columns(donors.get(pk))
        row["recipients"], row["recipient_names"] = _columns(recipients.get(pk))
        row["left_out"] = left_out.get(pk)
        rows = grounds.get(pk, ())
        row["evidence_count"] = len(rows)
        row["evidence_urls"] = list(dict.fromkeys([url or article for url, article in rows if url or article]))


def _columns(parties: list[tuple[Any, ...]] | None) -> tuple[list[str], list[str]]:
    """Codes and names of parties."""
    found = parties or ()
    return [code for code, _ in found], [name for _, name in found]


def may_be_named(row: Values, link: str) -> bool:
    """Whether another record that a row links to is published, in a dataset that may be given out."""
    return row[f"{link}__state"] == RecordState.PUBLISHED and bool(row[f"{link}__dataset__redistributable"])


def _parties(shares: Any, ids: list[int]) -> Any:
    return grouped(shares.filter(**among("pledge_id", ids)).order_by("pk"), "pledge_id", "party__code", "party__name")
