"""A browser for the tests of this folder, and people who use it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import connections
from django.urls import reverse
from playwright.sync_api import Browser, Page, sync_playwright
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from tests.browser.looking import enter
from tests.browser.world import make_staff
from tests.conftest import CHROMIUM

LogIn = Callable[..., Page]


@pytest.fixture(autouse=True)
def static_folder(settings: Settings) -> None:
    """The folder whose absence the static files' middleware warns of."""
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch) -> Iterator[Browser]:
    """Chromium. Its driver runs an event loop in this thread, which Django would take for an asynchronous caller."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    with sync_playwright() as play, play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"]) as chromium:
        yield chromium
        connections.close_all()  # those that were opened while that loop ran, which nobody else knows of


@pytest.fixture
def log_in(live_server: LiveServer, browser: Browser) -> Iterator[LogIn]:
    """``log_in("editor")``: a page of their own browser, open at an address, for somebody of that group.

    What the site's policy blocks, or a script throws, fails the test.
    """
    wrong: list[str] = []
    make_staff()

    def open_page(group: str, address: str = reverse("admin:index"), width: int = 1280, theme: str = "light") -> Page:
        context = browser.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": 900},
            color_scheme="dark" if theme == "dark" else "light",
        )
        context.set_default_timeout(15_000)
        page = context.new_page()
        page.on("console", lambda message: wrong.append(message.text) if "Policy" in message.text else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        enter(page, group)
        page.goto(address)
        return page

    yield open_page
    assert wrong == []
