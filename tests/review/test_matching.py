"""Which records a candidate may tell of."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from extraction.contract import Amount
from pledges.services import withdraw_pledge
from review import selectors, services
from review.matching import Claim, Good, Likeness, Sum, compare_pledge
from sanctions.models import Measure
from tests.builders import NOW, euros, person, published, rates
from tests.review import making

DAY = date(2022, 2, 27)
SUM = Sum("EUR 110 million", Decimal("110000000"), "EUR", 11_000_000_000)
ITALY = Claim(
    givers=frozenset({"Italy"}),
    takers=frozenset({"Ukraine"}),
    kinds=frozenset({"financial"}),
    sum=SUM,
    days=(DAY, DAY),
)


def likeness(**changes: object) -> Likeness | None:
    return compare_pledge(ITALY, replace(ITALY, **changes))  # type: ignore[arg-type]


def test_the_same_claim_is_likely_and_says_why() -> None:
    found = likeness(days=(DAY + timedelta(days=1),) * 2)
    assert found is not None
    assert found.likely
    assert found.agrees == [
        "same donor: Italy",
        "same recipient: Ukraine",
        "1 day earlier",
        "EUR 110 million = stated EUR 110 million",
        "same type: financial",
    ]


def test_another_donor_is_another_pledge() -> None:
    assert likeness(givers=frozenset({"Spain"})) is None


def test_more_than_ninety_days_apart_is_another_pledge_unless_one_article_tells_of_both() -> None:
    later = (DAY + timedelta(days=91),) * 2
    assert likeness(days=later) is None
    mine, theirs = replace(ITALY, articles=frozenset({5})), replace(ITALY, days=later, articles=frozenset({5}))
    found = compare_pledge(mine, theirs)
    assert found is not None
    assert "the same article" in found.agrees


def test_an_amount_in_another_currency_of_about_the_same_worth_agrees() -> None:
    found = likeness(sum=Sum("USD 121 million", Decimal("121000000"), "USD", 10_788_000_000))
    assert found is not None
    assert "EUR 110 million is worth about as much as USD 121 million (EUR 107,880,000)" in found.agrees


def test_another_amount_speaks_against_it() -> None:
    found = likeness(sum=Sum("EUR 10 million", Decimal("10000000"), "EUR", 1_000_000_000))
    assert found is None or not found.likely


def test_a_claim_without_an_amount_is_likely_only_if_the_days_are_close() -> None:
    vague = replace(ITALY, sum=None)
    close = compare_pledge(vague, replace(ITALY, days=(DAY + timedelta(days=1),) * 2))
    later = compare_pledge(vague, replace(ITALY, days=(DAY + timedelta(days=6),) * 2))
    assert close is not None
    assert later is not None
    assert (close.likely, close.differs) == (True, [])
    assert (later.likely, later.differs) == (False, [])


def test_a_date_that_is_only_a_bound_says_nothing_against() -> None:
    assert likeness(days=(None, DAY + timedelta(days=900))) is not None


def test_another_recipient_is_another_pledge() -> None:
    assert likeness(takers=frozenset({"Moldova"})) is None


def test_goods_in_common_speak_for_it() -> None:
    mine = replace(ITALY, sum=None, goods=(Good("field howitzers"),))
    found = compare_pledge(mine, replace(mine, goods=(Good("12 Howitzers"),)))
    assert found is not None
    assert "goods in common: howitzer" in found.agrees


@pytest.mark.django_db
def test_the_record_of_the_same_pledge_is_suggested_first() -> None:
    making.parties()
    rates(making.DAY)
    same = published("Italy helps", announced_earliest=DAY, announced_latest=DAY, **euros("110000000"))
    published("Italy, another", announced_earliest=DAY, announced_latest=DAY, **euros("7000000"))
    published("Italy, long ago", announced_earliest=date(2021, 1, 1), announced_latest=date(2021, 1, 1))
    matches = selectors.likely_records(making.one(making.ITALY))
    assert matches[0].record == same
    assert matches[0].stated == "EUR 110 million"
    assert "Italy, long ago" not in [match.record.title for match in matches]


@pytest.mark.django_db
def test_the_claim_is_converted_to_be_compared_with_another_currency() -> None:
    making.parties()
    rates(making.DAY, GBP="0.8355")
    published("Italy helps", announced_earliest=DAY, announced_latest=DAY, **euros("110000000"))
    pounds = replace(making.ITALY, amount=Amount(Decimal("92000000"), "GBP"))
    reasons = selectors.likely_records(making.one(pounds))[0].likeness.agrees
    assert any("GBP 92 million is worth about as much as EUR 110 million" in one for one in reasons)


@pytest.mark.django_db
def test_withdrawn_records_are_not_suggested() -> None:
    making.parties()
    gone = published("Italy helps", announced_earliest=DAY, announced_latest=DAY, **euros("110000000"))
    withdraw_pledge(gone.pk, reason="A hoax.", now=NOW, acting_user=person())
    assert selectors.likely_records(making.one(making.ITALY)) == []


@pytest.mark.django_db
def test_other_claims_of_the_same_article_are_not_taken_for_it() -> None:
    spain, italy, *_ = making.five()
    services.accept(spain.pk, acting_user=making.user(), now=making.NOW)
    assert selectors.likely_records(italy) == []


@pytest.mark.django_db
def test_a_measure_of_imposers_known_only_in_words_is_found_by_these() -> None:
    services.accept(making.one(making.SANCTIONS).pk, acting_user=making.user(), now=making.NOW)
    matches = selectors.likely_records(making.one(making.SANCTIONS))
    assert [match.record for match in matches] == [Measure.objects.get()]
    assert matches[0].likeness.agrees[:2] == ["same imposer: western capitals", "same target: Russia"]
