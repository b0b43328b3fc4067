"""The code lists of the record: every code that answers carry, with standard codes where there are any."""

from __future__ import annotations

from typing import Any

import pytest

from api.vocabularies import VOCABULARIES
from tests.api.making import get

pytestmark = pytest.mark.django_db


def code(vocabulary: str, name: str) -> Any:
    """One code of a list."""
    return next(one for one in get(f"vocabularies/{vocabulary}/")["codes"] if one["code"] == name)


def test_every_list_is_named_with_its_address() -> None:
    rows = get("vocabularies/")["results"]
    assert {"aid-types", "finance-types", "stages", "measures", "actions", "target-kinds"} <= {
        row["name"] for row in rows
    }
    for row in rows:
        assert get(row["url"].removeprefix("http://testserver/api/v1/"))["title"] == row["title"]


def test_a_code_has_a_label_a_meaning_and_the_standard_code_that_it_stands_for() -> None:
    assert code("finance-types", "loan") == {
        "code": "loan", "label": "Loan", "definition": "Credit and swap lines too.",
        "standards": [{"scheme": "IATI FinanceType", "code": "421"}],
    }  # fmt: skip
    assert [one["code"] for one in code("stages", "delivery")["standards"]] == ["3", "paid"]
    assert code("sectors", "72040")["standards"] == [{"scheme": "DAC purpose code", "code": "72040"}]


def test_a_code_without_a_counterpart_in_a_standard_has_none() -> None:
    assert code("stages", "suspended")["standards"] == []
    assert code("target-kinds", "country")["standards"] == []
    assert code("valuations", "stated")["standards"] == []


def test_kinds_of_measure_name_their_opensanctions_measure_and_their_gsdb_class() -> None:
    schemes = {one["code"]: [s["scheme"] for s in one["standards"]] for one in get("vocabularies/measures/")["codes"]}
    assert sum("OpenSanctions programme measure" in found for found in schemes.values()) == 14
    assert all("GSDB class" in found for found in schemes.values())
    assert schemes["tariff"] == ["GSDB class"]


def test_definitions_and_standards_are_given_to_codes_that_exist() -> None:
    for vocabulary in VOCABULARIES.values():
        codes = [one.code for one in vocabulary.codes]
        assert len(codes) == len(set(codes)) > 0, vocabulary.name
        assert all(one.label for one in vocabulary.codes), vocabulary.name
    assert sum(bool(one.definition) for one in VOCABULARIES["stages"].codes) == 6


def test_a_list_that_nobody_knows_is_not_found_and_those_that_there_are_are_named() -> None:
    assert "There are: aid-types, finance-types" in get("vocabularies/colours/", status=404)["detail"]
