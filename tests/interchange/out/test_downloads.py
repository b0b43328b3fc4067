"""Downloads as a reader of the API gets them."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from interchange.publishing.editions import folder_of, make_edition, make_release
from interchange.publishing.models import Edition
from tests.builders import NOW, euros, published, rates

pytestmark = pytest.mark.django_db
ROOT = "/api/v1/downloads/"


@pytest.fixture
def edition(db: None) -> Edition:
    rates()
    published("One", **euros("1"))
    return make_edition(now=NOW).edition


def address_of(edition: Edition) -> str:
    file = edition.files.get(form="iati")
    return f"{ROOT}{edition.key}/{file.name}"


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def test_downloads_are_listed_the_newest_first_with_size_hash_and_citation(
    edition: Edition, django_assert_max_num_queries: Any
) -> None:
    release = make_release("2022-03", note="The first.", now=NOW)
    with django_assert_max_num_queries(4):
        rows = Client().get(ROOT).json()["results"]
    assert [row["key"] for row in rows] == [release.key, edition.key]
    newest = rows[0]
    assert (newest["release"], newest["note"], newest["day"]) == ("2022-03", "The first.", "2022-03-10")
    assert newest["change"] == edition.seq
    assert "release 2022-03" in newest["citation"]
    assert rows[1]["release"] is None
    for file in newest["files"]:
        found = (folder_of(release) / file["name"]).read_bytes()
        assert (len(found), hashlib.sha256(found).hexdigest()) == (file["bytes"], file["sha256"])
        assert body(Client().get(file["address"])) == found
    assert [row["key"] for row in Client().get(f"{ROOT}?released=true").json()["results"]] == [release.key]


def test_the_way_in_names_the_downloads(edition: Edition) -> None:
    assert Client().get("/api/v1/").json()["downloads"].endswith(ROOT)


def test_a_file_can_be_kept_for_long_and_is_not_sent_again(edition: Edition) -> None:
    answer = Client().get(address_of(edition), headers={"accept": "application/pdf", "accept-encoding": "gzip, br"})
    assert answer.status_code == 200
    assert answer["Content-Length"] == str(len(body(answer)))
    assert "immutable" in answer["Cache-Control"]
    assert "Content-Encoding" not in answer
    assert answer["Content-Disposition"].endswith('-iati.xml"')
    again = Client().get(address_of(edition), headers={"if-none-match": f'"other", {answer["ETag"]}'})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", answer["ETag"])


def test_head_tells_of_a_file_without_sending_it(edition: Edition) -> None:
    answer = Client().head(address_of(edition))
    size = edition.files.get(form="iati").bytes
    assert (answer.status_code, answer["Content-Length"], body(answer)) == (200, str(size), b"")


@pytest.mark.parametrize(
    ("asked", "part"),
    [("bytes=0-4", slice(0, 5)), ("bytes=10-", slice(10, None)), ("bytes=-7", slice(-7, None)),
     ("bytes=3-99999999", slice(3, None))],
)  # fmt: skip
def test_a_part_of_a_file_is_sent_where_it_is_asked_for(edition: Edition, asked: str, part: slice) -> None:
    whole = body(Client().get(address_of(edition)))
    answer = Client().get(address_of(edition), headers={"range": asked})
    assert (answer.status_code, body(answer)) == (206, whole[part])
    start = len(whole[: part.start]) if part.start and part.start > 0 else (len(whole) - 7 if part.start else 0)
    assert answer["Content-Range"] == f"bytes {start}-{start + len(whole[part]) - 1}/{len(whole)}"


@pytest.mark.parametrize("asked", ["bytes=99999999-", "bytes=9-3", "bytes=-0"])
def test_a_part_that_there_is_not_is_refused_with_the_size(edition: Edition, asked: str) -> None:
    answer = Client().get(address_of(edition), headers={"range": asked})
    assert answer.status_code == 416
    assert answer["Content-Range"] == f"bytes */{edition.files.get(form='iati').bytes}"


@pytest.mark.parametrize("asked", ["bytes=0-1,3-4", "lines=1-2", "bytes=-", "bytes=a-b"])
def test_what_is_no_single_range_gets_the_whole_file(edition: Edition, asked: str) -> None:
    answer = Client().get(address_of(edition), headers={"range": asked})
    assert answer.status_code == 200
    assert len(body(answer)) == edition.files.get(form="iati").bytes


def test_a_part_of_another_state_of_the_file_is_not_mixed_in(edition: Edition) -> None:
    answer = Client().get(address_of(edition), headers={"range": "bytes=0-4", "if-range": '"another"'})
    assert answer.status_code == 200
    assert len(body(answer)) > 5


@pytest.mark.parametrize(
    "address",
    ["{key}/nothing.zip", "{key}/..%2f.lock", "{key}/%2e%2e/.lock", "{key}/.lock", "../downloads/.lock", "x/secret.txt",
     "{key}/../../secret.txt", "{key}//etc/passwd", "{key}/a%00b"],
)  # fmt: skip
def test_nothing_but_what_is_listed_can_be_had(edition: Edition, address: str, downloads: Path) -> None:
    (downloads / "x").mkdir()
    (downloads / "x" / "secret.txt").write_text("secret")
    (downloads.parent / "secret.txt").write_text("secret")
    answer = Client().get(ROOT + address.format(key=edition.key), follow=True)
    assert answer.status_code in (400, 404)
    assert b"secret" not in answer.content.replace(b"secret.txt", b"")


def test_a_file_that_was_lost_is_told_and_nothing_breaks(edition: Edition) -> None:
    for path in folder_of(edition).iterdir():
        path.unlink()
    answer = Client().get(address_of(edition))
    assert answer.status_code == 404
    assert "cannot be read just now" in answer.json()["detail"]


def test_staff_see_editions_in_the_admin(edition: Edition, admin_client: Client) -> None:
    assert edition.key in admin_client.get("/admin/interchange/edition/").content.decode()
    page = admin_client.get(f"/admin/interchange/edition/{edition.pk}/change/").content.decode()
    assert edition.files.get(form="sqlite").sha256 in page
    assert "Delete" not in page
