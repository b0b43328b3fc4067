"""The ways in which totals can be grouped: what each row is the row of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models.functions import ExtractMonth, ExtractQuarter, ExtractYear

from pledges.dividing import SEVERAL
from pledges.models import AidType, FinanceType, ItemCategory, Part, Stage

PERIODS = ("year", "quarter", "month")
# What stands in the place of a group for donors that belong to none.
NO_GROUP = "none"
GROUP_COLUMNS = ("donor_group_part", "donor_group_id")
CATEGORY = "category"


@dataclass(frozen=True, slots=True)
class PartyKey:
    """A donor or recipient in a row: a party, *joint, not allocated*, or not named."""

    part: Part
    code: str
    name: str


Key = PartyKey | str | int | bool | None  # None: not dated, or no goods named


def _itself(value: Key) -> Key:
    return value


def _party_key(part: str, party: PartyKey | None) -> PartyKey:
    return party if party is not None else PartyKey(Part(part), part, Part(part).label)


def _group_key(part: str, group: PartyKey | None) -> PartyKey:
    if group is None and part == NO_GROUP:
        return PartyKey(Part.UNNAMED, NO_GROUP, "In none of the groups")
    return _party_key(part, group)


def _category(value: str) -> Key:
    return value or None


def _quarter(year: int | None, quarter: int | None) -> str | None:
    return None if year is None else f"{year:04d}-Q{quarter}"


def _month(year: int | None, month: int | None) -> str | None:
    return None if year is None else f"{year:04d}-{month:02d}"


@dataclass(frozen=True, slots=True)
class Dimension:
    """One way to group: its public name, the columns of a line that make it, and how its value is read from them."""

    name: str
    columns: tuple[str, ...]
    read: Callable[..., Key] = _itself


DIMENSIONS = {
    one.name: one
    for one in (
        Dimension("donor", ("donor_part", "donor_id"), _party_key),
        Dimension("donor_group", GROUP_COLUMNS, _group_key),
        Dimension("recipient", ("recipient_part", "recipient_id"), _party_key),
        Dimension("type", ("type",)),
        Dimension("finance_type", ("finance_type",)),
        Dimension("in_kind", ("in_kind",)),
        Dimension("stage", ("stage",)),
        Dimension("item_category", (CATEGORY,), _category),
        Dimension("year", ("announced_year",)),
        Dimension("quarter", ("announced_year", "announced_quarter"), _quarter),
        Dimension("month", ("announced_year", "announced_month"), _month),
    )
}
# Columns that are no fields of a line but made from its day of announcement; null where it has none.
MADE = {
    "announced_year": ExtractYear("announced_on"),
    "announced_quarter": ExtractQuarter("announced_on"),
    "announced_month": ExtractMonth("announced_on"),
}


ORDERS: dict[str, list[str]] = {
    "type": AidType.values,
    "finance_type": FinanceType.values,
    "stage": Stage.values,
    "item_category": [*ItemCategory.values, SEVERAL, "None"],
}


def order(name: str, value: Key) -> tuple[int, str]:
    """Named parties by name, then joint, then not named; codes in the order of the vocabulary; undated ones last."""
    if isinstance(value, PartyKey):
        return Part.values.index(value.part), value.name
    if name in ORDERS:
        return ORDERS[name].index(str(value)), ""
    if name in PERIODS:
        return int(value is None), f"{value:>10}" if value is not None else ""
    return int(bool(value)), ""
