"""How staff see and type days and times."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import date_format, localize_input


def test_times_are_told_by_24_hours() -> None:
    assert date_format(datetime(2026, 11, 24, 18, 46, tzinfo=UTC), "DATETIME_FORMAT") == "24 Nov 2026, 18:46"


def test_a_day_stands_in_a_field_with_its_year_first() -> None:
    assert localize_input(date(2022, 2, 25)) == "2022-02-25"


@pytest.mark.parametrize("typed", ["2022-02-25", "25 Feb 2022", "25 February 2022", "25.02.2022"])
def test_a_day_is_typed_in_any_way_that_says_which_it_is(typed: str) -> None:
    assert forms.DateField().clean(typed) == date(2022, 2, 25)


def test_a_day_that_could_be_read_in_two_ways_is_refused() -> None:
    with pytest.raises(ValidationError):
        forms.DateField().clean("03/04/2022")
