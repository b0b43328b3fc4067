"""The data files of this package, read when a module is loaded; reading an article touches no file."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"


@cache
def load(name: str) -> dict[str, Any]:
    """One data file, by its name without ``.toml``."""
    with (DATA / f"{name}.toml").open("rb") as handle:
        return tomllib.load(handle)


def word_set(stage: str, name: str) -> frozenset[str]:
    """A set of words from ``sets.toml``, where each stage has a table of its own."""
    return frozenset(load("sets")[stage][name])
