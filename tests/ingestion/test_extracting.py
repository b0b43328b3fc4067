"""Reading a revision: findings, candidates, what a newer revision does to them, and what a crash does not."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import User

from extraction.contract import Amount, PledgeFinding, SanctionFinding
from ingestion import services
from ingestion.models import Candidate, CandidateFinding, CandidateState, ExtractState, Finding, Revision
from ingestion.services import extracting
from tests.ingestion.conftest import NOW, FakeReader

BOTH = FakeReader(words=("Spain", "Italy"))


def paste(staff: User, text: str, minutes: int = 0, url: str = "https://example.org/a") -> int:
    """Store a text and give its revision."""
    added = services.add_text(title="T", text=text, url=url, acting_user=staff, now=NOW + timedelta(minutes=minutes))
    assert added.revision_id is not None
    return added.revision_id


def states() -> dict[str, str]:
    """State of each candidate by its quote; of two with one quote, that of the later."""
    return {candidate.finding.quote: candidate.state for candidate in Candidate.objects.order_by("id")}


def test_each_finding_is_kept_and_each_claim_becomes_a_candidate(staff: User) -> None:
    revision_id = paste(staff, "Spain sends trucks. Italy pays.")
    done = services.extract_revision(revision_id, now=NOW, reader=BOTH)
    assert done == services.Extracted(findings=2, candidates=2, superseded=0)
    revision = Revision.objects.get(pk=revision_id)
    assert (revision.extract_state, revision.extractor_version) == (ExtractState.DONE, "fake-1")
    finding = Finding.objects.get(position=1)
    assert (finding.quote, finding.start, finding.end, finding.confidence) == ("Italy", 20, 25, Decimal("0.5"))
    assert finding.payload["donors"] == ["IT"]
    assert states() == {"Spain": "pending", "Italy": "pending"}


def test_reading_twice_does_nothing_the_second_time(staff: User) -> None:
    revision_id = paste(staff, "Spain sends trucks.")
    services.extract_revision(revision_id, now=NOW, reader=BOTH)
    assert services.extract_revision(revision_id, now=NOW + timedelta(hours=1), reader=BOTH) is None
    assert (Finding.objects.count(), Candidate.objects.count(), CandidateFinding.objects.count()) == (1, 1, 1)


def test_a_revision_put_back_and_read_again_by_the_same_reader_doubles_nothing(staff: User) -> None:
    revision_id = paste(staff, "Spain sends trucks.")
    services.extract_revision(revision_id, now=NOW, reader=BOTH)
    Revision.objects.update(extract_state=ExtractState.PENDING)
    services.extract_revision(revision_id, now=NOW, reader=BOTH)
    assert (Finding.objects.count(), Candidate.objects.count(), CandidateFinding.objects.count()) == (1, 1, 1)


def test_equal_claims_of_one_text_are_one_candidate_with_two_findings(staff: User) -> None:
    reader = FakeReader(words=("Spain", "Spanish"), extra={"Spanish": {"donors": ("SP",)}})
    services.extract_revision(paste(staff, "Spain sends. Spanish goods."), now=NOW, reader=reader)
    assert Candidate.objects.get().findings.count() == 2


def test_the_flagged_are_kept_as_findings_and_make_no_candidate(staff: User) -> None:
    reader = FakeReader(words=("Spain", "Italy"), extra={"Italy": {"flags": frozenset({"cumulative"})}})
    services.extract_revision(paste(staff, "Spain sends. Italy has given 5."), now=NOW, reader=reader)
    assert Finding.objects.get(quote="Italy").flags == ["cumulative"]
    assert states() == {"Spain": "pending"}


def test_a_part_is_tied_to_its_package(staff: User) -> None:
    reader = FakeReader(words=("Spain", "Italy"), extra={"Italy": {"part_of": 0}})
    services.extract_revision(paste(staff, "Spain sends. Italy pays."), now=NOW, reader=reader)
    part = Candidate.objects.get(finding__quote="Italy")
    assert part.part_of == Candidate.objects.get(finding__quote="Spain")


def test_a_newer_revision_supersedes_the_waiting_that_it_no_longer_carries_and_keeps_the_rest(staff: User) -> None:
    services.extract_revision(paste(staff, "Spain sends. Italy pays."), now=NOW, reader=BOTH)
    second = paste(staff, "Now only Italy pays.", 1)
    done = services.extract_revision(second, now=NOW, reader=BOTH)
    assert done == services.Extracted(findings=1, candidates=0, superseded=1)
    assert states() == {"Spain": "superseded", "Italy": "pending"}
    kept = Candidate.objects.get(finding__quote="Italy")
    assert kept.finding.revision_id == second
    assert kept.findings.count() == 2


def test_a_claim_whose_figures_changed_points_to_its_successor(staff: User) -> None:
    old = FakeReader(words=("Spain",), extra={"Spain": {"amount": Amount(Decimal(20), "EUR")}})
    new = FakeReader(words=("Spain",), extra={"Spain": {"amount": Amount(Decimal(100), "EUR")}})
    services.extract_revision(paste(staff, "Spain gives 20."), now=NOW, reader=old)
    services.extract_revision(paste(staff, "Spain gives 100.", 1), now=NOW, reader=new)
    gone = Candidate.objects.get(state=CandidateState.SUPERSEDED)
    assert gone.successor == Candidate.objects.get(state=CandidateState.PENDING)


def test_a_claim_that_comes_back_is_a_candidate_again(staff: User) -> None:
    for minutes, text in enumerate(["Spain sends.", "Nobody sends.", "Spain sends after all."]):
        services.extract_revision(paste(staff, text, minutes), now=NOW, reader=BOTH)
    assert sorted(Candidate.objects.values_list("state", flat=True)) == ["pending", "superseded"]


def test_the_decided_are_left_alone_and_flagged_only_if_their_words_are_gone(staff: User) -> None:
    services.extract_revision(paste(staff, "Spain sends. Italy pays."), now=NOW, reader=BOTH)
    Candidate.objects.update(state=CandidateState.ACCEPTED, decided_at=NOW)
    services.extract_revision(paste(staff, "Italy pays.", 1), now=NOW, reader=BOTH)
    assert states() == {"Spain": "accepted", "Italy": "accepted"}
    assert Candidate.objects.get(words_changed=True).finding.quote == "Spain"
    assert Candidate.objects.count() == 2


def test_an_older_revision_read_late_brings_nothing_back(staff: User) -> None:
    first = paste(staff, "Spain sends. Italy pays.")
    second = paste(staff, "Italy pays.", 1)
    services.extract_revision(second, now=NOW, reader=BOTH)
    services.extract_revision(first, now=NOW, reader=BOTH)
    assert states() == {"Italy": "pending"}
    assert Finding.objects.filter(revision_id=first).count() == 2
    assert Candidate.objects.get().finding.revision_id == second


def test_a_reader_that_raises_is_counted_and_after_three_times_told_in_words(staff: User) -> None:
    revision_id = paste(staff, "Spain sends.")
    broken = FakeReader(fails=True)
    moment = NOW
    for tries in (1, 2, 3):
        assert services.extract_revision(revision_id, now=moment, reader=broken) is None
        assert services.extract_revision(revision_id, now=moment, reader=broken) is None, "not before its pause is over"
        assert broken.read_count == tries
        moment += timedelta(minutes=5)
    revision = Revision.objects.get(pk=revision_id)
    assert (revision.extract_state, revision.extract_tries) == (ExtractState.FAILED, 3)
    assert revision.extract_error == "The reader fake-1 failed: RuntimeError: the rules are broken"


def test_a_quote_that_is_not_at_its_place_is_a_failure_of_the_reader_and_stores_nothing(staff: User) -> None:
    class Shifted(FakeReader):
        def read(self, article, *, explain=False):  # type: ignore[no-untyped-def]
            found = super().read(article)
            shifted = [PledgeFinding(one.quote, one.start + 1, one.end + 1) for one in found.findings]
            return type(found)(findings=tuple(shifted))

    revision_id = paste(staff, "Spain sends.")
    assert services.extract_revision(revision_id, now=NOW, reader=Shifted()) is None
    assert "does not stand at its place" in Revision.objects.get(pk=revision_id).extract_error
    assert not Finding.objects.exists()


def test_a_worker_killed_in_the_middle_of_a_reading_loses_and_doubles_nothing(
    staff: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    revision_id = paste(staff, "Spain sends. Italy pays.")

    def killed(*args: object, **kwargs: object) -> None:
        raise SystemExit("killed")

    monkeypatch.setattr(extracting, "_tie_parts", killed)
    with pytest.raises(SystemExit):
        services.extract_revision(revision_id, now=NOW, reader=BOTH)
    monkeypatch.undo()
    assert not Finding.objects.exists()
    assert not Candidate.objects.exists()
    assert services.sweep(now=NOW + timedelta(seconds=60)).revision_ids == ()
    later = NOW + timedelta(minutes=3)
    assert services.sweep(now=later).revision_ids == (revision_id,)
    services.extract_revision(revision_id, now=later, reader=BOTH)
    assert (Finding.objects.count(), Candidate.objects.count()) == (2, 2)


def test_a_worker_whose_lease_ran_out_writes_nothing_of_its_own(staff: User) -> None:
    revision_id = paste(staff, "Spain sends.")

    class Slow(FakeReader):
        def read(self, article, *, explain=False):  # type: ignore[no-untyped-def]
            later = NOW + timedelta(minutes=3)
            assert services.extract_revision(revision_id, now=later, reader=FakeReader()) is not None
            return super().read(article)

    assert services.extract_revision(revision_id, now=NOW, reader=Slow(version="slow")) is None
    assert Finding.objects.get().extractor_version == "fake-1"


def test_the_start_of_a_single_process_lets_go_of_every_claim(staff: User) -> None:
    revision_id = paste(staff, "Spain sends.")
    Revision.objects.update(extract_state=ExtractState.CLAIMED, lease_until=NOW + timedelta(minutes=2))
    services.release_everything(now=NOW)
    assert services.extract_revision(revision_id, now=NOW, reader=BOTH) is not None


def test_a_claim_is_the_same_whatever_the_words_the_order_and_the_way_of_writing_numbers() -> None:
    def pledge(**values: object) -> str:
        fields: dict[str, object] = {"donors": ("CZ", "GR"), "amount": Amount(Decimal("1.10E+2"), "EUR"), **values}
        return services.claim_key(PledgeFinding("q", 0, 1, **fields))  # type: ignore[arg-type]

    base = pledge()
    assert pledge(donors=("GR", "CZ"), amount=Amount(Decimal("110.00"), "EUR", "about"), confidence=0.9) == base
    assert pledge(announced=date(2022, 2, 27)) == base
    assert pledge(amount=Amount(Decimal(111), "EUR")) != base
    assert pledge(stage="delivery") != base
    assert pledge(recipients=("UA",)) != base
    assert pledge(donors=(), donors_as_written="Western  Powers") == pledge(
        donors=(), donors_as_written="western powers"
    )
    assert services.claim_key(SanctionFinding("q", 0, 1, measures=("b", "a"))) == services.claim_key(
        SanctionFinding("z", 4, 5, measures=("a", "b"))
    )


def test_the_reader_is_given_the_day_of_publication(staff: User) -> None:
    seen: list[object] = []

    class Watching(FakeReader):
        def read(self, article, *, explain=False):  # type: ignore[no-untyped-def]
            seen.append((article.title, article.published))
            return super().read(article)

    added = services.add_text(title="T", text="Spain.", published_on=date(2022, 2, 27), acting_user=staff, now=NOW)
    assert added.revision_id is not None
    services.extract_revision(added.revision_id, now=NOW, reader=Watching())
    assert seen == [("T", date(2022, 2, 27))]
    assert Revision.objects.get().published_at == datetime(2022, 2, 27, tzinfo=UTC)
