"""Totals by what a source says itself: its values, its decimals, none of our rules, never a value of ours."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from pledges.models import Pledge, SourceLine
from pledges.services import withdraw_pledge
from pledges.totals import Totals, totals
from reference.models import Dataset
from tests.builders import NOW, euros, person, published, rates

pytestmark = pytest.mark.django_db


@pytest.fixture
def dataset() -> Dataset:
    return Dataset.objects.create(key="imported", name="Imported", licence="theirs", redistributable=False)


def imported(dataset: Dataset, key: str, value: str | None, **fields: Any) -> Pledge:
    source = {} if value is None else {"source_value": Decimal(value), "source_value_currency": "EUR"}
    return published(key, dataset_id=dataset.pk, origin_key=key, **{**source, **fields})


def by_source(currency: str = "EUR", group_by: tuple[str, ...] = ("donor",), as_of: int | None = None) -> Totals:
    return totals(group_by=group_by, currency=currency, dataset="imported", value_basis="source", as_of=as_of)


def centrals(answer: Totals) -> dict[str, int]:
    return {getattr(row.keys["donor"], "code", ""): row.sums.central for row in answer.rows}


def test_values_of_the_source_are_added_with_all_decimals_and_rounded_once(dataset: Dataset) -> None:
    for number in range(3):
        imported(dataset, f"A{number}", "0.00333333333333")
    assert by_source().total.central == 1


def test_a_record_without_a_source_value_is_counted_and_never_valued_by_us(dataset: Dataset) -> None:
    imported(dataset, "A1", None, **euros("100"))
    imported(dataset, "A2", "7.50", **euros("100"))
    total = by_source().total
    assert (total.count, total.valued_count, total.unvalued_count, total.central) == (2, 1, 1, 750)


def test_what_lies_outside_of_the_sources_own_total_is_left_out_of_it(dataset: Dataset) -> None:
    imported(dataset, "A1", "5")
    made = imported(dataset, "A2", "7", outside_source_total="A fund that its summary does not list.")
    assert by_source().total.central == 500
    assert SourceLine.objects.get(pledge=made).left_out == "outside_source_total"


def test_a_part_without_a_value_of_its_own_is_within_its_package(dataset: Dataset) -> None:
    package = imported(dataset, "A1", "50")
    part = imported(dataset, "A1/1", None, package_id=package.pk, **euros("20"))
    assert (by_source().total.count, by_source().total.central) == (1, 5000)
    assert SourceLine.objects.get(pledge=part).left_out == "part_of_package"


def test_a_value_in_another_currency_is_not_converted(dataset: Dataset) -> None:
    rates()
    imported(dataset, "A1", "5")
    total = by_source("USD").total
    assert (total.count, total.unconverted_count, total.central) == (1, 1, 0)


def test_a_joint_record_is_joint_in_the_sources_totals_too(dataset: Dataset) -> None:
    imported(dataset, "A1", "9", donors=("NO", "GB"))
    answer = by_source()
    assert centrals(answer) == {"NO": 0, "GB": 0, "joint": 900}
    assert answer.total.count == 1


def test_records_of_the_trackers_own_are_not_in_it() -> None:
    published("Own", **euros("100"))
    assert totals(value_basis="source").total.count == 0


def test_an_earlier_answer_can_be_asked_again(dataset: Dataset) -> None:
    made = imported(dataset, "A1", "5")
    made.refresh_from_db()
    withdraw_pledge(made.pk, reason="It was an error.", now=NOW, acting_user=person())
    assert by_source().total.count == 0
    assert by_source(as_of=made.last_seq).total.central == 500
