"""The bytes of a revision in the admin."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from ingestion import blobs, services
from ingestion.models import Revision
from tests.admin_pages import client_of
from tests.ingestion.conftest import NOW


@pytest.fixture
def chief(db: None) -> Client:
    """A browser in which a superuser is logged in."""
    return client_of("chief", everything=True)


@pytest.fixture
def with_bytes(staff: User, tmp_path: Path, settings: Settings) -> Revision:
    """A revision whose bytes are stored."""
    settings.MEDIA_ROOT = str(tmp_path)
    services.add_text(title="T", text="Words", acting_user=staff, now=NOW)
    Revision.objects.update(blob=blobs.keep(b"<script>alert(1)</script>"), blob_kind="page", content_type="text/html")
    return Revision.objects.get()


def test_the_bytes_as_fetched_are_given_as_a_file_that_no_browser_runs(chief: Client, with_bytes: Revision) -> None:
    address = reverse("admin:ingestion_revision_bytes", args=[with_bytes.pk])
    page = chief.get(reverse("admin:ingestion_revision_change", args=[with_bytes.pk])).content.decode()
    assert f'<a href="{address}">Bytes as fetched</a> (The article&#x27;s own page)' in page
    answer = chief.get(address)
    assert answer.content == b"<script>alert(1)</script>"
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"] == f'attachment; filename="revision-{with_bytes.pk}.bin"'
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_bytes_go_only_to_who_may_see_revisions(client: Client, staff: User, with_bytes: Revision) -> None:
    address = reverse("admin:ingestion_revision_bytes", args=[with_bytes.pk])
    assert client.get(address).status_code == 302
    client.force_login(staff)
    assert client.get(address).status_code == 403


def test_bytes_that_are_gone_are_told_in_words_and_none_are_made_up(
    chief: Client, with_bytes: Revision, tmp_path: Path
) -> None:
    address = reverse("admin:ingestion_revision_bytes", args=[with_bytes.pk])
    next((tmp_path / blobs.FOLDER).rglob("*.gz")).unlink()
    assert "are missing. Bring them back from a backup." in chief.get(address, follow=True).content.decode()
    Revision.objects.update(blob="")
    assert chief.get(address).status_code == 404
