"""The chain as one: a feed over HTTP, the schedule, a worker, the desk and the API, all in real processes."""

from __future__ import annotations

import html
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from lxml.html import HtmlElement, fromstring

from tests.chain.feed_server import serving
from tests.control import control
from tests.launcher import Running, environment, started

PASSWORD = "a-long-one-for-this-test"
PATIENCE_SECONDS = 120

pytestmark = pytest.mark.real_data


@pytest.fixture(scope="module")
def feed() -> Iterator[str]:
    folder = os.environ.get("REAL_DATA")
    if not folder:
        pytest.skip("REAL_DATA is not set")
    article = (Path(folder) / "seed-article.txt").read_text(encoding="utf-8")

    def make(address: str) -> bytes:
        paragraphs = "".join(f"<p>{html.escape(line)}</p>" for line in article.splitlines() if line.strip())
        return (
            '<?xml version="1.0"?><rss version="2.0"><channel><title>T</title><item><guid>seed</guid>'
            f"<title>The fourth day</title><link>{address}/seed</link><pubDate>Sun, 27 Feb 2022 18:00:00 GMT</pubDate>"
            f"<description>{html.escape(paragraphs)}</description></item></channel></rss>"
        ).encode()

    with serving(make) as address:
        yield address


@pytest.fixture(scope="module")
def site(feed: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The embedded tracker, polling the feed by its schedule."""
    folder = tmp_path_factory.mktemp("chain") / "data"
    folder.mkdir()
    wanted = {"STAFF_USERNAME": "chief", "STAFF_PASSWORD": PASSWORD, "LOAD_SAMPLE": "0", "FETCH_ALLOW_LOOPBACK": "1"}
    env = environment(folder, TRACKER_LOCAL="1", **wanted)
    control(env, "prepare")
    control(env, "add-feeds", [{"name": "The feed", "url": feed}])
    control(env, "hurry")
    with started(folder, **wanted) as running:
        running.wait_until()
        yield running


class Desk:
    """A person at the desk, by plain HTTP."""

    def __init__(self, browser: httpx.Client) -> None:
        self.browser = browser
        self.send(self.page("/admin/login/").forms[-1], username="chief", password=PASSWORD)

    def page(self, path: str) -> HtmlElement:
        answer = self.browser.get(path)
        assert answer.status_code == 200, answer.text[:500]
        return fromstring(answer.text, base_url=str(answer.url))

    def send(self, form: HtmlElement, **changes: Any) -> HtmlElement:
        """Send a form as it is filled, with these changes."""
        fields: dict[str, list[str]] = {}
        for name, value in form.form_values():
            fields.setdefault(name, []).append(value)
        address = httpx.URL(form.base_url).join(form.action or "")
        headers = {"Referer": str(form.base_url)}
        answer = self.browser.post(address, data={**fields, **changes}, headers=headers)
        assert answer.status_code == 200, answer.text[:500]
        return fromstring(answer.text, base_url=str(answer.url))

    def waiting(self) -> list[str]:
        """The addresses of the candidates that wait, in the order of the list."""
        rows = self.page("/admin/review/deskcandidate/").xpath("//table[@id='result_list']/tbody/tr//a[1]/@href")
        return [str(address) for address in rows]

    def wait_for(self, number: int) -> list[str]:
        end = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < end:
            found = self.waiting()
            if len(found) >= number:
                return found
            time.sleep(0.5)
        raise AssertionError(f"{len(found)} candidates after {PATIENCE_SECONDS} s")


@pytest.fixture
def desk(site: Running) -> Iterator[Desk]:
    """Somebody logged in."""
    with httpx.Client(base_url=f"http://127.0.0.1:{site.port}", follow_redirects=True, timeout=30) as browser:
        yield Desk(browser)


def test_an_article_in_the_feed_becomes_totals_by_way_of_the_desk(desk: Desk) -> None:
    candidates = desk.wait_for(5)
    assert len(candidates) == 5
    for address in candidates:
        [form] = desk.page(address).xpath("//form[@id='accept']")
        desk.send(form, publish="1")
    assert desk.waiting() == []

    asked = {"group_by": "donor,type", "currency": "EUR"}
    totals = desk.browser.get("/api/v1/totals/", params=asked).json()
    rows = {row["donor"]["code"]: (row["type"], row["unvalued_count"], row["stated"]) for row in totals["results"]}
    assert rows == {
        "IT": ("financial", 0, "110000000.00"),
        "ES": ("military", 1, "0.00"),
        "CZ": ("unspecified", 1, "0.00"),
        "GR": ("unspecified", 1, "0.00"),
    }
    counts = desk.browser.get("/api/v1/sanctions/totals/", params={"group_by": "target,measure"}).json()
    assert [(row["target"]["code"], row["measure"], row["count"]) for row in counts["results"]] == [
        ("RU", "unspecified", 1)
    ]


def test_the_number_leads_back_to_the_words_in_the_article(site: Running, feed: str) -> None:
    with httpx.Client(base_url=f"http://127.0.0.1:{site.port}/api/v1/", timeout=30) as client:
        [italy] = client.get("pledges/", params={"donor": "IT"}).json()["results"]
        [evidence] = client.get(f"pledges/{italy['id']}/").json()["evidence"]
    assert "€110m" in evidence["quote"]
    assert evidence["url"] == feed.replace("feed.xml", "seed")
