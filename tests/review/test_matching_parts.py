"""What matching compares one by one: sums, goods, days and the words around a claim."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.matching.claims import Good, Sum, distance
from review.matching.sums import Relation, relate
from review.matching.texts import ordinals, says_earlier, says_further
from review.matching.things import Goods, relate_goods

DAY = date(2022, 5, 3)


def euros(amount: str, **fields: object) -> Sum:
    value = Decimal(amount)
    return Sum(f"EUR {amount}", value, "EUR", int(value * 100), **fields)  # type: ignore[arg-type]


def dollars(amount: str, cents: int | None) -> Sum:
    return Sum(f"USD {amount}", Decimal(amount), "USD", cents)


# --- Sums -------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("mine", "theirs", "relation"),
    [
        (euros("1200000000"), euros("1196000000"), Relation.NEAR),
        (euros("5000000"), euros("5400000"), Relation.LESS),
        (euros("100000000", qualifier="about"), euros("104000000"), Relation.NEAR),
        (euros("100000000", qualifier="up_to"), euros("85000000"), Relation.NEAR),
        (euros("100000000", qualifier="at_least"), euros("120000000"), Relation.NEAR),
        (euros("90000000", amount_to=Decimal(110000000)), euros("100000000"), Relation.NEAR),
        (euros("20000000"), euros("100000000"), Relation.LESS),
    ],
)
def test_sums_of_one_currency_are_the_same_within_their_rounding(mine: Sum, theirs: Sum, relation: Relation) -> None:
    assert relate(mine, theirs) == relation


def test_sums_of_two_currencies_are_compared_by_their_worth() -> None:
    assert relate(dollars("121000000", 10_788_000_000), euros("110000000")) == Relation.NEAR
    assert relate(dollars("121000000", 8_000_000_000), euros("110000000")) == Relation.LESS


def test_sums_without_a_rate_are_not_compared() -> None:
    assert relate(dollars("121000000", None), euros("110000000")) is None
    assert relate(dollars("121000000", None), dollars("121000000", None)) == Relation.EQUAL


def test_first_reports_of_one_day_may_differ_by_a_tenth() -> None:
    assert relate(euros("3200000"), euros("3000000")) == Relation.MORE
    assert relate(euros("3200000"), euros("3000000"), rough=True) == Relation.NEAR


@given(st.integers(1, 10**13), st.integers(1, 10**13))
def test_what_is_less_one_way_round_is_more_the_other_way(one: int, other: int) -> None:
    mirrored = {Relation.LESS: Relation.MORE, Relation.MORE: Relation.LESS}
    relation = relate(euros(str(one)), euros(str(other)))
    assert relation is not None
    assert relate(euros(str(other)), euros(str(one))) == mirrored.get(relation, relation)


@given(st.integers(1, 10**13), st.integers(1, 10**7))
def test_a_sum_and_its_own_worth_are_the_same(cents: int, rate: int) -> None:
    amount = Decimal(cents) * rate / 10**4
    assert relate(Sum("", amount, "XXX", cents), Sum("", Decimal(cents) / 100, "EUR", cents)) == Relation.NEAR


# --- Goods ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("mine", "theirs", "relation"),
    [
        (Good("Leopard 2 tanks", Decimal(14)), Good("Leopard tank", Decimal(14)), Goods.COUNTED),
        (Good("howitzers"), Good("field howitzer", Decimal(6)), Goods.NAMED),
        (Good("Leopard tanks", Decimal(4)), Good("Leopard tanks", Decimal(14)), Goods.FEWER),
        (Good("Leopard tanks", Decimal(20)), Good("Leopard tanks", Decimal(14)), Goods.MORE),
        (Good("Stinger", Decimal(200), None, "portable_defence_system"),
         Good("anti-aircraft rockets", Decimal(200), None, "portable_defence_system"), Goods.COUNTED),
        (Good("military aid", Decimal(5)), Good("military equipment", Decimal(5)), Goods.OTHER),
        (Good("helmets", Decimal(5)), Good("tents", Decimal(5)), Goods.OTHER),
        (Good("Marder vehicles", Decimal(40)), Good("Bushmaster vehicles", Decimal(40)), Goods.OTHER),
        (Good("Leopard 1 tanks", Decimal(14), None, "heavy_weapon"),
         Good("Leopard 2 tanks", Decimal(14), None, "heavy_weapon"), Goods.OTHER),
        (Good("armoured vehicles", Decimal(40)), Good("Bushmaster vehicles", Decimal(40)), Goods.COUNTED),
    ],
)  # fmt: skip
def test_goods_are_the_same_by_name_or_by_kind_and_number(mine: Good, theirs: Good, relation: Goods) -> None:
    related = relate_goods((mine,), (theirs,))
    assert related is not None
    assert related[0] == relation


def test_one_kind_of_goods_in_common_is_enough_whatever_else_is_listed() -> None:
    package = (Good("helmets", Decimal(5000)), Good("howitzers", Decimal(6)))
    assert relate_goods((Good("howitzers", Decimal(6)), Good("trucks")), package) == (Goods.COUNTED, "6 howitzers")


def test_goods_that_one_side_does_not_list_are_not_compared() -> None:
    assert relate_goods((), (Good("tents"),)) is None


# --- Days -------------------------------------------------------------------------------------------------------------
def test_days_between_two_spans_are_counted_from_their_nearest_ends() -> None:
    month = (DAY, DAY + timedelta(days=30))
    after, before, within = (DAY + timedelta(days=days) for days in (33, -2, 7))
    found = [distance((day, day), month) for day in (after, before, within)]
    assert [one.words for one in found if one] == ["3 days later", "2 days earlier", "the same day"]


def test_an_open_end_leaves_the_distance_unknown_unless_it_lies_wholly_apart() -> None:
    assert distance((None, DAY), (DAY - timedelta(days=40), DAY - timedelta(days=40))) is None
    found = distance((None, DAY), (DAY + timedelta(days=5),) * 2)
    assert found is not None
    assert found.days == -5


# --- Words ------------------------------------------------------------------------------------------------------------
def test_packages_and_tranches_are_known_by_their_number() -> None:
    assert ordinals(["The EU's 17th package", "a second macro-financial tranche"]) == {17, 2}
    assert ordinals(["He came second in the second half of the first week"]) == frozenset()


@pytest.mark.parametrize("text", ["Another 20 million", "a new military package", "five million on top of that"])
def test_words_tell_a_further_pledge(text: str) -> None:
    assert says_further([text])
    assert not says_further(["Twenty million euros for the new hospital"])


@pytest.mark.parametrize(
    "text", ["the tanks promised in January", "which it pledged", "as was announced", "the previously agreed loan"]
)
def test_words_look_back_at_a_promise(text: str) -> None:
    assert says_earlier([text])
    assert not says_earlier(["Rome will promise more"])
