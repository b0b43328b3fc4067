"""Entering, correcting, publishing, withdrawing, merging and counting measures."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from history.models import Version
from sanctions.classes import CLASSES
from sanctions.drafts import EvidenceDraft, MeasureDraft, StepDraft
from sanctions.models import Measure, MeasureKind
from sanctions.services import (
    add_evidence,
    correct_measure,
    create_measure,
    merge_measure,
    publish_measure,
    withdraw_measure,
)
from sanctions.totals import Counts, Filters, PartyKey, totals
from tests.builders import NOW, party, person

pytestmark = pytest.mark.django_db

DAY = date(2022, 2, 27)
TODAY = date(2022, 3, 10)
GROUNDS = (EvidenceDraft(url="https://example.org/news", quote="They imposed it."),)


def draft(*imposers: str, **fields: Any) -> MeasureDraft:
    given: dict[str, Any] = {
        "title": "An asset freeze",
        "imposers": tuple(party(code) for code in imposers),
        "targets": (party("RU"),),
        "types": ("asset_freeze",),
        "steps": (StepDraft("impose", "adopted", DAY),),
        "evidence": GROUNDS,
    }
    return MeasureDraft(**{**given, **fields})


def published(*imposers: str, **fields: Any) -> Measure:
    made = create_measure(draft(*imposers, **fields), now=NOW, acting_user=person())
    return publish_measure(made.pk, now=NOW, acting_user=person())


def test_what_follows_from_the_steps_is_computed() -> None:
    made = published("EU")
    assert (made.adopted, made.in_force_from, made.in_force_until, made.last_action) == (True, DAY, None, "imposed")


def test_a_measure_needs_evidence_and_an_imposer_before_it_is_published() -> None:
    made = create_measure(draft(evidence=()), now=NOW, acting_user=person())
    with pytest.raises(ValidationError) as refused:
        publish_measure(made.pk, now=NOW, acting_user=person())
    assert set(refused.value.message_dict) == {"evidence", "imposers"}


def test_imposers_that_are_not_named_can_stand_as_written() -> None:
    made = published(imposers_as_written="western powers", types=("unspecified",))
    assert made.state == "published"


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"types": ()}, "types", "Choose what is banned"),
        ({"types": ("ban",)}, "types", "no measure type"),
        ({"types": ("asset_freeze", "asset_freeze")}, "types", "named twice"),
        ({"title": ""}, "title", "what is banned"),
        ({"target_kind": "planet"}, "target_kind", "no kind"),
        ({"targets": (999_999,)}, "targets", "No party"),
        ({"steps": (StepDraft("ban", "adopted", DAY),)}, "steps", "no step"),
        ({"steps": (StepDraft("impose", "adopted", None),)}, "steps", "day of the step"),
        ({"steps": (StepDraft("impose", "adopted", DAY, ends_on=date(2022, 1, 1)),)}, "steps", "before it applies"),
        ({"evidence": (EvidenceDraft(url="ftp://example.org", quote="x"),)}, "evidence", "no web address"),
    ],
)
def test_what_cannot_be_right_is_refused_with_a_sentence(fields: dict[str, Any], field: str, words: str) -> None:
    with pytest.raises(ValidationError) as refused:
        create_measure(draft("EU", **fields), now=NOW, acting_user=person())
    assert words in " ".join(refused.value.message_dict[field])
    assert not Measure.objects.exists()


def test_a_correction_leaves_the_old_state_in_history() -> None:
    made = published("EU")
    correct_measure(made.pk, draft("EU", "US"), now=NOW, acting_user=person(), why="The US joined.")
    states = Version.objects.filter(kind="measure", object_id=made.pk).order_by("since_id")
    assert [len(version.state["imposers"]) for version in states] == [1, 1, 2]


def test_the_second_of_two_editors_is_told_who_was_quicker() -> None:
    made = published("EU")
    correct_measure(made.pk, draft("EU", "US"), now=NOW, acting_user=person("first"))
    with pytest.raises(ValidationError, match="first changed this measure"):
        correct_measure(made.pk, draft("EU", based_on=made.last_seq), now=NOW, acting_user=person("second"))


def test_evidence_of_a_lifting_brings_its_step_along() -> None:
    made = published("EU")
    add_evidence(
        made.pk,
        EvidenceDraft(url="https://example.org/later", quote="They lifted it."),
        step=StepDraft("lift", "adopted", date(2022, 3, 1)),
        now=NOW,
        acting_user=person(),
    )
    made.refresh_from_db()
    assert (made.in_force_until, made.last_action) == (date(2022, 2, 28), "lifted")


def test_the_same_evidence_is_kept_once() -> None:
    made = published("EU")
    add_evidence(made.pk, GROUNDS[0], now=NOW, acting_user=person())
    assert made.evidence.count() == 1


def test_a_withdrawn_measure_is_no_longer_counted() -> None:
    made = published("EU")
    withdraw_measure(made.pk, reason="It was only proposed.", now=NOW, acting_user=person())
    assert totals(day=TODAY).total == Counts()


def test_a_merged_measure_is_counted_once_and_keeps_its_evidence() -> None:
    kept, double = published("EU"), published("EU")
    merge_measure(double.pk, into_id=kept.pk, now=NOW, acting_user=person())
    assert totals(day=TODAY).total.count == 1
    assert kept.evidence.count() == 2


def test_a_measure_of_two_imposers_stands_in_both_rows_and_once_in_the_total() -> None:
    published("EU", "GB", types=("asset_freeze", "travel_ban"))
    answer = totals(day=TODAY, group_by=["imposer", "measure"])
    assert len(answer.rows) == 4
    assert answer.total == Counts(count=1, in_force_count=1, not_adopted_count=0)


def test_a_measure_of_nobody_by_name_has_a_row_of_its_own() -> None:
    published(imposers_as_written="western powers", types=("unspecified",))
    [row] = totals(day=TODAY, group_by=["imposer", "measure"]).rows
    assert row.keys == {"imposer": PartyKey("", "Not named"), "measure": "unspecified"}


def test_what_is_only_proposed_is_counted_apart_and_not_in_force() -> None:
    published("EU", steps=(StepDraft("impose", "proposed", DAY),))
    assert totals(day=TODAY).total == Counts(count=1, in_force_count=0, not_adopted_count=1)


def test_filters_choose_measures_and_leave_their_rows_whole() -> None:
    published("EU", "GB")
    published("US")
    answer = totals(day=TODAY, group_by=["imposer"], filters=Filters(imposer=("EU",)))
    assert {key.code for row in answer.rows if isinstance(key := row.keys["imposer"], PartyKey)} == {"EU", "GB"}
    assert answer.total.count == 1


def test_counts_take_three_queries_however_many_rows(django_assert_num_queries: Any) -> None:
    for code in ("EU", "GB", "US"):
        published(code)
    with django_assert_num_queries(3):
        totals(day=TODAY, group_by=["imposer", "target", "measure"])


def test_every_measure_type_has_its_class() -> None:
    assert set(CLASSES) == set(MeasureKind.values)


def test_a_draft_can_be_corrected_without_evidence() -> None:
    made = create_measure(replace(draft("EU"), evidence=()), now=NOW, acting_user=person())
    correct_measure(made.pk, replace(draft("EU", "US"), evidence=()), now=NOW, acting_user=person())
    assert made.imposers.count() == 2
