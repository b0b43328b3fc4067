"""The feeds of a run, served by a process of its own, which can be told to misbehave.

    python -m tests.chaos.feed_server PORT SEED ARTICLES FEEDS

``POST /control/begin {"seconds": 100}`` lets the news begin; ``/control/fault {"kind": "error"}`` and ``{"kind": ""}``
switch a fault on and off; ``/control/end {}`` shows everything in its last edition; ``GET /control/told`` counts.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections import Counter
from collections.abc import Mapping
from html import escape

from tests.chaos.news import News
from tests.feed_site import Answer, Item, conditional, page, rss, serve

HOSTS = [f"127.0.0.{number}" for number in range(1, 13)]
FAULTS = ("error", "silence", "drop", "busy")
SECONDS_TO_COME_BACK_AFTER = 20
# A page is given up after three failures, as is meant: so no page is made to fail more often than twice.
PAGE_FAILURES = 2


def host_of(feed: int) -> str:
    """The address that a feed and its articles are served on."""
    return HOSTS[feed % len(HOSTS)]


class ChaosSite:
    """Feeds and pages of the news, at the moment that the run has reached."""

    def __init__(self, news: News) -> None:
        """Nothing is to be seen until the news begin."""
        self.news = news
        self.by_path = {article.path: article for article in news.articles}
        self.begun_at, self.seconds, self.ended = 0.0, 1.0, False
        self.fault = ""
        self.told: Counter[str] = Counter()
        self.failed_pages: Counter[str] = Counter()
        self.lock = threading.Lock()

    @property
    def moment(self) -> float:
        """How much of the run is over, from 0 to 1; below 0 before it."""
        if self.ended:
            return 1.0
        return (time.monotonic() - self.begun_at) / self.seconds if self.begun_at else -1.0

    def get(self, path: str, host: str, headers: Mapping[str, str]) -> Answer:
        """A feed, an article's page, or the count of what was told."""
        if path == "/control/told":
            with self.lock:
                return Answer(200, json.dumps(self.told).encode())
        answer = self._misbehave(path) or self._answer(path, host, headers)
        with self.lock:
            self.told[str(answer.status)] += 0 if answer.silent else 1
        return answer

    def _answer(self, path: str, host: str, headers: Mapping[str, str]) -> Answer:
        if path.startswith("/feed/"):
            body = self._feed(int(path.removeprefix("/feed/")), host)
            return conditional(body, "application/rss+xml", headers)
        article = self.by_path.get(path)
        edition = article.edition_at(self.moment) if article else None
        if article is None or edition is None:
            return Answer(404)
        return conditional(page(article.title, list(edition.paragraphs)), "text/html; charset=utf-8", headers)

    def _feed(self, feed: int, host: str) -> bytes:
        moment = self.moment
        items = []
        for article in self.news.by_feed[feed]:
            if edition := article.edition_at(moment):
                shown = edition.paragraphs if article.whole_in_feed else (edition.summary,)
                html = "".join(f"<p>{escape(one)}</p>" for one in shown)
                items.append(Item(f"story-{article.number}", f"http://{host}{article.path}", article.title, html))
        return rss(f"Feed {feed}", items)

    def _misbehave(self, path: str) -> Answer | None:
        with self.lock:
            fault = self.fault
            if not fault or (path in self.by_path and self.failed_pages[path] >= PAGE_FAILURES):
                return None
            self.failed_pages[path] += 1
            self.told[fault] += 1
        if fault == "silence":
            return Answer(silent=True)
        if fault == "drop":
            return Answer(200, b"<rss><channel>" * 50, cut_short=True)
        if fault == "busy":
            return Answer(429, headers={"Retry-After": str(SECONDS_TO_COME_BACK_AFTER)})
        return Answer(500, b"It is broken.")

    def post(self, path: str, body: bytes) -> Answer:
        """What the run wants."""
        wanted = json.loads(body)
        with self.lock:
            if path == "/control/begin":
                self.begun_at, self.seconds = time.monotonic(), float(wanted["seconds"])
            elif path == "/control/fault":
                self.fault = wanted["kind"]
            elif path == "/control/end":
                self.ended, self.fault = True, ""
            else:
                return Answer(404)
        return Answer(200, b"{}")


if __name__ == "__main__":
    port, seed, articles, feeds = (int(argument) for argument in sys.argv[1:])
    serve(ChaosSite(News(seed, articles, feeds)), HOSTS, port)
