"""Every screen in a browser: nothing is blocked, cut off at the side, or found fault with by axe-core."""

from __future__ import annotations

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from tests.browser.looking import THEMES, enter, faults, open_page
from tests.browser.screens import screens
from tests.browser.world import make_world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ROOMS = ("front", "review", "pledges", "sanctions", "ingestion", "rest")


@pytest.mark.parametrize("room", ROOMS)
def test_every_screen_can_be_read_by_everybody_in_both_themes_and_widths(
    room: str, live_server: LiveServer, browser: Browser
) -> None:
    make_world(now=timezone.now())
    wrong: list[str] = []
    blocked: list[str] = []
    for theme in THEMES:
        pages: dict[str, Page] = {}
        for screen in screens()[room]:
            if screen.user not in pages:
                pages[screen.user] = open_page(browser, live_server.url, theme)
                watch(pages[screen.user], blocked)
                if screen.user:
                    enter(pages[screen.user], screen.user)
            page = pages[screen.user]
            answer = page.goto(screen.address)
            assert answer is not None
            assert answer.status == 200, screen.name
            page.evaluate("0")  # what the page itself was blocked from has been told by now
            wrong += [f"{screen.name}, {theme}: {one}" for one in blocked]
            wrong += [f"{screen.name}, {theme}: {one}" for one in faults(page)]
            blocked.clear()  # axe-core tries styles of its own, which the policy blocks, too
    assert wrong == []


def watch(page: Page, wrong: list[str]) -> None:
    """Note what the site's policy blocks, and what a script throws."""
    page.on("console", lambda message: wrong.append(message.text) if "Policy" in message.text else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
