"""Scores of a reader on labelled articles: by kind, field and phenomenon, and how far its confidence holds.

Labels have the shape of ``tests/gold/labels.jsonl``: ``pledges`` and ``sanctions`` of each article, where
``<field>_alt`` lists values that are as good and ``optional`` marks what need not be found. A finding pairs with the
it agrees with best; optional labels that were found count neither for nor against.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Literal

from extraction.contract import Article, Reading
from extraction.jsonl import as_scored_line

KindName = Literal["pledges", "sanctions"]
Line = dict[str, Any]
FIELDS: dict[KindName, tuple[str, ...]] = {
    "pledges": ("donors", "recipient", "type", "amount", "currency", "amount_qualifier", "stage", "items"),
    "sanctions": ("imposers", "target", "measure", "action"),
}
PARTIES = frozenset({"donors", "recipient", "imposers", "target"})
BANDS = ((0.0, 0.5), (0.5, 0.6), (0.6, 0.7), (0.7, 0.8), (0.8, 0.9), (0.9, 1.01))


@dataclass(frozen=True, slots=True)
class GoldArticle:
    """One labelled article; ``phenomenon`` names what it is there to test."""

    id: str
    article: Article
    pledges: tuple[Line, ...]
    sanctions: tuple[Line, ...]
    phenomenon: str = ""
    split: str = ""

    @property
    def negative(self) -> bool:
        return not self.pledges and not self.sanctions


@dataclass(slots=True)
class FieldScore:
    """How often a field was right among the findings that met a label."""

    right: int = 0
    judged: int = 0

    @property
    def share(self) -> float:
        return self.right / self.judged if self.judged else 1.0


@dataclass(slots=True)
class KindScore:
    """Detection of one kind of finding, and its fields."""

    required: int = 0
    found: int = 0
    false: int = 0
    fields: dict[str, FieldScore] = field(default_factory=dict)

    @property
    def precision(self) -> float:
        return self.found / (self.found + self.false) if self.found + self.false else 1.0

    @property
    def recall(self) -> float:
        return self.found / self.required if self.required else 1.0

    @property
    def f1(self) -> float:
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One error, side by side with the words: ``missed``, ``invented`` or ``wrong`` (then with its field)."""

    article: str
    kind: KindName
    what: Literal["missed", "invented", "wrong"]
    quote: str
    field: str = ""
    said: str = ""
    meant: str = ""


@dataclass(slots=True)
class Band:
    """Findings of one stretch of confidence, and how many of them met a label with all that matters right."""

    low: float
    high: float
    findings: int = 0
    right: int = 0


@dataclass(slots=True)
class Report:
    """All scores of one reader on one gold set."""

    articles: int = 0
    negatives: int = 0
    negatives_with_finding: int = 0
    pledges: KindScore = field(default_factory=KindScore)
    sanctions: KindScore = field(default_factory=KindScore)
    phenomena: dict[str, KindScore] = field(default_factory=lambda: defaultdict(KindScore))
    mismatches: list[Mismatch] = field(default_factory=list)
    calibration: tuple[Band, ...] = field(default_factory=lambda: tuple(Band(low, high) for low, high in BANDS))


def read_gold(articles: Path, labels: Path) -> list[GoldArticle]:
    """The labelled articles of two JSONL files. Raises ``ValueError`` naming an article without labels."""
    labelled = {row["id"]: row for row in map(json.loads, labels.read_text(encoding="utf-8").splitlines())}
    gold = []
    for row in map(json.loads, articles.read_text(encoding="utf-8").splitlines()):
        if row["id"] not in labelled:
            raise ValueError(
                f"{labels}: article {row['id']} has no line of labels; add one, empty lists if nothing is in it."
            )
        label = labelled[row["id"]]
        published = date.fromisoformat(row["published"][:10]) if row.get("published") else None
        article = Article(row["text"], row.get("title", ""), published)
        pledges, sanctions = tuple(label["pledges"]), tuple(label["sanctions"])
        gold.append(
            GoldArticle(row["id"], article, pledges, sanctions, label.get("phenomenon", ""), label.get("split", ""))
        )
    return gold


def score(gold: Iterable[GoldArticle], readings: Mapping[str, Reading]) -> Report:
    """The scores of ``readings``, one for each article id of ``gold``."""
    report = Report()
    for one in gold:
        line = as_scored_line(one.id, readings[one.id])
        report.articles += 1
        if one.negative:
            report.negatives += 1
            sure = [made for made in line["pledges"] + line["sanctions"] if made["confidence"] >= 0.5]
            report.negatives_with_finding += bool(sure)
        _score_kind(report, one, "pledges", line["pledges"], one.pledges)
        _score_kind(report, one, "sanctions", line["sanctions"], one.sanctions)
    return report


def _score_kind(report: Report, one: GoldArticle, kind: KindName, made: list[Line], labels: tuple[Line, ...]) -> None:
    total = report.pledges if kind == "pledges" else report.sanctions
    phenomenon = report.phenomena[one.phenomenon]
    pairs = _paired(kind, made, labels)
    for score in (total, phenomenon):
        score.required += sum(not label.get("optional") for label in labels)
        score.found += sum(not labels[column].get("optional") for column in pairs.values())
        score.false += len(made) - len(pairs)
    for row, finding in enumerate(made):
        label = labels[pairs[row]] if row in pairs else None
        if label is None:
            report.mismatches.append(Mismatch(one.id, kind, "invented", finding["quote"]))
        wrong = _compare(report, one, kind, finding, label) if label and not label.get("optional") else []
        if label is None or not label.get("optional"):
            _count_band(report, finding, right=label is not None and not wrong)
    missed = set(range(len(labels))) - set(pairs.values())
    report.mismatches += [
        Mismatch(one.id, kind, "missed", labels[column]["quote"])
        for column in sorted(missed)
        if not labels[column].get("optional")
    ]


def _compare(report: Report, one: GoldArticle, kind: KindName, finding: Line, label: Line) -> list[str]:
    total = report.pledges if kind == "pledges" else report.sanctions
    wrong = []
    for name in FIELDS[kind]:
        verdict = is_right(name, finding, label)
        if verdict is None:
            continue
        for score in (total, report.phenomena[one.phenomenon]):
            counted = score.fields.setdefault(name, FieldScore())
            counted.judged += 1
            counted.right += verdict
        if not verdict:
            wrong.append(name)
            said, meant = str(finding.get(name)), str(label.get(name))
            report.mismatches.append(Mismatch(one.id, kind, "wrong", finding["quote"], name, said, meant))
    return wrong


def _count_band(report: Report, finding: Line, *, right: bool) -> None:
    band = next(band for band in report.calibration if band.low <= finding["confidence"] < band.high)
    band.findings += 1
    band.right += right


def _paired(kind: KindName, made: list[Line], labels: tuple[Line, ...]) -> dict[int, int]:
    """Findings with the labels they agree with, best agreement first, each used once."""
    options = [
        (_agreement(kind, finding, label), -row, -column)
        for row, finding in enumerate(made)
        for column, label in enumerate(labels)
    ]
    pairs: dict[int, int] = {}
    for points, row, column in sorted(options, reverse=True):
        if points and -row not in pairs and -column not in pairs.values():
            pairs[-row] = -column
    return pairs


def _agreement(kind: KindName, finding: Line, label: Line) -> int:
    """0 where the two cannot mean the same; more points for more that agrees."""
    who, whom = FIELDS[kind][:2]
    by, to = _codes(finding[who]), _codes(finding[whom])
    if not any(by & _codes(one) or not (by or _codes(one)) for one in _accepted(label, who)):
        return 0
    if not any(to & _codes(one) or not (to and _codes(one)) for one in _accepted(label, whom)):
        return 0
    amounts = [value for value in _accepted(label, "amount") if value is not None]
    points = 8 if finding.get("amount") is not None and finding["amount"] in amounts else 0
    points += 6 * (finding["start"] < label["span"][1] and label["span"][0] < finding["end"])
    what = "type" if kind == "pledges" else "measure"
    points += 2 * (finding[what] in _accepted(label, what))
    points += bool(_numbers(finding) & _numbers(label))
    return 2 * points + (not label.get("optional")) if points else 0


def is_right(name: str, finding: Line, label: Line) -> bool | None:
    """Whether a field has one of the values that the label accepts; ``None`` where there is nothing to judge."""
    if name in PARTIES:
        return _codes(finding.get(name)) in map(_codes, _accepted(label, name))
    if name == "items":
        made, meant = _numbers(finding), _numbers(label)
        return made == meant if made or meant else None
    return finding.get(name) in _accepted(label, name)


def _accepted(label: Line, name: str) -> list[Any]:
    return [label.get(name), *label.get(f"{name}_alt", [])]


def _codes(value: str | list[str] | None) -> frozenset[str]:
    return frozenset(re.split(r"[+ ]", value) if isinstance(value, str) else value or ()) - {""}


def _numbers(line: Line) -> set[float]:
    return {item["quantity"] for item in line.get("items") or [] if item.get("quantity") is not None}
