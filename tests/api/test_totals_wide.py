"""Totals by groups and goods, in other currencies, by what arrived, in relation to figures, and attributed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from history.selectors import last_seq, steadily
from pledges.drafts import ItemDraft, MoveDraft, ShareDraft
from pledges.services import create_pledge, publish_pledge
from pledges.totals import totals as ask
from reference.figures import load_attribution, load_figures
from reference.models import Membership
from reference.rate_books import RateBook
from reference.rates import quote
from tests.api.making import get
from tests.builders import DAY, NOW, draft, euros, party, person, published, rates

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _rates(db: None) -> None:
    rates(SEK="10.6", JPY="129.32")


def member(code: str, group: str, since: date = date(1995, 1, 1)) -> None:
    Membership.objects.create(member_id=party(code), group_id=party(group), since=since)


def totals(**query: Any) -> Any:
    return get("totals/", **query)


def central(answer: Any, dimension: str) -> dict[Any, str]:
    return {
        row[dimension]["code"] if isinstance(row[dimension], dict) else row[dimension]: row["amount"]["central"]
        for row in answer["results"]
    }


def words(answer: Any) -> str:
    return " ".join(answer["meta"]["messages"])


def test_a_donor_stands_in_each_of_its_groups_and_once_in_the_total() -> None:
    member("IT", "EU")
    member("IT", "NATO")
    published(**euros("5"))
    published(donors=("JP",), **euros("3"))
    answer = totals(group_by="donor_group")
    assert central(answer, "donor_group") == {"EU": "5.00", "NATO": "5.00", "none": "3.00"}
    assert answer["total"]["amount"]["central"] == "8.00"
    assert "do not sum to the total" in words(answer)


def test_membership_is_that_of_the_announcement_unless_today_is_asked_for() -> None:
    member("FI", "NATO", since=date(2023, 4, 4))
    published(donors=("FI",), **euros("5"))
    assert totals(donor_group="NATO")["total"]["count"] == 0
    assert totals(donor_group="NATO", membership="today")["total"]["count"] == 1


def test_an_amount_comes_back_in_its_own_currency_as_it_was_stated() -> None:
    published(stated=Decimal(1_000_000), currency="SEK")
    assert totals(currency="SEK")["total"]["amount"]["central"] == "1000000.00"


def test_a_currency_without_minor_units_has_none() -> None:
    published(**euros("10"))
    assert totals(currency="JPY")["total"]["amount"]["central"] == "1293"


def test_one_days_rates_convert_all_amounts() -> None:
    rates(date(2022, 3, 1), SEK="20")
    published(**euros("10"))
    answer = totals(currency="SEK", rates="2022-03-01")
    assert (answer["total"]["amount"]["central"], answer["meta"]["rates"]) == ("200.00", "2022-03-01")


def test_a_currency_that_the_ecb_never_quoted_is_refused() -> None:
    assert get("totals/", status=400, currency="UAH")["errors"][0]["allowed"] == ["EUR", "JPY", "SEK", "USD"]


def test_a_joint_pledge_is_converted_whole_and_then_divided() -> None:
    donors = tuple(ShareDraft(party(code), weight=Decimal(1)) for code in ("SE", "NO", "DK"))
    made = create_pledge(
        replace(draft(stated=Decimal("100.01"), currency="SEK"), donors=donors), now=NOW, acting_user=person()
    )
    publish_pledge(made.pk, now=NOW, acting_user=person())
    found = central(totals(group_by="donor", currency="SEK"), "donor")
    assert sorted(found[code] for code in ("SE", "NO", "DK")) == ["33.33", "33.34", "33.34"]


def test_what_has_arrived_is_summed_by_the_moves_own_amounts() -> None:
    published(**euros("100"), moves=(MoveDraft("delivery", DAY, amount=Decimal(25)),))
    published(**euros("70"))
    answer = totals(stage_reached="delivery")
    assert (answer["total"]["count"], answer["total"]["amount"]["central"]) == (1, "25.00")
    assert "never the whole pledge for a part" in words(answer)


def test_what_is_suspended_is_told_apart_less_what_was_delivered() -> None:
    moves = (MoveDraft("delivery", DAY, amount=Decimal(25)), MoveDraft("suspended", date(2022, 3, 1)))
    published(**euros("100"), moves=moves)
    assert totals()["total"]["suspended"] == "75.00"


def test_a_stated_value_of_several_categories_stands_under_several() -> None:
    goods = tuple(ItemDraft(name, category=name) for name in ("food", "medical"))
    published(**euros("100"), items=goods)
    answer = totals(group_by="item_category")
    assert central(answer, "item_category") == {"medical": "0.00", "food": "0.00", "several": "100.00"}
    assert answer["total"]["count"] == 1
    assert totals(item_category="food")["total"]["unvalued_count"] == 1


def test_an_estimate_is_divided_by_its_items_prices() -> None:
    goods = tuple(
        ItemDraft(name, category=name, quantity=Decimal(number), unit_price=Decimal(10), price_currency="EUR",
                  price_source="A list")
        for name, number in (("food", 1), ("medical", 3))
    )  # fmt: skip
    published(items=goods)
    assert central(totals(group_by="item_category"), "item_category") == {"medical": "30.00", "food": "10.00"}


def test_rows_by_donor_are_told_in_relation_to_gdp_with_year_and_source() -> None:
    header = "party,measure,year,value,currency,source"
    published(**euros("5"))
    load_figures(f"{header}\nIT,gdp,2021,1000,EUR,An office".encode(), now=NOW, job="test")
    published(donors=("ES",), **euros("5"))
    answer = totals(group_by="donor", relative_to="gdp")
    relative = {row["donor"]["code"]: row["relative"] for row in answer["results"]}
    assert relative["IT"] == {
        "unit": "percent_of_gdp", "value": "0.5000", "figure": "1000", "figure_currency": "EUR", "year": 2021,
        "source": "An office",
    }  # fmt: skip
    assert relative["ES"] is None
    assert get("totals/", status=400, relative_to="gdp")["errors"][0]["parameter"] == "relative_to"


def test_the_eu_is_attributed_to_its_members_only_if_asked_and_to_the_cent() -> None:
    for code in ("EU", "DE", "FR", "IT"):
        party(code)
    rows = "\n".join(f"EU,2021-01-01,{code},1,GNI of an office" for code in ("DE", "FR", "IT"))
    load_attribution(f"institution,valid_from,member,weight,source\n{rows}".encode(), now=NOW, job="test")
    published(donors=("EU",), **euros("100"))
    assert central(totals(group_by="donor"), "donor") == {"EU": "100.00"}
    answer = totals(group_by="donor", attribute_eu="members")
    assert sorted(central(answer, "donor").values()) == ["33.33", "33.33", "33.34"]
    assert (answer["total"]["count"], answer["total"]["amount"]["central"]) == (1, "100.00")
    assert "GNI of an office" in words(answer)
    explained = get("totals/explain/", attribute_eu="members", donor="FR")
    assert explained["results"][0]["amount"]["central"] == explained["total"]["amount"]["central"] == "33.33"


def test_a_write_between_two_queries_does_not_make_an_answer_disagree_in_itself() -> None:
    published(**euros("5"))
    written: list[Any] = []

    def read(seq: int | None) -> tuple[int, int]:
        rows = ask(group_by=["donor"], as_of=seq).rows
        if not written:
            written.append(published(**euros("7")))
        return sum(row.sums.central for row in rows), ask(as_of=seq).total.central

    rows, total = steadily(read, None)
    assert rows == total == 500


def test_loading_rates_makes_a_new_number_so_that_no_answer_is_taken_for_unchanged() -> None:
    before = last_seq()
    rates(date(2022, 3, 2), SEK="11")
    after = last_seq()
    rates(date(2022, 3, 2), SEK="11")
    assert before < after == last_seq()


def test_a_book_of_rates_says_what_single_look_ups_say() -> None:
    rates(date(2022, 3, 1), SEK="11", RUB="110")
    rates(date(2022, 3, 2), SEK="12")
    book = RateBook()
    for day in (DAY, date(2022, 2, 27), date(2022, 3, 1), date(2022, 3, 5), date(2022, 4, 1), date(2021, 1, 1)):
        for currency in ("EUR", "USD", "SEK", "RUB", "UAH"):
            assert book.quote(currency, day) == quote(currency, day)


def test_a_row_tells_on_request_the_share_that_came_and_the_age_of_the_rest() -> None:
    published(**euros("100"), moves=(MoveDraft("delivery", DAY, amount=Decimal(25)),))
    published(donors=("ES",), in_kind=True)
    answer = totals(group_by="donor", include="fulfilment", as_of="2022-03-11")
    came = {row["donor"]["code"]: row["fulfilment"] for row in answer["results"]}
    assert came == {"IT": {"share": "0.2500", "compared_count": 1, "outstanding_days": 14}, "ES": None}


def test_a_pledge_tells_the_share_that_came_of_its_value_or_of_its_units_or_null() -> None:
    moves = (MoveDraft("delivery", DAY, item="t", units=Decimal(3)),)
    goods = (ItemDraft("Tank", category="heavy_weapon", quantity=Decimal(12), ref="t"),)
    valued = published(**euros("100"), moves=(MoveDraft("delivery", DAY, amount=Decimal(25)),))
    counted = published(items=goods, moves=moves)
    unknown = published()
    shares = [get(f"pledges/{one.public_id}/")["delivered"]["fulfilment"] for one in (valued, counted, unknown)]
    assert shares == ["0.2500", "0.2500", None]
