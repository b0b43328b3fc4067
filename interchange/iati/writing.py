"""Writes the activities one after the other: memory does not grow with them."""

from __future__ import annotations

from datetime import UTC
from itertools import chain
from pathlib import Path

from lxml import etree

from interchange.iati.activities import activity
from interchange.iati.codes import VERSION
from interchange.iati.facts import facts_of
from interchange.publishing.scope import Stand


def write_activities(path: Path, stand: Stand) -> int:
    """Write the file and return how many activities it holds. Without any there is no file: the schema wants one."""
    found = facts_of(stand)
    first = next(found, None)
    if first is None:
        return 0
    told = {"version": VERSION}
    if stand.at:
        told["generated-datetime"] = stand.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    count = 0
    with path.open("wb") as target, etree.xmlfile(target, encoding="utf-8") as file:
        file.write_declaration()
        with file.element("iati-activities", told):
            file.write("\n")
            for facts in chain([first], found):
                element = activity(facts)
                etree.indent(element)
                file.write(element)
                file.write("\n")
                count += 1
        file.flush()
    return count
