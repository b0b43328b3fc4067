"""How staff describe a source: minutes, expectations, and errors at the field that they are about."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from history.models import Change
from ingestion.models import HostSlot, Source, SourceKind
from tests.admin_pages import client_of, errors_of, fields_of, messages_of
from tests.ingestion.conftest import MakeSource

pytestmark = pytest.mark.django_db
NEW = {"name": "New", "kind": "feed", "url": "https://example.org/feed", "poll_floor": "10", "poll_ceiling": "360"}


@pytest.fixture
def chief() -> Client:
    """A browser in which a superuser is logged in."""
    return client_of("chief", everything=True)


def add(client: Client, **fields: Any) -> Any:
    """The answer to the form for a new source."""
    return client.post(reverse("admin:ingestion_source_add"), {**NEW, **fields})


def change(client: Client, source: Source, **fields: Any) -> Any:
    """The answer to the form of a source, with some fields changed."""
    address = reverse("admin:ingestion_source_change", args=[source.pk])
    return client.post(address, {**fields_of(client.get(address)), **fields})


def test_every_field_that_staff_fill_is_kept(chief: Client) -> None:
    add(
        chief, kind="index", link_selector="main h2 a", publisher="P", official="on", poll_floor="0.5",
        poll_ceiling="1440", articles_week_least="1", articles_week_most="50", findings_month_least="0",
        findings_month_most="9",
    )  # fmt: skip
    source = Source.objects.get()
    assert (source.kind, source.link_selector, source.publisher, source.official) == ("index", "main h2 a", "P", True)
    assert (source.poll_floor, source.poll_ceiling) == (30, 86_400)
    assert (source.articles_week_least, source.articles_week_most) == (1, 50)
    assert (source.findings_month_least, source.findings_month_most) == (0, 9)


@pytest.mark.parametrize(
    ("fields", "field", "sentence"),
    [
        ({"poll_floor": "0.4"}, "poll_floor", "Give at least half a minute (0.5)."),
        (
            {"poll_floor": "50000", "poll_ceiling": "60000"},
            "poll_ceiling",
            "Give at most 43,200 minutes (thirty days).",
        ),
        (
            {"poll_ceiling": "5"},
            "poll_ceiling",
            "The longest pause between two polls is shorter than the shortest one.",
        ),
        ({"kind": "index"}, "link_selector", "Say which links lead to articles, as a CSS selector: main h2 a"),
        ({"link_selector": "a"}, "link_selector", "Only an index page has a selector for its links; leave it empty."),
        (
            {"articles_week_least": "5", "articles_week_most": "4"},
            "articles_week_most",
            "The most that is expected is less than the least.",
        ),
        (
            {"findings_month_least": "5", "findings_month_most": "4"},
            "findings_month_most",
            "The most that is expected is less than the least.",
        ),
        ({"url": ""}, "url", "Give the address of the feed, or a path below the folder for local sources."),
    ],
)
def test_a_fault_stands_once_at_the_field_that_it_is_about(
    chief: Client, fields: dict[str, str], field: str, sentence: str
) -> None:
    errors = errors_of(add(chief, **fields))
    assert errors[field] == [sentence]
    assert "__all__" not in errors
    assert not Source.objects.exists()


def test_a_name_that_is_taken_is_told_at_the_name(chief: Client, make_source: MakeSource) -> None:
    make_source("https://example.org/a", name="New")
    assert "name" in errors_of(add(chief))


def test_what_is_shown_and_sent_back_untouched_changes_nothing(chief: Client, make_source: MakeSource) -> None:
    source = make_source("https://example.org/a", poll_floor=45, poll_ceiling=5400, articles_week_least=0)
    assert change(chief, source).status_code == 302
    source.refresh_from_db()
    assert (source.poll_floor, source.poll_ceiling, source.articles_week_least) == (45, 5400, 0)


def test_a_floor_above_the_present_pace_is_taken_and_the_pace_follows(chief: Client, make_source: MakeSource) -> None:
    source = make_source("https://example.org/a", poll_interval=900)
    assert change(chief, source, poll_floor="60").status_code == 302
    source.refresh_from_db()
    assert (source.poll_floor, source.poll_interval) == (3600, 3600)


@pytest.mark.parametrize(
    ("kind", "shown", "hidden"),
    [
        (SourceKind.FEED, {"fetch_pages", "poll_floor"}, {"link_selector"}),
        (SourceKind.INDEX, {"link_selector", "poll_floor"}, {"fetch_pages"}),
        (SourceKind.SITEMAP, {"poll_floor"}, {"fetch_pages", "link_selector"}),
        (SourceKind.SINGLE, {"publisher"}, {"url", "poll_floor", "articles_week_least", "fetch_pages"}),
    ],
)
def test_a_source_has_the_fields_of_its_kind_and_can_be_saved(
    chief: Client, make_source: MakeSource, kind: SourceKind, shown: set[str], hidden: set[str]
) -> None:
    source = make_source(
        "" if kind == SourceKind.SINGLE else "https://example.org/a",
        kind=kind, link_selector="h2 a" if kind == SourceKind.INDEX else "", poll_floor=60,
    )  # fmt: skip
    page = chief.get(reverse("admin:ingestion_source_change", args=[source.pk]))
    fields = set(page.context["adminform"].form.fields)
    assert shown <= fields
    assert not hidden & fields
    assert change(chief, source, publisher="P").status_code == 302
    source.refresh_from_db()
    assert (source.publisher, source.kind, source.poll_floor) == ("P", kind, 60)


def test_an_address_that_moved_is_shown(chief: Client, make_source: MakeSource) -> None:
    moved = make_source("https://new.example.org/", former_url="https://old.example.org/")
    Source.objects.update(moved_at=moved.created_at)
    page = chief.get(reverse("admin:ingestion_source_change", args=[moved.pk])).content.decode()
    assert "https://old.example.org/ (2026-05-04)" in page


def test_the_pause_of_a_host_is_set_by_staff_and_stands_in_history(chief: Client) -> None:
    slot = HostSlot.objects.create(host="example.org", asked_to_wait="Too often.", refusals=2)
    address = reverse("admin:ingestion_hostslot_change", args=[slot.pk])
    assert chief.post(address, {"delay_seconds": "2.5"}).status_code == 302
    slot.refresh_from_db()
    assert (slot.delay_seconds, slot.refusals) == (2.5, 2)
    assert Change.objects.filter(action="host.delay").count() == 1
    assert chief.post(address, {"delay_seconds": ""}).status_code == 302
    slot.refresh_from_db()
    assert slot.delay_seconds is None
    assert errors_of(chief.post(address, {"delay_seconds": "3601"})) == {
        "delay_seconds": ["Ensure this value is less than or equal to 3600."]
    }


@pytest.mark.parametrize("model", ["hostslot", "robotsfile", "backfill", "backfillline", "notice"])
def test_what_workers_write_has_lists_that_open_and_take_nothing_new(chief: Client, model: str) -> None:
    assert chief.get(reverse(f"admin:ingestion_{model}_changelist")).status_code == 200
    assert chief.get(reverse(f"admin:ingestion_{model}_add")).status_code == 403


def test_the_action_of_the_list_says_where_each_fetch_can_be_watched(
    chief: Client, make_source: MakeSource, staff: User
) -> None:
    ids = [make_source(f"{n}.xml").pk for n in range(2)]
    fields = {"action": "fetch_now", "_selected_action": ids}
    page = chief.post(reverse("admin:ingestion_source_changelist"), fields, follow=True)
    said = messages_of(page)
    assert len(said) == 2
    for pk, words in zip(ids, said, strict=True):
        assert reverse("admin:ingestion_source_watch", args=[pk]) in words
