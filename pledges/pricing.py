"""Keeps the price list: a price is never changed but replaced, and what was valued by it keeps its value."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.contrib.auth.models import AbstractBaseUser

from history.fitting import Row, misfits
from history.refusing import Problem, refuse
from history.rows import state_of_row
from history.services import keep_version, recording
from pledges.kept import PRICE
from pledges.models import Price
from reference.currencies import is_currency


@dataclass(frozen=True, slots=True)
class PriceDraft:
    """What one unit costs, by whom it is said, and which earlier price it replaces."""

    item: str
    amount: Decimal
    currency: str
    source: str
    unit: str = "piece"
    valid_from: date | None = None
    replaces_id: int | None = None


def enter_price(draft: PriceDraft, *, now: datetime, acting_user: AbstractBaseUser, why: str = "") -> Price:
    """Put a price on the list. Raises ``ValidationError`` by field where it cannot be right."""
    with recording(action="price.create", now=now, acting_user=acting_user, why=why) as change:
        refuse(_problems(draft))
        price = Price.objects.create(
            item=draft.item.strip(),
            unit=draft.unit.strip(),
            amount=draft.amount,
            currency=draft.currency,
            source=draft.source.strip(),
            valid_from=draft.valid_from,
            replaces_id=draft.replaces_id,
        )
        price.refresh_from_db()
        keep_version(change, state_of_row(PRICE, price))
        return price


def _problems(draft: PriceDraft) -> Iterator[Problem]:
    columns = {name: getattr(draft, name) for name in PriceDraft.__slots__ if name != "replaces_id"}
    yield from (Problem(field, words) for field, words in misfits([Row(Price, columns)]))
    for field, words in (
        ("item", "Name the goods, such as Leopard 2A4."),
        ("unit", "Say of what it is the price: a piece, a tonne, a dose."),
        ("source", "Say where the price comes from, with its address."),
    ):
        if not getattr(draft, field).strip():
            yield Problem(field, words)
    if not draft.amount.is_finite() or draft.amount <= 0:
        yield Problem("amount", "The price must be above zero.")
    if not is_currency(draft.currency):
        yield Problem("currency", f"{draft.currency!r} is no currency that we know; write its ISO 4217 code.")
    yield from _replaced(draft)


def _replaced(draft: PriceDraft) -> Iterator[Problem]:
    if draft.replaces_id is None:
        return
    older = Price.objects.filter(pk=draft.replaces_id).select_related("replaced_by").first()
    if older is None:
        yield Problem("replaces", f"There is no price with the id {draft.replaces_id}.")
    elif hasattr(older, "replaced_by"):
        yield Problem("replaces", f"It was replaced already, by {older.replaced_by}; replace that one.")
