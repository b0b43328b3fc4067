"""Four eyes: who entered a record, or corrected it last, does not publish it. Asked for by the setting ``FOUR_EYES``.

Who had a hand in a record is read from its history, so that it holds for whatever way led to it: a form, a candidate
that was accepted, a merge, a version that was restored.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser

from history.models import Version
from history.refusing import Problem

MOST_NAMED = 5
BACKEND = "django.contrib.auth.backends.ModelBackend"  # the one of several that knows permissions
IMPORTED = ".import"  # of a file's rows the reviewer is who approves the file


def problems_of_four_eyes(
    kind: str,
    record: Any,
    *,
    acting_user: AbstractBaseUser | None,
    permission: str,
    entered: Collection[str],
) -> list[Problem]:
    """What keeps a person from publishing a record that is their own; nothing where four eyes are not asked for.

    ``entered`` are the names in the record's kept state that people enter; the rest follows from them. Jobs are no
    persons, and publish what they are told to.
    """
    if not settings.FOUR_EYES or acting_user is None:
        return []
    if _entered_by(kind, record) == acting_user.pk:
        done = "entered"
    elif _corrected_last(kind, record.pk, entered) == acting_user.pk:
        done = "corrected"
    else:
        return []
    words = f"You {done} {record.public_id}, and what one person {done} another one publishes."
    return [Problem("state", f"{words} {who_may_instead(acting_user, permission)}")]


def who_may_instead(acting_user: AbstractBaseUser, permission: str) -> str:
    """A sentence that names the others who may do what a person may not."""
    may = get_user_model()._default_manager.with_perm(permission, backend=BACKEND)
    names = [str(one) for one in may.filter(is_staff=True).exclude(pk=acting_user.pk).order_by("username")]
    if not names:
        return "Nobody else may do so yet: an administrator can put a colleague into the group Publisher."
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return f"Ask {', '.join(names[:MOST_NAMED])}{more}."


def _entered_by(kind: str, record: Any) -> int | None:
    """Who entered a record: what it says itself, or else who made its first version."""
    if getattr(record, "import_batch_id", None) is not None:
        return None  # a file did; who approved the file reviewed its rows
    if hasattr(record, "entered_by_id"):
        return record.entered_by_id  # type: ignore[no-any-return]
    first = Version.objects.filter(kind=kind, object_id=record.pk).select_related("since").order_by("since_id").first()
    return _person(first) if first is not None else None


def _corrected_last(kind: str, object_id: int, entered: Collection[str]) -> int | None:
    """Who made the newest change of what people enter."""
    versions = Version.objects.filter(kind=kind, object_id=object_id).select_related("since").order_by("-since_id")
    newer: Version | None = None
    for version in versions.iterator(chunk_size=50):
        other = newer is not None and _content(newer.state, entered) != _content(version.state, entered)
        if newer is not None and other and (person := _person(newer)):
            return person
        newer = version
    return _person(newer) if newer is not None else None


def _person(version: Version) -> int | None:
    return None if version.since.action.endswith(IMPORTED) else version.since.actor_id


def _content(state: Mapping[str, Any], entered: Collection[str]) -> dict[str, Any]:
    return {name: state.get(name) for name in entered}
