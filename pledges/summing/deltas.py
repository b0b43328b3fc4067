"""What a pledge adds to each cell, from its current lines. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from operator import add, sub
from typing import TypeAlias

from pledges.models import JointCell, TotalCell, TotalLine, Valuation
from pledges.models.cells import amounts_of
from pledges.summing.cuts import ANY, DONOR, LEVELS, RECIPIENT, RECORDS, STAGE, TYPE, Level, cut_of, period, place

AMOUNTS = amounts_of(TotalCell)
CURRENCIES = ("eur", "usd")
ESTIMATED = (Valuation.ESTIMATED, Valuation.PARTIAL)

# The values of a cell's primary key in its order, and those of its amounts.
CellOf: TypeAlias = tuple[int | str | bool, ...]
Vector: TypeAlias = tuple[int, ...]
# One place of a pledge: donor, recipient, whether it has a value, whether in euros, in dollars, whether open upwards.
Place: TypeAlias = tuple[int, int, bool, bool, bool, bool]
Combine: TypeAlias = Callable[[int, int], int]
JUST_ONE = (1, *([0] * (len(AMOUNTS) - 1)))


class Deltas:
    """What is to be added to cells, gathered over many pledges."""

    def __init__(self) -> None:
        """Nothing yet."""
        self.cells: dict[CellOf, Vector] = {}
        self.joint: dict[CellOf, int] = {}
        self.shapes: dict[str, tuple[Place, ...]] = {}

    def replace(self, before: Sequence[TotalLine], after: Sequence[TotalLine]) -> None:
        """Note that a pledge has other lines than before; both are all its current lines, counted or not."""
        self._note(before, sub)
        self._note(after, add)

    def _note(self, lines: Sequence[TotalLine], combine: Combine) -> None:
        if not lines:
            return
        self._add((lines[0].dataset_id, RECORDS, ANY, ANY, "", "", 0, "", False, False), JUST_ONE, combine)
        counted = [line for line in lines if not line.left_out]
        if not counted:
            return
        for key, amounts in _cells(counted):
            self._add(key, amounts, combine)
        self._note_joint(counted, combine)

    def _add(self, key: CellOf, amounts: Vector, combine: Combine) -> None:
        standing = self.cells.get(key)
        if standing is None:
            self.cells[key] = amounts if combine is add else tuple(-one for one in amounts)
        else:
            self.cells[key] = tuple(map(combine, standing, amounts))

    def note_joint(self, lines: Sequence[TotalLine]) -> None:
        """Note the shape alone of a pledge that was there before; its counted lines are given."""
        self._note_joint(lines, add)

    def _note_joint(self, lines: Sequence[TotalLine], combine: Combine) -> None:
        if len(lines) == 1:
            return
        places = tuple(sorted(_place(line) for line in lines))
        shape = hashlib.sha256(repr(places).encode()).hexdigest()
        self.shapes[shape] = places
        key = joint_key(lines[0], shape)
        self.joint[key] = combine(self.joint.get(key, 0), 1)


def _cells(lines: Sequence[TotalLine]) -> Iterable[tuple[CellOf, Vector]]:
    """Every cell that the counted lines of one pledge fall into, and what they add to it."""
    line = lines[0]
    own = (line.finance_type, line.in_kind, line.refugee_costs)
    for parties, amounts_of_places in _by_parties(lines):
        for bits in (0, TYPE, STAGE, TYPE | STAGE):
            kind, stage = line.type if bits & TYPE else "", line.stage if bits & STAGE else ""
            for level in LEVELS[parties | bits]:
                cut, when = cut_of(parties | bits, level), period(line.announced_on, level)
                for places, amounts in amounts_of_places.items():
                    yield (line.dataset_id, cut, *places, kind, stage, when, *own), amounts


def joint_key(line: TotalLine, shape: str) -> CellOf:
    """The key of a pledge among the joint ones, with the shape's own key instead of its id."""
    when = period(line.announced_on, Level.MONTH)
    own = (line.finance_type, line.in_kind, line.refugee_costs)
    return (line.dataset_id, shape, line.type, line.stage, when, *own)


def _place(line: TotalLine) -> Place:
    donor, recipient = place(line.donor_part, line.donor_id), place(line.recipient_part, line.recipient_id)
    known = (line.eur_central is not None, line.usd_central is not None)
    return (donor, recipient, line.has_value, *known, line.high_open)


def _by_parties(lines: Sequence[TotalLine]) -> Iterable[tuple[int, dict[tuple[int, int], Vector]]]:
    """For each choice of donor and recipient, what the lines of one pledge add to each of its cells."""
    alone = _vector(lines) if len(lines) == 1 else None
    for bits in (0, DONOR, RECIPIENT, DONOR | RECIPIENT):
        found: dict[tuple[int, int], list[TotalLine]] = {}
        for line in lines:
            donor = place(line.donor_part, line.donor_id) if bits & DONOR else ANY
            recipient = place(line.recipient_part, line.recipient_id) if bits & RECIPIENT else ANY
            found.setdefault((donor, recipient), []).append(line)
        yield bits, {key: alone or _vector(some) for key, some in found.items()}


def _vector(lines: Sequence[TotalLine]) -> Vector:
    """What the lines of one pledge add to a cell that they all fall into, in the order of ``AMOUNTS``."""
    return (1, *(number for currency in CURRENCIES for number in _in_currency(lines, currency)))


def _in_currency(lines: Sequence[TotalLine], currency: str) -> tuple[int, ...]:
    low = central = high = estimated = up_to = suspended = 0
    valued = unconverted = still_open = False
    for line in lines:
        amount: int | None = getattr(line, f"{currency}_central")
        if amount is None:
            unconverted = unconverted or line.has_value
            continue
        valued, still_open = True, still_open or line.high_open
        low += getattr(line, f"{currency}_low")
        central += amount
        high += getattr(line, f"{currency}_high")
        estimated += amount if line.valuation in ESTIMATED else 0
        up_to += amount if line.up_to else 0
        suspended += getattr(line, f"{currency}_suspended")
    return (int(valued), int(unconverted), int(still_open), low, central, high, estimated, up_to, suspended)


JOINT_KEY = [field.attname for field in JointCell._meta.pk_fields]
CELL_KEY = [field.attname for field in TotalCell._meta.pk_fields]
