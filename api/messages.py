"""What a careful reader must know about an answer, in plain words."""

from __future__ import annotations

from pledges.models import Part
from pledges.totals import BY_SOURCE, OURS, Filters, PartyKey, Totals
from reference.currencies import from_minor_units
from sanctions.totals import Totals as SanctionsTotals

RATE_BASIS = {
    OURS: (
        "ECB reference rate of the latest announcement day, or of the last day before it with rates; without a date, "
        "of the day on which the first evidence was published. Where the ECB has none, a rate entered by staff with "
        "its source. Each value is converted once and kept on its record."
    ),
    BY_SOURCE: (
        "The rates of the dataset's own keepers: values stand as the source gives them, and are converted into no "
        "other currency."
    ),
}


def many(count: int, one: str, several: str) -> str:
    """``1 pledge is`` or ``3 pledges are``."""
    return f"{count} {one if count == 1 else several}"


def totals_messages(answer: Totals, filters: Filters, *, refugee_costs_left_out: int) -> list[str]:
    """The caveats of totals, those first that concern what the sum leaves out."""
    total = answer.total
    if total.count == 0:
        told = ["No published pledge answers to this question."]
    else:
        told = [*_not_summed(answer, filters), *_uncertain(answer), *_joint(answer)]
    if refugee_costs_left_out:
        told.append(
            many(refugee_costs_left_out, "pledge of refugee costs in the donor's own country is", "pledges of refugee "
                 "costs in the donor's own country are") + " left out; include=refugee_costs takes them in."
        )  # fmt: skip
    return told


def _not_summed(answer: Totals, filters: Filters) -> list[str]:
    total, told = answer.total, []
    if total.unvalued_count:
        shared = " (or no known share for the parties asked about)" if filters.donor or filters.recipient else ""
        told.append(
            many(total.unvalued_count, f"pledge has no stated value{shared}: it is",
                 f"pledges have no stated value{shared}: they are") + " counted, not summed."
        )  # fmt: skip
    if total.unconverted_count:
        told.append(
            many(total.unconverted_count, "pledge is in a currency without an exchange rate for its day: it is",
                 "pledges are in a currency without an exchange rate for their day: they are")
            + " counted, not summed."
        )  # fmt: skip
    return told


def _uncertain(answer: Totals) -> list[str]:
    total, told = answer.total, []
    if total.up_to:
        told.append(f"{_money(answer, total.up_to)} of the central sum rests on “up to” amounts; their low is zero.")
    if total.high_open:
        told.append(
            many(total.high_open, "pledge is of “at least” its amount: the high sum takes it",
                 "pledges are of “at least” their amounts: the high sum takes them") + " at that floor."
        )  # fmt: skip
    if total.estimated:
        told.append(f"{_money(answer, total.estimated)} of the central sum is our estimate from unit prices.")
    return told


def _joint(answer: Totals) -> list[str]:
    keys = [value for row in answer.rows for value in row.keys.values() if isinstance(value, PartyKey)]
    told = []
    if any(key.part == Part.JOINT for key in keys):
        told.append(
            "What joint pledges do not divide among their parties stands under “Joint, not allocated”; in the rows of "
            "those parties such a pledge is counted as unvalued."
        )
    if keys and sum(row.sums.count for row in answer.rows) != answer.total.count:
        told.append(
            "A joint pledge counts one in the row of each of its parties and one in the total: the counts of the rows "
            "do not sum to the total's; the amounts do."
        )
    return told


def _money(answer: Totals, units: int) -> str:
    return f"{answer.currency} {from_minor_units(units, answer.currency):,f}"


def sanctions_messages(answer: SanctionsTotals) -> list[str]:
    """The caveats of counts of measures."""
    total, told = answer.total, []
    if total.count == 0:
        return ["No published measure answers to this question."]
    if total.not_adopted_count:
        told.append(
            many(total.not_adopted_count, "measure is only proposed or announced: it is",
                 "measures are only proposed or announced: they are") + " counted, and not in force."
        )  # fmt: skip
    if answer.rows and sum(row.counts.count for row in answer.rows) != total.count:
        told.append(
            "A measure of several imposers, targets or kinds stands in each of their rows and counts one in the total: "
            "the rows do not sum to the total."
        )
    told.append("Measures are counted, not designations (names on lists) and not programmes (legal regimes).")
    return told
