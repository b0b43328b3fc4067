"""An answer of totals has only so many rows, and one that would have more is refused with what to do."""

from __future__ import annotations

import pytest

from tests.api.making import get
from tests.builders import euros, published, rates

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def two_rows() -> None:
    rates()
    published(**euros("1"), type="military")
    published(**euros("1"), type="financial")


def test_dimensions_that_make_too_many_rows_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pledges.totals.answering.MOST_ROWS", 1)
    problem = get("totals/", status=400, group_by="donor,type")
    assert problem["errors"][0]["parameter"] == "group_by"
    assert problem["errors"][0]["value"] == "donor,type"
    assert "Group by fewer" in problem["detail"]


def test_as_many_rows_as_are_allowed_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pledges.totals.answering.MOST_ROWS", 2)
    assert len(get("totals/", group_by="donor,type")["results"]) == 2
