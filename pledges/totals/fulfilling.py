"""The share of each row that came, and for how long the rest has been outstanding on average.

Only pledges whose value and whose deliveries are both known in money are compared: by their lines' frozen cents, so
both sides are of one valuation. Units of goods are told by ``pledges.items_totals``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Q, Sum
from django.db.models.functions import Greatest

from pledges.fulfilment import share
from pledges.models import Stage
from pledges.totals.asking import Question
from pledges.totals.dimensions import CATEGORY, MADE


@dataclass(frozen=True, slots=True)
class Fulfilment:
    """What came of the compared pledges of a row. ``days`` is the mean age of what is outstanding, by its amount."""

    share: Decimal
    compared: int  # how many pledges
    days: int | None  # None: nothing dated is outstanding


@dataclass(slots=True)
class _Compared:
    pledged: int = 0
    came: int = 0
    compared: int = 0
    outstanding: int = 0
    outstanding_days: int = 0

    def told(self) -> Fulfilment | None:
        if not self.pledged:
            return None
        days = round(Decimal(self.outstanding_days) / self.outstanding) if self.outstanding else None
        return Fulfilment(share(self.came, self.pledged), self.compared, days)


def fulfilments(question: Question, columns: Sequence[str], today: date) -> dict[tuple[Any, ...], Fulfilment | None]:
    """By the values of the columns, of all pledges that answer to the filters, whatever stage they reached."""
    whole = replace(question, filters=replace(question.filters, stage_reached=""))
    prefix = "usd" if question.currency == "USD" else "eur"
    central, delivered = F(f"{prefix}_central"), F(f"{prefix}_delivered")
    made = {column: MADE[column] for column in columns if column in MADE}
    known = Q(**{f"{prefix}_central__isnull": False, f"{prefix}_delivered__isnull": False})
    found: dict[tuple[Any, ...], _Compared] = {}
    for lines in whole.sets(by_category=CATEGORY in columns):
        rows = (
            lines.filter(known)
            .exclude(stage=Stage.CANCELLED)
            .annotate(**made)
            .order_by()
            .values(*dict.fromkeys([*columns, "announced_on"]))
            .annotate(
                pledged=Sum(central),
                came=Sum(delivered),
                open_amount=Sum(Greatest(central - delivered, 0)),
                compared=Count("pledge_id", distinct=True),
            )
        )
        for row in rows:
            one = found.setdefault(tuple(row[column] for column in columns), _Compared())
            one.pledged += int(row["pledged"] or 0)
            one.came += int(row["came"] or 0)
            one.compared += row["compared"]
            if row["announced_on"] is not None:
                left = int(row["open_amount"] or 0)
                one.outstanding += left
                one.outstanding_days += left * max(0, (today - row["announced_on"]).days)
    return {key: one.told() for key, one in found.items()}
