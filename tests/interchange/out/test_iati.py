"""Activities of IATI 2.03: valid, with the right codes, each pledge once, exact."""

from __future__ import annotations

import os
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from interchange.iati.codes import tables
from interchange.iati.writing import write_activities
from pledges.drafts import EvidenceDraft, MoveDraft, ShareDraft
from reference.models import Party
from tests.api.making import article, quoting
from tests.builders import DAY, euros, party, published, rates, shares
from tests.interchange.out.conftest import fill, stand

pytestmark = pytest.mark.django_db
WRITTEN = {  # where a code of which list stands
    "ActivityStatus": "//activity-status/@code",
    "ActivityDateType": "//activity-date/@type",
    "OrganisationType": "//participating-org/@type | //reporting-org/@type | //provider-org/@type",
    "OrganisationRole": "//participating-org/@role",
    "Country": "//recipient-country/@code",
    "Region": "//recipient-region/@code",
    "Sector": "//sector[@vocabulary='1']/@code",
    "FlowType": "//default-flow-type/@code",
    "FinanceType": "//default-finance-type/@code",
    "AidType": "//default-aid-type/@code",
    "TransactionType": "//transaction-type/@code",
    "Currency": "//value/@currency | //@default-currency",
    "Version": "//@version",
}
LISTS = {"transaction": "TransactionType", "status": "ActivityStatus", "finance": "FinanceType", "flow": "FlowType",
         "aid": "AidType", "organisation": "OrganisationType", "region": "Region"}  # fmt: skip


def export(folder: Path) -> Any:
    path = folder / "activities.xml"
    write_activities(path, stand())
    return etree.parse(path)


def of(tree: Any, title: str) -> Any:
    (found,) = (one for one in tree.iter("iati-activity") if one.findtext("title/narrative") == title)
    return found


def moved(activity: Any) -> list[tuple[str, str, str, str]]:
    return [
        (one.find("transaction-type").get("code"), one.find("transaction-date").get("iso-date"),
         one.findtext("value"), one.find("value").get("currency"))
        for one in activity.iter("transaction")
    ]  # fmt: skip


def official(name: str) -> Path:
    return Path(os.environ["REAL_DATA"]) / "data" / "iati" / name


def codes_of(name: str) -> set[str]:
    return {item.findtext("code") for item in etree.parse(official(f"codelists/{name}.xml")).iter("codelist-item")}


@pytest.mark.real_data
def test_the_file_is_valid_by_the_schema_and_the_code_lists(tmp_path: Path) -> None:
    fill()
    odd()
    tree = export(tmp_path)
    schema = etree.XMLSchema(etree.parse(official("iati-activities-schema.xsd")))
    assert schema.validate(tree), schema.error_log
    for name, place in WRITTEN.items():
        used = set(tree.xpath(place))
        assert used, name
        assert used <= codes_of(name), (name, used - codes_of(name))
    for activity in tree.iter("iati-activity"):
        percentages = [Decimal(one) for one in activity.xpath("recipient-country/@percentage | "
                                                              "recipient-region/@percentage")]  # fmt: skip
        assert not percentages or sum(percentages) == 100


@pytest.mark.real_data
@pytest.mark.parametrize(("part", "name"), LISTS.items())
def test_every_code_of_the_table_is_in_its_list(part: str, name: str) -> None:
    assert set(tables()[part].values()) <= codes_of(name)


def odd() -> None:
    """Pledges that use what is seldom used."""
    Party.objects.filter(pk=party("EU")).update(kind="organisation")
    two = (ShareDraft(party("UA"), weight=Decimal(2)), ShareDraft(party("MD"), weight=Decimal(1)))
    published("Shared", recipients=two, type="humanitarian", sector="72040", finance_type="grant", **euros("9"))
    published("Undated", announced_earliest=None, announced_latest=None, announced_precision="unknown",
              type="military", finance_type="loan", **euros("3"))  # fmt: skip
    published("At home", refugee_costs=True, finance_type="guarantee", period_from=date(2022, 3, 1),
              period_to=date(2022, 12, 31), recipients=shares("EU"), evidence=(
                  EvidenceDraft("https://example.org/ö f.pdf?x=[1]&y=é", "They \x0c said <so>.", "Ä & Co", DAY),
              ), **euros("4"))  # fmt: skip


def test_each_stage_is_its_own_transaction_and_never_more_than_the_whole(tmp_path: Path) -> None:
    rates()
    moves = (
        MoveDraft("pledge", DAY),
        MoveDraft("commitment", date(2022, 3, 1), amount=Decimal(40)),
        MoveDraft("commitment", date(2022, 3, 2)),
        MoveDraft("allocation", date(2022, 3, 3)),
        MoveDraft("delivery", date(2022, 3, 4), amount=Decimal(25)),
        MoveDraft("delivery", date(2022, 3, 5), extent_unknown=True),
    )
    published("Money", moves=moves, **euros("100"))
    assert moved(of(export(tmp_path), "Money")) == [
        ("12", "2022-02-25", "100.00", "EUR"),
        ("2", "2022-03-01", "40.00", "EUR"),
        ("2", "2022-03-02", "60.00", "EUR"),
        ("3", "2022-03-04", "25.00", "EUR"),
    ]


def test_a_pledge_in_another_currency_keeps_it_and_says_the_day_of_its_rate(tmp_path: Path) -> None:
    rates()
    published("Dollars", stated=Decimal("7.5"), currency="USD")
    activity = of(export(tmp_path), "Dollars")
    assert moved(activity) == [("12", "2022-02-25", "7.50", "USD")]
    assert activity.find("transaction/value").get("value-date") == "2022-02-25"
    assert activity.get("default-currency") == "USD"


def test_a_package_has_only_what_its_parts_leave_over_and_both_name_each_other(tmp_path: Path) -> None:
    fill()
    tree = export(tmp_path)
    package, part = of(tree, "A package"), of(tree, "A part")
    # The part is superseded by a newer pledge, so the package keeps all of its value.
    assert moved(package) == [("12", "2022-02-25", "1000.00", "EUR")]
    assert moved(part) == []
    assert "a later pledge replaces it" in part.findtext("description/narrative")
    assert [(one.get("type"), one.get("ref")) for one in part.iter("related-activity")] == [
        ("1", package.findtext("iati-identifier"))
    ]
    assert [(one.get("type"), one.get("ref")) for one in package.iter("related-activity")] == [
        ("2", part.findtext("iati-identifier"))
    ]
    assert (package.get("hierarchy"), part.get("hierarchy")) == ("1", "2")


def test_the_remainder_of_a_package_is_told_in_euros(tmp_path: Path) -> None:
    rates()
    package = published("All", stated=Decimal(1000), currency="USD")
    published("Some", package_id=package.pk, stated=Decimal(400), currency="USD")
    tree = export(tmp_path)
    package.refresh_from_db()
    assert moved(of(tree, "Some")) == [("12", "2022-02-25", "400.00", "USD")]
    ((kind, _, amount, currency),) = moved(of(tree, "All"))
    assert (kind, currency) == ("12", "EUR")
    rest = package.lines.get(until=None).eur_central
    assert rest is not None
    assert Decimal(amount) * 100 == rest


def test_a_pledge_without_a_value_has_no_transaction_and_says_so(tmp_path: Path) -> None:
    fill()
    activity = of(export(tmp_path), "Tents without a value")
    assert moved(activity) == []
    assert "No value is known" in activity.findtext("description/narrative")
    assert activity.get("humanitarian") == "1"


def test_the_tracker_reports_at_second_hand_under_the_name_that_is_set(tmp_path: Path, settings: Any) -> None:
    settings.IATI_REPORTING_ORG = "GB-COH-1"
    rates()
    pledge = published("One", **euros("1"))
    activity = of(export(tmp_path), "One")
    assert activity.findtext("iati-identifier") == f"GB-COH-1-{pledge.public_id}"
    assert activity.find("reporting-org").get("secondary-reporter") == "1"
    assert activity.find("document-link").get("url") == "https://example.org/news"


def test_shares_that_nobody_knows_are_not_made_up(tmp_path: Path) -> None:
    rates()
    published("Two", recipients=shares("UA", "MD"), **euros("1"))
    activity = of(export(tmp_path), "Two")
    assert activity.findall("recipient-country") == []
    assert activity.find("recipient-region").get("code") == "998"
    assert activity.findtext("recipient-region/narrative") == "Land UA, Land MD"


def test_an_organisation_is_named_by_its_identifier_where_that_is_known(tmp_path: Path) -> None:
    rates()
    Party.objects.filter(pk=party("WFP")).update(kind="organisation", external_ids={"iati": "XM-DAC-41140"})
    published("One", channel_id=party("WFP"), **euros("1"))
    implementing = of(export(tmp_path), "One").xpath("participating-org[@role='4']")[0]
    assert (implementing.get("ref"), implementing.get("type")) == ("XM-DAC-41140", "40")


def test_a_quoted_article_is_linked_where_it_has_an_address(tmp_path: Path) -> None:
    rates()
    published("Told", evidence=(quoting(article()), quoting(article(url=""))), **euros("1"))
    links = of(export(tmp_path), "Told").findall("document-link")
    assert [link.get("url") for link in links] == ["https://example.org/0"]
