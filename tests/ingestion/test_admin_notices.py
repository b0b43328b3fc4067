"""Notices in the admin: at the top of the front page, on the source's page, in a list, with a button."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from history.models import Change
from ingestion.models import Notice, NoticeKind, Source
from ingestion.services.notices import end_notice, raise_notice, standing
from tests.admin_pages import client_of, messages_of, text_of
from tests.ingestion.conftest import NOW, MakeSource

pytestmark = pytest.mark.django_db
FRONT = "admin:index"


@pytest.fixture
def keeper() -> Client:
    """Someone who looks after sources and notices."""
    return client_of("keeper", *(f"ingestion.{what}" for what in ("view_source", "view_notice", "change_notice")))


@pytest.fixture
def raised(make_source: MakeSource) -> Notice:
    """A notice about a source."""
    source = make_source("https://example.org/", name="The Herald")
    raise_notice(NoticeKind.PAUSED, source_id=source.pk, words="It was paused after <b>ten</b> failures.", now=NOW)
    return Notice.objects.get()


def put_away(client: Client, notice: Notice, back: str = "") -> str:
    """Press the button; where it leads."""
    answer = client.post(reverse("admin:ingestion_notice_put_away", args=[notice.pk]), {"next": back})
    assert answer.status_code == 302
    return str(answer["Location"])


def test_what_stands_is_at_the_top_of_the_front_page_as_text(keeper: Client, raised: Notice) -> None:
    page = keeper.get(reverse(FRONT))
    assert "Source paused after failures: The Herald" in text_of(page)
    assert "&lt;b&gt;ten&lt;/b&gt;" in page.content.decode()
    end_notice(NoticeKind.PAUSED, source_id=raised.source_id, now=NOW)
    assert "The Herald" not in text_of(keeper.get(reverse(FRONT)))


def test_the_front_page_without_notices_has_no_empty_frame(keeper: Client) -> None:
    assert "ing-notices" not in keeper.get(reverse(FRONT)).content.decode()


def test_who_may_not_see_notices_sees_none_and_who_may_only_see_has_no_button(raised: Notice) -> None:
    assert "Herald" not in text_of(client_of("other", "ingestion.view_source").get(reverse(FRONT)))
    reader = client_of("reader", "ingestion.view_notice")
    page = text_of(reader.get(reverse(FRONT)))
    assert "Herald" in page
    assert "Put away" not in page
    assert reader.post(reverse("admin:ingestion_notice_put_away", args=[raised.pk])).status_code == 403
    assert standing().exists()


def test_the_button_puts_it_away_and_leads_back(keeper: Client, raised: Notice) -> None:
    assert put_away(keeper, raised, reverse(FRONT)) == reverse(FRONT)
    assert not standing().exists()
    change = Change.objects.get(action="notice.put_away")
    assert change.actor is not None
    assert change.actor.get_username() == "keeper"
    put_away(keeper, raised, reverse(FRONT))
    page = keeper.get(reverse(FRONT))
    assert messages_of(page)[-1] == "This notice is over, or someone has put it away already."


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", ""])
def test_the_button_never_leads_elsewhere(keeper: Client, raised: Notice, back: str) -> None:
    assert put_away(keeper, raised, back) == reverse("admin:ingestion_notice_changelist")


def test_the_button_is_only_pressed_by_posting(keeper: Client, raised: Notice) -> None:
    assert keeper.get(reverse("admin:ingestion_notice_put_away", args=[raised.pk])).status_code == 405
    missing = reverse("admin:ingestion_notice_put_away", args=[raised.pk + 1])
    assert keeper.post(missing).status_code == 404


def test_the_sources_own_page_shows_its_notices_and_no_others(keeper: Client, raised: Notice) -> None:
    raise_notice(NoticeKind.STUCK, words="Work is stuck.", now=NOW)
    page = text_of(keeper.get(reverse("admin:ingestion_source_change", args=[raised.source_id])))
    assert "It was paused after" in page
    assert "Work is stuck." not in page


def test_the_list_shows_what_stands_and_on_request_all(keeper: Client, raised: Notice) -> None:
    raise_notice(NoticeKind.STUCK, words="Work is stuck.", now=NOW)
    end_notice(NoticeKind.STUCK, now=NOW)
    address = reverse("admin:ingestion_notice_changelist")
    assert "Work is stuck." not in text_of(keeper.get(address))
    everything = text_of(keeper.get(address, {"state": "all"}))
    assert "Work is stuck." in everything
    assert "Over" in everything


def test_a_notices_own_page_is_read_only_and_has_the_button_while_it_stands(keeper: Client, raised: Notice) -> None:
    address = reverse("admin:ingestion_notice_change", args=[raised.pk])
    page = keeper.get(address).content.decode()
    assert "Put away" in page
    assert 'name="words"' not in page
    assert keeper.post(address, {"words": "Other words."}).status_code == 403
    put_away(keeper, raised)
    page = keeper.get(address).content.decode()
    assert "Put away by keeper" in page
    assert "<button>Put away</button>" not in page


def test_the_front_page_costs_as_many_queries_for_thirty_notices_as_for_seven_and_says_how_many(
    keeper: Client, make_source: MakeSource
) -> None:
    def asked(number: int) -> tuple[int, str]:
        while standing().count() < number:
            source: Source = make_source(f"https://{standing().count()}.example.org/")
            raise_notice(NoticeKind.PAUSED, source_id=source.pk, words="Paused.", now=NOW)
        with CaptureQueriesContext(connection) as queries:
            page = keeper.get(reverse(FRONT))
        return len(queries), text_of(page)

    (few, _), (many, words) = asked(7), asked(30)
    assert few == many
    assert words.count("Paused.") == 6
    assert "All 30 notices" in words
