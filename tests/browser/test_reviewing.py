"""The seed article's five candidates by keys alone, what one may not, and two people at one candidate."""

from __future__ import annotations

import os
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from extraction.reader import default_extractor
from ingestion import services
from ingestion.models import Candidate
from pledges.models import Pledge
from reference.services import load_parties
from review.links import candidate_address
from review.models import Decision
from sanctions.models import Measure
from tests.browser.conftest import LogIn
from tests.browser.world import make_staff
from tests.builders import euros, published
from tests.review import making

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def press(page: Page, *keys: str) -> None:
    """Press keys; the last one leads to another page."""
    for key in keys[:-1]:
        page.keyboard.press(key)
    with page.expect_navigation():
        page.keyboard.press(keys[-1])


@pytest.mark.real_data
def test_the_seed_article_is_reviewed_by_keys_alone(log_in: LogIn) -> None:
    load_parties()
    users = make_staff()
    text = (Path(os.environ["REAL_DATA"]) / "seed-article.txt").read_text(encoding="utf-8")
    now = timezone.now()
    added = services.add_text(text=text, acting_user=users["Reviewer"], now=now, published_on=making.DAY)
    assert added.revision_id is not None
    services.extract_revision(added.revision_id, now=now, reader=default_extractor())
    waiting = Candidate.objects.order_by("finding__start", "pk")
    assert waiting.count() == 5
    page = log_in("publisher", candidate_address(waiting[0].pk))
    begun, keys = time.monotonic(), 0
    for _ in range(5):
        press(page, "Shift+A")
        keys += 1
    seconds = time.monotonic() - begun
    expect(page.locator(".messagelist")).to_contain_text("Nothing else is waiting.")
    assert {one.state for one in waiting} == {"accepted"}
    states = [*Pledge.objects.values_list("state", flat=True), *Measure.objects.values_list("state", flat=True)]
    assert states == ["published"] * 5
    sys.stdout.write(f"the seed article's five candidates: {keys} keys, {seconds:.1f} s\n")


def test_a_viewer_looks_and_decides_nothing(log_in: LogIn) -> None:
    italy = making.one()
    page = log_in("viewer", candidate_address(italy.pk))
    expect(page.get_by_role("heading", name="Italy: EUR 110 million")).to_be_visible()
    for name in ("Accept as draft", "Accept and publish", "Merge", "Reject"):
        expect(page.get_by_role("button", name=name, exact=True)).to_have_count(0)
    for key in ("a", "Shift+A", "m", "1", "r", "1", "u"):
        page.keyboard.press(key)
    token = page.locator("input[name=csrfmiddlewaretoken]").first.input_value()
    decision: dict[str, str | float | bool] = {"decision": "accept", "csrfmiddlewaretoken": token}
    answer = page.request.post(candidate_address(italy.pk), form=decision)
    assert answer.status == 403
    italy.refresh_from_db()
    assert (italy.state, Decision.objects.count(), italy.claimed_by) == ("pending", 0, None)


def test_a_reviewer_accepts_drafts_and_publishes_nothing(log_in: LogIn) -> None:
    italy = making.one()
    page = log_in("reviewer", candidate_address(italy.pk))
    expect(page.get_by_role("button", name="Accept and publish")).to_have_count(0)
    page.keyboard.press("Shift+A")
    press(page, "a")
    assert Pledge.objects.get().state == "draft"


def test_of_two_people_the_second_is_told_who_was_first_and_nothing_is_overwritten(log_in: LogIn) -> None:
    italy, *_ = [making.one(), making.one(making.SPAIN)]
    first = log_in("editor", candidate_address(italy.pk))
    second = log_in("publisher", candidate_address(italy.pk))
    expect(second.locator("#held")).to_contain_text("editor is at work on this candidate")
    press(first, "a")
    second.get_by_label("Title").fill("Another title")
    second.get_by_role("button", name="Accept and publish").click()
    expect(second.locator(".messagelist")).to_contain_text("ditor decided on it first: accepted")
    expect(second.locator(".desk-decisions")).to_contain_text("Accepted, by editor")
    expect(second.get_by_label("Title")).to_have_value("Another title")
    pledge = Pledge.objects.get()
    assert (pledge.state, "Italy" in pledge.title, Decision.objects.count()) == ("draft", True, 1)


def test_the_next_one_is_not_offered_to_a_second_person(log_in: LogIn) -> None:
    one, two, three = making.one(), making.one(making.SPAIN), making.one(making.CZECHIA)
    log_in("editor", candidate_address(two.pk))
    page = log_in("publisher", candidate_address(one.pk))
    press(page, "j")
    assert page.url.endswith(candidate_address(three.pk))


def test_a_merge_corrects_the_amount_by_its_key_and_undo_puts_it_back(log_in: LogIn) -> None:
    making.parties()
    known = published("Italy helps", announced_earliest=making.DAY, announced_latest=making.DAY)
    italy = making.one()
    page = log_in("publisher", candidate_address(italy.pk))
    page.keyboard.press("v")
    expect(page.get_by_label("also correct its amount to EUR 110 million")).to_be_checked()
    press(page, "m", "1")
    known.refresh_from_db()
    assert known.stated == 110_000_000
    page.goto(candidate_address(italy.pk))
    press(page, "u")
    known.refresh_from_db()
    assert (known.stated, known.evidence.count()) == (None, 1)


def test_a_further_step_is_ticked_for_the_record_that_it_belongs_to(log_in: LogIn) -> None:
    making.parties()
    day = {"announced_earliest": making.DAY, "announced_latest": making.DAY}
    published("Italy helps", **day, **euros("110000000"))
    moved = making.one(replace(making.ITALY, stage="delivery"))
    page = log_in("publisher", candidate_address(moved.pk))
    expect(page.get_by_label("also add:")).to_be_checked()
    press(page, "m", "1")
    assert Pledge.objects.get().stage == "delivery"


def test_beside_a_changed_field_stands_what_was_read_and_it_can_be_put_back(log_in: LogIn) -> None:
    italy = making.one()
    page = log_in("publisher", candidate_address(italy.pk))
    amount, told = page.get_by_label("Stated amount"), page.locator(".desk-stated .desk-read")
    expect(told).to_be_hidden()
    amount.fill("120m")
    expect(told).to_contain_text("Read as: 110 000 000.")
    page.get_by_role("button", name="Put back: Stated amount").click()
    expect(told).to_be_hidden()
    expect(amount).to_have_value("110 000 000")
    page.locator(".desk-donors .select2-selection__choice__remove").click()
    expect(page.locator(".desk-donors .desk-read")).to_contain_text("Read as: Italy (IT).")
    amount.fill("nonsense")
    page.get_by_role("button", name="Accept as draft").click()
    expect(told).to_contain_text("Read as: 110 000 000.")
    expect(page.locator(".desk-donors .desk-read")).to_contain_text("Read as: Italy (IT).")
    expect(page.locator(".desk-title .desk-read")).to_be_hidden()
    expect(page.locator(".desk-announced .desk-read")).to_be_hidden()
    expect(page.locator(".desk-read:visible")).to_have_count(2)
