"""Reading anew with a newer reader: what follows it, what it leaves alone, and that it may break off anywhere."""

from __future__ import annotations

import io
from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.core.management import call_command
from django.core.management.base import CommandError, OutputWrapper
from django.db import connection
from django.utils import timezone

from extraction.contract import Amount
from ingestion import services
from ingestion.management.commands import reread_findings
from ingestion.management.progress import Progress
from ingestion.models import Article, Candidate, CandidateState, ExtractState, Finding, Revision
from ingestion.readings import decided_and_read_otherwise, read_by_another
from ingestion.services import extracting
from tests.ingestion.conftest import NOW, FakeReader
from tests.ingestion.test_concurrency import at_once

OLD = FakeReader(words=("Spain", "Italy"), version="fake-1")
NEW = FakeReader(words=("Italy", "Norway"), version="fake-2")
LATER = NOW + timedelta(days=1)


def stored(staff: User, text: str, name: str = "a", *, reader: FakeReader | None = OLD, minutes: int = 0) -> int:
    """A revision of the article at an address, read by ``reader``."""
    moment = NOW + timedelta(minutes=minutes)
    url = f"https://example.org/{name}"
    added = services.add_text(title="T", text=text, url=url, acting_user=staff, now=moment)
    assert added.revision_id is not None
    if reader:
        services.extract_revision(added.revision_id, now=moment, reader=reader)
    return added.revision_id


def reread(monkeypatch: pytest.MonkeyPatch, *arguments: str, reader: FakeReader = NEW) -> tuple[str, str]:
    """Run the command with a reader; what it said, and what it said of its progress."""
    monkeypatch.setattr(reread_findings, "named_reader", lambda path: reader)
    out, errors = io.StringIO(), io.StringIO()
    call_command("reread_findings", *arguments, stdout=out, stderr=errors)
    return out.getvalue(), errors.getvalue()


def states() -> dict[str, str]:
    return {candidate.finding.quote: candidate.state for candidate in Candidate.objects.order_by("id")}


def test_waiting_candidates_follow_the_newer_reading(staff: User) -> None:
    revision_id = stored(staff, "Spain sends. Italy pays. Norway lends.")
    done = services.reread_revision(revision_id, now=LATER, reader=NEW)
    assert done == services.Difference(new=1, gone=1, same=1, candidates=1, superseded=1)
    assert states() == {"Spain": "superseded", "Italy": "pending", "Norway": "pending"}
    assert Candidate.objects.get(finding__quote="Italy").finding.extractor_version == "fake-2"
    revision = Revision.objects.get(pk=revision_id)
    assert (revision.extract_state, revision.extractor_version) == (ExtractState.DONE, "fake-2")
    assert Finding.objects.filter(extractor_version="fake-1").count() == 2, "older findings stay"


def test_the_second_time_nothing_is_done(staff: User) -> None:
    revision_id = stored(staff, "Spain sends. Italy pays.")
    services.reread_revision(revision_id, now=LATER, reader=NEW)
    before = (states(), Finding.objects.count())
    assert services.reread_revision(revision_id, now=LATER, reader=NEW) is None
    assert (states(), Finding.objects.count()) == before


def test_decided_candidates_are_left_as_they_are_and_told_of(staff: User) -> None:
    revision_id = stored(staff, "Spain sends. Italy pays.")
    Candidate.objects.update(state=CandidateState.ACCEPTED, decided_at=NOW)
    rows = list(Candidate.objects.order_by("id").values())
    services.reread_revision(revision_id, now=LATER, reader=NEW)
    assert list(Candidate.objects.order_by("id").values()) == rows
    assert [candidate.finding.quote for candidate in decided_and_read_otherwise()] == ["Spain"]


def test_a_rejected_candidate_that_is_no_longer_read_needs_no_second_look(staff: User) -> None:
    revision_id = stored(staff, "Spain sends.")
    Candidate.objects.update(state=CandidateState.REJECTED, decided_at=NOW)
    services.reread_revision(revision_id, now=LATER, reader=NEW)
    assert not decided_and_read_otherwise().exists()


def test_a_decided_candidate_that_is_read_with_another_amount_is_told_of_beside_the_new_one(staff: User) -> None:
    older = FakeReader(words=("Spain",), extra={"Spain": {"amount": Amount(Decimal(20), "EUR")}})
    newer = FakeReader(("Spain",), "fake-2", extra={"Spain": {"amount": Amount(Decimal(100), "EUR")}})
    revision_id = stored(staff, "Spain raises it from 20 to 100.", reader=older)
    Candidate.objects.update(state=CandidateState.MERGED, decided_at=NOW)
    services.reread_revision(revision_id, now=LATER, reader=newer)
    assert decided_and_read_otherwise().get().state == CandidateState.MERGED
    assert Candidate.objects.get(state=CandidateState.PENDING).finding.payload["amount"]["value"] == "100"


def test_a_claim_that_two_articles_told_goes_once_neither_tells_it_any_more(staff: User) -> None:
    first, second = stored(staff, "Spain sends.", reader=None), stored(staff, "Spain sends too.", "b", reader=None)
    Article.objects.update(story_id=Article.objects.earliest("pk").story_id)
    for revision_id in (first, second):
        services.extract_revision(revision_id, now=NOW, reader=OLD)
    assert Candidate.objects.get().findings.count() == 2
    services.reread_revision(first, now=LATER, reader=NEW)
    assert states() == {"Spain": "pending"}, "the other article still tells it"
    services.reread_revision(second, now=LATER, reader=NEW)
    assert states() == {"Spain": "superseded"}


def test_only_the_latest_words_of_an_article_are_read_anew(staff: User) -> None:
    stored(staff, "Spain sends.")
    second = stored(staff, "Spain sends. Italy pays.", minutes=1)
    assert list(read_by_another("fake-2", now=LATER)) == [Revision.objects.get(pk=second)]
    stored(staff, "Italy pays.", reader=None, minutes=2)
    assert not read_by_another("fake-2", now=LATER).exists(), "the newest words wait for their first reading"


def test_an_article_whose_page_is_still_to_come_is_not_read_anew(staff: User) -> None:
    stored(staff, "Spain sends.")
    Article.objects.update(page_due_at=LATER)
    assert not read_by_another("fake-2", now=LATER).exists()


def test_a_reader_that_fails_leaves_the_revision_as_it_was_read(staff: User) -> None:
    revision_id = stored(staff, "Spain sends.")
    broken = FakeReader(version="fake-3", fails=True)
    for _ in range(12):
        with pytest.raises(services.RereadingError, match="The reader fake-3 failed: RuntimeError: the rules are brok"):
            services.reread_revision(revision_id, now=LATER, reader=broken)
    revision = Revision.objects.get(pk=revision_id)
    assert (revision.extract_state, revision.extractor_version, revision.extract_error) == ("done", "fake-1", "")
    assert states() == {"Spain": "pending"}
    assert services.sweep(now=LATER + timedelta(hours=1)).revision_ids == ()


def test_a_run_killed_in_the_middle_goes_on_and_doubles_nothing(staff: User, monkeypatch: pytest.MonkeyPatch) -> None:
    revision_id = stored(staff, "Spain sends. Norway lends.")

    def killed(*args: object, **kwargs: object) -> None:
        raise SystemExit("killed")

    with monkeypatch.context() as patch:
        patch.setattr(extracting, "_follow_the_words", killed)
        with pytest.raises(SystemExit):
            services.reread_revision(revision_id, now=LATER, reader=NEW)
    assert states() == {"Spain": "pending"}, "all of a reading is written, or nothing"
    assert not read_by_another("fake-2", now=LATER).exists(), "not while its lease runs"
    after = LATER + timedelta(minutes=10)
    assert read_by_another("fake-2", now=after).get().pk == revision_id
    done = services.reread_revision(revision_id, now=after, reader=NEW)
    assert done == services.Difference(new=1, gone=1, same=0, candidates=1, superseded=1)
    assert states() == {"Spain": "superseded", "Norway": "pending"}


def test_the_sweep_takes_up_what_a_killed_run_put_back(staff: User) -> None:
    revision_id = stored(staff, "Spain sends.")
    Revision.objects.update(extract_state=ExtractState.PENDING)
    assert services.sweep(now=LATER).revision_ids == (revision_id,)
    services.extract_revision(revision_id, now=LATER, reader=NEW)
    assert services.reread_revision(revision_id, now=LATER, reader=NEW) is None


def test_the_command_reads_in_batches_and_counts_what_changed(staff: User, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in "abcde":
        stored(staff, f"Spain sends {name}. Italy pays {name}.", name)
    told, progress = reread(monkeypatch, "--batch", "2")
    assert "5 articles read anew by fake-2; 0 could not be read." in told
    assert "Findings: 0 new, 5 gone, 5 the same." in told
    assert progress.splitlines()[-1] == "5 of 5"
    assert set(Revision.objects.values_list("extractor_version", flat=True)) == {"fake-2"}
    told, _ = reread(monkeypatch)
    assert told.startswith("Nothing to do: fake-2 has read the latest words")


def test_the_bar_is_not_buried_under_a_line_for_each_reading(
    staff: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    stored(staff, "Spain sends.")
    caplog.clear()
    reread(monkeypatch)
    assert "read" not in [record.getMessage() for record in caplog.records]
    stored(staff, "Italy pays.", "b")
    assert "read" in [record.getMessage() for record in caplog.records], "workers go on logging"


def test_a_dry_run_counts_and_writes_nothing(staff: User, monkeypatch: pytest.MonkeyPatch) -> None:
    stored(staff, "Spain sends. Norway lends.")
    before = (list(Revision.objects.values()), list(Candidate.objects.values()), Finding.objects.count())
    told, _ = reread(monkeypatch, "--dry-run")
    assert "1 articles would be read anew by fake-2" in told
    assert "Findings: 1 new, 1 gone, 0 the same." in told
    assert (list(Revision.objects.values()), list(Candidate.objects.values()), Finding.objects.count()) == before


def test_articles_are_chosen_by_source_and_by_the_day_they_were_first_seen(
    staff: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored(staff, "Spain sends.")
    source = str(Article.objects.get().source_id)
    assert reread(monkeypatch, "--since", (NOW + timedelta(days=1)).date().isoformat())[0].startswith("Nothing to do")
    assert "1 articles" in reread(monkeypatch, "--since", NOW.date().isoformat(), "--source", source)[0]
    with pytest.raises(CommandError, match="There is no source 999"):
        reread(monkeypatch, "--source", "999")


def test_the_command_lists_the_decided_that_are_read_otherwise(staff: User, monkeypatch: pytest.MonkeyPatch) -> None:
    stored(staff, "Spain sends.")
    Candidate.objects.update(state=CandidateState.ACCEPTED, decided_at=NOW)
    told, _ = reread(monkeypatch)
    assert "1 accepted or merged candidates are read otherwise now." in told
    assert f"candidate {Candidate.objects.get().pk} (accepted): “Spain”" in told


def test_one_article_that_cannot_be_read_does_not_stop_the_run(staff: User, monkeypatch: pytest.MonkeyPatch) -> None:
    class Choosy(FakeReader):
        def read(self, article, *, explain=False):  # type: ignore[no-untyped-def]
            if "Italy" in article.text:
                raise ValueError("not this one")
            return super().read(article)

    stored(staff, "Italy pays.")
    stored(staff, "Spain sends.", "b")
    told, errors = reread(monkeypatch, reader=Choosy(version="fake-2"))
    assert "1 articles read anew by fake-2; 1 could not be read." in told
    assert "was left as it is. The reader fake-2 failed: ValueError: not this one" in errors


def test_a_reader_that_fails_again_and_again_stops_the_run(staff: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reread_findings, "FAILURES_IN_A_ROW", 2)
    for name in "abc":
        stored(staff, f"Spain sends {name}.", name)
    with pytest.raises(CommandError, match="fake-3 failed on 2 revisions one after another"):
        reread(monkeypatch, reader=FakeReader(version="fake-3", fails=True))
    assert set(Revision.objects.values_list("extractor_version", "extract_state")) == {("fake-1", "done")}


def test_a_run_that_is_interrupted_says_how_to_go_on(staff: User, monkeypatch: pytest.MonkeyPatch) -> None:
    class Interrupted(FakeReader):
        def read(self, article, *, explain=False):  # type: ignore[no-untyped-def]
            if "Italy" in article.text:
                raise KeyboardInterrupt
            return super().read(article)

    stored(staff, "Spain sends.")
    stored(staff, "Italy pays.", "b")
    with pytest.raises(CommandError, match="Stopped after 1 articles; the same command goes on from here"):
        reread(monkeypatch, reader=Interrupted(version="fake-2"))
    left = read_by_another("fake-2", now=timezone.now() + timedelta(hours=1))
    assert left.get().text == "Italy pays."


def test_what_cannot_be_asked_for_is_told(db: None) -> None:
    with pytest.raises(CommandError, match="--batch should be 1 or more"):
        call_command("reread_findings", "--batch", "0")
    with pytest.raises(CommandError, match="nowhere cannot be imported"):
        call_command("reread_findings", "--reader", "nowhere.Reader")


def test_the_present_rules_find_nothing_to_do_in_an_empty_archive(db: None) -> None:
    out = io.StringIO()
    call_command("reread_findings", stdout=out)
    assert out.getvalue().startswith("Nothing to do: rules-")


def test_a_terminal_gets_one_bar_that_grows() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    screen = Terminal()
    progress = Progress(4, OutputWrapper(screen))
    for _ in range(4):
        progress.step()
    drawn = screen.getvalue()
    assert drawn.count("\n") == 1
    assert drawn.split("\r")[1] == f"[{'#' * 7}{'.' * 23}] 1 of 4"
    assert drawn.endswith(f"[{'#' * 30}] 4 of 4\n")


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="needs a database with several writers")
def test_a_revision_that_eight_runs_read_anew_at_once_is_read_once() -> None:
    staff = get_user_model().objects.create_user("vera")
    assert isinstance(staff, User)
    revision_id = stored(staff, "Spain sends. Italy pays. Norway lends.")
    reader = FakeReader(words=("Italy", "Norway"), version="fake-2")
    done = at_once(*[lambda: services.reread_revision(revision_id, now=LATER, reader=reader)] * 8)
    assert reader.read_count == 1
    assert [one for one in done if one] == [services.Difference(new=1, gone=1, same=1, candidates=1, superseded=1)]
    assert states() == {"Spain": "superseded", "Italy": "pending", "Norway": "pending"}
