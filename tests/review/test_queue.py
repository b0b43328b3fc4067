"""The way through what waits: next, back, and undo from wherever one is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from ingestion.models import Candidate, CandidateState
from review import queue, services
from review.models import Decision
from tests.review import making

pytestmark = pytest.mark.django_db
LIST = reverse("admin:review_deskcandidate_changelist")


@pytest.fixture(autouse=True)
def static_folder(settings: Settings) -> None:
    """The folder whose absence the static files' middleware warns of."""
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)


@pytest.fixture
def rita() -> User:
    """Who may decide."""
    return making.user("rita")


@pytest.fixture
def desk(client: Client, rita: User) -> Client:
    """Her browser."""
    client.force_login(rita)
    return client


def screen(candidate: Candidate) -> str:
    return reverse("admin:review_deskcandidate_change", args=[candidate.pk])


def press(client: Client, candidate: Candidate, decision: str, **fields: object) -> str:
    """Where a press on a button of a candidate's page leads."""
    client.get(screen(candidate))
    answer = client.post(screen(candidate), {"decision": decision, **fields})
    assert answer.status_code == 302
    return str(answer.headers["Location"])


def test_next_leads_through_the_article_and_then_to_the_next_one(desk: Client) -> None:
    spain, italy, czechia, greece, sanctions = making.five()
    other = making.one(making.ITALY)
    assert press(desk, spain, "next") == screen(italy)
    assert press(desk, italy, "next") == screen(czechia)
    assert press(desk, czechia, "next") == screen(greece)
    assert press(desk, greece, "next") == screen(sanctions)
    assert press(desk, sanctions, "next") == screen(other)


def test_what_was_put_off_comes_again_when_nothing_else_is_left(desk: Client) -> None:
    first, second = making.one(making.ITALY), making.one(making.SPAIN)
    assert press(desk, first, "next") == screen(second)
    assert press(desk, second, "next") == screen(first)
    assert "What you put off comes again." in desk.get(screen(first)).content.decode()


def test_next_changes_nothing_and_leads_to_the_list_where_nothing_else_waits(desk: Client) -> None:
    italy = making.one()
    assert press(desk, italy, "next") == LIST
    italy.refresh_from_db()
    assert (italy.state, Decision.objects.count()) == (CandidateState.PENDING, 0)


def test_back_leads_the_way_that_one_came_even_to_what_was_decided(desk: Client) -> None:
    spain, italy, czechia, *_ = making.five()
    press(desk, spain, "reject", reason="misread")
    press(desk, italy, "next")
    assert press(desk, czechia, "previous") == screen(italy)
    assert press(desk, italy, "previous") == screen(spain)
    assert press(desk, spain, "previous") == screen(spain)
    assert "This is where you began." in desk.get(screen(spain)).content.decode()


def test_a_rejected_claim_is_left_for_the_next_in_one_round_trip(desk: Client) -> None:
    spain, italy, *_ = making.five()
    assert press(desk, spain, "reject", reason="misread") == screen(italy)


def test_the_last_decision_is_undone_from_the_next_page(desk: Client, rita: User) -> None:
    spain, italy, *_ = making.five()
    press(desk, spain, "reject", reason="misread")
    text = desk.get(screen(italy)).content.decode()
    assert f'action="{screen(spain)}"' in text
    assert "Undo my last" in text
    last = Decision.objects.get()
    assert press(desk, spain, "undo", undoes=last.pk) == screen(spain)
    spain.refresh_from_db()
    assert spain.state == CandidateState.PENDING
    assert "Undo my last" not in desk.get(screen(italy)).content.decode()


def test_what_others_decided_or_what_is_long_ago_is_not_ones_last_decision(rita: User) -> None:
    spain, italy, *_ = making.five()
    now = datetime.now(UTC)
    services.reject(spain.pk, reason="misread", acting_user=making.user("sam"), now=now)
    mine = services.reject(italy.pk, reason="misread", acting_user=rita, now=now).decision
    assert queue.last_decision_of(rita, now=now) == mine
    assert queue.last_decision_of(rita, now=now + timedelta(hours=2)) is None
    services.reopen(italy.pk, acting_user=rita, now=now)
    assert queue.last_decision_of(rita, now=now) is None


def test_who_may_only_look_goes_through_the_queue_too(client: Client) -> None:
    spain, italy, *_ = making.five()
    client.force_login(making.user("viewer", permissions=("review.view_deskcandidate",)))
    assert press(client, spain, "next") == screen(italy)


def test_each_key_is_told_to_a_screen_reader_and_only_for_what_one_may(desk: Client) -> None:
    _, italy, *_ = making.five()
    text = desk.get(screen(italy)).content.decode()
    assert 'data-key="a" aria-keyshortcuts="a">Accept as draft' in text
    assert 'aria-keyshortcuts="Shift+A"' not in text
    assert '<option value="not_a_claim">1 No pledge or sanction</option>' in text
    assert 'id="desk-says" role="status" aria-live="polite"' in text
