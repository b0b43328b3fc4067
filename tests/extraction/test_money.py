"""Sums of money as news writes them."""

from decimal import Decimal

import pytest

from extraction.money import currency_of, find_money


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
