"""A change can carry two reasons: the private one for staff, and one that the public is told."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from history.models import Change
from history.services import joining, recording
from tests.builders import NOW, person

pytestmark = pytest.mark.django_db


def reasons(seq: int) -> tuple[str, str | None]:
    change = Change.objects.get(pk=seq)
    return change.why, change.public_reason


def test_the_public_reason_stands_beside_the_private_one() -> None:
    with recording(action="test", now=NOW, acting_user=person(), why="Ada rang.", public_reason=" A typo. ") as change:
        pass
    assert reasons(change.seq) == ("Ada rang.", "A typo.")


def test_a_change_of_which_the_public_is_told_nothing_has_none() -> None:
    with recording(action="test", now=NOW, acting_user=person(), why="Ada rang.", public_reason="  ") as change:
        pass
    assert reasons(change.seq) == ("Ada rang.", None)


def test_a_service_that_joins_a_change_can_say_what_the_public_is_told() -> None:
    with recording(action="test", now=NOW, acting_user=person()) as change:
        with joining(change, action="inner", now=NOW, public_reason="It never arrived."):
            pass
        with joining(change, action="inner", now=NOW):
            pass
    assert reasons(change.seq) == ("", "It never arrived.")


def test_a_public_reason_that_no_database_keeps_is_refused() -> None:
    with (
        pytest.raises(ValidationError, match="character that no database keeps"),
        recording(action="test", now=NOW, acting_user=person(), public_reason="a\0b"),
    ):
        pass
