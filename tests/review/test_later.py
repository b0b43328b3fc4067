"""Articles that tell of a decided candidate once more."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from extraction.contract import Finding
from history.models import Version
from ingestion.models import Candidate, CandidateFinding, CandidateState
from pledges.models import Pledge
from review import later, services
from review.models import Decision
from tests.review import making
from tests.review.making import NOW

pytestmark = pytest.mark.django_db
LIST = reverse("admin:review_deskcandidate_changelist")


@pytest.fixture(autouse=True)
def static_folder(settings: Settings) -> None:
    """The folder whose absence the static files' middleware warns of."""
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)


def told_again(candidate: Candidate, title: str = "A copy") -> None:
    """One more article with the same words joins the candidate's story."""
    revision = making.article(title=title, story=candidate.story)
    found = making.ITALY if candidate.kind == "pledge" else making.SANCTIONS
    CandidateFinding.objects.create(candidate=candidate, finding=making.stored(revision, found))


def flagged() -> list[int]:
    return list(later.with_new_words().values_list("pk", flat=True))


def screen(candidate: Candidate) -> str:
    return reverse("admin:review_deskcandidate_change", args=[candidate.pk])


@pytest.mark.parametrize("finding", [making.ITALY, making.SANCTIONS])
def test_of_three_copies_of_one_text_those_that_came_later_become_evidence_in_one_change(
    finding: Finding,
) -> None:
    candidate, rita = making.one(finding), making.user()
    record = services.accept(candidate.pk, acting_user=rita, now=NOW).record
    assert record is not None
    assert flagged() == []
    told_again(candidate)
    told_again(candidate)
    assert flagged() == [candidate.pk]
    decided = services.add_evidence(candidate.pk, acting_user=rita, now=NOW)
    assert record.evidence.count() == 3
    assert flagged() == []
    assert Version.objects.filter(object_id=record.pk, since=decided.decision.change).count() == 1
    with pytest.raises(ValidationError, match=r"is evidence of .* already"):
        services.add_evidence(candidate.pk, acting_user=rita, now=NOW)
    assert Decision.objects.count() == 2


def test_added_evidence_is_taken_away_again_and_then_the_acceptance_can_be_undone() -> None:
    candidate, rita = making.one(), making.user()
    accepted = services.accept(candidate.pk, acting_user=rita, now=NOW).decision
    told_again(candidate)
    added = services.add_evidence(candidate.pk, acting_user=rita, now=NOW).decision
    with pytest.raises(ValidationError, match="A later decision stands"):
        services.undo(accepted.pk, acting_user=rita, now=NOW)
    services.undo(added.pk, acting_user=rita, now=NOW)
    candidate.refresh_from_db()
    assert (Pledge.objects.get().evidence.count(), candidate.state) == (1, CandidateState.ACCEPTED)
    assert flagged() == [candidate.pk]
    with pytest.raises(ValidationError, match="no longer holds"):
        services.undo(added.pk, acting_user=rita, now=NOW)
    services.undo(accepted.pk, acting_user=rita, now=NOW)
    assert Pledge.objects.get().state == "withdrawn"
    assert flagged() == []


def test_what_waits_or_was_rejected_or_has_no_record_any_more_takes_no_evidence() -> None:
    waiting, rejected, rita = making.one(), making.one(), making.user()
    services.reject(rejected.pk, reason="misread", acting_user=rita, now=NOW)
    for candidate in (waiting, rejected):
        told_again(candidate)
        with pytest.raises(ValidationError, match="no record that stands"):
            services.add_evidence(candidate.pk, acting_user=rita, now=NOW)
    assert flagged() == []


def test_the_list_gathers_them_and_one_press_adds_them(client: Client) -> None:
    client.force_login(making.user("rita"))
    italy, other = making.one(), making.one()
    for candidate in (italy, other):
        services.accept(candidate.pk, acting_user=making.user(f"sam{candidate.pk}"), now=NOW)
    told_again(italy, "The agency again")
    listed = client.get(LIST, {"state": "since"}).context["cl"].result_list
    assert [one.pk for one in listed] == [italy.pk]
    text = client.get(screen(italy)).content.decode()
    assert "The agency again" in text
    assert 'data-key="e"' in text
    answer = client.post(screen(italy), {"decision": "evidence"}, follow=True)
    assert answer.redirect_chain[-1][0] == screen(italy)
    assert "Evidence added to" in answer.content.decode()
    assert 'data-key="e"' not in client.get(screen(italy)).content.decode()
    assert "Add as evidence" not in client.get(screen(other)).content.decode()
