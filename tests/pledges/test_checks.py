"""What no database can keep, or only one of the two, is refused with a sentence under its field on both."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from history.models import Change
from pledges.drafts import DeductionDraft, EvidenceDraft, ItemDraft, MoveDraft, PledgeDraft, ShareDraft
from pledges.models import Pledge
from pledges.services import convert_waiting, correct_pledge, create_pledge, withdraw_pledge
from reference.models import Dataset
from reference.services import enter_rate
from tests.builders import DAY, NOW, draft, euros, party, person, published, rates

pytestmark = pytest.mark.django_db

PRICED: dict[str, Any] = {"price_currency": "EUR", "price_source": "a list"}


@pytest.fixture(autouse=True)
def _rates(db: None) -> None:
    rates(SEK="10.6")


def refusal(wanted: PledgeDraft) -> dict[str, list[str]]:
    with pytest.raises(ValidationError) as refused:
        create_pledge(wanted, now=NOW, acting_user=person())
    assert not Pledge.objects.exists()
    found: dict[str, list[str]] = refused.value.message_dict
    return found


def weighted(weight: str) -> tuple[ShareDraft, ...]:
    return (ShareDraft(party("IT"), weight=Decimal(weight)), ShareDraft(party("ES"), weight=Decimal(1)))


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("donors_as_written", "x" * 301),
        ("announced_as_written", "x" * 201),
        ("outside_source_total", "x" * 201),
        ("origin_key", "x" * 201),
        ("currency_other", "EURO"),
        ("title", "a\0b"),
        ("public_note", "half of a pair \ud83d"),
        ("items", (ItemDraft("x" * 301),)),
        ("items", (ItemDraft("tank", unit="x" * 41),)),
        ("items", (ItemDraft("tank", unit_price=Decimal(1), price_currency="EUR", price_source="x" * 501),)),
        ("deductions", (DeductionDraft(None, "raises", note="x" * 301),)),
        ("moves", (MoveDraft("delivery", DAY, note="x" * 301),)),
        ("moves", (MoveDraft("delivery", DAY, precision="fortnight"),)),
        ("evidence", (EvidenceDraft(url="https://example.org/" + "x" * 2000, quote="So."),)),
        ("evidence", (EvidenceDraft(url="https://example.org/", quote="So.", publisher="x" * 201),)),
        ("evidence", (EvidenceDraft(url="https://example.org/", quote="a\0b"),)),
        ("evidence", (EvidenceDraft(url="https://example.org/", quote="So.", start=9, end=2),)),
    ],
)
def test_a_text_that_does_not_fit_is_refused_under_its_field(field: str, given: Any) -> None:
    fields = {**euros("100"), field: given}
    assert field in refusal(draft(fields.pop("title", "A pledge"), **fields))


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("items", (ItemDraft("tank", quantity=Decimal(10) ** 17),)),
        ("items", (ItemDraft("tank", quantity=Decimal("1e-20")),)),
        ("items", (ItemDraft("tank", quantity=Decimal(10) ** 12, unit_price=Decimal(10) ** 12, **PRICED),)),
        ("items", (ItemDraft("tank", quantity=Decimal(10) ** 15, unit_price=Decimal(10) ** 17, **PRICED),)),
        ("items", (ItemDraft("tank", quantity=Decimal(9), quantity_to=Decimal(3), quantity_qualifier="range"),)),
        ("stated", Decimal(10) ** 17),
        ("stated_other", Decimal("0.000001")),
        ("deductions", (DeductionDraft(Decimal("0.00001"), "raises"),)),
        ("moves", (MoveDraft("delivery", DAY, amount=Decimal("0.00001")),)),
        ("source_value", Decimal(10) ** 20),
    ],
)
def test_a_number_that_does_not_fit_is_refused_under_its_field(field: str, given: Any) -> None:
    fields: dict[str, Any] = {"source_value_currency": "EUR", "currency_other": "USD"}
    if field != "items":
        fields |= euros("100")
    assert field in refusal(draft(**{**fields, field: given}))


@pytest.mark.parametrize("weight", ["1000000", "0.0000001"])
def test_a_weight_that_does_not_fit_is_refused(weight: str) -> None:
    assert "donors" in refusal(replace(draft(**euros("100")), donors=weighted(weight)))


@pytest.mark.parametrize("day", [date(1, 1, 3), date(1899, 12, 31), date(9999, 12, 31)])
def test_a_day_far_from_any_that_is_meant_is_refused(day: date) -> None:
    assert "announced_latest" in refusal(draft(**euros("100"), announced_earliest=day, announced_latest=day))
    assert "moves" in refusal(draft(**euros("100"), moves=(MoveDraft("delivery", day),)))


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("dataset_id", 999),
        ("import_batch_id", 999),
        ("adopted_from_id", 999),
        ("deductions", (DeductionDraft(None, "other_record", other_id=999),)),
        ("items", (ItemDraft("tank", price_id=999),)),
        ("evidence", (EvidenceDraft(revision_id=999, start=0, end=3, quote="So."),)),
        ("evidence", (EvidenceDraft(url="https://example.org/", quote="So.", finding_id=999),)),
    ],
)
def test_an_id_that_nothing_has_is_refused_under_its_field(field: str, given: Any) -> None:
    assert "999" in " ".join(refusal(draft(**euros("100"), **{field: given}))[field])


def test_a_source_value_without_its_currency_is_refused() -> None:
    assert "source_value_currency" in refusal(draft(source_value=Decimal(5)))


def test_the_same_row_of_a_dataset_is_one_pledge() -> None:
    made = published(origin_key="ITF1")
    with pytest.raises(ValidationError, match=made.public_id):
        create_pledge(draft(origin_key="ITF1"), now=NOW, acting_user=person())


def test_a_record_is_adopted_once() -> None:
    imported = published()
    published(adopted_from_id=imported.pk)
    with pytest.raises(ValidationError, match="already"):
        create_pledge(draft(adopted_from_id=imported.pk), now=NOW, acting_user=person())


def test_a_package_of_another_dataset_is_refused() -> None:
    other = Dataset.objects.create(key="other", name="Other", licence="CC0", redistributable=True)
    package = published(**euros("100"), dataset_id=other.pk)
    links: list[dict[str, Any]] = [{"package_id": package.pk}, {"supersedes_id": package.pk}]
    for link in links:
        with pytest.raises(ValidationError, match="another dataset"):
            create_pledge(draft(**euros("30"), **link), now=NOW, acting_user=person())
    part = published(**euros("30"), dataset_id=other.pk, package_id=package.pk)
    correct_pledge(part.pk, draft(**euros("20"), package_id=package.pk), now=NOW, acting_user=person())


def test_a_reason_that_no_database_keeps_is_refused_and_takes_no_number() -> None:
    made = published()
    before = Change.objects.count()
    with pytest.raises(ValidationError, match="no database keeps"):
        withdraw_pledge(made.pk, reason="a\0b", now=NOW, acting_user=person())
    assert Change.objects.count() == before


def test_a_rate_with_a_slip_leaves_a_pledge_waiting_and_converts_the_others() -> None:
    user = person()
    large = create_pledge(draft(stated=Decimal(10) ** 17, currency="UAH"), now=NOW, acting_user=user)
    small = create_pledge(draft(stated=Decimal(1), currency="UAH"), now=NOW, acting_user=user)
    enter_rate(currency="UAH", day=DAY, per_euro=Decimal("0.1"), source="Bank", acting_user=user, now=NOW)
    assert convert_waiting(now=NOW, job="test") == 1
    assert Pledge.objects.get(pk=large.pk).eur_central is None
    assert Pledge.objects.get(pk=small.pk).eur_central == 1000
