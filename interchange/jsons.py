"""Reads a JSON file that somebody brings, or that an API answers with: bounded, amounts without loss."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

from interchange.problems import FileProblem, Place

LARGEST_FILE = 256 * 2**20


def read_json(path: Path) -> Any:
    """What a file holds. Raises ``FileProblem`` with line and column of what is no JSON."""
    try:
        size = path.stat().st_size
        if size > LARGEST_FILE:
            raise FileProblem(f"it has {size:,} bytes; {LARGEST_FILE:,} are the most.", Place(file=path.name))
        content = path.read_bytes()
    except OSError as error:
        raise FileProblem(f"it cannot be read: {error.strerror}.", Place(file=path.name)) from error
    return parse_json(content, path.name)


def parse_json(content: bytes, name: str) -> Any:
    """What the bytes hold; numbers with a point are decimals."""
    try:
        return json.loads(content.decode("utf-8-sig"), parse_float=Decimal, parse_constant=_no_number)
    except UnicodeDecodeError as error:
        raise FileProblem(f"it is no UTF-8 text (byte {error.start}).", Place(file=name)) from error
    except json.JSONDecodeError as error:
        words = f"it is no JSON at line {error.lineno}, column {error.colno}: {error.msg.lower()}."
        raise FileProblem(words, Place(file=name)) from error
    except (RecursionError, ValueError) as error:
        raise FileProblem(f"it is no JSON that can be taken in ({error}).", Place(file=name)) from error


def _no_number(word: str) -> None:
    raise ValueError(f"{word} is no number")
