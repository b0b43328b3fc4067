"""Answers totals from cells: the same sums as adding up the lines, to the cent and to the pledge."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q, Sum

from pledges.models import Part, TotalCell
from pledges.models.cells import amounts_of
from pledges.summing.asking import DIMENSION_OF, LEVEL_OF, Plan, Span, plan
from pledges.summing.cuts import ANY, DIMENSION_BITS, DONOR, PART_OF_PLACE, RECIPIENT, RECORDS, Level, cut_of
from pledges.summing.joint import Asked, Excess, excesses
from pledges.summing.keeping import cells_are_kept, is_kept
from pledges.sums import Sums

Key = tuple[Any, ...]
# Places in the amounts of one currency, the count first.
VALUED, CENTRAL = 1, 5
SumsOfLines = Callable[[Span, Sequence[str]], Mapping[Key, Sums]]


def _month(period: int, level: Level) -> int:
    return period % 100 if level is Level.MONTH else period // 100 % 100


OF_A_PERIOD: dict[str, Callable[[int, Level], Any]] = {
    "announced_year": lambda period, level: period // (1, 1, 100, 10_000)[level],
    "announced_quarter": lambda period, level: (_month(period, level) + 2) // 3,
    "announced_month": _month,
    "announced_on": lambda period, level: date(period // 10_000, period // 100 % 100, period % 100),
}


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of the cells. Parties are ids; an empty collection or ``None`` asks for all."""

    dataset_id: int
    currency: str
    span: Span
    donors: Sequence[int] = ()
    recipients: Sequence[int] = ()
    types: Sequence[str] = ()
    stages: Sequence[str] = ()
    finance_types: Sequence[str] = ()
    in_kind: bool | None = None
    refugee_costs: bool = False

    @property
    def filtered(self) -> list[str]:
        """The dimensions that are filtered by."""
        named = zip(DIMENSION_BITS, (self.donors, self.recipients, self.types, self.stages), strict=True)
        return [name for name, values in named if values]


class Cells:
    """The cells of one question; ``sums_of_lines`` adds up the lines of single days where no cells are that fine."""

    def __init__(self, question: Question, sums_of_lines: SumsOfLines) -> None:
        """Nothing is read yet."""
        self.question, self.sums_of_lines = question, sums_of_lines

    def sums(self, columns: Sequence[str]) -> dict[Key, Sums] | None:
        """Sums by the columns of a line, as adding up its lines gives them; ``None`` where cells cannot tell."""
        asked = self._asked(columns)
        made = plan(columns, self.question.filtered, self.question.span, by_day=asked is None)
        if made is None:
            return None
        found = self._read(made, columns) if made.cells else {}
        parts = [self.sums_of_lines(span, columns) for span in made.lines]
        if asked is not None and made.cells:
            parts.append(self._less(made, columns, asked))
        for part in parts:
            for key, sums in part.items():
                found[key] = found.get(key, Sums()).plus(sums)
        return found

    def _asked(self, columns: Sequence[str]) -> Asked | None:
        """How the parties are asked for, if a joint pledge may stand in several cells of one row."""
        grouped = {DIMENSION_OF[name] for name in columns if name in DIMENSION_OF}
        in_rows = ("donor" in grouped, "recipient" in grouped)
        in_cut = (in_rows[0] or bool(self.question.donors), in_rows[1] or bool(self.question.recipients))
        asked = Asked(self.question.donors, self.question.recipients, in_cut, in_rows)
        return asked if asked.overlaps else None

    def _read(self, made: Plan, columns: Sequence[str]) -> dict[Key, Sums]:
        """One query over all the spans."""
        prefix = self.question.currency.lower()
        names = ["cut", *_columns_of_cells(columns)]
        amounts = [name for name in amounts_of(TotalCell) if name == "count" or name.startswith(prefix)]
        spans = [Q(cut=cut_of(made.bits, level)) & _within(span, level) for level, span in made.cells]
        rows = (
            TotalCell.objects.filter(self._of_parties(made), self._of_all(), reduce(or_, spans))
            .values_list(*names)
            .annotate(**{f"sum_{name}": Sum(name) for name in amounts})
            .values_list(*names, *(f"sum_{name}" for name in amounts))
        )
        found: dict[Key, Adding] = {}
        for row in rows:
            record = dict(zip(names, row, strict=False))
            key = _key(record, columns, Level(record["cut"] // 16))
            one = found.get(key)
            if one is None:
                one = found[key] = Adding(len(amounts))
            one.add(record["finance_type"], row[len(names) :])
        return {key: one.sums() for key, one in found.items()}

    def _less(self, made: Plan, columns: Sequence[str], asked: Asked) -> dict[Key, Sums]:
        """What cells count too often, as sums to be added."""
        names = [name for name in _columns_of_cells(columns) if name not in ("donor", "recipient")]
        spans = reduce(or_, [_within(span, Level.MONTH) for _level, span in made.cells])
        counts = excesses(asked, self.question.currency.lower(), self._of_all() & spans, names)
        found: dict[Key, Sums] = {}
        for (parties, values), excess in counts.items():
            record = {
                **dict(zip(("donor", "recipient"), parties, strict=True)),
                **dict(zip(names, values, strict=True)),
            }
            key = _key(record, columns, Level.MONTH)
            found[key] = found.get(key, Sums()).plus(_negative(excess))
        return found

    def _of_parties(self, made: Plan) -> Q:
        """Which parties; what the cut does not tell apart is named too, as the key begins with it."""
        asked = self.question
        found = Q()
        for name, bit, wanted in (("donor", DONOR, asked.donors), ("recipient", RECIPIENT, asked.recipients)):
            if not made.bits & bit:
                found &= Q(**{name: ANY})
            elif wanted:
                found &= Q(**{f"{name}__in": wanted})
        for name in ("type", "stage"):
            if not made.bits & DIMENSION_BITS[name]:
                found &= Q(**{name: ""})
        return found

    def _of_all(self) -> Q:
        """Conditions that hold for cells of all kinds."""
        asked = self.question
        found = Q(dataset_id=asked.dataset_id)
        for column, values in (("type", asked.types), ("stage", asked.stages), ("finance_type", asked.finance_types)):
            if values:
                found &= Q(**{f"{column}__in": values})
        if asked.in_kind is not None:
            found &= Q(in_kind=asked.in_kind)
        return found if asked.refugee_costs else found & Q(refugee_costs=False)


class Adding:
    """What is being added up for one row."""

    def __init__(self, size: int) -> None:
        """Nothing yet."""
        self.numbers = [0] * size
        self.by_finance_type: dict[str, int] = {}

    def add(self, finance_type: str, numbers: Sequence[Any]) -> None:
        """Add the amounts of a cell, in the order of ``amounts_of``, of one currency."""
        self.numbers = [one + int(more) for one, more in zip(self.numbers, numbers, strict=True)]
        if numbers[VALUED]:
            split = self.by_finance_type
            split[finance_type] = split.get(finance_type, 0) + int(numbers[CENTRAL])

    def sums(self) -> Sums:
        """The row's sums."""
        count, valued, unconverted, still_open, low, central, high, estimated, up_to, suspended = self.numbers
        return Sums(
            count=count,
            valued_count=valued,
            unconverted_count=unconverted,
            low=low,
            central=central,
            high=high,
            high_open=still_open,
            stated=central - estimated,
            estimated=estimated,
            up_to=up_to,
            suspended=suspended,
            by_finance_type=self.by_finance_type,
        )


def _within(span: Span, level: Level) -> Q:
    first, last = span.periods(level)
    if first is None and last is None:
        return Q()
    return (Q(period__gt=0) if first is None else Q(period__gte=first)) & (Q() if last is None else Q(period__lte=last))


def _columns_of_cells(columns: Sequence[str]) -> list[str]:
    """The columns of a cell from which those of a line follow; finance type always."""
    names = ["period" if name in LEVEL_OF else name.removesuffix("_part").removesuffix("_id") for name in columns]
    return list(dict.fromkeys([*names, "finance_type"]))


def _key(record: Mapping[str, Any], columns: Sequence[str], level: Level) -> Key:
    return tuple(_value(record, name, level) for name in columns)


def _value(record: Mapping[str, Any], name: str, level: Level) -> Any:
    if name in LEVEL_OF:
        return OF_A_PERIOD[name](record["period"], level) if record["period"] else None
    if name.endswith("_part"):
        return PART_OF_PLACE.get(record[name.removesuffix("_part")], Part.NAMED)
    if name.endswith("_id"):
        place = record[name.removesuffix("_id")]
        return place if place > 0 else None
    return record[name]


def _negative(excess: Excess) -> Sums:
    return Sums(
        count=-excess.count,
        valued_count=-excess.valued,
        unconverted_count=-excess.unconverted,
        high_open=-excess.still_open,
    )


def published_count(dataset: str) -> int | None:
    """How many records of a dataset are published, whether they count or not; ``None`` where that is not kept."""
    cells = TotalCell.objects.filter(cells_are_kept(), dataset__key=dataset, cut=RECORDS)
    kept = cells.values_list("count", flat=True).first()
    return kept if kept is not None or not is_kept() else 0
