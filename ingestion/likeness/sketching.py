"""The sketch of a text: a few numbers that two texts have in common if they share many of their words.

MinHash over runs of three words. The values are put together in bands; each band becomes one number, and two texts
with an equal number are worth comparing. The more runs two texts share (Jaccard ``j``), the likelier one of ``b`` bands
of ``r`` values is equal: 1 - (1 - j**r)**b.

The opening has bands of its own, since papers cut agency texts from the end and add paragraphs there: a text cut to a
third shares too little of the whole to be found by it, but all of its opening.
"""

from __future__ import annotations

import struct
from hashlib import blake2b

from rensa import RMinHash

from ingestion.likeness.words import SHORTEST, runs, words_of

# Part of each number: numbers of different versions never meet. To be raised with any change of folding, of the figures
# below, or of the library's values, which a test holds fixed.
VERSION = 1

ROWS = 3
WHOLE_BANDS = 16
OPENING_BANDS = 8
OPENING_WORDS = 100
BANDS = WHOLE_BANDS + OPENING_BANDS
_SEED = 20220224


def sketch(title: str, text: str) -> tuple[int, ...]:
    """``BANDS`` signed 64-bit numbers, or none for an article of too few words.

    The same on every machine and in every process. Each number holds its place and the version, so that any two that
    are equal mean the same.
    """
    words = words_of(title, text)
    if len(words) < SHORTEST:
        return ()
    whole = runs(words)
    opening = whole[: OPENING_WORDS - 2]
    return (*_bands("whole", whole, WHOLE_BANDS), *_bands("opening", opening, OPENING_BANDS))


def _bands(part: str, shingles: list[str], count: int) -> list[int]:
    minima = RMinHash(num_perm=count * ROWS, seed=_SEED)
    minima.update(shingles)
    values: list[int] = minima.digest()
    return [_number(part, band, values[band * ROWS : (band + 1) * ROWS]) for band in range(count)]


def _number(part: str, band: int, values: list[int]) -> int:
    written = f"{VERSION} {part} {band} ".encode() + struct.pack(f"<{ROWS}Q", *values)
    return int.from_bytes(blake2b(written, digest_size=8).digest(), "big", signed=True)
