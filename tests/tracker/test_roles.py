"""The groups of staff as ``migrate`` makes and keeps them."""

from __future__ import annotations

from itertools import pairwise

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command

from tracker.roles import ADMINISTRATOR, EDITOR, PUBLISHER, REVIEWER, ROLES, VIEWER, ensure_groups

pytestmark = pytest.mark.django_db


def allowed(role: str) -> set[str]:
    rows = Group.objects.get(name=role).permissions.values_list("content_type__app_label", "codename")
    return {f"{app}.{name}" for app, name in rows}


def test_migrating_makes_the_groups() -> None:
    assert set(Group.objects.values_list("name", flat=True)) >= set(ROLES)


def test_each_group_may_do_what_the_one_before_it_may_and_more() -> None:
    for less, more in pairwise(ROLES):
        assert allowed(less) < allowed(more)


def test_a_viewer_may_look_and_nothing_else() -> None:
    assert allowed(VIEWER)
    assert all(one.split(".")[1].startswith("view_") for one in allowed(VIEWER))
    assert not any(one.startswith(("auth.", "axes.", "django_celery_beat.", "sessions.")) for one in allowed(VIEWER))


def test_only_publishers_publish_and_only_administrators_keep_sources_prices_and_accounts() -> None:
    assert "pledges.change_pledge" in allowed(EDITOR)
    assert "pledges.publish_pledge" not in allowed(EDITOR)
    assert {"pledges.publish_pledge", "sanctions.publish_measure"} <= allowed(PUBLISHER)
    kept = {"ingestion.change_source", "pledges.add_price", "auth.change_user", "reference.change_dataset"}
    assert not kept & allowed(PUBLISHER)
    assert kept <= allowed(ADMINISTRATOR)
    assert "review.add_decision" in allowed(REVIEWER)


def test_an_administrator_has_every_permission() -> None:
    assert len(allowed(ADMINISTRATOR)) == Permission.objects.count()


def test_migrating_again_leaves_what_an_administrator_changed() -> None:
    editors = Group.objects.get(name=EDITOR)
    taken = Permission.objects.get(codename="change_pledge")
    given = Permission.objects.get(codename="publish_pledge")
    editors.permissions.remove(taken)
    editors.permissions.add(given)
    call_command("migrate", verbosity=0)
    assert "pledges.change_pledge" not in allowed(EDITOR)
    assert "pledges.publish_pledge" in allowed(EDITOR)


def test_a_permission_that_is_new_with_an_upgrade_reaches_the_standing_groups() -> None:
    Permission.objects.filter(codename="publish_measure").delete()
    ensure_groups()
    assert "sanctions.publish_measure" in allowed(PUBLISHER)
    assert "sanctions.publish_measure" in allowed(ADMINISTRATOR)
    assert "sanctions.publish_measure" not in allowed(EDITOR)


def test_a_group_that_was_deleted_is_made_again() -> None:
    Group.objects.get(name=VIEWER).delete()
    ensure_groups()
    assert "pledges.view_pledge" in allowed(VIEWER)
