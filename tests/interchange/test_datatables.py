"""The record as flat tables: complete, exact, only what may be given out, in a fixed number of queries."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from interchange.datatables import pledge_details, pledges, sanctions
from interchange.datatables.catalogue import BY_NAME, TABLES, DataTable
from interchange.writing import Kind, csv_lines, ndjson_lines
from pledges.models import Pledge
from pledges.services import withdraw_pledge
from reference.models import Dataset, Membership, Party
from sanctions.models import Designation, Measure, Programme, Target
from tests.builders import NOW, euros, party, person, published, rates
from tests.interchange.recorded import joint, measure

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("dollars")]


@pytest.fixture
def dollars(db: None) -> None:
    rates()


def rows(name: str, key: str | None = None) -> list[Any]:
    return list(BY_NAME[name].rows(key))


@pytest.mark.parametrize("table", TABLES, ids=lambda one: one.table.name)
def test_each_table_says_what_it_holds_and_names_only_what_there_is(table: DataTable) -> None:
    names = set(table.table.names)
    assert len(names) == len(table.table.names)
    assert all(column.title and column.description.endswith(".") for column in table.table.columns)
    assert names.issuperset(table.table.primary_key)
    for key in table.table.foreign_keys:
        assert names.issuperset(key.columns)
        assert set(BY_NAME[key.table].table.names).issuperset(key.to)


@pytest.mark.parametrize("table", TABLES, ids=lambda one: one.table.name)
def test_every_row_can_be_written_in_each_form(table: DataTable) -> None:
    joint()
    measure()
    designation()
    Membership.objects.create(group=Party.objects.get(pk=party("G7")), member_id=party("IT"), since="2000-01-01")
    written = csv.reader(io.StringIO(b"".join(csv_lines(table.table, table.rows(None))).decode(), newline=""))
    found = list(written)
    assert len(found) > 1 or table.table.name == "source_lines"  # only of imported records
    assert all(len(row) == len(table.table.columns) for row in found)
    assert b"".join(ndjson_lines(table.table, table.rows(None))).count(b"\n") == len(found) - 1
    for row in table.rows(None):
        for column in table.table.columns:
            assert row[column.name] is not None or not column.required, (column.name, row)
            if column.kind is Kind.CODE and row[column.name] is not None:
                assert row[column.name] in (column.vocabulary or {})


def designation() -> Designation:
    target = Target.objects.create(public_id="T00000000001", kind="Person", name="A. Person")
    target.names.create(name="A. Person")
    target.identifiers.create(kind="passport", value="123")
    programme = Programme.objects.get(key="own-regime")
    return Designation.objects.create(
        public_id="D00000000001", dataset=programme.dataset, state="published", target=target, programme=programme,
        measure=Measure.objects.first(), created_at=NOW, modified_at=NOW,
    )  # fmt: skip


def test_a_row_of_a_pledge_stands_by_itself() -> None:
    pledge = joint()
    (row,) = rows("pledges")
    assert (row["id"], row["version"], row["title"]) == (pledge.public_id, pledge.last_seq, "=A joint gift")
    assert (row["donors"], row["donor_names"]) == (["IT", "FR"], ["Land IT", "Land FR"])
    assert (row["stated"], row["currency"], row["value_central"]) == (Decimal("100.00"), "EUR", Decimal("90.00"))
    assert (row["eur_central"], row["usd_central"]) == (Decimal("90.00"), Decimal("100.94"))
    assert (row["evidence_count"], row["evidence_urls"]) == (2, ["https://example.org/a", "https://example.org/b"])
    assert (row["stage"], row["left_out"]) == ("commitment", None)


def test_what_belongs_to_a_pledge_names_it() -> None:
    pledge = joint()
    assert [(row["donor"], row["share_amount"]) for row in rows("pledge_donors")] == [
        ("IT", Decimal("60.00")),
        ("FR", Decimal("39.50")),
    ]
    (item,) = rows("items")
    assert (item["name"], item["quantity"]) == ("Tents", Decimal(12))
    assert [(row["stage"], row["item"], row["units"]) for row in rows("moves")] == [
        ("commitment", None, None),
        ("delivery", item["id"], Decimal(2)),
    ]
    assert [(row["number"], row["amount"], row["reason"]) for row in rows("deductions")] == [
        (1, Decimal("10.00"), "raises")
    ]
    for name in ("pledge_donors", "items", "moves", "deductions", "pledge_evidence"):
        assert {(row["pledge"], row["version"]) for row in rows(name)} == {(pledge.public_id, pledge.last_seq)}


def test_why_a_pledge_does_not_count_stands_in_its_row() -> None:
    package = published("Package", **euros("100"))
    published("Part", package_id=package.pk, **euros("100"))
    assert {row["title"]: row["left_out"] for row in rows("pledges")} == {"Package": "parts_make_whole", "Part": None}


def test_drafts_and_withdrawn_records_and_private_notes_are_not_given_out() -> None:
    kept = joint("Public")
    joint("A draft", public=False)
    gone = joint("Gone")
    withdraw_pledge(gone.pk, reason="A slip.", now=NOW, acting_user=person())
    measure("A plan", public=False)
    for one in TABLES:
        for row in one.rows(None):
            assert row.get("pledge", kept.public_id) == kept.public_id
            assert not any("Ask again" in str(value) or "Unsure" in str(value) for value in row.values())
    assert [row["id"] for row in rows("pledges")] == [kept.public_id]
    assert rows("measures") == rows("steps") == []


def test_a_record_that_is_not_published_is_not_named_by_one_that_is() -> None:
    secret = joint("A draft", public=False)
    published("Successor", supersedes_id=secret.pk, **euros("1"))
    (row,) = rows("pledges")
    assert row["supersedes"] is None
    (row,) = pledges.pledge_rows(Pledge.objects.filter(title="Successor"), staff=True)
    assert row["supersedes"] == secret.public_id


def test_a_dataset_that_may_not_be_given_out_stays_out() -> None:
    Dataset.objects.create(key="closed", name="Closed", licence="All rights reserved", redistributable=False)
    pledge = joint()
    Pledge.objects.filter(pk=pledge.pk).update(dataset=Dataset.objects.get(key="closed"))
    assert all(not rows(name) for name in ("pledges", "pledge_donors", "items", "moves", "pledge_evidence"))
    assert [row["key"] for row in rows("datasets")] == ["tracker"]


def test_one_dataset_can_be_asked_for() -> None:
    joint()
    assert len(rows("pledges", "tracker")) == 1
    assert rows("pledges", "another") == []


def test_staff_see_drafts_and_private_notes() -> None:
    joint(public=False)
    (row,) = pledges.pledge_rows(Pledge.objects.all(), staff=True)
    assert (row["state"], row["private_note"]) == ("draft", "Ask again.")
    assert set(pledges.STAFF_PLEDGES.names) <= set(row)


def test_rows_keep_the_order_of_the_query() -> None:
    for title in ("B", "A", "C"):
        published(title, **euros("1"))
    found = pledges.pledge_rows(Pledge.objects.order_by("title"))
    assert [row["title"] for row in found] == ["A", "B", "C"]


QUERIES: dict[str, Callable[[], Any]] = {
    "pledges": lambda: pledges.pledge_rows(Pledge.objects.order_by("pk")),
    "donors": lambda: pledge_details.donor_rows(Pledge.objects.all()),
    "moves": lambda: pledge_details.move_rows(Pledge.objects.all()),
    "evidence": lambda: pledge_details.evidence_rows(Pledge.objects.all()),
    "measures": lambda: sanctions.measure_rows(Measure.objects.order_by("pk")),
    "steps": lambda: sanctions.step_rows(Measure.objects.all()),
}


@pytest.mark.parametrize("name", QUERIES)
def test_the_number_of_queries_does_not_grow_with_the_rows(name: str) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert list(QUERIES[name]())
        return len(queries)

    joint("One")
    measure("One")
    few = asked()
    for number in range(5):
        joint(f"More {number}")
        measure(f"More {number}")
    assert asked() == few


def test_amounts_have_the_decimals_of_their_currency() -> None:
    rates(JPY="130")
    published("Yen", **{**euros("1000"), "currency": "JPY"})
    published("Cents", **euros("0.5"))
    assert {str(row["stated"]) for row in rows("pledges")} == {"1000", "0.50"}


def test_a_range_keeps_both_ends() -> None:
    published("Range", **euros("100", stated_to=Decimal(200), qualifier="range"))
    (row,) = rows("pledges")
    assert (row["stated"], row["stated_to"], row["qualifier"]) == (Decimal("100.00"), Decimal("200.00"), "range")
