"""Records of an earlier release get what they lack, once."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pledges.models import Pledge, TotalLine
from pledges.totals import totals
from pledges.upgrading import ensure_breakdowns
from tests.builders import NOW, euros, published, rates

pytestmark = pytest.mark.django_db


def test_an_older_record_gets_its_breakdown_and_its_lines_once() -> None:
    rates(SEK="10.6")
    published(stated=Decimal(1_000_000), currency="SEK")
    Pledge.objects.update(breakdown={})
    TotalLine.objects.update(made_of="")
    assert totals(currency="SEK").total.central == 99_999_997
    assert (ensure_breakdowns(now=NOW), ensure_breakdowns(now=NOW)) == (1, 0)
    assert totals(currency="SEK").total.central == 100_000_000


def test_a_record_that_has_all_is_left_alone() -> None:
    published(**euros("5"))
    published()
    assert ensure_breakdowns(now=NOW) == 0
