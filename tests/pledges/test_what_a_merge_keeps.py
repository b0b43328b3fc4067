"""What a merged pledge hands on to the one that stays, and what not."""

from __future__ import annotations

import pytest

from pledges.services import merge_pledge
from tests.builders import NOW, euros, person, published, rates

pytestmark = pytest.mark.django_db


def test_what_a_merged_pledge_replaced_counts_again_until_somebody_enters_it_where_it_stays() -> None:
    rates()
    older = published("Older", **euros("5"))
    newer = published("Newer", supersedes_id=older.pk, **euros("6"))
    same = published("The same as the newer", **euros("6"))
    merge_pledge(newer.pk, into_id=same.pk, now=NOW, acting_user=person())
    same.refresh_from_db()
    assert same.supersedes_id is None
    assert older.lines.get(until__isnull=True).left_out == ""
