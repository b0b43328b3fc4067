"""Amounts as people write them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference.amounts import AmountError, in_words, parse_amount, write_amount

AMOUNTS = st.decimals(min_value=0, max_value=Decimal(10) ** 20, places=4, allow_nan=False, allow_infinity=False)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("110m", "110000000"),
        ("110 M", "110000000"),
        ("1.2bn", "1200000000"),
        ("1,2 bn", "1200000000"),
        ("1.255bn.", None),
        ("0.125bn", "125000000"),
        ("3.5 million", "3500000"),
        ("50k", "50000"),
        ("35 000 000", "35000000"),
        ("35\u00a0000\u202f000", "35000000"),
        ("1,250,000.50", "1250000.50"),
        ("1.250.000,50", "1250000.50"),
        ("1,250,000", "1250000"),
        ("1'250'000.5", "1250000.5"),
        ("1 250", "1250"),
        ("1,250.00", "1250.00"),
        ("1234.567", "1234.567"),
        ("12,5", "12.5"),
        ("110000000", "110000000"),
        ("2 trillion", "2000000000000"),
    ],
)
def test_an_amount_is_read_as_it_is_written(written: str, meant: str | None) -> None:
    if meant is None:
        with pytest.raises(AmountError, match="two ways"):
            parse_amount(written)
    else:
        assert parse_amount(written) == Decimal(meant)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("1,250", "can be read in two ways: write 1250"),
        ("1.250 million", "can be read in two ways"),
        ("", "Write an amount"),
        ("-5", "without a sign"),
        ("€110m", "no currency"),
        ("110 EUR", "currency in its own field"),
        ("5 t", "no multiple"),
        ("1e9", "is no amount"),
        ("1,25,000", "group the figures by three"),
        ("1 25", "group the figures by three"),
        ("1,250,000,50", "group the figures by three"),
        ("twelve", "is no amount"),
        ("١٢٣", "is no amount"),
        ("9" * 61, "at most 60"),
    ],
)
def test_what_is_no_amount_or_could_be_two_is_refused_with_a_sentence(written: str, said: str) -> None:
    with pytest.raises(AmountError, match=said):
        parse_amount(written)


@given(AMOUNTS)
def test_a_written_amount_is_read_back_as_the_same_number(amount: Decimal) -> None:
    assert parse_amount(write_amount(amount)) == amount


@given(AMOUNTS)
def test_grouping_by_commas_and_decimals_never_changes_the_number(amount: Decimal) -> None:
    assert parse_amount(f"{amount:,.4f}") == amount


@given(AMOUNTS)
def test_words_say_the_number_without_loss(amount: Decimal) -> None:
    said, _, word = in_words(amount).partition(" ")
    power = {"": 0, "million": 6, "billion": 9, "trillion": 12}[word]
    assert Decimal(said.replace(",", "")).scaleb(power) == amount


@given(st.text(alphabet="0123456789., 'mbnk\u00a0-e€", max_size=70))
def test_any_text_is_a_finite_number_or_a_sentence(text: str) -> None:
    said, found = "", None
    try:
        found = parse_amount(text)
    except AmountError as error:
        said = str(error)
    assert said.endswith(".") if found is None else found.is_finite() and found >= 0


@pytest.mark.parametrize(
    ("amount", "words"),
    [("110000000", "110 million"), ("1250000000", "1.25 billion"), ("12345.6", "12,345.60"), ("1234567", "1,234,567")],
)
def test_amounts_are_said_in_words(amount: str, words: str) -> None:
    assert in_words(Decimal(amount)) == words
