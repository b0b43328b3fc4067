"""Units of goods: pledged and delivered, by category and name."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from pledges.drafts import ItemDraft, MoveDraft
from pledges.services import withdraw_pledge
from tests.api.making import get
from tests.builders import DAY, NOW, person, published

pytestmark = pytest.mark.django_db


def tanks(number: str | None = "10", name: str = "Tank", **fields: Any) -> ItemDraft:
    quantity = None if number is None else Decimal(number)
    return ItemDraft(name, category="heavy_weapon", quantity=quantity, ref="t", **fields)


def rows(**query: Any) -> dict[str, tuple[Any, ...]]:
    return {
        row["name"]: (row["count"], row["pledged"]["central"], row["delivered"], row["fulfilment"])
        for row in get("items/totals/", **query)["results"]
    }


def test_units_of_one_kind_are_added_and_those_of_unlike_kinds_are_not() -> None:
    published(items=(tanks(), ItemDraft("Ambulance", category="medical", quantity=Decimal(3))))
    published(items=(tanks("4", name="tank"),))
    assert rows() == {"Tank": (2, "14", "0", "0.0000"), "Ambulance": (1, "3", "0", "0.0000")}
    assert rows(item_category="medical") == {"Ambulance": (1, "3", "0", "0.0000")}


def test_what_came_is_told_by_the_moves_own_units() -> None:
    published(items=(tanks(),), moves=(MoveDraft("delivery", DAY, item="t", units=Decimal(4)),))
    assert rows()["Tank"] == (1, "10", "4", "0.4000")


def test_of_a_cancelled_pledge_only_what_came_counts() -> None:
    moves = (
        MoveDraft("delivery", DAY, item="t", units=Decimal(4)),
        MoveDraft("cancelled", date(2022, 3, 5)),
    )
    published(items=(tanks(),), moves=moves)
    assert rows()["Tank"] == (1, "4", "4", "1.0000")


def test_a_pledge_without_a_number_is_counted_and_not_added() -> None:
    published(items=(tanks(),))
    published(items=(tanks(None),))
    assert rows()["Tank"] == (2, "10", "0", None)


def test_a_package_adds_what_its_parts_leave_over() -> None:
    package = published(items=(tanks("10"),))
    published(items=(tanks("6"),), package_id=package.pk)
    assert rows()["Tank"] == (2, "10", "0", "0.0000")


def test_a_replaced_pledge_does_not_count() -> None:
    old = published(items=(tanks("10"),))
    published(items=(tanks("12"),), supersedes_id=old.pk)
    assert rows()["Tank"] == (1, "12", "0", "0.0000")


def test_as_of_a_past_moment_units_are_those_of_then() -> None:
    pledge = published(items=(tanks(),), moves=(MoveDraft("delivery", DAY, item="t", units=Decimal(4)),))
    withdraw_pledge(pledge.pk, reason="Wrong.", now=NOW + timedelta(days=2), acting_user=person())
    assert rows() == {}
    assert rows(as_of=NOW.isoformat())["Tank"] == (1, "10", "4", "0.4000")
