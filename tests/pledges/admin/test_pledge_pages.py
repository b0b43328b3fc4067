"""The list of pledges, their history, publishing, withdrawing and merging in the admin."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from history.models import Change
from pledges.drafts import PledgeDraft, ShareDraft
from pledges.models import Pledge
from pledges.services import correct_pledge, create_pledge, withdraw_pledge
from tests.admin_pages import client_of, fields_of, messages_of, text_of
from tests.builders import GROUNDS, NOW, draft, euros, party, person, published, rates

pytestmark = pytest.mark.django_db
LIST = "/admin/pledges/pledge/"


@pytest.fixture(autouse=True)
def _rates(db: None) -> None:
    rates()


@pytest.fixture
def desk() -> Client:
    return client_of(everything=True)


def address(pledge: Pledge, page: str = "change") -> str:
    return f"/admin/pledges/pledge/{pledge.pk}/{page}/"


def entered(title: str = "A pledge", **fields: Any) -> Pledge:
    return create_pledge(draft(title, **fields), now=NOW, acting_user=person())


def titles(desk: Client, **query: str) -> set[str]:
    return {pledge.title for pledge in desk.get(LIST, query).context["cl"].result_list}


def test_the_list_shows_who_gives_what_to_whom_and_in_which_state(desk: Client) -> None:
    published("Ambulances", donors=("IT", "FR"), **euros("110000000", qualifier="about"))
    seen = text_of(desk.get(LIST))
    assert "Land IT, Land FR → Land UA" in seen
    assert "about 110 million EUR" in seen
    assert "110,000,000" in seen
    assert "2022-02-25" in seen


def test_the_list_can_be_filtered_and_searched(desk: Client) -> None:
    published("Valued", **euros("5"))
    published("Unvalued", donors=("FR",), to=("MD",))
    entered("Without evidence", evidence=(), **euros("7"))
    entered("Waiting for a rate", stated=Decimal(9), currency="UAH")
    Pledge.objects.filter(title="Valued").update(modified_at=timezone.now() - timedelta(days=20))
    Pledge.objects.exclude(title="Valued").update(modified_at=timezone.now())
    assert titles(desk, value="unvalued") == {"Unvalued"}
    assert titles(desk, value="unconverted") == {"Waiting for a rate"}
    assert titles(desk, evidence="no") == {"Without evidence"}
    assert titles(desk, state__exact="draft") == {"Without evidence", "Waiting for a rate"}
    assert titles(desk, donor="FR") == {"Unvalued"}
    assert titles(desk, recipient="MD") == {"Unvalued"}
    assert "Valued" not in titles(desk, changed="7")
    assert "Valued" in titles(desk, changed="30")
    assert titles(desk, q="Land FR") == {"Unvalued"}
    assert titles(desk, q=Pledge.objects.get(title="Valued").public_id) == {"Valued"}


def full(title: str, size: int) -> Pledge:
    """A pledge with so many rows in its tables."""
    donors = tuple(ShareDraft(party(f"D{number}"), Decimal(1)) for number in range(size))
    return create_pledge(
        PledgeDraft(title, donors=donors, recipients=donors, evidence=GROUNDS * size, **euros("1000")),
        now=NOW,
        acting_user=person(),
    )


def test_a_list_of_fifty_takes_as_many_queries_as_a_list_of_two(
    desk: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(2):
        published(f"Pledge {number}", **euros("5"))
    desk.get(LIST)
    with django_assert_max_num_queries(200) as few:
        desk.get(LIST)
    for number in range(48):
        published(f"Pledge {number}", donors=(f"X{number % 5}", "IT"), **euros("5"))
    with django_assert_max_num_queries(len(few)):
        assert len(desk.get(LIST).context["cl"].result_list) == 50


def test_a_form_with_many_rows_takes_as_many_queries_as_one_with_two(
    desk: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    small, large = full("Small", 2), full("Large", 20)
    desk.get(address(small))
    with django_assert_max_num_queries(200) as few:
        desk.get(address(small))
    with django_assert_max_num_queries(len(few)):
        assert desk.get(address(large)).status_code == 200


def test_a_history_of_many_changes_takes_as_many_queries_as_one_of_two(
    desk: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    pledge = entered("First")
    correct_pledge(pledge.pk, draft("Second"), now=NOW, acting_user=person())
    desk.get(address(pledge, "history"))
    with django_assert_max_num_queries(200) as few:
        desk.get(address(pledge, "history"))
    for number in range(20):
        changed = draft(f"Number {number}", donors=("IT", f"X{number % 3}"))
        correct_pledge(pledge.pk, changed, now=NOW, acting_user=person(f"editor {number % 4}"))
    with django_assert_max_num_queries(len(few)):
        assert len(desk.get(address(pledge, "history")).context["entries"]) == 22


def test_history_tells_who_changed_what_from_what_to_what_and_why(desk: Client) -> None:
    pledge = entered("Tents", **euros("5"))
    changed = draft("Tents", donors=("IT", "FR"), type="humanitarian", **euros("6.5"))
    correct_pledge(pledge.pk, changed, now=NOW, acting_user=person("rosa"), why="The decree says so.")
    page = desk.get(address(pledge, "history"))
    newest = page.context["entries"][0]
    assert (newest.who, newest.action, newest.why) == ("rosa", "Corrected", "The decree says so.")
    said = {(change.label, change.before, change.after) for change in newest.changes}
    assert ("Amount", "5", "6.5") in said
    assert ("Type", "Not specified", "Humanitarian") in said
    assert ("Value in euros", "EUR 5.00", "EUR 6.50") in said
    assert ("Donors", "—", "Land FR (FR)") in said
    assert "The decree says so." in text_of(page)


def test_history_of_a_correction_tells_only_of_what_changed(desk: Client) -> None:
    given = euros("5")
    pledge = entered("Tents", **given)
    correct_pledge(pledge.pk, draft("Big tents", **given), now=NOW, acting_user=person())
    rows = desk.get(address(pledge, "history")).context["entries"][0].changes
    assert [row.label for row in rows if row.label != "Evidence"] == ["Title"]


def test_words_from_outside_are_shown_in_history_as_words(desk: Client) -> None:
    pledge = entered("<script>alert(1)</script>")
    assert b"<script>alert" not in desk.get(address(pledge, "history")).content


def test_selected_pledges_are_published_and_those_that_cannot_be_are_named(desk: Client) -> None:
    good, bad = entered("Good"), entered("Bare", evidence=())
    page = desk.post(LIST, {"action": "publish_selected", "_selected_action": [good.pk, bad.pk]}, follow=True)
    states = set(Pledge.objects.values_list("title", "state"))
    assert states == {("Good", "published"), ("Bare", "draft")}
    said = messages_of(page)
    assert any("Bare was not published. A pledge needs evidence" in one for one in said)
    assert "1 published." in said


def test_a_pledge_is_withdrawn_with_a_public_reason_and_then_closed(desk: Client) -> None:
    pledge = published("Wrong")
    assert "public is told this reason" in text_of(desk.get(address(pledge, "withdraw")))
    empty = desk.post(address(pledge, "withdraw"), {"reason": " "})
    assert "Say why it is withdrawn" in text_of(empty)
    page = desk.post(address(pledge, "withdraw"), {"reason": "It was never pledged."}, follow=True)
    pledge.refresh_from_db()
    assert (pledge.state, pledge.withdrawn_reason) == ("withdrawn", "It was never pledged.")
    assert "It was never pledged." in text_of(page)
    assert desk.post(address(pledge), {"title": "Again"}).status_code == 403
    assert desk.post(address(pledge, "withdraw"), {"reason": "Again."}).status_code == 403


def test_a_pledge_is_merged_into_another_which_gets_its_evidence(desk: Client) -> None:
    one, other = published("One"), published("Other")
    page = desk.post(address(one, "merge"), {"into": other.pk, "why": "The same press release."}, follow=True)
    one.refresh_from_db()
    assert (one.state, one.merged_into_id, other.evidence.count()) == ("merged", other.pk, 2)
    assert "Merged into" in text_of(page)


def test_a_published_pledge_cannot_be_merged_into_a_draft(desk: Client) -> None:
    one, other = published("One"), entered("A draft")
    page = desk.post(address(one, "merge"), {"into": other.pk, "why": ""})
    assert "is not published; publish it first" in text_of(page)


def test_a_closed_pledge_can_be_looked_at_with_all_of_its_tables(desk: Client) -> None:
    pledge = published("Old", **euros("5"))
    withdraw_pledge(pledge.pk, reason="Gone.", now=NOW, acting_user=person())
    seen = text_of(desk.get(address(pledge)))
    assert "Land IT" in seen
    assert "They announced it." in seen
    assert "Save" not in seen


def test_deleting_is_not_offered(desk: Client) -> None:
    pledge = entered()
    assert desk.get(address(pledge, "delete")).status_code == 403
    assert "delete_selected" not in desk.get(LIST).content.decode()


@pytest.mark.parametrize("page", ["withdraw", "merge"])
def test_who_may_not_publish_may_neither_withdraw_nor_merge(page: str) -> None:
    editor = client_of("plain", "pledges.view_pledge", "pledges.change_pledge", "pledges.add_pledge")
    pledge = published("Public")
    assert editor.get(address(pledge, page)).status_code == 403
    assert editor.post(address(pledge, page), {"reason": "x", "into": 1}).status_code == 403
    assert b"Withdraw" not in editor.get(address(pledge)).content


def test_who_may_change_but_not_publish_fills_in_the_tables_and_is_offered_no_publishing() -> None:
    editor = client_of("plain", "pledges.view_pledge", "pledges.change_pledge", "pledges.add_pledge")
    pledge = entered("A draft")
    page = editor.get(address(pledge))
    assert b"_publish" not in page.content
    data = fields_of(page) | {"title": "Better", "evidence-0-quote": "Other words."}
    assert editor.post(address(pledge), data).status_code == 302
    assert pledge.evidence.get().quote == "Other words."
    assert editor.post(address(pledge), data | {"_publish": "1"}).status_code == 403
    assert editor.post(LIST, {"action": "publish_selected", "_selected_action": [pledge.pk]}).status_code in (200, 302)
    pledge.refresh_from_db()
    assert pledge.state == "draft"


def test_a_viewer_sees_everything_and_changes_nothing() -> None:
    viewer = client_of("viewer", "pledges.view_pledge")
    pledge = entered("A draft", **euros("10000000"))
    seen = text_of(viewer.get(address(pledge)))
    assert "They announced it." in seen
    assert "2022-02-25" in seen
    before = Change.objects.count()
    assert "10 000 000" in seen
    assert "10000000.0000" not in seen
    assert viewer.post(address(pledge), {"title": "Mine"}).status_code == 403
    assert viewer.get("/admin/pledges/pledge/add/").status_code == 403
    assert viewer.get(address(pledge, "history")).status_code == 200
    assert Change.objects.count() == before


def test_who_may_see_nothing_sees_neither_record_nor_history() -> None:
    nobody = client_of("nobody")
    pledge = entered()
    for page in ("change", "history", "withdraw", "merge"):
        assert nobody.get(address(pledge, page)).status_code == 403


def test_every_page_obeys_a_policy_without_inline_script_or_style(desk: Client) -> None:
    pledge = entered("A draft", **euros("5"))
    for path in (
        LIST,
        "/admin/pledges/pledge/add/",
        *(address(pledge, page) for page in ("change", "history", "merge")),
    ):
        page = desk.get(path)
        policy = page["Content-Security-Policy"]
        assert "unsafe" not in policy
        for inline in ("<script>", " style=", " onclick=", "<style"):
            assert inline not in page.content.decode(), (path, inline)
