"""What is wrong with a file, and where: a sentence for the person who brings it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

MOST_TOLD = 20


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a file; what is not known is empty."""

    sheet: str = ""
    row: int | None = None
    column: str = ""
    file: str = ""

    def __str__(self) -> str:
        parts = [f"file “{self.file}”"] if self.file else []
        if self.sheet:
            parts.append(f"sheet “{self.sheet}”")
        if self.row is not None:
            parts.append(f"row {self.row}")
        if self.column:
            parts.append(f"column “{self.column}”")
        return ", ".join(parts)


class FileProblem(Exception):  # noqa: N818 - it is told to people, who do not think in errors
    """A file that cannot be taken in. Nothing of it was."""

    def __init__(self, words: str, place: Place | None = None) -> None:
        self.words, self.place = words, place or Place()
        super().__init__(f"{str(self.place)[:1].upper()}{str(self.place)[1:]}: {words}" if str(self.place) else words)


def refuse_all(problems: Iterable[FileProblem]) -> None:
    """Raise one problem that tells all of them, so that a file need not be tried again for each."""
    found = list({str(problem): problem for problem in problems}.values())
    if len(found) == 1:
        raise found[0]
    if found:
        told = [f"  {problem}" for problem in found[:MOST_TOLD]]
        if len(found) > MOST_TOLD:
            told.append(f"  … and {len(found) - MOST_TOLD} more.")
        raise FileProblem("\n".join([f"{len(found)} things are to be mended:", *told]))
