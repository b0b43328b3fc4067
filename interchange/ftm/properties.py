"""Which properties an entity of a schema has, and which values they take; the rest is told in its notes. Pure."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import pycountry

FILE = Path(__file__).resolve().parent.parent / "data" / "ftm.toml"
DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
EMAIL = re.compile(r"[^\s@;,]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}")
URL = re.compile(r"https?://[^\s]+\.[^\s]+")
GENDERS = {"male", "female", "other"}
FURTHER_COUNTRIES = {"eu", "xk", "un"}
Properties = dict[str, list[str]]


@cache
def table() -> dict[str, Any]:
    """The table between the record's words and the schemata."""
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


@cache
def known(schema: str) -> frozenset[str]:
    """The properties that a schema has of those that the record can fill."""
    own = frozenset(table()["properties"][schema])
    parent = table()["parents"].get(schema)
    return own | known(parent) if parent else own


def entity_id(*parts: str) -> str:
    """A stable id."""
    return "-".join([table()["prefix"]["id"], *parts])


def add(found: Properties, name: str, values: Iterable[str]) -> None:
    """Add values to a property, each once; empty ones say nothing."""
    standing = found.setdefault(name, [])
    standing += [value for value in dict.fromkeys(map(str.strip, values)) if value and value not in standing]
    if not standing:
        del found[name]


def add_detail(found: Properties, schema: str, name: str, values: Iterable[str]) -> None:
    """Add what an act says of a target: as its property, or in the notes where the schema has none for it."""
    for value in values:
        taken = _taken(name, value.strip()) if name != "notes" and name in known(schema) else None
        if taken is not None:
            add(found, name, [taken])
        elif value.strip():  # notes take a text of any length
            add(found, "notes", [value if name == "notes" else f"{name}: {value.strip()}"])


def _taken(name: str, value: str) -> str | None:
    """The value as the property takes it; ``None`` if it does not."""
    types = table()["types"]
    if name in types["country"]:
        return country(value)
    if name in types["date"]:
        return value if DATE.fullmatch(value) else None
    if name in types["gender"]:
        return value.lower() if value.lower() in GENDERS else None
    if name in types["email"]:
        return value.lower() if EMAIL.fullmatch(value) else None
    if name in types["url"]:
        address = value.rstrip(",.;")
        return address if URL.fullmatch(address) else None
    return value if value and len(value) <= longest(name) else None


def longest(name: str) -> int:
    """How many characters a property takes."""
    lengths = table()["longest"]
    kind = next((kind for kind in ("address", "identifier") if name in table()["types"][kind]), "string")
    found: int = lengths[kind]
    return found


def country(value: str) -> str | None:
    """A country as its code in small letters; ``None`` for what is none."""
    code = value.lower()
    if code in FURTHER_COUNTRIES or (len(code) == 2 and pycountry.countries.get(alpha_2=code.upper())):
        return code
    return None
