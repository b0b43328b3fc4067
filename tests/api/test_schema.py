"""The API's description: made without a warning, and true of the answers."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from jsonschema import Draft202012Validator, FormatChecker  # type: ignore[import-untyped]

from api.serializers.pledges import WhyLeftOut
from api.vocabularies import VOCABULARIES
from pledges.counting import LeftOut
from pledges.services import correct_pledge, merge_pledge, withdraw_pledge
from reference.services import load_parties, tracker_dataset
from sanctions.models import LegalAct, Programme, Round
from sanctions.services import correct_measure
from tests.api.making import ROOT, get, listing, measure, measure_draft, rich_pledge, take_in
from tests.builders import NOW, draft, euros, person, published, rates

pytestmark = pytest.mark.django_db

# How the schema writes the addresses that the tests ask.
TEMPLATES = {"vocabularies/stages/": "vocabularies/{name}/", "parties/EU/timeline/": "parties/{code}/timeline/"}


@pytest.fixture(scope="module")
def described() -> dict[str, Any]:
    """The schema as it is served."""
    answer = Client().get(ROOT + "schema/", headers={"accept": "application/vnd.oai.openapi+json"})
    schema: dict[str, Any] = answer.json()
    return schema


def check(described: dict[str, Any], template: str, status: int, body: Any) -> None:
    """Hold an answer against what is described for it. Members that are not described are an error."""
    content = described["paths"][ROOT + template]["get"]["responses"][str(status)]["content"]
    media = next(media for kind, media in content.items() if kind.endswith("json"))
    whole = {"components": described["components"], **media["schema"]}
    errors = list(Draft202012Validator(whole, format_checker=FormatChecker()).iter_errors(body))
    assert errors == [], [f"{list(error.path)}: {error.message[:300]}" for error in errors]
    named = media["schema"].get("anyOf", [media["schema"]])[0]
    name = named["$ref"].rsplit("/", 1)[-1]
    assert set(body) <= set(described["components"]["schemas"][name]["properties"])


def test_the_generator_has_no_warning() -> None:
    call_command("spectacular", "--fail-on-warn", "--validate", stdout=StringIO())


def test_it_is_openapi_3_1_in_json_and_in_yaml(described: dict[str, Any]) -> None:
    assert described["openapi"].startswith("3.1")
    answer = Client().get(ROOT + "schema/", headers={"accept": "application/vnd.oai.openapi"})
    assert answer.content.startswith(b"openapi: 3.1")


@pytest.mark.parametrize("accept", ["application/json", "*/*", "application/vnd.oai.openapi+json"])
def test_whoever_asks_for_json_gets_the_description_in_json(accept: str) -> None:
    assert Client().get(ROOT + "schema/", headers={"accept": accept}).json()["openapi"].startswith("3.1")


def test_the_written_guide_names_every_address(described: dict[str, Any]) -> None:
    guide = (Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8")
    for path in described["paths"]:
        assert f"`{path.removeprefix(ROOT) or '/'}`" in guide, path


def test_every_operation_and_parameter_is_described(described: dict[str, Any]) -> None:
    for path, operations in described["paths"].items():
        assert set(operations) == {"get"}, path
        operation = operations["get"]
        assert operation["summary"], path
        assert operation["description"], path
        for parameter in operation.get("parameters", []):
            assert parameter["in"] == "path" or parameter["description"], (path, parameter["name"])


@pytest.mark.parametrize(
    "path",
    [
        "",
        "pledges/",
        "sanctions/",
        "parties/",
        "articles/",
        "totals/",
        "sanctions/totals/",
        "vocabularies/",
        "vocabularies/stages/",
        "exchange-rates/",
        "programmes/",
        "parties/EU/timeline/",
        "changes/",
        "corrections/",
        "designations/",
    ],
)
def test_the_parameters_that_are_described_are_those_that_are_taken(described: dict[str, Any], path: str) -> None:
    template = TEMPLATES.get(path, path)
    parameters = described["paths"][ROOT + template]["get"].get("parameters", [])
    told = {parameter["name"] for parameter in parameters if parameter["in"] == "query"}
    taken = get(path, status=400, colour="red")["errors"][0]["allowed"]
    assert told == set(taken)


def test_answers_about_pledges_are_as_described(described: dict[str, Any]) -> None:
    rates()
    rich = rich_pledge()
    part = published("Part", package_id=rich.pk, **euros("3", qualifier="at_least"))
    later = published("Later", supersedes_id=part.pk, in_kind=True, sector="72040", goods_from="stock",
                      type="humanitarian")  # fmt: skip
    check(described, "pledges/", 200, get("pledges/"))
    for one in (rich, part, later):
        check(described, "pledges/{public_id}/", 200, get(f"pledges/{one.public_id}/"))
    check(described, "parties/{code}/timeline/", 200, get("parties/IT/timeline/"))
    check(described, "articles/", 200, get("articles/"))
    check(described, "articles/{id}/", 200, get("articles/")["results"][0])


def test_answers_about_measures_are_as_described(described: dict[str, Any]) -> None:
    programme = Programme.objects.create(key="p", name="A regime", dataset=tracker_dataset())
    LegalAct.objects.create(programme=programme, title="An act")
    batch = Round.objects.create(name="A package", number=3)
    made = measure(programme_id=programme.pk, round_id=batch.pk, sectors="oil")
    check(described, "sanctions/", 200, get("sanctions/"))
    check(described, "sanctions/{public_id}/", 200, get(f"sanctions/{made.public_id}/"))
    check(described, "parties/{code}/timeline/", 200, get("parties/RU/timeline/"))
    for group_by in ("imposer,measure", "target,action,target_kind,programme"):
        check(described, "sanctions/totals/", 200, get("sanctions/totals/", group_by=group_by))


def test_answers_about_lists_are_as_described(described: dict[str, Any]) -> None:
    made = take_in(listing("1", "A Company", aliases=("Another",)), listing("2", "Two", listed_on=None))
    check(described, "programmes/", 200, get("programmes/"))
    check(described, "programmes/{key}/", 200, get("programmes/EU-X/"))
    check(described, "designations/", 200, get("designations/"))
    for one in made:
        check(described, "designations/{public_id}/", 200, get(f"designations/{one.public_id}/"))


def test_changes_and_corrections_are_as_described(described: dict[str, Any]) -> None:
    rich, other, gone, ban = rich_pledge(), published("Same"), published("Gone"), measure("Ban")
    correct_pledge(rich.pk, draft("Told better", **euros("7")), now=NOW, acting_user=person())
    merge_pledge(other.pk, into_id=rich.pk, now=NOW, acting_user=person())
    withdraw_pledge(gone.pk, reason="Wrong.", now=NOW, acting_user=person())
    correct_measure(ban.pk, measure_draft("Ban", sectors="oil"), now=NOW, acting_user=person())
    check(described, "changes/", 200, get("changes/"))
    check(described, "corrections/", 200, get("corrections/"))
    check(described, "corrections/", 200, get("corrections/", page_size="1"))


def test_totals_are_as_described(described: dict[str, Any]) -> None:
    published("Joint", donors=("IT", "ES"), **euros("5"))
    published("Goods", in_kind=True)
    for group_by in ("donor,type", "recipient,finance_type,in_kind,stage"):
        check(described, "totals/", 200, get("totals/", group_by=group_by))
    check(described, "totals/", 200, get("totals/", donor="IT", in_kind="false"))
    check(described, "totals/explain/", 200, get("totals/explain/"))


def test_the_rest_is_as_described(described: dict[str, Any]) -> None:
    load_parties()
    check(described, "", 200, get(""))
    check(described, "parties/", 200, get("parties/", page_size="200"))
    check(described, "parties/{code}/", 200, get("parties/EIB/"))
    check(described, "vocabularies/", 200, get("vocabularies/"))
    for name in VOCABULARIES:
        check(described, "vocabularies/{name}/", 200, get(f"vocabularies/{name}/"))
    rates(SEK="10.6")
    check(described, "exchange-rates/", 200, get("exchange-rates/"))


def test_problems_are_as_described(described: dict[str, Any]) -> None:
    made = published()
    withdraw_pledge(made.pk, reason="Wrong.", now=NOW, acting_user=person())
    check(described, "totals/", 400, get("totals/", status=400, currency="X"))
    check(described, "pledges/{public_id}/", 404, get("pledges/P2222222/", status=404))
    check(described, "pledges/{public_id}/", 410, get(f"pledges/{made.public_id}/", status=410))


def test_every_reason_for_not_counting_a_pledge_is_described() -> None:
    assert {reason.value for reason in WhyLeftOut} == {reason.value for reason in LeftOut if reason.value}
