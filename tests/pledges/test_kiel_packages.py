"""Ten varied packages of the Kiel workbook, entered by hand: the record holds each without a contortion.

The figures are read from the workbook at run time; none of its texts stands here.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from pledges.drafts import DeductionDraft, EvidenceDraft, ItemDraft, MoveDraft, PledgeDraft, ShareDraft
from pledges.models import Pledge, TotalLine
from pledges.services import create_pledge, publish_pledge
from pledges.totals import Filters, totals
from reference.models import Dataset, Party
from reference.services import load_parties, load_rates, packaged_rates, read_ecb_csv
from tests.builders import person

pytestmark = [pytest.mark.django_db, pytest.mark.real_data]

NOW = datetime(2022, 10, 10, tzinfo=UTC)
SHEET = "Bilateral assistance, MAIN DATA"
Row = dict[str, Any]


@pytest.fixture(scope="module")
def workbook() -> dict[str, list[Row]]:
    """The rows of the main sheet by package."""
    folder = os.environ.get("REAL_DATA")
    if not folder:
        pytest.skip("REAL_DATA is not set")
    path = Path(folder) / "data" / "kiel" / "Ukraine_Support_Tracker_Release_07.xlsx"
    header, *rows = CalamineWorkbook.from_path(path).get_sheet_by_name(SHEET).to_python()
    found: dict[str, list[Row]] = {}
    for number, row in enumerate(rows, 2):
        named = {"row": number, **{str(name).strip(): value for name, value in zip(header, row, strict=True)}}
        found.setdefault(str(named["ID"]), []).append(named)
    return found


@pytest.fixture(autouse=True)
def _reference(db: None) -> None:
    load_parties()
    in_2022 = (rate for rate in read_ecb_csv(packaged_rates()) if date(2022, 1, 1) <= rate.day <= date(2022, 10, 10))
    load_rates(in_2022, now=NOW)
    Dataset.objects.create(key="kiel", name="Kiel", licence="as its authors say", redistributable=False)


def party(code: str) -> int:
    return Party.objects.get(code=code).pk


def exact(value: Any) -> Decimal | None:
    """A number of the workbook without loss; its placeholders are no numbers."""
    try:
        return Decimal(repr(value) if isinstance(value, float) else str(value).strip())
    except ArithmeticError:
        return None


def money(value: Any) -> Decimal:
    found = exact(value)
    assert found is not None
    return found


def day_of(row: Row) -> date:
    return date.fromisoformat(str(row["Announcement Date"])[:10])


def addresses(rows: list[Row]) -> Iterator[EvidenceDraft]:
    for row in rows:
        for name in ("Source of Aid 1", "Source of Aid 2", "Source of Aid 3", "Source of Aid 4"):
            if str(row[name]).startswith("http"):
                yield EvidenceDraft(
                    url=str(row[name]).strip(),
                    dataset_row=f"{SHEET}, row {row['row']}",
                    official=str(row["Official Source"]).strip() == "Yes",
                )


def enter(rows: list[Row], donor: str = "", **fields: Any) -> Pledge:
    """Enter one package as a draft in the imported dataset, and publish it."""
    first = rows[0]
    given: dict[str, Any] = {
        "title": f"Package {first['ID']}",
        "donors": (ShareDraft(party(donor)),) if donor else (),
        "recipients": (ShareDraft(party("UA")),),
        "type": str(first["Type of Aid General"]).lower(),
        "dataset_id": Dataset.objects.get(key="kiel").pk,
        "origin_key": str(first["ID"]),
        "source_value": exact(first["Converted Value in EUR"]),
        "source_value_currency": "EUR" if exact(first["Converted Value in EUR"]) is not None else "",
        "source_delivered": exact(first["Total monetary value delivered in EUR"]),
        "evidence": tuple(addresses(rows[:1])),
    }
    if "announced_precision" not in fields:
        given |= {
            "announced_earliest": day_of(first),
            "announced_latest": day_of(first),
            "announced_precision": "day",
        }
    made = create_pledge(PledgeDraft(**{**given, **fields}), now=NOW, acting_user=person())
    return publish_pledge(made.pk, now=NOW, acting_user=person())


def items_of(rows: list[Row]) -> tuple[ItemDraft, ...]:
    return tuple(
        ItemDraft(
            name=str(row["Items (short version)"] or "item")[:100],
            category="heavy_weapon",
            quantity=exact(row["No. of Units"]),
            unit_price=price if (price := exact(row["Unit Price in USD"])) else None,
            price_currency="USD" if price else "",
            price_source="The workbook's price list" if price else "",
            ref=str(row["row"]),
        )
        for row in rows
    )


def delivered(rows: list[Row], day: date) -> tuple[MoveDraft, ...]:
    return tuple(
        MoveDraft("delivery", day, item=str(row["row"]), units=units)
        for row in rows
        if (units := exact(row["No. of Units delivered (in-kind military aid)"]))
    )


def test_a_joint_package_keeps_one_share_known_and_the_other_not(workbook: dict[str, list[Row]]) -> None:
    rows = workbook["NOM9"]
    own = money(rows[0]["Monetary Value as Given by Source"])
    made = enter(
        rows,
        donors=(ShareDraft(party("NO")), ShareDraft(party("GB"))),
        stated=own,
        currency="NOK",
        in_kind=True,
    )
    answer = totals(group_by=["donor"], dataset="kiel")
    assert {getattr(row.keys["donor"], "code", ""): row.sums.central for row in answer.rows} == {
        "NO": 0,
        "GB": 0,
        "joint": made.eur_central,
    }
    assert answer.total.count == 1


def test_a_part_delivered_package_counts_its_units_by_their_prices(workbook: dict[str, list[Row]]) -> None:
    rows = workbook["CZM14"]
    made = enter(rows, "CZ", in_kind=True, items=items_of(rows), moves=delivered(rows, day_of(rows[0])))
    assert (made.valuation, made.stage, made.value_currency) == ("estimated", "pledge", "USD")
    assert made.central == round(money(rows[0]["Total"]), 4)
    assert made.source_value == round(money(rows[0]["Converted Value in EUR"]), 14)
    expected = sum(money(row["Value delivered (own estimate, in USD)"]) for row in rows)
    assert abs(Decimal(made.delivered_usd or 0) / 100 - expected) <= Decimal("0.01")


def test_a_loan_of_at_least_so_much_has_an_open_upper_end(workbook: dict[str, list[Row]]) -> None:
    rows = workbook["JPF1"]
    made = enter(
        rows,
        "JP",
        stated=money(rows[0]["Monetary Value as Given by Source"]),
        currency="USD",
        qualifier="at_least",
        finance_type="loan",
        channel_id=party("WB"),
    )
    assert (made.high, made.high_open, made.usd_central) == (None, True, 10_000_000_000)
    assert totals(dataset="kiel").total.by_finance_type == {"loan": made.eur_central}


def test_a_guarantee_is_told_apart_from_money_given(workbook: dict[str, list[Row]]) -> None:
    rows = workbook["UKF5"]
    made = enter(
        rows,
        "GB",
        stated=money(rows[0]["Monetary Value as Given by Source"]),
        currency="GBP",
        finance_type="guarantee",
        channel_id=party("WB"),
    )
    assert totals(dataset="kiel", filters=Filters(finance_type=("grant",))).total.count == 0
    assert made.eur_central is not None


def test_a_date_in_words_is_kept_with_its_open_end(workbook: dict[str, list[Row]]) -> None:
    rows = workbook["NOM6"]
    written = str(rows[0]["Announcement Date"])
    assert written.startswith("until")
    last = date(2022, 6, 7)
    made = enter(
        rows,
        "NO",
        in_kind=True,
        items=items_of(rows[:4]),
        announced_latest=last,
        announced_precision="before",
        announced_as_written=written,
    )
    assert (made.announced_earliest, made.announced_latest, made.rate_for) == (None, last, last)
    assert made.valuation == "partial"


def test_an_unpriced_package_without_items_is_counted_and_unvalued(workbook: dict[str, list[Row]]) -> None:
    made = enter(workbook["FRM3"], "FR", in_kind=True)
    total = totals(dataset="kiel").total
    assert (made.valuation, total.count, total.unvalued_count, total.central) == ("none", 1, 1, 0)


def test_a_raised_amount_counts_what_was_added(workbook: dict[str, list[Row]]) -> None:
    rows = workbook["BEH4"]
    net = money(rows[0]["Monetary Value as Given by Source"])
    earlier = enter(workbook["BEH1"], "BE", **stated_as_given(workbook["BEH1"]))
    before = Decimal(30_000_000) - net
    made = enter(
        rows,
        "BE",
        stated=Decimal(30_000_000),
        currency="EUR",
        deductions=(DeductionDraft(before, "raises", other_id=earlier.pk),),
    )
    assert (made.central, made.source_value) == (net, net)


def test_a_part_for_another_recipient_is_carved_out(workbook: dict[str, list[Row]]) -> None:
    rows = workbook["ATH3"]
    net = money(rows[0]["Monetary Value as Given by Source"])
    made = enter(
        rows,
        "AT",
        stated=net + 5_000_000,
        currency="EUR",
        deductions=(DeductionDraft(Decimal(5_000_000), "other_recipient"),),
    )
    assert made.eur_central == int(net * 100)


def test_a_package_with_nineteen_parts_counts_as_its_parts(workbook: dict[str, list[Row]]) -> None:
    rows = workbook["USM1"]
    package = enter(rows, "US", stated=money(rows[0]["Total"]), currency="USD", finance_type="grant")
    drawdowns: dict[tuple[date, Decimal], list[Row]] = {}
    for row in rows:
        drawdowns.setdefault((day_of(row), money(row["Monetary Value as Given by Source"])), []).append(row)
    for number, ((_, amount), part_rows) in enumerate(drawdowns.items()):
        enter(
            part_rows,
            "US",
            stated=amount,
            currency="USD",
            package_id=package.pk,
            origin_key=f"USM1/{number}",
            source_value=None,
            source_value_currency="",
            items=items_of([row for row in part_rows if exact(row["No. of Units"])]),
        )
    assert len(drawdowns) == 19
    total = totals(dataset="kiel", currency="USD").total
    assert (total.count, total.central) == (19, int(money(rows[0]["Total"]) * 100))
    assert TotalLine.objects.get(pledge=package, until=None).left_out == "parts_make_whole"


def test_two_stated_currencies_of_a_county_are_both_kept(workbook: dict[str, list[Row]]) -> None:
    rows = workbook["HRH4"]
    county = Party.objects.create(code="HR-16", name="Vukovar-Srijem County", kind="agency", parent_id=party("HR"))
    made = enter(
        rows,
        "HR-16",
        in_kind=True,
        stated=Decimal(247_311),
        currency="HRK",
        stated_other=money(rows[0]["Monetary Value as Given by Source"]),
        currency_other="EUR",
        donors=(ShareDraft(county.pk), ShareDraft(party("HR"))),
    )
    assert made.value_currency == "HRK"
    assert made.eur_central is not None
    assert abs(made.eur_central - 3_300_000) < 50_000


def stated_as_given(rows: list[Row]) -> dict[str, Any]:
    return {"stated": money(rows[0]["Monetary Value as Given by Source"]), "currency": rows[0]["Original Currency"]}
