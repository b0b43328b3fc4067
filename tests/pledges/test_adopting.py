"""Adopting an imported record into the tracker's own: a draft, linked both ways, once."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from pledges.adopting import adopt_pledge
from pledges.drafts import EvidenceDraft, ItemDraft, MoveDraft
from pledges.models import Pledge
from pledges.services import publish_pledge, withdraw_pledge
from pledges.totals import totals
from reference.models import Dataset
from tests.builders import DAY, NOW, euros, person, published

pytestmark = pytest.mark.django_db


def imported(key: str = "ITF1", **fields: Any) -> Pledge:
    dataset, _ = Dataset.objects.get_or_create(key="imported", name="I", licence="theirs", redistributable=False)
    tanks = ItemDraft("tank", "heavy_weapon", quantity=Decimal(4), ref="1")
    given = {
        "origin_key": key,
        "dataset_id": dataset.pk,
        "source_value": Decimal("99.5"),
        "source_value_currency": "EUR",
        "items": (tanks,),
        "moves": (MoveDraft("delivery", DAY, item="1", units=Decimal(3), ref="m"),),
        "evidence": (EvidenceDraft(dataset_row="Main, row 2", move="m"),),
        "outside_source_total": "A fund.",
        **euros("100"),
    }
    return published(key, **{**given, **fields})


def test_an_adopted_record_is_a_draft_with_the_same_content_linked_both_ways() -> None:
    source = imported()
    made = adopt_pledge(source.pk, now=NOW, acting_user=person())
    assert (made.state, made.dataset.key, made.adopted_from, source.adopted_as) == ("draft", "tracker", source, made)
    assert (made.stated, made.source_value, made.origin_key, made.outside_source_total) == (
        100, Decimal("99.5"), "", "",
    )  # fmt: skip
    move = made.moves.get()
    assert move.item == made.items.get()
    assert made.evidence.get().move == move
    assert made.evidence.get().dataset_row == "Main, row 2"


def test_each_dataset_counts_it_once() -> None:
    source = imported()
    made = adopt_pledge(source.pk, now=NOW, acting_user=person())
    publish_pledge(made.pk, now=NOW, acting_user=person())
    assert totals().total.central == totals(dataset="imported").total.central == 10_000


def test_a_record_is_adopted_once() -> None:
    source = imported()
    made = adopt_pledge(source.pk, now=NOW, acting_user=person())
    with pytest.raises(ValidationError, match=f"{made.public_id} was made from that record already"):
        adopt_pledge(source.pk, now=NOW, acting_user=person())


def test_a_part_of_an_adopted_package_becomes_a_part_of_the_adopting_one() -> None:
    package = imported("P")
    part = imported("P/1", package_id=package.pk)
    whole = adopt_pledge(package.pk, now=NOW, acting_user=person())
    assert adopt_pledge(part.pk, now=NOW, acting_user=person()).package == whole


def test_the_trackers_own_and_withdrawn_records_cannot_be_adopted() -> None:
    own, gone = published("Own"), imported()
    withdraw_pledge(gone.pk, reason="An error.", now=NOW, acting_user=person())
    for one in (own, gone):
        with pytest.raises(ValidationError):
            adopt_pledge(one.pk, now=NOW, acting_user=person())


def test_staff_adopt_from_the_list(admin_client: Any) -> None:
    source, own = imported(), published("Own")
    answer = admin_client.post(
        reverse("admin:pledges_pledge_changelist"),
        {"action": "adopt_selected", "_selected_action": [source.pk, own.pk]},
        follow=True,
    )
    made = Pledge.objects.get(adopted_from=source)
    text = answer.content.decode()
    assert made.state == "draft"
    assert "1 record was adopted as a draft" in text
    assert f"{own.public_id} is one of the tracker" in text
