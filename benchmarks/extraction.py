"""``make bench-extraction``: how many articles a second one core reads, and how time and memory grow with length.

Times are seconds of one core's work (``time.process_time``), the best of three passes: other programs on the machine
can only make them longer. Ratios compare figures of one run; the seconds themselves belong to the machine.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import time
import tracemalloc
from collections.abc import Iterable, Iterator, Sequence

from benchmarks.articles import KINDS, ODD, Texts, alike, gold_texts, mixture, odd
from extraction.contract import Article
from extraction.reader import RuleExtractor, default_extractor

LENGTH = 3_000  # characters of a usual article
LENGTHS = (1_000, 3_000, 10_000, 30_000, 100_000, 300_000, 1_000_000)
PASSES = 3
LEAST_CHARACTERS = 100_000  # short texts are measured many at a time
ODD_LENGTHS = (10_000, 100_000)
SEED = 7


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print three tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n", maxsplit=1)[0])
    parser.add_argument("--articles", type=int, default=200, help="articles of each kind (200)")
    parser.add_argument("--longest", type=int, default=LENGTHS[-1], help="longest text, in characters (1000000)")
    options = parser.parse_args(arguments)
    _stay_on_one_core()
    reader, texts = default_extractor(), gold_texts()
    seconds_of(reader, mixture(20, LENGTH, SEED, texts))  # the first texts fill caches
    _print([f"{reader.version}, Python {platform.python_version()}, one core, articles of {LENGTH:,} characters"])
    _print(_by_kind(reader, texts, options.articles))
    _print(_by_length(reader, texts, options.longest))
    _print(_odd_texts(reader, options.longest))


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        sys.stdout.write(line + "\n")
        sys.stdout.flush()


def _stay_on_one_core() -> None:
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def _by_kind(reader: RuleExtractor, texts: Texts, articles: int) -> Iterator[str]:
    yield f"\n{'kind':18}{'articles':>10}{'a second':>10}{'claims':>10}"
    for kind in ("mixture", *KINDS):
        of_kind = _articles(kind, articles, LENGTH, texts)
        found = sum(not finding.flags for one in of_kind for finding in reader.read(one).findings)
        yield f"{kind:18}{articles:>10,}{articles / seconds_of(reader, of_kind):>10.0f}{found:>10,}"


def _by_length(reader: RuleExtractor, texts: Texts, longest: int) -> Iterator[str]:
    yield f"\n{'length':>10}{'ms':>10}{'µs a kB':>10}{'to 3 kB':>10}{'peak MB':>10}"
    rows = [(length, _milliseconds(reader, length, texts)) for length in LENGTHS if length <= longest]
    usual = next((ms / length for length, ms in rows if length == LENGTH), rows[0][1] / rows[0][0])
    for length, ms in rows:
        yield (
            f"{length:>10,}{ms:>10.1f}{ms / length * 1e6:>10.0f}{ms / length / usual:>10.2f}"
            f"{_megabytes(reader, length, texts):>10.1f}"
        )


def _odd_texts(reader: RuleExtractor, longest: int) -> Iterator[str]:
    """Ten times the length should take ten times as long, whatever is repeated."""
    short, long = (min(length, longest) for length in ODD_LENGTHS)
    yield f"\n{'one thing repeated':20}{f'ms {short:,}':>14}{f'ms {long:,}':>14}{'a kB, to it':>14}"
    for name in ODD:
        first, last = (seconds_of(reader, [odd(name, length)]) * 1000 for length in (short, long))
        ratio = last / long / (first / short)
        yield f"{name:20}{first:>14.1f}{last:>14.1f}{ratio:>14.2f}"


def _articles(kind: str, count: int, length: int, texts: Texts) -> list[Article]:
    if kind == "mixture":
        return mixture(count, length, SEED, texts)
    return alike(kind, count, length, SEED, texts)


def seconds_of(reader: RuleExtractor, articles: Sequence[Article]) -> float:
    """Seconds of one core for reading these articles once, in the best of some passes."""
    return min(_pass(reader, articles) for _ in range(PASSES))


def _pass(reader: RuleExtractor, articles: Sequence[Article]) -> float:
    begun = time.process_time()
    for one in articles:
        reader.read(one)
    return time.process_time() - begun


def _milliseconds(reader: RuleExtractor, length: int, texts: Texts) -> float:
    """Of one text of news of claims."""
    count = max(1, LEAST_CHARACTERS // length)
    return seconds_of(reader, alike("news of a claim", count, length, SEED, texts)) / count * 1000


def _megabytes(reader: RuleExtractor, length: int, texts: Texts) -> float:
    """The most memory that one reading holds at a time, its answer included; measured apart, since it slows."""
    [one] = alike("news of a claim", 1, length, SEED, texts)
    tracemalloc.start()
    try:
        reader.read(one)
        return tracemalloc.get_traced_memory()[1] / 1e6
    finally:
        tracemalloc.stop()


if __name__ == "__main__":
    main()
