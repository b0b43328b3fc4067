"""The admin's front page: what needs doing, for whom, and where each figure leads."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from ingestion.models import Source, SourceKind, SourceState
from pledges.models import Pledge
from pledges.services import create_pledge
from reference.models import Dataset
from review.front import blocks
from tests import builders
from tests.admin_pages import client_of, text_of
from tests.review import making

pytestmark = pytest.mark.django_db
FRONT = reverse("admin:index")


@pytest.fixture(autouse=True)
def static_folder(settings: Settings) -> None:
    """The folder whose absence the static files' middleware warns of."""
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)


@pytest.fixture
def busy() -> None:
    """Something of everything that a front page speaks of."""
    now = timezone.now()
    making.five()
    builders.rates()
    builders.published("Valued", **builders.euros("100"))
    builders.published("Unvalued")
    builders.published("Unconverted", stated=Decimal(5), currency="UAH")
    create_pledge(builders.draft("Draft"), now=now, acting_user=builders.person())
    create_pledge(builders.draft("Bare", evidence=()), now=now, acting_user=builders.person())
    for one in (SourceState.FAILING, SourceState.ACTIVE):
        Source.objects.create(
            name=str(one.label), kind=SourceKind.FEED, url="x.xml", state=one, created_at=now, failures=3
        )
    Pledge.objects.filter(state="published").update(published_at=now - timedelta(hours=1))


def figures(page: Any) -> dict[str, int]:
    named = r'<(?:a|span)[^>]*>([^<]+)</(?:a|span)>\s*<span class="front-count">(\d+)'
    return {unescape(words): int(count) for words, count in re.findall(named, page.content.decode())}


@pytest.mark.usefixtures("busy")
def test_the_front_page_says_what_needs_doing() -> None:
    page = client_of("chief", everything=True).get(FRONT)
    told = figures(page)
    assert (told["Pledges, a week and more"], told["Sanctions, a week and more"]) == (4, 1)
    assert told["Pledges to publish"] == 2
    assert told["Published pledges without a value"] == 1
    assert told["Published pledges that lack a rate"] == 1
    assert told["Pledges without evidence"] == 1
    assert (told["Paused after failures"], told["Failing"]) == (1, 1)
    text = text_of(page)
    assert "5 waiting for a decision" in text
    assert "3 published this week" in text
    assert "Unconverted" in text


@pytest.mark.usefixtures("busy")
def test_each_figure_leads_to_a_list_of_as_many() -> None:
    client = client_of("chief", everything=True)
    markup = client.get(FRONT).content.decode()
    links = re.findall(r'<a href="([^"]+)">[^<]+</a>\s*<span class="front-count">(\d+)', markup)
    assert len(links) >= 8
    for address, count in links:
        page = client.get(unescape(address))
        assert page.status_code == 200, address
        context: Any = page.context
        shown = len(context["rows"]) if "rows" in context else context["cl"].result_count
        assert shown == int(count), address


@pytest.mark.usefixtures("busy")
def test_what_was_published_this_week_leads_to_its_list() -> None:
    client = client_of("chief", everything=True)
    markup = client.get(FRONT).content.decode()
    address = re.search(r'<a href="([^"]+)">in the last seven days</a>', markup)
    assert address is not None
    page: Any = client.get(unescape(address[1]))
    assert page.context["cl"].result_count == 3


@pytest.mark.usefixtures("busy")
def test_records_of_imported_datasets_are_not_counted() -> None:
    other = Dataset.objects.create(key="theirs", name="Theirs", licence="Theirs", redistributable=False)
    Pledge.objects.update(dataset=other)
    assert "Pledges to publish" not in figures(client_of("chief", everything=True).get(FRONT))


@pytest.mark.usefixtures("busy")
@pytest.mark.parametrize(
    ("permission", "seen"),
    [
        ("review.view_deskcandidate", ["waiting"]),
        ("review.add_decision", ["waiting"]),
        ("pledges.view_pledge", ["records", "published"]),
        ("sanctions.view_measure", ["records", "published"]),
        ("ingestion.view_source", ["sources"]),
        ("auth.view_user", []),
    ],
)
def test_everybody_sees_what_they_may_look_at(permission: str, seen: list[str]) -> None:
    client = client_of("somebody", permission)
    user = client.get(FRONT).wsgi_request.user
    found = blocks(user, now=timezone.now())
    assert [one.key for one in found] == seen
    words = {one.words.split()[0] for block in found for one in block.figures if block.key == "records"}
    assert words <= ({"Sanctions"} if permission.startswith("sanctions") else {"Pledges", "Published"})


@pytest.mark.usefixtures("busy")
def test_the_number_of_queries_does_not_grow_with_the_rows(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    client = client_of("chief", everything=True)
    client.get(FRONT)
    with django_assert_max_num_queries(16) as few:
        client.get(FRONT)
    for number in range(20):
        builders.published(f"Another {number}")
        making.one()
    with django_assert_max_num_queries(16) as many:
        client.get(FRONT)
    assert len(many) <= len(few)


def test_an_empty_tracker_says_that_there_is_nothing_to_do(client: Client) -> None:
    text = text_of(client_of("chief", everything=True).get(FRONT))
    assert "Nothing waits for a decision." in text
    assert "There are no sources yet." in text
    assert "Every record is published, valued and proved." in text
