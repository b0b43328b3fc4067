"""``manage.py backfill``: each line of a file answered for, once, whatever breaks off."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.utils import timezone
from pytest_django import Settings
from pytest_httpserver import HTTPServer

from ingestion import blobs
from ingestion.address_files import Line, line_of
from ingestion.fetching import AskedToWaitError, Fetched, FetchError, PostponedError, UnreachableError, Validators
from ingestion.models import (
    Article,
    Backfill,
    BackfillLine,
    FetchAttempt,
    LineState,
    Outcome,
    Revision,
    SourceKind,
    Story,
)
from ingestion.services import backfilling
from ingestion.services.pages import due_page_hosts
from ingestion.services.storing import note_addresses
from tests.ingestion.conftest import NOW, MakeSource

LONG = "Spain will send trucks to Ukraine, the ministry of defence in Madrid said on Sunday after a long meeting."


def page(name: str) -> str:
    """A web page with an article of its own."""
    text = f"{LONG} This is what {name} tells of it, and nobody else tells it in these very words of {name}."
    return f"<html><head><title>About {name}</title></head><body><article><p>{text}</p></article></body></html>"


@pytest.fixture(autouse=True)
def store(tmp_path: Path, settings: Settings) -> None:
    """Bytes are stored in a folder of the test."""
    settings.MEDIA_ROOT = str(tmp_path / "media")


@pytest.fixture
def in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Failures are tried again at once."""
    monkeypatch.setattr(backfilling, "PAUSES", (timedelta(0),))


def serve(server: HTTPServer, *names: str) -> list[str]:
    """Articles on the test server; their addresses."""
    for name in names:
        server.expect_request(f"/{name}").respond_with_data(page(name), content_type="text/html")
    return [server.url_for(f"/{name}") for name in names]


def asked(server: HTTPServer) -> list[str]:
    """What the test server was asked for, but for robots.txt."""
    return [request.path for request, _answer in server.log if request.path != "/robots.txt"]


def save(tmp_path: Path, *lines: str, name: str = "list.txt") -> Path:
    """A file with these lines."""
    path = tmp_path / name
    path.write_text("".join(f"{line}\n" for line in lines))
    return path


def run(path: Path, *arguments: str) -> str:
    """Run the command to a good end; what it says."""
    out = StringIO()
    call_command("backfill", str(path), "--at-once", "1", *arguments, stdout=out, stderr=StringIO())
    return out.getvalue()


def run_badly(path: Path, *arguments: str) -> tuple[str, str, CommandError]:
    """Run the command to a bad end; what it says, and the error."""
    out, errors = StringIO(), StringIO()
    with pytest.raises(CommandError) as end:
        call_command("backfill", str(path), "--at-once", "1", *arguments, stdout=out, stderr=errors)
    return out.getvalue(), errors.getvalue(), end.value


def states() -> list[str]:
    """The states of all lines in order."""
    return list(BackfillLine.objects.order_by("number").values_list("state", flat=True))


@pytest.mark.django_db
@pytest.mark.usefixtures("loopback")
def test_each_address_becomes_an_article_with_its_bytes_and_each_line_is_answered_for(
    httpserver: HTTPServer, tmp_path: Path
) -> None:
    one, two = serve(httpserver, "one", "two")
    said = run(save(tmp_path, "# archive", one, "", two))
    assert "list.txt: 4 lines; 2 brought a new article, 2 empty or a comment." in said
    assert states() == ["empty", "added", "empty", "added"]
    articles = Article.objects.order_by("canonical_url")
    assert [article.canonical_url for article in articles] == [one, two]
    assert {article.source.name for article in articles} == {"Backfill"}
    assert {article.source.kind for article in articles} == {SourceKind.SINGLE}
    assert blobs.read(Revision.objects.get(article=articles[0]).blob) == page("one").encode()
    assert FetchAttempt.objects.filter(outcome=Outcome.NEW).count() == 2
    assert Backfill.objects.get().finished_at is not None


@pytest.mark.django_db
@pytest.mark.usefixtures("loopback")
def test_run_twice_it_asks_for_nothing_the_second_time(httpserver: HTTPServer, tmp_path: Path) -> None:
    path = save(tmp_path, *serve(httpserver, "one", "two"))
    run(path)
    before = len(httpserver.log)
    assert "2 brought a new article" in run(path)
    assert (len(httpserver.log), Article.objects.count(), Backfill.objects.count()) == (before, 2, 1)


@pytest.mark.django_db
@pytest.mark.usefixtures("loopback")
def test_a_copy_under_another_name_is_the_same_file(httpserver: HTTPServer, tmp_path: Path) -> None:
    addresses = serve(httpserver, "one")
    run(save(tmp_path, *addresses))
    run(save(tmp_path, *addresses, name="copy.txt"))
    assert (Backfill.objects.count(), asked(httpserver)) == (1, ["/one"])


@pytest.mark.django_db
@pytest.mark.usefixtures("loopback")
def test_an_address_that_is_known_is_not_fetched(httpserver: HTTPServer, tmp_path: Path) -> None:
    (one,) = serve(httpserver, "one")
    run(save(tmp_path, one, f"{one}?utm_source=mail", f"{one}#comments"))
    assert states() == ["added", "known", "known"]
    assert asked(httpserver) == ["/one"]


@pytest.mark.django_db
@pytest.mark.usefixtures("loopback", "in_a_hurry")
def test_lines_that_bring_nothing_are_named_with_what_is_wrong_and_the_run_ends_with_1(
    httpserver: HTTPServer, tmp_path: Path
) -> None:
    (one,) = serve(httpserver, "one")
    httpserver.expect_request("/gone").respond_with_data("no", status=410)
    httpserver.expect_request("/empty").respond_with_data("<html></html>", content_type="text/html")
    gone, empty = httpserver.url_for("/gone"), httpserver.url_for("/empty")
    path = save(tmp_path, "example.org/a", gone, one, empty)
    out, errors, end = run_badly(path)
    assert "4 lines; 1 brought a new article, 1 not an address that is fetched, 2 could not be had." in out
    assert "Line 1: example.org/a\n  The address example.org/a does not begin with https://" in errors
    assert f"Line 2: {gone}\n  {gone} answered with status 410" in errors
    assert f"Line 4: {empty}\n" in errors
    assert (end.returncode, "--retry-failed" in str(end)) == (1, True)


@pytest.mark.django_db
@pytest.mark.usefixtures("loopback")
def test_what_failed_is_tried_again_when_asked_for_and_nothing_else_is(httpserver: HTTPServer, tmp_path: Path) -> None:
    (one,) = serve(httpserver, "one")
    httpserver.expect_oneshot_request("/two").respond_with_data("no", status=404)
    path = save(tmp_path, one, httpserver.url_for("/two"), "no address")
    run_badly(path)
    serve(httpserver, "two")
    out, _errors, _end = run_badly(path, "--retry-failed")
    assert out.startswith("1 lines are tried again.")
    assert states() == ["added", "added", "refused"]
    assert asked(httpserver) == ["/one", "/two", "/two"]


@pytest.mark.django_db
@pytest.mark.usefixtures("loopback", "in_a_hurry")
def test_a_failure_that_may_mend_is_tried_three_times(httpserver: HTTPServer, tmp_path: Path) -> None:
    httpserver.expect_request("/sick").respond_with_data("no", status=500)
    run_badly(save(tmp_path, httpserver.url_for("/sick")))
    assert (states(), asked(httpserver)) == (["failed"], ["/sick"] * 3)
    assert BackfillLine.objects.get().tries == 3


@pytest.mark.django_db
@pytest.mark.usefixtures("loopback")
def test_a_host_that_asks_to_wait_for_long_is_left_and_its_lines_wait(httpserver: HTTPServer, tmp_path: Path) -> None:
    httpserver.expect_request("/busy").respond_with_data("no", status=429, headers={"Retry-After": "3600"})
    busy, later = httpserver.url_for("/busy"), httpserver.url_for("/later")
    _out, _errors, end = run_badly(save(tmp_path, busy, later))
    assert str(end).startswith("2 lines wait for hosts that want us later.")
    assert (states(), asked(httpserver)) == (["waiting", "waiting"], ["/busy"])
    line = BackfillLine.objects.get(number=1)
    assert (line.tries, "status 429" in line.words) == (0, True)
    assert Backfill.objects.get().finished_at is None


@pytest.mark.django_db
@pytest.mark.usefixtures("loopback")
def test_a_page_that_robots_txt_forbids_is_refused_with_the_reason(httpserver: HTTPServer, tmp_path: Path) -> None:
    httpserver.clear()
    httpserver.expect_request("/robots.txt").respond_with_data("User-agent: *\nDisallow: /\n")
    _out, errors, _end = run_badly(save(tmp_path, *serve(httpserver, "one")))
    assert "robots.txt does not allow" in errors
    assert (states(), asked(httpserver)) == (["refused"], [])


@pytest.mark.django_db
@pytest.mark.usefixtures("loopback")
def test_an_interrupted_run_goes_on_where_it_was(
    httpserver: HTTPServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = save(tmp_path, *serve(httpserver, "one", "two", "three"))
    take_line = backfilling.take_line

    def stopped(line_id: int, **options: object) -> backfilling.Answer:
        if line_id == BackfillLine.objects.get(number=2).pk:
            raise KeyboardInterrupt
        return take_line(line_id, **options)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr("ingestion.management.backfill_run.take_line", stopped)
        _out, _errors, end = run_badly(path)
    assert (end.returncode, states()) == (130, ["added", "waiting", "waiting"])
    assert "3 brought a new article" in run(path)
    assert asked(httpserver) == ["/one", "/two", "/three"]


@pytest.mark.django_db
@pytest.mark.usefixtures("loopback")
def test_a_line_whose_writing_fails_brings_no_article_and_is_taken_by_the_next_run(
    httpserver: HTTPServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = save(tmp_path, *serve(httpserver, "one"))

    def lost(*_arguments: object, **_options: object) -> None:
        raise OperationalError("the connection is lost")

    with monkeypatch.context() as patch:
        patch.setattr(backfilling, "finish", lost)
        _out, _errors, end = run_badly(path)
    assert "Nothing is lost: start the command again" in str(end)
    assert (Article.objects.count(), states()) == (0, ["waiting"])
    run(path)
    assert (Article.objects.count(), states()) == (1, ["added"])


@pytest.mark.django_db
@pytest.mark.usefixtures("loopback")
def test_the_report_has_a_row_for_each_line_and_no_formula(httpserver: HTTPServer, tmp_path: Path) -> None:
    (one,) = serve(httpserver, "one")
    report = tmp_path / "report.csv"
    run_badly(save(tmp_path, one, "=HYPERLINK(1)"), "--report", str(report))
    with report.open(newline="") as opened:
        rows = list(csv.reader(opened))
    assert rows[0] == ["line", "address", "outcome", "words", "article"]
    assert rows[1] == ["1", one, "Brought a new article", "", str(Article.objects.get().pk)]
    assert rows[2][:3] == ["2", "'=HYPERLINK(1)", "Not an address that is fetched"]


@pytest.mark.django_db
@pytest.mark.usefixtures("loopback")
def test_the_articles_belong_to_the_source_that_is_named(httpserver: HTTPServer, tmp_path: Path) -> None:
    run(save(tmp_path, *serve(httpserver, "one")), "--source", "Archive of 2022")
    assert Article.objects.get().source.name == "Archive of 2022"


def test_a_feeds_own_source_is_not_filled_by_hand(make_source: MakeSource, tmp_path: Path) -> None:
    make_source("https://example.org/feed", name="A feed")
    _out, _errors, end = run_badly(save(tmp_path, "https://example.org/a"), "--source", "A feed")
    assert "“A feed” is a source of another kind" in str(end)
    assert not Backfill.objects.exists()


@pytest.mark.django_db
def test_a_file_that_cannot_be_read_leaves_nothing_behind(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text('https://example.org/a,x\n"https://example.org/b,' + "y" * 200_000)
    _out, _errors, end = run_badly(path)
    assert "line 2: it cannot be read as CSV" in str(end)
    assert not Backfill.objects.exists()


@pytest.mark.django_db
def test_a_number_of_hosts_that_makes_no_sense_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="from 1 to 32"):
        call_command("backfill", str(save(tmp_path)), "--at-once", "0")


@pytest.fixture
def backfill(db: None) -> Backfill:
    """A backfill without lines."""
    source = backfilling.backfill_source("Backfill", now=NOW)
    return backfilling.open_backfill(name="list.txt", digest="0" * 64, source=source, now=NOW)


def test_lines_whose_writing_down_broke_off_are_completed_and_none_is_doubled(
    backfill: Backfill, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backfilling, "BATCH", 3)
    lines = [line_of(number, f"https://example.org/{number}") for number in range(1, 11)]

    def breaking_off() -> Iterator[Line]:
        yield from lines[:5]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(backfilling.write_lines(backfill, breaking_off()))
    assert backfilling.last_line(backfill) == 3
    assert list(backfilling.write_lines(backfill, lines[3:])) == [6, 9, 10]
    assert list(backfilling.write_lines(backfill, lines[8:])) == [10], "another run at the same time"
    assert list(backfill.lines.values_list("number", flat=True)) == list(range(1, 11))


def one_line(backfill: Backfill) -> BackfillLine:
    """A line that waits."""
    list(backfilling.write_lines(backfill, [line_of(1, "https://example.org/a")]))
    return BackfillLine.objects.get()


def failing(error: FetchError) -> object:
    """A web that gives nothing but this error."""

    def ask(_address: str) -> Fetched:
        raise error

    return ask


def test_being_put_off_is_no_try_and_leaves_an_attempt_only_if_the_host_was_asked(backfill: Backfill) -> None:
    line, until = one_line(backfill), NOW + timedelta(minutes=9)
    for error, attempts in (
        (PostponedError("It is being asked already.", until=until), 0),
        (AskedToWaitError("Too many requests.", until=until, status=429), 1),
    ):
        answer = backfilling.take_line(line.pk, now=NOW, ask=failing(error))  # type: ignore[arg-type]
        assert (answer.state, answer.again_at) == (LineState.WAITING, until)
        assert FetchAttempt.objects.count() == attempts
    line.refresh_from_db()
    assert (line.tries, line.due_at, line.words) == (0, until, "Too many requests.")


def test_an_answer_that_another_run_gave_first_stands(backfill: Backfill) -> None:
    line = one_line(backfill)

    def overtaken(_address: str) -> Fetched:
        BackfillLine.objects.update(state=LineState.ADDED, words="first")
        raise UnreachableError("No answer.")

    for _turn in range(backfilling.TRIES):
        backfilling.take_line(line.pk, now=NOW, ask=overtaken)
    line.refresh_from_db()
    assert (line.state, line.words) == (LineState.ADDED, "first")


def test_a_page_that_only_asks_to_subscribe_is_no_article(backfill: Backfill) -> None:
    body = b"<html><body><article><p>Subscribe to continue reading all of our journalism today.</p></article></body>"

    def ask(address: str) -> Fetched:
        return Fetched(address, 200, body, "text/html", Validators())

    answer = backfilling.take_line(one_line(backfill).pk, now=timezone.now(), ask=ask)
    assert (answer.state, Article.objects.exists()) == (LineState.FAILED, False)


def test_the_page_of_an_article_that_is_known_without_words_is_to_be_fetched(
    backfill: Backfill, make_source: MakeSource
) -> None:
    url = "https://example.org/a"
    article = Article.objects.create(
        source=make_source("https://example.org/sitemap.xml"),
        story=Story.objects.create(created_at=NOW),
        canonical_url=url,
        first_seen_at=NOW,
    )
    note_addresses(article.pk, [url])
    line = one_line(backfill)
    answer = backfilling.take_line(line.pk, now=NOW, ask=failing(UnreachableError("No answer.")))  # type: ignore[arg-type]
    assert (answer.state, due_page_hosts(now=NOW)) == (LineState.KNOWN, ["example.org"])
    line.refresh_from_db()
    assert line.words == "It was known already, but without words: the workers fetch its page."
