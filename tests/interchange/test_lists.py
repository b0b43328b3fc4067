"""Lists of the admin as files, and their corrections: a dry run is looked at, then the very same is kept."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from interchange import several, tasks
from interchange.models import FileImport
from interchange.problems import FileProblem
from pledges.services import correct_pledge
from pledges.standing import standing_draft
from tests.admin_pages import client_of
from tests.builders import NOW, euros, person, published, rates
from tests.interchange.recorded import designation, joint, measure

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("dollars")]
EDITOR = ("pledges.view_pledge", "pledges.change_pledge", "pledges.add_pledge", "interchange.view_fileimport")


@pytest.fixture
def dollars(db: None) -> None:
    rates()


@pytest.fixture
def worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that takes in each file at once."""
    monkeypatch.setattr(tasks, "send", tasks.take_in_file)


def export(client: Client, what: str = "pledges/pledge", form: str = "csv", query: str = "") -> Any:
    app, model = what.split("/")
    return client.get(reverse("admin:interchange_export", args=[app, model, form]) + query)


def rows_of(answer: Any) -> list[dict[str, str]]:
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def content_of(answer: Any) -> bytes:
    """All of a file; it is closed, and the answer is not, as that would close the test's own database connection."""
    content = bytes(answer.getvalue())
    if getattr(answer, "file_to_stream", None) is not None:
        answer.file_to_stream.close()
    return content


def as_file(rows: list[dict[str, str]], name: str = "pledges.csv") -> SimpleUploadedFile:
    target = io.StringIO(newline="")
    writer = csv.DictWriter(target, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return SimpleUploadedFile(name, target.getvalue().encode())


def hand_in(client: Client, *files: SimpleUploadedFile, why: str = "Checked.") -> Any:
    data = {"kind": "record", "why": why, "file": list(files)}
    return client.post(reverse("admin:interchange_fileimport_add"), data, follow=True)


def page(client: Client, row: FileImport) -> str:
    return str(client.get(reverse("admin:interchange_fileimport_change", args=[row.pk])).content.decode())


def test_a_list_is_exported_with_its_filters_drafts_among_it() -> None:
    joint("Public")
    joint("A draft", public=False)
    client = client_of("editor", *EDITOR)
    assert {row["title"] for row in rows_of(export(client))} == {"Public", "A draft"}
    (row,) = rows_of(export(client, query="?state__exact=draft"))
    assert (row["title"], row["state"], row["private_note"]) == ("A draft", "draft", "Ask again.")
    (row,) = rows_of(export(client, query="?q=Public"))
    assert row["title"] == "Public"


def test_who_may_only_look_gets_no_private_notes() -> None:
    joint()
    (row,) = rows_of(export(client_of("viewer", "pledges.view_pledge")))
    assert "private_note" not in row


@pytest.mark.parametrize(
    "what", ["pledges/pledge", "sanctions/measure", "sanctions/programme", "sanctions/designation"]
)
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_every_list_is_exported_in_both_forms_and_to_those_who_may_see_it(what: str, form: str) -> None:
    joint()
    measure()
    answer = export(client_of("boss", everything=True), what, form)
    assert answer.status_code == 200
    assert f'.{form}"' in answer["Content-Disposition"]
    assert content_of(answer)
    assert export(client_of("nobody"), what, form).status_code == 403


def test_a_workbook_of_a_list_has_what_belongs_to_its_records() -> None:
    joint()
    answer = export(client_of("editor", *EDITOR), form="xlsx")
    book = load_workbook(io.BytesIO(content_of(answer)))
    assert book.sheetnames == ["Read me", "pledges", "pledge_donors", "pledge_recipients", "items", "moves",
                               "deductions", "pledge_evidence"]  # fmt: skip
    assert book["pledge_donors"]["C2"].value == "IT"


def test_filters_that_cannot_be_read_are_told() -> None:
    assert export(client_of("editor", *EDITOR), query="?nonsense=1").status_code == 400


def test_an_unknown_list_is_not_found() -> None:
    assert export(client_of("boss", everything=True), "auth/user").status_code == 404


def test_an_export_asks_as_often_for_many_rows_as_for_few() -> None:
    client = client_of("editor", *EDITOR)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert rows_of(export(client))
        return len(queries)

    joint()
    few = asked()
    for number in range(5):
        joint(f"More {number}")
    assert asked() == few


def test_the_lists_lead_to_exports_with_their_filters_and_to_corrections() -> None:
    text = client_of("editor", *EDITOR).get("/admin/pledges/pledge/?state__exact=draft").content.decode()
    assert "/admin/interchange/fileimport/export/pledges/pledge.csv?state__exact=draft" in text
    assert "/admin/interchange/fileimport/add/?kind=record" in text
    text = client_of("viewer", "pledges.view_pledge").get("/admin/pledges/pledge/").content.decode()
    assert "pledge.xlsx" in text
    assert "Import corrections" not in text


@pytest.mark.usefixtures("worker")
def test_corrections_are_shown_first_and_then_kept_as_shown() -> None:
    pledge = joint()
    client = client_of("editor", *EDITOR)
    (row,) = rows_of(export(client))
    hand_in(client, as_file([{**row, "title": "A better title"}]))
    dry = FileImport.objects.get()
    assert (dry.dry_run, dry.state) == (True, "done")
    assert f"{pledge.public_id} is corrected: title “=A joint gift” → “A better title”" in page(client, dry)
    pledge.refresh_from_db()
    assert pledge.title == "=A joint gift"
    client.post(reverse("admin:interchange_fileimport_confirm", args=[dry.pk]))
    pledge.refresh_from_db()
    assert pledge.title == "A better title"
    kept = FileImport.objects.get(confirms=dry)
    assert (kept.state, kept.by.get_username(), kept.why) == ("done", "editor", "Checked.")
    assert "Take this in now" not in page(client, dry)


@pytest.mark.usefixtures("worker")
def test_a_dry_run_is_confirmed_once() -> None:
    joint()
    client = client_of("editor", *EDITOR)
    (row,) = rows_of(export(client))
    hand_in(client, as_file([{**row, "title": "Better"}]))
    dry = FileImport.objects.get()
    for _ in range(2):
        answer = client.post(reverse("admin:interchange_fileimport_confirm", args=[dry.pk]), follow=True)
    assert "was confirmed already" in answer.content.decode()
    assert FileImport.objects.filter(dry_run=False).count() == 1


@pytest.mark.usefixtures("worker")
def test_what_would_no_longer_do_what_was_shown_is_not_kept() -> None:
    pledge = joint()
    client = client_of("editor", *EDITOR)
    (row,) = rows_of(export(client))
    hand_in(client, as_file([{**row, "title": "From the file"}]))
    quicker = replace(standing_draft(pledge), title="By hand")
    correct_pledge(pledge.pk, quicker, now=NOW, acting_user=person("somebody"))
    dry = FileImport.objects.get()
    client.post(reverse("admin:interchange_fileimport_confirm", args=[dry.pk]))
    kept = FileImport.objects.get(confirms=dry)
    assert (kept.state, "has changed since the dry run" in kept.words) == ("refused", True)
    pledge.refresh_from_db()
    assert pledge.title == "By hand"


@pytest.mark.usefixtures("worker")
def test_several_tables_are_handed_in_together() -> None:
    published("Plain", **euros("10"))
    client = client_of("editor", *EDITOR)
    (row,) = rows_of(export(client))
    donors = as_file(
        [{"pledge": row["id"], "version": row["version"], "donor": "FR", "share_amount": "4"}], "donors.csv"
    )
    joint()  # makes the party FR
    hand_in(client, as_file([{**row, "note": "Seen."}]), donors)
    dry = FileImport.objects.get()
    assert (dry.state, dry.report["updated"]) == ("done", 1), dry.words
    assert "pledge_donors FR: donor nothing → “FR”" in dry.report["changes"][0]


@pytest.mark.usefixtures("worker")
@pytest.mark.parametrize(("what", "column"), [("programme", "url"), ("designation", "annex")])
def test_programmes_and_designations_are_corrected_from_their_lists(what: str, column: str) -> None:
    designation()
    may = [f"sanctions.{action}_{what}" for action in ("view", "change")]
    client = client_of("editor", *may, "interchange.view_fileimport")
    shown = client.get(f"/admin/sanctions/{what}/").content.decode()
    assert "Import corrections" in shown
    (row,) = rows_of(export(client, f"sanctions/{what}"))
    hand_in(client, as_file([{**row, column: "https://example.org/new"}], f"{what}s.csv"))
    dry = FileImport.objects.get()
    assert (dry.state, dry.report["updated"]) == ("done", 1), dry.words
    assert f"is corrected: {column} nothing → “https://example.org/new”" in dry.report["changes"][0]


def test_corrections_need_a_reason() -> None:
    joint()
    client = client_of("editor", *EDITOR)
    answer = hand_in(client, as_file(rows_of(export(client))), why="")
    assert "Say why the records are corrected" in answer.content.decode()
    assert not FileImport.objects.exists()


def test_an_editor_takes_in_corrections_and_no_sources() -> None:
    text = client_of("editor", *EDITOR).get(reverse("admin:interchange_fileimport_add")).content.decode()
    assert 'value="record"' in text
    assert 'value="kiel"' not in text
    assert (
        client_of("viewer", "pledges.view_pledge", "interchange.view_fileimport")
        .get(reverse("admin:interchange_fileimport_add"))
        .status_code
        == 403
    )


def test_a_file_that_is_no_table_of_ours_is_refused_on_its_page(worker: None) -> None:
    client = client_of("editor", *EDITOR)
    hand_in(client, SimpleUploadedFile("list.csv", b"shape,colour\r\nA,red\r\n"))
    row = FileImport.objects.get()
    assert row.state == "refused"
    assert "its first row names no columns of ours" in page(client, row)


def test_files_kept_as_one_come_apart_as_they_were(tmp_path: Any) -> None:
    name, content = several.pack([("a.json", b"one"), ("../a.json", b"two")])
    paths = several.unpack(name, content, tmp_path)
    assert [(path.name, path.read_bytes()) for path in paths] == [("a.json", b"one"), ("a.json", b"two")]
    assert all(tmp_path in path.parents for path in paths)


@pytest.mark.parametrize("change", [lambda content: content[:40], lambda content: b"PK\x03\x04 nothing"])
def test_an_archive_that_only_looks_like_files_kept_together_is_refused(
    tmp_path: Any, change: Callable[[bytes], bytes]
) -> None:
    name, content = several.pack([("a.json", b"one"), ("b.json", b"two")])
    with pytest.raises(FileProblem, match="no archive of files"):
        several.unpack(name, change(content), tmp_path)
