"""What a caller hands to ``sanctions.services`` to enter or correct a measure: plain values, no database.

Children carry the ``id`` of the row that they correct; without one they are new, and rows not named are removed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class StepDraft:
    """A dated step of a measure; ``ref`` is any name by which evidence of the same draft refers to it."""

    step: str = "impose"
    status: str = "adopted"
    adopted_on: date | None = None
    precision: str = "day"
    applies_from: date | None = None
    ends_on: date | None = None
    act_id: int | None = None
    note: str = ""
    id: int | None = None
    ref: str = ""


@dataclass(frozen=True, slots=True)
class EvidenceDraft:
    """A quote in a revision, an address with a quote, or an imported row. ``step`` is a step's ``ref``."""

    url: str = ""
    quote: str = ""
    publisher: str = ""
    published_on: date | None = None
    official: bool = False
    revision_id: int | None = None
    start: int | None = None
    end: int | None = None
    finding_id: int | None = None
    dataset_row: str = ""
    step: str = ""
    id: int | None = None


@dataclass(frozen=True, slots=True)
class MeasureDraft:
    """All that a person states of a measure. What follows from it is computed when it is saved."""

    title: str
    imposers: tuple[int, ...] = ()
    targets: tuple[int, ...] = ()
    types: tuple[str, ...] = ()
    imposers_as_written: str = ""
    targets_as_written: str = ""
    target_kind: str = "country"
    sectors: str = ""
    programme_id: int | None = None
    round_id: int | None = None
    public_note: str = ""
    private_note: str = ""
    dataset_id: int | None = None  # None: the tracker's own
    import_batch_id: int | None = None
    origin_key: str = ""
    steps: tuple[StepDraft, ...] = ()
    evidence: tuple[EvidenceDraft, ...] = ()
    based_on: int | None = None  # ``Measure.last_seq`` that the edit builds on; None: not checked
