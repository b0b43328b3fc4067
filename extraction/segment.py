"""Stage 1: text into sentences and words, each with its place in the text.

Everything later speaks of word positions inside one sentence; only this file and the reader know code points.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from extraction.data_files import word_set

# One alternative for each kind of word; none can match the same text in two ways, so matching is linear.
WORD = re.compile(
    r"(?:[^\W\d_]\.){2,}(?:-\w+)*"  # U.S.  U.S.-led
    r"|\d+(?:[.,]\d+)*(?!\w*-\d)"  # 1,000  2.5
    r"|[’']s\b"  # the possessive stands alone
    r"|\w+(?:-\w+)*(?:[’'](?!s\b)\w+)*"  # anti-tank  didn't  F-16
    r"|[^\w\s]"
)
BREAK = re.compile(r"[.!?…][\"”’')\]]*(?=\s)|\n+")
ABBREVIATIONS = word_set("segment", "abbreviations")
LONGEST_SENTENCE = 400  # words; a longer "sentence" is a list or no prose, and is cut so that time stays linear


@dataclass(slots=True)
class Word:
    """One word or sign; ``lower`` is folded for lookups. Not frozen only because an article makes thousands of them."""

    text: str
    lower: str
    start: int
    end: int

    @property
    def capital(self) -> bool:
        return self.text[:1].isupper()


@dataclass(frozen=True, slots=True)
class Sentence:
    """The words of one sentence, its number in the article and whether it looks like a headline."""

    number: int
    words: tuple[Word, ...]
    headline: bool = False
    paragraph: int = 0

    @property
    def start(self) -> int:
        return self.words[0].start

    @property
    def end(self) -> int:
        return self.words[-1].end


def sentences(text: str) -> list[Sentence]:
    """The sentences of a text, in order. Lines end a sentence unless the next goes on in lower case."""
    found: list[Sentence] = []
    paragraph = 0
    for start, end, breaks in _stretches(text):
        words = _words(text, start, end)
        for cut in range(0, len(words), LONGEST_SENTENCE):
            piece = words[cut : cut + LONGEST_SENTENCE]
            headline = breaks and piece[-1].text not in {".", "!", "?", "”", '"', ":"} and len(piece) < 30
            found.append(Sentence(len(found), piece, headline, paragraph))
        paragraph += breaks
    return found


def _words(text: str, start: int, end: int) -> tuple[Word, ...]:
    found = []
    for match in WORD.finditer(text, start, end):
        written = match[0]
        lower = written.lower()
        first, last = match.span()
        found.append(Word(written, lower.replace("’", "'") if "’" in lower else lower, first, last))
    return tuple(found)


def _stretches(text: str) -> Iterator[tuple[int, int, bool]]:
    """Start and end of each sentence, and whether a line ends there."""
    start = 0
    for match in BREAK.finditer(text):
        line = match[0].startswith("\n")
        if not _ends_sentence(text, start, match, line):
            continue
        if text[start : match.end()].strip():
            yield start, match.end(), line or text[match.end() : match.end() + 1] == "\n"
        start = match.end()
    if text[start:].strip():
        yield start, len(text), True


def _ends_sentence(text: str, start: int, match: re.Match[str], line: bool) -> bool:
    after = text[match.end() : match.end() + 3].lstrip()
    if line:
        return not (len(match[0]) == 1 and after[:1].islower() and text[match.start() - 1 : match.start()] not in ".!?")
    if match[0].startswith(".") and len(match[0]) == 1:
        before = text[max(start, match.start() - 8) : match.start()].rsplit(None, 1)
        last = before[-1].lower().strip("(“\"'") if before else ""
        if last in ABBREVIATIONS or (len(last) == 1 and last.isalpha()):
            # "the U.S. They" ends a sentence, "the U.S. Congress" does not
            following = re.match(r"\w*", text[match.end() : match.end() + 12].lstrip())
            return bool(
                following and following[0] in {"The", "It", "He", "She", "They", "But", "In", "This", "A"}
            ) and ("." in last)
    return not after[:1].islower()
