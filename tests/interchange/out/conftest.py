"""What the tests of files that go out share: a folder of their own, a record, and what is planted and must stay in."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from interchange.publishing.scope import ALL, Stand, stand_of
from pledges.drafts import DeductionDraft
from pledges.services import withdraw_pledge
from reference.models import Dataset
from sanctions.models import Designation, LegalAct, Programme, Target
from tests.builders import NOW, euros, party, person, published, rates
from tests.interchange.recorded import joint, measure

SECRET = "never-to-leave"


@pytest.fixture(autouse=True)
def downloads(tmp_path: Path, settings: Any) -> Path:
    """Editions go to a folder of the test."""
    settings.DOWNLOADS_DIR = str(tmp_path / "downloads")
    return tmp_path / "downloads"


def designation(name: str = "A. Person", number: int = 1, **fields: Any) -> Designation:
    """A published designation of a person."""
    target = Target.objects.create(
        public_id=f"T{number:011}", kind="Person", name=name, details={"birthDate": "1970-05-09", "nationality": "ru"}
    )
    target.names.create(name=name)
    target.names.create(name=f"{name} the Elder", kind="alias")
    target.identifiers.create(kind="passport", value="123")
    programme = Programme.objects.get(key="own-regime")
    given: dict[str, Any] = {
        "public_id": f"D{number:011}", "dataset": programme.dataset, "state": "published", "target": target,
        "programme": programme, "act": LegalAct.objects.first(), "listed_on": date(2022, 2, 26), "created_at": NOW,
        "modified_at": NOW, **fields,
    }  # fmt: skip
    return Designation.objects.create(**given)


def fill() -> None:
    """A record with something in every table."""
    rates()
    joint()
    package = published("A package", **euros("1000"))
    part = published("A part", package_id=package.pk, **euros("300"))
    published("A newer pledge", supersedes_id=part.pk, **euros("350"))
    published("Tents without a value", in_kind=True, type="humanitarian")
    measure()
    designation()


def plant() -> Dataset:
    """What must not leave: a closed dataset, drafts, withdrawn records, private notes; the same word is in each."""
    closed = Dataset.objects.create(key="closed", name=f"Closed {SECRET}", licence="theirs", redistributable=False)
    hidden = published(f"Imported {SECRET}", dataset_id=closed.pk, **euros("77"))
    published("Noted", private_note=SECRET, **euros("5"))
    published("Linked", deductions=(DeductionDraft(None, "other_record", other_id=hidden.pk),), **euros("6"))
    joint(f"Draft {SECRET}", public=False)
    gone = joint(f"Gone {SECRET}")
    withdraw_pledge(gone.pk, reason="A slip.", now=NOW, acting_user=person())
    measure(f"Plan {SECRET}", public=False)
    designation(f"B. {SECRET}", 2, dataset=closed)
    designation(f"C. {SECRET}", 3, state="draft")
    party("UA")
    return closed


def stand(scope: str = ALL) -> Stand:
    """The state of the record."""
    return stand_of(scope)


def on_sqlite() -> bool:
    """Whether the tests run on SQLite."""
    return connection.vendor == "sqlite"
