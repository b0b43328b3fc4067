"""Entering measures by hand, and the pages of what they refer to."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from history.models import Change
from reference.services import tracker_dataset
from sanctions.drafts import EvidenceDraft, MeasureDraft, StepDraft
from sanctions.models import Measure, Programme
from sanctions.services import create_measure, publish_measure
from tests.admin_pages import client_of, errors_of, fields_of, messages_of, row, text_of
from tests.builders import DAY, NOW, party, person

pytestmark = pytest.mark.django_db
ADD = "/admin/sanctions/measure/add/"
LIST = "/admin/sanctions/measure/"


@pytest.fixture
def desk() -> Client:
    return client_of(everything=True)


def address(measure: Measure, page: str = "change") -> str:
    return f"/admin/sanctions/measure/{measure.pk}/{page}/"


def freeze(desk: Client, **fields: Any) -> dict[str, Any]:
    """A filled form: two imposers freeze assets."""
    data = fields_of(desk.get(ADD)) | {
        "title": "Freeze of assets of banks",
        "imposers": [party("DE"), party("FR")],
        "targets": [party("RU")],
        "types": ["asset_freeze", "travel_ban"],
        "steps-0-when": "25 Feb 2022",
        "steps-0-applies_from": "2022-02-28",
        "evidence-0-url": "https://example.org/decision",
        "evidence-0-quote": "Their assets are frozen.",
        "evidence-0-step_number": "1",
    }
    return {**data, **fields}


def entered(title: str = "A measure", imposers: tuple[str, ...] = ("DE",)) -> Measure:
    """A draft by the service."""
    grounds = EvidenceDraft(url="https://example.org/decision", quote="It is banned.", step="s")
    wanted = MeasureDraft(
        title,
        imposers=tuple(party(code) for code in imposers),
        targets=(party("RU"),),
        types=("asset_freeze",),
        steps=(StepDraft(adopted_on=DAY, ref="s"),),
        evidence=(grounds,),
    )
    return create_measure(wanted, now=NOW, acting_user=person())


def test_a_measure_entered_by_hand_has_its_parties_types_steps_and_evidence(desk: Client) -> None:
    page = desk.post(ADD, freeze(desk), follow=True)
    assert page.redirect_chain, errors_of(page)
    measure = Measure.objects.get()
    assert {row.party.code for row in measure.imposers.all()} == {"DE", "FR"}
    assert {row.type for row in measure.types.all()} == {"asset_freeze", "travel_ban"}
    assert (measure.state, measure.adopted, str(measure.in_force_from)) == ("draft", True, "2022-02-28")
    assert measure.evidence.get().step == measure.steps.get()
    assert "Adopted, in force since 2022-02-28." in messages_of(page)[0]


def test_a_measure_is_saved_and_published_at_once_and_without_evidence_refused(desk: Client) -> None:
    bare = freeze(desk, _publish="1")
    bare |= {"evidence-0-url": "", "evidence-0-quote": "", "evidence-0-step_number": ""}
    assert list(errors_of(desk.post(ADD, bare))) == ["evidence"]
    assert not Measure.objects.exists()
    desk.post(ADD, freeze(desk, _publish="1"))
    assert Measure.objects.get().state == "published"
    assert Change.objects.get().action == "measure.publish"


@pytest.mark.parametrize(
    ("fields", "place", "said"),
    [
        ({"types": []}, "types", "Choose what is banned"),
        ({"title": ""}, "title", "Say in a few words"),
        ({"steps-0-when": "by 2022-03-01"}, "steps-0-when", "one day, month, quarter or year"),
        ({"steps-0-ends_on": "2022-02-01"}, "steps", "before it applies"),
        ({"evidence-0-url": "ftp://x"}, "evidence", "no web address"),
        ({"evidence-0-step_number": "4"}, "evidence-0-step_number", "There is no step no. 4."),
    ],
)
def test_what_cannot_be_right_is_said_at_its_place(desk: Client, fields: dict[str, Any], place: str, said: str) -> None:
    page = desk.post(ADD, freeze(desk, **fields))
    assert page.status_code == 200
    errors = errors_of(page)
    assert list(errors) == [place]
    assert said in " ".join(errors[place])
    assert not Measure.objects.exists()


def test_a_measure_can_be_corrected_and_an_untouched_page_changes_nothing(desk: Client) -> None:
    desk.post(ADD, row(freeze(desk), "steps", step="extend", status="adopted", when="Aug 2022", ends_on="2023-01-31"))
    measure = Measure.objects.get()
    page = desk.post(address(measure), fields_of(desk.get(address(measure))), follow=True)
    assert "Nothing was changed" in messages_of(page)[0]
    data = fields_of(desk.get(address(measure))) | {"title": "Freeze of assets", "why": "Shorter."}
    desk.post(address(measure), data)
    measure.refresh_from_db()
    assert (measure.title, str(measure.in_force_until)) == ("Freeze of assets", "2023-01-31")
    assert measure.steps.filter(precision="month", adopted_on="2022-08-31").exists()
    assert measure.evidence.get().step is not None
    entry = desk.get(address(measure, "history")).context["entries"][0]
    assert [(one.label, one.before, one.after) for one in entry.changes] == [
        ("Title", "Freeze of assets of banks", "Freeze of assets")
    ]


def test_the_second_of_two_editors_is_told_who_was_quicker(desk: Client) -> None:
    measure = entered()
    opened = fields_of(desk.get(address(measure)))
    colleague = client_of("rosa", everything=True)
    colleague.post(address(measure), fields_of(colleague.get(address(measure))) | {"title": "Rosa's"})
    errors = errors_of(desk.post(address(measure), opened | {"title": "Mine"}))
    assert "rosa changed this record" in errors["__all__"][0]


def test_a_measure_is_withdrawn_or_merged_by_those_who_may_publish(desk: Client) -> None:
    one, other, third = entered("One"), entered("Other"), entered("Third")
    editor = client_of("plain", "sanctions.view_measure", "sanctions.change_measure")
    assert editor.post(address(one, "withdraw"), {"reason": "x"}).status_code == 403
    desk.post(address(one, "withdraw"), {"reason": "Never adopted."})
    desk.post(address(other, "merge"), {"into": third.pk, "why": "The same decision."})
    states = dict(Measure.objects.values_list("title", "state"))
    assert states == {"One": "withdrawn", "Other": "merged", "Third": "draft"}
    assert "Their assets" not in text_of(desk.get(address(one)))
    assert desk.get(address(one)).status_code == 200


def test_the_list_of_measures_is_filtered_and_takes_as_many_queries_for_fifty_as_for_two(
    desk: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(2):
        publish_measure(entered(f"Measure {number}").pk, now=NOW, acting_user=person())
    desk.get(LIST)
    with django_assert_max_num_queries(200) as few:
        desk.get(LIST)
    for number in range(48):
        entered(f"Measure {number}", imposers=("DE", f"X{number % 5}"))
    with django_assert_max_num_queries(len(few)):
        assert len(desk.get(LIST).context["cl"].result_list) == 50
    for query, count in (
        ("imposer=X1", 10),
        ("target=RU", 50),
        ("type=tariff", 0),
        ("evidence=no", 0),
        ("changed=7", 0),
    ):
        assert len(desk.get(f"{LIST}?{query}").context["cl"].result_list) == count, query


def test_a_programme_is_kept_with_its_acts_and_offered_to_measures(desk: Client) -> None:
    path = "/admin/sanctions/programme/add/"
    data = fields_of(desk.get(path)) | {
        "key": "example",
        "dataset": tracker_dataset().pk,
        "name": "An example regime",
        "measures_provided": ["asset_freeze"],
    }
    page = desk.post(path, row(data, "legal_acts", title="Decision 1", identifier="D1"), follow=True)
    assert page.redirect_chain, errors_of(page)
    programme = Programme.objects.get()
    assert (programme.measures_provided, programme.legal_acts.get().title) == (["asset_freeze"], "Decision 1")
    asked = {"app_label": "sanctions", "model_name": "measure", "field_name": "programme", "term": "example"}
    assert [one["text"] for one in desk.get("/admin/autocomplete/", asked).json()["results"]] == ["An example regime"]


@pytest.mark.parametrize("name", ["programme", "legalact", "round", "target", "designation"])
def test_the_pages_of_what_measures_refer_to_open(desk: Client, name: str) -> None:
    assert desk.get(f"/admin/sanctions/{name}/", {"q": "x"}).status_code == 200
    expected = 403 if name == "legalact" else 200
    assert desk.get(f"/admin/sanctions/{name}/add/").status_code == expected
