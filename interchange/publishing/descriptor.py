"""What a data package says of itself: ``datapackage.json``, a page to read first, and how to cite it. Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from interchange.publishing.scope import KNOWN_LICENCES, TITLE, Stand
from interchange.writing.tables import Column, Kind, Table

# How a kind is named in the standard's table schema. A list is a text: its entries stand between semicolons.
TYPES = {
    Kind.TEXT: "string",
    Kind.CODE: "string",
    Kind.LIST: "string",
    Kind.INTEGER: "integer",
    Kind.DECIMAL: "number",
    Kind.DATE: "date",
    Kind.DATETIME: "datetime",
    Kind.BOOLEAN: "boolean",
}


@dataclass(frozen=True, slots=True)
class Part:
    """A file of a package, as it was written."""

    table: Table
    path: str
    rows: int
    bytes: int
    sha256: str


def descriptor(stand: Stand, parts: Sequence[Part]) -> dict[str, Any]:
    """The content of ``datapackage.json``."""
    told: dict[str, Any] = {
        "profile": "tabular-data-package",
        "name": f"pledge-tracker-{stand.scope}",
        "title": stand.title,
        "description": f"The published record as it stood at {stand.as_of}. Citation: {stand.citation}",
        "version": stand.release or f"change-{stand.seq}",
        "change": stand.seq,
        "licenses": licences(stand),
        "sources": [source for one in stand.datasets for source in _sources(one)] or [{"title": TITLE}],
        "resources": [_resource(part, {one.table.name for one in parts}) for part in parts],
        "citation": stand.citation,
    }
    if stand.note:
        told["note"] = stand.note
    if stand.at:
        told["created"] = stand.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return told


def licences(stand: Stand) -> list[dict[str, str]]:
    """The licences in the standard's form, each once."""
    found: dict[str, dict[str, str]] = {}
    for one in stand.datasets:
        name, path = KNOWN_LICENCES.get(one.licence, ("", ""))
        known = {"name": name, "path": path, "title": one.licence} if name else {"name": "other", "title": one.licence}
        found.setdefault(one.licence, known)
    return list(found.values())


def _sources(dataset: Any) -> list[dict[str, str]]:
    told = {"title": dataset.name}
    if dataset.url:
        told["path"] = dataset.url
    return [told]


def _resource(part: Part, known: set[str]) -> dict[str, Any]:
    return {
        "profile": "tabular-data-resource",
        "name": part.table.name.replace("_", "-"),
        "title": part.table.title,
        "description": part.table.description,
        "path": part.path,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": part.bytes,
        "hash": f"sha256:{part.sha256}",
        "rows": part.rows,
        "dialect": {"delimiter": ",", "lineTerminator": "\r\n", "quoteChar": '"', "doubleQuote": True, "header": True},
        "schema": schema_of(part.table, known),
    }


def schema_of(table: Table, known: set[str]) -> dict[str, Any]:
    """A table in the standard's table schema; ``known`` are the tables that foreign keys may lead to."""
    told: dict[str, Any] = {"fields": [_field(column) for column in table.columns], "missingValues": [""]}
    if table.primary_key:
        told["primaryKey"] = list(table.primary_key)
    keys = [
        {
            "fields": list(key.columns),
            "reference": {
                "resource": "" if key.table == table.name else key.table.replace("_", "-"),
                "fields": list(key.to),
            },
        }
        for key in table.foreign_keys
        if key.table in known
    ]
    if keys:
        told["foreignKeys"] = keys
    return told


def _field(column: Column) -> dict[str, Any]:
    told: dict[str, Any] = {
        "name": column.name,
        "type": TYPES[column.kind],
        "title": column.title,
        "description": column.description,
    }
    if column.unit:
        told["unit"] = column.unit
    if column.kind is Kind.LIST:
        told["list"] = {"separator": ";", "escape": "\\"}
    if column.vocabulary:
        told["codes"] = dict(column.vocabulary)
    constraints: dict[str, Any] = {}
    if column.required:
        constraints["required"] = True
    if column.unique:
        constraints["unique"] = True
    if column.minimum is not None:
        constraints["minimum"] = column.minimum
    if column.vocabulary and column.kind is Kind.CODE:
        constraints["enum"] = list(column.vocabulary)
    if constraints:
        told["constraints"] = constraints
    return told


def as_json(told: Any) -> bytes:
    """JSON for people and machines, the same for the same content."""
    return (json.dumps(told, ensure_ascii=False, indent=2) + "\n").encode()


def read_me(stand: Stand) -> list[str]:
    """What a reader should know first, line by line."""
    return [
        stand.title,
        f"State of the record: {stand.as_of}. All files of one edition are of this state.",
        *([stand.note] if stand.note else []),
        f"Licence: {stand.licence}",
        f"Cite as: {stand.citation}",
        "",
        "Only records that a person reviewed are here. What is not known is empty, never zero.",
        "Amounts are exact decimals. eur_ and usd_ amounts were converted by the rate of the day and frozen.",
        "Totals are sums of total_lines that are not left out and are no refugee costs, of one dataset: datasets tell "
        "of the same aid, and adding up several counts it twice.",
        "A package counts as its parts plus its remainder: so it is in total_lines; pledges hold what each is worth.",
    ]


CSV_WORDS = [
    "A list stands in one cell, its entries between semicolons; a semicolon within an entry has a backslash in front.",
    "A text that a spreadsheet program could take for a formula has an apostrophe in front: take it away to read the "
    "text. A text that begins so itself has one more.",
]


def read_me_page(stand: Stand, lines: Sequence[str], tables: Sequence[Table]) -> bytes:
    """``README.md`` of a package."""
    title, *words = [*read_me(stand), *lines]
    page = [
        f"# {title}",
        *words,
        "",
        "## Tables",
        *(f"* `{one.name}`: {one.title}. {one.description}" for one in tables),
    ]
    return ("\n\n".join(part for part in page if part) + "\n").encode()


def citation_file(stand: Stand) -> bytes:
    """``CITATION.cff``, which citation managers read. JSON strings are YAML strings."""
    names = {KNOWN_LICENCES[one.licence][0] for one in stand.datasets if one.licence in KNOWN_LICENCES}
    told = {
        "cff-version": "1.2.0",
        "message": "Cite the data as below.",
        "type": "dataset",
        "title": stand.title,
        "authors": [{"name": TITLE}],
        "version": stand.release or f"change-{stand.seq}",
    }
    if stand.at:
        told["date-released"] = stand.at.astimezone(UTC).strftime("%Y-%m-%d")
    if len(names) == 1 and len(stand.datasets) == 1:
        told["license"] = names.pop()
    references = [
        {"type": "data", "title": one.name, "authors": [{"name": one.publisher or one.name}], "notes": one.citation}
        for one in stand.datasets
        if one.citation
    ]
    if references:
        told["references"] = references
    lines = [f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in told.items()]
    return ("\n".join(lines) + "\n").encode()
