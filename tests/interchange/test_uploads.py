"""Files that staff hand in: queued, taken in once by a worker, watched, refused in words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from history.models import Change
from ingestion import blobs
from interchange import several, tasks, uploads
from interchange.importing import Run
from interchange.models import FileImport, FileKind
from interchange.report import Report
from pledges.models import Pledge
from tests.builders import NOW, person
from tests.interchange.books import book

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]
ADD = "admin:interchange_fileimport_add"


@pytest.fixture
def workbook(tmp_path: Path) -> bytes:
    return book(tmp_path / "book.xlsx", {}).read_bytes()


def queued(content: bytes, kind: str = "kiel", name: str = "book.xlsx", *, dry_run: bool = False) -> FileImport:
    kept = uploads.keep_file(name, content)
    return uploads.queue_file(kept, kind=kind, dry_run=dry_run, acting_user=person(), now=NOW)


def test_every_kind_of_file_has_its_import() -> None:
    assert set(uploads.IMPORTS) == set(FileKind.values)


def test_a_file_is_taken_in_once_in_the_name_of_who_handed_it_in(workbook: bytes) -> None:
    row = queued(workbook)
    assert uploads.take_in_file(row.pk, now=NOW) == "done"
    assert uploads.take_in_file(row.pk, now=NOW) == "nothing to do"
    row.refresh_from_db()
    assert (row.state, row.report["made"], Pledge.objects.count()) == ("done", 1, 1)
    change = Change.objects.get(action="pledge.import")
    assert (change.actor, change.job) == (person(), "import_kiel")


def test_a_dry_run_keeps_nothing_and_tells_what_it_would(workbook: bytes) -> None:
    row = queued(workbook, dry_run=True)
    assert row.how_far == "Waits for its turn"
    uploads.take_in_file(row.pk, now=NOW)
    row.refresh_from_db()
    assert (row.report["made"], Pledge.objects.exists()) == (1, False)
    assert row.how_far == "Checked, nothing kept"


def test_a_file_that_cannot_be_taken_in_is_refused_in_words() -> None:
    row = queued(b"no workbook")
    assert uploads.take_in_file(row.pk, now=NOW) == "refused"
    row.refresh_from_db()
    assert "is no workbook" in row.words


def test_bytes_that_went_missing_refuse_the_file(workbook: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    row = queued(workbook)

    def missing(name: str) -> bytes:
        raise blobs.MissingBlobError("They are missing.")

    monkeypatch.setattr(blobs, "read", missing)
    uploads.take_in_file(row.pk, now=NOW)
    row.refresh_from_db()
    assert row.words == "The file cannot be read any more: They are missing."


def test_a_fault_of_ours_is_told_and_kept_in_the_log(workbook: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    row = queued(workbook)

    def broken(paths: Any, run: Run, row: Any) -> Report:
        raise RuntimeError("a slip")

    monkeypatch.setattr(uploads, "IMPORTS", {"kiel": broken})
    with pytest.raises(RuntimeError):
        uploads.take_in_file(row.pk, now=NOW)
    row.refresh_from_db()
    assert (row.state, row.words) == ("refused", uploads.UNEXPECTED)


def test_a_file_left_by_a_dead_worker_is_taken_in_again_after_the_lease(workbook: bytes) -> None:
    row = queued(workbook)
    FileImport.objects.filter(pk=row.pk).update(state="running", started_at=NOW)
    assert not uploads.queue_again(row.pk, now=NOW + uploads.LEASE)
    assert uploads.queue_again(row.pk, now=NOW + uploads.LEASE + timedelta(seconds=1))
    assert uploads.take_in_file(row.pk, now=NOW + uploads.LEASE) == "done"


def test_the_progress_is_seen_while_it_runs(workbook: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    row = queued(workbook)
    seen: list[Any] = []

    def watched(paths: Any, run: Run, row: Any) -> Report:
        run.progress(3, 7)
        seen.append(uploads.progress_of(row.pk))
        return Report()

    monkeypatch.setattr(uploads, "IMPORTS", {"kiel": watched})
    uploads.take_in_file(row.pk, now=NOW)
    assert (seen, uploads.progress_of(row.pk)) == ([(3, 7)], None)


@given(name=st.text(max_size=300))
def test_whatever_a_file_is_called_its_name_leads_nowhere_else(name: str) -> None:
    safe = several.safe_name(name)
    assert safe not in {"", ".", ".."}
    assert "/" not in safe
    assert len(safe.encode("utf-8", "replace")) <= 255


def hand_in(client: Client, content: bytes, name: str = "book.xlsx") -> Any:
    return client.post(reverse(ADD), {"kind": "kiel", "file": SimpleUploadedFile(name, content)}, follow=True)


def test_staff_hand_a_file_in_and_are_shown_its_page_which_looks_again_until_it_is_done(
    admin_client: Client, workbook: bytes, monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:  # fmt: skip
    sent: list[int] = []
    monkeypatch.setattr(tasks.take_in_file, "delay", sent.append)
    with django_capture_on_commit_callbacks(execute=True):
        waiting = hand_in(admin_client, workbook)
    row = FileImport.objects.get()
    assert (sent, waiting["Refresh"]) == ([row.pk], "2")
    assert tasks.take_in_file(row.pk) == "done"
    done = admin_client.get(reverse("admin:interchange_fileimport_change", args=[row.pk]))
    assert "Refresh" not in done
    assert "made 1" in done.content.decode()


def test_an_empty_file_is_refused_on_the_form(admin_client: Client) -> None:
    answer = hand_in(admin_client, b"")
    assert "empty" in answer.content.decode()
    assert not FileImport.objects.exists()


def test_words_of_a_file_are_escaped_on_its_page(admin_client: Client) -> None:
    row = queued(b"x", name="<b>.xlsx")
    FileImport.objects.filter(pk=row.pk).update(state="done", report={"remarks": ["<script>alert(1)</script>"]})
    text = admin_client.get(reverse("admin:interchange_fileimport_change", args=[row.pk])).content.decode()
    assert "<script>alert(1)" not in text
    assert "&lt;script&gt;alert(1)" in text


def test_who_may_not_publish_may_not_hand_in_a_file(client: Client) -> None:
    helper = User.objects.create_user("helper", is_staff=True)
    helper.user_permissions.set(Permission.objects.filter(codename__in=["add_fileimport", "view_fileimport"]))
    client.force_login(helper)
    assert client.get(reverse(ADD)).status_code == 403
    helper.user_permissions.add(*Permission.objects.filter(codename__in=["publish_pledge", "publish_measure"]))
    assert client.get(reverse(ADD)).status_code == 200


def test_what_was_refused_can_be_taken_in_again_from_the_list(
    admin_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = queued(b"no workbook")
    uploads.take_in_file(row.pk, now=NOW)
    monkeypatch.setattr(tasks.take_in_file, "delay", lambda pk: None)
    admin_client.post(
        reverse("admin:interchange_fileimport_changelist"), {"action": "take_in_again", "_selected_action": [row.pk]}
    )
    row.refresh_from_db()
    assert row.state == "queued"
