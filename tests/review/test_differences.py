"""What a reopened candidate rests on, beside how its article is read now."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from extraction.contract import Amount
from ingestion import models, services
from ingestion.models import Candidate
from review import services as review
from review.differences import difference
from tests.ingestion.conftest import FakeReader
from tests.review import making
from tests.review.making import euros

pytestmark = pytest.mark.django_db
LATER = making.NOW + timedelta(days=1)
TEXT = "Spain sends trucks to Ukraine. Nothing else was said."


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


def reader(version: str, quote: str, amount: Amount | None = None, donor: str = "ES") -> FakeReader:
    fields: dict[str, object] = {"donors": (donor,), "recipients": ("UA",), "amount": amount}
    return FakeReader(words=(quote,), version=version, extra={quote: fields})


@pytest.fixture
def decided(rita: User) -> Candidate:
    """Spain's trucks, accepted."""
    making.parties()
    added = services.add_text(text=TEXT, acting_user=rita, now=making.NOW)
    assert added.revision_id is not None
    services.extract_revision(added.revision_id, now=making.NOW, reader=reader("fake-1", "Spain sends trucks"))
    candidate = Candidate.objects.get()
    review.accept(candidate.pk, acting_user=rita, now=making.NOW)
    candidate.refresh_from_db()
    return candidate


def reread(candidate: Candidate, by: FakeReader) -> None:
    services.reread_revision(candidate.finding.revision_id, now=LATER, reader=by)


def revise(candidate: Candidate, text: str, by: FakeReader) -> None:
    before = candidate.finding.revision
    revision = models.Revision.objects.create(
        article=before.article,
        number=2,
        title=before.title,
        text=text,
        content_hash="1:new",
        fetched_at=before.fetched_at,
    )
    services.extract_revision(revision.pk, now=LATER, reader=by)
    candidate.refresh_from_db()


def shown(client: Client, candidate: Candidate) -> str:
    return client.get(reverse("admin:review_deskcandidate_change", args=[candidate.pk])).content.decode()


def test_as_long_as_it_is_read_the_same_there_is_no_difference(client: Client, decided: Candidate) -> None:
    assert difference(decided) is None
    assert "Read then and now" not in shown(client, decided)


def test_a_newer_reader_that_reads_it_otherwise_is_set_beside_the_older_one(client: Client, decided: Candidate) -> None:
    reread(decided, reader("fake-2", "Spain sends trucks", euros("5000000")))
    found = difference(decided)
    assert found is not None
    told = {edit.label: (edit.extracted, edit.decided) for edit in found.fields}
    assert told["Amount"] == ("–", "5000000")
    assert found.candidate is not None
    assert found.candidate.state == "pending"
    text = shown(client, decided)
    assert "Read then and now" in text
    assert "The claim as it is read now" in text


def test_a_reader_that_no_longer_finds_it_leaves_the_passage_that_is_most_like_it(decided: Candidate) -> None:
    reread(decided, reader("fake-2", "Nothing else", donor="CZ"))
    found = difference(decided)
    assert found is not None
    assert (found.now, found.fields) == (None, [])
    assert found.passage == "Spain sends trucks to Ukraine."


def test_words_that_changed_are_shown_as_they_were_and_as_they_are(client: Client, decided: Candidate) -> None:
    revise(decided, "Spain sends lorries to Ukraine. Nothing else.", reader("fake-1", "Spain sends lorries"))
    assert decided.words_changed
    found = difference(decided)
    assert found is not None
    assert (found.then.quote, found.passage) == ("Spain sends trucks", "Spain sends lorries")
    text = shown(client, decided)
    assert "Spain sends lorries" in text
    assert "It is read the same, from other words." in text


def test_where_the_words_are_gone_the_page_says_so(client: Client, decided: Candidate) -> None:
    revise(decided, "A wholly different story about the weather.", reader("fake-1", "Spain"))
    assert "Nothing in the present text is like these words." in shown(client, decided)


def test_the_difference_stays_in_sight_after_reopening(client: Client, decided: Candidate, rita: User) -> None:
    reread(decided, reader("fake-2", "Nothing else", donor="CZ"))
    review.reopen(decided.pk, acting_user=rita, now=LATER)
    assert "The present reading makes no such claim." in shown(client, decided)
