"""Which rate holds for a day, and what comes of reading a file of rates."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from reference.models import Rate
from reference.rates import Quote, convert, quote
from reference.services import DayRate, enter_rate, load_rates, packaged_rates, read_ecb_csv
from tests.builders import NOW, person, rates

FRIDAY, SUNDAY = date(2022, 2, 25), date(2022, 2, 27)

pytestmark = pytest.mark.django_db


def test_a_sunday_has_the_rate_of_the_friday_before() -> None:
    rates(FRIDAY, SEK="10.6")
    found = quote("SEK", SUNDAY)
    assert found is not None
    assert (found.day, found.per_euro) == (FRIDAY, Decimal("10.6"))


def test_a_later_rate_is_never_taken() -> None:
    rates(date(2022, 2, 28), SEK="10.7")
    assert quote("SEK", SUNDAY) is None


def test_a_currency_that_the_ecb_no_longer_quotes_has_no_rate() -> None:
    rates(date(2022, 3, 1), RUB="117.2")
    rates(date(2022, 3, 2))
    assert quote("RUB", date(2022, 3, 1)) is not None
    assert quote("RUB", date(2022, 3, 2)) is None


def test_a_week_without_any_rates_means_that_they_were_not_loaded() -> None:
    rates(FRIDAY, SEK="10.6")
    assert quote("SEK", date(2022, 3, 4)) is not None
    assert quote("SEK", date(2022, 3, 5)) is None


def test_the_euro_costs_one_euro_on_any_day() -> None:
    found = quote("EUR", SUNDAY)
    assert found is not None
    assert found.per_euro == 1


def test_a_rate_that_staff_entered_holds_for_its_day() -> None:
    rates(FRIDAY)
    enter_rate(
        currency="UAH", day=SUNDAY, per_euro=Decimal("33.1"), source="National bank", acting_user=person(), now=NOW
    )
    found = quote("UAH", SUNDAY)
    assert found is not None
    assert (found.per_euro, found.source) == (Decimal("33.1"), "National bank")


def test_of_two_rates_of_one_day_the_one_recorded_last_holds() -> None:
    rates(FRIDAY)
    for figure in ("33.1", "33.4"):
        enter_rate(currency="UAH", day=FRIDAY, per_euro=Decimal(figure), source="Bank", acting_user=person(), now=NOW)
    found = quote("UAH", FRIDAY)
    assert found is not None
    assert found.per_euro == Decimal("33.4")
    assert Rate.objects.filter(currency="UAH").count() == 2


def test_a_rate_without_a_source_is_refused_with_a_sentence() -> None:
    with pytest.raises(ValidationError) as refused:
        enter_rate(currency="UAH", day=FRIDAY, per_euro=Decimal(0), source=" ", acting_user=person(), now=NOW)
    assert set(refused.value.message_dict) == {"per_euro", "source"}


def test_loading_the_same_file_twice_adds_nothing() -> None:
    figures = [DayRate("USD", FRIDAY, Decimal("1.12")), DayRate("SEK", FRIDAY, Decimal("10.6"))]
    assert load_rates(figures, now=NOW).added == 2
    assert load_rates(figures, now=NOW).added == 0


def test_a_corrected_figure_is_added_beside_the_one_it_corrects() -> None:
    load_rates([DayRate("USD", FRIDAY, Decimal("1.12"))], now=NOW)
    load_rates([DayRate("USD", FRIDAY, Decimal("1.13"))], now=NOW)
    assert list(Rate.objects.order_by("id").values_list("per_euro", flat=True)) == [Decimal("1.12"), Decimal("1.13")]
    found = quote("USD", FRIDAY)
    assert found is not None
    assert found.per_euro == Decimal("1.13")


def test_a_figure_that_returns_to_an_earlier_one_holds_again() -> None:
    for minutes, figure in enumerate(("1.12", "1.13", "1.12")):
        load_rates([DayRate("USD", FRIDAY, Decimal(figure))], now=NOW + timedelta(minutes=minutes))
    found = quote("USD", FRIDAY)
    assert found is not None
    assert found.per_euro == Decimal("1.12")


def test_the_packaged_file_quotes_the_dollar_on_the_25th_of_february_2022() -> None:
    found = next(one for one in read_ecb_csv(packaged_rates()) if (one.currency, one.day) == ("USD", FRIDAY))
    assert found.per_euro == Decimal("1.1216")


def test_a_file_that_is_no_rates_file_is_refused_with_a_sentence() -> None:
    with pytest.raises(ValidationError, match="first column should be called Date"):
        list(read_ecb_csv(b"a,b\n1,2\n"))


def test_a_figure_that_is_no_number_is_refused_with_its_row() -> None:
    with pytest.raises(ValidationError, match="Row 2"):
        list(read_ecb_csv(b"Date,USD,\n2022-02-25,much,\n"))


def test_a_conversion_is_rounded_once_at_the_end() -> None:
    kronor, dollars = Quote("SEK", FRIDAY, Decimal("10.6"), "ECB"), Quote("USD", FRIDAY, Decimal("1.1216"), "ECB")
    assert convert(Decimal("400000000"), kronor, dollars) == 4_232_452_830
    assert convert(Decimal("12.34"), dollars, dollars) == 1234


def test_a_rate_keeps_every_digit_that_was_entered() -> None:
    exact = Decimal("123456789012.12345678")
    enter_rate(currency="UAH", day=FRIDAY, per_euro=exact, source="Bank", acting_user=person(), now=NOW)
    assert Rate.objects.get(currency="UAH").per_euro == exact


def test_a_rate_that_cannot_be_kept_is_refused_under_its_field() -> None:
    good: dict[str, Any] = {"currency": "UAH", "day": FRIDAY, "per_euro": Decimal("33.1"), "source": "Bank"}
    enter_rate(**good, acting_user=person(), now=NOW)
    for field, value in (
        ("per_euro", good["per_euro"]),  # the very rate that is known
        ("per_euro", Decimal(10) ** 12),
        ("per_euro", Decimal("0.000000001")),
        ("source", "x" * 301),
        ("source", "a\0b"),
        ("day", date(1, 1, 1)),
    ):
        with pytest.raises(ValidationError) as refused:
            enter_rate(**{**good, field: value}, acting_user=person(), now=NOW)
        assert field in refused.value.message_dict
    assert Rate.objects.count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        DayRate("EURO", FRIDAY, Decimal(1)),
        DayRate("EUR", FRIDAY, Decimal(1)),
        DayRate("SEK", FRIDAY, Decimal(10) ** 13),
    ],
)
def test_a_file_with_a_figure_that_is_no_rate_adds_nothing(wrong: DayRate) -> None:
    with pytest.raises(ValidationError, match="The rate of"):
        load_rates([DayRate("USD", FRIDAY, Decimal("1.1")), wrong], now=NOW)
    assert not Rate.objects.exists()


def test_a_figure_with_more_decimals_than_are_kept_is_added_once() -> None:
    figure = DayRate("USD", FRIDAY, Decimal("1.12345678912"))
    assert load_rates([figure], now=NOW).added == 1
    assert load_rates([figure], now=NOW).added == 0


def test_a_figure_that_went_back_to_an_earlier_one_is_not_told_as_added() -> None:
    for figure, added in (("1.1", 1), ("1.2", 1), ("1.1", 0)):
        assert load_rates([DayRate("USD", FRIDAY, Decimal(figure))], now=NOW).added == added


@pytest.mark.parametrize("content", [b"PK\x03\x04 broken", b"PK\x05\x06" + b"\0" * 18])
def test_a_zip_without_rates_is_refused_with_a_sentence(content: bytes) -> None:
    with pytest.raises(ValidationError, match="rates file is a zip"):
        list(read_ecb_csv(content))
