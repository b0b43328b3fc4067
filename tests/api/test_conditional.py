"""Answers that were given already: ETag, 304, and when they are made anew."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from pledges.services import withdraw_pledge
from tests.api.making import ROOT, measure, rich_pledge
from tests.builders import NOW, euros, person, published

pytestmark = pytest.mark.django_db

TOTALS = "totals/?group_by=donor"


def ask(path: str, held: str = "", **headers: str) -> HttpResponse:
    given: dict[str, Any] = {"If-None-Match": held, **headers} if held else dict(headers)
    answer: HttpResponse = Client().get(ROOT + path, headers=given)  # type: ignore[assignment]
    return answer


@pytest.mark.parametrize(
    "path",
    [
        TOTALS,
        "pledges/",
        "sanctions/",
        "designations/",
        "changes/",
        "corrections/",
        "parties/EU/timeline/",
        "sanctions/totals/",
        "pledge",
        "sanction",
    ],
)
def test_an_unchanged_answer_is_not_given_again(path: str) -> None:
    pledge, ban = rich_pledge(), measure("Ban")
    path = {"pledge": f"pledges/{pledge.public_id}/", "sanction": f"sanctions/{ban.public_id}/"}.get(path, path)
    first = ask(path)
    again = ask(path, first.headers["ETag"])
    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")
    for name in ("ETag", "Last-Modified", "Cache-Control", "Vary"):
        assert again.headers.get(name) == first.headers.get(name), name


def test_an_unchanged_answer_costs_one_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    published("Money", **euros("5"))
    held = ask(TOTALS).headers["ETag"]
    with django_assert_num_queries(1):
        assert ask(TOTALS, held).status_code == 304


def test_any_change_of_the_record_makes_the_answer_anew() -> None:
    pledge = published("Money", **euros("5"))
    held = ask(TOTALS).headers["ETag"]
    withdraw_pledge(pledge.pk, reason="It was never promised.", acting_user=person(), now=NOW + timedelta(days=1))
    answer = ask(TOTALS, held)
    assert answer.status_code == 200
    assert answer.headers["ETag"] != held


def test_a_withdrawn_record_is_told_as_gone_whatever_the_reader_holds() -> None:
    pledge = published("Money", **euros("5"))
    path = f"pledges/{pledge.public_id}/"
    held = ask(path).headers["ETag"]
    withdraw_pledge(pledge.pk, reason="It was never promised.", acting_user=person(), now=NOW + timedelta(days=1))
    assert ask(path, held).status_code == 410


def test_an_answer_of_yesterday_is_made_anew_for_what_is_in_force_depends_on_the_day() -> None:
    with time_machine.travel(datetime.fromisoformat("2026-05-04T23:59:00+00:00"), tick=False):
        held = ask("sanctions/totals/").headers["ETag"]
        assert ask("sanctions/totals/", held).status_code == 304
    with time_machine.travel(datetime.fromisoformat("2026-05-05T00:01:00+00:00"), tick=False):
        assert ask("sanctions/totals/", held).status_code == 200


def test_a_new_release_makes_answers_anew(settings: Settings) -> None:
    held = ask(TOTALS).headers["ETag"]
    settings.RELEASE = "2.0.0"
    assert ask(TOTALS, held).status_code == 200


def test_another_question_has_another_version() -> None:
    assert ask(TOTALS).headers["ETag"] != ask("totals/?group_by=type").headers["ETag"]


@pytest.mark.parametrize("held", ["*", '"x"', "W/", ",,,", '"' * 5000, "\ud83d".encode("utf-8", "replace").decode()])
def test_what_is_no_version_of_ours_gets_the_whole_answer(held: str) -> None:
    assert ask(TOTALS, held).status_code == 200


def test_one_of_several_versions_held_is_enough() -> None:
    etag = ask(TOTALS).headers["ETag"]
    assert ask(TOTALS, f'"other", {etag}').status_code == 304


def test_errors_have_no_version() -> None:
    answer = ask("totals/?currency=XYZ")
    assert answer.status_code == 400
    assert "ETag" not in answer.headers
