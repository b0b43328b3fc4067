"""What the tests of files share: parties, rates of one day, and a run."""

from __future__ import annotations

import pytest

from interchange.importing import Run
from reference.services import load_parties
from tests.builders import NOW, rates


@pytest.fixture
def reference(db: None) -> None:
    """Parties, and rates of the days that the tests' files are of."""
    load_parties()
    rates(NOW.date().replace(day=1), NOK="10")


@pytest.fixture
def run() -> Run:
    """A run of a command."""
    return Run(job="test", now=NOW)
