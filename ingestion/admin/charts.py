"""Small charts as lists of bars for an inline SVG: attributes only, so that the site's strict policy lets them be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

BAR, GAP, HEIGHT = 8, 2, 30
LEAST = 2  # of a bar that stands for something; one that stands for nothing is a line of 1


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar, in the units of the chart."""

    x: int
    y: int
    height: int
    empty: bool


@dataclass(frozen=True, slots=True)
class Chart:
    """Figures of several weeks, the oldest first, as bars; ``words`` say the same."""

    bars: tuple[Bar, ...]
    width: int
    height: int
    last: int
    words: str


def chart(what: str, figures: Sequence[int]) -> Chart:
    """The bars of these weekly figures, scaled to the largest of them."""
    largest = max(figures, default=0)
    bars = []
    for place, figure in enumerate(figures):
        height = max(LEAST, round(HEIGHT * figure / largest)) if figure else 1
        bars.append(Bar(x=place * (BAR + GAP), y=HEIGHT - height, height=height, empty=not figure))
    listed = ", ".join(str(figure) for figure in figures)
    words = f"{what} a week over the last {len(figures)} weeks, the oldest first: {listed}."
    return Chart(tuple(bars), len(figures) * (BAR + GAP) - GAP, HEIGHT, figures[-1] if figures else 0, words)
