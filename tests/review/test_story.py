"""Deciding on what waits in one story at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from ingestion.models import Candidate
from pledges.models import Pledge
from review import claims, services
from review.models import Decision
from tests.review import making
from tests.review.making import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def static_folder(settings: Settings) -> None:
    """The folder whose absence the static files' middleware warns of."""
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)


@pytest.fixture
def desk(client: Client) -> Client:
    """A browser of somebody who may decide."""
    client.force_login(making.user("rita"))
    return client


def article(candidate: Candidate) -> str:
    return reverse("admin:review_article", args=[candidate.finding.revision.article_id])


def press(client: Client, candidate: Candidate, decision: str, chosen: list[Candidate], **fields: str) -> str:
    """What the page says after a press on one of its buttons."""
    sent = {"decision": decision, "candidates": [one.pk for one in chosen], **fields}
    return client.post(article(candidate), sent, follow=True).content.decode()


def states(candidates: list[Candidate]) -> list[str]:
    ids = [one.pk for one in candidates]
    return list(Candidate.objects.filter(pk__in=ids).order_by("pk").values_list("state", flat=True))


def test_all_that_are_ticked_become_drafts_each_by_a_decision_of_its_own(desk: Client) -> None:
    five = making.five()
    assert "Accepted as drafts: 4." in press(desk, five[0], "accept", five[:4])
    assert states(five) == ["accepted"] * 4 + ["pending"]
    assert {one.state for one in Pledge.objects.all()} == {"draft"}
    assert Decision.objects.values("change").distinct().count() == 4


def test_all_that_are_ticked_are_rejected_for_one_reason(desk: Client) -> None:
    five = making.five()
    assert "Choose a reason" in press(desk, five[0], "reject", five)
    assert states(five) == ["pending"] * 5
    assert "Rejected: 5." in press(desk, five[0], "reject", five, reason="historical", words="Of 2019")
    assert {(one.reason, one.words) for one in Decision.objects.all()} == {("historical", "Of 2019")}


def test_a_claim_that_only_a_copy_of_the_text_makes_is_decided_with_its_story(desk: Client) -> None:
    italy = making.one()
    copy = making.candidate(making.article(story=italy.story), making.SPAIN)
    assert "Spain: crates of kit" in desk.get(article(italy)).content.decode()
    press(desk, italy, "accept", [italy, copy])
    assert states([italy, copy]) == ["accepted", "accepted"]


def test_candidates_of_another_story_or_none_are_refused(desk: Client) -> None:
    italy, other = making.one(), making.one(making.SPAIN)
    assert "Nothing was decided." in press(desk, italy, "accept", [italy, other])
    assert "Choose at least one of the claims." in press(desk, italy, "accept", [])
    assert states([italy, other]) == ["pending", "pending"]


def test_if_one_is_refused_none_is_decided() -> None:
    five, rita = making.five(), making.user()
    services.reject(five[2].pk, reason="misread", acting_user=making.user("sam"), now=NOW)
    with pytest.raises(ValidationError, match=r"sam decided on it first.*None was decided"):
        services.accept_all([one.pk for one in five], acting_user=rita, now=NOW)
    assert states(five) == ["pending", "pending", "rejected", "pending", "pending"]
    assert Pledge.objects.count() == 0


def test_what_somebody_else_has_open_is_not_ticked_beforehand(desk: Client) -> None:
    spain, italy, *_ = making.five()
    claims.claim(italy.pk, acting_user=making.user("sam"), now=NOW.replace(year=2099))
    text = desk.get(article(spain)).content.decode()
    assert f'value="{spain.pk}" checked>' in text
    assert f'value="{italy.pk}">' in text
    assert "open with sam" in text


def test_who_may_only_look_is_offered_nothing_and_refused(client: Client) -> None:
    five = making.five()
    client.force_login(making.user("viewer", permissions=("review.view_deskcandidate",)))
    assert "Decide on the story at once" not in client.get(article(five[0])).content.decode()
    assert client.post(article(five[0]), {"decision": "accept", "candidates": [five[0].pk]}).status_code == 403
    assert states(five) == ["pending"] * 5
