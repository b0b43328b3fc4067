"""Cuts a text into pieces at the ends of its findings, so that each can be marked in its place. Pure.

Findings may overlap or lie within each other: a piece names all that cover it. Offsets count code points, as Python's
do; offsets that do not lie in the text are brought back into it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Marked:
    """A place in the text: ``text[start:end]``, and the key by which pieces name it."""

    key: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text and the keys of what covers it, the shortest first; none where nothing does."""

    text: str
    keys: tuple[int, ...] = ()


def cut(text: str, places: Iterable[Marked]) -> list[Piece]:
    """The text in pieces, in order; joined they are the text."""
    inside = [
        Marked(place.key, max(0, place.start), min(len(text), place.end))
        for place in places
        if max(0, place.start) < min(len(text), place.end)
    ]
    inside.sort(key=lambda place: (place.end - place.start, place.start, place.key))
    cuts = sorted({0, len(text), *(end for place in inside for end in (place.start, place.end))})
    return [
        Piece(text[first:last], tuple(place.key for place in inside if place.start <= first and last <= place.end))
        for first, last in pairwise(cuts)
    ]
