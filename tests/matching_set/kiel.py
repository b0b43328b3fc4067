"""Claims that the reader finds in the descriptions of a real workbook, held against what its authors coded.

Each description tells of one recorded activity, so the activity that it belongs to is the right answer. Nothing of the
workbook is kept here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby
from pathlib import Path

from extraction.coding import Coded, Value
from extraction.contract import Article, PledgeFinding
from extraction.readers import named_reader
from ingestion.coded_files import coded_rows
from reference.currencies import EXACT, to_minor_units
from reference.services import packaged_rates, read_ecb_csv
from review.matching import Case, Claim, Good, Sum, compare_pledge
from review.matching.evaluation import suggestions
from review.matching.sums import Relation, relate

Rates = dict[tuple[str, date], Decimal]


@dataclass(slots=True)
class Outcome:
    """Claims that were held against all activities."""

    claims: int = 0
    said_same: int = 0
    right: int = 0
    agreeing: int = 0  # claims whose own activity has the same sum or goods
    agreeing_right: int = 0

    @property
    def precision(self) -> float:
        """Of the first suggestions that say "the same", the share that names the right activity."""
        return self.right / self.said_same

    @property
    def recall(self) -> float:
        """Of the claims that agree with their activity, the share whose first suggestion says so."""
        return self.agreeing_right / self.agreeing


def measured(workbook: Path) -> Outcome:
    """Read every description, hold its claims against all activities, and count."""
    rates = {(one.currency, one.day): one.per_euro for one in read_ecb_csv(packaged_rates())}
    activities = {name: list(rows) for name, rows in groupby(coded_rows(workbook), lambda row: row.name)}
    records = {name: _record(rows, rates) for name, rows in activities.items()}
    outcome = Outcome()
    for name, rows in activities.items():
        for claim in _claims(rows, rates):
            _count(outcome, claim, records[name], records.values())
    return outcome


def _count(outcome: Outcome, claim: Claim, own: Claim, records: Iterable[Claim]) -> None:
    outcome.claims += 1
    first = next(iter(suggestions(claim, records, compare_pledge)), None)
    said = first is not None and first.likeness.case == Case.SAME
    right = said and first is not None and first.record == own
    outcome.said_same += said
    outcome.right += right
    if _agrees(claim, own):
        outcome.agreeing += 1
        outcome.agreeing_right += right


def _agrees(claim: Claim, own: Claim) -> bool:
    """Whether the words and the codes say the same sum."""
    mine, theirs = claim.sum, own.sum
    return mine is not None and theirs is not None and relate(mine, theirs) == Relation.EQUAL


def _record(rows: list[Coded], rates: Rates) -> Claim:
    """An activity as a record, by what was coded. How far it had come when it was described is not coded."""
    first = rows[0]
    values = first.values
    return Claim(
        givers=_codes(values.get("donor")),
        takers=frozenset({"UA"}),
        kinds=frozenset({str(values.get("type") or "unspecified")}),
        sum=_sum(values.get("amount"), values.get("currency"), first.published, rates),
        goods=tuple(_good(row) for row in rows if row.item and row.values.get("units") is not None),
        finance=str(values.get("finance") or "unspecified"),
        stage="delivery",
        days=(first.published, first.published),
    )


def _codes(value: Value) -> frozenset[str]:
    return value if isinstance(value, frozenset) else frozenset()


def _good(row: Coded) -> Good:
    units = row.values.get("units")
    return Good(row.item, units if isinstance(units, Decimal) else None)


def _sum(amount: Value, currency: Value, day: date | None, rates: Rates) -> Sum | None:
    if not isinstance(amount, Decimal) or not isinstance(currency, str) or amount <= 0:
        return None
    euros = amount if currency == "EUR" else _in_euros(amount, currency, day, rates)
    cents = to_minor_units(euros, "EUR") if euros is not None else None
    return Sum(f"{currency} {amount}", amount, currency, cents)


def _in_euros(amount: Decimal, currency: str, day: date | None, rates: Rates) -> Decimal | None:
    days = [day - timedelta(days=back) for back in range(7)] if day is not None else []
    rate = next((rates[currency, one] for one in days if (currency, one) in rates), None)
    return EXACT.divide(amount, rate) if rate is not None else None


def _claims(rows: list[Coded], rates: Rates) -> Iterator[Claim]:
    reader, first = named_reader(""), rows[0]
    for text in dict.fromkeys(row.text for row in rows):
        for found in reader.read(Article(text, published=first.published)).findings:
            if isinstance(found, PledgeFinding) and not found.flags and (found.amount or found.goods):
                yield _claim(found, first, rates)


def _claim(found: PledgeFinding, row: Coded, rates: Rates) -> Claim:
    """A claim as the desk compares it; notes seldom name the giver, so the coded one stands in where they do not."""
    amount = found.amount if found.amount is not None and found.amount.per == "total" else None
    total = _sum(amount.value, amount.currency, row.published, rates) if amount is not None else None
    if total is not None and amount is not None:
        total = replace(total, qualifier=amount.qualifier, amount_to=amount.value_max)
    return Claim(
        givers=frozenset(found.donors) or _codes(row.values.get("donor")),
        takers=frozenset(found.recipients),
        kinds=frozenset({found.type}),
        sum=total,
        goods=tuple(Good(one.name, one.quantity, one.quantity_max, one.category) for one in found.goods),
        finance=found.finance_type,
        stage=found.stage,
        days=(row.published, row.published),
        texts=(found.quote,),
    )
