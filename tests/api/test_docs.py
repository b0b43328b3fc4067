"""The documentation page: everything on it comes from here, and it works under the strict content policy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import sync_playwright

from tests.api.making import ROOT

BROWSERS = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
CHROMIUM = next((path for path in BROWSERS if Path(path).exists()), "")


def test_the_page_names_no_other_host_and_no_inline_script() -> None:
    answer = Client().get(ROOT + "docs/")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "http" not in page.replace("http-equiv", "")
    assert page.count("<script") == page.count("<script src=") == 3
    assert "<style" not in page
    assert "'unsafe" not in answer["Content-Security-Policy"]


@pytest.mark.browser
@pytest.mark.skipif(not CHROMIUM, reason="no Chromium is installed")
def test_a_reader_can_try_totals_on_the_page(live_server: Any) -> None:
    asked: list[str] = []
    told: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: told.append(message.text))
        page.on("pageerror", lambda error: told.append(str(error)))
        page.goto(f"{live_server.url}{ROOT}docs/")
        totals = page.locator("#operations-totals-getTotals")
        totals.locator(".opblock-summary").click()
        totals.locator(".try-out__btn").click()
        totals.locator(".execute").click()
        totals.locator(".live-responses-table").filter(has_text="rate_basis").wait_for()
        browser.close()
    assert told == []
    assert [url for url in asked if not url.startswith((live_server.url, "data:"))] == []
