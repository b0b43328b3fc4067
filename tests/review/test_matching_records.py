"""Which records are fetched to be compared with a candidate: few, by a fixed number of queries."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from extraction.contract import Amount, Goods, SanctionFinding
from ingestion.models import Candidate, Story
from pledges.drafts import ItemDraft
from reference.models import Party, PartyKind
from review import services
from review.matching import Case
from review.matching.comparable import SUGGESTIONS, Match, likely_records
from sanctions.models import Measure
from tests.builders import euros, party, published, rates
from tests.review import making

pytestmark = pytest.mark.django_db
DAY = making.DAY
EXTENDED = replace(making.SANCTIONS, imposers=("IT",), imposers_as_written="", measures=("asset_freeze",))


def on(day: date) -> dict[str, date]:
    return {"announced_earliest": day, "announced_latest": day}


def first(candidate: Candidate) -> Match:
    return likely_records(candidate)[0]


def queries(candidate: Candidate) -> int:
    fresh = Candidate.objects.select_related("finding__revision__article__source").get(pk=candidate.pk)
    with CaptureQueriesContext(connection) as captured:
        likely_records(fresh)
    return len(captured)


def test_the_number_of_queries_is_the_same_for_few_and_for_many_pledges() -> None:
    making.parties()
    rates(DAY)
    goods = (Goods("field howitzers", Decimal(4)),)
    candidate = making.one(replace(making.ITALY, goods=goods))
    counts = []
    for number in (2, 10):
        for one in range(number):
            published(f"{number} {one}", items=(ItemDraft("howitzers"),), **on(DAY), **euros("110000000"))
        counts.append(queries(candidate))
    assert counts == [counts[0]] * 2
    assert counts[0] <= 16


def test_the_number_of_queries_is_the_same_for_few_and_for_many_measures() -> None:
    making.parties()
    candidate = making.one(EXTENDED)
    counts = []
    for number in (2, 10):
        for _ in range(number):
            services.accept(making.one(EXTENDED).pk, acting_user=making.user(f"{number}{_}"), now=making.NOW)
        counts.append(queries(candidate))
    assert counts == [counts[0]] * 2
    assert counts[0] <= 16


def test_a_short_list_is_shown_however_many_records_are_like_it() -> None:
    making.parties()
    rates(DAY)
    for number in range(SUGGESTIONS + 2):
        published(f"Italy {number}", **on(DAY - timedelta(days=number)), **euros("110000000"))
    matches = likely_records(making.one())
    assert len(matches) == SUGGESTIONS
    assert {match.record.title for match in matches} >= {"Italy 0", "Italy 1", "Italy 2", "Italy 3"}


def test_an_approval_is_a_further_step_of_the_promise_of_last_autumn() -> None:
    making.parties()
    rates(DAY)
    promise = published("Italy promises", **on(DAY - timedelta(days=130)), **euros("110000000"))
    published("Italy, something else", **on(DAY - timedelta(days=130)), **euros("7000000"))
    found = likely_records(making.one(replace(making.ITALY, stage="commitment")))
    assert [(match.record, match.likeness.case) for match in found] == [(promise, Case.STAGE_MOVE)]


def test_goods_that_arrive_are_a_further_step_of_the_unpriced_promise() -> None:
    making.parties()
    promise = published("Italy, guns", items=(ItemDraft("field howitzers"),), in_kind=True, **on(date(2021, 11, 2)))
    arrived = making.pledge(making.ITALY.quote, "IT", stage="delivery", goods=(Goods("howitzers", Decimal(4)),))
    match = first(making.one(arrived))
    assert (match.record, match.likeness.case) == (promise, Case.STAGE_MOVE)


def test_what_a_fund_gives_is_found_under_the_union_that_it_belongs_to() -> None:
    making.parties()
    rates(DAY)
    union = Party.objects.get(pk=party("EU"))
    Party.objects.create(code="EPF", name="The peace fund", kind=PartyKind.FUND, parent=union)
    given = published("Arms of the fund", donors=("EPF",), **on(DAY), **euros("500000000"))
    told = making.pledge(making.ITALY.quote, "EU", amount=Amount(Decimal(500_000_000), "EUR"))
    match = first(making.one(told))
    assert (match.record, match.likeness.case) == (given, Case.SAME)
    assert f"same donor: {union.name}" in match.likeness.agrees


def test_a_record_that_another_article_of_the_story_tells_of_is_found_whatever_its_day() -> None:
    making.parties()
    story = Story.objects.create(created_at=making.NOW)
    earlier = making.candidate(making.article(story=story), replace(making.ITALY, announced=date(2020, 1, 1)))
    services.accept(earlier.pk, acting_user=making.user(), now=making.NOW)
    later = making.candidate(making.article(story=story), making.ITALY)
    match = first(later)
    assert match.record.announced_latest == date(2020, 1, 1)  # type: ignore[union-attr]
    assert "the same story" in match.likeness.agrees


def test_a_measure_that_is_extended_is_found_however_old() -> None:
    making.parties()
    imposed = replace(EXTENDED, announced=date(2014, 7, 31))
    services.accept(making.one(imposed).pk, acting_user=making.user(), now=making.NOW)
    match = first(making.one(replace(EXTENDED, action="extended")))
    assert (match.record, match.likeness.case) == (Measure.objects.get(), Case.STAGE_MOVE)


def test_a_claim_without_donor_or_date_finds_nothing_and_does_not_fail() -> None:
    making.parties()
    published("Italy helps", **on(DAY), **euros("110000000"))
    nobody = replace(making.ITALY, donors=(), amount=None)
    assert likely_records(making.candidate(making.article(published_at=None), nobody)) == []
    assert likely_records(making.one(SanctionFinding(quote=making.SANCTIONS.quote, start=0, end=0))) == []
