"""What no database can keep, or only one of the two, is refused with a sentence under its field on both."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from sanctions.drafts import EvidenceDraft, MeasureDraft, StepDraft
from sanctions.models import Measure
from sanctions.services import create_measure, merge_measure, withdraw_measure
from tests.builders import DAY, NOW, person

pytestmark = pytest.mark.django_db


def create(**fields: Any) -> Measure:
    given: dict[str, Any] = {"title": "Ban", "types": ("tariff",), "steps": (StepDraft(adopted_on=DAY),), **fields}
    return create_measure(MeasureDraft(**given), now=NOW, acting_user=person())


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("title", "x" * 301),
        ("title", "a\0b"),
        ("imposers_as_written", "x" * 301),
        ("sectors", "x" * 301),
        ("origin_key", "x" * 201),
        ("dataset_id", 999),
        ("import_batch_id", 999),
        ("programme_id", 999),
        ("round_id", 999),
        ("steps", (StepDraft(adopted_on=DAY, act_id=999),)),
        ("steps", (StepDraft(adopted_on=DAY, note="x" * 301),)),
        ("steps", (StepDraft(adopted_on=DAY, ends_on=date(9999, 12, 31)),)),
        ("steps", (StepDraft(adopted_on=date(1, 1, 1)),)),
        ("evidence", (EvidenceDraft(revision_id=999, start=0, end=3, quote="So."),)),
        ("evidence", (EvidenceDraft(url="https://example.org/", quote="So.", publisher="x" * 201),)),
        ("evidence", (EvidenceDraft(url="https://example.org/", quote="So.", start=9, end=2),)),
    ],
)
def test_what_does_not_fit_is_refused_under_its_field(field: str, given: Any) -> None:
    with pytest.raises(ValidationError) as refused:
        create(**{field: given})
    assert field in refused.value.message_dict
    assert not Measure.objects.exists()


def test_the_same_row_of_a_dataset_is_one_measure() -> None:
    made = create(origin_key="row 1")
    with pytest.raises(ValidationError, match=made.public_id):
        create(origin_key="row 1")


def test_what_was_merged_or_withdrawn_already_is_not_merged() -> None:
    first, second, third = (create() for _ in range(3))
    merge_measure(first.pk, into_id=second.pk, now=NOW, acting_user=person())
    with pytest.raises(ValidationError, match="is merged"):
        merge_measure(first.pk, into_id=third.pk, now=NOW, acting_user=person())
    withdraw_measure(third.pk, reason="Wrong.", now=NOW, acting_user=person())
    with pytest.raises(ValidationError, match="is withdrawn"):
        merge_measure(third.pk, into_id=second.pk, now=NOW, acting_user=person())
