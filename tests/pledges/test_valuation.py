"""What a pledge is worth and how far it has come: pure rules, no database."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pledges.models import Stage, Valuation
from pledges.valuation import Bounds, Moved, PricedItem, Worth, bounds, current_stage, reached, worth

AMOUNTS = st.decimals(min_value="0.01", max_value="1e15", places=2)


def stated(amount: str, qualifier: str = "exact", *, to: str | None = None, less: tuple[str, ...] = ()) -> Worth:
    return worth(
        stated=Decimal(amount),
        stated_to=Decimal(to) if to else None,
        currency="EUR",
        qualifier=qualifier,
        deductions=[Decimal(one) for one in less],
        items=[],
    )


def only(value: Worth) -> Bounds:
    [(_, found)] = value.parts
    return found


def item(key: int = 1, quantity: str | None = "10", price: str | None = "5", currency: str = "EUR") -> PricedItem:
    return PricedItem(
        key=key,
        quantity=Decimal(quantity) if quantity else None,
        quantity_to=None,
        qualifier="exact",
        unit_price=Decimal(price) if price else None,
        price_currency=currency if price else "",
    )


def estimated(*items: PricedItem) -> Worth:
    return worth(stated=None, stated_to=None, currency="", qualifier="exact", deductions=[], items=items)


@pytest.mark.parametrize(
    ("qualifier", "to", "low", "central", "high", "is_open"),
    [
        ("exact", None, 10, 10, 10, False),
        ("about", None, 10, 10, 10, False),
        ("at_least", None, 10, 10, 10, True),
        ("up_to", None, 0, 10, 10, False),
        ("range", "30", 10, 20, 30, False),
    ],
)
def test_a_qualifier_sets_low_central_and_high(
    qualifier: str, to: str | None, low: int, central: int, high: int, is_open: bool
) -> None:
    found = only(stated("10", qualifier, to=to))
    assert (found.low, found.central, found.high, found.high_open) == (low, central, high, is_open)


@given(AMOUNTS, AMOUNTS, st.sampled_from(["exact", "about", "at_least", "up_to", "range"]), AMOUNTS)
def test_bounds_are_always_in_order_and_never_below_zero(
    amount: Decimal, more: Decimal, qualifier: str, less: Decimal
) -> None:
    found = bounds(amount, qualifier, amount + more).less(less)
    assert 0 <= found.low <= found.central <= found.high


def test_what_was_raised_from_20_to_100_counts_80() -> None:
    assert only(stated("100", less=("20",))).central == 80


def test_an_amount_that_was_not_stated_has_no_value() -> None:
    assert estimated() == Worth(Valuation.NONE)


def test_priced_items_give_an_estimate() -> None:
    found = estimated(item(1, "10", "5"), item(2, "2", "100"))
    assert (found.valuation, only(found).central) == (Valuation.ESTIMATED, 250)


def test_items_of_which_some_have_no_price_give_a_partial_estimate() -> None:
    found = estimated(item(1, "10", "5"), item(2, "2", None))
    assert (found.valuation, only(found).central) == (Valuation.PARTIAL, 50)


def test_items_without_a_number_have_no_value() -> None:
    assert estimated(item(1, None, "5")).valuation == Valuation.NONE


def test_items_priced_in_two_currencies_stay_two_sums() -> None:
    found = estimated(item(1, "10", "5", "EUR"), item(2, "1", "7", "USD"))
    assert [(currency, one.central) for currency, one in found.parts] == [("EUR", 50), ("USD", 7)]
    assert found.currency == ""


def test_a_stated_amount_stands_before_what_items_are_worth() -> None:
    found = worth(
        stated=Decimal(100),
        stated_to=None,
        currency="EUR",
        qualifier="exact",
        deductions=[],
        items=[item(1, "9", "50")],
    )
    assert (found.valuation, only(found).central) == (Valuation.STATED, 100)


def test_a_pledge_without_moves_is_pledged() -> None:
    assert current_stage([], [], stated("10")) == Stage.PLEDGE


@pytest.mark.parametrize(
    "stage", [Stage.COMMITMENT, Stage.ALLOCATION, Stage.DELIVERY, Stage.SUSPENDED, Stage.CANCELLED]
)
def test_a_move_of_the_whole_sets_the_stage(stage: Stage) -> None:
    assert current_stage([Moved(stage, date(2022, 3, 1))], [], stated("10")) == stage


def test_a_part_delivered_does_not_deliver_the_whole() -> None:
    moves = [
        Moved(Stage.COMMITMENT, date(2022, 3, 1)),
        Moved(Stage.DELIVERY, date(2022, 4, 1), amount=Decimal(4)),
    ]
    assert current_stage(moves, [], stated("10")) == Stage.COMMITMENT
    assert only(reached(Stage.DELIVERY, moves, [], stated("10")) or stated("1")).central == 4


def test_parts_that_add_up_deliver_the_whole() -> None:
    moves = [Moved(Stage.DELIVERY, date(2022, month, 1), amount=Decimal(5)) for month in (4, 5)]
    assert current_stage(moves, [], stated("10")) == Stage.DELIVERY


def test_units_of_every_item_deliver_the_whole() -> None:
    tanks, guns = item(1, "20", "100"), item(2, "5", "10")
    some = [Moved(Stage.DELIVERY, date(2022, 4, 1), item=1, units=Decimal(20))]
    both = [*some, Moved(Stage.DELIVERY, date(2022, 4, 2), item=2, units=Decimal(5))]
    value = estimated(tanks, guns)
    assert current_stage(some, [tanks, guns], value) == Stage.PLEDGE
    assert current_stage(both, [tanks, guns], value) == Stage.DELIVERY


def test_units_count_by_the_price_of_their_item() -> None:
    tanks = item(1, "20", "100")
    found = reached(Stage.DELIVERY, [Moved(Stage.DELIVERY, None, item=1, units=Decimal(12))], [tanks], estimated(tanks))
    assert found is not None
    assert only(found).central == 1200


def test_units_of_the_only_item_share_a_stated_amount() -> None:
    howitzers = item(1, "4", None)
    found = reached(
        Stage.DELIVERY, [Moved(Stage.DELIVERY, None, item=1, units=Decimal(1))], [howitzers], stated("1000")
    )
    assert found is not None
    assert only(found).central == 250


def test_a_delivery_of_unknown_extent_cannot_be_said_in_money() -> None:
    moves = [Moved(Stage.DELIVERY, date(2022, 4, 1), extent_unknown=True)]
    assert reached(Stage.DELIVERY, moves, [], stated("10")) is None
    assert current_stage(moves, [], stated("10")) == Stage.PLEDGE


def test_a_suspension_that_was_ended_by_a_later_move_is_over() -> None:
    moves = [Moved(Stage.SUSPENDED, date(2022, 3, 1)), Moved(Stage.COMMITMENT, date(2022, 5, 1))]
    assert current_stage(moves, [], stated("10")) == Stage.COMMITMENT


def test_a_suspension_after_a_commitment_stands() -> None:
    moves = [Moved(Stage.COMMITMENT, date(2022, 3, 1)), Moved(Stage.SUSPENDED, date(2022, 5, 1))]
    assert current_stage(moves, [], stated("10")) == Stage.SUSPENDED
