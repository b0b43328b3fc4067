"""Dividing a pledge among several parties, to the cent."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from pledges.models import Part
from pledges.shares import Portion, Share, divide, portions

WEIGHTS = st.lists(st.decimals(min_value="0.01", max_value="1000000", places=2), min_size=1, max_size=30)


@given(st.integers(min_value=0, max_value=10**17), WEIGHTS)
def test_divided_cents_always_sum_to_the_whole(cents: int, weights: list[Decimal]) -> None:
    total = sum(Fraction(weight) for weight in weights)
    parts = divide(cents, [Fraction(weight) / total for weight in weights])
    assert sum(part or 0 for part in parts) == cents


@given(st.integers(min_value=0, max_value=10**17), WEIGHTS)
def test_no_part_is_more_than_a_cent_off_its_exact_share(cents: int, weights: list[Decimal]) -> None:
    total = sum(Fraction(weight) for weight in weights)
    fractions = [Fraction(weight) / total for weight in weights]
    for part, fraction in zip(divide(cents, list(fractions)), fractions, strict=True):
        assert part is not None
        assert abs(part - cents * fraction) < 1


def test_a_cent_that_is_left_over_goes_to_the_first_of_equals() -> None:
    third = Fraction(1, 3)
    assert divide(100, [third, third, third]) == [34, 33, 33]


def test_one_party_alone_has_the_whole() -> None:
    assert portions([Share(1)], Decimal(10)) == [Portion(Part.NAMED, 1, Fraction(1))]


def test_nobody_named_leaves_the_whole_to_nobody() -> None:
    assert portions([], Decimal(10)) == [Portion(Part.UNNAMED, None, Fraction(1))]


def test_several_parties_without_shares_leave_all_of_it_joint() -> None:
    found = portions([Share(1), Share(2)], Decimal(10))
    assert [(one.part, one.fraction) for one in found] == [
        (Part.NAMED, None),
        (Part.NAMED, None),
        (Part.JOINT, Fraction(1)),
    ]


def test_amounts_leave_their_rest_joint() -> None:
    found = portions([Share(1, amount=Decimal(4)), Share(2)], Decimal(10))
    assert [one.fraction for one in found] == [Fraction(2, 5), None, Fraction(3, 5)]


def test_amounts_that_make_the_whole_leave_nothing_joint() -> None:
    found = portions([Share(1, amount=Decimal(4)), Share(2, amount=Decimal(6))], Decimal(10))
    assert [one.part for one in found] == [Part.NAMED, Part.NAMED]


def test_weights_divide_the_whole() -> None:
    found = portions([Share(1, weight=Decimal(1)), Share(2, weight=Decimal(3))], None)
    assert [one.fraction for one in found] == [Fraction(1, 4), Fraction(3, 4)]


def test_one_party_with_an_amount_below_the_whole_leaves_the_rest_joint() -> None:
    found = portions([Share(1, amount=Decimal(4))], Decimal(10))
    assert [one.part for one in found] == [Part.NAMED, Part.JOINT]
