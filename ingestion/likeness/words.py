"""A text as folded words, and as the runs of three words by which texts are compared."""

from __future__ import annotations

import re

MOST_CHARACTERS = 24_000  # of a longer text only the beginning is compared: it is enough, and bounds the time
LONGEST_WORD = 100  # characters kept of one; a longer one is no word
SHORTEST = 8  # words; a shorter text ("Live updates", "Subscribe to read") says too little to be a story

_WORD = re.compile(rf"[^\W_]{{1,{LONGEST_WORD}}}")


def fold(text: str) -> list[str]:
    """The words of a text without case and punctuation, of its first ``MOST_CHARACTERS``."""
    return _WORD.findall(text[:MOST_CHARACTERS].casefold())


def words_of(title: str, text: str) -> list[str]:
    """The words by which an article is compared: its text's; its title's if there is none, as in an agency's flash."""
    return fold(text) or fold(title)


def runs(words: list[str]) -> list[str]:
    """Each three words that stand side by side, in order and with repetitions; empty for fewer than three words."""
    return list(map(" ".join, zip(words, words[1:], words[2:], strict=False)))
