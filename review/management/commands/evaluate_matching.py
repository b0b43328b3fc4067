"""``manage.py evaluate_matching``: how well the desk tells whether a candidate is recorded already."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from importlib import import_module
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from review.matching.evaluation import Report, Score, evaluate

SET = "tests.matching_set.build"


class Command(BaseCommand):
    """Prints precision and recall of each case on the project's own labelled pairs, for both halves."""

    help = (
        "Score the matching of candidates with records on the labelled pairs in tests/matching_set. Each claim is held "
        "against all records of its half; “first” counts only the first suggestion, which has to name the labelled "
        "record and the labelled case, “alone” judges each pair by itself. The rules were made on the half “dev”; "
        "“held_out” shows what they are worth."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Which half, and what to show."""
        parser.add_argument("--split", choices=["dev", "held_out"], help="only this half")
        parser.add_argument("--brief", action="store_true", help="leave out the phenomena and the errors")

    def handle(self, *args: Any, **options: Any) -> None:
        """Score and print."""
        try:
            labelled_set = import_module(SET)
        except ModuleNotFoundError as error:
            raise CommandError(
                "The labelled pairs are in tests/matching_set, which is not part of this installation. "
                "Run the command in a checkout of the project."
            ) from error
        for split in [options["split"]] if options["split"] else labelled_set.SPLITS:
            report = evaluate(labelled_set.labelled(split))
            self.stdout.write("\n".join(_table(split, report)))
            if not options["brief"]:
                self.stdout.write("\n".join(_details(report)))


def _table(split: str, report: Report) -> Iterator[str]:
    yield f"\n{split}: {report.pairs} pairs"
    yield f"  {'case':<14}{'pairs':>6}   first suggestion: precision, recall   alone: precision, recall"
    for label, first in report.first.items():
        yield f"  {label:<14}{first.labelled:>6}   {_figures(first):>35}   {_figures(report.alone[label]):>24}"


def _figures(score: Score) -> str:
    return f"{score.precision:.2f}  {score.recall:.2f}"


def _details(report: Report) -> Iterator[str]:
    yield "  right by phenomenon"
    for (label, phenomenon), score in sorted(report.by_phenomenon.items()):
        yield f"  {label:<14}{phenomenon:<32}{score.right:>3} of {score.labelled}"
    if report.wrong:
        yield "  wrong"
    yield from (f"  – {one}" for one in report.wrong)
