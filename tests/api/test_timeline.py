"""Aid and sanctions of one party in one dated list."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from sanctions.drafts import StepDraft
from tests.api.making import get, measure, unpublished
from tests.builders import party, published

pytestmark = pytest.mark.django_db

MARCH, JUNE = date(2022, 3, 2), date(2022, 6, 1)


def told(code: str, **query: Any) -> list[tuple[str | None, str, str]]:
    """Day, role and title of each entry."""
    return [
        (row["day"], row["role"], (row["pledge"] or row["measure"])["title"])
        for row in get(f"parties/{code}/timeline/", **query)["results"]
    ]


@pytest.fixture(autouse=True)
def record() -> None:
    """What Russia, Italy and the EU give, get, impose and suffer."""
    published("Money")
    published("Gas aid", donors=("RU",), to=("IT",), announced_earliest=MARCH, announced_latest=MARCH)
    published("Undated", announced_earliest=None, announced_latest=None, announced_precision="unknown")
    measure("Freeze")
    measure("Counter-ban", imposers=(party("RU"),), targets=(party("EU"), party("IT")),
            steps=(StepDraft(adopted_on=JUNE, ref="s"),))  # fmt: skip
    unpublished("Not told", donors=("RU",))


def test_what_a_party_gives_gets_imposes_and_suffers_stands_in_one_list_newest_first() -> None:
    assert told("RU") == [
        ("2022-06-01", "imposer", "Counter-ban"), ("2022-03-02", "donor", "Gas aid"),
        ("2022-02-25", "target", "Freeze"),
    ]  # fmt: skip


def test_undated_records_stand_last() -> None:
    assert told("IT") == [
        ("2022-06-01", "target", "Counter-ban"), ("2022-03-02", "recipient", "Gas aid"),
        ("2022-02-25", "donor", "Money"), (None, "donor", "Undated"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ({"role": "donor"}, ["Money", "Undated"]),
        ({"role": "recipient,target"}, ["Counter-ban", "Gas aid"]),
        ({"role": "imposer"}, []),
        ({"day_from": "2022-03-01"}, ["Counter-ban", "Gas aid"]),
        ({"day_until": "2022-03-01"}, ["Money"]),
    ],
)
def test_a_timeline_can_be_asked_for_by_role_and_day(query: dict[str, Any], titles: list[str]) -> None:
    assert [title for _, _, title in told("IT", **query)] == titles


def test_pages_of_a_timeline_keep_one_order() -> None:
    page = get("parties/IT/timeline/", page_size="3", page="2")
    assert (page["count"], page["next"], len(page["results"])) == (4, None, 1)
    assert page["results"][0]["pledge"]["title"] == "Undated"


def test_a_party_that_nobody_knows_has_no_timeline() -> None:
    assert get("parties/ZZ/timeline/", status=404)["detail"].startswith("No party has the code “ZZ”.")
    assert "role: “giver” is not allowed" in get("parties/IT/timeline/", status=400, role="giver")["detail"]
