"""Pages far behind in a list, and counts that are kept."""

from __future__ import annotations

from typing import Any

import pytest

from pledges.services import withdraw_pledge
from tests.api.making import get
from tests.builders import NOW, euros, person, published

pytestmark = pytest.mark.django_db


def test_a_page_far_behind_has_the_rows_that_reading_all_before_it_would_give(monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(7):
        published(f"Pledge {number}", **euros("1"))
    near = get("pledges/?page_size=2&page=3")
    monkeypatch.setattr("api.paging.NEAR", 0)
    assert get("pledges/?page_size=2&page=3") == near
    assert len(near["results"]) == 2


@pytest.mark.parametrize("query", ["", "?donor=IT", "?dataset=tracker&page_size=1", "?donor=SE"])
def test_the_count_is_exact_whether_it_is_kept_or_counted(query: str) -> None:
    made: list[Any] = [published(f"Pledge {number}", donors=(code,)) for number, code in enumerate(("IT", "SE", "IT"))]
    withdraw_pledge(made[0].pk, reason="Never promised.", now=NOW, acting_user=person())
    assert get(f"pledges/{query}")["count"] == (2 if "donor" not in query else 1)
