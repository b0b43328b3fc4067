"""What is worked out record by record has a limit, and says so."""

from __future__ import annotations

import pytest

from tests.api.making import get
from tests.builders import euros, published, rates

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["totals/", "totals/explain/", "totals/cumulative/"])
def test_a_question_in_another_currency_over_too_many_lines_is_refused(
    path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pledges.totals.asking.MOST_WALKED", 1)
    rates(SEK="10.6")
    for _ in range(2):
        published(**euros("1"))
    problem = get(path, status=400, currency="SEK")
    assert problem["errors"][0]["parameter"] == "currency"
    assert "Ask for less" in problem["detail"]
    assert get(path, currency="EUR")


def test_as_many_lines_as_are_allowed_are_worked_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pledges.totals.asking.MOST_WALKED", 2)
    rates(SEK="10.6")
    for _ in range(2):
        published(**euros("1"))
    assert get("totals/", currency="SEK")["total"]["count"] == 2
