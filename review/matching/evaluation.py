"""How good the matching is, on labelled pairs of a claim and a record.

Each claim is held against *all* records of the set, as on the desk, and only the first suggestion counts: it is right
if it names the labelled record and the labelled case. A claim that has nothing to do with any record should get no
suggestion. The cases of each pair by itself are counted besides, so that a wrong case and a wrong record can be told
apart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from review.matching.aid import compare_pledge
from review.matching.claims import Case, Claim, Likeness
from review.matching.sanctioning import compare_measure

DIFFERENT = "different"
LABELS = (*(str(case) for case in Case), DIFFERENT)


@dataclass(frozen=True, slots=True)
class Pair:
    """A claim, the record that it is labelled against, and how the two belong together."""

    claim: Claim
    record: Claim
    label: str
    phenomenon: str
    of_aid: bool = True

    @property
    def words(self) -> str:
        """Which pair it is, for people."""
        return f"{'; '.join(self.claim.texts)}  /  {self.record.texts[0] if self.record.texts else ''}"


@dataclass(slots=True)
class Score:
    """What was said of one case."""

    labelled: int = 0
    said: int = 0
    right: int = 0

    @property
    def precision(self) -> float:
        """Of what was said, how much is right."""
        return self.right / self.said if self.said else 1.0

    @property
    def recall(self) -> float:
        """Of what is labelled, how much was said."""
        return self.right / self.labelled if self.labelled else 1.0


@dataclass(slots=True)
class Report:
    """Scores of a set."""

    pairs: int = 0
    first: dict[str, Score] = field(default_factory=lambda: {label: Score() for label in LABELS})
    alone: dict[str, Score] = field(default_factory=lambda: {label: Score() for label in LABELS})
    by_phenomenon: dict[tuple[str, str], Score] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One record that was suggested."""

    record: Claim
    likeness: Likeness


def evaluate(pairs: Sequence[Pair]) -> Report:
    """Score the labelled pairs against all their records."""
    report = Report(pairs=len(pairs))
    for pair in pairs:
        records = dict.fromkeys(other.record for other in pairs if other.of_aid == pair.of_aid)
        _count(report, pair, suggestions(pair.claim, records, _comparing(of_aid=pair.of_aid)))
    return report


def suggestions(
    claim: Claim, records: Iterable[Claim], compare: Callable[[Claim, Claim], Likeness | None]
) -> list[Suggestion]:
    """The records that a claim may tell of, the likeliest first, as the desk orders them."""
    compared = ((record, compare(claim, record)) for record in records)
    found = [Suggestion(record, likeness) for record, likeness in compared if likeness is not None]
    return sorted(found, key=lambda one: one.likeness.rank)


def _comparing(*, of_aid: bool) -> Callable[[Claim, Claim], Likeness | None]:
    return compare_pledge if of_aid else compare_measure


def _count(report: Report, pair: Pair, found: list[Suggestion]) -> None:
    first = found[0] if found else None
    own = next((one for one in found if one.record == pair.record), None)
    first_said, own_said = _said(first), _said(own)
    names_it = first_said == DIFFERENT or (first is not None and first.record == pair.record)
    _score(report.alone, pair.label, own_said, right=own_said == pair.label)
    if pair.label != DIFFERENT or own_said != DIFFERENT or first_said == Case.SAME:
        _score(report.first, pair.label, first_said, right=first_said == pair.label and names_it)
    else:  # whatever else is shown below another record is no answer to this pair
        _score(report.first, pair.label, DIFFERENT, right=True)
    row = report.by_phenomenon.setdefault((pair.label, pair.phenomenon), Score())
    right = own_said == pair.label and (names_it or pair.label in (Case.PART_OR_NEW, DIFFERENT))
    row.labelled, row.right = row.labelled + 1, row.right + right
    if not right:
        why = "; ".join([*own.likeness.agrees, *(f"but {one}" for one in own.likeness.differs)]) if own else "not shown"
        place = "" if names_it else f" (first: {first.record.texts[0] if first is not None else 'none'})"
        report.wrong.append(f"{pair.label}, {pair.phenomenon}: said {own_said}{place}\n      {pair.words}\n      {why}")


def _said(one: Suggestion | None) -> str:
    return str(one.likeness.case) if one is not None else DIFFERENT


def _score(scores: dict[str, Score], label: str, said: str, *, right: bool) -> None:
    scores[label].labelled += 1
    scores[said].said += 1
    scores[label].right += right
