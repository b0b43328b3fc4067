"""Many records of a source at once: the same as one by one, nothing twice, nothing by halves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from history.models import Change, Version
from pledges.bulk import BadEntryError, Entry, Imported, import_pledges
from pledges.drafts import DeductionDraft, EvidenceDraft, ItemDraft, MoveDraft
from pledges.models import Deduction, Pledge, SourceLine, TotalLine
from pledges.services import correct_pledge, create_pledge, publish_pledge
from pledges.state import state_of
from pledges.totals import totals
from reference.models import Dataset, ImportBatch
from tests.builders import DAY, NOW, draft, euros, person, rates

pytestmark = pytest.mark.django_db
ROW = EvidenceDraft(dataset_row="Sheet, row 2")


def batch(key: str = "imported") -> ImportBatch:
    dataset, _ = Dataset.objects.get_or_create(key=key, name=key, licence="theirs", redistributable=False)
    return ImportBatch.objects.create(dataset=dataset, file_name="f.xlsx", file_hash="0" * 64, started_at=NOW)


def entry(key: str, within: str = "", **fields: Any) -> Entry:
    return Entry(replace(draft(key, **fields), origin_key=key, evidence=(ROW,)), within)


def taken_in(*entries: Entry, into: str = "imported") -> Imported:
    return import_pledges(entries, batch=batch(into), now=NOW, job="test")


def varied() -> Sequence[Entry]:
    tanks = ItemDraft(
        "tank", "heavy_weapon", quantity=Decimal(4), unit_price=Decimal("1.5"), price_currency="USD",
        price_source="a list", ref="1",
    )  # fmt: skip
    return (
        entry("A1", **euros("100")),
        entry("A2", items=(tanks,), moves=(MoveDraft("delivery", DAY, item="1", units=Decimal(3)),)),
        entry("A3", donors=("NO", "GB"), stated=Decimal(50), currency="SEK", qualifier="up_to"),
        entry("P", moves=(MoveDraft("commitment", DAY),), **euros("80")),
        entry("P/1", "P", moves=(MoveDraft("delivery", DAY),), **euros("30")),
        entry("P/2", "P", items=(tanks,)),
        entry("N", source_value=Decimal("5.125"), source_value_currency="EUR"),
    )


def lines(dataset: str) -> list[tuple[Any, ...]]:
    names = [
        field.attname
        for field in TotalLine._meta.concrete_fields
        if field.name not in {"id", "pledge", "dataset", "since", "until"}
    ]
    rows = TotalLine.objects.filter(dataset__key=dataset, until=None).order_by("pledge__origin_key", "position")
    return list(rows.values_list("pledge__origin_key", *names))


def test_records_taken_in_together_are_the_same_as_one_by_one() -> None:
    rates(SEK="10.6")
    taken_in(*varied())
    single = batch("single")
    ids: dict[str, int] = {}
    for one in varied():
        own = replace(one.draft, dataset_id=single.dataset_id, package_id=ids.get(one.within))
        made = create_pledge(own, now=NOW, job="test")
        ids[made.origin_key] = publish_pledge(made.pk, now=NOW, job="test").pk
    assert lines("imported") == lines("single")
    assert totals(dataset="imported").total == totals(dataset="single").total
    for many, alone in zip(
        Pledge.objects.filter(dataset__key="imported").order_by("origin_key"),
        Pledge.objects.filter(dataset__key="single").order_by("origin_key"),
        strict=True,
    ):
        computed = ("stage", "valuation", "central", "eur_low", "usd_high", "delivered_eur", "rate_day", "valued_from")
        assert [getattr(many, name) for name in computed] == [getattr(alone, name) for name in computed]


def test_the_kept_version_is_the_state_that_is_read_back() -> None:
    rates(SEK="10.6")
    taken_in(*varied())
    for pledge in Pledge.objects.all():
        assert Version.objects.get(kind="pledge", object_id=pledge.pk).state == state_of(pledge).state


def test_the_same_again_changes_nothing() -> None:
    rates(SEK="10.6")
    first = taken_in(*varied())
    again = taken_in(*varied())
    assert (len(first.made), again.made, again.updated, len(again.unchanged)) == (7, [], [], 7)
    assert Version.objects.count() == 7


def test_a_changed_row_corrects_its_record_and_keeps_what_people_deducted() -> None:
    taken_in(entry("A1", **euros("100")))
    kept = Pledge.objects.get()
    Deduction.objects.create(pledge=kept, amount=Decimal(10), reason="raises")
    result = taken_in(entry("A1", **euros("120")))
    kept.refresh_from_db()
    assert (result.updated, kept.eur_central) == (["A1"], 11_000)
    assert taken_in(entry("A1", **euros("120"))).unchanged == ["A1"]


def test_what_staff_corrected_is_not_overwritten() -> None:
    taken_in(entry("A1", **euros("100")))
    made = Pledge.objects.get()
    own = draft("Corrected", **euros("90"), deductions=(DeductionDraft(Decimal(1), "raises"),))
    correct_pledge(made.pk, own, now=NOW + timedelta(hours=1), acting_user=person("eve"))
    result = taken_in(entry("A1", **euros("120")))
    assert result.kept == [("A1", "eve changed it since the last import")]
    assert Pledge.objects.get().title == "Corrected"


def test_records_that_a_file_no_longer_has_are_told() -> None:
    taken_in(entry("A1"), entry("A2"))
    assert taken_in(entry("A2")).gone == ["A1"]


def test_one_bad_entry_keeps_all_of_them_out() -> None:
    with pytest.raises(BadEntryError, match="A2: An amount must be above zero") as caught:
        taken_in(entry("A1", **euros("1")), entry("A2", **euros("-1")))
    assert caught.value.key == "A2"
    assert not Pledge.objects.exists()
    assert not Change.objects.exists()


def test_a_part_whose_package_does_not_come_before_it_is_refused() -> None:
    with pytest.raises(BadEntryError, match="does not come before it"):
        taken_in(entry("P/1", "P"), entry("P"))


def test_the_same_key_twice_is_refused() -> None:
    with pytest.raises(BadEntryError, match="stands in the file twice"):
        taken_in(entry("A1"), entry("A1"))


def test_many_records_take_few_statements() -> None:
    entries = [entry(f"A{number}") for number in range(50)]
    with CaptureQueriesContext(connection) as queries:
        taken_in(*entries)
    assert len(queries) < 50
    assert SourceLine.objects.count() == 50
