"""Tables of words in data files: what a source's words mean in ours. A word that is not there stops an import."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from interchange.problems import FileProblem, Place

FOLDER = Path(__file__).parent / "data"
Meaning = TypeVar("Meaning")


@cache
def data_file(name: str) -> dict[str, Any]:
    """The data file of a source, such as ``kiel``."""
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


def plain(word: str) -> str:
    """A word as tables hold it: lower case, single blanks."""
    return " ".join(word.split()).lower()


def meaning(table: Mapping[str, Meaning], word: str, place: Place, what: str, file: str) -> Meaning:
    """What a word means. Raises ``FileProblem`` with its place where the table does not have it."""
    found = table.get(plain(word))
    if found is None:
        raise FileProblem(
            f"“{word}” is no {what} that we know. Add it to interchange/data/{file}.toml if it is right.", place
        )
    return found
