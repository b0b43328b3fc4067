"""Merging two records of one pledge: what hangs on the first hangs on the second, and history says so."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from history.models import Version
from pledges.models import Pledge
from pledges.services import merge_pledge, withdraw_pledge
from pledges.state import state_of
from pledges.totals import totals
from tests.builders import NOW, euros, person, published, rates

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _rates(db: None) -> None:
    rates()


def merge(first: Pledge, second: Pledge) -> None:
    merge_pledge(first.pk, into_id=second.pk, now=NOW, acting_user=person())


def kept(pledge: Pledge) -> Version:
    return Version.objects.get(kind="pledge", object_id=pledge.pk, until__isnull=True)


@pytest.mark.parametrize("link", ["package_id", "supersedes_id"])
def test_what_hung_on_the_merged_pledge_has_a_version_that_tells_where_it_hangs_now(link: str) -> None:
    first, second = published(**euros("100")), published(**euros("100"))
    hanging_on: dict[str, Any] = {link: first.pk}
    hanging = published(**euros("30"), **hanging_on)
    merge(first, second)
    changed = Pledge.objects.get(pk=hanging.pk)
    assert kept(changed).state == state_of(changed).state
    assert kept(changed).state[link] == second.pk
    assert changed.last_seq == kept(changed).since_id > hanging.last_seq


def test_a_package_is_not_merged_into_its_own_part() -> None:
    package = published(**euros("100"))
    part = published(**euros("30"), package_id=package.pk)
    nested = published(**euros("10"), package_id=part.pk)
    for within in (part, nested):
        with pytest.raises(ValidationError, match="hangs on"):
            merge(package, within)
    assert totals().total.central == 10_000


def test_a_pledge_is_not_merged_into_what_replaced_its_successor() -> None:
    oldest = published(**euros("100"))
    newer = published(**euros("110"), supersedes_id=oldest.pk)
    newest = published(**euros("120"), supersedes_id=newer.pk)
    with pytest.raises(ValidationError, match="hangs on"):
        merge(oldest, newest)
    assert totals().total.central == 12_000


def test_what_was_merged_or_withdrawn_already_is_not_merged() -> None:
    first, second, third = (published(**euros("100")) for _ in range(3))
    merge(first, second)
    with pytest.raises(ValidationError, match="is merged"):
        merge(first, third)
    withdraw_pledge(third.pk, reason="Wrong.", now=NOW, acting_user=person())
    with pytest.raises(ValidationError, match="is withdrawn"):
        merge(third, second)
