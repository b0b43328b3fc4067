"""Sets the imported workbook beside its own summary, and our conversion by the day's rate beside its valuation."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from interchange.kiel.importing import dataset_of
from interchange.kiel.reading import COMMITMENT, FILE
from interchange.tables import data_file, meaning
from interchange.workbooks import Form, find_table, open_workbook
from pledges.models import Part
from pledges.sums import Sums
from pledges.totals import BY_SOURCE, Key, PartyKey, totals
from reference.currencies import EXACT, to_minor_units

BILLION = 9  # the summary is in billions
TYPES = ("financial", "humanitarian", "military")


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of the source's summary beside our total of its values, in euro cents."""

    donor: str
    type: str
    theirs: int
    imported: int

    @property
    def difference(self) -> int:
        """What ours is above theirs."""
        return self.imported - self.theirs


@dataclass(frozen=True, slots=True)
class DonorRow:
    """One donor's aid as its source values it and as we convert what it states, in euro cents."""

    donor: str
    name: str
    theirs: Sums
    ours: Sums

    @property
    def difference(self) -> int:
        """What ours is above theirs."""
        return self.ours.central - self.theirs.central


def summary_cells(workbook: Path, measure: str = COMMITMENT) -> list[Cell]:
    """Every cell of the summary sheet, and last its row of totals (donor “total”). Raises ``FileProblem``."""
    data = data_file(FILE)
    form = Form("summary", data["summary"]["columns"], merged=True)
    table = find_table(open_workbook(workbook), [form])
    imported = _by_donor_and_type(measure)
    cells: list[Cell] = []
    donors: dict[str, str] = data["donors"]
    for row in table.rows:
        name = row.text("donor")
        if not name:
            continue  # the row of units below the header
        whole = name.lower() == data["summary"]["total"]
        donor = "total" if whole else meaning(donors, name, row.place("donor"), "donor", FILE)
        for type_ in TYPES:
            exact = EXACT.scaleb(Decimal(repr(row.cells[type_])), BILLION)
            cells.append(Cell(donor, type_, to_minor_units(exact, "EUR"), imported.get((donor, type_), 0)))
    return cells


def _by_donor_and_type(measure: str) -> dict[tuple[str, str], int]:
    """What was imported by donor and type, and by type alone under “total”, each rounded once."""
    key = dataset_of(measure)["key"]
    by_donor = totals(group_by=["donor", "type"], dataset=key, value_basis=BY_SOURCE)
    by_type = totals(group_by=["type"], dataset=key, value_basis=BY_SOURCE)
    cells = {(_code(row.keys["donor"]), str(row.keys["type"])): row.sums.central for row in by_donor.rows}
    return cells | {("total", str(row.keys["type"])): row.sums.central for row in by_type.rows}


def _code(key: Key) -> str:
    return key.code if isinstance(key, PartyKey) else str(key)


def donor_rows(measure: str = COMMITMENT) -> list[DonorRow]:
    """Each donor of the imported dataset, and last all of them."""
    key = dataset_of(measure)["key"]
    theirs = totals(group_by=["donor"], dataset=key, value_basis=BY_SOURCE)
    ours = totals(group_by=["donor"], dataset=key)
    our_sums = {_code(row.keys["donor"]): row.sums for row in ours.rows}
    found = []
    all_ours, all_theirs = Sums(), Sums()
    for row in theirs.rows:
        party = row.keys["donor"]
        if not isinstance(party, PartyKey) or party.part is not Part.NAMED:
            continue
        own = our_sums.get(party.code, Sums())
        found.append(DonorRow(party.code, party.name, row.sums, own))
        all_ours, all_theirs = all_ours.plus(own), all_theirs.plus(row.sums)
    return [*found, DonorRow("", "Total", all_theirs, all_ours)]
