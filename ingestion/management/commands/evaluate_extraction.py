"""``manage.py evaluate_extraction``: scores a reader on labelled articles."""

from __future__ import annotations

import argparse
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from extraction.evaluation import KindName, KindScore, Mismatch, Report, read_gold, score
from extraction.readers import NoReaderError, named_reader

OWN_GOLD = Path(settings.BASE_DIR) / "tests" / "gold"
KINDS: tuple[KindName, ...] = ("pledges", "sanctions")


class Command(BaseCommand):
    """Prints scores by kind, field and phenomenon, and the errors; can hold the scores to recorded figures."""

    help = (
        "Score the reader on GOLD, a folder with articles.jsonl and labels.jsonl (the project's own set without one): "
        "by kind, field and phenomenon, then what was missed, invented or read otherwise, beside its quote. "
        "With --floor FILE, end with an error where a score falls below the figure recorded there."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """The folder, and what to show."""
        parser.add_argument("gold", nargs="?", type=Path, default=OWN_GOLD, metavar="GOLD")
        parser.add_argument("--split", help="only articles whose labels name this split, such as held_out")
        parser.add_argument("--calibration", action="store_true", help="how often findings of a confidence are right")
        parser.add_argument("--brief", action="store_true", help="scores alone, without the errors")
        parser.add_argument("--floor", type=Path, metavar="FILE", help="TOML file of the least scores allowed")
        parser.add_argument(
            "--reader", default="", metavar="DOTTED.PATH", help="another reader than the project's rules"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, score, print."""
        folder: Path = options["gold"]
        try:
            reader = named_reader(options["reader"])
            gold = read_gold(folder / "articles.jsonl", folder / "labels.jsonl")
        except NoReaderError as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"{folder} holds no gold set: {error.filename}: {error.strerror}.") from error
        except (ValueError, KeyError) as error:
            raise CommandError(f"{folder} holds no gold set that can be read. {error}") from error
        if options["split"]:
            splits = sorted({one.split for one in gold} - {""})
            gold = [one for one in gold if one.split == options["split"]]
            if not gold:
                raise CommandError(f"No article is of the split {options['split']}; there are: {', '.join(splits)}.")
        try:
            report = score(gold, {one.id: reader.read(one.article) for one in gold})
        except NoReaderError as error:
            raise CommandError(str(error)) from error
        self._lines(f"{reader.version}, {report.articles} articles", _scores(report))
        self._lines("\nphenomenon, those with an error marked <", _phenomena(report))
        if options["calibration"]:
            self._lines("\nconfidence    findings   right   share", _calibration(report))
        if not options["brief"] and report.mismatches:
            self._lines("\nWhat was missed, invented or read otherwise:", _errors(report.mismatches))
        if options["floor"]:
            self._hold(report, options["floor"])

    def _lines(self, title: str, lines: Iterable[str]) -> None:
        self.stdout.write("\n".join([title, *lines]))

    def _hold(self, report: Report, path: Path) -> None:
        try:
            floors = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise CommandError(f"{path} cannot be read: {error}") from error
        short = list(_below(report, floors))
        if short:
            raise CommandError("The reader falls below the figures recorded in the repository: " + "; ".join(short))
        self.stdout.write("\nNo score is below the figure recorded in the repository.")


def _below(report: Report, floors: dict[str, dict[str, float]]) -> Iterator[str]:
    for kind in KINDS:
        for figure, least in floors.get(kind, {}).items():
            measured = _measured(report.of(kind), figure)
            if measured < least:
                yield f"{kind}.{figure} is {measured:.3f}, below {least:.3f}"
    most = floors.get("negatives", {}).get("most", 1.0)
    if report.negatives and report.negatives_with_finding / report.negatives > most:
        yield (
            f"{report.negatives_with_finding} of {report.negatives} articles without a claim got a finding, "
            f"more than a share of {most:.3f}"
        )
    if report.misplaced:
        yield f"{report.misplaced} quotes do not stand at their place in the text"


def _measured(kind: KindScore, figure: str) -> float:
    if figure == "f1":
        return kind.f1
    return kind.fields[figure].share if figure in kind.fields else 1.0  # nothing found: F1 says so already


def _scores(report: Report) -> Iterator[str]:
    for name in KINDS:
        kind = report.of(name)
        yield (
            f"\n{name}: {kind.required} labelled, {kind.found} found, {kind.false} invented; "
            f"precision {kind.precision:.3f}, recall {kind.recall:.3f}, F1 {kind.f1:.3f}"
        )
        for field, one in kind.fields.items():
            yield f"  {field:18}{one.share:.3f} of {one.judged}"
        yield f"  {'every field':18}{kind.whole / kind.paired if kind.paired else 1:.3f} of {kind.paired}"
    yield (
        f"\narticles without a claim that got a finding of 0.5 or more: "
        f"{report.negatives_with_finding} of {report.negatives}"
    )
    yield f"quotes at their place: {report.findings - report.misplaced} of {report.findings}"


def _phenomena(report: Report) -> Iterator[str]:
    names = sorted(report.phenomena)
    width = max(10, *map(len, names)) if names else 10
    yield f"{'':{width}}  articles  labelled  found  invented     F1  all right"
    for name in names:
        one = report.phenomena[name]
        right = f"{one.whole / one.paired:.2f}" if one.paired else "-"
        f1 = f"{one.f1:.2f}" if one.required or one.false else "-"
        yield (
            f"{name or 'none named':{width}}{one.articles:10}{one.required:10}{one.found:7}{one.false:10}"
            f"{f1:>7}{right:>11}{'' if _faultless(one) else '  <'}"
        )


def _faultless(score: KindScore) -> bool:
    return score.found == score.required and not score.false and score.whole == score.paired


def _calibration(report: Report) -> Iterator[str]:
    for decile in report.calibration:
        share = "-" if decile.share is None else f"{decile.share:.2f}"
        yield f"{decile.low:.1f} to {decile.low + 0.1:.1f}{decile.findings:12}{decile.right:8}{share:>8}"


def _errors(mismatches: Iterable[Mismatch]) -> Iterator[str]:
    for one in mismatches:
        yield f"\n{one.article} {one.kind}: {one.what}{f' in {one.field}' if one.field else ''}"
        if one.meant:
            yield f"  labelled  {one.meant}"
            yield f"            “{_flat(one.meant_quote)}”"
        if one.read:
            yield f"  read      {one.read}"
            yield f"            “{_flat(one.read_quote)}”"


def _flat(quote: str) -> str:
    return " ".join(quote.split())
