"""``manage.py evaluate_extraction``: scores the reader on labelled articles."""

from __future__ import annotations

import argparse
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from extraction.evaluation import KindScore, Report, read_gold, score
from extraction.reader import default_extractor

OWN_GOLD = Path(settings.BASE_DIR) / "tests" / "gold"


class Command(BaseCommand):
    """Prints scores by kind, field and phenomenon; can hold them to the figures recorded in the repository."""

    help = (
        "Score the reader on GOLD, a folder with articles.jsonl and labels.jsonl (the project's own set without one). "
        "With --floor FILE, end with an error where a score falls below the figure recorded there."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """The folder, and what to show."""
        parser.add_argument("gold", nargs="?", type=Path, default=OWN_GOLD, metavar="GOLD")
        parser.add_argument("--calibration", action="store_true", help="how often findings of a confidence are right")
        parser.add_argument("--errors", action="store_true", help="what was missed, invented or read otherwise")
        parser.add_argument("--floor", type=Path, metavar="FILE", help="TOML file of the least scores allowed")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, score, print."""
        folder: Path = options["gold"]
        reader = default_extractor()
        try:
            gold = read_gold(folder / "articles.jsonl", folder / "labels.jsonl")
        except (OSError, ValueError, KeyError) as error:
            raise CommandError(f"{folder} holds no gold set that can be read: {error}") from error
        report = score(gold, {one.id: reader.read(one.article) for one in gold})
        self._print(report, reader.version, len(gold))
        if options["calibration"]:
            self._lines("\nconfidence      right   made   share", _calibration(report))
        if options["errors"]:
            self._lines("", _errors(report))
        if options["floor"]:
            self._hold(report, options["floor"])

    def _lines(self, title: str, lines: Iterable[str]) -> None:
        self.stdout.write("\n".join([title, *lines]))

    def _print(self, report: Report, version: str, articles: int) -> None:
        self.stdout.write(f"{version}, {articles} articles\n")
        for name, kind in (("pledges", report.pledges), ("sanctions", report.sanctions)):
            self._lines(
                _detection(name, kind), (_field(field, one.right, one.judged) for field, one in kind.fields.items())
            )
        self._lines(
            f"\nnegatives with a finding of 0.5 or more: {report.negatives_with_finding} of {report.negatives}", []
        )
        self._lines("\nphenomenon                       required  found  false", _phenomena(report))

    def _hold(self, report: Report, path: Path) -> None:
        try:
            floors = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise CommandError(f"{path} cannot be read: {error}") from error
        short = [
            f"{name}.{figure} is {measured:.3f}, below {least:.3f}"
            for name, kind in (("pledges", report.pledges), ("sanctions", report.sanctions))
            for figure, least in floors.get(name, {}).items()
            if (measured := _measured(kind, figure)) < least
        ]
        if report.negatives and report.negatives_with_finding / report.negatives > floors["negatives"]["most"]:
            short.append(f"{report.negatives_with_finding} of {report.negatives} negatives got a finding")
        if short:
            raise CommandError("The reader falls below the figures recorded in the repository: " + "; ".join(short))
        self.stdout.write("\nNo score is below the figure recorded in the repository.")


def _measured(kind: KindScore, figure: str) -> float:
    if figure == "f1":
        return kind.f1
    return kind.fields[figure].share if figure in kind.fields else 1.0  # nothing found: F1 says so already


def _detection(name: str, kind: KindScore) -> str:
    return (
        f"\n{name}: required {kind.required}, found {kind.found}, false {kind.false}; "
        f"precision {kind.precision:.3f}, recall {kind.recall:.3f}, F1 {kind.f1:.3f}"
    )


def _field(name: str, right: int, judged: int) -> str:
    return f"  {name:18}{right / judged if judged else 1:.3f} of {judged}"


def _calibration(report: Report) -> Iterable[str]:
    for band in report.calibration:
        share = f"{band.right / band.findings:.2f}" if band.findings else "-"
        yield f"{band.low:.1f} to {min(band.high, 1):.1f}{band.right:11}{band.findings:7}{share:>8}"


def _phenomena(report: Report) -> Iterable[str]:
    for name, kind in sorted(report.phenomena.items()):
        yield f"{name:33}{kind.required:8}{kind.found:7}{kind.false:7}"


def _errors(report: Report) -> Iterable[str]:
    for one in report.mismatches:
        detail = f" {one.field}: {one.said}, not {one.meant}" if one.what == "wrong" else ""
        yield f"{one.article} {one.kind} {one.what}{detail} | {one.quote}"
