"""Names rows of a sheet in few words."""

from __future__ import annotations

from collections.abc import Sequence

from interchange.workbooks import Row

LONGEST = 200  # characters that the record keeps


def rows_in_words(rows: Sequence[Row]) -> str:
    """The sheet and its rows, those that follow each other as a range: ``Main, rows 2–7 and 12``."""
    ranges: list[list[int]] = []
    for number in sorted({row.number for row in rows}):
        if ranges and ranges[-1][1] == number - 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    told = [str(first) if first == last else f"{first}–{last}" for first, last in ranges]
    word = "row" if len(told) == 1 and ranges[0][0] == ranges[0][1] else "rows"
    text = f"{rows[0].sheet}, {word} {', '.join(told)}"
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
