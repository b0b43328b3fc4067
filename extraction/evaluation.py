"""Scores of a reader on labelled articles: by kind, field and phenomenon, and how far its confidence holds.

Labels have the shape of ``tests/gold/labels.jsonl``: ``pledges`` and ``sanctions`` of each article, where
``<field>_alt`` lists values that are as good, ``optional`` marks what need not be found, and labels of one
``joint_group`` may also be found as one joint claim. A finding pairs with the label that it agrees with best; optional
labels that were found count neither for nor against.
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
DECILES = 10


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
    """Detection of the findings of one kind or phenomenon, and their fields.

    ``found`` counts labels, ``paired`` the findings that found them: a joint claim may find several labels.
    """

    articles: int = 0
    required: int = 0
    found: int = 0
    paired: int = 0
    false: int = 0
    whole: int = 0  # paired findings with every field right
    fields: dict[str, FieldScore] = field(default_factory=dict)

    @property
    def precision(self) -> float:
        return self.paired / (self.paired + self.false) if self.paired + self.false else 1.0

    @property
    def recall(self) -> float:
        return self.found / self.required if self.required else 1.0

    @property
    def f1(self) -> float:
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One error: ``missed``, ``invented`` or ``wrong`` (then with its field), with what was meant and what was read.

    ``meant`` and ``read`` are claims in one line; they and their quotes are empty on the side that has nothing.
    """

    article: str
    kind: KindName
    what: Literal["missed", "invented", "wrong"]
    field: str = ""
    meant: str = ""
    meant_quote: str = ""
    read: str = ""
    read_quote: str = ""


@dataclass(slots=True)
class Decile:
    """Findings of one tenth of the scale of confidence, and how many of them met a label with every field right."""

    low: float
    findings: int = 0
    right: int = 0

    @property
    def share(self) -> float | None:
        return self.right / self.findings if self.findings else None


@dataclass(slots=True)
class Report:
    """All scores of one reader on one gold set."""

    articles: int = 0
    negatives: int = 0
    negatives_with_finding: int = 0
    findings: int = 0
    misplaced: int = 0  # quotes that do not stand at their place
    pledges: KindScore = field(default_factory=KindScore)
    sanctions: KindScore = field(default_factory=KindScore)
    phenomena: dict[str, KindScore] = field(default_factory=lambda: defaultdict(KindScore))
    mismatches: list[Mismatch] = field(default_factory=list)
    calibration: tuple[Decile, ...] = field(
        default_factory=lambda: tuple(Decile(number / DECILES) for number in range(DECILES))
    )

    def of(self, kind: KindName) -> KindScore:
        """The scores of one kind."""
        return self.pledges if kind == "pledges" else self.sanctions


def read_gold(articles: Path, labels: Path) -> list[GoldArticle]:
    """The labelled articles of two JSONL files. Raises ``ValueError`` with file and line where a row cannot be used."""
    labelled = _rows(labels, "pledges", "sanctions")
    gold = []
    for name, row in _rows(articles, "text").items():
        if name not in labelled:
            raise ValueError(
                f"{labels}: article {name} has no line of labels; add one, empty lists if nothing is in it."
            )
        label = labelled[name]
        published = date.fromisoformat(row["published"][:10]) if row.get("published") else None
        article = Article(row["text"], row.get("title", ""), published)
        pledges, sanctions = tuple(label["pledges"]), tuple(label["sanctions"])
        gold.append(GoldArticle(name, article, pledges, sanctions, label.get("phenomenon", ""), label.get("split", "")))
    return gold


def _rows(path: Path, *wanted: str) -> dict[str, Line]:
    rows: dict[str, Line] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise ValueError(f"{path}, line {number}: this is no JSON ({error}).") from error
        lacking = [name for name in ("id", *wanted) if name not in row] if isinstance(row, dict) else ["id", *wanted]
        if lacking:
            raise ValueError(f"{path}, line {number}: an object with {', '.join(lacking)} is wanted here.")
        if row["id"] in rows:
            raise ValueError(f"{path}, line {number}: article {row['id']} comes twice; each id stands once.")
        rows[row["id"]] = row
    return rows


def score(gold: Iterable[GoldArticle], readings: Mapping[str, Reading]) -> Report:
    """The scores of ``readings``, one for each article id of ``gold``."""
    report = Report()
    for one in gold:
        line = as_scored_line(one.id, readings[one.id])
        made = line["pledges"] + line["sanctions"]
        report.articles += 1
        report.phenomena[one.phenomenon].articles += 1
        report.findings += len(made)
        report.misplaced += sum(found["quote"] != one.article.text[found["start"] : found["end"]] for found in made)
        if one.negative:
            report.negatives += 1
            report.negatives_with_finding += any(found["confidence"] >= 0.5 for found in made)
        _score_kind(report, one, "pledges", line["pledges"], one.pledges)
        _score_kind(report, one, "sanctions", line["sanctions"], one.sanctions)
    return report


def _score_kind(report: Report, one: GoldArticle, kind: KindName, made: list[Line], labels: tuple[Line, ...]) -> None:
    scores = (report.of(kind), report.phenomena[one.phenomenon])
    required = {column for column, label in enumerate(labels) if not label.get("optional")}
    pairs = _paired(kind, made, labels)
    taken = set(pairs.values())
    for row, finding in enumerate(made):
        if row not in pairs:
            for score in scores:
                score.false += 1
            report.mismatches.append(
                Mismatch(one.id, kind, "invented", read=claim(kind, finding), read_quote=finding["quote"])
            )
            _count_decile(report, finding, right=False)
            continue
        label, columns = _whole_label(kind, finding, labels, pairs[row], taken)
        taken |= columns
        if not columns & required:
            continue
        right = _compare(report, one, kind, finding, label)
        _count_decile(report, finding, right=right)
        for score in scores:
            score.paired += 1
            score.whole += right
    for score in scores:
        score.required += len(required)
        score.found += len(required & taken)
    report.mismatches += [
        Mismatch(one.id, kind, "missed", meant=claim(kind, labels[column]), meant_quote=labels[column]["quote"])
        for column in sorted(required - taken)
    ]


def _whole_label(
    kind: KindName, finding: Line, labels: tuple[Line, ...], column: int, taken: set[int]
) -> tuple[Line, set[int]]:
    """The label that a finding met, and its number; a joint finding also meets the free labels of a joint group."""
    who = FIELDS[kind][0]
    columns = {column}
    if len(_codes(finding[who])) > 1:
        columns |= {
            other
            for other, label in enumerate(labels)
            if "joint_group" in label and other not in taken and _agreement(kind, finding, label)
        }
    if len(columns) == 1:
        return labels[column], columns
    parties = frozenset().union(*(_codes(labels[one][who]) for one in columns))
    return {**labels[column], who: sorted(parties)}, columns


def _compare(report: Report, one: GoldArticle, kind: KindName, finding: Line, label: Line) -> bool:
    """Count each field; whether all of them are right."""
    whole = True
    for name in FIELDS[kind]:
        verdict = is_right(name, finding, label)
        if verdict is None:
            continue
        for score in (report.of(kind), report.phenomena[one.phenomenon]):
            counted = score.fields.setdefault(name, FieldScore())
            counted.judged += 1
            counted.right += verdict
        if not verdict:
            whole = False
            meant, read = shown(label.get(name)), shown(finding.get(name))
            report.mismatches.append(
                Mismatch(one.id, kind, "wrong", name, meant, label["quote"], read, finding["quote"])
            )
    return whole


def _count_decile(report: Report, finding: Line, *, right: bool) -> None:
    decile = report.calibration[min(int(finding["confidence"] * DECILES), DECILES - 1)]
    decile.findings += 1
    decile.right += right


def claim(kind: KindName, line: Line) -> str:
    """A finding or a label in a few words, for people."""
    told = [f"{name} {shown(line.get(name))}" for name in FIELDS[kind] if line.get(name) not in (None, [], "exact")]
    return ", ".join(told)


def shown(value: Any) -> str:
    """A field's value for people."""
    if isinstance(value, list):
        return " + ".join(map(_item, value)) or "none"
    if isinstance(value, int | float):
        return f"{value:,}"
    return "none" if value is None else str(value)


def _item(value: Any) -> str:
    if not isinstance(value, dict):
        return str(value)
    number = value.get("quantity")
    return " ".join(filter(None, ("" if number is None else f"{number:,}", value.get("item"))))


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
    spans = _accepted(label, "span")
    points += 6 * any(finding["start"] < end and start < finding["end"] for start, end in spans)
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
