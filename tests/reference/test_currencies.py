"""Amounts in minor units."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference.currencies import decimals, format_minor_units, from_minor_units, is_currency, to_minor_units


def test_an_amount_of_110_million_euros_is_exactly_that_many_cents() -> None:
    assert to_minor_units(Decimal("110000000"), "EUR") == 11_000_000_000
    assert format_minor_units(11_000_000_000, "EUR") == "110000000.00"


@pytest.mark.parametrize(("currency", "expected"), [("EUR", 2), ("JPY", 0), ("KWD", 3), ("USD", 2), ("SEK", 2)])
def test_each_currency_has_its_own_number_of_decimals(currency: str, expected: int) -> None:
    assert decimals(currency) == expected


@pytest.mark.parametrize(("amount", "cents"), [("0.005", 0), ("0.015", 2), ("0.025", 2), ("0.0251", 3)])
def test_a_half_cent_is_rounded_to_the_even_cent(amount: str, cents: int) -> None:
    assert to_minor_units(Decimal(amount), "EUR") == cents


def test_a_word_that_is_no_currency_is_told_apart() -> None:
    assert is_currency("SEK")
    assert not is_currency("XYZ")
    assert not is_currency("sek")


@given(st.integers(min_value=0, max_value=10**19), st.sampled_from(["EUR", "JPY", "KWD"]))
def test_minor_units_survive_the_way_to_an_amount_and_back(units: int, currency: str) -> None:
    assert to_minor_units(from_minor_units(units, currency), currency) == units


@given(st.integers(min_value=0, max_value=10**19))
def test_the_text_of_an_amount_is_the_amount_itself(units: int) -> None:
    assert Decimal(format_minor_units(units, "EUR")) * 100 == units
