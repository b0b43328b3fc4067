"""Deciding on candidates."""

from __future__ import annotations

import threading
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection

from extraction.contract import Finding, PledgeFinding
from history.models import Change, Version
from history.services import recording
from ingestion.models import Candidate, CandidateState
from pledges.models import Pledge
from pledges.services import merge_pledge, publish_pledge, withdraw_pledge
from review import services
from review.models import Decision
from sanctions.models import Measure
from tests.builders import published, rates
from tests.review import making
from tests.review.making import NOW

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(minutes=5)
PUBLISHER = ("review.add_decision", "pledges.publish_pledge", "sanctions.publish_measure")


def state(candidate: Candidate) -> str:
    return Candidate.objects.values_list("state", flat=True).get(pk=candidate.pk)


def test_accepting_makes_a_draft_with_its_evidence_and_a_decision_that_links_both() -> None:
    rates(making.DAY)
    candidate, rita = making.one(), making.user()
    decided = services.accept(candidate.pk, acting_user=rita, now=NOW)
    pledge = Pledge.objects.get()
    assert decided.record == pledge
    assert (pledge.state, pledge.eur_central) == ("draft", 11_000_000_000)
    assert pledge.evidence.get().finding_id == candidate.finding_id
    assert state(candidate) == CandidateState.ACCEPTED
    decision = candidate.decisions.get()
    assert (decision.kind, decision.by, decision.at, decision.edits) == ("accept", rita, NOW, {})
    assert pledge.decisions.get() == decision
    assert Version.objects.get(kind="pledge").since == decision.change


def test_accepting_a_sanction_makes_a_measure_with_its_step() -> None:
    decided = services.accept(making.one(making.SANCTIONS).pk, acting_user=making.user(), now=NOW)
    measure = Measure.objects.get()
    assert decided.record == measure
    assert (measure.state, measure.adopted, measure.in_force_from) == ("draft", True, making.DAY)
    assert measure.evidence.get().quote == making.SANCTIONS.quote
    assert measure.decisions.get().candidate.state == CandidateState.ACCEPTED


@pytest.mark.parametrize("finding", [making.ITALY, making.SANCTIONS])
def test_who_may_publish_can_accept_and_publish_at_once(finding: Finding) -> None:
    candidate = making.one(finding)
    decided = services.accept(candidate.pk, acting_user=making.user(permissions=PUBLISHER), now=NOW, publish=True)
    assert decided.record is not None
    assert decided.record.state == "published"
    assert Change.objects.count() == 1


def test_who_may_not_publish_is_refused_and_nothing_happens() -> None:
    candidate = making.one()
    with pytest.raises(PermissionDenied, match="not publish"):
        services.accept(candidate.pk, acting_user=making.user(), now=NOW, publish=True)
    assert (Pledge.objects.count(), state(candidate)) == (0, CandidateState.PENDING)


def test_what_the_reviewer_changed_is_kept_beside_what_was_extracted() -> None:
    candidate = making.one()
    proposed = services.proposal_of(candidate)
    wanted = replace(proposed, title="Italy: budget help", stated=Decimal("100000000"))  # type: ignore[arg-type]
    decided = services.accept(candidate.pk, acting_user=making.user(), now=NOW, draft=wanted)
    assert decided.decision.edits == {
        "title": {"extracted": "Italy: EUR 110 million, financial, to Ukraine", "decided": "Italy: budget help"},
        "stated": {"extracted": "110000000", "decided": "100000000"},
    }
    assert Pledge.objects.get().stated == Decimal("100000000")
    candidate.finding.refresh_from_db()
    assert candidate.finding.payload["amount"]["value"] == "110000000"


def test_a_draft_that_cannot_be_right_leaves_everything_as_it_was() -> None:
    candidate = making.one()
    wrong = replace(services.proposal_of(candidate), title=" ")
    with pytest.raises(ValidationError, match="Say in a few words"):
        services.accept(candidate.pk, acting_user=making.user(), now=NOW, draft=wrong)
    assert (state(candidate), Decision.objects.count(), Change.objects.count()) == (CandidateState.PENDING, 0, 0)


def test_the_second_of_two_people_is_told_who_decided_what_and_overwrites_nothing() -> None:
    candidate = making.one()
    services.accept(candidate.pk, acting_user=making.user("rita"), now=NOW)
    with pytest.raises(ValidationError, match="rita decided on it first: accepted"):
        services.reject(candidate.pk, reason="misread", acting_user=making.user("sam"), now=LATER)
    assert (state(candidate), Decision.objects.count()) == (CandidateState.ACCEPTED, 1)


def test_a_double_submit_makes_one_record() -> None:
    candidate, rita = making.one(), making.user()
    services.accept(candidate.pk, acting_user=rita, now=NOW)
    with pytest.raises(ValidationError):
        services.accept(candidate.pk, acting_user=rita, now=NOW)
    assert (Pledge.objects.count(), Decision.objects.count()) == (1, 1)


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_of_two_people_deciding_in_the_same_moment_one_wins() -> None:
    if connection.vendor == "sqlite":
        pytest.skip("the test database of SQLite lives in memory, where threads do not wait for each other")
    candidate, people = making.one(), [making.user("rita"), making.user("sam")]
    start, told = threading.Barrier(2), []

    def decide(who: int) -> None:
        start.wait()
        try:
            services.accept(candidate.pk, acting_user=people[who], now=NOW)
            told.append("decided")
        except ValidationError as error:
            told.append(error.messages[0])
        finally:
            connection.close()

    threads = [threading.Thread(target=decide, args=(who,)) for who in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(one == "decided" for one in told) == [False, True]
    assert any("decided on it first" in one for one in told)
    assert (Pledge.objects.count(), Decision.objects.count()) == (1, 1)


def test_merging_adds_the_evidence_to_the_record_that_exists() -> None:
    pledge, candidate = published("Known"), making.one()
    decided = services.merge(candidate.pk, record=pledge, acting_user=making.user(), now=NOW)
    assert pledge.evidence.count() == 2
    assert (state(candidate), decided.decision.pledge) == (CandidateState.MERGED, pledge)
    assert Pledge.objects.count() == 1


def test_merging_can_move_the_record_to_the_stage_that_the_candidate_tells_of() -> None:
    pledge, candidate = published("Known"), making.one(replace(making.ITALY, stage="delivery"))
    services.merge(candidate.pk, record=pledge, acting_user=making.user(), now=NOW, with_move=True)
    pledge.refresh_from_db()
    assert pledge.stage == "delivery"
    assert pledge.moves.get().evidence.get().finding_id == candidate.finding_id


def test_merging_a_sanction_can_add_its_step() -> None:
    rita = making.user()
    measure = services.accept(making.one(making.SANCTIONS).pk, acting_user=rita, now=NOW).record
    assert isinstance(measure, Measure)
    lifted = making.one(replace(making.SANCTIONS, action="lifted"))
    services.merge(lifted.pk, record=measure, acting_user=rita, now=LATER, with_move=True)
    assert [step.step for step in measure.steps.all()] == ["impose", "lift"]
    assert measure.evidence.count() == 2


def test_a_pledge_cannot_be_merged_into_a_measure() -> None:
    rita = making.user()
    measure = services.accept(making.one(making.SANCTIONS).pk, acting_user=rita, now=NOW).record
    assert measure is not None
    candidate = making.one()
    with pytest.raises(ValidationError, match="cannot be merged"):
        services.merge(candidate.pk, record=measure, acting_user=rita, now=NOW)
    assert state(candidate) == CandidateState.PENDING


def test_a_withdrawn_record_takes_no_merge() -> None:
    pledge, candidate = published("Known"), making.one()
    withdraw_pledge(pledge.pk, reason="A mistake.", now=NOW, acting_user=making.user("boss"))
    with pytest.raises(ValidationError, match="takes no more evidence"):
        services.merge(candidate.pk, record=pledge, acting_user=making.user(), now=NOW)
    assert state(candidate) == CandidateState.PENDING


def test_rejecting_needs_a_reason_and_keeps_the_words() -> None:
    candidate, rita = making.one(), making.user()
    with pytest.raises(ValidationError, match="Choose a reason"):
        services.reject(candidate.pk, reason="", acting_user=rita, now=NOW)
    with pytest.raises(ValidationError, match="in words"):
        services.reject(candidate.pk, reason="other", words=" ", acting_user=rita, now=NOW)
    decided = services.reject(candidate.pk, reason="duplicate", words="Seen on Friday.", acting_user=rita, now=NOW)
    assert (decided.record, decided.decision.reason, decided.decision.words) == (None, "duplicate", "Seen on Friday.")
    assert (state(candidate), Pledge.objects.count()) == (CandidateState.REJECTED, 0)


def test_undoing_an_acceptance_withdraws_the_record_and_lets_the_candidate_wait_again() -> None:
    candidate, rita = making.one(), making.user()
    accepted = services.accept(candidate.pk, acting_user=rita, now=NOW)
    undone = services.undo(accepted.decision.pk, acting_user=rita, now=LATER, words="It was another Italy.")
    pledge = Pledge.objects.get()
    assert (pledge.state, pledge.withdrawn_reason) == ("withdrawn", "It was another Italy.")
    assert state(candidate) == CandidateState.PENDING
    assert (undone.decision.kind, undone.decision.reverses) == ("undo", accepted.decision)
    again = services.accept(candidate.pk, acting_user=rita, now=LATER)
    assert again.record != pledge


def test_undoing_a_merge_takes_away_what_it_added_and_nothing_else() -> None:
    pledge, rita = published("Known"), making.user()
    before = set(pledge.evidence.values_list("pk", flat=True))
    candidate = making.one(replace(making.ITALY, stage="delivery"))
    merged = services.merge(candidate.pk, record=pledge, acting_user=rita, now=NOW, with_move=True)
    services.undo(merged.decision.pk, acting_user=rita, now=LATER)
    pledge.refresh_from_db()
    assert set(pledge.evidence.values_list("pk", flat=True)) == before
    assert (pledge.stage, pledge.moves.count(), state(candidate)) == ("pledge", 0, CandidateState.PENDING)


def test_undoing_a_merge_that_found_its_evidence_there_leaves_the_evidence() -> None:
    candidate, rita = making.one(), making.user()
    pledge = services.accept(candidate.pk, acting_user=rita, now=NOW).record
    assert isinstance(pledge, Pledge)
    services.reopen(candidate.pk, acting_user=rita, now=LATER)
    merged = services.merge(candidate.pk, record=pledge, acting_user=rita, now=LATER)
    services.undo(merged.decision.pk, acting_user=rita, now=LATER)
    assert pledge.evidence.count() == 1


def test_undoing_a_merge_takes_the_step_of_a_measure_back() -> None:
    rita = making.user()
    measure = services.accept(making.one(making.SANCTIONS).pk, acting_user=rita, now=NOW).record
    assert isinstance(measure, Measure)
    lifted = making.one(replace(making.SANCTIONS, action="lifted"))
    merged = services.merge(lifted.pk, record=measure, acting_user=rita, now=LATER, with_move=True)
    services.undo(merged.decision.pk, acting_user=rita, now=LATER)
    measure.refresh_from_db()
    assert [step.step for step in measure.steps.all()] == ["impose"]
    assert (measure.evidence.count(), measure.last_action) == (1, "imposed")


def test_undoing_a_merge_follows_its_evidence_to_the_record_that_it_went_to() -> None:
    pledge, other, rita = published("Known"), published("The same"), making.user()
    candidate = making.one()
    merged = services.merge(candidate.pk, record=pledge, acting_user=rita, now=NOW)
    merge_pledge(pledge.pk, into_id=other.pk, now=NOW, acting_user=rita)
    undone = services.undo(merged.decision.pk, acting_user=rita, now=LATER)
    assert undone.record == other
    assert not other.evidence.filter(finding=candidate.finding).exists()


@pytest.mark.parametrize(
    "finding", [replace(making.ITALY, stage="delivery"), replace(making.SANCTIONS, action="lifted")]
)
def test_merging_a_reopened_candidate_again_adds_its_move_or_step_once(finding: Finding) -> None:
    rita, known = making.user(), making.one(making.ITALY if isinstance(finding, PledgeFinding) else making.SANCTIONS)
    record = services.accept(known.pk, acting_user=rita, now=NOW).record
    assert record is not None
    candidate = making.one(finding)
    for _ in range(2):
        services.merge(candidate.pk, record=record, acting_user=rita, now=NOW, with_move=True)
        services.reopen(candidate.pk, acting_user=rita, now=NOW)
    assert record.evidence.count() == 2
    assert record.moves.count() == 1 if isinstance(record, Pledge) else record.steps.count() == 2


def test_a_draft_published_in_the_last_moment_is_not_taken_back_by_who_may_not_publish(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    candidate, rita, boss = making.one(), making.user(), making.user("boss", permissions=PUBLISHER)
    accepted = services.accept(candidate.pk, acting_user=rita, now=NOW)
    assert accepted.record is not None
    number, record_id = recording, accepted.record.pk

    def recording_after_another(**given: Any) -> AbstractContextManager[Change]:
        publish_pledge(record_id, now=NOW, acting_user=boss)
        return number(**given)

    monkeypatch.setattr(services, "recording", recording_after_another)
    with pytest.raises(PermissionDenied, match="may publish"):
        services.undo(accepted.decision.pk, acting_user=rita, now=LATER)
    assert Pledge.objects.get().state == "published"


def test_a_rejection_can_be_undone_once() -> None:
    candidate, rita = making.one(), making.user()
    rejected = services.reject(candidate.pk, reason="misread", acting_user=rita, now=NOW)
    services.undo(rejected.decision.pk, acting_user=rita, now=LATER)
    assert state(candidate) == CandidateState.PENDING
    with pytest.raises(ValidationError, match="no longer holds"):
        services.undo(rejected.decision.pk, acting_user=rita, now=LATER)
    with pytest.raises(ValidationError, match="Only an acceptance"):
        services.undo(Decision.objects.get(kind="undo").pk, acting_user=rita, now=LATER)


def test_only_the_last_decision_can_be_undone() -> None:
    candidate, rita = making.one(), making.user()
    first = services.accept(candidate.pk, acting_user=rita, now=NOW)
    services.reopen(candidate.pk, acting_user=rita, now=LATER)
    services.accept(candidate.pk, acting_user=rita, now=LATER)
    with pytest.raises(ValidationError, match="later decision"):
        services.undo(first.decision.pk, acting_user=rita, now=LATER)
    assert Pledge.objects.filter(state="draft").count() == 2
    assert state(candidate) == CandidateState.ACCEPTED


def test_a_published_record_is_taken_back_only_by_who_may_publish() -> None:
    candidate, boss = making.one(), making.user("boss", permissions=PUBLISHER)
    accepted = services.accept(candidate.pk, acting_user=boss, now=NOW, publish=True)
    with pytest.raises(PermissionDenied, match="Only who may publish"):
        services.undo(accepted.decision.pk, acting_user=making.user(), now=LATER)
    assert (state(candidate), Pledge.objects.get().state) == (CandidateState.ACCEPTED, "published")
    services.undo(accepted.decision.pk, acting_user=boss, now=LATER)
    assert Pledge.objects.get().state == "withdrawn"


def test_a_record_that_carries_merged_candidates_is_not_taken_from_under_them() -> None:
    rita = making.user()
    accepted = services.accept(making.one().pk, acting_user=rita, now=NOW)
    assert accepted.record is not None
    services.merge(making.one().pk, record=accepted.record, acting_user=rita, now=NOW)
    with pytest.raises(ValidationError, match="Undo that merge first"):
        services.undo(accepted.decision.pk, acting_user=rita, now=LATER)
    assert Pledge.objects.get().state == "draft"


def test_a_record_withdrawn_meanwhile_keeps_the_reason_that_was_given() -> None:
    candidate, rita = making.one(), making.user()
    accepted = services.accept(candidate.pk, acting_user=rita, now=NOW)
    assert accepted.record is not None
    withdraw_pledge(accepted.record.pk, reason="A hoax.", now=NOW, acting_user=rita)
    services.undo(accepted.decision.pk, acting_user=rita, now=LATER)
    assert Pledge.objects.get().withdrawn_reason == "A hoax."
    assert state(candidate) == CandidateState.PENDING


def test_reopening_lets_a_candidate_wait_again_and_leaves_the_record_alone() -> None:
    candidate, rita = making.one(), making.user()
    accepted = services.accept(candidate.pk, acting_user=rita, now=NOW)
    reopened = services.reopen(candidate.pk, acting_user=rita, now=LATER, words="The words changed.")
    assert (reopened.decision.kind, reopened.record) == ("reopen", accepted.record)
    assert (state(candidate), Pledge.objects.get().state) == (CandidateState.PENDING, "draft")
    with pytest.raises(ValidationError, match="Only a candidate that was decided"):
        services.reopen(candidate.pk, acting_user=rita, now=LATER)


def test_a_part_accepted_after_its_package_belongs_to_it() -> None:
    rita, package = making.user(), making.one()
    whole = services.accept(package.pk, acting_user=rita, now=NOW).record
    part = making.one(replace(making.ITALY, amount=making.euros("10000000")), part_of=package)
    services.accept(part.pk, acting_user=rita, now=LATER)
    assert Pledge.objects.get(stated=Decimal("10000000")).package == whole


def test_a_part_of_a_package_that_was_undone_stands_by_itself() -> None:
    rita, package = making.user(), making.one()
    accepted = services.accept(package.pk, acting_user=rita, now=NOW)
    services.undo(accepted.decision.pk, acting_user=rita, now=NOW)
    part = making.one(replace(making.ITALY, amount=making.euros("10000000")), part_of=package)
    services.accept(part.pk, acting_user=rita, now=LATER)
    assert Pledge.objects.get(stated=Decimal("10000000")).package is None


def test_parts_accepted_before_their_package_join_it_so_that_nothing_counts_twice() -> None:
    rita, package = making.user(), making.one()
    small = replace(making.ITALY, amount=making.euros("10000000"), goods=making.SPAIN.goods, stage="commitment")
    part = making.one(small, part_of=package)
    services.accept(part.pk, acting_user=rita, now=NOW)
    before = Pledge.objects.get()
    children = [before.donors.get().pk, before.items.get().pk, before.moves.get().pk, before.evidence.get().pk]
    whole = services.accept(package.pk, acting_user=rita, now=LATER).record
    after = Pledge.objects.get(stated=Decimal("10000000"))
    assert after.package == whole
    assert [after.donors.get().pk, after.items.get().pk, after.moves.get().pk, after.evidence.get().pk] == children
    assert Change.objects.count() == 2


def test_a_candidate_that_does_not_exist_is_named() -> None:
    with pytest.raises(ValidationError, match="no candidate with the id 987"):
        services.accept(987, acting_user=making.user(), now=NOW)
