"""Keeps spreadsheet programs from taking a text for a formula, in a way that reading undoes. Pure.

A program that opens a CSV file calculates a cell that begins with ``=``, ``+``, ``-`` or ``@``, and what it calculates
may send data away. Such a text gets an apostrophe in front. So that the apostrophe can be taken away again without
loss, a text that looks guarded already gets one more.
"""

from __future__ import annotations

import re

# The signs by which a formula begins, also in full width, and control characters that programs skip before one.
DANGEROUS = re.compile(r"'*\s*[=+\-@\t\r\n＝＋－＠]")


def guard(text: str) -> str:
    """The text as it may stand in a cell."""
    # Nearly all texts begin with a letter or a figure, and are done here.
    if not text or text[0].isalnum() or not DANGEROUS.match(text):
        return text
    return f"'{text}"


def unguard(cell: str) -> str:
    """The text that ``guard`` made a cell of."""
    return cell[1:] if cell[:1] == "'" and DANGEROUS.match(cell, 1) else cell
