"""Who is at work on what: claims of candidates."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from ingestion.models import Candidate, CandidateState
from review import claims, services
from tests.review import making
from tests.review.making import NOW

pytestmark = pytest.mark.django_db
LATER = NOW + claims.LEASE


@pytest.fixture(autouse=True)
def static_folder(settings: Settings) -> None:
    """The folder whose absence the static files' middleware warns of."""
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)


@pytest.fixture
def rita() -> User:
    """Who may decide."""
    return making.user("rita")


@pytest.fixture
def sam() -> User:
    """Who may decide, too."""
    return making.user("sam")


def screen(candidate: Candidate) -> str:
    return reverse("admin:review_deskcandidate_change", args=[candidate.pk])


def address(candidate: Candidate, what: str) -> str:
    return reverse(f"admin:review_{what}", args=[candidate.pk])


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def held_by(candidate: Candidate) -> User | None:
    candidate.refresh_from_db()
    return candidate.claimed_by


def test_the_second_of_two_people_does_not_get_it_until_the_claim_ends(rita: User, sam: User) -> None:
    italy = making.one()
    assert claims.claim(italy.pk, acting_user=rita, now=NOW) == LATER
    assert claims.claim(italy.pk, acting_user=sam, now=LATER - timedelta(seconds=1)) is None
    assert held_by(italy) == rita
    assert claims.claim(italy.pk, acting_user=sam, now=LATER) == LATER + claims.LEASE
    assert held_by(italy) == sam


def test_who_has_it_keeps_it_for_longer(rita: User, sam: User) -> None:
    italy = making.one()
    claims.claim(italy.pk, acting_user=rita, now=NOW)
    claims.claim(italy.pk, acting_user=rita, now=LATER - timedelta(minutes=1))
    assert claims.claim(italy.pk, acting_user=sam, now=LATER) is None


def test_a_decided_candidate_is_nobodys(rita: User) -> None:
    italy = making.one()
    claims.claim(italy.pk, acting_user=rita, now=NOW)
    services.reject(italy.pk, reason="misread", acting_user=rita, now=NOW)
    assert held_by(italy) is None
    assert claims.claim(italy.pk, acting_user=rita, now=NOW) is None


def test_a_page_that_is_left_late_takes_nothing_from_the_one_opened_since(rita: User, sam: User) -> None:
    italy = making.one()
    first = claims.claim(italy.pk, acting_user=rita, now=NOW)
    second = claims.claim(italy.pk, acting_user=rita, now=NOW + timedelta(seconds=5))
    assert not claims.give_back(italy.pk, acting_user=rita, until=first)
    assert not claims.give_back(italy.pk, acting_user=sam, until=second)
    assert held_by(italy) == rita
    assert claims.give_back(italy.pk, acting_user=rita, until=second)
    assert held_by(italy) is None


def test_what_one_has_open_is_not_offered_to_another(rita: User, sam: User) -> None:
    spain, italy, czechia, *_ = making.five()
    browser(rita).get(screen(italy))
    hers = browser(sam)
    answer = hers.post(screen(spain), {"decision": "reject", "reason": "misread"})
    assert answer.headers["Location"] == screen(czechia)
    assert (held_by(italy), held_by(czechia)) == (rita, sam)


def test_the_list_and_the_page_say_who_has_it(rita: User, sam: User) -> None:
    spain, italy, *_ = making.five()
    browser(rita).get(screen(italy))
    other = browser(sam)
    listed = other.get(reverse("admin:review_deskcandidate_changelist")).content.decode()
    assert "rita until" in listed
    assert "rita is at work on this candidate" in other.get(screen(italy)).content.decode()
    assert "is at work on this candidate" not in other.get(screen(spain)).content.decode()


def test_going_on_gives_it_back(rita: User) -> None:
    spain, italy, *_ = making.five()
    desk = browser(rita)
    desk.get(screen(spain))
    desk.post(screen(spain), {"decision": "next"})
    assert (held_by(spain), held_by(italy)) == (None, rita)
    desk.get(screen(italy))
    desk.post(screen(italy), {"decision": "previous"})
    assert held_by(italy) is None


def test_looking_claims_nothing(rita: User) -> None:
    italy = making.one()
    viewer = browser(making.user("viewer", permissions=("review.view_deskcandidate",)))
    viewer.get(screen(italy))
    assert viewer.post(address(italy, "claim")).status_code == 403
    assert held_by(italy) is None
    browser(rita).get(screen(italy))
    assert viewer.post(address(italy, "leave"), {"until": "2022-03-01T09:00:00+00:00"}).status_code == 403
    assert held_by(italy) == rita


def test_the_open_page_renews_its_claim_and_is_told_when_it_is_lost(rita: User, sam: User) -> None:
    italy = making.one()
    desk = browser(rita)
    answer = desk.post(address(italy, "claim"))
    assert datetime.fromisoformat(answer.json()["until"]) > datetime.now(UTC)
    other = browser(sam).post(address(italy, "claim"))
    assert (other.status_code, other.json()["told"]) == (409, "rita is at work on this candidate now.")
    services.reject(italy.pk, reason="misread", acting_user=rita, now=NOW)
    assert desk.post(address(italy, "claim")).json()["told"] == "This candidate was decided meanwhile."


def test_leaving_the_page_gives_its_claim_back(rita: User) -> None:
    italy = making.one()
    desk = browser(rita)
    until = desk.get(screen(italy)).context["claimed_until"]
    for wrong in ("", "soon", "2022-03-01T09:00:00"):
        assert desk.post(address(italy, "leave"), {"until": wrong}).status_code == 400
    assert desk.get(address(italy, "leave")).status_code == 403
    assert held_by(italy) == rita
    assert desk.post(address(italy, "leave"), {"until": until}).status_code == 204
    assert held_by(italy) is None


def test_a_claim_forbids_nothing_and_of_two_decisions_the_second_is_told(rita: User, sam: User) -> None:
    italy = making.one()
    browser(rita).get(screen(italy))
    browser(sam).post(screen(italy), {"decision": "reject", "reason": "historical"})
    italy.refresh_from_db()
    assert italy.state == CandidateState.REJECTED
    text = browser(rita).post(screen(italy), {"decision": "reject", "reason": "misread"}).content.decode()
    assert "Sam decided on it first: rejected" in text
