"""The examples of the description: one for each endpoint and each error, and true of what is answered.

``WRITE_EXAMPLES=1`` writes those of answers anew.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.core.cache import caches
from django.test import Client
from jsonschema import Draft202012Validator, FormatChecker  # type: ignore[import-untyped]
from pytest_django import Settings

from api import answers
from api.throttling import COUNTING
from reference.models import Dataset
from tests.api.making import ROOT, rich_pledge
from tests.builders import NOW
from tests.fuzz.record import known_values, make_record

pytestmark = pytest.mark.django_db

QUERIES = {
    "totals/": "group_by=donor,type&currency=EUR",
    "totals/explain/": "donor=IT&page_size=1",
    "sanctions/totals/": "group_by=imposer,measure",
    "totals/cumulative/": "by=month",
    "totals/diff/": "from=2022-03-01&until=2022-03-10T12:00:00Z",
}


KINDS = {
    "sanctions/{public_id}/": "sanction", "designations/{public_id}/": "designation", "datasets/{key}/": "dataset"
}  # fmt: skip


@pytest.fixture(autouse=True)
def at_one_moment() -> Iterator[None]:
    """So that the moments in answers stand still."""
    with time_machine.travel(NOW, tick=False):
        yield


def described() -> dict[str, Any]:
    answers.answers.cache_clear()
    found: dict[str, Any] = Client().get(f"{ROOT}schema/").json()
    return found


def question(path: str, known: dict[str, list[str]]) -> str:
    """A question to an endpoint that has a good answer."""
    own = path.removeprefix(ROOT)
    for name, values in known.items():
        kind = KINDS.get(own, name)
        own = own.replace(f"{{{name}}}", known.get(kind, values)[0])
    asked = QUERIES.get(own) or ("page_size=1" if "{" not in path else "")
    return f"{own}?{asked}" if asked else own


def answer(path: str, known: dict[str, list[str]]) -> tuple[str, Any]:
    """The question and the answer, of however many rows the endpoint gives."""
    asked = question(path, known)
    found = Client(SERVER_NAME="testserver").get(ROOT + asked)
    if found.status_code == 400 and asked.endswith("?page_size=1"):
        asked = asked.partition("?")[0]
        found = Client().get(ROOT + asked)
    assert found.status_code == 200, (asked, found.content)
    return asked, found.json()


def shape(value: Any) -> Any:
    """The members of an answer, without their values."""
    if isinstance(value, dict):
        return {name: shape(one) for name, one in value.items()}
    return [shape(value[0])] if isinstance(value, list) and value else None


def everything() -> dict[str, list[str]]:
    make_record()
    rich_pledge("Money and goods")
    known = known_values()
    known["code"] = ["EU"]
    known["designation"] = [row["id"] for row in Client().get(f"{ROOT}designations/").json()["results"]]
    return known


def json_paths(schema: dict[str, Any]) -> list[str]:
    return [path for path in schema["paths"] if good(schema, path)]


def good(schema: dict[str, Any], path: str) -> dict[str, Any]:
    """What is described of an endpoint's good answer in JSON; nothing where it answers in another format."""
    found: dict[str, Any] = schema["paths"][path]["get"]["responses"]["200"]["content"].get("application/json", {})
    return found


def test_every_answer_has_an_example_of_the_shape_that_the_application_gives() -> None:
    known, schema = everything(), described()
    made = {path: answer(path, known) for path in json_paths(schema)}
    if os.environ.get("WRITE_EXAMPLES"):
        kept = {path: {"question": asked, "answer": told} for path, (asked, told) in made.items()}
        text = json.dumps(kept, indent=1, ensure_ascii=False).replace("http://testserver", answers.HOST)
        answers.FILE.parent.mkdir(exist_ok=True)
        answers.FILE.write_text(text + "\n", encoding="utf-8")
        answers.answers.cache_clear()
    for path, (_, told) in made.items():
        shown: Any = answers.answers().get(path)
        if shown is None and schema["paths"][path]["get"]["responses"]["200"]["content"]["application/json"].get(
            "examples"
        ):
            continue
        assert shown is not None, f"{path} has no example: run this test with WRITE_EXAMPLES=1"
        assert shape(shown["answer"]) == shape(told), path


def test_every_example_is_as_described() -> None:
    schema = described()
    shown = 0
    for path, ways in schema["paths"].items():
        for status, response in ways["get"]["responses"].items():
            for kind, media in response.get("content", {}).items():
                if not kind.endswith("json") or kind.endswith("ndjson"):
                    continue
                assert media.get("examples"), (path, status, kind)
                for one in media["examples"].values():
                    whole = {"components": schema["components"], **media["schema"]}
                    errors = list(Draft202012Validator(whole, format_checker=FormatChecker()).iter_errors(one["value"]))
                    assert errors == [], (path, status, [error.message[:300] for error in errors])
                    shown += 1
    assert shown > 100


def problems_of(schema: dict[str, Any], path: str) -> dict[str, dict[str, Any]]:
    """The examples of errors of an endpoint, by status."""
    found = {}
    for status, response in schema["paths"][path]["get"]["responses"].items():
        if "application/problem+json" in response.get("content", {}):
            (example, *_) = response["content"]["application/problem+json"]["examples"].values()
            found[status] = example["value"]
    return found


def test_every_error_has_an_example_like_the_error_that_is_really_answered(settings: Settings) -> None:
    known, schema = everything(), described()
    caches["throttle"].clear()
    checked = 0
    for path in schema["paths"]:
        address = ROOT + question(path, known).partition("?")[0]
        told = problems_of(schema, path)
        wrong = Client().get(address, {"colour": "red"})
        if told["400"]["errors"][0]["parameter"] == "colour":
            assert wrong.json()["errors"][0]["allowed"] == told["400"]["errors"][0]["allowed"], path
        compare(wrong, told["400"])
        compare(Client().get(address, headers={"accept": "image/png"}), told["406"])
        settings.API_REQUESTS_PER_MINUTE = 1
        COUNTING.silent_until = 0.0
        Client().get(address)
        compare(Client().get(address), told["429"])
        settings.API_REQUESTS_PER_MINUTE = 0
        caches["throttle"].clear()
        checked += 3
    assert checked >= 3 * len(schema["paths"])


def test_what_is_gone_closed_or_unknown_answers_like_its_example() -> None:
    known, schema = everything(), described()
    gone = [one for one in known["public_id"] if Client().get(f"{ROOT}pledges/{one}/").status_code == 410]
    compare(Client().get(f"{ROOT}pledges/{gone[0]}/"), problems_of(schema, f"{ROOT}pledges/{{public_id}}/")["410"])
    compare(Client().get(f"{ROOT}pledges/P2222222/"), problems_of(schema, f"{ROOT}pledges/{{public_id}}/")["404"])
    Dataset.objects.update(redistributable=False)
    shut = Client().get(f"{ROOT}pledges/{known['pledge'][0]}/")
    compare(shut, problems_of(schema, f"{ROOT}pledges/{{public_id}}/")["403"])


def compare(answered: Any, example: dict[str, Any]) -> None:
    """An error and its example: of the same kind, with the same members."""
    body = answered.json()
    assert answered["Content-Type"] == "application/problem+json"
    assert (answered.status_code, set(body)) == (example["status"], set(example))
    assert [body[name] for name in ("type", "title", "status")] == [
        example[name] for name in ("type", "title", "status")
    ]
