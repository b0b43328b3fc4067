"""Whatever stands in the cells of a Kiel sheet: records that can be kept, or words that say where it is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interchange.kiel.entries import Making
from interchange.kiel.reading import RELEASE, activities
from interchange.parties import Parties
from interchange.problems import FileProblem
from interchange.report import Report
from interchange.tables import data_file
from interchange.workbooks import Form, Row, Table
from pledges.bulk import Entry, hash_of
from pledges.checks import problems_within
from tests.interchange.books import DEFAULTS

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]
COLUMNS: Mapping[str, list[str]] = data_file("kiel")["columns"][RELEASE]
BY_HEADER = {header.strip().lower(): value for header, value in DEFAULTS.items()}
GOOD = {name: BY_HEADER.get(headers[0].strip().lower(), ".") for name, headers in COLUMNS.items()}
ODD: list[Any] = [
    "", ".", " ", "0", "Yes", "Norway", "Loan", "USD", "1.000.00", "undisclosed", "until 3/1/2022", "since 1/1/22",
    "between 1/1/22 & 2/1/22", "unclear, 13/22", "1e5", "-3", "٣", "\u00a0x", "=1+1", "https://", ".https://a.b c",
    0.0, -1.0, 1e300, 1.5, 1e-20, float("nan"), float("inf"), True, date(1899, 12, 31), date(2922, 1, 1),
    datetime(2022, 2, 3, 4, 5, tzinfo=UTC), "x" * 2000, "\0", "\ud800",
]  # fmt: skip


def sheet(changes: list[dict[str, Any]]) -> Table:
    headers = {name: spelled[0] for name, spelled in COLUMNS.items()}
    rows = [Row("Main", number, {**GOOD, **cells}, headers) for number, cells in enumerate(changes, 2)]
    return Table(Form(RELEASE, COLUMNS), "Main", 1, rows)


@given(
    changes=st.lists(
        st.dictionaries(st.sampled_from(sorted(COLUMNS)), st.sampled_from(ODD) | st.text(max_size=20), max_size=4),
        min_size=1,
        max_size=3,
    )
)
@settings(max_examples=150, deadline=None)
def test_no_cell_whatever_makes_reading_crash(changes: list[dict[str, Any]]) -> None:
    making, places = Making(Parties(), Report(), RELEASE), []
    entries: list[Entry] = []
    try:
        entries += [entry for activity in activities(sheet(changes)) for entry in making.entries(activity)]
    except FileProblem as problem:
        places.append(problem.place.row)
    assert entries or places[0] in range(2, 5)
    for entry in entries:
        assert len(hash_of(entry)) == 64
        assert all(problem.message for problem in problems_within(entry.draft))
