"""Bytes as fetched: stored once, proved when read, and never the reason why an article is lost."""

from __future__ import annotations

import errno
import gzip
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage, storages
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pytest_django import Settings

from ingestion import blobs
from ingestion.fetching import UnreachableError
from ingestion.models import BlobKind
from ingestion.parsing import Entry

BODY = b"<rss>Spain will send trucks.</rss>" * 50
ENTRY = Entry(guid="a.txt", url="", title="T", text="Words")


@pytest.fixture(autouse=True)
def store(tmp_path: Path, settings: Settings) -> Path:
    """The folder in which bytes are stored, empty."""
    settings.MEDIA_ROOT = str(tmp_path / "media")
    return tmp_path / "media" / "fetched"


def files(store: Path) -> list[Path]:
    """All files in the store, drafts among them."""
    return [path for path in store.rglob("*") if path.is_file()]


@given(body=st.binary(max_size=2000))
@hypothesis_settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_are_read_back_as_they_were(body: bytes) -> None:
    assert blobs.read(blobs.keep(body)) == body


def test_the_same_bytes_are_one_file_named_by_their_hash(store: Path) -> None:
    name = blobs.keep(BODY)
    assert blobs.keep(BODY) == name == blobs.name_of(BODY)
    assert files(store) == [store / name]
    assert (store / name).stat().st_size < len(BODY)


def test_a_whole_file_is_not_written_again(store: Path) -> None:
    name = blobs.keep(BODY)
    before = (store / name).stat().st_ino
    blobs.keep(BODY)
    assert (store / name).stat().st_ino == before


def test_equal_bytes_give_equal_files(store: Path) -> None:
    name = blobs.keep(BODY)
    first = (store / name).read_bytes()
    (store / name).unlink()
    blobs.keep(BODY)
    assert (store / name).read_bytes() == first


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda packed: packed[: len(packed) // 2], id="cut short"),
        pytest.param(lambda packed: b"", id="empty"),
        pytest.param(lambda packed: packed + b"more", id="longer"),
        pytest.param(lambda packed: b"no gzip at all", id="not packed"),
        pytest.param(lambda packed: gzip.compress(b"other words"), id="other bytes"),
    ],
)
def test_a_damaged_file_is_recognised_when_read_and_replaced_when_stored_again(store: Path, damage: Any) -> None:
    name = blobs.keep(BODY)
    (store / name).write_bytes(damage((store / name).read_bytes()))
    with pytest.raises(blobs.BrokenBlobError, match="are damaged"):
        blobs.read(name)
    assert blobs.keep(BODY) == name
    assert blobs.read(name) == BODY


def test_a_file_that_would_unpack_without_end_is_not_unpacked(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blobs, "MOST_BYTES", 10_000)
    name = blobs.keep(BODY)
    (store / name).write_bytes(gzip.compress(bytes(1_000_000)))
    with pytest.raises(blobs.BrokenBlobError):
        blobs.read(name)


def test_a_body_that_is_too_large_is_refused(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blobs, "MOST_BYTES", len(BODY) - 1)
    with pytest.raises(blobs.BlobError, match="they are more than"):
        blobs.keep(BODY)
    assert files(store) == []


def test_missing_bytes_are_named() -> None:
    name = blobs.name_of(BODY)
    with pytest.raises(blobs.MissingBlobError, match=name):
        blobs.read(name)


@pytest.mark.parametrize("name", ["", "../../secret", "ab/../../x.gz", "/etc/passwd", "AB/" + "c" * 62 + ".gz"])
def test_a_name_that_leads_elsewhere_is_refused(name: str) -> None:
    with pytest.raises(blobs.MissingBlobError, match="no name of stored bytes"):
        blobs.read(name)


def test_many_who_store_the_same_bytes_at_once_leave_one_whole_file(store: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        names = list(pool.map(lambda _turn: blobs.keep(BODY), range(64)))
    assert set(names) == {blobs.name_of(BODY)}
    assert files(store) == [store / names[0]]
    assert blobs.read(names[0]) == BODY


def test_a_full_disk_is_told_in_words_and_leaves_no_draft(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(blobs.BlobError, match="No space left on device"):
        blobs.keep(BODY)
    assert files(store) == []


def test_a_folder_that_cannot_be_made_is_told_in_words(store: Path) -> None:
    store.parent.mkdir()
    store.write_text("a file where the folder should be")
    with pytest.raises(blobs.BlobError, match="could not be stored"):
        blobs.keep(BODY)


class Renaming(InMemoryStorage):
    """A storage that another process was quicker in: it finds another name."""

    def save(self, name: str | None, content: Any, max_length: int | None = None) -> str:
        super().save(name, ContentFile(gzip.compress(BODY)))
        return super().save(name, content, max_length)


@pytest.fixture
def in_memory(settings: Settings) -> InMemoryStorage:
    """A storage of its own for the bytes, without files on a disk."""
    backend = {"BACKEND": "django.core.files.storage.InMemoryStorage"}
    settings.STORAGES = {**settings.STORAGES, "blobs": backend}
    found = storages["blobs"]
    assert isinstance(found, InMemoryStorage)
    return found


def test_a_storage_named_blobs_is_used_where_there_is_one(in_memory: InMemoryStorage, store: Path) -> None:
    name = blobs.keep(BODY)
    assert in_memory.exists(name)
    assert blobs.read(name) == BODY
    assert files(store) == []


def test_a_damaged_file_in_a_storage_without_paths_is_replaced(in_memory: InMemoryStorage) -> None:
    name = blobs.name_of(BODY)
    in_memory.save(name, ContentFile(b"half"))
    assert blobs.keep(BODY) == name
    assert blobs.read(name) == BODY


def test_a_storage_that_finds_another_name_is_left_with_one_file(
    in_memory: InMemoryStorage, settings: Settings
) -> None:
    settings.STORAGES = {**settings.STORAGES, "blobs": {"BACKEND": f"{__name__}.Renaming"}}
    name = blobs.keep(BODY)
    assert storages["blobs"].listdir(name.partition("/")[0]) == ([], [name.partition("/")[2]])
    assert blobs.read(name) == BODY


def test_bytes_are_stored_only_once_a_revision_rests_on_them(store: Path) -> None:
    keeper = blobs.Keeper(blobs.Origin(BlobKind.FEED, BODY, "text/xml", "https://example.org/feed"))
    assert files(store) == []
    fields = keeper.fields(ENTRY)
    assert fields == {
        "blob": blobs.name_of(BODY),
        "blob_kind": "feed",
        "content_type": "text/xml",
        "found_at": "https://example.org/feed",
    }
    assert files(store) == [store / fields["blob"]]


def test_bytes_that_cannot_be_stored_leave_the_name_empty_and_say_so_once(store: Path) -> None:
    store.parent.mkdir()
    store.write_text("a file where the folder should be")
    keeper = blobs.Keeper(blobs.Origin(BlobKind.FEED, BODY))
    assert [keeper.fields(ENTRY)["blob"], keeper.fields(ENTRY)["blob"]] == ["", ""]
    (fault,) = keeper.faults
    assert "could not be stored" in fault


def test_a_file_of_a_folder_is_stored_as_it_was_when_it_was_parsed() -> None:
    keeper = blobs.FolderKeeper({"a.txt": BODY}.__getitem__, {"a.txt": blobs.name_of(BODY)})
    fields = keeper.fields(ENTRY)
    assert (fields["blob_kind"], fields["found_at"]) == ("file", "a.txt")
    assert blobs.read(fields["blob"]) == BODY
    assert keeper.faults == []


def test_a_file_that_changed_while_it_was_read_is_not_stored_under_the_words_of_before() -> None:
    keeper = blobs.FolderKeeper({"a.txt": BODY + b"!"}.__getitem__, {"a.txt": blobs.name_of(BODY)})
    assert keeper.fields(ENTRY)["blob"] == ""
    assert keeper.faults == ["a.txt: its bytes were not stored, for it was changed while it was read."]


def test_a_file_that_is_gone_when_it_is_to_be_stored_leaves_a_sentence() -> None:
    def gone(_name: str) -> bytes:
        raise UnreachableError("It is gone.")

    keeper = blobs.FolderKeeper(gone, {"a.txt": blobs.name_of(BODY)})
    assert keeper.fields(ENTRY)["blob"] == ""
    assert keeper.faults == ["a.txt: its bytes were not stored, for it could not be read again. It is gone."]


def test_a_file_whose_name_cannot_be_kept_as_it_is_leaves_a_sentence() -> None:
    keeper = blobs.FolderKeeper(dict[str, bytes]().__getitem__, {"a  b.txt": blobs.name_of(BODY)})
    assert keeper.fields(ENTRY)["blob"] == ""
    assert keeper.faults == ["a.txt: its bytes were not stored, for its name cannot be kept as it is."]
