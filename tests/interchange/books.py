"""Small workbooks of our own, in the forms that the Kiel workbook comes in; figures and words are invented."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from openpyxl import Workbook

RELEASE = [
    "ID", "countries", "Announcement Date", "Type of Aid General", "Type of Aid Specific", "Explanation",
    "Original Currency", "Monetary Value as Given by Source", "", "Type of item", "Sub-type of item", "No. of Units",
    "No. of Units delivered (in-kind military aid)", "Unit Price in USD", "Total ", "Converted Value in EUR",
    "Total monetary value delivered in EUR", "Official Source", "Source of Aid 1",
    "Total_value_dummy (1 is first row in the package)",
]  # fmt: skip
ACTIVITY = [
    "activity_id", "sub_activity_id", "donor", "announcement_date", "aid_type_general", "aid_type_specific",
    "measure", "explanation", "item", "item_numb", "item_numb_deliv", "item_price_USD", "reporting_currency",
    "source_reported_value", "tot_activity_value_EUR", "tot_sub_activity_value_EUR",
    "tot_sub_activity_value_EUR_redistr",
]  # fmt: skip
DAY = date(2022, 3, 1)
DEFAULTS: dict[str, Any] = {
    "ID": "XX1", "countries": "Norway", "Announcement Date": DAY, "Type of Aid General": "Financial",
    "Type of Aid Specific": "Grant", "Explanation": "A gift.", "Original Currency": "EUR",
    "Monetary Value as Given by Source": 100, "": ".", "Type of item": ".", "Sub-type of item": ".",
    "No. of Units": ".", "No. of Units delivered (in-kind military aid)": ".", "Unit Price in USD": ".",
    "Total ": 100, "Converted Value in EUR": 100.5, "Total monetary value delivered in EUR": ".",
    "Official Source": "Yes ", "Source of Aid 1": "https://example.org/a",
    "Total_value_dummy (1 is first row in the package)": 1,
    "activity_id": "XX1", "sub_activity_id": "XX1-1", "donor": "Norway", "announcement_date": DAY,
    "aid_type_general": "Financial", "aid_type_specific": "Grant", "measure": "Commitment", "explanation": "A gift.",
    "item": ".", "item_numb": ".", "item_numb_deliv": ".", "item_price_USD": ".", "reporting_currency": "EUR",
    "source_reported_value": 100, "tot_activity_value_EUR": 100.5, "tot_sub_activity_value_EUR": ".",
    "tot_sub_activity_value_EUR_redistr": ".",
}  # fmt: skip
# The first cell of a package holds its value; these stand in the rows that follow.
FOLLOWING = {
    "Total ": "", "Converted Value in EUR": "", "Total monetary value delivered in EUR": "",
    "Total_value_dummy (1 is first row in the package)": 0,
}  # fmt: skip


def item(name: str, units: Any, price: Any = ".", *, delivered: Any = ".", **more: Any) -> dict[str, Any]:
    """The cells of a row of goods."""
    return {
        "": name, "Type of item": "Heavy weapon", "No. of Units": units, "Unit Price in USD": price,
        "No. of Units delivered (in-kind military aid)": delivered, **more,
    }  # fmt: skip


def book(path: Path, *rows: dict[str, Any], header: list[str] = RELEASE, sheet: str = "Main", below: int = 1) -> Path:
    """Write a workbook whose rows differ from the defaults as given; the header stands in row ``below``."""
    workbook = Workbook()
    first = workbook.active
    assert first is not None
    first.title = "Read me"
    main = workbook.create_sheet(sheet)
    for _ in range(below - 1):
        main.append(["Invented for a test"])
    main.append(header)
    for row in rows:
        values = {**DEFAULTS, **row}
        main.append([values[name] for name in header])
    workbook.save(path)
    return path
