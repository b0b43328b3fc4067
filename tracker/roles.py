"""The groups of staff, from those who look to those who run the tracker; each may do what the one before may.

``migrate`` makes the groups that are missing. What an administrator changed in a group stays as it is: an upgrade gives
a standing group only permissions that did not exist before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.apps import apps as installed
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import Q

VIEWER, REVIEWER, EDITOR, PUBLISHER = "Viewer", "Reviewer", "Editor", "Publisher"
ADMINISTRATOR = "Administrator"  # has every permission
ROLES = (VIEWER, REVIEWER, EDITOR, PUBLISHER, ADMINISTRATOR)

# A Viewer sees all that these rooms hold; accounts, log-ins and schedules are the Administrator's.
SEEN = ("pledges", "sanctions", "review", "interchange", "ingestion", "reference", "history")
# What each role may do beyond the one before it: by room, the permissions' code names.
MORE: dict[str, dict[str, tuple[str, ...]]] = {
    VIEWER: {},
    REVIEWER: {"review": ("add_decision",), "ingestion": ("add_article",)},
    EDITOR: {
        "pledges": ("add_pledge", "change_pledge", "add_runningtotalclaim", "change_runningtotalclaim"),
        "sanctions": tuple(
            f"{action}_{model}"
            for model in ("measure", "programme", "legalact", "round", "designation", "target")
            for action in ("add", "change")
        ),
        "reference": ("add_party", "change_party", "add_rate"),
    },
    PUBLISHER: {
        "pledges": ("publish_pledge",),
        "sanctions": ("publish_measure", "publish_designation"),
        "interchange": ("add_fileimport",),
    },
}


def permissions_of(role: str) -> Q:
    """The permissions that a role has from the start, as a condition."""
    if role == ADMINISTRATOR:
        return Q()
    allowed = Q(content_type__app_label__in=SEEN, codename__startswith="view_")
    for one in ROLES[: ROLES.index(role) + 1]:
        for room, names in MORE[one].items():
            allowed |= Q(content_type__app_label=room, codename__in=names)
    return allowed


def after_migrating(*, using: str, apps: Any = installed, **_: Any) -> None:
    """Bring the groups up to date once all tables stand; nothing to do while there are no groups.

    ``apps`` is absent where tables were emptied, not migrated.
    """
    try:
        apps.get_model("auth", "Group")
    except LookupError:
        return
    ensure_groups(using=using)


def ensure_groups(*, using: str = "default") -> None:
    """Make the groups that are missing, with all their permissions; give standing ones those that are new."""
    with transaction.atomic(using=using):
        known = set(_permissions(using).values_list("pk", flat=True))
        for config in installed.get_app_configs():
            create_permissions(config, verbosity=0, using=using)
        new = set(_permissions(using).values_list("pk", flat=True)) - known
        for role in ROLES:
            group, made = Group.objects.using(using).get_or_create(name=role)
            ids = _permissions(using).filter(permissions_of(role)).values_list("pk", flat=True)
            group.permissions.add(*(ids if made else _among(ids, new)))


def _permissions(using: str) -> Any:
    return Permission.objects.using(using)


def _among(ids: Iterable[int], wanted: set[int]) -> Iterator[int]:
    return (pk for pk in ids if pk in wanted)
