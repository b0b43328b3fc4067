"""What is expected of sources, and of the work itself: told when it fails, and ended when it holds again."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count

import pytest
from django.contrib.auth.models import User
from pytest_django import DjangoAssertNumQueries

from ingestion import services
from ingestion.models import (
    Article,
    ExtractState,
    Finding,
    FindingKind,
    Notice,
    NoticeKind,
    Revision,
    Source,
    SourceKind,
    SourceState,
    Story,
)
from ingestion.selectors import WEEK, articles_in, findings_in, windows
from ingestion.services.bounds import check_bounds
from ingestion.services.notices import put_away_notice, raise_notice, standing
from ingestion.services.waiting import work_waiting
from tests.ingestion.conftest import NOW, MakeSource

pytestmark = pytest.mark.django_db
LONG_AGO = NOW - timedelta(days=200)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
numbers = count()


def article(source: Source, seen: datetime, *, findings: int = 0, read: bool = True) -> Article:
    """An article with one revision, read with this many findings."""
    number = next(numbers)
    made = Article.objects.create(
        source=source, story=Story.objects.create(created_at=seen), guid=str(number), first_seen_at=seen
    )
    one = revision(made, 1, fetched=seen, read=read)
    for position in range(findings):
        finding(one, position, version="r1")
    return made


def revision(made: Article, number: int, *, fetched: datetime, read: bool = True) -> Revision:
    """A revision of it."""
    return Revision.objects.create(
        article=made, number=number, text="Spain will send trucks.", content_hash=f"{made.pk}-{number}",
        fetched_at=fetched, extract_state=ExtractState.DONE if read else ExtractState.PENDING,
        extractor_version="r1" if read else "",
    )  # fmt: skip


def finding(of: Revision, position: int, *, version: str) -> Finding:
    """A finding in it."""
    return Finding.objects.create(
        revision=of, extractor_version=version, position=position, kind=FindingKind.PLEDGE, payload={}, quote="Spain",
        start=0, end=5, confidence=Decimal("0.9"), created_at=of.fetched_at,
    )  # fmt: skip


@pytest.fixture
def watched(make_source: MakeSource) -> MakeSource:
    """Makes a source that has been there for long and was read an hour ago."""

    def make(url: str = "feed.xml", **values: object) -> Source:
        return make_source(
            url, **{"created_at": LONG_AGO, "last_success_at": NOW - HOUR, "next_poll_at": NOW + HOUR, **values}
        )

    return make


def told(kind: NoticeKind) -> str:
    """The words of the one notice of the kind that stands; empty if none does."""
    return "".join(standing().filter(kind=kind).values_list("words", flat=True))


def test_too_few_articles_are_told_with_figures_and_what_to_do(watched: MakeSource) -> None:
    source = watched(articles_week_least=2)
    article(source, NOW - DAY)
    article(source, NOW - timedelta(days=7))  # a week ago to the second: no more within it
    check_bounds(now=NOW)
    words = told(NoticeKind.TOO_LITTLE)
    assert "It brought 1 new articles in the last seven days. At least 2 are expected." in words
    assert "lower what is expected" in words


def test_as_many_as_expected_are_neither_too_few_nor_too_many(watched: MakeSource) -> None:
    source = watched(articles_week_least=2, articles_week_most=2, findings_month_least=3, findings_month_most=3)
    article(source, NOW - DAY, findings=3)
    article(source, NOW)
    check_bounds(now=NOW)
    assert not Notice.objects.exists()


def test_too_many_are_told(watched: MakeSource) -> None:
    source = watched(articles_week_most=1, findings_month_most=1)
    article(source, NOW - DAY, findings=2)
    article(source, NOW)
    check_bounds(now=NOW)
    words = told(NoticeKind.TOO_MUCH)
    assert "It brought 2 new articles in the last seven days. At most 1 are expected." in words
    assert "It brought 2 findings in the last thirty days. At most 1 are expected." in words


def test_a_bound_of_zero_is_a_bound(watched: MakeSource) -> None:
    article(watched(articles_week_most=0), NOW)
    check_bounds(now=NOW)
    assert "At most 0" in told(NoticeKind.TOO_MUCH)


def test_findings_of_older_readings_and_older_texts_do_not_count(watched: MakeSource) -> None:
    source = watched(findings_month_least=5)
    made = article(source, NOW - DAY, findings=2)
    newest = revision(made, 2, fetched=NOW)
    finding(newest, 0, version="r1")
    finding(newest, 0, version="r0")
    article(source, NOW - timedelta(days=31), findings=9)
    check_bounds(now=NOW)
    assert "It brought 1 findings in the last thirty days." in told(NoticeKind.TOO_LITTLE)


@pytest.mark.parametrize(
    ("age", "bounds", "told_of"),
    [
        (timedelta(days=6), {"articles_week_least": 1}, False),
        (timedelta(days=7), {"articles_week_least": 1}, True),
        (timedelta(days=29), {"findings_month_least": 1}, False),
        (timedelta(days=30), {"findings_month_least": 1}, True),
    ],
)
def test_a_new_source_is_given_its_first_week_and_month(
    watched: MakeSource, age: timedelta, bounds: dict[str, int], told_of: bool
) -> None:
    watched(created_at=NOW - age, **bounds)
    check_bounds(now=NOW)
    assert bool(told(NoticeKind.TOO_LITTLE)) == told_of


def test_a_new_source_can_bring_too_much_at_once(watched: MakeSource) -> None:
    article(watched(created_at=NOW - HOUR, articles_week_most=0), NOW)
    check_bounds(now=NOW)
    assert told(NoticeKind.TOO_MUCH)


def test_a_source_that_was_paused_is_given_a_week_after_it_is_resumed(watched: MakeSource, staff: User) -> None:
    source = watched(articles_week_least=1)
    services.pause_source(source.pk, acting_user=staff, now=NOW - timedelta(days=60))
    services.resume_source(source.pk, acting_user=staff, now=NOW)
    Source.objects.update(last_success_at=NOW, next_poll_at=NOW + timedelta(days=30))
    check_bounds(now=NOW + timedelta(days=6))
    assert not told(NoticeKind.TOO_LITTLE)
    Source.objects.update(last_success_at=NOW + timedelta(days=7))
    check_bounds(now=NOW + timedelta(days=7))
    assert told(NoticeKind.TOO_LITTLE)


def test_a_notice_is_ended_when_the_source_brings_enough_again(watched: MakeSource) -> None:
    source = watched(articles_week_least=1)
    check_bounds(now=NOW)
    article(source, NOW)
    check_bounds(now=NOW + HOUR)
    assert Notice.objects.get().over_at == NOW + HOUR


def test_a_source_that_staff_have_resumed_is_no_longer_told_of_as_paused(watched: MakeSource) -> None:
    source = watched(state=SourceState.FAILING)
    raise_notice(NoticeKind.PAUSED, source_id=source.pk, words="Ten failures.", now=NOW)
    check_bounds(now=NOW)
    assert told(NoticeKind.PAUSED)
    Source.objects.update(state=SourceState.ACTIVE)
    check_bounds(now=NOW)
    assert not told(NoticeKind.PAUSED)


@pytest.mark.parametrize("state", [SourceState.PAUSED, SourceState.FAILING])
def test_nothing_is_expected_of_a_source_that_is_not_polled(watched: MakeSource, state: SourceState) -> None:
    source = watched(articles_week_least=1, last_success_at=LONG_AGO, failures=3)
    check_bounds(now=NOW)
    assert standing().count() == 2
    Source.objects.filter(pk=source.pk).update(state=state)
    check_bounds(now=NOW)
    assert not standing().exists()


def test_looking_twice_tells_once_and_refreshes_the_figures(watched: MakeSource) -> None:
    source = watched(articles_week_least=3)
    check_bounds(now=NOW)
    article(source, NOW)
    check_bounds(now=NOW + HOUR)
    notice = Notice.objects.get()
    assert notice.raised_at == NOW
    assert "brought 1 new" in notice.words


def test_what_staff_put_away_is_not_raised_by_the_next_look(watched: MakeSource, staff: User) -> None:
    watched(articles_week_least=3)
    check_bounds(now=NOW)
    put_away_notice(Notice.objects.get().pk, acting_user=staff, now=NOW)
    check_bounds(now=NOW + HOUR)
    assert not standing().exists()


def test_a_day_without_success_is_told_with_the_last_failure(watched: MakeSource) -> None:
    watched(last_success_at=NOW - timedelta(days=2), failures=4, last_error="The server answered with 404.")
    check_bounds(now=NOW)
    words = told(NoticeKind.IN_TROUBLE)
    assert words.startswith("It has not been read with success for 2 days. The last failure: The server answered")


def test_a_source_that_never_succeeded_is_told_of_a_day_after_it_was_added(watched: MakeSource) -> None:
    source = watched(last_success_at=None, created_at=NOW - timedelta(hours=23), failures=2)
    check_bounds(now=NOW)
    assert not told(NoticeKind.IN_TROUBLE)
    check_bounds(now=NOW + HOUR)
    assert "It has never succeeded." in told(NoticeKind.IN_TROUBLE)
    Source.objects.filter(pk=source.pk).update(last_success_at=NOW + HOUR, failures=0)
    check_bounds(now=NOW + HOUR)
    assert not told(NoticeKind.IN_TROUBLE)


def test_a_source_that_is_polled_every_three_days_is_given_six(watched: MakeSource) -> None:
    three_days = 3 * 86_400
    watched(last_success_at=NOW - timedelta(days=5), poll_interval=three_days, poll_ceiling=three_days)
    check_bounds(now=NOW)
    assert not told(NoticeKind.IN_TROUBLE)
    check_bounds(now=NOW + DAY)
    Source.objects.update(next_poll_at=NOW + 2 * DAY)
    check_bounds(now=NOW + DAY)
    assert told(NoticeKind.IN_TROUBLE)


def test_sources_that_no_worker_looks_at_are_not_blamed_but_the_work_is_called_stuck(watched: MakeSource) -> None:
    for number in range(3):
        overdue = NOW - timedelta(hours=47)
        watched(f"{number}.xml", last_success_at=NOW - timedelta(days=2), next_poll_at=overdue)
    check_bounds(now=NOW)
    assert not told(NoticeKind.IN_TROUBLE)
    assert "3 sources wait to be polled, the oldest for 1 day, 23 hours." in told(NoticeKind.STUCK)


def test_texts_and_pages_that_wait_too_long_are_told_of_with_figures(watched: MakeSource) -> None:
    source = watched()
    article(source, NOW - timedelta(hours=3), read=False)
    with_page = article(source, NOW - timedelta(hours=9), read=False)
    Article.objects.filter(pk=with_page.pk).update(page_due_at=NOW - timedelta(hours=7))
    check_bounds(now=NOW)
    words = told(NoticeKind.STUCK)
    assert "1 text waits to be read, the oldest for 3 hours." in words
    assert "1 page waits to be fetched, the oldest for 7 hours." in words
    assert "Source health" in words
    Revision.objects.update(extract_state=ExtractState.DONE)
    Article.objects.update(page_due_at=None)
    check_bounds(now=NOW)
    assert not told(NoticeKind.STUCK)


def test_work_that_waits_for_an_hour_is_not_stuck(watched: MakeSource) -> None:
    source = watched(next_poll_at=NOW - HOUR)
    article(source, NOW - HOUR, read=False)
    check_bounds(now=NOW)
    assert not Notice.objects.exists()


def test_a_source_that_is_due_at_once_waits_and_is_stuck_only_if_it_is_new_and_long_unread(watched: MakeSource) -> None:
    source = watched(next_poll_at=None)
    assert work_waiting(NOW)[0].words(NOW) == "1 source waits to be polled."
    check_bounds(now=NOW)
    assert not told(NoticeKind.STUCK)
    Source.objects.filter(pk=source.pk).update(last_success_at=None, created_at=NOW - timedelta(hours=3))
    check_bounds(now=NOW)
    assert "1 source waits to be polled, the oldest for 3 hours." in told(NoticeKind.STUCK)


def test_the_source_of_single_addresses_is_not_watched(make_source: MakeSource) -> None:
    make_source("", kind=SourceKind.SINGLE, created_at=LONG_AGO, articles_week_least=5, failures=1)
    check_bounds(now=NOW)
    assert not Notice.objects.exists()


def test_looking_costs_as_many_queries_for_thirty_sources_as_for_two_while_all_is_well(
    watched: MakeSource, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(30):
        article(watched(f"{number}.xml", articles_week_least=1, findings_month_most=9), NOW)
    with django_assert_max_num_queries(10):
        check_bounds(now=NOW)
    assert not Notice.objects.exists()


def test_weeks_end_now_and_each_moment_belongs_to_one(watched: MakeSource) -> None:
    source, other = watched("a.xml"), watched("b.xml")
    spans = windows(NOW, WEEK, 3)
    assert [end for _, end in spans] == [NOW - 2 * WEEK, NOW - WEEK, NOW]
    for back in (0, 7, 14, 20, 21):  # the last one is just outside
        article(source, NOW - timedelta(days=back), findings=1)
    article(other, NOW - DAY)
    assert articles_in([source.pk], spans) == {source.pk: [2, 1, 1]}
    assert findings_in([source.pk, other.pk], spans) == {source.pk: [2, 1, 1], other.pk: [0, 0, 0]}
