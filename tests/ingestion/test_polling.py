"""Polling a source, end to end but for the network: local feeds and folders, identity, revisions, claims."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from pytest_django import DjangoAssertNumQueries, Settings

from ingestion import services
from ingestion.models import (
    Article,
    ArticleUrl,
    FetchAttempt,
    Notice,
    NoticeKind,
    Outcome,
    Revision,
    Source,
    SourceKind,
    SourceState,
)
from ingestion.reading import Ask, Reading, read_source
from ingestion.services import polling, storing
from tests.ingestion.conftest import NOW, MakeSource, item, rss


def poll(source: Source, minutes: int = 0) -> services.PollResult:
    """Poll a source that must be due."""
    result = services.poll_source(source.pk, now=NOW + timedelta(minutes=minutes), luck=lambda: 0.0)
    assert result is not None
    return result


def test_a_first_poll_brings_each_entry_as_an_article_with_a_story_of_its_own(
    folder: Path, make_source: MakeSource
) -> None:
    (folder / "feed.xml").write_text(rss(item("one"), item("two", "Italy will pay.")))
    source = make_source("feed.xml")
    result = poll(source)
    assert result.outcome == Outcome.NEW
    assert len(result.revision_ids) == 2
    assert Article.objects.values("story").distinct().count() == 2
    attempt = FetchAttempt.objects.get(pk=result.attempt_id)
    assert (attempt.entries, attempt.added, attempt.revised, attempt.unchanged, attempt.unusable) == (2, 2, 0, 0, 0)
    assert attempt.words == "2 new, 0 revised, 0 unchanged."
    source.refresh_from_db()
    assert source.claimed_until is None
    assert source.next_poll_at == NOW + timedelta(seconds=source.poll_floor)


def test_an_untouched_local_feed_is_not_modified(folder: Path, make_source: MakeSource) -> None:
    (folder / "feed.xml").write_text(rss(item("one")))
    source = make_source("feed.xml")
    poll(source)
    assert poll(source, 60).outcome == Outcome.NOT_MODIFIED
    assert Revision.objects.count() == 1


def test_changed_words_are_a_new_revision_of_the_same_article(folder: Path, make_source: MakeSource) -> None:
    feed = folder / "feed.xml"
    feed.write_text(rss(item("one", "Spain will send trucks.")))
    source = make_source("feed.xml")
    poll(source)
    feed.write_text(rss(item("one", "Spain will send many trucks.")))
    result = poll(source, 60)
    assert result.outcome == Outcome.NEW
    article = Article.objects.get()
    assert [revision.text for revision in article.revisions.order_by("number")] == [
        "Spain will send trucks.",
        "Spain will send many trucks.",
    ]


def test_words_that_change_back_are_one_more_revision(folder: Path, make_source: MakeSource) -> None:
    feed = folder / "feed.xml"
    source = make_source("feed.xml")
    for minutes, text in enumerate(["Spain sends 10.", "Spain sends 100.", "Spain sends 10."]):
        feed.write_text(rss(item("one", text), title=f"Edition {minutes} {'x' * minutes}"))
        poll(source, 60 * minutes)
    assert Revision.objects.count() == 3


def test_tracking_parameters_and_scheme_do_not_make_another_article(folder: Path, make_source: MakeSource) -> None:
    feed = folder / "feed.xml"
    feed.write_text(rss(item("one", url="https://Example.org:443/one?utm_source=rss&amp;id=4#top")))
    source = make_source("feed.xml")
    poll(source)
    feed.write_text(rss(item("one", url="http://example.org/one?id=4")))
    assert poll(source, 60).outcome == Outcome.NOTHING_NEW
    assert Article.objects.get().canonical_url == "https://example.org/one?id=4"


def test_the_same_identifier_at_a_new_address_is_the_same_article_and_both_addresses_are_kept(
    folder: Path, make_source: MakeSource
) -> None:
    feed = folder / "feed.xml"
    feed.write_text(rss(item("one", guid="a1")))
    source = make_source("feed.xml")
    poll(source)
    feed.write_text(rss(item("one", guid="a1", url="https://example.org/moved")))
    poll(source, 60)
    article = Article.objects.get()
    assert article.canonical_url == "https://example.org/one"
    assert set(article.urls.values_list("url", flat=True)) == {"https://example.org/one", "https://example.org/moved"}


def test_the_same_words_under_another_identifier_and_address_are_the_same_article_within_a_source(
    folder: Path, make_source: MakeSource
) -> None:
    feed = folder / "feed.xml"
    feed.write_text(rss(item("one", guid="a1")))
    source = make_source("feed.xml")
    poll(source)
    feed.write_text(rss(item("one", guid="b2", url="https://example.org/other")))
    assert poll(source, 60).outcome == Outcome.NOTHING_NEW
    assert Article.objects.count() == 1


def test_the_same_words_from_another_source_are_another_article(folder: Path, make_source: MakeSource) -> None:
    (folder / "a.xml").write_text(rss(item("one", url="https://a.example.org/x")))
    (folder / "b.xml").write_text(rss(item("one", url="https://b.example.org/x")))
    poll(make_source("a.xml"))
    poll(make_source("b.xml"))
    assert Article.objects.count() == 2


def test_one_address_in_two_sources_is_one_article_that_only_the_first_revises(
    folder: Path, make_source: MakeSource
) -> None:
    (folder / "a.xml").write_text(rss(item("one", "Spain will send trucks.")))
    (folder / "b.xml").write_text(rss(item("one", "Spain: trucks.")))
    poll(make_source("a.xml"))
    assert poll(make_source("b.xml")).outcome == Outcome.NOTHING_NEW
    assert Article.objects.count() == 1
    assert Revision.objects.get().text == "Spain will send trucks."


def test_the_same_identifier_twice_in_a_feed_is_named_and_the_rest_goes_on(
    folder: Path, make_source: MakeSource
) -> None:
    (folder / "feed.xml").write_text(rss(item("one", guid="g"), item("two", "Other words", guid="g"), item("three")))
    result = poll(make_source("feed.xml"))
    attempt = FetchAttempt.objects.get(pk=result.attempt_id)
    assert attempt.outcome == Outcome.PARTLY
    assert (attempt.entries, attempt.added, attempt.unusable) == (3, 2, 1)
    assert "Entry 2 (“About two”) has the same identifier as an earlier one." in attempt.words


def test_two_entries_at_one_address_with_other_words_do_not_revise_each_other_for_ever(
    folder: Path, make_source: MakeSource
) -> None:
    feed = folder / "feed.xml"
    url = "https://example.org/live"
    feed.write_text(rss(item("one", "First words", url=f"{url}#1"), item("two", "Second words", url=f"{url}#2")))
    source = make_source("feed.xml")
    assert poll(source).outcome == Outcome.PARTLY
    feed.write_text(feed.read_text() + "  ")
    assert poll(source, 60).outcome == Outcome.PARTLY
    assert Revision.objects.count() == 1


def test_nul_bytes_and_direction_marks_never_reach_the_database(folder: Path, make_source: MakeSource) -> None:
    (folder / "feed.json").write_text(
        '{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "a\\u0000b", "title": "T\\u0000\\u202eitle",'
        ' "content_text": "Spain\\u0000 pays\\ud800."}]}'
    )
    poll(make_source("feed.json"))
    revision = Revision.objects.get()
    assert (revision.title, revision.text) == ("Title", "Spain pays.")
    assert Article.objects.get().guid == "ab"


def test_a_folder_gives_an_article_for_each_file_and_a_changed_file_a_revision(
    folder: Path, make_source: MakeSource
) -> None:
    inbox = folder / "inbox"
    inbox.mkdir()
    (inbox / "spain-trucks.txt").write_text("Spain will send trucks.")
    (inbox / "italy.md").write_text("# Italy pays\n\nItaly will pay €1m.")
    (inbox / "empty.txt").write_text("  ")
    (inbox / "ignored.pdf").write_text("x")
    source = make_source("inbox", kind=SourceKind.FOLDER)
    result = poll(source)
    assert result.outcome == Outcome.PARTLY
    assert "empty.txt: There is no text in it." in FetchAttempt.objects.get(pk=result.attempt_id).words
    assert set(Revision.objects.values_list("title", "text")) == {
        ("spain trucks", "Spain will send trucks."),
        ("Italy pays", "Italy will pay €1m."),
    }
    assert set(Article.objects.values_list("canonical_url", flat=True)) == {None}
    (inbox / "empty.txt").unlink()
    (inbox / "italy.md").write_text("# Italy pays\n\nItaly will pay €2 million.")
    assert poll(source, 60).outcome == Outcome.NEW
    assert Article.objects.count() == 2


def test_a_path_out_of_the_root_is_refused_even_by_a_symbolic_link(
    folder: Path, make_source: MakeSource, settings: Settings
) -> None:
    root = folder / "root"
    root.mkdir()
    (folder / "secret.xml").write_text(rss(item("secret")))
    (root / "link.xml").symlink_to(folder / "secret.xml")
    settings.LOCAL_SOURCES_ROOT = str(root)
    for path in ("../secret.xml", "link.xml", str(folder / "secret.xml")):
        assert poll(make_source(path)).outcome == Outcome.REFUSED
    assert not Article.objects.exists()


def test_a_source_that_is_claimed_or_not_due_is_left_alone(folder: Path, make_source: MakeSource) -> None:
    (folder / "feed.xml").write_text(rss(item("one")))
    claimed = make_source("feed.xml", claimed_until=NOW + timedelta(minutes=1))
    later = make_source("feed.xml", name="later", next_poll_at=NOW + timedelta(minutes=1))
    paused = make_source("feed.xml", name="paused", state=SourceState.PAUSED)
    assert services.due_source_ids(now=NOW) == []
    for source in (claimed, later, paused):
        assert services.poll_source(source.pk, now=NOW) is None
    assert not FetchAttempt.objects.exists()


def test_an_expired_claim_is_taken_again(folder: Path, make_source: MakeSource) -> None:
    (folder / "feed.xml").write_text(rss(item("one")))
    source = make_source("feed.xml", claimed_until=NOW - timedelta(seconds=1))
    assert services.due_source_ids(now=NOW) == [source.pk]
    assert poll(source).outcome == Outcome.NEW


def test_a_poll_run_twice_at_once_is_done_once(folder: Path, make_source: MakeSource) -> None:
    (folder / "feed.xml").write_text(rss(item("one")))
    source = make_source("feed.xml")
    poll(source)
    assert services.poll_source(source.pk, now=NOW) is None
    assert FetchAttempt.objects.count() == 1


def test_a_poll_that_dies_half_way_loses_and_doubles_nothing(
    folder: Path, make_source: MakeSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "feed.xml").write_text(rss(*(item(f"n{n}", f"Text {n}") for n in range(5))))
    source = make_source("feed.xml")
    whole = storing._write_addresses

    def dying(*args: object, **kwargs: object) -> object:
        if Article.objects.count() == 4:
            raise SystemExit("killed")
        return whole(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(storing, "BATCH", 2)
    monkeypatch.setattr(storing, "_write_addresses", dying)
    with pytest.raises(SystemExit):
        services.poll_source(source.pk, now=NOW)
    monkeypatch.undo()
    assert Article.objects.count() == Revision.objects.count() == 2
    source.refresh_from_db()
    assert source.etag == ""
    later = NOW + timedelta(minutes=6)
    left = services.sweep(now=later)
    assert left.crashed_attempts == 1
    assert len(left.revision_ids) == 2
    assert FetchAttempt.objects.get().outcome == Outcome.CRASHED
    result = services.poll_source(source.pk, now=later)
    assert result is not None
    assert Article.objects.count() == Revision.objects.count() == ArticleUrl.objects.count() == 5


def test_a_fault_of_our_own_is_raised_and_told_on_the_attempt(
    folder: Path, make_source: MakeSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "feed.xml").write_text(rss(item("one")))
    source = make_source("feed.xml")

    def broken(*args: object, **kwargs: object) -> object:
        raise RuntimeError("a bug")

    monkeypatch.setattr(storing, "_write_addresses", broken)
    with pytest.raises(RuntimeError):
        services.poll_source(source.pk, now=NOW)
    attempt = FetchAttempt.objects.get()
    assert attempt.outcome == Outcome.CRASHED
    assert "RuntimeError" in attempt.words
    source.refresh_from_db()
    assert source.claimed_until is None
    assert source.failures == 1


def test_hard_failures_back_off_and_in_the_end_pause_the_source_and_tell_staff(
    folder: Path, make_source: MakeSource
) -> None:
    source = make_source("feed.xml", poll_floor=60)
    (folder / "feed.xml").write_text("<html>no feed</html>")
    moment, waits = NOW, []
    for _ in range(10):
        assert services.poll_source(source.pk, now=moment, luck=lambda: 0.0) is not None
        source.refresh_from_db()
        assert source.next_poll_at is not None
        waits.append((source.next_poll_at - moment).total_seconds())
        moment = source.next_poll_at
    assert waits[:4] == [120, 240, 480, 960]
    assert source.state == SourceState.FAILING
    assert services.due_source_ids(now=moment) == []
    notice = Notice.objects.get()
    assert (notice.kind, notice.source_id) == (NoticeKind.PAUSED, source.pk)
    assert "failed 10 times in a row" in notice.words
    assert "web page, not a feed" in notice.words


def test_soft_failures_back_off_to_the_ceiling_and_never_pause_the_source(
    folder: Path, make_source: MakeSource
) -> None:
    source = make_source("missing.xml", poll_floor=60, poll_ceiling=300)
    moment, waits = NOW, []
    for _ in range(15):
        assert services.poll_source(source.pk, now=moment, luck=lambda: 0.0) is not None
        source.refresh_from_db()
        assert source.next_poll_at is not None
        waits.append((source.next_poll_at - moment).total_seconds())
        moment = source.next_poll_at
    assert waits[:4] == [60, 120, 240, 300]
    assert waits[-1] == 300
    assert source.state == SourceState.ACTIVE
    assert "missing.xml is not found" in source.last_error


def test_the_pace_of_polls_follows_what_the_source_brings(folder: Path, make_source: MakeSource) -> None:
    feed = folder / "feed.xml"
    feed.write_text(rss(item("one")))
    source = make_source("feed.xml", poll_floor=60, poll_ceiling=600)
    paces = []
    for minutes in range(4):
        poll(source, minutes * 60)
        source.refresh_from_db()
        paces.append(source.poll_interval)
    feed.write_text(rss(item("two")))
    poll(source, 300)
    source.refresh_from_db()
    assert [*paces, source.poll_interval] == [60, 75, 94, 118, 60]


def test_a_source_paused_while_it_is_polled_stays_paused(
    folder: Path, make_source: MakeSource, staff: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = make_source("missing.xml", failures=20)

    def pausing(polled: Source, *, ask: Ask, now: datetime) -> Reading:
        services.pause_source(source.pk, acting_user=staff, now=now)
        return read_source(polled, ask=ask, now=now)

    monkeypatch.setattr(polling, "read_source", pausing)
    assert poll(source).outcome == Outcome.UNREACHABLE
    source.refresh_from_db()
    assert source.state == SourceState.PAUSED
    assert source.claimed_until is None


def test_a_poll_that_is_known_already_costs_few_queries(
    folder: Path, make_source: MakeSource, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    feed = folder / "feed.xml"
    source = make_source("feed.xml")
    feed.write_text(rss(*(item(f"n{n}", f"Text {n}") for n in range(50))))
    poll(source)
    feed.write_text(feed.read_text() + " ")
    with django_assert_max_num_queries(13):
        poll(source, 60)


def test_bounds_that_staff_change_while_a_source_is_polled_hold_for_its_new_pace(
    folder: Path, make_source: MakeSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "feed.xml").write_text(rss(item("one")))
    source = make_source("feed.xml", poll_floor=60, poll_ceiling=600)

    def changing(polled: Source, *, ask: Ask, now: datetime) -> Reading:
        Source.objects.filter(pk=source.pk).update(poll_floor=300)
        return read_source(polled, ask=ask, now=now)

    monkeypatch.setattr(polling, "read_source", changing)
    poll(source)
    source.refresh_from_db()
    assert source.poll_interval == 300


def test_a_source_that_staff_resume_is_no_longer_told_as_paused(
    folder: Path, make_source: MakeSource, staff: User
) -> None:
    source = make_source("feed.xml", state=SourceState.FAILING)
    services.raise_notice(NoticeKind.PAUSED, source_id=source.pk, words="It failed.", now=NOW)
    services.resume_source(source.pk, acting_user=staff, now=NOW + timedelta(minutes=1))
    assert Notice.objects.get().over_at == NOW + timedelta(minutes=1)


def test_how_far_the_storing_of_many_entries_is_can_be_watched(
    folder: Path, make_source: MakeSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "feed.xml").write_text(rss(*(item(f"n{n}", f"Text {n}") for n in range(7))))
    monkeypatch.setattr(storing, "BATCH", 3)
    seen: list[tuple[str, int, int]] = []
    whole = storing._store

    def watched(*args: object) -> None:
        seen.append(FetchAttempt.objects.values_list("phase", "done", "entries").get())
        whole(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(storing, "_store", watched)
    poll(make_source("feed.xml"))
    assert seen == [("storing", 0, 7), ("storing", 3, 7), ("storing", 6, 7)]
