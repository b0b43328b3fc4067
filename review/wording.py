"""What a reviewer changed, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

NOTHING = "–"
LABELS = {
    "announced_earliest": "announced, first day",
    "announced_latest": "announced, last day",
    "announced_precision": "announced, how exactly",
    "stated": "amount",
    "stated_to": "upper end",
    "package_id": "package",
    "channel_id": "channel",
    "moves": "stage",
}
# Ids say nothing to a reader.
HIDDEN = {"id", "ref", "revision_id", "finding_id", "act_id", "price_id"}


@dataclass(frozen=True, slots=True)
class Edit:
    """One field that was changed."""

    label: str
    extracted: str
    decided: str


def parties_named(edits: Mapping[str, Mapping[str, Any]]) -> set[int]:
    """The ids of the parties that the edits speak of."""
    found: set[int] = set()
    for name, edit in edits.items():
        for value in (edit.get("extracted"), edit.get("decided")):
            members = value if isinstance(value, list) else [value]
            if name in ("donors", "recipients"):
                found.update(one["party_id"] for one in members if isinstance(one, Mapping))
            elif name in ("imposers", "targets", "channel_id"):
                found.update(one for one in members if isinstance(one, int))
    return found


def edits_in_words(edits: Mapping[str, Mapping[str, Any]], parties: Mapping[int, str]) -> list[Edit]:
    """The edits of a decision, as they are shown; ``parties`` are names by id."""
    return [
        Edit(
            LABELS.get(name, name.replace("_", " ")).capitalize(),
            _said(name, edit.get("extracted"), parties),
            _said(name, edit.get("decided"), parties),
        )
        for name, edit in edits.items()
    ]


def _said(name: str, value: Any, parties: Mapping[int, str]) -> str:
    if name in ("imposers", "targets", "channel_id"):
        members = value if isinstance(value, list) else [value] if value is not None else []
        return ", ".join(parties.get(one, f"party {one}") for one in members) or NOTHING
    return value_in_words(value, parties)


def value_in_words(value: Any, parties: Mapping[int, str]) -> str:
    """A plain value of a draft for people: rows by their filled fields, lists by their members."""
    if value is None or value in ("", []):
        return NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return "; ".join(value_in_words(one, parties) for one in value)
    if isinstance(value, Mapping):
        return ", ".join(_fields(value, parties)) or NOTHING
    return str(value)


def _fields(row: Mapping[str, Any], parties: Mapping[int, str]) -> Iterator[str]:
    for name, value in row.items():
        if name == "party_id":
            yield parties.get(value, f"party {value}")
        elif name not in HIDDEN and value not in (None, "", False, []):
            yield f"{name.replace('_', ' ')}: {value_in_words(value, parties)}"
