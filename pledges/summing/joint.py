"""Counts joint pledges once where a question takes several of their parties together.

A cell counts each of its pledges once, but a pledge of Italy and Spain stands in a cell of each. Where both are asked
for together, the cells are added and this takes off what was counted too often. Only questions that name several
donors or recipients without telling them apart need it; what they cost grows with the different shapes of joint pledges
that two of the parties share, not with the pledges.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, Sum

from pledges.models import JointCell, JointPlace


@dataclass(frozen=True, slots=True)
class Excess:
    """By how much the sum of cells counts too many."""

    count: int = 0
    valued: int = 0
    unconverted: int = 0
    still_open: int = 0

    def times(self, number: int) -> Excess:
        """The excess of so many pledges of one shape."""
        return Excess(self.count * number, self.valued * number, self.unconverted * number, self.still_open * number)

    def plus(self, other: Excess) -> Excess:
        """The sum of both."""
        return Excess(
            self.count + other.count,
            self.valued + other.valued,
            self.unconverted + other.unconverted,
            self.still_open + other.still_open,
        )


@dataclass(frozen=True, slots=True)
class Asked:
    """What of the parties a question asks: which ones, and which of the two the cut and the rows tell apart."""

    donors: Collection[int]  # empty: all of them
    recipients: Collection[int]
    in_cut: tuple[bool, bool]  # donor, recipient
    in_rows: tuple[bool, bool]

    @property
    def overlaps(self) -> bool:
        """Whether a pledge may stand in several of the cells that one row adds up."""
        donors = self.in_cut[0] and not self.in_rows[0] and len(self.donors) != 1
        recipients = self.in_cut[1] and not self.in_rows[1] and len(self.recipients) != 1
        return donors or recipients


Parties = tuple[int, int]


def excesses(
    asked: Asked, currency: str, cells: Q, columns: Sequence[str]
) -> dict[tuple[Parties, tuple[Any, ...]], Excess]:
    """The excess by the parties that rows tell apart (else 0) and by the columns; ``cells`` are the other conditions.

    Two queries: the shapes that matter, and how many pledges each has.
    """
    by_shape = _by_shape(asked, currency)
    found: defaultdict[tuple[Parties, tuple[Any, ...]], Excess] = defaultdict(Excess)
    shapes = list(by_shape)
    for first in range(0, len(shapes), 500):
        some = JointCell.objects.filter(cells, shape__in=shapes[first : first + 500])
        for shape, number, *key in (
            some.values_list("shape_id", *columns)
            .annotate(number=Sum("count"))
            .values_list("shape_id", "number", *columns)
        ):
            for parties, excess in by_shape[shape].items():
                found[parties, tuple(key)] = found[parties, tuple(key)].plus(excess.times(number))
    return dict(found)


def _by_shape(asked: Asked, currency: str) -> dict[int, dict[Parties, Excess]]:
    places = JointPlace.objects.all()
    if asked.donors:
        places = places.filter(donor__in=asked.donors)
    if asked.recipients:
        places = places.filter(recipient__in=asked.recipients)
    shapes: defaultdict[int, list[tuple[int, int, bool, bool, bool]]] = defaultdict(list)
    for shape, *place in places.values_list("shape_id", "donor", "recipient", "has_value", currency, "high_open"):
        shapes[shape].append(tuple(place))
    found = {shape: _excess_by_row(some, asked) for shape, some in shapes.items() if len(some) > 1}
    return {shape: rows for shape, rows in found.items() if rows}


def _excess_by_row(places: Iterable[tuple[int, int, bool, bool, bool]], asked: Asked) -> dict[Parties, Excess]:
    """For one pledge of a shape: by row, how often the cells count it beyond once."""
    rows: defaultdict[Parties, defaultdict[Parties, list[tuple[bool, bool, bool]]]]
    rows = defaultdict(lambda: defaultdict(list))
    for donor, recipient, has_value, known, high_open in places:
        row = (donor if asked.in_rows[0] else 0, recipient if asked.in_rows[1] else 0)
        cell = (donor if asked.in_cut[0] else 0, recipient if asked.in_cut[1] else 0)
        rows[row][cell].append((known, has_value and not known, known and high_open))
    found = {}
    for row, cells in rows.items():
        flags = [tuple(any(column) for column in zip(*lines, strict=True)) for lines in cells.values()]
        if len(flags) > 1:
            valued, unconverted, still_open = (sum(column) - any(column) for column in zip(*flags, strict=True))
            found[row] = Excess(len(flags) - 1, valued, unconverted, still_open)
    return found
