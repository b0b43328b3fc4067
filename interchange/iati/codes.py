"""The table between the record's words and IATI's code lists, in ``interchange/data/iati.toml``."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

FILE = Path(__file__).resolve().parent.parent / "data" / "iati.toml"
VERSION = "2.03"
# Of lists that no record chooses from.
FUNDING, IMPLEMENTING = "1", "4"  # OrganisationRole
PLANNED_START, ACTUAL_START, PLANNED_END = "1", "2", "3"  # ActivityDateType
PARENT, CHILD, SIBLING = "1", "2", "3"  # RelatedActivityType
GENERAL = "1"  # DescriptionType
DAC, OWN = "1", "99"  # SectorVocabulary
WEB_PAGE = "A12"  # DocumentCategory


@cache
def tables() -> dict[str, dict[str, str]]:
    """The table, part by part."""
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def code(part: str, word: str) -> str:
    """The code for a word; empty where IATI is told nothing."""
    return tables()[part].get(word, "")
