"""The desk by keys alone, in a real browser."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect, sync_playwright
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from ingestion.models import Candidate, CandidateState
from pledges.models import Pledge
from review.links import candidate_address
from review.models import Decision
from tests.builders import published
from tests.conftest import CHROMIUM
from tests.review import making

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def static_folder(settings: Settings) -> None:
    """The folder whose absence the static files' middleware warns of."""
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)


@contextmanager
def desk(server: LiveServer, candidate: Candidate) -> Iterator[Page]:
    """A candidate's page, open before a superuser; what the policy blocks, or a script throws, fails the test."""
    making.user("chief", permissions=(), chief=True)
    wrong: list[str] = []
    with sync_playwright() as play, play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"]) as browser:
        opened = browser.new_page(viewport={"width": 1280, "height": 900})
        opened.on("console", lambda message: wrong.append(message.text) if "Policy" in message.text else None)
        opened.on("pageerror", lambda error: wrong.append(str(error)))
        opened.goto(server.url + reverse("admin:login"))
        opened.get_by_label("Username").fill("chief")
        opened.get_by_label("Password").fill("a long pass phrase")
        opened.get_by_role("button", name="Log in").click()
        opened.goto(server.url + candidate_address(candidate.pk))
        yield opened
    assert wrong == []


def _press(page: Page, *keys: str) -> None:
    """Press keys; the last one leads to another page."""
    for key in keys[:-1]:
        page.keyboard.press(key)
    with page.expect_navigation():
        page.keyboard.press(keys[-1])


def _states() -> list[str]:
    return list(Candidate.objects.order_by("finding__start", "pk").values_list("state", flat=True))


def test_five_claims_are_reviewed_by_keys_alone(live_server: LiveServer) -> None:
    making.parties()
    known = published("Italy helps", announced_earliest=making.DAY, announced_latest=making.DAY)
    claims = making.five()
    pressed = [("a",), ("m", "1"), ("Shift+A",), ("r", "6"), ("a",)]
    with desk(live_server, claims[0]) as page:
        begun = time.monotonic()
        for keys in pressed:
            _press(page, *keys)
        seconds = time.monotonic() - begun
        page.get_by_text("Nothing else is waiting.").wait_for()
    assert _states() == ["accepted", "merged", "accepted", "rejected", "accepted"]
    assert known.evidence.count() == 2
    assert Pledge.objects.get(donors__party__code="CZ").state == "published"
    sys.stdout.write(f"five candidates: {sum(map(len, pressed))} keys, {seconds:.1f} s\n")


def test_a_way_there_and_back_by_keys(live_server: LiveServer) -> None:
    spain, italy, _, greece, _ = making.five()
    with desk(live_server, spain) as page:
        _press(page, "j")
        expect(page).to_have_url(live_server.url + candidate_address(italy.pk))
        _press(page, "k")
        expect(page).to_have_url(live_server.url + candidate_address(spain.pk))
        _press(page, "4")
        expect(page).to_have_url(live_server.url + candidate_address(greece.pk))
        _press(page, "r", "1")
        _press(page, "u")
        expect(page).to_have_url(live_server.url + candidate_address(greece.pk))
    assert _states() == [CandidateState.PENDING] * 5
    assert [one.kind for one in Decision.objects.order_by("pk")] == ["reject", "undo"]


def test_no_key_decides_while_one_types_or_when_they_are_off(live_server: LiveServer) -> None:
    _, italy, *_ = making.five()
    with desk(live_server, italy) as page:
        page.keyboard.press("f")
        page.keyboard.type("arum j1")
        expect(page.get_by_role("textbox", name="Title")).to_be_focused()
        assert "arum j1" in page.get_by_role("textbox", name="Title").input_value()
        page.keyboard.press("Escape")
        page.keyboard.press("?")
        expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
        page.keyboard.press("a")
        page.get_by_label("Keys are on in this browser").uncheck()
        page.keyboard.press("Escape")
        page.keyboard.press("a")
        page.reload()
        page.keyboard.press("a")
        expect(page).to_have_url(live_server.url + candidate_address(italy.pk))
    assert _states() == [CandidateState.PENDING] * 5


def test_rejecting_for_another_reason_asks_for_words_and_tells_what_it_waits_for(live_server: LiveServer) -> None:
    _, italy, czechia, *_ = making.five()
    with desk(live_server, italy) as page:
        page.keyboard.press("r")
        expect(page.locator("#desk-prompt")).to_contain_text("6 Read wrongly by the machine")
        expect(page.get_by_role("status")).to_contain_text("8 Another reason, in words")
        page.keyboard.press("8")
        expect(page.get_by_label("In words", exact=True)).to_be_focused()
        page.keyboard.type("A joke")
        _press(page, "Enter")
        expect(page).to_have_url(live_server.url + candidate_address(czechia.pk))
        expect(page.locator("h1")).to_be_focused()
        expect(page.get_by_role("status")).to_contain_text("Rejected.")
    assert Decision.objects.get().words == "A joke"


def test_leaving_a_page_gives_its_candidate_back(live_server: LiveServer) -> None:
    italy = making.one()
    held = "chief until"
    with desk(live_server, italy) as page:
        listed = live_server.url + reverse("admin:review_deskcandidate_changelist")
        assert held in page.request.get(listed).text()
        _press(page, "l")
        for _ in range(50):  # it is given back beside the page that comes, not before it
            if held not in page.request.get(listed).text():
                break
            page.wait_for_timeout(100)
    italy.refresh_from_db()
    assert italy.claimed_by is None
