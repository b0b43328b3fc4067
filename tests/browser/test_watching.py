"""The staff's pages on ingestion in a real browser, under the site's own policy for scripts and styles."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from ingestion import machinery, services, tasks, watching
from ingestion.models import NoticeKind, Revision, Source, SourceKind
from ingestion.services.notices import raise_notice
from tests.ingestion.conftest import FakeReader, item, rss
from tests.ingestion.test_health_page import WELL

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
STEP_NOW = ".ing-steps li[aria-current=step]"


@pytest.fixture
def source(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Source:
    """A feed with two articles, a chief who may do everything, and no worker."""
    User.objects.create_superuser("chief", password="a long pass phrase")
    monkeypatch.setattr(tasks, "_send", lambda *_, **__: None)
    monkeypatch.setattr(machinery, "look", lambda *, now: WELL)
    settings.LOCAL_SOURCES_ROOT = str(tmp_path)
    (tmp_path / "feed.xml").write_text(rss(item("one", "Spain will send trucks."), item("two", "Nothing of note.")))
    now = timezone.now()
    return Source.objects.create(
        name="The Herald", url="feed.xml", kind=SourceKind.FEED, created_at=now, next_poll_at=now + timedelta(hours=1)
    )


def _log_in(page: Page, server: LiveServer) -> None:
    page.goto(server.url + reverse("admin:login"))
    page.get_by_label("Username").fill("chief")
    page.get_by_label("Password").fill("a long pass phrase")
    page.get_by_role("button", name="Log in").click()


def test_a_fetch_is_watched_from_the_press_of_the_button_to_its_candidates(
    live_server: LiveServer, browser: Browser, source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "NOBODY_COMES", timedelta(0))
    page, blocked, asked = browser.new_page(), [], []
    page.on("console", lambda message: blocked.append(message.text) if "Policy" in message.text else None)
    page.on("pageerror", lambda error: blocked.append(str(error)))
    page.on("request", lambda request: asked.append(request.url) if "/progress/" in request.url else None)
    _log_in(page, live_server)
    page.goto(live_server.url + reverse("admin:ingestion_source_change", args=[source.pk]))
    page.get_by_role("button", name="Fetch now").click()
    page.locator(STEP_NOW, has_text="Waiting for a worker").wait_for()
    page.locator("#watch-warning", has_text="no worker runs for the queue").wait_for()
    page.locator("#watch-said", has_text="Nobody has taken it").wait_for(state="attached")

    services.poll_source(source.pk, now=timezone.now())
    page.locator(STEP_NOW, has_text="Reading").wait_for()
    page.get_by_text("0 of 2 texts are read.").wait_for()
    page.get_by_role("link", name="About one").wait_for()
    assert page.locator("#watch-warning").is_hidden()

    for revision in Revision.objects.all():
        services.extract_revision(revision.pk, now=timezone.now(), reader=FakeReader())
    page.locator(".ing-steps li.ing-past", has_text="Done").wait_for()
    page.locator("#watch-said", has_text="Brought something new.").wait_for(state="attached")
    so_far = len(asked)
    page.wait_for_timeout(1500)
    assert len(asked) == so_far, "it went on asking when all was done"
    page.get_by_role("link", name="Spain").click()
    page.get_by_role("button", name="Accept as draft").wait_for()
    assert blocked == []


def test_without_scripts_the_page_is_looked_at_again_by_a_link(
    live_server: LiveServer, browser: Browser, source: Source
) -> None:
    page = browser.new_context(java_script_enabled=False).new_page()
    _log_in(page, live_server)
    page.goto(live_server.url + reverse("admin:ingestion_source_change", args=[source.pk]))
    page.get_by_role("button", name="Fetch now").click()
    page.locator(STEP_NOW, has_text="Waiting for a worker").wait_for()
    services.poll_source(source.pk, now=timezone.now())
    page.get_by_role("link", name="Look again").click()
    page.locator(STEP_NOW, has_text="Reading").wait_for()


def test_on_a_narrow_screen_nothing_has_to_be_scrolled_sideways_and_nothing_is_blocked(
    live_server: LiveServer, browser: Browser, source: Source
) -> None:
    now = timezone.now()
    words = "It was paused after ten failures. https://news.example.org/" + "very-long-address/" * 10
    raise_notice(NoticeKind.PAUSED, source_id=source.pk, words=words, now=now)
    Source.objects.update(failures=1, last_error_at=now, last_error=words)
    addresses = [
        reverse("admin:index"),
        reverse("admin:ingestion_source_health"),
        reverse("admin:ingestion_source_change", args=[source.pk]),
        reverse("admin:ingestion_source_watch", args=[source.pk]),
    ]
    page, blocked, widths = browser.new_page(viewport={"width": 390, "height": 844}), [], []
    page.on("console", lambda message: blocked.append(message.text) if "Policy" in message.text else None)
    _log_in(page, live_server)
    for address in addresses:
        page.goto(live_server.url + address)
        widths.append(page.evaluate("document.documentElement.scrollWidth"))
    assert widths == [390] * 4
    assert blocked == []
