"""What the database adds up over records has a limit of time, and says so."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import OperationalError, connection
from pytest_django import Settings

from pledges.totals import TooSlowError, at_most, bounded
from tests.api.making import get
from tests.builders import euros, published

pytestmark = pytest.mark.django_db

# Goes on for hours where nobody stops it, on both databases.
ENDLESS = (
    "WITH RECURSIVE numbers(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM numbers WHERE i < 1000000000) "
    "SELECT COUNT(*) FROM numbers"
)


def run(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        cursor.fetchall()


def test_a_statement_that_goes_on_too_long_is_stopped() -> None:
    with at_most(0.05), pytest.raises(TooSlowError, match="Ask for less"), bounded():
        run(ENDLESS)


def test_the_connection_can_be_used_afterwards_without_a_limit() -> None:
    with at_most(0.05), pytest.raises(TooSlowError), bounded():
        run(ENDLESS)
    published(**euros("5"))
    run(ENDLESS.replace("1000000000", "300000"))
    assert get("totals/")["total"]["count"] == 1


def test_several_statements_have_one_limit_together() -> None:
    with at_most(0.05):
        with pytest.raises(TooSlowError), bounded():
            run(ENDLESS)
        with pytest.raises(TooSlowError), bounded():
            run(ENDLESS)


def test_without_a_limit_nothing_is_stopped() -> None:
    with bounded():
        run("SELECT 1")
    with at_most(0), bounded():
        run("SELECT 1")


def test_an_error_of_the_database_stays_what_it_is() -> None:
    with at_most(60), pytest.raises(OperationalError), bounded():
        raise OperationalError("The disk is full.")


@pytest.mark.parametrize(
    ("path", "asked", "named"),
    [
        ("totals/", {"q": "money"}, "q"),
        ("totals/", {"group_by": "donor_group"}, "group_by"),
        ("totals/", {"currency": "USD", "valued": "true"}, "valued"),
        ("totals/", {"include": "fulfilment"}, "include"),
        ("totals/cumulative/", {"has_delivery": "true"}, "has_delivery"),
        ("totals/explain/", {"amount_min": "5"}, "amount_min"),
        ("totals/diff/", {"from": "2022-01-01"}, "dataset"),
        ("items/totals/", {}, "dataset"),
    ],
)
def test_a_question_that_takes_too_long_is_told_what_to_ask_instead(
    path: str, asked: dict[str, str], named: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.API_SECONDS_OF_SUMMING = 0.000_001
    published(**euros("5"))

    def slow(_until: float) -> Any:
        raise OperationalError("interrupted")

    monkeypatch.setattr("pledges.totals.bounding._sqlite", slow)
    monkeypatch.setattr("pledges.totals.bounding._postgresql", slow)
    problem = get(path, status=400, **asked)
    assert problem["errors"][0]["parameter"] == named
    assert "sums are kept for" in problem["detail"]


def test_what_sums_are_kept_for_has_no_limit(settings: Settings) -> None:
    settings.API_SECONDS_OF_SUMMING = 0.000_001
    published(**euros("5"))
    assert get("totals/", group_by="donor,type,stage,month")["total"]["count"] == 1
