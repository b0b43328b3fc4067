"""What an import did, row by row where something is to be said: kept with the batch and told on the screen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from interchange.problems import Place

MOST_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Note:
    """Something to be said of a row."""

    place: Place
    words: str

    def __str__(self) -> str:
        return f"{self.place}: {self.words}" if str(self.place) else self.words


@dataclass(slots=True)
class Report:
    """Counts of an import, what rows change, what was left out and why, and what is odd about what was not."""

    rows: int = 0
    made: int = 0
    updated: int = 0
    unchanged: int = 0
    left_out: list[Note] = field(default_factory=list)
    remarks: list[Note] = field(default_factory=list)
    changes: list[Note] = field(default_factory=list)
    facts: dict[str, str] = field(default_factory=dict)  # what is to be known of the whole, by a word for it
    seconds: float = 0.0
    dry_run: bool = False
    shown: int | None = MOST_SHOWN  # notes of each kind on a screen; None: all

    def leave_out(self, place: Place, words: str) -> None:
        """Tell of a row that was not taken in."""
        self.left_out.append(Note(place, words))

    def remark(self, place: Place, words: str) -> None:
        """Tell of a row that was taken in and is odd."""
        self.remarks.append(Note(place, words))

    def change(self, place: Place, words: str) -> None:
        """Tell what a row changes."""
        self.changes.append(Note(place, words))

    def as_json(self) -> dict[str, Any]:
        """What is kept with the import batch."""
        return {
            "rows": self.rows,
            "made": self.made,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "left_out": [str(note) for note in self.left_out],
            "remarks": [str(note) for note in self.remarks],
            "changes": [str(note) for note in self.changes],
            "facts": self.facts,
        }

    def lines(self) -> Iterator[str]:
        """The report for a screen."""
        yield (
            f"{self.rows} rows read; {self.made} records made, {self.updated} updated, {self.unchanged} unchanged, "
            f"{len(self.left_out)} left out, {len(self.remarks)} remarks; {self.seconds:.1f} seconds."
        )
        for name, words in self.facts.items():
            yield f"{name}: {words}"
        for title, notes in (("Changes", self.changes), ("Left out", self.left_out), ("Remarks", self.remarks)):
            if notes:
                yield f"{title}:"
                yield from (f"  {note}" for note in notes[: self.shown])
                if self.shown is not None and len(notes) > self.shown:
                    yield f"  … and {len(notes) - self.shown} more; --full shows all of them."
        if self.dry_run:
            yield "This was a dry run: nothing was kept."
