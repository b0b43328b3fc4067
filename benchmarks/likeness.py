"""``python -m benchmarks.likeness``: what it costs to find an article's copies, by how much is stored.

It makes a database of its own beside the one that ``DATABASE_URL`` names (SQLite without one), fills it by bulk with
sketches of random numbers and times what a reading does: the sketch, its rows, and the look for others. Of work on
texts it is the processor's time, of work with the database the wall clock's: the least of many, which other programs
can only make longer, and the median.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from random import Random

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker.settings")
os.environ.setdefault("TRACKER_LOCAL", "1")
django.setup()

from django.db import connection, transaction  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from ingestion.likeness import BANDS, read_text, same_text, sketch  # noqa: E402
from ingestion.models import Article, Revision, Source, SourceKind, Story  # noqa: E402
from ingestion.services import grouping  # noqa: E402

STORED = (1_000, 30_000, 300_000)
NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
DAYS = 90  # over which the stored articles are spread: as long as sketches are kept
ROUNDS = 100
COPIES = 20
LENGTH = 3_000
RANDOM = {  # any 64-bit number
    "sqlite": "random()",
    "postgresql": "((random() - 0.5) * 18446744073709551614)::numeric::bigint",
}
SYLLABLES = ("ba", "do", "fe", "gi", "lu", "me", "no", "pa", "ri", "so", "tu", "ve")


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n", maxsplit=1)[0])
    parser.add_argument("--stored", type=int, nargs="+", default=STORED, help="articles stored (1000 30000 300000)")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="articles measured at each size (100)")
    options = parser.parse_args(arguments)
    for line in _of_texts(options.rounds):
        _print(line)
    name = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        _print(f"\n{connection.vendor}, {BANDS} rows an article; milliseconds, least (median)")
        _print(f"{'stored':>9}{'write rows':>16}{'look, no copy':>18}{f'look, {COPIES} copies':>18}{'queries':>10}")
        for stored in sorted(options.stored):
            _fill(stored)
            _print(_at(stored, options.rounds))
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


def _print(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def prose(random: Random) -> str:
    """An article's worth of made-up words."""
    words: list[str] = []
    while sum(map(len, words)) + len(words) < LENGTH:
        words.append("".join(random.choices(SYLLABLES, k=random.randint(1, 4))))
    return " ".join(words)


def _of_texts(rounds: int) -> list[str]:
    random = Random(1)  # noqa: S311 - the same texts each time
    texts = [prose(random) for _ in range(rounds)]
    made = _times([partial(sketch, "", text) for text in texts], clock=time.process_time)
    compared = _times([partial(_compare, text, f"{text} End") for text in texts], clock=time.process_time)
    return [
        f"a sketch of {LENGTH:,} characters: {1000 * statistics.median(made):.0f} µs",
        f"two copies read and compared: {1000 * statistics.median(compared):.0f} µs",
    ]


def _compare(one: str, other: str) -> bool:
    return same_text(read_text("", one), read_text("", other))


def _times(works: Sequence[Callable[[], object]], clock: Callable[[], float] = time.perf_counter) -> list[float]:
    """Milliseconds of each, in order."""
    taken = []
    for work in works:
        begun = clock()
        work()
        taken.append(1000 * (clock() - begun))
    return sorted(taken)


def _fill(stored: int) -> None:
    """Have so many articles with sketches in the database; those that are there already count."""
    source, _ = Source.objects.get_or_create(
        name="Bench", defaults={"url": "https://example.org/feed", "kind": SourceKind.FEED, "created_at": NOW}
    )
    have = Article.objects.count()
    story = Story.objects.create(created_at=NOW)
    moments = [NOW - timedelta(days=DAYS * place / stored) for place in range(stored - have)]
    for first in range(0, len(moments), 10_000):
        articles = Article.objects.bulk_create(
            [Article(source=source, story=story, first_seen_at=moment) for moment in moments[first : first + 10_000]]
        )
        with connection.cursor() as cursor:
            bands = ", ".join(f"({band})" for band in range(BANDS))
            cursor.execute(
                "INSERT INTO ingestion_sketchband (article_id, band, value, told_at) "  # noqa: S608 - all our own
                f"SELECT id, bands.column1, {RANDOM[connection.vendor]}, first_seen_at "
                f"FROM ingestion_article, (VALUES {bands}) AS bands WHERE id BETWEEN %s AND %s",
                [articles[0].pk, articles[-1].pk],
            )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _at(stored: int, rounds: int) -> str:
    random = Random(stored)  # noqa: S311 - the same texts each time
    source = Source.objects.get(name="Bench")
    single = [_revision(source, prose(random)) for _ in range(rounds)]
    numbers = [sketch("", one.text) for one in single]
    write = _times([partial(grouping.keep_sketch, one) for one in single])
    look = _times([partial(grouping.find_same, *work) for work in zip(single, numbers, strict=True)])
    text = prose(random)
    copies = [_revision(source, f"{text} {number}") for number in range(2 * COPIES)]
    for copy in copies[:COPIES]:
        grouping.keep_sketch(copy)
    Article.objects.filter(pk__in=[copy.article_id for copy in copies[:COPIES]]).update(story=copies[0].article.story)
    works = [(copy, sketch("", copy.text)) for copy in copies[COPIES:]]
    found = _times([partial(grouping.find_same, *work) for work in works])
    with CaptureQueriesContext(connection) as none, transaction.atomic():
        grouping.find_same(single[0], numbers[0])
    with CaptureQueriesContext(connection) as some:
        grouping.find_same(*works[0])
    queries = f"{sum('SELECT' in one['sql'] for one in none.captured_queries)} / {len(some)}"
    return f"{stored:>9,}{_told(write):>16}{_told(look):>18}{_told(found):>18}{queries:>10}"


def _told(times: list[float]) -> str:
    return f"{times[0]:.2f} ({statistics.median(times):.2f})"


def _revision(source: Source, text: str) -> Revision:
    story = Story.objects.create(created_at=NOW)
    article = Article.objects.create(source=source, story=story, first_seen_at=NOW)
    return Revision.objects.create(article=article, number=1, text=text, content_hash="", fetched_at=NOW)


if __name__ == "__main__":
    main()
