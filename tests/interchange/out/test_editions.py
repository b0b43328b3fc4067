"""Editions: made once a night, frozen as releases, whole or not there."""

from __future__ import annotations

import io
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from django.contrib.admin.sites import site
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import ProtectedError
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from interchange.publishing import editions
from interchange.publishing.editions import (
    BusyError,
    changed_files,
    folder_of,
    make_edition,
    make_nightly,
    make_release,
)
from interchange.publishing.models import Edition
from interchange.publishing.snapshot import snapshot
from interchange.tasks import make_downloads
from pledges.models import Pledge
from tests.builders import NOW, euros, person, published, rates
from tests.interchange.out.conftest import on_sqlite

pytestmark = pytest.mark.django_db
NIGHT = timedelta(days=1)


@pytest.fixture(autouse=True)
def record(db: None) -> None:
    rates()
    published("One", **euros("1"))


def test_a_night_without_a_change_makes_nothing_new_and_says_that_it_looked() -> None:
    first = make_edition(now=NOW)
    again = make_edition(now=NOW + NIGHT)
    assert (first.made, again.made) == (True, False)
    assert (again.edition.pk, again.edition.confirmed_at) == (first.edition.pk, NOW + NIGHT)
    published("Two", **euros("2"))
    assert make_edition(now=NOW + NIGHT).made
    assert [one.rows["pledges"] for one in Edition.objects.all()] == [2, 1]


def test_the_work_of_a_night_is_done_once_however_often_it_is_asked_for() -> None:
    assert len(make_nightly(now=NOW)) == 2
    assert make_nightly(now=NOW + timedelta(hours=1)) == []
    assert {one.scope for one in Edition.objects.all()} == {"all", "tracker"}


def test_as_many_nights_are_kept_as_are_wished_and_releases_always(settings: Any, downloads: Path) -> None:
    settings.DOWNLOADS_KEPT = 2
    release = make_release("2022-03", now=NOW)
    for number in range(4):
        published(f"More {number}", **euros("2"))
        make_edition(now=NOW + number * NIGHT)
    kept = set(Edition.objects.values_list("key", flat=True))
    assert len(kept) == 3
    assert release.key in kept
    assert {one.name for one in downloads.iterdir() if one.is_dir()} == kept


def test_what_broke_off_half_way_is_not_public_and_is_taken_away(
    downloads: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: Any, **kwargs: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("interchange.publishing.making.write_activities", broken)
        with pytest.raises(KeyboardInterrupt):
            make_edition(now=NOW)
    assert not Edition.objects.exists()
    assert [one.name for one in downloads.iterdir()] == [editions.LOCK]
    (downloads / f"{editions.UNFINISHED}killed").mkdir()
    (downloads / "all-2022-03-10-1").mkdir()  # killed after its files were whole and before its row was written
    edition = make_edition(now=NOW).edition
    assert {one.name for one in downloads.iterdir()} == {editions.LOCK, edition.key}


HOLD = "import fcntl, sys; lock = open(sys.argv[1], 'w'); fcntl.flock(lock, fcntl.LOCK_EX); print(flush=True); input()"


def test_two_processes_do_not_make_editions_at_once(downloads: Path) -> None:
    downloads.mkdir()
    command = [sys.executable, "-c", HOLD, str(downloads / editions.LOCK)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdin is not None
        assert other.stdout is not None
        other.stdout.readline()
        with pytest.raises(BusyError, match="Another process is making downloads just now"):
            make_edition(now=NOW)
        assert "just now" in make_downloads()
        other.kill()  # the lock goes with the process
    assert make_edition(now=NOW).made


def test_a_release_is_frozen_cited_and_its_name_used_once() -> None:
    release = make_release("Spring.2022", note="After the audit.", now=NOW, acting_user=person())
    assert release.key == "release-spring-2022"
    assert "release Spring.2022" in release.citation
    assert "Licence: CC BY 4.0" in release.citation
    with pytest.raises(ValidationError, match=r"There is a release spring\.2022 already"):
        make_release("spring.2022", now=NOW)
    with pytest.raises(ValidationError, match="cannot be the name of a release"):
        make_release("../2022", now=NOW)
    published("Later", **euros("9"))
    make_edition(now=NOW + NIGHT)
    release.refresh_from_db()
    assert changed_files(release) == []
    assert release.rows["pledges"] == 1


def test_a_release_cannot_be_deleted() -> None:
    release = make_release("2022-03", now=NOW)
    with pytest.raises(ProtectedError):
        release.delete()
    request = RequestFactory().get("/")
    request.user = get_user_model().objects.create_superuser("root")
    admin = site.get_model_admin(Edition)
    assert not admin.has_delete_permission(request, release)
    assert not admin.has_change_permission(request, release)
    assert not admin.has_add_permission(request)


def test_a_release_whose_file_was_changed_or_lost_is_found() -> None:
    release = make_release("2022-03", now=NOW)
    out = io.StringIO()
    call_command("verify_release", stdout=out)
    assert "Release 2022-03: as it was made" in out.getvalue()
    first, second, *_ = sorted(folder_of(release).iterdir())
    first.chmod(0o644)
    with first.open("ab") as file:
        file.write(b"more")
    second.unlink()
    with pytest.raises(CommandError, match="1 of 1 releases are not as they were made"):
        call_command("verify_release", "2022-03", stdout=out)
    assert f"{first.name} was changed" in out.getvalue()
    assert f"{second.name} is missing" in out.getvalue()
    with pytest.raises(CommandError, match="There is no release 1999"):
        call_command("verify_release", "1999")


def test_the_commands_tell_what_they_made(tmp_path: Path) -> None:
    out = io.StringIO()
    call_command("make_downloads", "--dataset", "tracker", stdout=out)
    assert "pledge-tracker-tracker-" in out.getvalue()
    call_command("release", "2022-03", stdout=out)
    assert "Cite as: Aid and sanctions pledge tracker" in out.getvalue()
    with pytest.raises(CommandError, match="There is a release 2022-03 already"):
        call_command("release", "2022-03")
    with pytest.raises(CommandError, match="There is no dataset “nowhere”"):
        call_command("make_downloads", "--dataset", "nowhere")
    call_command("export_iati", str(tmp_path / "a.xml"), stdout=out)
    assert "1 activities" in out.getvalue()
    with pytest.raises(CommandError, match="There is nothing published to write: no entities"):
        call_command("export_ftm", str(tmp_path / "a.ndjson"))
    with pytest.raises(CommandError, match="There is no folder"):
        call_command("export_ftm", str(tmp_path / "nowhere" / "a.ndjson"))
    assert [one.name for one in tmp_path.iterdir() if one.is_file()] == ["a.xml"]


@pytest.mark.skipif(on_sqlite(), reason="the tests' SQLite is in memory, where a thread waits for another")
@pytest.mark.django_db(transaction=True)
def test_what_is_written_meanwhile_is_not_seen_and_nobody_waits(record: None) -> None:
    def write() -> None:
        try:
            published("Meanwhile", **euros("2"))
        finally:
            connection.close()

    with snapshot():
        before = Pledge.objects.count()
        writer = Thread(target=write)
        writer.start()
        writer.join(20)
        assert not writer.is_alive()
        assert Pledge.objects.count() == before
    assert Pledge.objects.count() == before + 1


@pytest.mark.skipif(not on_sqlite(), reason="PostgreSQL has levels of isolation instead")
@pytest.mark.django_db(transaction=True)
def test_on_sqlite_a_snapshot_begins_as_a_reader_and_leaves_the_usual_way_behind(record: None) -> None:
    with CaptureQueriesContext(connection) as asked, snapshot():
        Pledge.objects.count()
    assert asked.captured_queries[0]["sql"] == "BEGIN DEFERRED"
    with CaptureQueriesContext(connection) as asked, transaction.atomic():
        Pledge.objects.count()
    assert asked.captured_queries[0]["sql"] == "BEGIN IMMEDIATE"
