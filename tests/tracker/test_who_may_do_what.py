"""Every page, form and action of the admin, tried as each group: who may, and who may not.

A page that is new has to say here who may open it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.test import Client, RequestFactory
from django.urls import reverse

from history.models import Version
from pledges.drafts import PledgeDraft
from pledges.models import Pledge
from pledges.services import correct_pledge
from sanctions.drafts import EvidenceDraft, MeasureDraft, StepDraft
from sanctions.services import correct_measure, create_measure
from tests.admin_pages import client_of
from tests.builders import NOW, draft, party, person, published, rates
from tracker.roles import ADMINISTRATOR, EDITOR, PUBLISHER, REVIEWER, ROLES, VIEWER

pytestmark = pytest.mark.django_db
NOBODY = "nobody"
OURS = ("pledges", "sanctions", "review", "interchange", "ingestion", "reference")

# From which group on something may be added, and changed; nobody where it is not named.
ADD = {
    "pledges.pledge": EDITOR,
    "pledges.runningtotalclaim": EDITOR,
    "pledges.price": ADMINISTRATOR,
    "sanctions.measure": EDITOR,
    "sanctions.programme": EDITOR,
    "sanctions.round": EDITOR,
    "sanctions.target": EDITOR,
    "sanctions.designation": EDITOR,
    "reference.party": EDITOR,
    "reference.rate": EDITOR,
    "reference.dataset": ADMINISTRATOR,
    "reference.partyfigure": ADMINISTRATOR,
    "interchange.fileimport": EDITOR,
    "ingestion.source": ADMINISTRATOR,
}
CHANGE = {
    "pledges.pledge": EDITOR,
    "pledges.runningtotalclaim": EDITOR,
    "sanctions.measure": EDITOR,
    "sanctions.programme": EDITOR,
    "sanctions.round": EDITOR,
    "sanctions.target": EDITOR,
    "sanctions.designation": EDITOR,
    "reference.party": EDITOR,
    "reference.dataset": ADMINISTRATOR,
    "reference.partyfigure": ADMINISTRATOR,
    "review.deskcandidate": REVIEWER,
    "ingestion.source": ADMINISTRATOR,
    "ingestion.hostslot": ADMINISTRATOR,
}
# Pages beside the usual ones: from which group on they open.
FURTHER = {
    "withdraw": PUBLISHER,
    "merge": PUBLISHER,
    "sanctions_target_restore": EDITOR,
    "reference_dataset_restore": ADMINISTRATOR,
    "reference_partyfigure_restore": ADMINISTRATOR,
    "restore": EDITOR,
}
# Pages of rooms that try them in tests of their own.
TRIED_ELSEWHERE = {
    "review_article", "review_claim", "review_leave", "ingestion_article_paste", "ingestion_article_address",
    "ingestion_notice_put_away", "ingestion_revision_bytes", "ingestion_source_health", "ingestion_source_watch",
    "ingestion_source_progress", "source_fetch_now", "source_pause", "source_resume",
    "interchange_fileimport_confirm", "interchange_export",
}  # fmt: skip
ACTIONS = {
    "publish_selected": PUBLISHER,
    "adopt_selected": EDITOR,
    "take_in_again": EDITOR,
    "fetch_now": ADMINISTRATOR,
    "pause": ADMINISTRATOR,
    "resume": ADMINISTRATOR,
}
MODELS = sorted(
    (model for model in admin.site._registry if model._meta.app_label in OURS), key=lambda model: model._meta.label
)
LABELS = [model._meta.label_lower for model in MODELS]


def may(role: str, lowest: str) -> bool:
    return lowest != NOBODY and ROLES.index(role) >= ROLES.index(lowest)


def member(role: str) -> Any:
    user, _ = get_user_model().objects.get_or_create(username=role.lower(), defaults={"is_staff": True})
    user.groups.set([Group.objects.get(name=role)])
    return user


def client_as(role: str) -> Client:
    client = Client()
    client.force_login(member(role))
    return client


def admin_of(label: str) -> Any:
    return next(one for model, one in admin.site._registry.items() if model._meta.label_lower == label)


def address(label: str, page: str, *args: Any) -> str:
    return reverse(f"admin:{label.replace('.', '_')}_{page}", args=args)


@pytest.fixture
def records() -> dict[str, tuple[int, int]]:
    """A pledge and a measure, published and corrected once: id, and the change of the first version."""
    rates()
    pledge: Pledge = published()
    first = pledge.last_seq
    again: PledgeDraft = draft("Corrected")
    correct_pledge(pledge.pk, again, now=NOW, acting_user=person())
    wanted = MeasureDraft(
        "A ban",
        imposers=(party("EU"),),
        types=("tariff",),
        steps=(StepDraft(precision="unknown"),),
        evidence=(EvidenceDraft(url="https://example.org", quote="They did."),),
    )
    measure = create_measure(wanted, now=NOW, acting_user=person())
    begun = measure.last_seq
    correct_measure(measure.pk, MeasureDraft("Another", types=("tariff",)), now=NOW, acting_user=person())
    found = {"pledges.pledge": (pledge.pk, first), "sanctions.measure": (measure.pk, begun)}
    assert Version.objects.filter(since_id__in=[first, begun]).exists()
    return found


def further_pages() -> Iterator[tuple[str, str]]:
    """Label and name of each page beside Django's own."""
    usual = ("changelist", "add", "history", "delete", "change")
    for model, one in admin.site._registry.items():
        label = model._meta.label_lower
        if model._meta.app_label not in OURS:
            continue
        names = {f"{label.replace('.', '_')}_{page}" for page in usual}
        yield from ((label, url.name) for url in one.get_urls() if url.name and url.name not in names)


@pytest.mark.parametrize("role", ROLES)
def test_each_group_sees_every_list_of_the_record(role: str) -> None:
    client = client_as(role)
    assert {label: client.get(address(label, "changelist")).status_code for label in LABELS} == dict.fromkeys(
        LABELS, 200
    )


@pytest.mark.parametrize("role", ROLES)
def test_only_who_may_add_something_gets_its_form(role: str) -> None:
    client = client_as(role)
    opened = {label for label in LABELS if client.get(address(label, "add")).status_code == 200}
    assert opened == {label for label in LABELS if may(role, ADD.get(label, NOBODY))}


@pytest.mark.parametrize("role", ROLES)
def test_only_who_may_change_something_may_change_it(role: str) -> None:
    request = RequestFactory().get("/")
    request.user = member(role)
    changed = {label for label in LABELS if admin_of(label).has_change_permission(request)}
    assert changed == {label for label in LABELS if may(role, CHANGE.get(label, NOBODY))}


@pytest.mark.parametrize("role", ROLES)
def test_nobody_deletes_anything_of_the_record(role: str) -> None:
    request = RequestFactory().get("/")
    request.user = member(role)
    assert [label for label in LABELS if admin_of(label).has_delete_permission(request)] == []


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("label", ["pledges.pledge", "sanctions.measure"])
def test_the_pages_of_a_record_open_and_save_for_whom_they_should(
    role: str, label: str, records: dict[str, tuple[int, int]]
) -> None:
    client, (pk, first) = client_as(role), records[label]
    assert client.get(address(label, "change", pk)).status_code == 200
    assert client.get(address(label, "history", pk)).status_code == 200
    assert (client.post(address(label, "change", pk), {}).status_code == 403) is not may(role, EDITOR)
    assert (client.get(address(label, "withdraw", pk)).status_code == 200) is may(role, PUBLISHER)
    assert (client.get(address(label, "merge", pk)).status_code == 200) is may(role, PUBLISHER)
    assert (client.get(address(label, "restore", pk, first)).status_code == 200) is may(role, EDITOR)
    assert (client.post(address(label, "change", pk), {"_publish": "1"}).status_code == 403) is not may(role, PUBLISHER)


@pytest.mark.parametrize("role", ROLES)
def test_each_group_is_offered_the_actions_that_it_may_take(role: str) -> None:
    request = RequestFactory().get("/")
    request.user = member(role)
    for label in LABELS:
        for name in admin_of(label).get_actions(request):
            if name != "delete_selected" and name in ACTIONS:
                assert may(role, ACTIONS[name]), f"{role} is offered {name} for {label}"
    offered = {name for label in LABELS for name in admin_of(label).get_actions(request)}
    assert {name for name, lowest in ACTIONS.items() if may(role, lowest)} <= offered


def test_every_action_says_from_which_group_on_it_may_be_taken() -> None:
    request = RequestFactory().get("/")
    request.user = member(ADMINISTRATOR)
    offered = {name for label in LABELS for name in admin_of(label).get_actions(request)} - {"delete_selected"}
    assert offered - set(ACTIONS) == set(), "Name each new action in ACTIONS, with the lowest group that may take it."


def test_every_further_page_says_from_which_group_on_it_opens() -> None:
    known = TRIED_ELSEWHERE | set(FURTHER)
    unknown = [name for _, name in further_pages() if name not in known and name.rpartition("_")[2] not in FURTHER]
    assert unknown == [], "Name each new page here, with the lowest group that may open it."


@pytest.mark.parametrize("role", ROLES)
def test_accounts_log_ins_and_schedules_are_for_administrators_alone(role: str) -> None:
    client = client_as(role)
    for path in ("auth/user", "auth/group", "axes/accessattempt", "django_celery_beat/periodictask"):
        expected = 200 if role == ADMINISTRATOR else 403
        assert client.get(f"/admin/{path}/").status_code == expected, path


def test_who_is_in_no_group_sees_nothing() -> None:
    client = client_of("nobody")
    assert {client.get(address(label, "changelist")).status_code for label in LABELS} == {403}


def test_a_viewer_is_the_least(records: dict[str, tuple[int, int]]) -> None:
    client = client_as(VIEWER)
    page = client.get(address("pledges.pledge", "change", records["pledges.pledge"][0])).content.decode()
    assert "Restore" not in page
    assert 'name="_save"' not in page
