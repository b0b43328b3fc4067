"""Totals over real records: each pledge once, what is unknown counted apart, joint pledges by their shares."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from history.selectors import last_seq
from pledges.drafts import DeductionDraft, MoveDraft, PledgeDraft, ShareDraft
from pledges.models import Pledge, TotalLine
from pledges.services import correct_pledge, create_pledge, merge_pledge, publish_pledge, withdraw_pledge
from pledges.sums import Sums
from pledges.totals import Filters, PartyKey, Totals, totals
from reference.models import Dataset
from tests.builders import DAY, NOW, draft, euros, party, person, published, rates

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _rates(db: None) -> None:
    rates(SEK="10.6")


def by_donor(answer: Totals | None = None, **asked: Any) -> dict[str, Sums]:
    found = answer or totals(group_by=["donor"], **asked)
    return {key.code: row.sums for row in found.rows if isinstance(key := row.keys["donor"], PartyKey)}


def correct(pledge: Pledge, **changes: Any) -> None:
    before = draft(pledge.title, **euros("100"))
    correct_pledge(pledge.pk, replace(before, **changes), now=NOW, acting_user=person())


def test_italys_110_million_euros_are_that_to_the_cent() -> None:
    published(**euros("110000000"), type="financial")
    answer = totals(group_by=["donor", "type"])
    assert [(row.keys["type"], row.sums.central) for row in answer.rows] == [("financial", 11_000_000_000)]
    assert answer.total.by_finance_type == {"unspecified": 11_000_000_000}


def test_a_pledge_without_a_value_is_counted_and_never_summed() -> None:
    published(donors=("ES",), type="military", in_kind=True)
    published(**euros("100"))
    total = totals().total
    assert (total.count, total.valued_count, total.unvalued_count, total.central) == (2, 1, 1, 10_000)


def test_a_pledge_in_a_currency_without_a_rate_is_counted_as_unconverted() -> None:
    published(stated=Decimal(100), currency="UAH")
    total = totals().total
    assert (total.count, total.valued_count, total.unvalued_count, total.unconverted_count) == (1, 0, 0, 1)


def test_a_draft_does_not_count() -> None:
    create_pledge(draft(**euros("100")), now=NOW, acting_user=person())
    assert totals().total == Sums()


def test_a_withdrawn_pledge_no_longer_counts() -> None:
    pledge = published(**euros("100"))
    withdraw_pledge(pledge.pk, reason="It was never announced.", now=NOW, acting_user=person())
    assert totals().total.count == 0


def test_amounts_in_other_currencies_are_converted_by_the_rate_of_the_day() -> None:
    published(stated=Decimal(106), currency="SEK")
    assert totals().total.central == 1000
    assert totals(currency="USD").total.central == 1122


def test_a_superseded_pledge_does_not_count_while_its_successor_is_published() -> None:
    old = published(**euros("100"))
    new = published(**euros("120"), supersedes_id=old.pk)
    assert totals().total.central == 12_000
    withdraw_pledge(new.pk, reason="Wrong.", now=NOW, acting_user=person())
    assert totals().total.central == 10_000


def test_a_package_counts_as_its_parts_and_its_remainder() -> None:
    package = published("package", **euros("100"))
    published("part", **euros("30"), package_id=package.pk)
    total = totals().total
    assert (total.central, total.count) == (10_000, 2)


def test_parts_that_outgrow_their_package_leave_no_remainder_below_zero() -> None:
    package = published("package", **euros("100"))
    for _ in range(2):
        published("part", **euros("80"), package_id=package.pk)
    total = totals().total
    assert (total.central, total.count) == (16_000, 2)
    assert TotalLine.objects.get(pledge=package, until=None).left_out == "parts_make_whole"


def test_an_unvalued_part_is_held_by_its_valued_package() -> None:
    package = published("package", **euros("100"))
    part = published("part", package_id=package.pk)
    total = totals().total
    assert (total.count, total.unvalued_count, total.central) == (1, 0, 10_000)
    assert TotalLine.objects.get(pledge=part, until=None).left_out == "part_of_package"


def test_an_unvalued_package_counts_through_its_parts() -> None:
    package = published("package")
    published("part", **euros("30"), package_id=package.pk)
    total = totals().total
    assert (total.count, total.central) == (1, 3_000)


def test_an_estimated_part_neither_raises_nor_lowers_a_stated_package() -> None:
    from pledges.drafts import ItemDraft

    package = published("package", **euros("100"))
    tanks = ItemDraft(
        name="tanks",
        category="heavy_weapon",
        quantity=Decimal(10),
        unit_price=Decimal(50),
        price_currency="EUR",
        price_source="price list",
    )
    part = published("part", items=(tanks,), package_id=package.pk)
    part.refresh_from_db()
    assert part.eur_central == 50_000
    assert totals().total.central == 10_000


def test_a_part_moved_to_another_package_frees_the_remainder_of_the_first() -> None:
    first, second = published("first", **euros("100")), published("second", **euros("200"))
    part = published("part", **euros("30"), package_id=first.pk)
    correct(part, stated=Decimal(30), package_id=second.pk)
    lines = dict(TotalLine.objects.filter(until=None).values_list("pledge__title", "eur_central"))
    assert lines == {"first": 10_000, "second": 17_000, "part": 3_000}


def test_of_a_cancelled_pledge_only_what_was_delivered_counts() -> None:
    moves = (
        MoveDraft("delivery", DAY, amount=Decimal(25)),
        MoveDraft("cancelled", date(2022, 3, 5)),
    )
    published(**euros("100"), moves=moves)
    assert totals().total.central == 2_500


def test_a_cancelled_pledge_of_which_nothing_came_is_left_out() -> None:
    pledge = published(**euros("100"), moves=(MoveDraft("cancelled", DAY),))
    assert totals().total.count == 0
    assert TotalLine.objects.get(pledge=pledge, until=None).left_out == "cancelled"


def test_a_cancelled_part_of_a_pledge_no_longer_counts() -> None:
    published(**euros("100"), moves=(MoveDraft("cancelled", DAY, amount=Decimal(40)),))
    assert totals().total.central == 6_000


def test_a_joint_pledge_counts_in_each_donors_row_and_once_in_the_total() -> None:
    published(donors=("SE", "NO"), **euros("100"))
    rows = by_donor()
    assert {code: (sums.count, sums.central) for code, sums in rows.items()} == {
        "SE": (1, 0),
        "NO": (1, 0),
        "joint": (1, 10_000),
    }
    assert totals().total.count == 1


def test_a_donor_whose_share_is_not_known_is_unvalued_there_and_not_zero() -> None:
    published(donors=("SE", "NO"), **euros("100"))
    assert by_donor()["SE"].unvalued_count == 1
    assert totals().total.unvalued_count == 0


def test_shares_divide_a_joint_pledge_to_the_cent() -> None:
    donors = tuple(ShareDraft(party(code), weight=Decimal(1)) for code in ("SE", "NO", "DK"))
    made = create_pledge(replace(draft(**euros("100")), donors=donors), now=NOW, acting_user=person())
    publish_pledge(made.pk, now=NOW, acting_user=person())
    assert sorted(sums.central for sums in by_donor().values()) == [3333, 3333, 3334]


def test_a_known_share_and_its_joint_rest_sum_to_the_whole() -> None:
    donors = (ShareDraft(party("SE"), amount=Decimal(40)), ShareDraft(party("NO")))
    made = create_pledge(replace(draft(**euros("100")), donors=donors), now=NOW, acting_user=person())
    publish_pledge(made.pk, now=NOW, acting_user=person())
    rows = by_donor()
    assert (rows["SE"].central, rows["NO"].unvalued_count, rows["joint"].central) == (4_000, 1, 6_000)


def test_a_filter_by_donor_sums_that_donors_share_alone() -> None:
    donors = (ShareDraft(party("SE"), amount=Decimal(40)), ShareDraft(party("NO")))
    made = create_pledge(replace(draft(**euros("100")), donors=donors), now=NOW, acting_user=person())
    publish_pledge(made.pk, now=NOW, acting_user=person())
    assert totals(filters=Filters(donor=("SE",))).total.central == 4_000


def test_an_up_to_amount_counts_whole_and_is_told_apart() -> None:
    published(**euros("100", qualifier="up_to"))
    total = totals().total
    assert (total.low, total.central, total.high, total.up_to) == (0, 10_000, 10_000, 10_000)


def test_an_open_high_counts_at_its_floor_and_is_counted() -> None:
    published(**euros("100", qualifier="at_least"))
    total = totals().total
    assert (total.high, total.high_open) == (10_000, 1)


def test_deductions_are_taken_from_the_stated_amount() -> None:
    published(**euros("100"), deductions=(DeductionDraft(Decimal(20), "raises"),))
    assert totals().total.central == 8_000


def test_refugee_costs_are_left_out_unless_asked_for() -> None:
    published(**euros("100"), refugee_costs=True)
    assert totals().total.count == 0
    assert totals(filters=Filters(refugee_costs=True)).total.central == 10_000


def test_an_imported_record_is_not_added_to_the_trackers_own() -> None:
    other = Dataset.objects.create(key="other", name="Other", licence="CC0", redistributable=True)
    published(**euros("100"))
    published(**euros("100"), dataset_id=other.pk)
    assert totals().total.central == 10_000
    assert totals(dataset="other").total.central == 10_000


def test_a_merged_pledge_counts_no_more_and_its_evidence_goes_along() -> None:
    kept, double = published(**euros("100")), published(**euros("100"))
    merge_pledge(double.pk, into_id=kept.pk, now=NOW, acting_user=person())
    assert totals().total.central == 10_000
    assert kept.evidence.count() == 2


def test_a_past_change_is_answered_as_it_was_then() -> None:
    pledge = published(**euros("100"))
    then = last_seq()
    correct(pledge, stated=Decimal(70))
    assert totals().total.central == 7_000
    assert totals(as_of=then).total.central == 10_000
    assert totals(as_of=0).total.count == 0


def test_a_total_takes_four_queries_however_many_rows(django_assert_num_queries: Any) -> None:
    for code in ("IT", "ES", "SE", "NO", "DK"):
        published(donors=(code,), **euros("100"))
    with django_assert_num_queries(4):
        totals(group_by=["donor", "recipient", "type"])


def test_rows_come_in_a_stable_order_with_joint_last() -> None:
    published(donors=("SE", "NO"), **euros("100"))
    published(donors=("DK",), **euros("100"))
    assert list(by_donor()) == ["DK", "NO", "SE", "joint"]


def test_a_pledge_of_nobody_by_name_has_a_row_of_its_own() -> None:
    made = create_pledge(
        PledgeDraft(title="x", donors_as_written="several states", evidence=draft().evidence, **euros("100")),
        now=NOW,
        acting_user=person(),
    )
    publish_pledge(made.pk, now=NOW, acting_user=person())
    assert list(by_donor()) == ["unnamed"]
