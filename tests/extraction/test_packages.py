"""A package and its parts: told once, never added up."""

from decimal import Decimal
from typing import Any

import pytest

from extraction.contract import Article
from extraction.jsonl import as_scored_line
from extraction.reader import default_extractor


def read(text: str) -> tuple[Any, ...]:
    return default_extractor().read(Article(text)).findings


@pytest.mark.parametrize(
    ("text", "whole", "parts"),
    [
        ("Denmark unveiled a €500m package for Ukraine, including €20m for demining.", 500, [20]),
        ("Norway will give Sudan €60 million: €40 million for food and €20 million for clinics.", 60, [40, 20]),
        ("Italy pledged €80 million in aid for Syria. Of this, €30 million will go to hospitals.", 80, [30]),
        (
            "Spain will give Haiti €15 million. It will give €10 million for food and €5 million for clinics in Haiti.",
            15,
            [10, 5],
        ),
    ],
)
def test_a_part_points_at_its_package(text: str, whole: int, parts: list[int]) -> None:
    findings = read(text)
    package = next(number for number, one in enumerate(findings) if one.part_of is None)
    assert findings[package].amount.value == Decimal(whole) * 10**6
    assert [int(one.amount.value / 10**6) for one in findings if one.part_of == package] == parts


def test_parts_go_where_the_package_goes() -> None:
    package, part = read("Denmark unveiled a €500m package for Ukraine, including €20m for demining.")
    assert (part.donors, part.recipients, part.stage) == (package.donors, package.recipients, package.stage)


def test_what_costs_more_than_the_package_is_no_part_of_it() -> None:
    findings = read("Denmark unveiled a €50m package for Ukraine, with €200m in loans from its banks.")
    assert [one.part_of for one in findings] == [None]


def test_two_sums_side_by_side_are_two_gifts() -> None:
    findings = read("Denmark will give Sudan €5 million in aid and a loan of €7 million.")
    assert [one.part_of for one in findings] == [None, None]


def test_the_scored_line_holds_packages_only() -> None:
    reading = default_extractor().read(
        Article("Denmark unveiled a €500m package for Ukraine, including €20m for roads.")
    )
    assert [one["amount"] for one in as_scored_line("a", reading)["pledges"]] == [500_000_000]
