"""Several workers at once, on a database that really lets them: each thing happens once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.db import connection, connections
from django.utils import timezone
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from ingestion import services
from ingestion.models import (
    Article,
    Candidate,
    CandidateFinding,
    FetchAttempt,
    Finding,
    Outcome,
    Revision,
    Source,
    SourceKind,
    Story,
)
from ingestion.services.hosts import polite_fetch
from tests.ingestion.conftest import NOW, FakeReader, item, rss

pytestmark = [
    pytest.mark.services,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="needs a database with several writers"),
]


def at_once(*works: Callable[[], object]) -> list[object]:
    """Run these in threads of their own, begun together; what each gave."""
    gate = threading.Barrier(len(works))
    results: list[object] = [None] * len(works)

    def run(place: int, work: Callable[[], object]) -> None:
        try:
            gate.wait(10)
            results[place] = work()
        except Exception as error:  # noqa: BLE001 - handed to the test, which looks at every result
            results[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place, work)) for place, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert not [result for result in results if isinstance(result, Exception)]
    return results


def feed(name: str) -> Source:
    """A feed source."""
    return Source.objects.create(name=name, url=name, kind=SourceKind.FEED, created_at=NOW)


def test_a_source_that_eight_workers_poll_at_once_is_polled_once(folder: Path) -> None:
    (folder / "feed.xml").write_text(rss(*(item(f"n{n}", f"Text {n}") for n in range(10))))
    source = feed("feed.xml")
    results = at_once(*[lambda: services.poll_source(source.pk, now=NOW)] * 8)
    assert len([result for result in results if result]) == 1
    assert FetchAttempt.objects.get().outcome == Outcome.NEW
    assert Article.objects.count() == Revision.objects.count() == 10


def test_four_sources_that_bring_the_same_addresses_at_once_make_each_article_once(folder: Path) -> None:
    sources = []
    for number in range(4):
        (folder / f"{number}.xml").write_text(rss(*(item(f"n{n}", f"Text {n} of {number}") for n in range(30))))
        sources.append(feed(f"{number}.xml"))
    works = [lambda pk=source.pk: services.poll_source(pk, now=NOW) for source in sources]
    at_once(*works)
    assert Article.objects.count() == Revision.objects.count() == Story.objects.count() == 30
    assert sum(FetchAttempt.objects.values_list("added", flat=True)) == 30
    assert sum(FetchAttempt.objects.values_list("unusable", flat=True)) == 0


def test_a_revision_that_eight_workers_read_at_once_is_read_once() -> None:
    staff = get_user_model().objects.create_user("vera")
    assert isinstance(staff, User)
    added = services.add_text(text="Spain sends. Italy pays.", acting_user=staff, now=NOW)
    revision_id = added.revision_id or 0
    reader = FakeReader(words=("Spain", "Italy"))
    at_once(*[lambda: services.extract_revision(revision_id, now=NOW, reader=reader)] * 8)
    assert reader.read_count == 1
    assert (Finding.objects.count(), Candidate.objects.count(), CandidateFinding.objects.count()) == (2, 2, 2)


def test_two_revisions_of_an_article_read_at_once_end_as_the_newest_says() -> None:
    staff = get_user_model().objects.create_user("vera")
    assert isinstance(staff, User)
    reader = FakeReader(words=("Spain", "Italy"))
    for number in range(8):
        url = f"https://example.org/{number}"
        ids = [
            services.add_text(text=text, url=url, acting_user=staff, now=NOW + timedelta(minutes=minutes)).revision_id
            for minutes, text in enumerate(["Spain sends. Italy pays.", "Italy pays."])
        ]
        at_once(*[lambda pk=pk or 0: services.extract_revision(pk, now=NOW, reader=reader) for pk in ids])
    assert Candidate.objects.filter(state="pending").count() == 8
    assert set(Candidate.objects.filter(state="pending").values_list("finding__quote", flat=True)) == {"Italy"}
    assert set(Candidate.objects.filter(finding__quote="Spain").values_list("state", flat=True)) <= {"superseded"}


def test_a_text_pasted_by_four_people_at_once_is_one_article() -> None:
    staff = get_user_model().objects.create_user("vera")
    assert isinstance(staff, User)
    at_once(*[lambda: services.add_text(text="Words", url="https://e.org/a", acting_user=staff, now=NOW)] * 4)
    assert Article.objects.count() == Revision.objects.count() == 1


@pytest.mark.usefixtures("loopback")
def test_four_workers_that_fetch_from_one_host_never_ask_it_two_things_at_once(httpserver: HTTPServer) -> None:
    guard, under_way, most = threading.Lock(), 0, 0

    def answer(_request: Request) -> Response:
        nonlocal under_way, most
        with guard:
            under_way += 1
            most = max(most, under_way)
        threading.Event().wait(0.02)
        with guard:
            under_way -= 1
        return Response("ok")

    httpserver.expect_request("/slow").respond_with_handler(answer)

    def fetch_three() -> None:
        for _ in range(3):
            polite_fetch(httpserver.url_for("/slow"), now=timezone.now(), patience=20.0)

    at_once(*[fetch_three] * 4)
    assert most == 1
    assert sum(request.path == "/slow" for request, _response in httpserver.log) == 12
