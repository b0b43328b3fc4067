"""What was known of parties, figures and keys at a past change: read from their versions in history.

Rows that history never heard of have stood since they were set up. Where the history of a row begins with how it was
found, it stood so before; where it begins with its making, it was not there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from history.models import Version
from history.rows import RowKind
from history.states import fields_of
from reference.models import Membership, Party

PARTY = "party"
FOUND = ".found"


@dataclass(frozen=True, slots=True)
class MembershipKnown:
    """One party's time in a group."""

    group: int
    since: date
    until: date | None


def states_known(kind: RowKind, seq: int | None) -> dict[int, Mapping[str, Any]]:
    """The columns of each row of a kind, by its id, as they stood right after a change, or stand now."""
    rows = {row.pk: fields_of(row, {"id"}) for row in kind.model._default_manager.all()}
    if seq is None:
        return dict(rows)
    told = _told(kind.name, seq)
    found: dict[int, Mapping[str, Any]] = {pk: state for pk, state in rows.items() if pk not in told}
    found |= {pk: state for pk, state in told.items() if state is not None}
    return found


def memberships_known(seq: int | None) -> dict[int, list[MembershipKnown]]:
    """The memberships of each party that has any, by its id, as they were known right after a change, or are now."""
    found: dict[int, list[MembershipKnown]] = {}
    for member, group, since, until in Membership.objects.order_by("pk").values_list(
        "member_id", "group_id", "since", "until"
    ):
        found.setdefault(member, []).append(MembershipKnown(group, since, until))
    if seq is None:
        return found
    for pk, state in _told(PARTY, seq).items():
        found.pop(pk, None)
        if state is not None and state.get("groups"):
            found[pk] = [_membership(one) for one in state["groups"]]
    return found


def parents_known(seq: int | None) -> dict[int, int | None]:
    """The parent of each party, by its id, as it was known right after a change, or is now."""
    found: dict[int, int | None] = dict(Party.objects.values_list("pk", "parent_id"))
    if seq is not None:
        for pk, state in _told(PARTY, seq).items():
            if state is not None and pk in found:
                found[pk] = state.get("parent_id")
    return found


def _membership(told: Mapping[str, Any]) -> MembershipKnown:
    until = told["until"]
    return MembershipKnown(
        told["group_id"], date.fromisoformat(told["since"]), None if until is None else date.fromisoformat(until)
    )


def _told(kind: str, seq: int) -> dict[int, Mapping[str, Any] | None]:
    """By id, what history says of each row that it knows; ``None`` where the row was not there yet."""
    found: dict[int, Mapping[str, Any] | None] = {}
    versions = Version.objects.filter(kind=kind).order_by("object_id", "since_id").select_related("since")
    for version in versions:
        if version.since_id <= seq:
            gone = version.until_id is not None and version.until_id <= seq
            found[version.object_id] = None if gone else version.state
        elif version.object_id not in found:
            found[version.object_id] = version.state if version.since.action.endswith(FOUND) else None
    return found
