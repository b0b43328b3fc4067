"""Whether two texts are the same one: as reprinted, cut, added to or with another opening, but with the same facts."""

from __future__ import annotations

from dataclasses import dataclass, field

from ingestion.likeness.figures import Stated, contradict, read_figures
from ingestion.likeness.words import SHORTEST, runs, words_of

SHORT = 40  # words; a shorter text is compared as a whole
SHARED = 0.5  # of the shorter text's runs of three words
ALONGSIDE = 0.6  # a text at least so long, of the longer one, may stand anywhere in it
LEAST_PART = 0.2  # a text shorter than this part of the longer one is one item of a round-up
OPENING = 0.25  # a shorter part has to begin within this part of the longer text


@dataclass(frozen=True, slots=True)
class Text:
    """A text made ready to be compared with several others."""

    written: str
    words: tuple[str, ...]
    runs: tuple[str, ...]
    run_set: frozenset[str]
    _figures: list[Stated] = field(default_factory=list, repr=False, compare=False)

    def figures(self) -> Stated:
        """Its numbers and parties, read once and only if asked for."""
        if not self._figures:
            self._figures.append(read_figures(self.written))
        return self._figures[0]


def read_text(title: str, text: str) -> Text:
    """Make an article's text ready."""
    words = words_of(title, text)
    found = tuple(runs(words))
    return Text(text or title, tuple(words), found, frozenset(found))


def same_text(one: Text, other: Text) -> bool:
    """Whether two texts are one. Symmetric.

    Short ones are only if their words are equal. Longer ones have to share half of the shorter one's runs of words,
    stand in the longer one's beginning if they are much shorter, and state nothing that contradicts.
    """
    shorter, longer = sorted((one, other), key=lambda text: (len(text.run_set), text.words))
    if len(shorter.words) < SHORT:
        return len(shorter.words) >= SHORTEST and shorter.words == longer.words
    shared = shorter.run_set & longer.run_set
    if len(shared) < SHARED * len(shorter.run_set):
        return False
    part = len(shorter.run_set) / len(longer.run_set)
    if part < LEAST_PART or (part < ALONGSIDE and not _opens(shorter, longer)):
        return False
    return not contradict(shorter.figures(), longer.figures())


def _opens(shorter: Text, longer: Text) -> bool:
    """Whether what they share begins near the longer text's beginning, and is not an item further down in a round-up.

    The first tenth of it is passed over: turns of phrase that any two texts have in common.
    """
    places = [place for place, run in enumerate(longer.runs) if run in shorter.run_set]
    return places[len(places) // 10] <= OPENING * len(longer.runs)
