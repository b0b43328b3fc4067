"""FollowTheMoney entities: valid by the library or by what it published, stable, tied together."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from interchange.ftm.properties import Properties, add_detail
from interchange.ftm.writing import write_entities
from sanctions.models import Target, TargetKind
from tests.interchange.out.conftest import designation, fill, stand

pytestmark = pytest.mark.django_db
# Properties of the schemata that are used, with their types, as followthemoney 4.11 has them.
SCHEMATA: dict[str, dict[str, str]] = json.loads((Path(__file__).parent / "ftm_schemata.json").read_text())
SHAPES = {
    "date": r"\d{4}(-\d{2}(-\d{2})?)?",
    "country": r"[a-z]{2}",
    "url": r"https?://\S+",
    "gender": "male|female|other",
    "email": r"\S+@\S+",
}


def export(folder: Path) -> list[dict[str, Any]]:
    path = folder / "entities.ndjson"
    write_entities(path, stand())
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_each_entity_has_the_properties_of_its_schema_and_refers_to_one_in_the_file(tmp_path: Path) -> None:
    fill()
    designation("A ship", 2)
    Target.objects.filter(name="A ship").update(kind=TargetKind.VESSEL, details={"birthDate": "1999", "flag": "ru"})
    found = export(tmp_path)
    ids = {one["id"] for one in found}
    assert len(ids) == len(found)
    for one in found:
        properties = SCHEMATA[one["schema"]]
        assert one["schema"] == "Sanction" or one["properties"]["name"]
        for name, values in one["properties"].items():
            assert values, (one["id"], name)
            for value in values:
                assert isinstance(value, str)
                assert re.fullmatch(SHAPES.get(properties[name], r"(?s).+"), value), (name, value)
                assert properties[name] != "entity" or value in ids


def test_the_library_itself_takes_every_entity(tmp_path: Path) -> None:
    model = pytest.importorskip("followthemoney").model
    fill()
    for one in export(tmp_path):
        proxy = model.get_proxy(one, cleaned=False)
        model.get(one["schema"]).validate(one)
        for name, values in one["properties"].items():
            assert set(proxy.get(name)) == set(values), (name, values)


def test_a_listed_person_has_names_numbers_and_a_sanction_of_a_regime(tmp_path: Path) -> None:
    fill()
    found = {one["id"]: one for one in export(tmp_path)}
    someone = found["plt-T00000000001"]
    assert someone["schema"] == "Person"
    assert someone["properties"] == {
        "name": ["A. Person"], "alias": ["A. Person the Elder"], "passportNumber": ["123"],
        "birthDate": ["1970-05-09"], "nationality": ["ru"],
    }  # fmt: skip
    sanction = found["plt-designation-D00000000001"]
    assert sanction["properties"]["entity"] == ["plt-T00000000001"]
    assert sanction["properties"]["listingDate"] == ["2022-02-26"]
    assert sanction["properties"]["programId"] == ["own-regime"]


def test_a_measure_against_a_state_is_a_sanction_too(tmp_path: Path) -> None:
    fill()
    found = {one["id"]: one for one in export(tmp_path)}
    (measure,) = (one for one in found.values() if one["caption"] == "A freeze")
    assert measure["properties"]["entity"] == ["plt-party-ru"]
    assert measure["properties"]["provisions"] == ["Asset freeze", "Travel ban"]
    assert measure["properties"]["authority"] == ["Land IT", "Land FR"]
    assert found["plt-party-ru"]["schema"] == "PublicBody"


def test_what_a_property_does_not_take_is_told_in_the_notes() -> None:
    found: Properties = {}
    add_detail(found, "Person", "birthDate", ["around 1960"])
    add_detail(found, "Person", "nationality", ["Soviet", "by"])
    add_detail(found, "Vessel", "position", ["Captain"])
    add_detail(found, "Person", "passportNumber", ["1" * 65])
    add_detail(found, "Person", "website", ["https://example.org,"])
    assert found == {
        "notes": ["birthDate: around 1960", "nationality: Soviet", "position: Captain", f"passportNumber: {'1' * 65}"],
        "nationality": ["by"],
        "website": ["https://example.org"],
    }
