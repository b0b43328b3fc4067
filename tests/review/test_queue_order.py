"""In which order candidates wait, how the list's filters hold, and what is counted as waiting."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from math import isfinite
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from extraction.contract import Amount
from ingestion.models import Candidate, Source
from ingestion.services import change_source, weigh_waiting
from ingestion.services.weighing import DAYS_A_DOUBLING, place_of
from review import services
from review.backlog import backlog
from tests.builders import rates
from tests.review import making
from tests.review.making import NOW

pytestmark = pytest.mark.django_db
LIST = reverse("admin:review_deskcandidate_changelist")


@pytest.fixture(autouse=True)
def static_folder(settings: Settings) -> None:
    """The folder whose absence the static files' middleware warns of."""
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)


@pytest.fixture
def desk(client: Client) -> Client:
    """A browser of somebody who may decide."""
    client.force_login(making.user("rita"))
    return client


def claim(value: str | None = None, currency: str = "EUR", confidence: float = 1.0, **fields: Any) -> Candidate:
    """A candidate of an article of its own."""
    amount = Amount(value=Decimal(value), currency=currency) if value else None
    finding = replace(making.ITALY, amount=amount, confidence=confidence)
    making.parties()
    return making.candidate(making.article(source=fields.pop("source", "Dispatches")), finding, **fields)


def in_order() -> list[int]:
    return list(Candidate.objects.order_by("place", "created_at", "pk").values_list("pk", flat=True))


def screen(candidate: Candidate) -> str:
    return reverse("admin:review_deskcandidate_change", args=[candidate.pk])


def after(client: Client, candidate: Candidate) -> str:
    return str(client.post(screen(candidate), {"decision": "next"}).headers["Location"])


# --- what is worth most -----------------------------------------------------------------------------------------------
def test_confidence_times_value_comes_first() -> None:
    sure, large, small = claim("40000000"), claim("90000000", confidence=0.5), claim("30000000")
    assert in_order() == [large.pk, sure.pk, small.pk]


def test_values_are_compared_in_euros_by_the_newest_rate() -> None:
    rates(making.DAY, UAH="30")
    rates(making.DAY - timedelta(days=1), UAH="0.01")
    hryvnia, euro, dollar = claim("600000000", "UAH"), claim("21000000"), claim("24000000", "USD")
    assert in_order() == [dollar.pk, euro.pk, hryvnia.pk]


def test_a_claim_without_a_value_or_a_rate_counts_like_a_middling_one() -> None:
    small, unvalued, unconverted, large = claim("9000000"), claim(), claim("1", "XAF"), claim("11000000")
    assert in_order() == [large.pk, unvalued.pk, unconverted.pk, small.pk]


def test_sanctions_wait_among_pledges() -> None:
    small, sanction, large = claim("1000000"), making.one(making.SANCTIONS), claim("90000000")
    assert in_order() == [large.pk, sanction.pk, small.pk]


def test_an_official_source_counts_twice_from_the_moment_that_it_is_said_to_be_one() -> None:
    paper, ministry = claim("15000000"), claim("10000000", source="Ministry")
    assert in_order() == [paper.pk, ministry.pk]
    source, chief = Source.objects.get(name="Ministry"), making.user("chief")
    change_source(source.pk, name="Ministry", url="", official=True, acting_user=chief, now=NOW)
    assert in_order() == [ministry.pk, paper.pk]
    of_an_official = Candidate.objects.get(pk=ministry.pk).place
    assert weigh_waiting() == 0, "it stands where it would have been put at first"
    change_source(source.pk, name="Ministry", url="", official=False, acting_user=chief, now=NOW)
    assert in_order() == [paper.pk, ministry.pk]
    assert Candidate.objects.get(pk=ministry.pk).place == pytest.approx(of_an_official + DAYS_A_DOUBLING)


def test_a_claim_counts_twice_after_four_days() -> None:
    small, large = claim("10000000", created_at=NOW - timedelta(days=4.1)), claim("20000000")
    assert in_order() == [small.pk, large.pk]
    smaller = claim("10000000", created_at=NOW - timedelta(days=3.9))
    assert in_order() == [small.pk, large.pk, smaller.pk]


def test_new_rates_move_what_waits() -> None:
    rates(making.DAY, UAH="30")
    euro, hryvnia = claim("15000000"), claim("600000000", "UAH")
    assert in_order() == [hryvnia.pk, euro.pk]
    rates(making.DAY + timedelta(days=1), UAH="60")
    assert weigh_waiting() == 1
    assert in_order() == [euro.pk, hryvnia.pk]
    assert weigh_waiting() == 0


@pytest.mark.parametrize("value", ["0", "-5", "NaN", "Infinity", "1e400", None, "much"])
def test_an_amount_that_is_none_has_a_place_all_the_same(value: str | None) -> None:
    payload = {"amount": {"value": value, "currency": "EUR"}}
    assert isfinite(place_of(payload, 1.0, official=False, found_at=NOW, rates={}))


# --- the list ---------------------------------------------------------------------------------------------------------
def test_the_list_shows_most_worth_first_and_another_order_by_a_press_on_a_heading(desk: Client) -> None:
    small, large = claim("1000000"), claim("90000000", confidence=0.5)
    shown = desk.get(LIST).context["cl"].result_list
    assert [one.pk for one in shown] == [large.pk, small.pk]
    by_confidence = desk.get(LIST, {"o": "-4"}).context["cl"].result_list
    assert [one.pk for one in by_confidence] == [small.pk, large.pk]


def test_next_follows_the_filters_and_the_order_of_the_list(desk: Client) -> None:
    first, sure, large = claim("1000000"), claim("2000000"), claim("90000000", confidence=0.6)
    making.one(making.SPAIN)
    desk.get(LIST, {"type": "financial", "o": "-4"})
    assert after(desk, first) == screen(sure)
    desk.get(LIST, {"type": "financial"})
    assert after(desk, first) == screen(large)


def test_the_state_shown_in_the_list_does_not_keep_what_waits_from_coming(desk: Client) -> None:
    first, second = claim("2000000"), claim("1000000")
    desk.get(LIST, {"state": "rejected"})
    assert after(desk, first) == screen(second)


def test_filters_that_fit_no_longer_are_dropped_with_a_word(desk: Client) -> None:
    first, second = claim("2000000"), claim("1000000")
    session = desk.session
    session["review_queue"] = {"chosen": "nonsense__exact=1"}
    session.save()
    assert after(desk, first) == screen(second)
    assert "The filters of the list fit no longer" in desk.get(screen(second)).content.decode()


def test_filters_and_order_are_kept_between_visits_until_they_are_cleared(desk: Client) -> None:
    claim("2000000")
    desk.get(LIST, {"type": "financial", "o": "-4", "p": "1"})
    again = desk.get(LIST)
    assert again.headers["Location"] == f"{LIST}?type=financial&o=-4"
    text = desk.get(LIST, {"type": "financial"}).content.decode()
    assert 'href="?plain=1"' in text
    assert desk.get(LIST, {"plain": "1"}).headers["Location"] == LIST
    assert desk.get(LIST).status_code == 200


# --- what waits -------------------------------------------------------------------------------------------------------
def test_what_waits_is_counted_by_kind_and_age(desk: Client) -> None:
    old, *_ = making.five()
    done = claim("1000000")
    services.reject(done.pk, reason="misread", acting_user=making.user("sam"), now=NOW)
    Candidate.objects.filter(pk=old.pk).update(created_at=NOW - timedelta(days=8))
    pledges, sanctions = backlog(now=NOW + timedelta(hours=1))
    assert (pledges.count, pledges.by_age) == (4, {"day": 3, "week": 0, "older": 1})
    assert (sanctions.count, sanctions.by_age) == (1, {"day": 1, "week": 0, "older": 0})
    text = desk.get(LIST).content.decode()
    assert '<a href="?kind__exact=pledge">4</a>' in text


def test_each_count_leads_to_what_it_counts(desk: Client) -> None:
    making.five()
    old = claim("1000000")
    Candidate.objects.exclude(pk=old.pk).update(created_at=NOW + timedelta(days=365 * 300))
    shown = desk.get(LIST, {"kind__exact": "pledge", "age": "older"}).context["cl"].result_list
    assert [one.pk for one in shown] == [old.pk]
