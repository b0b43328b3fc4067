"""What a cancelled pledge, or a cancelled part of one, still counts."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from pledges.drafts import ItemDraft, MoveDraft
from pledges.totals import totals
from tests.builders import DAY, euros, published, rates

pytestmark = pytest.mark.django_db

CANCELLED = MoveDraft("cancelled", DAY)


@pytest.fixture(autouse=True)
def _rates(db: None) -> None:
    rates()


def tanks(quantity: int, **fields: Any) -> ItemDraft:
    return ItemDraft(
        "tank", quantity=Decimal(quantity), unit_price=Decimal(10), price_currency="EUR", price_source="a list",
        ref="tank", **fields,
    )  # fmt: skip


def test_a_cancelled_package_and_its_parts_never_count_more_than_the_package() -> None:
    package = published(**euros("100"), moves=(MoveDraft("delivery", DAY), CANCELLED))
    published(**euros("30"), package_id=package.pk)
    assert totals().total.central == 10_000


def test_what_was_delivered_of_a_cancelled_package_counts_beside_its_parts() -> None:
    package = published(**euros("100"), moves=(MoveDraft("delivery", DAY, amount=Decimal(40)), CANCELLED))
    published(**euros("60"), package_id=package.pk)
    assert totals().total.central == 10_000


def test_a_cancelled_package_without_a_value_counts_through_its_parts() -> None:
    moves = (MoveDraft("delivery", DAY, extent_unknown=True), CANCELLED)
    package = published(moves=moves)
    published(**euros("60"), package_id=package.pk)
    total = totals().total
    assert (total.count, total.central) == (1, 6_000)


def test_what_was_delivered_of_a_cancelled_pledge_is_neither_open_nor_a_ceiling() -> None:
    for qualifier in ("at_least", "up_to"):
        moves = (MoveDraft("delivery", DAY, amount=Decimal(30)), CANCELLED)
        published(**euros("100"), qualifier=qualifier, moves=moves)
    total = totals().total
    assert (total.central, total.high_open, total.up_to) == (6_000, 0, 0)


def test_units_that_were_cancelled_do_not_count_in_an_estimate() -> None:
    moves = (MoveDraft("cancelled", DAY, item="tank", units=Decimal(4)),)
    published(in_kind=True, items=(tanks(10),), moves=moves)
    total = totals().total
    assert (total.low, total.central, total.high) == (6_000, 6_000, 6_000)


def test_an_item_that_was_cancelled_does_not_count_in_an_estimate() -> None:
    jets = ItemDraft(
        "jet", quantity=Decimal(2), unit_price=Decimal(50), price_currency="EUR", price_source="a list", ref="jet"
    )
    published(in_kind=True, items=(tanks(10), jets), moves=(MoveDraft("cancelled", DAY, item="tank"),))
    assert totals().total.central == 10_000


def test_an_amount_that_was_cancelled_does_not_count_in_an_estimate() -> None:
    published(in_kind=True, items=(tanks(10),), moves=(MoveDraft("cancelled", DAY, amount=Decimal(25)),))
    assert totals().total.central == 7_500


def test_units_that_were_cancelled_do_not_count_in_a_stated_amount() -> None:
    for one in (tanks(10), ItemDraft("tank", quantity=Decimal(10), ref="tank")):
        moves = (MoveDraft("cancelled", DAY, item="tank", units=Decimal(4)),)
        published(**euros("100"), in_kind=True, items=(one,), moves=moves)
    assert totals().total.central == 12_000


def test_the_parts_of_a_part_of_a_superseded_package_do_not_count() -> None:
    outer = published(**euros("100"))
    inner = published(**euros("60"), package_id=outer.pk)
    published(**euros("20"), package_id=inner.pk)
    published(**euros("120"), supersedes_id=outer.pk)
    assert totals().total.central == 12_000


def test_what_was_delivered_beside_cancelled_units_is_the_whole_once_nothing_else_is_left() -> None:
    moves = (
        MoveDraft("cancelled", DAY, item="tank", units=Decimal(4)),
        MoveDraft("delivery", DAY, item="tank", units=Decimal(6)),
    )
    unpriced = ItemDraft("tank", quantity=Decimal(10), ref="tank")
    made = published(**euros("100"), in_kind=True, items=(unpriced,), moves=moves)
    assert (made.stage, made.eur_central, made.delivered_eur) == ("delivery", 6_000, 6_000)
