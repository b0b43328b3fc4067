"""Nearly the same words are one story: one candidate with many grounds, whoever reads which copy first."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import permutations

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ingestion import services
from ingestion.likeness import Text, read_text
from ingestion.models import (
    Article,
    Candidate,
    CandidateFinding,
    CandidateState,
    Finding,
    Revision,
    SketchBand,
    Story,
)
from ingestion.services import grouping
from review import services as review
from tests.ingestion.conftest import NOW, FakeReader
from tests.ingestion.test_concurrency import at_once
from tests.ingestion.test_likeness import prose

SPAIN = FakeReader(words=("Spain",), extra={"Spain": {"donors": ("ES",)}})
BOTH = FakeReader(words=("Spain", "Italy"))
TEXT = f"Spain will send nine field kitchens to the east of the country, it was said. {prose(1, 12)}"
OTHER = f"Spain will send nine field kitchens, according to others in other words. {prose(2, 12)}"


def store(staff: User, number: int, text: str = TEXT, *, days: int = 0, minutes: int = 0) -> Revision:
    """An article at an address of its own, or its next revision."""
    moment = NOW + timedelta(days=days, minutes=minutes)
    url = f"https://example.org/{number}"
    added = services.add_text(title=f"Title {number}", text=text, url=url, acting_user=staff, now=moment)
    assert added.revision_id is not None
    return Revision.objects.get(pk=added.revision_id)


def read(*revisions: Revision, reader: FakeReader = SPAIN, now: datetime = NOW) -> None:
    """Read these, one after another; each is read."""
    for revision in revisions:
        assert services.extract_revision(revision.pk, now=now, reader=reader) is not None


def stories() -> list[list[int]]:
    """The articles of each story by their numbers, in order."""
    found: dict[int, list[int]] = {}
    for article in Article.objects.order_by("pk"):
        found.setdefault(article.story_id, []).append(int((article.canonical_url or "").rpartition("/")[2]))
    return sorted(found.values())


def test_twenty_papers_that_print_one_text_are_one_story_and_one_candidate(staff: User) -> None:
    read(*[store(staff, number, f"{TEXT} {prose(100 + number, 3)}") for number in range(20)])
    assert stories() == [list(range(20))]
    assert Story.objects.count() == 1
    assert Candidate.objects.get().links.count() == Finding.objects.count() == 20


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_whoever_is_read_first_the_oldest_story_stays(staff: User, order: tuple[int, ...]) -> None:
    copies = [store(staff, number) for number in range(3)]
    read(*[copies[place] for place in order])
    assert stories() == [[0, 1, 2]]
    assert Story.objects.get().pk == copies[0].article.story_id
    assert Candidate.objects.exclude(state=CandidateState.SUPERSEDED).get().links.count() == 3


def test_other_words_another_figure_and_another_time_are_other_stories(staff: User) -> None:
    read(
        store(staff, 0),
        store(staff, 1, OTHER),
        store(staff, 2, TEXT.replace("nine", "ninety")),
        store(staff, 3, days=5),
    )
    assert stories() == [[0], [1], [2], [3]]
    assert Candidate.objects.filter(state=CandidateState.PENDING).count() == 4


def test_an_equal_claim_of_a_story_that_is_joined_gives_way_to_the_one_that_stays(staff: User) -> None:
    first, second, third = store(staff, 0), store(staff, 1, OTHER), store(staff, 2, f"Spain. {prose(3, 9)}")
    read(first, second, third)
    kept, gone, part = (Candidate.objects.get(finding__revision=one) for one in (first, second, third))
    Candidate.objects.filter(pk=part.pk).update(part_of=gone)
    Candidate.objects.filter(pk=gone.pk).update(claimed_by=staff, claimed_until=NOW)
    again = store(staff, 1, minutes=5)
    read(again)
    gone.refresh_from_db()
    assert (gone.state, gone.successor, gone.story_id) == (CandidateState.SUPERSEDED, kept, kept.story_id)
    assert (gone.claimed_by, gone.claimed_until) == (None, None)
    assert set(kept.findings.values_list("revision_id", flat=True)) == {first.pk, second.pk, again.pk}
    assert list(kept.parts.all()) == [part]


def test_a_claim_that_only_the_joined_story_makes_goes_with_it(staff: User) -> None:
    first, second = store(staff, 0), store(staff, 1, f"{TEXT} Italy pays.")
    read(second, first, reader=BOTH)
    assert stories() == [[0, 1]]
    living = Candidate.objects.filter(state=CandidateState.PENDING, story=first.article.story)
    assert sorted(one.finding.quote for one in living) == ["Italy", "Spain"]


@pytest.mark.parametrize("state", sorted(grouping.DECIDED))
def test_a_copy_joins_a_decided_claim_and_waits_for_no_decision(staff: User, state: str) -> None:
    late, early = store(staff, 0), store(staff, 1)
    read(early)
    Candidate.objects.update(state=state, decided_at=NOW)
    read(late)
    decided = Candidate.objects.get()
    assert (decided.state, decided.links.count()) == (state, 2)
    assert Story.objects.get().pk == early.article.story_id, "the decided story stays, though it is the younger"


def test_two_stories_that_were_both_decided_on_stay_apart(staff: User) -> None:
    early, far = store(staff, 0), store(staff, 1, days=6)
    between = store(staff, 2, days=3)
    read(early, far)
    Candidate.objects.update(state=CandidateState.ACCEPTED, decided_at=NOW)
    read(between)
    assert stories() == [[0, 2], [1]]
    assert sorted(one.links.count() for one in Candidate.objects.all()) == [1, 2]


def test_accepting_the_one_candidate_makes_evidence_of_each_copy(staff: User) -> None:
    read(*[store(staff, number) for number in range(3)])
    decided = review.accept(Candidate.objects.get().pk, acting_user=staff, now=NOW)
    assert decided.record is not None
    assert decided.record.evidence.count() == 3


def test_an_article_whose_words_become_those_of_another_joins_it(staff: User) -> None:
    read(store(staff, 0), store(staff, 1, OTHER))
    assert stories() == [[0], [1]]
    read(store(staff, 1, f"{TEXT} It adds a line.", minutes=5))
    assert stories() == [[0, 1]]
    assert Candidate.objects.filter(state=CandidateState.PENDING).count() == 1


def test_an_article_that_was_grouped_stays_whatever_it_says_later_and_ties_no_two_groups(staff: User) -> None:
    read(store(staff, 0), store(staff, 1), store(staff, 2, OTHER), store(staff, 3, OTHER))
    read(store(staff, 1, OTHER, minutes=5))
    assert stories() == [[0, 1], [2, 3]]


def test_reading_a_copy_twice_changes_nothing(staff: User) -> None:
    copies = [store(staff, 0), store(staff, 1)]
    read(*copies)
    before = (list(SketchBand.objects.values()), Candidate.objects.count(), CandidateFinding.objects.count())
    Revision.objects.update(extract_state="pending")
    read(*copies)
    assert (list(SketchBand.objects.values()), Candidate.objects.count(), CandidateFinding.objects.count()) == before
    assert stories() == [[0, 1]]


@pytest.mark.parametrize("step", ["find_same", "hold_story", "_join"])
def test_a_worker_killed_between_two_steps_leaves_the_rest_to_the_next(
    staff: User, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    first, second = store(staff, 0), store(staff, 1)
    read(second)

    def killed(*args: object) -> None:
        raise SystemExit("killed")

    monkeypatch.setattr(grouping, step, killed)
    with pytest.raises(SystemExit):
        services.extract_revision(first.pk, now=NOW, reader=SPAIN)
    monkeypatch.undo()
    assert SketchBand.objects.filter(article=first.article).exists(), "others can find it already"
    assert stories() == [[0], [1]]
    read(first, now=NOW + timedelta(minutes=3))
    assert stories() == [[0, 1]]


def test_older_words_read_late_do_not_replace_the_sketch_of_newer_ones(staff: User) -> None:
    older, newer = store(staff, 0, OTHER), store(staff, 0, minutes=5)
    read(newer, older)
    read(store(staff, 1), store(staff, 2, OTHER))
    assert stories() == [[0, 1], [2]]


def test_words_that_become_too_few_leave_the_index(staff: User) -> None:
    read(store(staff, 0))
    assert SketchBand.objects.exists()
    read(store(staff, 0, "Gone.", minutes=5))
    assert not SketchBand.objects.exists()


def test_a_story_joined_elsewhere_between_looking_and_writing_is_looked_for_again(
    staff: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    oldest, middle, youngest = store(staff, 0), store(staff, 1), store(staff, 2)
    read(middle)
    find_same = grouping.find_same

    def overtaken(revision: Revision, numbers: tuple[int, ...]) -> dict[int, int]:
        found = find_same(revision, numbers)
        monkeypatch.undo()
        if revision.pk == youngest.pk:
            read(oldest)  # takes the middle one's story away
        return found

    monkeypatch.setattr(grouping, "find_same", overtaken)
    read(youngest)
    assert stories() == [[0, 1, 2]]
    assert Candidate.objects.exclude(state=CandidateState.SUPERSEDED).get().links.count() == 3


def test_stories_that_are_joined_without_end_fail_the_reading_in_words(
    staff: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    revision = store(staff, 0)
    monkeypatch.setattr(grouping, "hold_story", lambda *args: None)
    assert services.extract_revision(revision.pk, now=NOW, reader=SPAIN) is None
    revision.refresh_from_db()
    assert "joined with another one each time" in revision.extract_error


def test_a_site_whose_articles_share_some_words_neither_hides_a_copy_nor_is_compared_article_by_article(
    staff: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy, late = store(staff, 0), store(staff, 1)
    numbers = grouping.keep_sketch(copy)
    crowd = [store(staff, 100 + number, prose(100 + number, 3)) for number in range(grouping.CROWD)]
    SketchBand.objects.bulk_create(
        [
            SketchBand(article=one.article, band=0, value=numbers[place % 3], told_at=NOW)
            for place, one in enumerate(crowd)
        ]
    )
    compared: list[str] = []

    def compare(title: str, text: str) -> Text:
        compared.append(text)
        return read_text(title, text)

    monkeypatch.setattr(grouping, "read_text", compare)
    read(late)
    assert compared == [TEXT, TEXT], "its own words and those of the copy"
    assert late.article_id != copy.article_id
    assert stories()[0] == [0, 1]


def test_sketches_are_forgotten_after_ninety_days_but_not_those_of_a_backfill(staff: User) -> None:
    old, recent, backfilled = store(staff, 0), store(staff, 1, OTHER, days=60), store(staff, 2, prose(5, 9), days=60)
    Revision.objects.filter(pk=backfilled.pk).update(published_at=NOW - timedelta(days=1000))
    read(old, recent, backfilled)
    assert grouping.forget_old_sketches(now=NOW + timedelta(days=91)) == 1
    kept = set(SketchBand.objects.values_list("article_id", flat=True))
    assert kept == {recent.article_id, backfilled.article_id}
    assert grouping.forget_old_sketches(now=NOW + timedelta(days=91)) == 0


def queries_of(work: Callable[[], None]) -> list[str]:
    """The statements of some work, without those that only begin or end a transaction."""
    with CaptureQueriesContext(connection) as seen:
        work()
    statements = [query["sql"] for query in seen.captured_queries]
    return [one for one in statements if not one.startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT"))]


@pytest.mark.parametrize("stored", [2, 50])
def test_the_queries_of_a_reading_are_few_and_do_not_grow_with_what_is_stored(staff: User, stored: int) -> None:
    read(*[store(staff, number, prose(1000 + number, 12)) for number in range(stored // 2)])
    read(*[store(staff, stored + number) for number in range(stored // 2)])
    silent, speaking, copy = store(staff, 1001, prose(77, 9)), store(staff, 1002, OTHER), store(staff, 1003)
    assert len(queries_of(lambda: read(silent, reader=FakeReader(words=())))) == 5
    assert len(queries_of(lambda: read(speaking))) == 11
    assert len(queries_of(lambda: read(copy))) == 17


# --- Workers at once --------------------------------------------------------------------------------------------------
@pytest.mark.services
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="needs a database with several writers")
def test_eight_copies_read_at_once_are_one_story_with_one_candidate() -> None:
    staff = get_user_model().objects.create_user("vera")
    assert isinstance(staff, User)
    for round_ in range(6):
        text = f"Spain will send kitchens. {prose(round_ + 1, 12)}"
        copies = [store(staff, 10 * round_ + number, text) for number in range(8)]
        done = at_once(*[lambda pk=one.pk: services.extract_revision(pk, now=NOW, reader=SPAIN) for one in copies])
        assert None not in done
        articles = Article.objects.filter(pk__in=[one.article_id for one in copies])
        assert articles.values("story").distinct().count() == 1
        living = Candidate.objects.filter(story_id=articles[0].story_id).exclude(state=CandidateState.SUPERSEDED)
        assert living.get().links.count() == 8
    assert Story.objects.count() == 6
    assert not Candidate.objects.exclude(state=CandidateState.PENDING).filter(successor__isnull=True).exists()


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="needs a database with several writers")
def test_a_candidate_decided_on_while_its_story_is_joined_is_decided_or_gone_but_never_both() -> None:
    staff = get_user_model().objects.create_user("vera")
    assert isinstance(staff, User)
    for round_ in range(8):
        text = f"Spain will send kitchens. {prose(round_ + 1, 12)}"
        older, younger = store(staff, 10 * round_, text), store(staff, 10 * round_ + 1, text)
        read(younger)
        candidate = Candidate.objects.get(finding__revision=younger)

        def reject(pk: int = candidate.pk) -> object:
            try:
                return review.reject(pk, reason="misread", acting_user=staff, now=NOW)
            except ValidationError:
                return None

        def read_older(pk: int = older.pk) -> object:
            return services.extract_revision(pk, now=NOW, reader=SPAIN)

        rejected, _ = at_once(reject, read_older)
        candidate.refresh_from_db()
        assert candidate.state == (CandidateState.REJECTED if rejected else CandidateState.SUPERSEDED)
        story = Article.objects.get(pk=older.article_id).story_id
        living = Candidate.objects.filter(story_id=story).exclude(state=CandidateState.SUPERSEDED)
        assert living.get().links.count() == 2
