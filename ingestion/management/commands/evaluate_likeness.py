"""``manage.py evaluate_likeness``: how well copies of one text are found, and other texts are left alone."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from importlib import import_module
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from ingestion.likeness.evaluating import Report, evaluate

SET = "tests.likeness_set.build"


class Command(BaseCommand):
    """Prints precision and recall of the project's own labelled pairs, by kind of change and for both halves."""

    help = (
        "Score the finding of near-duplicates on the labelled pairs in tests/likeness_set: for each kind of change how "
        "many pairs there are, how many the index names, and how many are called one text. The parameters were chosen "
        "on the half “dev”; “held_out” is looked at to see what they are worth."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Which half, and what to show."""
        parser.add_argument("--split", choices=["dev", "held_out"], help="only this half")
        parser.add_argument("--errors", action="store_true", help="also name the pairs that were missed or invented")

    def handle(self, *args: Any, **options: Any) -> None:
        """Score and print."""
        try:
            labelled_set = import_module(SET)
        except ModuleNotFoundError as error:
            raise CommandError(
                "The labelled pairs are in tests/likeness_set, which is not part of this installation. "
                "Run the command in a checkout of the project."
            ) from error
        for split in [options["split"]] if options["split"] else labelled_set.SPLITS:
            report = evaluate(*labelled_set.labelled(split))
            self.stdout.write("\n".join(_lines(split, report)))
            if options["errors"]:
                self.stdout.write("\n".join(f"  {one}  /  {other}" for one, other in report.wrong))


def _lines(split: str, report: Report) -> Iterator[str]:
    yield f"\n{split}: {report.texts} texts, {report.compared} pairs compared"
    yield f"  {'change':<28}{'pairs':>7}{'named':>7}{'one text':>10}"
    for same, title in ((True, "one text"), (False, "two texts")):
        yield f"  – {title}"
        for change, score in report.by_change.items():
            if score.same == same:
                yield f"  {change:<28}{score.pairs or '':>7}{score.named:>7}{score.found:>10}"
    yield f"  precision {report.precision:.3f}, recall {report.recall:.3f}"
