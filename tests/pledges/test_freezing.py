"""A frozen value stays as it is while what it rests on does, and waiting for a rate changes nothing by itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from history.models import Change
from pledges.drafts import MoveDraft
from pledges.services import convert_waiting, correct_pledge, create_pledge, publish_pledge
from reference.services import DayRate, load_rates
from tests.builders import DAY, NOW, draft, euros, person, rates

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _rates(db: None) -> None:
    rates(SEK="10.6")


def test_a_value_that_lacks_only_its_dollar_side_is_not_changed_by_every_run_of_the_job() -> None:
    long_ago = date(1990, 5, 1)
    made = create_pledge(
        draft(**euros("100"), announced_earliest=long_ago, announced_latest=long_ago), now=NOW, acting_user=person()
    )
    assert (made.eur_central, made.usd_central) == (10_000, None)
    before = Change.objects.count()
    assert convert_waiting(now=NOW, job="test") == 0
    assert Change.objects.count() == before


def test_publishing_does_not_move_a_value_that_was_frozen_when_it_was_entered() -> None:
    made = create_pledge(draft(stated=Decimal(106), currency="SEK"), now=NOW, acting_user=person())
    load_rates([DayRate("SEK", DAY, Decimal(12))], now=NOW)
    assert publish_pledge(made.pk, now=NOW, acting_user=person()).eur_central == 1000


def test_a_day_that_became_known_is_no_longer_flagged_as_the_evidences() -> None:
    undated = draft(**euros("100"), announced_earliest=None, announced_latest=None, announced_precision="unknown")
    made = create_pledge(undated, now=NOW, acting_user=person())
    assert made.rate_basis == "evidence"
    dated = replace(undated, announced_earliest=DAY, announced_latest=DAY, announced_precision="day")
    assert correct_pledge(made.pk, dated, now=NOW, acting_user=person()).rate_basis == "announcement"


def test_what_was_delivered_is_told_by_the_rate_of_the_frozen_value() -> None:
    wanted = draft(stated=Decimal(106), currency="SEK", moves=(MoveDraft("delivery", DAY, amount=Decimal(53)),))
    made = create_pledge(wanted, now=NOW, acting_user=person())
    load_rates([DayRate("SEK", DAY, Decimal("5.3"))], now=NOW)
    again = correct_pledge(made.pk, replace(wanted, title="Another title"), now=NOW, acting_user=person())
    assert (again.eur_central, again.delivered_eur) == (1000, 500)
