"""With FOUR_EYES a file that publishes is handed in by one person and confirmed by another."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from interchange import uploads
from interchange.models import FileImport, FileKind, ImportState
from tests.builders import NOW, person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _four_eyes(settings: Any) -> None:
    settings.FOUR_EYES = True


def handed_in(kind: str = FileKind.KIEL, **fields: Any) -> FileImport:
    """A file of which nobody asked for a dry run, and whose dry run went well."""
    kept = uploads.KeptFile("book.xlsx", "blob", 10)
    made = uploads.queue_file(kept, kind=kind, dry_run=False, acting_user=person("ada"), now=NOW, **fields)
    FileImport.objects.filter(pk=made.pk).update(state=ImportState.DONE)
    return made


def test_a_file_that_publishes_is_only_tried_at_first() -> None:
    assert handed_in().dry_run


def test_who_handed_it_in_does_not_confirm_it_and_a_colleague_does() -> None:
    made = handed_in()
    with pytest.raises(ValidationError, match=r"You handed in book\.xlsx"):
        uploads.confirm_file(made.pk, acting_user=person("ada"), now=NOW)
    confirmed = uploads.confirm_file(made.pk, acting_user=person("bea"), now=NOW)
    assert (confirmed.dry_run, confirmed.by) == (False, person("bea"))


def test_without_the_setting_it_is_taken_in_at_once(settings: Any) -> None:
    settings.FOUR_EYES = False
    assert not handed_in().dry_run


def test_corrections_publish_nothing_by_themselves_and_need_no_colleague() -> None:
    assert not handed_in(FileKind.RECORD, why="A slip.").dry_run
