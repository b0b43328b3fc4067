"""The list of changes that a mirror follows: in order, nothing missed, nothing twice, nothing that is not public."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections

from history.models import ChangeCounter
from history.services import recording
from pledges.drafts import PledgeDraft
from pledges.services import correct_pledge, create_pledge, merge_pledge, publish_pledge, withdraw_pledge
from reference.models import Dataset
from tests.api.making import get, listing, measure, take_in, unpublished
from tests.builders import GROUNDS, NOW, draft, euros, person, published

pytestmark = pytest.mark.django_db


def changes(**query: Any) -> list[tuple[str, str]]:
    """What happened to which record."""
    return [(row["happened"], row["id"]) for row in get("changes/", **query)["results"]]


def followed(since: str = "", **query: Any) -> tuple[list[tuple[int, str]], str]:
    """The changes on all pages from a cursor on, and the cursor at the end."""
    found: list[tuple[int, str]] = []
    while True:
        asked: dict[str, Any] = {**query, "since": since} if since else query
        page = get("changes/", **asked)
        found += [(row["seq"], row["id"]) for row in page["results"]]
        since = page["cursor"]
        if page["next"] is None:
            return found, since


def test_changes_tell_what_was_added_modified_withdrawn_and_merged_in_order() -> None:
    one, two, three = published("One"), published("Two"), published("Three")
    correct_pledge(one.pk, draft("One, told better"), now=NOW, acting_user=person())
    withdraw_pledge(two.pk, reason="Wrong.", now=NOW, acting_user=person())
    merge_pledge(three.pk, into_id=one.pk, now=NOW, acting_user=person())
    assert changes() == [
        ("added", one.public_id), ("added", two.public_id), ("added", three.public_id), ("modified", one.public_id),
        ("withdrawn", two.public_id), ("merged", three.public_id), ("modified", one.public_id),
    ]  # fmt: skip


def test_a_change_names_its_number_moment_kind_and_the_address_of_the_record() -> None:
    made, ban = published("One"), measure("Ban")
    rows = get("changes/")["results"]
    assert rows[0] == {
        "seq": made.last_seq, "at": "2022-03-10T12:00:00Z", "kind": "pledge", "id": made.public_id, "happened": "added",
        "url": f"http://testserver/api/v1/pledges/{made.public_id}/",
    }  # fmt: skip
    assert (rows[1]["kind"], rows[1]["url"]) == ("measure", f"http://testserver/api/v1/sanctions/{ban.public_id}/")
    assert changes(kind="measure") == [("added", ban.public_id)]


def test_what_was_never_public_is_in_no_change() -> None:
    drafted = unpublished()
    correct_pledge(drafted.pk, draft("Better"), now=NOW, acting_user=person())
    withdraw_pledge(drafted.pk, reason="No.", now=NOW, acting_user=person())
    assert changes() == []


def test_changes_are_those_of_one_dataset_that_may_be_given_out() -> None:
    other = Dataset.objects.create(key="other", name="Other", licence="CC BY 4.0", redistributable=True)
    closed = Dataset.objects.create(key="closed", name="Closed", licence="all rights reserved", redistributable=False)
    ours = published("Ours")
    theirs = published("Theirs", dataset_id=other.pk)
    published("Kept", dataset_id=closed.pk)
    assert changes() == [("added", ours.public_id)]
    assert changes(dataset="other") == [("added", theirs.public_id)]
    assert "dataset" in get("changes/", status=400, dataset="closed")["detail"]


@pytest.mark.parametrize("size", ["1", "2", "3", "7"])
def test_pages_of_any_size_tell_each_change_once_though_one_change_has_many_records(size: str) -> None:
    published("One")
    listed = take_in(*(listing(str(n), f"Name {n}") for n in range(5)))
    published("Two")
    whole, _ = followed()
    assert len(whole) == 7
    assert len({seq for seq, _ in whole}) == 3
    assert {one.public_id for one in listed} < {public_id for _, public_id in whole}
    assert followed(page_size=size)[0] == whole


def test_a_mirror_goes_on_from_its_cursor() -> None:
    published("One")
    _, cursor = followed()
    assert followed(cursor)[0] == []
    two = published("Two")
    assert [public_id for _, public_id in followed(cursor)[0]] == [two.public_id]


def test_the_cursor_passes_over_changes_that_are_not_public() -> None:
    published("One")
    with recording(action="source.save", now=NOW, job="a test"):
        pass
    unpublished()
    assert followed()[1] == str(ChangeCounter.objects.get().last_seq)


def test_the_number_of_a_change_is_a_cursor_too() -> None:
    one, two = published("One"), published("Two")
    assert changes(since=str(one.last_seq)) == [("added", two.public_id)]
    assert changes(since="0") == [("added", one.public_id), ("added", two.public_id)]


@pytest.mark.parametrize("cursor", ["", "x", "-1", "1-", "1-2-3", "9" * 30, "1\x00"])
def test_what_is_no_cursor_is_refused(cursor: str) -> None:
    assert get("changes/", status=400, since=cursor)["errors"][0]["parameter"] == "since"


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="needs a database with several writers")
def test_a_mirror_misses_nothing_and_repeats_nothing_while_many_write() -> None:
    user, plan = person(), draft("Told", evidence=GROUNDS, **euros("5"))
    made: list[str] = []
    writers = [threading.Thread(target=_write, args=(plan, user, made)) for _ in range(4)]
    for writer in writers:
        writer.start()
    seen: list[tuple[int, str]] = []
    cursor = "0"
    while any(writer.is_alive() for writer in writers):
        some, cursor = followed(cursor, page_size="3")
        seen += some
    seen += followed(cursor)[0]
    assert [public_id for _, public_id in seen] == list(dict.fromkeys(public_id for _, public_id in seen))
    assert sorted(public_id for _, public_id in seen) == sorted(made)
    assert [seq for seq, _ in seen] == sorted(seq for seq, _ in seen)
    assert len(made) == 40


def _write(plan: PledgeDraft, user: Any, made: list[str]) -> None:
    try:
        for n in range(10):
            pledge = create_pledge(plan, now=NOW + timedelta(seconds=n), acting_user=user)
            publish_pledge(pledge.pk, now=NOW + timedelta(seconds=n), acting_user=user)
            made.append(pledge.public_id)
    finally:
        connections.close_all()
