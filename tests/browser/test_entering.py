"""Entering a pledge by hand, correcting it and taking the correction back, and handing in files, in a browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from interchange import tasks, uploads
from interchange.models import FileImport
from pledges.models import Pledge
from reference.services import load_parties
from tests.browser.conftest import LogIn
from tests.builders import rates
from tests.interchange.books import book
from tests.review import making

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def choose(page: Page, field: str, typed: str, offered: str) -> None:
    """Choose a party in a row of a table by typing its name."""
    page.locator(f"#id_{field}").locator("xpath=following-sibling::span[1]").click()
    page.locator(".select2-search__field").last.fill(typed)
    page.get_by_role("option", name=offered, exact=True).click()


def test_the_italian_pledge_is_entered_by_hand_corrected_and_taken_back(log_in: LogIn) -> None:
    load_parties()
    rates(making.DAY)
    rates()
    page = log_in("publisher", reverse("admin:pledges_pledge_add"))
    page.get_by_label("Title").fill("Italy: EUR 110 million for the Ukrainian government")
    page.locator("#id_type").select_option("financial")
    page.locator("#id_announced").fill("2022-02-27")
    page.locator("#id_stated").fill("110m")
    page.locator("#id_currency").fill("EUR")
    choose(page, "donors-0-party", "Ital", "Italy (IT)")
    choose(page, "recipients-0-party", "Ukrai", "Ukraine (UA)")
    page.locator("#id_evidence-0-url").fill("https://example.org/news")
    page.locator("#id_evidence-0-quote").fill("Rome pays 110 million euros at once.")
    page.get_by_role("button", name="Save and publish").click()
    expect(page.locator(".messagelist .success").first).to_be_visible()
    pledge = Pledge.objects.get()
    assert (pledge.state, pledge.stated, pledge.currency) == ("published", 110_000_000, "EUR")

    page.goto(reverse("admin:pledges_pledge_change", args=[pledge.pk]))
    page.locator("#id_stated").fill("120 million")
    page.locator("#id_why").fill("The ministry said so.")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".messagelist .success").first).to_be_visible()
    pledge.refresh_from_db()
    assert pledge.stated == 120_000_000

    page.goto(reverse("admin:pledges_pledge_history", args=[pledge.pk]))
    page.get_by_role("link", name="Restore this version").first.click()
    page.get_by_role("textbox", name="Why").first.fill("It was 110 after all.")
    page.get_by_role("button", name="Restore").click()
    expect(page.locator(".messagelist .success").first).to_be_visible()
    pledge.refresh_from_db()
    assert (pledge.stated, pledge.state) == (110_000_000, "published")


def test_what_is_wrong_is_told_at_its_field_and_nothing_is_saved(log_in: LogIn) -> None:
    load_parties()
    page = log_in("editor", reverse("admin:pledges_pledge_add"))
    page.get_by_label("Title").fill("A sum of nothing we know")
    page.locator("#id_stated").fill("a lot")
    page.locator("#id_currency").fill("XXQ")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".errornote")).to_be_visible()
    expect(page.locator(".errorlist").first).to_be_visible()
    expect(page.get_by_label("Title")).to_have_value("A sum of nothing we know")
    assert not Pledge.objects.exists()


def hand_in(page: Page, path: Path, kind: str) -> FileImport:
    """Hand a file in, and have it taken in as a worker does."""
    page.goto(reverse("admin:interchange_fileimport_add"))
    page.get_by_label("Kind").select_option(kind)
    page.locator("input[type=file]").set_input_files(path)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".messagelist")).to_contain_text("was handed in")
    row = FileImport.objects.latest("pk")
    uploads.take_in_file(row.pk, now=timezone.now())
    page.goto(reverse("admin:interchange_fileimport_change", args=[row.pk]))
    return row


def test_a_bad_file_is_refused_in_words_and_a_good_one_is_taken_in(
    log_in: LogIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "send", lambda _: None)
    load_parties()
    rates(making.DAY)
    page = log_in("publisher")
    bad = tmp_path / "programmes.csv"
    bad.write_text("id,name\n1,An unknown form\n")
    hand_in(page, bad, "programmes")
    expect(page.locator("#content")).to_contain_text("the header lacks")
    assert not Pledge.objects.exists()

    hand_in(page, book(tmp_path / "book.xlsx", {}), "kiel")
    expect(page.locator("#content")).to_contain_text("Taken in")
    assert Pledge.objects.count() == 1
