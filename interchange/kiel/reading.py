"""Reads the Kiel workbook: which rows make an activity, which of them are its parts, what each cell says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from interchange.kiel.dates import Announced, DayError, announced
from interchange.problems import FileProblem
from interchange.tables import data_file, meaning, plain
from interchange.workbooks import Form, Row, Table, Workbook, find_table
from reference.currencies import EXACT
from reference.dates import LAST_YEAR

FILE = "kiel"
NUMBER = re.compile(r"\d+(?:\.\d+)?", re.ASCII)
LARGEST = Decimal(10) ** 19
RELEASE, ACTIVITY = "release", "activity"
COMMITMENT, ALLOCATION = "commitment", "allocation"


@dataclass(slots=True)
class Part:
    """Rows of one activity that tell of one day and value."""

    key: str
    rows: list[Row]
    announced: Announced
    given: Decimal | None


@dataclass(slots=True)
class Activity:
    """One activity of the workbook: an ID with all of its rows."""

    key: str
    rows: list[Row]
    parts: list[Part]
    value: Decimal | None  # the source's own, in EUR
    value_delivered: Decimal | None
    given: Decimal | None  # in the original currency
    measure: str
    remarks: list[str] = field(default_factory=list)

    @property
    def first(self) -> Row:
        """The row that speaks for the whole."""
        return self.rows[0]


def read_table(workbook: Workbook) -> Table:
    """The sheet of activities, whichever form it has. Raises ``FileProblem``."""
    data = data_file(FILE)
    forms = [Form(name, columns, frozenset(data["optional"][name])) for name, columns in data["columns"].items()]
    return find_table(workbook, forms)


def newest_day(rows: Sequence[Row]) -> date | None:
    """The newest day that the sheet gives as a day and that can be right."""
    found = [row.cells["date"] for row in rows]
    days = [date(one.year, one.month, one.day) for one in found if isinstance(one, date) and one.year <= LAST_YEAR]
    return max(days, default=None)


def activities(table: Table, measure: str = COMMITMENT) -> Iterator[Activity]:
    """The activities of a sheet in its order. Of the newer form those of one measure, as it lists both."""
    newest = newest_day(table.rows)
    groups: dict[str, list[Row]] = {}
    for row in table.rows:
        if table.form.name == ACTIVITY and measure == ALLOCATION:
            if _measure(row) != ALLOCATION:
                continue
            key = row.text("part")
        else:
            key = row.text("id")
        if not key:
            raise FileProblem("the row has no ID.", row.place("id"))
        groups.setdefault(key, []).append(row)
    for key, rows in groups.items():
        yield _of_release(key, rows, newest) if table.form.name == RELEASE else _of_activity(key, rows, newest, measure)


def _measure(row: Row) -> str:
    measures: dict[str, str] = data_file(FILE)["measures"]
    return meaning(measures, row.text("measure"), row.place("measure"), "measure", FILE)


def _of_release(key: str, rows: list[Row], newest: date | None) -> Activity:
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        groups.setdefault((row.text("date"), row.text("given")), []).append(row)
    parts = [_part(f"{key}/{place}", own, newest) for place, own in enumerate(groups.values(), 1)]
    first = rows[0]
    for row in rows[1:]:
        if row.text("donor") != first.text("donor"):
            raise FileProblem(f"{key} has another donor than in row {first.number}.", row.place("donor"))
        if number(row, "value") is not None:
            raise FileProblem(f"{key} has its value in row {first.number} already.", row.place("value"))
    activity = Activity(
        key=key,
        rows=rows,
        parts=parts,
        value=number(first, "value"),
        value_delivered=number(first, "value_delivered"),
        given=_whole_given(first, parts),
        measure=COMMITMENT,
    )
    total = number(first, "total")
    if activity.given is not None and total is not None and total != parts[0].given and len(parts) == 1:
        activity.remarks.append(f"the source states {parts[0].given:,.0f} in a row and counts {total:,.0f} in all")
    return activity


def _whole_given(first: Row, parts: Sequence[Part]) -> Decimal | None:
    """What the source states of the whole: its total where rows state parts of it."""
    given = [part.given for part in parts if part.given is not None]
    if not given:
        return None
    total = number(first, "total")
    return total if total is not None else given[0]


def _of_activity(key: str, rows: list[Row], newest: date | None, measure: str) -> Activity:
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(row.text("part"), []).append(row)
    column = "part_value_redistributed" if measure == ALLOCATION else "value"
    return Activity(
        key=key,
        rows=rows,
        parts=[_part(f"{key}/{name or place}", own, newest) for place, (name, own) in enumerate(groups.items(), 1)],
        value=_sum(rows, column),
        value_delivered=None,
        given=next((given for row in rows if (given := number(row, "given")) is not None), None),
        measure=measure,
    )


def _sum(rows: Sequence[Row], name: str) -> Decimal | None:
    """The sum of a column over an activity's rows; ``None`` where none of them has a number."""
    numbers = [one for row in rows if (one := number(row, name)) is not None]
    total = Decimal(0)
    for one in numbers:
        total = EXACT.add(total, one)
    return total if numbers else None


def _part(key: str, rows: list[Row], newest: date | None) -> Part:
    row = rows[0]
    try:
        when = announced(row.cells["date"], newest)
    except DayError as error:
        raise FileProblem(str(error), row.place("date")) from error
    return Part(key, rows, when, number(row, "given"))


def number(row: Row, name: str) -> Decimal | None:
    """A cell's number without loss; ``None`` for placeholders. Raises ``FileProblem`` for other words."""
    value = row.cells.get(name, "")
    if isinstance(value, bool | date | datetime):
        raise FileProblem(f"{value} is no number.", row.place(name))
    if isinstance(value, int | float):
        found = Decimal(repr(value))
    else:
        text = row.text(name)
        if nothing(text):
            return None
        if not NUMBER.fullmatch(text):
            raise FileProblem(f"“{text[:80]}” is no number.", row.place(name))
        found = Decimal(text)
    if not found.is_finite() or not 0 <= found.copy_abs() < LARGEST:
        raise FileProblem(f"{found:g} is no number that can be meant.", row.place(name))
    return found


def nothing(text: str) -> bool:
    """Whether a cell's words say that nothing is known."""
    return plain(text) in data_file(FILE)["nothing"]["words"]
