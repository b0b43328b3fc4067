"""Scores the index and the comparison on labelled pairs of texts: what is found, and what is found wrongly."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ingestion.likeness.comparing import read_text, same_text
from ingestion.likeness.sketching import sketch

STRAY = "unlabelled pairs"


@dataclass(frozen=True, slots=True)
class Sample:
    """A text of the set. Texts of one family are variants of one story; texts of two families are two stories."""

    id: str
    family: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Pair:
    """Two texts of the set, by their ids, and whether they are one text."""

    one: str
    other: str
    change: str
    same: bool


@dataclass(slots=True)
class Score:
    """The pairs of one kind of change: how many there are, are named by the index, and are called one text."""

    same: bool
    pairs: int = 0
    named: int = 0
    found: int = 0


@dataclass(slots=True)
class Report:
    """What came of a set."""

    texts: int
    compared: int = 0  # pairs that the index named
    by_change: dict[str, Score] = field(default_factory=dict)
    wrong: list[tuple[str, str]] = field(default_factory=list)  # missed, or called one wrongly

    @property
    def recall(self) -> float:
        """Of the pairs that are one text, the part that was found."""
        same = [score for score in self.by_change.values() if score.same]
        return _part(sum(score.found for score in same), sum(score.pairs for score in same))

    @property
    def precision(self) -> float:
        """Of the pairs called one text, the part that is."""
        right = sum(score.found for score in self.by_change.values() if score.same)
        return _part(right, sum(score.found for score in self.by_change.values()))


def _part(some: int, whole: int) -> float:
    return some / whole if whole else 1.0


def evaluate(samples: Sequence[Sample], pairs: Iterable[Pair]) -> Report:
    """Put all texts into one index, compare what it names, and hold the labels against it.

    Pairs of two families without a label count as wrong if they are called one text; unlabelled pairs of one family
    are left out.
    """
    labels = {frozenset({pair.one, pair.other}): pair for pair in pairs}
    report = Report(texts=len(samples), by_change={STRAY: Score(same=False)})
    for pair in labels.values():
        report.by_change.setdefault(pair.change, Score(same=pair.same)).pairs += 1
    texts = {sample.id: read_text(sample.title, sample.text) for sample in samples}
    family = {sample.id: sample.family for sample in samples}
    called_same: set[frozenset[str]] = set()
    for key in named_by_index(samples):
        one, other = sorted(key)
        label = labels.get(key)
        if label is None and family[one] == family[other]:
            continue
        score = report.by_change[label.change if label else STRAY]
        report.compared += 1
        score.named += 1
        if same_text(texts[one], texts[other]):
            score.found += 1
            called_same.add(key)
    missed = {key for key, pair in labels.items() if pair.same} - called_same
    invented = {key for key in called_same if key not in labels or not labels[key].same}
    report.wrong = sorted((min(key), max(key)) for key in missed | invented)
    return report


def named_by_index(samples: Sequence[Sample]) -> set[frozenset[str]]:
    """Each pair of texts that shares a number of their sketches."""
    by_number: defaultdict[int, list[str]] = defaultdict(list)
    for sample in samples:
        for number in sketch(sample.title, sample.text):
            by_number[number].append(sample.id)
    shared: Counter[frozenset[str]] = Counter()
    for ids in by_number.values():
        shared.update(frozenset({one, other}) for place, one in enumerate(ids) for other in ids[:place])
    return set(shared)
