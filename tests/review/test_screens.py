"""What staff see and press at the desk."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import Settings

from extraction.contract import Goods
from ingestion.models import Candidate, CandidateState
from pledges.models import Pledge
from review import services
from review.models import Decision
from sanctions.models import Measure
from tests.builders import published
from tests.review import making

pytestmark = pytest.mark.django_db
LIST = "admin:review_deskcandidate_changelist"


@pytest.fixture(autouse=True)
def static_folder(settings: Settings) -> None:
    """The folder whose absence the static files' middleware warns of."""
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)


@pytest.fixture
def rita() -> User:
    """Who may decide, not publish."""
    return making.user("rita", permissions=("review.add_decision", "pledges.view_pledge"))


@pytest.fixture
def desk(client: Client, rita: User) -> Client:
    """A browser in which she is logged in."""
    client.force_login(rita)
    return client


@pytest.fixture
def chief(client: Client) -> Client:
    """A browser in which a superuser is logged in."""
    client.force_login(making.user("chief", permissions=(), chief=True))
    return client


def screen(candidate: Candidate) -> str:
    return reverse("admin:review_deskcandidate_change", args=[candidate.pk])


def page(client: Client, address: str, **query: str) -> str:
    answer = client.get(address, query)
    assert answer.status_code == 200
    return answer.content.decode()


def filled(client: Client, candidate: Candidate, **changes: Any) -> dict[str, Any]:
    """The accept form of the screen as a browser would send it."""
    form = client.get(screen(candidate)).context["form"]
    data: dict[str, Any] = {"decision": "accept"}
    for field in form:
        data[field.name] = field.field.prepare_value(field.value())
    for table in form.tables:
        for field in (*table.management_form, *(field for row in table.forms for field in row)):
            data[field.html_name] = field.field.prepare_value(field.value())
    data |= changes
    return {name: value for name, value in data.items() if value is not None and value is not False}


def state(candidate: Candidate) -> str:
    candidate.refresh_from_db()
    return candidate.state


# --- the list ---------------------------------------------------------------------------------------------------------
def test_the_list_shows_what_waits_with_its_claim_amount_and_confidence(desk: Client) -> None:
    making.five()
    text = page(desk, reverse(LIST))
    assert "Italy: EUR 110 million, financial, to Ukraine" in text
    assert "Western capitals: sanctions against Russia" in text
    assert "90%" in text
    assert "5 candidates" in text


def test_the_list_leaves_out_what_is_decided_unless_asked_for(desk: Client, rita: User) -> None:
    spain, *_ = making.five()
    services.reject(spain.pk, reason="misread", acting_user=rita, now=making.NOW)
    assert "Spain:" not in page(desk, reverse(LIST))
    assert "Spain:" in page(desk, reverse(LIST), state="rejected")
    assert "Rejected" in page(desk, reverse(LIST), state="all")


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ({"type": "financial"}, {"Italy"}),
        ({"kind__exact": "sanction"}, {"Western capitals"}),
        ({"confidence": "middle"}, {"Western capitals"}),
        ({"q": "greece"}, {"Greece"}),
        ({"q": "treasury"}, {"Italy"}),
        ({"q": "ru"}, {"Western capitals", "Italy", "Spain", "Czechia", "Greece"}),
    ],
)
def test_the_list_can_be_narrowed_down(desk: Client, query: dict[str, str], shown: set[str]) -> None:
    making.five()
    text = page(desk, reverse(LIST), **query)
    found = {name for name in ("Spain", "Italy", "Czechia", "Greece", "Western capitals") if f">{name}: " in text}
    assert found <= shown
    assert found >= (shown if len(shown) == 1 else {"Western capitals"})


def test_the_list_asks_as_many_questions_for_fifty_rows_as_for_two(chief: Client) -> None:
    making.parties()
    revision = making.article()
    made = [making.candidate(revision, making.ITALY, place) for place in range(2)]
    page(chief, reverse(LIST))
    with CaptureQueriesContext(
        connection,
    ) as two:
        page(chief, reverse(LIST))
    for place in range(len(made), 50):
        making.candidate(making.article(), making.SPAIN, place)
    with CaptureQueriesContext(connection) as fifty:
        page(chief, reverse(LIST))
    assert len(fifty) == len(two)
    assert len(fifty) <= 10


# --- one candidate ----------------------------------------------------------------------------------------------------
def test_the_screen_marks_every_finding_in_its_place_and_the_chosen_one_apart(desk: Client) -> None:
    spain, italy, *_ = making.five()
    text = page(desk, screen(italy))
    assert re.search(r'<mark class="chosen pledge"[^>]*id="chosen">Rome pays €110m to Ukraine’s treasury</mark>', text)
    assert f'<a href="{screen(spain)}">Madrid will ship crates of kit to Kyiv</a></mark>' in text
    assert '<mark class="sanction"' in text


def test_two_findings_of_the_same_words_lead_to_each_other(desk: Client) -> None:
    _, _, czechia, greece, _ = making.five()
    chosen = page(desk, screen(czechia))
    assert f'id="chosen"><a href="{screen(greece)}">Prague and Athens' in chosen


def test_a_claim_within_a_longer_one_is_cut_out_of_it_and_each_leads_to_the_other(desk: Client) -> None:
    making.parties()
    revision = making.article()
    long = making.candidate(revision, making.ITALY)
    short = making.candidate(revision, replace(making.ITALY, quote="€110m"), 1)
    text = page(desk, screen(long))
    assert f'<a href="{screen(short)}">€110m</a></mark>' in text
    assert text.count('id="chosen"') == 1
    text = page(desk, screen(short))
    assert f'<a href="{screen(long)}">Rome pays </a></mark><mark class="chosen pledge"' in text
    assert text.count('id="chosen"') == 1


def test_words_that_are_no_claim_are_marked_without_a_link(desk: Client) -> None:
    making.parties()
    revision = making.article()
    italy = making.candidate(revision, making.ITALY)
    making.stored(revision, replace(making.SPAIN, flags=frozenset({"historical"})), 1)
    text = page(desk, screen(italy))
    assert '<mark class="flagged pledge"' in text
    assert "no claim: historical" in text


def test_the_form_is_filled_from_the_finding(desk: Client) -> None:
    _, italy, *_ = making.five()
    form = desk.get(screen(italy)).context["form"]
    assert form["title"].value() == "Italy: EUR 110 million, financial, to Ukraine"
    assert 'value="110 000 000"' in str(form["stated"])
    assert "Italy (IT)" in str(form["donors"])
    assert 'value="2022-02-27"' in str(form["announced"])


def test_hostile_text_is_shown_as_text(desk: Client) -> None:
    making.parties()
    evil = "<script>alert('x')</script> Rome pays €5 </mark><img src=x onerror=alert(1)> now"
    quote = "Rome pays €5 </mark><img src=x onerror=alert(1)>"
    goods = (Goods(name='"><script>alert(2)</script>'),)
    finding = replace(making.ITALY, quote=quote, amount=None, goods=goods, reasons=("<b>why</b>",))
    candidate = making.candidate(making.article(evil, title="<svg onload=alert(3)>"), finding)
    for text in (
        page(desk, screen(candidate)),
        page(desk, reverse(LIST)),
        page(desk, reverse("admin:review_article", args=[candidate.finding.revision.article_id])),
    ):
        assert "<script>alert" not in text
        assert "<img src=x" not in text
        assert "<svg onload" not in text
    assert "&lt;img src=x onerror=alert(1)&gt;</mark> now" in page(desk, screen(candidate))


def test_nothing_inline_stands_in_the_pages_so_that_the_strict_policy_holds(desk: Client) -> None:
    _, italy, *_ = making.five()
    for address in (screen(italy), reverse(LIST)):
        answer = desk.get(address)
        text = answer.content.decode()
        assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
        assert not re.findall(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>", text)
        assert not re.findall(r"<style|\sstyle=|\son[a-z]+=", text)


def test_the_screen_asks_as_many_questions_for_an_article_of_fifty_findings_as_of_five(chief: Client) -> None:
    _, italy, *_ = making.five()
    page(chief, screen(italy))
    with CaptureQueriesContext(connection) as few:
        page(chief, screen(italy))
    for place in range(5, 50):
        making.candidate(italy.finding.revision, making.SPAIN, place)
    with CaptureQueriesContext(connection) as many:
        page(chief, screen(italy))
    assert len(many) == len(few)
    assert len(many) <= 30


def test_a_candidate_that_does_not_exist_is_not_found(desk: Client) -> None:
    for wrong in ("99", "abc"):
        assert desk.get(reverse("admin:review_deskcandidate_change", args=[wrong])).status_code == 404


# --- deciding ---------------------------------------------------------------------------------------------------------
def test_accepting_goes_on_to_the_next_claim_of_the_article_and_links_the_record(desk: Client) -> None:
    spain, italy, *_ = making.five()
    answer = desk.post(screen(spain), filled(desk, spain), follow=True)
    assert answer.redirect_chain[-1][0] == screen(italy)
    pledge = Pledge.objects.get()
    text = answer.content.decode()
    assert f'<a href="{reverse("admin:pledges_pledge_change", args=[pledge.pk])}">{pledge.public_id} Spain' in text
    assert (pledge.type, pledge.in_kind, pledge.state) == ("military", True, "draft")
    assert pledge.items.get().name == "crates of kit"


def test_the_form_as_it_was_filled_changes_nothing_of_what_was_extracted(desk: Client) -> None:
    for candidate in making.five():
        desk.post(screen(candidate), filled(desk, candidate))
    assert list(Candidate.objects.values_list("state", flat=True)) == [CandidateState.ACCEPTED] * 5
    assert [one.edits for one in Decision.objects.all()] == [{}] * 5
    assert (Pledge.objects.count(), Measure.objects.count()) == (4, 1)


def test_every_field_of_a_rich_claim_survives_the_form(desk: Client) -> None:
    making.parties()
    amount = making.euros("5000000", qualifier="range", value_max=making.euros("7000000").value, raised_from=None)
    finding = replace(
        making.ITALY, amount=amount, stage="commitment", goods=making.SPAIN.goods, recipients=("UA", "GR"), channel="ES"
    )
    candidate = making.candidate(making.article(published_at=None), finding)
    desk.post(screen(candidate), filled(desk, candidate))
    assert Decision.objects.get().edits == {}
    pledge = Pledge.objects.get()
    assert (pledge.stage, pledge.qualifier, pledge.announced_precision) == ("commitment", "range", "before")


def test_what_the_reviewer_types_is_what_is_recorded(desk: Client) -> None:
    _, italy, *_ = making.five()
    changes = {"stated": "1.2bn", "qualifier": "about", "stage": "delivery", "stage_on": "1 Mar 2022", "in_kind": ""}
    desk.post(screen(italy), filled(desk, italy, **changes, **{"items-0-name": "vans", "items-0-quantity": "20"}))
    pledge = Pledge.objects.get()
    assert (pledge.stated, pledge.qualifier, pledge.stage) == (1_200_000_000, "about", "delivery")
    assert (pledge.items.get().name, pledge.items.get().quantity) == ("vans", 20)
    text = page(desk, screen(italy))
    assert "<td>110000000</td><td>1200000000</td>" in text


def test_what_cannot_be_right_is_shown_beside_its_field_and_nothing_is_saved(desk: Client) -> None:
    _, italy, *_ = making.five()
    answer = desk.post(screen(italy), filled(desk, italy, stated="1,250", title=""))
    text = answer.content.decode()
    assert "can be read in two ways" in text
    assert "Nothing was saved." in text
    refused = desk.post(screen(italy), filled(desk, italy, currency="")).content.decode()
    assert "An amount needs its currency" in refused
    assert (Pledge.objects.count(), state(italy)) == (0, CandidateState.PENDING)


def test_who_may_publish_is_offered_it_and_the_record_is_published(chief: Client) -> None:
    italy, sanctions = making.one(making.ITALY), making.one(making.SANCTIONS)
    assert "Accept and publish" in page(chief, screen(italy))
    chief.post(screen(italy), filled(chief, italy, publish="1"))
    chief.post(screen(sanctions), filled(chief, sanctions, publish="1"))
    assert (Pledge.objects.get().state, Measure.objects.get().state) == ("published", "published")


def test_who_may_not_publish_is_not_offered_it_and_refused(desk: Client) -> None:
    italy = making.one(making.ITALY)
    assert "Accept and publish" not in page(desk, screen(italy))
    answer = desk.post(screen(italy), filled(desk, italy, publish="1"))
    assert "not publish records" in answer.content.decode()
    assert (Pledge.objects.count(), state(italy)) == (0, CandidateState.PENDING)


def test_who_may_only_look_sees_the_screen_without_buttons_and_cannot_decide(client: Client) -> None:
    italy = making.one(making.ITALY)
    client.force_login(making.user("viewer", permissions=("review.view_deskcandidate",)))
    text = page(client, screen(italy))
    assert "Accept as draft" not in text
    assert 'name="title" ' in text
    assert client.post(screen(italy), {"decision": "reject", "reason": "misread"}).status_code == 403
    assert state(italy) == CandidateState.PENDING


def test_staff_without_any_permission_see_nothing(client: Client) -> None:
    italy = making.one(making.ITALY)
    client.force_login(making.user("nobody", permissions=()))
    article = reverse("admin:review_article", args=[italy.finding.revision.article_id])
    assert [client.get(one).status_code for one in (screen(italy), reverse(LIST), article)] == [403, 403, 403]


def test_merging_into_a_suggested_record(desk: Client) -> None:
    making.parties()
    known = published("Italy helps", announced_earliest=making.DAY, announced_latest=making.DAY)
    italy = making.one(making.ITALY)
    text = page(desk, screen(italy))
    assert f'value="{known.public_id}"' in text
    assert "same donor: Italy; same recipient: Ukraine; the same day" in text
    desk.post(screen(italy), {"decision": "merge", "record": known.public_id})
    assert (known.evidence.count(), state(italy)) == (2, CandidateState.MERGED)


def test_merging_into_an_id_that_was_typed(desk: Client) -> None:
    known, italy = published("Something", donors=("GR",)), making.one(making.ITALY)
    wrong = desk.post(screen(italy), {"decision": "merge", "public_id": "PNONE"}).content.decode()
    assert "There is no pledge with the id PNONE." in wrong
    none = desk.post(screen(italy), {"decision": "merge"}).content.decode()
    assert "Choose a record from the list, or type its id." in none
    desk.post(screen(italy), {"decision": "merge", "public_id": f" {known.public_id.lower()} "})
    assert (known.evidence.count(), state(italy)) == (2, CandidateState.MERGED)


def test_rejecting_asks_for_a_reason(desk: Client) -> None:
    italy = making.one(making.ITALY)
    assert "Choose a reason" in desk.post(screen(italy), {"decision": "reject", "reason": ""}).content.decode()
    assert state(italy) == CandidateState.PENDING
    desk.post(screen(italy), {"decision": "reject", "reason": "historical", "words": "From 2019"})
    assert state(italy) == CandidateState.REJECTED
    text = page(desk, screen(italy))
    assert "Rejected</strong>: old news, by rita" in text
    assert "From 2019" in text


def test_undoing_from_the_screen(desk: Client, rita: User) -> None:
    italy = making.one(making.ITALY)
    decided = services.accept(italy.pk, acting_user=rita, now=making.NOW).decision
    assert ">Undo</button>" in page(desk, screen(italy))
    answer = desk.post(screen(italy), {"decision": "undo", "undoes": decided.pk, "words": "Too quick"}, follow=True)
    assert answer.redirect_chain[-1][0] == screen(italy)
    assert (Pledge.objects.get().state, state(italy)) == ("withdrawn", CandidateState.PENDING)


def test_a_decision_on_another_candidate_is_not_undone_from_here(desk: Client, rita: User) -> None:
    italy, other = making.one(making.ITALY), making.one(making.SPAIN)
    decided = services.accept(other.pk, acting_user=rita, now=making.NOW).decision
    for wrong, told in (
        (str(decided.pk), "not one on this candidate"),
        ("", "not one on this candidate"),
        ("x", "whole number"),
        ("9" * 5000, "whole number"),
    ):
        assert told in desk.post(screen(italy), {"decision": "undo", "undoes": wrong}).content.decode()
    assert state(other) == CandidateState.ACCEPTED


def test_reopening_from_the_screen(desk: Client, rita: User) -> None:
    italy = making.one(making.ITALY)
    services.accept(italy.pk, acting_user=rita, now=making.NOW)
    desk.post(screen(italy), {"decision": "reopen", "words": "Look again"})
    assert (Pledge.objects.get().state, state(italy)) == ("draft", CandidateState.PENDING)


def test_words_that_no_database_keeps_are_refused_and_do_not_crash(desk: Client, rita: User) -> None:
    italy = making.one(making.ITALY)
    answers = [
        desk.post(screen(italy), {"decision": "reject", "reason": "misread", "words": "a\x00b"}),
        desk.post(screen(italy), filled(desk, italy, title="a\x00b")),
        desk.post(screen(italy), {"decision": "merge", "public_id": "a\x00b"}),
    ]
    services.reject(italy.pk, reason="misread", acting_user=rita, now=making.NOW)
    answers.append(desk.post(screen(italy), {"decision": "reopen", "words": "a\x00b"}))
    assert all("Null characters are not allowed" in answer.content.decode() for answer in answers)
    assert state(italy) == CandidateState.REJECTED


def test_the_second_of_two_people_is_told_who_decided_and_sees_the_decision(desk: Client) -> None:
    italy = making.one(making.ITALY)
    mine = filled(desk, italy)
    services.reject(italy.pk, reason="misread", acting_user=making.user("sam"), now=datetime.now(UTC))
    text = desk.post(screen(italy), mine).content.decode()
    assert "Sam decided on it first: rejected" in text
    assert ">Accept as draft</button>" not in text
    assert (Pledge.objects.count(), Decision.objects.count()) == (0, 1)


def test_what_the_second_of_two_people_typed_is_shown_again_and_not_saved(desk: Client) -> None:
    italy = making.one(making.ITALY)
    mine = filled(desk, italy, title="What I typed", stated="nonsense")
    services.reject(italy.pk, reason="misread", acting_user=making.user("sam"), now=datetime.now(UTC))
    answer = desk.post(screen(italy), mine)
    text = answer.content.decode()
    assert "Sam decided on it first: rejected" in text
    assert "Not saved: somebody decided before you." in text
    form = answer.context["form"]
    assert (form["title"].value(), form["stated"].value()) == ("What I typed", "nonsense")
    assert not any(field.disabled for field in form.fields.values())
    assert ">Accept as draft</button>" not in text
    assert (state(italy), Pledge.objects.count(), Decision.objects.count()) == (CandidateState.REJECTED, 0, 1)


def test_reasons_of_the_second_of_two_people_are_shown_again(desk: Client) -> None:
    italy = making.one(making.ITALY)
    services.accept(italy.pk, acting_user=making.user("sam"), now=datetime.now(UTC))
    text = desk.post(screen(italy), {"decision": "reject", "reason": "other", "words": "A <b>joke"}).content.decode()
    assert "Your own decision, not saved" in text
    assert "A &lt;b&gt;joke" in text
    assert state(italy) == CandidateState.ACCEPTED


def test_pressing_twice_makes_one_record(desk: Client) -> None:
    italy = making.one(making.ITALY)
    mine = filled(desk, italy)
    desk.post(screen(italy), mine)
    again = desk.post(screen(italy), mine)
    assert (again.status_code, again.context["typed"]) == (200, None)
    assert Pledge.objects.count() == 1


def test_a_decision_that_is_none_is_refused(desk: Client) -> None:
    italy = making.one(making.ITALY)
    answer = desk.post(screen(italy), {"decision": "explode"}, follow=True)
    assert "That is no decision." in answer.content.decode()


def test_after_the_last_one_the_list_says_that_nothing_waits(desk: Client) -> None:
    italy = making.one(making.ITALY)
    answer = desk.post(screen(italy), filled(desk, italy), follow=True)
    assert answer.redirect_chain[-1][0] == reverse(LIST)
    assert "Nothing else is waiting." in answer.content.decode()


# --- an article, and the decisions ------------------------------------------------------------------------------------
def test_an_article_lists_its_claims_in_order_and_where_to_begin(desk: Client, rita: User) -> None:
    spain, italy, *_ = making.five()
    services.reject(spain.pk, reason="misread", acting_user=rita, now=making.NOW)
    text = page(desk, reverse("admin:review_article", args=[italy.finding.revision.article_id]))
    places = [text.index(f">{name}: ") for name in ("Spain", "Italy", "Czechia", "Greece", "Western capitals")]
    assert places == sorted(places)
    assert "4 waiting" in text
    assert f'href="{screen(italy)}">Begin reviewing' in text


def test_an_article_without_findings_is_not_found(desk: Client) -> None:
    revision = making.article()
    assert desk.get(reverse("admin:review_article", args=[revision.article_id])).status_code == 404


def test_decisions_are_listed_with_their_record_and_cannot_be_edited(chief: Client, rita: User) -> None:
    italy = making.one(making.ITALY)
    decided = services.accept(italy.pk, acting_user=rita, now=making.NOW)
    text = page(chief, reverse("admin:review_decision_changelist"))
    assert decided.record is not None
    assert decided.record.public_id in text
    assert screen(italy) in text
    address = reverse("admin:review_decision_change", args=[decided.decision.pk])
    assert chief.post(address, {"words": "changed"}).status_code == 403
    assert chief.get(reverse("admin:review_decision_add")).status_code == 403


def test_a_form_that_comes_back_tells_what_was_read(desk: Client) -> None:
    italy = making.one(making.ITALY)
    assert desk.get(screen(italy)).context["as_read"] is None
    answer = desk.post(screen(italy), filled(desk, italy, stated="nonsense", type="military"))
    read = answer.context["as_read"]
    assert (read["stated"], read["type"], read["donors"]) == ("110 000 000", "Financial", "Italy (IT)")
    assert (read["in_kind"], read["stated_to"], read["items-0-name"]) == ("no", "nothing", "nothing")
    assert 'id="as-read"' in answer.content.decode()


def test_the_queue_says_in_which_order_it_is(desk: Client) -> None:
    making.one(making.ITALY)
    text = desk.get(reverse(LIST)).content.decode()
    assert "Most worth first; a column’s heading chooses another order." in text
    assert "sorted" not in re.findall(r'<th scope="col"[^>]*column-age[^>]*>', text)[0]
    chosen = desk.get(reverse(LIST), {"o": "7"}).content.decode()
    assert "In the order that you chose." in chosen
    assert "sorted" in re.findall(r'<th scope="col"[^>]*column-age[^>]*>', chosen)[0]


def test_a_decision_tells_what_the_reviewer_changed_in_words(chief: Client) -> None:
    italy = making.one(making.ITALY)
    chief.post(screen(italy), filled(chief, italy, title="Italy helps"))
    address = reverse("admin:review_decision_change", args=[Decision.objects.get().pk])
    assert "→ Italy helps" in chief.get(address).content.decode()
