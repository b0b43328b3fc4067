"""The data files of sources fit their schema, and their codes are codes of the record."""

from __future__ import annotations

import json
import tomllib
from datetime import date
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest

from interchange.tables import FOLDER
from pledges.models import Sector, Stage
from sanctions.models import MeasureKind, TargetKind

SOURCES = ("eu_journal", "fts", "kiel", "programmes")
SCHEMA = json.loads((FOLDER / "sources.schema.json").read_text(encoding="utf-8"))


def loaded(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


def plain(value: Any) -> Any:
    """The content as JSON has it: days as texts."""
    if isinstance(value, dict):
        return {name: plain(one) for name, one in value.items()}
    return value.isoformat() if isinstance(value, date) else value


@pytest.mark.parametrize("name", SOURCES)
def test_each_data_file_fits_the_schema(name: str) -> None:
    jsonschema.validate(plain(loaded(name)), SCHEMA)


def test_the_schema_refuses_a_dataset_that_does_not_say_whether_it_may_be_given_out() -> None:
    content = plain(loaded("fts"))
    del content["dataset"]["redistributable"]
    with pytest.raises(jsonschema.ValidationError, match="redistributable"):
        jsonschema.validate(content, SCHEMA)


@pytest.mark.parametrize("name", SOURCES)
def test_what_is_not_for_everybody_is_not_given_out(name: str) -> None:
    dataset = loaded(name)["dataset"]
    closed = "-NC" in dataset["licence"] or "not for redistribution" in dataset["licence"]
    assert dataset["redistributable"] is not closed


def test_codes_in_data_files_are_codes_of_the_record() -> None:
    journal, fts, programmes = loaded("eu_journal"), loaded("fts"), loaded("programmes")
    annexes = [one for act in journal["acts"].values() for one in act.get("annexes", {}).values()]
    assert {code for annex in annexes for code in annex["types"]} <= set(MeasureKind.values)
    assert set(journal["kinds"].values()) <= set(TargetKind.values)
    assert set(programmes["measures"].values()) <= set(MeasureKind.values)
    assert set(fts["statuses"].values()) <= set(Stage.values)
    assert set(fts["clusters"].values()) <= set(Sector.values)


def test_each_annex_says_where_its_meaning_stands() -> None:
    annexes = [one for act in loaded("eu_journal")["acts"].values() for one in act.get("annexes", {}).values()]
    assert annexes
    assert all(one["source"].startswith("Article ") for one in annexes)
