"""What staff see of a decided candidate whose article a newer reader reads otherwise."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from ingestion import services as ingestion
from ingestion.models import Candidate
from review import services
from tests.ingestion.conftest import FakeReader
from tests.review import making

pytestmark = pytest.mark.django_db
NOTE = "The present reader no longer finds this claim"
LATER = making.NOW + timedelta(days=1)


@pytest.fixture(autouse=True)
def static_folder(settings: Settings) -> None:
    """The folder whose absence the static files' middleware warns of."""
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)


@pytest.fixture
def rita(client: Client) -> User:
    """Who may decide, and is logged in."""
    user = making.user()
    client.force_login(user)
    return user


@pytest.fixture
def accepted(rita: User) -> Candidate:
    """Spain's candidate, decided on."""
    making.parties()
    reader = FakeReader(words=("Spain",), extra={"Spain": {"donors": ("ES",)}})
    added = ingestion.add_text(text="Spain sends trucks.", acting_user=rita, now=making.NOW)
    assert added.revision_id is not None
    ingestion.extract_revision(added.revision_id, now=making.NOW, reader=reader)
    candidate = Candidate.objects.get()
    Candidate.objects.update(state="accepted", decided_at=making.NOW)
    return candidate


def shown(client: Client, candidate: Candidate) -> str:
    return client.get(reverse("admin:review_deskcandidate_change", args=[candidate.pk])).content.decode()


def listed(client: Client) -> str:
    return client.get(reverse("admin:review_deskcandidate_changelist"), {"state": "again"}).content.decode()


def test_a_decided_candidate_says_that_it_is_read_otherwise_now(client: Client, accepted: Candidate) -> None:
    assert NOTE not in shown(client, accepted)
    assert "0 candidates" in listed(client)
    ingestion.reread_revision(accepted.finding.revision_id, now=LATER, reader=FakeReader(("Norway",), "fake-2"))
    assert NOTE in shown(client, accepted)
    assert "1 candidate" in listed(client)


def test_one_whose_words_changed_is_to_be_looked_at_again_too(client: Client, accepted: Candidate) -> None:
    Candidate.objects.update(words_changed=True)
    assert "1 candidate" in listed(client)
    assert NOTE not in shown(client, accepted), "that it has a note of its own"


def test_a_reopened_candidate_waits_and_is_no_longer_told_of(client: Client, accepted: Candidate, rita: User) -> None:
    ingestion.reread_revision(accepted.finding.revision_id, now=LATER, reader=FakeReader(("Norway",), "fake-2"))
    services.reopen(accepted.pk, acting_user=rita, now=LATER)
    assert NOTE not in shown(client, accepted)
    assert "0 candidates" in listed(client)
