"""Numbered changes and the versions that they leave."""

from __future__ import annotations

from datetime import timedelta

import pytest

from history.models import Change, Version
from history.selectors import differences, last_seq, versions_of
from history.services import RecordState, joining, keep_version, recording
from tests.builders import NOW, person

pytestmark = pytest.mark.django_db


def state(value: str, *, public: bool = True) -> RecordState:
    return RecordState(kind="pledge", object_id=1, public_id="P1", state={"title": value}, public=public)


def test_changes_are_numbered_without_gaps() -> None:
    for _ in range(3):
        with recording(action="x", now=NOW, acting_user=person()):
            pass
    assert list(Change.objects.order_by("seq").values_list("seq", flat=True)) == [1, 2, 3]


def test_a_change_that_fails_leaves_no_number_behind() -> None:
    with pytest.raises(RuntimeError), recording(action="x", now=NOW, job="test"):
        raise RuntimeError
    with recording(action="x", now=NOW, job="test") as change:
        assert change.seq == 1


def test_a_clock_that_goes_back_does_not_put_a_later_change_earlier() -> None:
    with recording(action="x", now=NOW, job="test"):
        pass
    with recording(action="x", now=NOW - timedelta(hours=1), job="test") as later:
        assert later.at == NOW


def test_a_change_without_anybody_who_makes_it_is_refused() -> None:
    with pytest.raises(ValueError, match="who made it"), recording(action="x", now=NOW):
        pass


def test_a_version_lasts_from_one_change_until_the_next() -> None:
    for value in ("old", "new"):
        with recording(action="x", now=NOW, job="test") as change:
            keep_version(change, state(value))
    spans = list(Version.objects.order_by("since_id").values_list("state__title", "since_id", "until_id"))
    assert spans == [("old", 1, 2), ("new", 2, None)]


def test_an_unchanged_record_keeps_its_version() -> None:
    for _ in range(2):
        with recording(action="x", now=NOW, job="test") as change:
            keep_version(change, state("same"))
    assert Version.objects.count() == 1


def test_a_record_written_twice_in_one_change_has_one_version() -> None:
    with recording(action="x", now=NOW, job="test") as change:
        keep_version(change, state("first"))
        keep_version(change, state("last"))
    assert Version.objects.get().state == {"title": "last"}


def test_joining_a_change_that_is_being_made_makes_no_other() -> None:
    with recording(action="x", now=NOW, job="test") as outer, joining(outer, action="y", now=NOW, job="test") as inner:
        assert inner is outer
    assert Change.objects.count() == 1


def test_the_last_change_at_a_moment_is_found() -> None:
    for hours in (0, 2):
        with recording(action="x", now=NOW + timedelta(hours=hours), job="test"):
            pass
    assert last_seq(at=NOW - timedelta(seconds=1)) == 0
    assert last_seq(at=NOW + timedelta(hours=1)) == 1
    assert last_seq() == 2


def test_the_versions_of_a_record_come_newest_first() -> None:
    for value in ("old", "new"):
        with recording(action="x", now=NOW, job="test") as change:
            keep_version(change, state(value))
    assert [version.state["title"] for version in versions_of("pledge", 1)] == ["new", "old"]


def test_differences_name_the_fields_that_changed_and_those_that_are_gone() -> None:
    found = differences({"a": 1, "b": 2, "c": 3}, {"a": 1, "b": 5})
    assert [(one.field, one.before, one.after) for one in found] == [("b", 2, 5), ("c", 3, None)]
