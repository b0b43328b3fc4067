"""The real workbook of the Ukraine Support Tracker, release 7, reproduces its own summary to the cent."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from interchange.importing import Run
from interchange.kiel.comparing import donor_rows, summary_cells
from interchange.kiel.importing import import_kiel
from pledges.models import Pledge
from pledges.totals import totals
from reference.services import load_parties, load_rates, packaged_rates, read_ecb_csv

pytestmark = [pytest.mark.django_db, pytest.mark.real_data]
NOW = datetime(2022, 10, 10, tzinfo=UTC)


def workbook() -> Path:
    return Path(os.environ["REAL_DATA"]) / "data" / "kiel" / "Ukraine_Support_Tracker_Release_07.xlsx"


def test_the_summary_is_reproduced_in_all_its_cells() -> None:
    load_parties()
    recent = (rate for rate in read_ecb_csv(packaged_rates()) if date(2022, 1, 1) <= rate.day <= NOW.date())
    load_rates(recent, now=NOW)
    run = Run(job="test", now=NOW)
    first = import_kiel(workbook(), run=run)
    again = import_kiel(workbook(), run=run)

    cells = summary_cells(workbook())
    assert len(cells) == 42 * 3
    assert [cell for cell in cells if cell.difference != 0] == []
    assert totals(dataset="kiel", value_basis="source").total.central == 8_944_005_902_024
    assert (first.rows, first.made, len(first.left_out)) == (1032, Pledge.objects.count(), 0)
    assert Pledge.objects.filter(package=None).count() == 432
    assert Pledge.objects.filter(package__origin_key="USM1").count() == 19
    assert (again.made, again.updated, again.unchanged) == (0, 0, first.made)
    assert len(donor_rows()) == 42
