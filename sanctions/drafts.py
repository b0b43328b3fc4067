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


@dataclass(frozen=True, slots=True)
class ProgrammeDraft:
    """A legal regime as a list of programmes has it."""

    key: str
    name: str
    issuer_id: int | None = None
    issuer_as_written: str = ""
    targets: tuple[int, ...] = ()
    measures: tuple[str, ...] = ()
    url: str = ""


@dataclass(frozen=True, slots=True)
class IdentifierDraft:
    """A number by which a target is known; ``raw`` is what the list says."""

    kind: str
    value: str
    raw: str = ""


@dataclass(frozen=True, slots=True)
class TargetDraft:
    """Whom or what a list names. ``names`` are pairs of ``TargetName.Kind`` and a name; ``details`` as written."""

    kind: str
    name: str
    names: tuple[tuple[str, str], ...] = ()
    identifiers: tuple[IdentifierDraft, ...] = ()
    details: tuple[tuple[str, str], ...] = ()

    @property
    def identities(self) -> tuple[tuple[str, ...], ...]:
        """By which of these two rows name the same: a vessel by its IMO number, others by name and number or birth."""
        name = " ".join(self.name.split()).casefold()
        if self.kind == "Vessel":
            return tuple(("imo", one.value) for one in self.identifiers if one.kind == "imo")
        births = [value for key, value in self.details if key == "birthDate"]
        return (
            *((self.kind, name, one.kind, one.value) for one in self.identifiers),
            *((self.kind, name, "birth", birth) for birth in births),
        )


@dataclass(frozen=True, slots=True)
class DesignationDraft:
    """One row of a list: a target under an annex of an act. ``origin_key`` is the same in every issue of the list."""

    origin_key: str
    target: TargetDraft
    annex: str
    measure_id: int | None = None
    reason: str = ""
    listed_on: date | None = None
    listed_as_written: str = ""
