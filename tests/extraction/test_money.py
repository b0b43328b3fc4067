"""Sums of money as news writes them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extraction.money import CODES, CURRENCY_WORDS, GLUED, SIGNS, WORDS, currency_of, find_money
from extraction.segment import sentences


@pytest.mark.parametrize(
    ("text", "value", "currency"),
    [
        ("€110m", 110_000_000, "EUR"),
        ("$1.2bn", 1_200_000_000, "$"),
        ("£300 million", 300_000_000, "GBP"),
        ("EUR 50 million", 50_000_000, "EUR"),
        ("1,5 milliard euros", 1_500_000_000, "EUR"),
        ("150.000 euros", 150_000, "EUR"),
        ("3.5 billion Swedish kronor", 3_500_000_000, "SEK"),
        ("SEK 3.4bn", 3_400_000_000, "SEK"),
        ("half a billion euros", 500_000_000, "EUR"),
        ("a quarter of a billion dollars", 250_000_000, "$"),
        ("C$50m", 50_000_000, "CAD"),
        ("NZ$5,000", 5_000, "NZD"),
        ("40 billion yen", 40_000_000_000, "JPY"),
        ("130 billion won", 130_000_000_000, "KRW"),
        ("a fresh 500-million-euro tranche", 500_000_000, "EUR"),
        ("EUR50m", 50_000_000, "EUR"),
        ("Rs500 crore", 5_000_000_000, "INR"),
        ("30 EUR million", 30_000_000, "EUR"),
        ("three and a half billion pounds", 3_500_000_000, "GBP"),
        ("one hundred million dollars", 100_000_000, "$"),
        ("twenty-five million kroner", 25_000_000, "kr"),
        ("kr 300 million", 300_000_000, "kr"),
    ],
)
def test_a_sum_is_read_in_full_units_of_its_own_currency(text: str, value: int, currency: str) -> None:
    (money,) = find_money(text, 0, len(text))
    assert (money.value, money.currency) == (Decimal(value), currency)


@pytest.mark.parametrize("text", ["a $40bn (£32bn) plan", "40 billion yen, or about $300 million"])
def test_a_conversion_is_the_same_sum(text: str) -> None:
    assert len(find_money(text, 0, len(text))) == 1


def test_a_raise_keeps_what_it_raises() -> None:
    text = "raised from €20m to €100m"
    (money,) = find_money(text, 0, len(text))
    assert (money.value, money.raised_from) == (100_000_000, 20_000_000)


@pytest.mark.parametrize("text", ["between €10m and €15m", "€10-15 million", "€10 million to €15 million"])
def test_a_range_has_two_ends(text: str) -> None:
    (money,) = find_money(text, 0, len(text))
    assert (money.qualifier, money.value, money.value_max) == ("range", 10_000_000, 15_000_000)


@pytest.mark.parametrize(
    ("text", "qualifier"),
    [("up to €5m", "up_to"), ("more than €5m", "at_least"), ("nearly €5m", "about"), ("an initial €5m", "exact")],
)
def test_words_before_a_sum_say_how_exact_it_is(text: str, qualifier: str) -> None:
    assert find_money(text, 0, len(text))[0].qualifier == qualifier


def test_a_sum_by_the_month_keeps_its_period() -> None:
    text = "$1.5 billion a month"
    assert find_money(text, 0, len(text))[0].per == "month"


def test_a_weight_is_no_money() -> None:
    text = "500 pounds of rice"
    assert find_money(text, 0, len(text)) == []


def test_a_dollar_is_that_of_the_speaker() -> None:
    (money,) = find_money("$5m", 0, 3)
    assert [currency_of(money, (code,)) for code in ("AU", "CA", "NZ", "JP")] == ["AUD", "CAD", "NZD", "USD"]


@pytest.mark.parametrize(
    ("text", "before", "after"),
    [
        ("from 7 to 12 billion crowns", 7_000_000_000, 12_000_000_000),
        ("from four billion to eight billion euros", 4_000_000_000, 8_000_000_000),
        ("from a current 4 billion euros to nearly 8 billion euros", 4_000_000_000, 8_000_000_000),
        ("to €8bn from €4bn", 4_000_000_000, 8_000_000_000),
    ],
)
def test_a_raise_is_read_however_its_first_sum_is_written(text: str, before: int, after: int) -> None:
    (money,) = find_money(text, 0, len(text))
    assert (money.raised_from, money.value, money.value_max) == (Decimal(before), Decimal(after), None)


@pytest.mark.parametrize("text", ["between 4 and 8 million euros", "4 to 8 million euros", "$4 to $8 million"])
def test_a_range_has_both_ends_in_full_units(text: str) -> None:
    (money,) = find_money(text, 0, len(text))
    assert (money.value, money.value_max, money.qualifier) == (Decimal(4_000_000), Decimal(8_000_000), "range")


def test_figures_told_respectively_share_scale_and_currency() -> None:
    text = "20, 30 and 50 million euros respectively"
    assert [(one.value, one.currency) for one in find_money(text, 0, len(text))] == [
        (Decimal(number * 1_000_000), "EUR") for number in (20, 30, 50)
    ]


@given(
    st.sampled_from([*SIGNS, *CODES]), st.sampled_from([*WORDS]), st.integers(min_value=1, max_value=999),
    st.sampled_from(["million", "billion"]), st.booleans(),
)  # fmt: skip
def test_a_sum_never_stands_in_a_sentence_without_one_of_the_currency_words(
    sign: str, name: str, number: int, scale: str, before: bool
) -> None:
    text = f"{sign}{number} {scale}" if before else f"{number} {scale} {name}s"
    (sentence,) = sentences(text)
    if find_money(text, 0, len(text)):
        assert CURRENCY_WORDS & {word.lower for word in sentence.words} or GLUED.search(text)
