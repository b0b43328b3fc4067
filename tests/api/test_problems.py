"""Wrong parameters, wrong methods and wrong addresses: each answered with a sentence, none with a crash."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.api.making import ROOT, get, measure
from tests.builders import published

pytestmark = pytest.mark.django_db

LISTS = ["pledges/", "sanctions/", "parties/", "articles/", "exchange-rates/", "programmes/", "designations/"]
TOTALS = ["totals/", "sanctions/totals/"]


def detail(path: str, **query: str) -> str:
    """The sentence of a 400."""
    problem = get(path, status=400, **query)
    assert (problem["status"], problem["title"]) == (400, "Wrong parameter")
    return str(problem["detail"])


@pytest.mark.parametrize(
    ("path", "query", "sentence"),
    [
        (
            "totals/",
            {"group_by": "donor,colour"},
            "group_by: “colour” is not allowed. Allowed: donor, donor_group, recipient, type, finance_type, in_kind, "
            "stage, item_category, year, quarter, month.",
        ),
        ("totals/", {"currency": "GBP"}, "currency: “GBP” is not allowed. Allowed: EUR, USD."),
        ("totals/", {"currency": "eur"}, "currency: “eur” is not allowed. Allowed: EUR, USD."),
        ("totals/", {"currency": ""}, "currency: “” is not allowed. Allowed: EUR, USD."),
        (
            "totals/",
            {"type": "militry"},
            "type: “militry” is not allowed. Allowed: military, financial, humanitarian, mixed, unspecified.",
        ),
        ("totals/", {"group_by": "donor,donor"}, "group_by: “donor” is not needed twice. Name each value once."),
        (
            "totals/",
            {"donor": "ITALY"},
            "donor: “ITALY” is not the code of a party (codes are case-sensitive). "
            "Allowed: the codes listed at /api/v1/parties/.",
        ),
        ("totals/", {"in_kind": "yes"}, "in_kind: “yes” is not allowed. Allowed: true, false."),
        ("totals/", {"dataset": "kiel"}, "dataset: “kiel” is not a dataset. Allowed: tracker."),
        ("totals/", {"include": "drafts"}, "include: “drafts” is not allowed. Allowed: refugee_costs, fulfilment."),
        (
            "totals/",
            {"stage": "pledge,,delivery"},
            "stage: “pledge,,delivery” is not a list of codes. Write one code, or several separated by commas.",
        ),
        (
            "pledges/",
            {"announced_from": "2022-02-30"},
            "announced_from: “2022-02-30” is not a day. Allowed: a day of the calendar as YYYY-MM-DD, "
            "such as 2022-02-27.",
        ),
        (
            "pledges/",
            {"announced_from": "2022-03-01", "announced_until": "2022-02-01"},
            "announced_until: 2022-02-01 lies before announced_from, 2022-03-01. Allowed: that day or a later one.",
        ),
        ("pledges/", {"page": "0"}, "page: “0” is not allowed. Allowed: a whole number from 1 to 1000000."),
        ("pledges/", {"page_size": "5000"}, "page_size: “5000” is not allowed. Allowed: a whole number from 0 to 200."),
        (
            "pledges/",
            {"ordering": "size"},
            "ordering: “size” is not allowed. Allowed: -announced, announced, -published, published, -modified, "
            "modified, -amount, amount.",
        ),
        (
            "sanctions/totals/",
            {"group_by": "donor"},
            "group_by: “donor” is not allowed. Allowed: imposer, target, measure, action, target_kind, programme.",
        ),
        ("vocabularies/", {"colour": "red"}, "There is no parameter “colour” here. Allowed: format."),
        ("vocabularies/", {"format": "csv"}, "format: “csv” is not given here. Allowed: json."),
    ],
)  # fmt: skip
def test_a_wrong_parameter_is_named_with_its_value_and_what_is_allowed(
    path: str, query: dict[str, Any], sentence: str
) -> None:
    told = detail(path, **query)
    assert told.rstrip(".") == sentence.rstrip(".")


def test_each_wrong_parameter_is_told_of_at_once() -> None:
    problem = get("totals/", status=400, currency="GBP", type="arms")
    assert [(error["parameter"], error["value"]) for error in problem["errors"]] == [
        ("currency", "GBP"), ("type", "arms"),
    ]  # fmt: skip
    assert problem["errors"][0]["allowed"] == ["EUR", "USD"]
    assert "currency: " in problem["detail"]
    assert "type: " in problem["detail"]


@pytest.mark.parametrize("path", [*LISTS, *TOTALS, "", "parties/IT/"])
def test_an_unknown_parameter_is_an_error_everywhere(path: str) -> None:
    assert "There is no parameter “colour” here." in detail(path, colour="red")


@pytest.mark.parametrize("path", ["pledges", "sanctions"])
def test_a_single_record_takes_no_filters(path: str) -> None:
    made = published() if path == "pledges" else measure()
    assert detail(f"{path}/{made.public_id}/", donor="IT").endswith("Allowed: expand, fields, format.")


def test_a_parameter_that_comes_twice_is_an_error() -> None:
    answer = Client().get(ROOT + "totals/?currency=EUR&currency=USD")
    assert answer.status_code == 400
    assert answer.json()["detail"].startswith("currency: it is given 2 times.")


def test_problems_are_sent_as_problem_details() -> None:
    for path, status in (("totals/?currency=X", 400), ("pledges/P2222222/", 404), ("nothing/at/all/", 404)):
        answer = Client().get(ROOT + path)
        assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
        problem = answer.json()
        assert {"type", "title", "status", "detail", "instance"} <= set(problem)
        assert problem["instance"] == "/api/v1/" + path.split("?")[0]


def test_a_page_beyond_the_last_is_not_found_and_the_last_is_told() -> None:
    assert get("pledges/", status=404, page="7")["detail"] == "page: there is no page 7. Allowed: 1 to 1."


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize("path", ["", *LISTS, *TOTALS, "pledges/P2222222/", "schema/", "docs/"])
def test_writing_is_refused_everywhere(method: str, path: str) -> None:
    answer: Any = getattr(Client(), method)(ROOT + path)
    assert (answer.status_code, answer["Content-Type"]) == (405, "application/problem+json")
    assert answer.json()["detail"].startswith("This API is read-only")
    assert answer["Cache-Control"] == "no-store"


def test_an_address_without_its_last_slash_is_led_to_the_right_one() -> None:
    answer = Client().get("/api/v1/pledges")
    assert (answer.status_code, answer["Location"]) == (301, "/api/v1/pledges/")


def test_an_address_where_nothing_is_says_where_to_start() -> None:
    assert get("colours/", status=404)["detail"] == (
        "There is nothing at this address. http://testserver/api/v1/ lists what there is."
    )


def test_a_format_that_is_not_given_is_refused() -> None:
    answer = Client().get(ROOT + "totals/", headers={"accept": "application/xml"})
    assert (answer.status_code, answer["Content-Type"]) == (406, "application/problem+json")
    assert answer.json()["detail"].endswith("application/x-ndjson.")
    assert "text/html" in Client().get(ROOT + "docs/", headers={"accept": "image/png"}).json()["detail"]


HURTFUL = [
    "\x00", "'; DROP TABLE pledges_pledge; --", "é", "\u202egnp.exe", "9" * 5000, "-1", "٣", "1e9", "null", "😀" * 500,
    "%", "IT,\x00", ",", " ", "../../etc/passwd", "{{7*7}}",
]  # fmt: skip


@pytest.mark.parametrize("value", HURTFUL)
def test_no_value_of_a_parameter_breaks_anything(value: str) -> None:
    names = {
        "totals/": ["group_by", "currency", "dataset", "donor", "recipient", "type", "stage", "in_kind", "include"],
        "pledges/": ["donor", "announced_from", "page", "page_size", "ordering", "dataset"],
        "sanctions/": ["imposer", "in_force_on", "measure"],
        "parties/": ["kind", "member_of", "member_on"],
    }
    for path, parameters in names.items():
        for name in parameters:
            answer = Client().get(ROOT + path, {name: value})
            assert answer.status_code == 400, (path, name)
            assert len(answer.content) < 3000
            assert name in answer.json()["detail"]


@pytest.mark.parametrize("value", HURTFUL)
def test_no_name_of_a_parameter_breaks_anything(value: str) -> None:
    answer = Client().get(ROOT + "totals/", {value: "1"})
    assert answer.status_code == 400
    assert len(answer.content) < 3000


@pytest.mark.parametrize(
    "path",
    [
        "pledges/%00/", "parties/%00/", "articles/999999999999999999/", "parties/%F0%9F%98%80/", "pledges/%0A/",
        "articles/-1/", "sanctions/" + "9" * 3000 + "/", "parties/%ED%A0%80/", "%0A/", "pledges/%ff/",
    ],
)  # fmt: skip
def test_no_address_breaks_anything(path: str) -> None:
    answer = Client().get(ROOT + path)
    assert answer.status_code == 404
    assert len(answer.content) < 2000


def test_a_list_of_values_has_an_end() -> None:
    assert "100 are the most" in detail("totals/", donor=",".join(f"A{n}" for n in range(5000)))


def test_answers_may_be_kept_for_a_minute_and_read_from_anywhere() -> None:
    made = published()
    for path in ("", "totals/", "pledges/", f"pledges/{made.public_id}/", "schema/"):
        answer = Client().get(ROOT + path, headers={"origin": "https://elsewhere.example"})
        assert answer["Cache-Control"].startswith("public, max-age=60, s-maxage=60, "), path
        assert answer["Access-Control-Allow-Origin"] == "*"
        assert "Set-Cookie" not in answer


def test_wrong_questions_are_not_kept() -> None:
    assert Client().get(ROOT + "totals/", {"currency": "X"})["Cache-Control"] == "no-store"


def test_head_answers_without_a_body() -> None:
    answer = Client().head(ROOT + "totals/")
    assert (answer.status_code, answer.content) == (200, b"")
