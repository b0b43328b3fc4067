"""Stored bytes read again without the network, and what is written if the present parsers give other words."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from pytest_django import DjangoAssertNumQueries, Settings

from ingestion import services
from ingestion.deciding import content_hash
from ingestion.fetching import Fetched, Validators
from ingestion.models import Article, ExtractState, Outcome, Revision, SourceKind
from ingestion.services.reparsing import reparse_revision
from tests.ingestion.conftest import NOW, MakeSource, item, rss

TRUCKS = "Spain will send trucks to Ukraine, the ministry of defence in Madrid said on Sunday after a long meeting."
MONDAY = "The trucks leave on Monday and are to arrive before the end of the week, a spokeswoman said to reporters."


@pytest.fixture(autouse=True)
def store(tmp_path: Path, settings: Settings) -> Path:
    """The folder in which bytes are stored."""
    settings.MEDIA_ROOT = str(tmp_path / "media")
    return tmp_path / "media" / "fetched"


def run(*arguments: str) -> tuple[str, str]:
    """What the command says, on its output and on its error output."""
    out, errors = StringIO(), StringIO()
    call_command("reparse", *arguments, stdout=out, stderr=errors)
    return out.getvalue(), errors.getvalue()


def as_an_older_parser_read_it(revision: Revision, text: str) -> None:
    """Make it look as if its bytes had been read by a parser that gave these words."""
    old, new = revision.content_hash, content_hash(revision.title, text)
    Revision.objects.filter(pk=revision.pk).update(text=text, content_hash=new, extract_state=ExtractState.DONE)
    Article.objects.filter(pk=revision.article_id, seen_hash=old).update(seen_hash=new)


def add_page(staff: User, name: str = "one") -> Revision:
    """An article at an address, its bytes stored."""
    body = f"<html><head><title>Trucks {name}</title></head><body><article><p>{TRUCKS}</p><p>{MONDAY}</p></article>"

    def ask(address: str) -> Fetched:
        return Fetched(address, 200, body.encode(), "text/html", Validators())

    added = services.add_address(f"https://example.org/{name}", acting_user=staff, now=NOW, ask=ask)
    return Revision.objects.get(article_id=added.article_id)


def test_bytes_that_give_the_same_words_change_nothing(staff: User) -> None:
    add_page(staff)
    out, _errors = run()
    assert "1 articles read again: 1 give the same words, 0 get new ones." in out
    assert Revision.objects.count() == 1


def test_a_better_parser_gives_a_page_a_new_revision_that_waits_to_be_read(staff: User) -> None:
    revision = add_page(staff)
    as_an_older_parser_read_it(revision, f"Menu Home Contact {TRUCKS}")
    out, _errors = run()
    assert "1 articles read again: 0 give the same words, 1 get new ones." in out
    newest = Revision.objects.get(number=2)
    assert (TRUCKS in newest.text, "Menu" in newest.text) == (True, False)
    assert (newest.blob, newest.blob_kind, newest.found_at) == (revision.blob, "page", revision.found_at)
    assert (newest.fetched_at, newest.attempt) == (revision.fetched_at, revision.attempt)
    assert newest.extract_state == ExtractState.PENDING


def test_run_twice_it_writes_once(staff: User) -> None:
    as_an_older_parser_read_it(add_page(staff), f"Menu Home Contact {TRUCKS}")
    run()
    out, _errors = run()
    assert "1 give the same words, 0 get new ones" in out
    assert Revision.objects.count() == 2


def test_a_dry_run_only_counts(staff: User) -> None:
    as_an_older_parser_read_it(add_page(staff), f"Menu Home Contact {TRUCKS}")
    out, _errors = run("--dry-run")
    assert "1 would get new ones" in out
    assert Revision.objects.count() == 1


def test_each_article_of_a_feed_is_found_in_its_bytes_and_the_next_poll_brings_nothing_new(
    folder: Path, make_source: MakeSource
) -> None:
    (folder / "feed.xml").write_text(rss(item("one", TRUCKS, guid="g1"), item("two", MONDAY)))
    source = make_source("feed.xml")
    services.poll_source(source.pk, now=NOW)
    for revision in Revision.objects.all():
        as_an_older_parser_read_it(revision, f"&lt;p&gt;{revision.text}")
    run()
    newest = Revision.objects.filter(number=2).order_by("article__canonical_url")
    assert [revision.text for revision in newest] == [TRUCKS, MONDAY]
    source.refresh_from_db()
    source.etag = ""
    source.save()
    again = services.poll_source(source.pk, now=NOW + timedelta(days=2))
    assert again is not None
    assert again.outcome == Outcome.NOTHING_NEW


def test_a_file_of_a_folder_is_read_again(folder: Path, make_source: MakeSource) -> None:
    (folder / "texts").mkdir()
    (folder / "texts" / "a.md").write_text(f"# Trucks\n\n{TRUCKS}")
    services.poll_source(make_source("texts", kind=SourceKind.FOLDER).pk, now=NOW)
    as_an_older_parser_read_it(Revision.objects.get(), f"# Trucks {TRUCKS}")
    (folder / "texts" / "a.md").unlink()
    run()
    assert Revision.objects.get(number=2).text == TRUCKS


def test_missing_and_damaged_bytes_are_named_and_the_others_are_read(staff: User, store: Path) -> None:
    missing, damaged, _whole = (add_page(staff, name) for name in ("one", "two", "three"))
    (store / missing.blob).unlink()
    (store / damaged.blob).write_bytes(b"half")
    errors = StringIO()
    out = StringIO()
    with pytest.raises(CommandError, match="they are named above"):
        call_command("reparse", stdout=out, stderr=errors)
    assert f"Revision {missing.pk} was left as it is. The stored bytes {missing.blob} are missing." in errors.getvalue()
    assert f"Revision {damaged.pk} was left as it is. The stored bytes {damaged.blob} are damaged" in errors.getvalue()
    assert "1 articles read again: 1 give the same words" in out.getvalue()
    assert "2 could not be read again." in out.getvalue()


def test_a_parser_that_loses_most_of_the_words_changes_nothing(staff: User) -> None:
    revision = add_page(staff)
    as_an_older_parser_read_it(revision, f"{TRUCKS} {MONDAY} " * 5)
    _out, errors = run()
    assert f"Revision {revision.pk} gives so few or so different words now" in errors
    assert Revision.objects.count() == 1


def test_words_that_staff_pasted_since_are_left_alone(staff: User) -> None:
    as_an_older_parser_read_it(add_page(staff), f"Menu {TRUCKS}")
    services.add_text(text="The words as they are.", url="https://example.org/one", acting_user=staff, now=NOW)
    out, _errors = run()
    assert out == "Nothing to do: no article asked for has stored bytes.\n"


def test_only_the_articles_asked_for_are_read(staff: User, make_source: MakeSource) -> None:
    revision = add_page(staff)
    other = make_source("https://example.org/feed")
    nothing = "Nothing to do"
    assert run("--source", str(other.pk))[0].startswith(nothing)
    assert run("--since", "2026-05-05")[0].startswith(nothing)
    assert run("--after", str(revision.pk))[0].startswith(nothing)
    assert run("--since", "2026-05-04", "--source", str(revision.article.source_id))[0].startswith("1 articles")
    with pytest.raises(CommandError, match="There is no source 999"):
        run("--source", "999")


def test_a_run_that_is_stopped_says_how_to_go_on(staff: User, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = add_page(staff, "one"), add_page(staff, "two")

    def stopped(revision_id: int, **options: object) -> object:
        if revision_id == second.pk:
            raise KeyboardInterrupt
        return reparse_revision(revision_id, **options)  # type: ignore[arg-type]

    monkeypatch.setattr("ingestion.management.commands.reparse.reparse_revision", stopped)
    with pytest.raises(CommandError, match=f"give --after {first.pk}") as stop:
        run()
    assert stop.value.returncode == 130


def test_the_queries_of_an_article_do_not_grow_with_the_archive(
    staff: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(20):
        add_page(staff, str(number))
    with django_assert_max_num_queries(3 + 3 * 20):
        run()
