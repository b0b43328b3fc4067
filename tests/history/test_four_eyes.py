"""With FOUR_EYES, who entered a record or corrected it last cannot publish it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError

from history.models import Change
from history.services import recording
from pledges import services as pledges
from pledges.models import Pledge
from pledges.standing import standing_draft
from review.services import accept
from sanctions import services as sanctions
from sanctions.drafts import EvidenceDraft, MeasureDraft, StepDraft
from sanctions.models import Measure
from tests.builders import NOW, draft, party, person
from tests.review import making

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _four_eyes(settings: Any) -> None:
    settings.FOUR_EYES = True


def entered(by: str = "ada") -> Pledge:
    return pledges.create_pledge(draft(), now=NOW, acting_user=person(by))


def corrected(pledge: Pledge, by: str, title: str = "Another title") -> Pledge:
    wanted = replace(standing_draft(pledge), title=title)
    return pledges.correct_pledge(pledge.pk, wanted, now=NOW, acting_user=person(by))


def publish(pledge: Pledge, by: str) -> str:
    return pledges.publish_pledge(pledge.pk, now=NOW, acting_user=person(by)).state


def test_who_entered_a_pledge_cannot_publish_it_and_a_colleague_can() -> None:
    pledge = entered()
    with pytest.raises(ValidationError, match="You entered P"):
        publish(pledge, "ada")
    assert publish(pledge, "bea") == "published"


def test_who_corrected_it_last_cannot_publish_it() -> None:
    pledge = corrected(entered("ada"), "bea")
    with pytest.raises(ValidationError, match="You corrected P"):
        publish(pledge, "bea")
    assert publish(pledge, "cleo") == "published"


def test_who_entered_it_cannot_publish_it_after_a_colleague_corrected_it() -> None:
    pledge = corrected(entered("ada"), "bea")
    with pytest.raises(ValidationError, match="You entered"):
        publish(pledge, "ada")


def test_an_earlier_correction_does_not_count_once_somebody_else_corrected_the_record() -> None:
    pledge = corrected(corrected(entered("ada"), "bea"), "cleo", "A third title")
    assert publish(pledge, "bea") == "published"


def enter_and_publish(by: str) -> None:
    """Both in one change, as *Save and publish* does on a new record."""
    with recording(action="pledge.publish", now=NOW, acting_user=person(by)) as change:
        made = pledges.create_pledge(draft(), now=NOW, acting_user=person(by), change=change)
        pledges.publish_pledge(made.pk, now=NOW, acting_user=person(by), change=change)


def correct_and_publish(pledge: Pledge, by: str) -> None:
    """Both in one change, as *Save and publish* does on a draft."""
    with recording(action="pledge.publish", now=NOW, acting_user=person(by)) as change:
        wanted = replace(standing_draft(pledge), title="Another title")
        pledges.correct_pledge(pledge.pk, wanted, now=NOW, acting_user=person(by), change=change)
        pledges.publish_pledge(pledge.pk, now=NOW, acting_user=person(by), change=change)


def test_entering_and_publishing_in_one_change_is_refused_and_leaves_nothing() -> None:
    with pytest.raises(ValidationError, match="You entered"):
        enter_and_publish("ada")
    assert (Change.objects.count(), Pledge.objects.count()) == (0, 0)


def test_correcting_and_publishing_in_one_change_is_refused_as_well() -> None:
    pledge = entered("ada")
    with pytest.raises(ValidationError, match="You corrected"):
        correct_and_publish(pledge, "bea")
    pledge.refresh_from_db()
    assert pledge.title == "A pledge"


def test_what_a_job_entered_anybody_who_may_publishes() -> None:
    pledge = pledges.create_pledge(draft(), now=NOW, job="import")
    assert publish(pledge, "ada") == "published"


def test_the_refusal_names_who_may_instead() -> None:
    for name in ("bea", "cleo"):
        person(name).groups.add(Group.objects.get(name="Publisher"))  # type: ignore[attr-defined]
    person("dan").groups.add(Group.objects.get(name="Editor"))  # type: ignore[attr-defined]
    with pytest.raises(ValidationError, match=r"Ask bea, cleo\."):
        publish(entered(), "ada")


def test_the_refusal_says_what_to_do_where_nobody_else_may() -> None:
    with pytest.raises(ValidationError, match="put a colleague into the group Publisher"):
        publish(entered(), "ada")


def test_without_the_setting_who_entered_it_may_publish_it(settings: Any) -> None:
    settings.FOUR_EYES = False
    assert publish(entered(), "ada") == "published"


def test_the_same_holds_for_measures() -> None:
    wanted = MeasureDraft(
        "A ban",
        imposers=(party("EU"),),
        types=("tariff",),
        steps=(StepDraft(precision="unknown"),),
        evidence=(EvidenceDraft(url="https://example.org", quote="They did."),),
    )
    measure: Measure = sanctions.create_measure(wanted, now=NOW, acting_user=person("ada"))
    with pytest.raises(ValidationError, match="You entered S"):
        sanctions.publish_measure(measure.pk, now=NOW, acting_user=person("ada"))
    assert sanctions.publish_measure(measure.pk, now=NOW, acting_user=person("bea")).state == "published"


def test_accept_and_publish_at_the_desk_is_refused_as_a_whole() -> None:
    making.parties()
    candidate = making.candidate(making.article(making.TEXT), making.FIVE[0], 0)
    chief: Any = making.user("chief", permissions=(), chief=True)
    with pytest.raises(ValidationError, match="You entered P"):
        accept(candidate.pk, acting_user=chief, now=NOW, publish=True)
    candidate.refresh_from_db()
    assert (candidate.state, Pledge.objects.count()) == ("pending", 0)
    assert accept(candidate.pk, acting_user=chief, now=NOW).record is not None
