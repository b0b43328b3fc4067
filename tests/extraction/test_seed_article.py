"""The article that the project began with, read exactly."""

import os
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from extraction.contract import Article, PledgeFinding, SanctionFinding
from extraction.reader import default_extractor

REAL_DATA = os.environ.get("REAL_DATA", "")

pytestmark = [
    pytest.mark.real_data,
    pytest.mark.skipif(not REAL_DATA, reason="REAL_DATA names no folder"),
]


@pytest.fixture(scope="module")
def text() -> str:
    return (Path(REAL_DATA) / "seed-article.txt").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def findings(text: str) -> tuple[Any, ...]:
    return default_extractor().read(Article(text)).findings


def test_it_holds_four_pledges_and_one_measure_and_nothing_else(findings: tuple[Any, ...]) -> None:
    assert [type(one) for one in findings] == [SanctionFinding, *[PledgeFinding] * 4]
    assert all(not one.flags for one in findings)


def test_the_measure_is_by_nobody_named_and_of_no_kind_stated(findings: tuple[Any, ...]) -> None:
    measure = findings[0]
    assert (measure.imposers, measure.imposers_as_written) == ((), "western powers")
    assert (measure.targets, measure.measures, measure.action) == (("RU",), ("unspecified",), "imposed")


def test_spain_sends_military_equipment_without_a_value(findings: tuple[Any, ...]) -> None:
    spain = findings[1]
    assert (spain.donors, spain.recipients, spain.type) == (("ES",), ("UA",), "military")
    assert (spain.in_kind, spain.amount, spain.stage) == (True, None, "pledge")


def test_italy_pays_110_million_euros(findings: tuple[Any, ...]) -> None:
    italy = findings[2]
    assert (italy.donors, italy.recipients, italy.type) == (("IT",), ("UA",), "financial")
    assert (italy.amount.value, italy.amount.currency) == (Decimal(110_000_000), "EUR")
    assert not italy.in_kind


def test_czechia_and_greece_give_apart_what_is_not_said(findings: tuple[Any, ...]) -> None:
    for finding, donor in zip(findings[3:], ["CZ", "GR"], strict=True):
        assert (finding.donors, finding.recipients) == ((donor,), ("UA",))
        assert (finding.type, finding.in_kind, finding.amount) == ("unspecified", True, None)


def test_each_quote_is_the_text_at_its_place(findings: tuple[Any, ...], text: str) -> None:
    assert all(one.quote == text[one.start : one.end] for one in findings)
