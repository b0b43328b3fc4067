"""``manage.py check_coding FILE``: where the words of a dataset's descriptions and its codes disagree."""

from __future__ import annotations

import argparse
import csv
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from extraction.coding import FIELDS, VERDICTS, Coded, Comparison, Verdict, check, half_of, party_codes
from extraction.readers import NoReaderError, named_reader
from ingestion.coded_files import CodedFileError, coded_rows

LISTED: tuple[Verdict, ...] = ("disagree", "not coded")
QUOTE = 200  # characters
PROBLEMS = 10


class Command(BaseCommand):
    """A service to whoever codes: a short list to look at, each line with the words it rests on."""

    help = (
        "Compare the coded values in FILE with what its descriptions say, and list where they disagree. FILE is a CSV "
        "or JSON-lines file with a column text and any of donor, recipient, type, finance, amount, currency, item, "
        "units, stage, id and published; or a workbook with such columns, or with the main sheet of the Ukraine "
        "Support Tracker."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """The file, and which part of it."""
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--field", action="append", choices=FIELDS, help="only this field; may be given again")
        parser.add_argument(
            "--donor", action="append", help="only rows of this donor, by code or name; may be repeated"
        )
        parser.add_argument(
            "--half", type=int, choices=(1, 2), help="only half of the donors: 1 to make rules by, 2 to hold them to"
        )
        parser.add_argument("--limit", type=int, default=50, metavar="N", help="list at most N (50); 0 for none")
        parser.add_argument("--csv", type=Path, metavar="FILE", help="write the whole list, without a limit, to FILE")
        parser.add_argument(
            "--reader", default="", metavar="DOTTED.PATH", help="another reader than the project's rules"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Compare all, list some, count all."""
        if options["limit"] < 0:
            raise CommandError("--limit should be 0 or more.")
        fields: list[str] = options["field"] or list(FIELDS)
        donors = _donors(options["donor"] or [])
        counts: Counter[tuple[str, str]] = Counter()
        rows = listed = problems = 0
        try:
            reader = named_reader(options["reader"])
            with ExitStack() as stack:
                write = _writer(options["csv"], stack)
                chosen = _of(donors, options["half"], coded_rows(options["file"]))
                for row, comparisons in check(chosen, reader):
                    rows += 1
                    problems = self._warn(row, problems)
                    for one in comparisons:
                        if one.field not in fields:
                            continue
                        counts[one.field, one.verdict] += 1
                        counts[one.field, "found"] += one.found is not None
                        counts[one.field, "right"] += one.found is True
                        if one.verdict in LISTED:
                            listed += 1
                            write(one)
                            if listed <= options["limit"]:
                                self._show(one)
        except (CodedFileError, NoReaderError) as error:
            raise CommandError(str(error)) from error
        self._sum_up(counts, rows, listed, problems, limit=options["limit"], version=reader.version)

    def _warn(self, row: Coded, problems: int) -> int:
        for number, problem in enumerate(row.problems, problems + 1):
            if number <= PROBLEMS:
                self.stderr.write(problem)
        return problems + len(row.problems)

    def _show(self, one: Comparison) -> None:
        name = f" {one.name}" if one.name else ""
        self.stdout.write(f"{one.place}{name}, {one.field}: coded {one.coded}; the words say {one.read}")
        quote = " ".join(one.quote.split())
        self.stdout.write(f"    “{quote[:QUOTE]}{'…' if len(quote) > QUOTE else ''}”")

    def _sum_up(
        self, counts: Counter[tuple[str, str]], rows: int, listed: int, problems: int, *, limit: int, version: str
    ) -> None:
        if listed > limit:
            self.stdout.write(
                f"… and {listed - limit:,} more; --limit, --field and --donor choose among them, --csv keeps them all."
            )
        if problems:
            self.stdout.write(f"{problems:,} cells could not be used and were not compared.")
        self.stdout.write(f"\n{rows:,} rows, read by {version}")
        self.stdout.write(f"{'field':10}" + "".join(f"{verdict:>11}" for verdict in VERDICTS) + "   findings right")
        for field in FIELDS:
            numbers = [counts[field, verdict] for verdict in VERDICTS]
            if any(numbers):
                right = f"{counts[field, 'right']:,} of {counts[field, 'found']:,}"
                self.stdout.write(f"{field:10}" + "".join(f"{number:>11,}" for number in numbers) + f"{right:>17}")


def _writer(path: Path | None, stack: ExitStack) -> Callable[[Comparison], object]:
    """What writes a row of the list; nothing is written without a file."""
    if path is None:
        return lambda one: None
    try:
        file = stack.enter_context(path.open("w", encoding="utf-8-sig", newline=""))  # spreadsheets need the mark
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror}.") from error
    writer = csv.writer(file)
    writer.writerow(["place", "id", "field", "verdict", "coded", "read", "quote"])
    return lambda one: writer.writerow(
        map(_as_text, (one.place, one.name, one.field, one.verdict, one.coded, one.read, one.quote))
    )


def _as_text(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


def _donors(names: list[str]) -> frozenset[str]:
    codes: set[str] = set()
    for name in names:
        found = party_codes(name)
        if found is None:
            raise CommandError(f"--donor {name}: no party of this code or name is known.")
        codes |= found
    return frozenset(codes)


def _of(donors: frozenset[str], half: int | None, rows: Iterator[Coded]) -> Iterator[Coded]:
    """The rows of these donors, and of this half of them; of all, where none is named."""
    for row in rows:
        coded = row.values.get("donor")
        codes = coded if isinstance(coded, frozenset) else frozenset()
        if (not donors or codes & donors) and (half is None or half in map(half_of, codes)):
            yield row
