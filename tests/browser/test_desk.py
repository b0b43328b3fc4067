"""The desk in a real browser, under the site's own policy for scripts and styles."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Page, sync_playwright
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from ingestion.models import Candidate, CandidateState
from pledges.models import Pledge
from review.links import candidate_address
from tests.conftest import CHROMIUM
from tests.review import making

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
IN_VIEW = """() => {
  const pane = document.getElementById("words").getBoundingClientRect();
  const mark = document.getElementById("chosen").getBoundingClientRect();
  return mark.top >= pane.top && mark.bottom <= pane.bottom && pane.bottom <= window.innerHeight;
}"""


@pytest.fixture(autouse=True)
def static_folder(settings: Settings) -> None:
    """The folder whose absence the static files' middleware warns of."""
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)


def _log_in(page: Page, server: LiveServer) -> None:
    page.goto(server.url + reverse("admin:login"))
    page.get_by_label("Username").fill("chief")
    page.get_by_label("Password").fill("a long pass phrase")
    page.get_by_role("button", name="Log in").click()


def test_five_claims_are_decided_with_one_press_each_and_nothing_is_blocked(live_server: LiveServer) -> None:
    making.user("chief", permissions=(), chief=True)
    making.parties()
    revision = making.article("Nothing to see in this line.\n" * 80 + making.TEXT)
    claims = [making.candidate(revision, one, place) for place, one in enumerate(making.FIVE)]
    first, blocked, seen = live_server.url + candidate_address(claims[0].pk), [], []
    with sync_playwright() as play, play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"]) as browser:
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.on("console", lambda message: blocked.append(message.text) if "Policy" in message.text else None)
        page.on("pageerror", lambda error: blocked.append(str(error)))
        _log_in(page, live_server)
        page.goto(first)
        for _ in claims:
            seen.append(page.evaluate(IN_VIEW))
            with page.expect_navigation():
                page.get_by_role("button", name="Accept as draft").click()
        page.get_by_text("Nothing else is waiting.").wait_for()
    assert seen == [True] * 5
    assert blocked == []
    assert Candidate.objects.filter(state=CandidateState.ACCEPTED).count() == 5


def test_a_donor_is_found_by_typing_and_added(live_server: LiveServer) -> None:
    making.user("chief", permissions=(), chief=True)
    italy = making.one(making.ITALY)
    address = live_server.url + candidate_address(italy.pk)
    with sync_playwright() as play, play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"]) as browser:
        page = browser.new_page()
        _log_in(page, live_server)
        page.goto(address)
        page.locator(".desk-donors .select2-selection").click()
        page.keyboard.type("Gree")
        page.get_by_role("option", name="Greece (GR)").click()
        page.get_by_role("button", name="Accept and publish").click()
        page.get_by_text("Nothing else is waiting.").wait_for()
    donors = [row.party.code for row in Pledge.objects.get().donors.select_related("party")]
    assert (donors, Pledge.objects.get().state) == (["IT", "GR"], "published")


def test_on_a_narrow_screen_nothing_has_to_be_scrolled_sideways(live_server: LiveServer) -> None:
    making.user("chief", permissions=(), chief=True)
    claims = making.five()
    addresses = [
        candidate_address(claims[0].pk),
        candidate_address(claims[-1].pk),
        reverse("admin:review_article", args=[claims[0].finding.revision.article_id]),
        reverse("admin:review_deskcandidate_changelist"),
    ]
    with sync_playwright() as play, play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"]) as browser:
        page = browser.new_page(viewport={"width": 390, "height": 844})
        _log_in(page, live_server)
        widths = []
        for address in addresses:
            page.goto(live_server.url + address)
            widths.append(page.evaluate("document.documentElement.scrollWidth"))
    assert widths == [390] * 4
