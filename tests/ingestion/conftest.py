"""What the tests of this room share: a source, a made-up reader, a moment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from pytest_django import Settings
from pytest_httpserver import HTTPServer

from extraction.contract import Article, Finding, PledgeFinding, Reading
from ingestion.models import Source, SourceKind

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def static_folder(settings: Settings) -> None:
    """The folder whose absence the static files' middleware warns of."""
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)


@pytest.fixture
def loopback(settings: Settings, httpserver: HTTPServer) -> None:
    """Lets the fetcher reach the test server, which has no robots.txt, and hurries it."""
    httpserver.expect_request("/robots.txt").respond_with_data("none", status=404)
    settings.FETCH_ALLOW_LOOPBACK = True
    settings.FETCH_TIMEOUT_SECONDS = 2


@pytest.fixture
def staff(db: None) -> User:
    """A member of staff."""
    user = get_user_model().objects.create_user("vera", password="a long pass phrase", is_staff=True)
    assert isinstance(user, User)
    return user


@pytest.fixture
def folder(tmp_path: Path, settings: Settings) -> Path:
    """The folder for local sources."""
    settings.LOCAL_SOURCES_ROOT = str(tmp_path)
    return tmp_path


MakeSource = Callable[..., Source]


@pytest.fixture
def make_source(db: None) -> MakeSource:
    """Makes an active feed source."""

    def make(url: str, **values: object) -> Source:
        fields = {"name": f"Source at {url}", "kind": SourceKind.FEED, "created_at": NOW, **values}
        return Source.objects.create(url=url, **fields)

    return make


def rss(*items: str, title: str = "A feed") -> str:
    """A feed with these items."""
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>{title}</title>{"".join(items)}</channel></rss>'


def item(name: str, text: str = "Spain will send trucks.", *, url: str | None = None, guid: str | None = None) -> str:
    """One item of a feed."""
    address = f"https://example.org/{name}" if url is None else url
    link = f"<link>{address}</link>" if address else ""
    named = f"<guid isPermaLink='false'>{guid}</guid>" if guid else ""
    return f"<item><title>About {name}</title>{link}{named}<description>{text}</description></item>"


@dataclass
class FakeReader:
    """A reader that finds one pledge for each of the given words that stands in the text, and can fail."""

    words: tuple[str, ...] = ("Spain",)
    version: str = "fake-1"
    fails: bool = False
    extra: dict[str, dict[str, object]] = field(default_factory=dict)
    read_count: int = 0

    def read(self, article: Article, *, explain: bool = False) -> Reading:
        self.read_count += 1
        if self.fails:
            raise RuntimeError("the rules are broken")
        found: list[Finding] = []
        for word in self.words:
            start = article.text.find(word)
            if start >= 0:
                fields: dict[str, object] = {"donors": (word[:2].upper(),), **self.extra.get(word, {})}
                found.append(PledgeFinding(word, start, start + len(word), **fields))  # type: ignore[arg-type]
        return Reading(findings=tuple(found))
