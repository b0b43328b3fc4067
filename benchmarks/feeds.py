"""Feeds for measuring: articles of about 3 kB, mixed from the project's own labelled texts and plain prose.

    python -m benchmarks.feeds PORT ARTICLES IN_FEED PAGES_TOO

Twenty addresses on loopback, one process. With ``PAGES_TOO`` at 1 the feeds hold summaries only, and each article has
to be fetched from a page of its own.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from functools import cache
from html import escape
from pathlib import Path
from random import Random

from tests.feed_site import Answer, Item, conditional, page, rss, serve
from tests.prose import paragraph

HOSTS = [f"127.0.0.{number}" for number in range(1, 21)]
LABELLED = Path(__file__).resolve().parents[1] / "tests" / "gold" / "articles.jsonl"
ABOUT_BYTES = 3000
LABELLED_IN_ARTICLE = 2


@cache
def labelled_texts() -> tuple[str, ...]:
    """The project's own short texts about aid and sanctions, and about neither."""
    lines = LABELLED.read_text(encoding="utf-8").splitlines()
    return tuple(json.loads(line)["text"].replace("\n", " ") for line in lines)


def article(number: int) -> list[str]:
    """The paragraphs of one article; the same number gives the same words."""
    random = Random(number)  # noqa: S311
    told = random.sample(labelled_texts(), LABELLED_IN_ARTICLE)
    paragraphs = [f"This is report number {number} of the day."]
    while sum(map(len, paragraphs)) + sum(map(len, told)) < ABOUT_BYTES:
        paragraphs.append(paragraph(random))
    for place, text in enumerate(told):
        paragraphs.insert(1 + 3 * place, text)
    return paragraphs


def feeds_of(articles: int, in_feed: int) -> int:
    """How many feeds hold this many articles."""
    return -(-articles // in_feed)


def addresses(port: int, articles: int, in_feed: int) -> list[str]:
    """The addresses of all feeds, spread over the hosts."""
    return [f"http://{HOSTS[feed % len(HOSTS)]}:{port}/feed/{feed}" for feed in range(feeds_of(articles, in_feed))]


class BenchSite:
    """Feeds that are made before the measuring begins, so that serving them costs little."""

    def __init__(self, port: int, articles: int, in_feed: int, *, pages_too: bool) -> None:
        """Make everything that will be asked for."""
        self.answers: dict[str, tuple[bytes, str]] = {}
        for feed, address in enumerate(addresses(port, articles, in_feed)):
            base = address.rpartition("/feed/")[0]
            items = []
            for number in range(feed * in_feed, min(articles, (feed + 1) * in_feed)):
                words, title = article(number), f"Report number {number}"
                shown = words[:1] if pages_too else words
                html = "".join(f"<p>{escape(one)}</p>" for one in shown)
                items.append(Item(f"report-{number}", f"{base}/report/{number}", title, html))
                if pages_too:
                    self.answers[f"/report/{number}"] = page(title, words), "text/html; charset=utf-8"
            self.answers[f"/feed/{feed}"] = rss(f"Feed {feed}", items), "application/rss+xml"

    def get(self, path: str, host: str, headers: Mapping[str, str]) -> Answer:
        """A feed or a page, whatever the host."""
        found = self.answers.get(path)
        return Answer(404) if found is None else conditional(*found, headers)

    def post(self, path: str, body: bytes) -> Answer:
        """Nobody runs this one."""
        return Answer(404)


if __name__ == "__main__":
    port, articles, in_feed, pages_too = (int(argument) for argument in sys.argv[1:])
    serve(BenchSite(port, articles, in_feed, pages_too=bool(pages_too)), HOSTS, port)
