"""Codes beside words: when they agree, when they do not, and when nothing can be said."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extraction.coding import Coded, Comparison, check, half_of, party_codes
from extraction.lexicon import territories
from extraction.reader import default_extractor

NORWAY = "Norway will give Ukraine 12 million euros in humanitarian aid, the foreign ministry said on Monday."
TANKS = "Denmark has sent 14 Leopard 2 tanks and 20 trucks to Ukraine."


def compared(text: str, name: str = "", item: str = "", **values: Any) -> dict[str, Comparison]:
    """The comparisons of one row, by field."""
    row = Coded("row 2", text, name, None, item, values)
    [(_, comparisons)] = check([row], default_extractor())
    return {one.field: one for one in comparisons}


def verdicts(text: str, name: str = "", item: str = "", **values: Any) -> dict[str, str]:
    return {field: one.verdict for field, one in compared(text, name, item, **values).items()}


def test_what_the_words_say_agrees() -> None:
    told = verdicts(
        NORWAY, donor=frozenset({"NO"}), recipient=frozenset({"UA"}), type="humanitarian",
        amount=Decimal(12_000_000), currency="EUR", stage="pledge",
    )  # fmt: skip
    assert set(told.values()) == {"agree"}


def test_another_value_disagrees_and_is_shown_with_its_words() -> None:
    one = compared(NORWAY, amount=Decimal(21_000_000))["amount"]
    assert (one.verdict, one.coded, one.read) == ("disagree", "21,000,000", "12,000,000 EUR")
    assert "12 million euros" in one.quote
    told = verdicts(NORWAY, donor=frozenset({"SE"}), type="military", currency="SEK", stage="delivery")
    assert set(told.values()) == {"disagree"}


def test_silent_words_say_nothing_about_the_code() -> None:
    told = verdicts(
        "Details were not given.", donor=frozenset({"NO"}), type="military", amount=Decimal(5), stage="pledge"
    )
    assert set(told.values()) == {"not said"}


def test_a_blank_beside_a_stated_value_is_told_of() -> None:
    one = compared(NORWAY, amount=None)["amount"]
    assert (one.verdict, one.coded, one.read) == ("not coded", "nothing", "12,000,000 EUR")
    assert verdicts("12 million euros were mentioned.", amount=None) == {"amount": "not said"}, "no finding says so"


def test_a_note_that_is_no_sentence_agrees_by_its_sums_and_nouns() -> None:
    note = "Additional package of 25 million AUD in military assistance."
    assert verdicts(note, amount=Decimal(25_000_000), currency="AUD", type="military") == {
        "amount": "agree", "currency": "agree", "type": "agree"
    }  # fmt: skip


def test_a_rounded_sum_agrees_and_a_near_one_does_not() -> None:
    assert verdicts(NORWAY, amount=Decimal(11_950_000)) == {"amount": "agree"}
    assert verdicts(NORWAY, amount=Decimal(11_900_000)) == {"amount": "disagree"}


@pytest.mark.parametrize(
    ("amount", "verdict"), [(13, "agree"), (7, "agree"), (10, "agree"), (3, "agree"), (12, "disagree")]
)
def test_two_stated_sums_may_be_added_or_taken_apart(amount: int, verdict: str) -> None:
    text = "A package of 10 million euros, with 3 million euros more for refugees."
    assert verdicts(text, amount=Decimal(amount * 1_000_000)) == {"amount": verdict}


def test_a_dollar_is_that_of_the_coded_donor() -> None:
    note = "$5 million for the fund."
    assert verdicts(note, donor=frozenset({"CA"}), amount=Decimal(5_000_000), currency="CAD")["currency"] == "agree"
    assert verdicts(note, donor=frozenset({"US"}), amount=Decimal(5_000_000), currency="CAD")["currency"] == "disagree"


def test_the_currency_is_that_of_the_sum_that_was_coded() -> None:
    note = "Aid of 8 million SEK; another donor spent 3 million EUR."
    assert verdicts(note, amount=Decimal(8_000_000), currency="EUR")["currency"] == "disagree"
    assert verdicts(note, amount=Decimal(8_000_000), currency="SEK")["currency"] == "agree"


def test_a_conversion_in_brackets_may_be_what_was_coded() -> None:
    note = "Helmets worth 1 billion KRW (800,000 USD)."
    assert verdicts(note, amount=Decimal(800_000), currency="USD") == {"amount": "agree", "currency": "agree"}
    assert verdicts(note, amount=Decimal(1_000_000_000), currency="USD")["currency"] == "disagree"
    assert verdicts(note, amount=Decimal(900_000), currency="EUR") == {"amount": "disagree", "currency": "disagree"}


def test_a_sentence_about_another_row_does_not_disagree() -> None:
    note = "Blankets. The 4 million CZK of the first source are reported in CZM3."
    assert verdicts(note, "CZH2", amount=Decimal(9_000_000)) == {"amount": "not said"}
    assert verdicts(note, "CZM3", amount=Decimal(9_000_000)) == {"amount": "disagree"}
    assert verdicts(note, "CZH2", amount=Decimal(4_000_000)) == {"amount": "agree"}


def test_units_agree_by_the_number_and_disagree_by_the_same_thing() -> None:
    assert verdicts(TANKS, item="Leopard 2 tank", units=Decimal(14)) == {"units": "agree"}
    one = compared(TANKS, item="Leopard 2 tank", units=Decimal(15))["units"]
    assert (one.verdict, one.read) == ("disagree", "14 Leopard 2 tanks")
    assert verdicts(TANKS, item="helmets", units=Decimal(900)) == {"units": "not said"}
    kits = "Denmark has sent 40 medical kits to Ukraine."
    assert verdicts(kits, item="Medical supplies", units=Decimal(9)) == {"units": "disagree"}
    assert verdicts("Denmark has sent 40 military vehicles.", item="Military items", units=Decimal(9)) == {
        "units": "not said"
    }, "military is many things"


def test_a_loan_coded_as_a_grant_disagrees() -> None:
    text = "Japan will lend Ukraine $600 million as a loan for its budget."
    assert verdicts(text, finance="grant") == {"finance": "disagree"}
    assert verdicts(text, finance="loan") == {"finance": "agree"}


def test_findings_are_judged_apart_from_the_words() -> None:
    values: dict[str, Any] = {"donor": frozenset({"NO"}), "amount": Decimal(5), "type": "military", "finance": "loan"}
    found = {field: one.found for field, one in compared(NORWAY, **values).items()}
    assert found == {"donor": True, "amount": False, "type": False, "finance": None}
    note = compared("25 million AUD in military assistance.", amount=Decimal(25_000_000))["amount"]
    assert (note.verdict, note.found) == ("agree", None), "the words say so, and no finding"
    assert compared(TANKS, item="tanks", units=Decimal(14))["units"].found is True
    assert compared(TANKS, item="tanks", units=Decimal(21))["units"].found is False


def test_the_donors_fall_into_two_halves() -> None:
    halves = [half_of(code) for code in territories()]
    assert 0.4 < halves.count(1) / len(halves) < 0.6
    assert (half_of("NO"), half_of("SE")) == (2, 1)


def test_what_the_rows_of_a_package_repeat_is_compared_once() -> None:
    values: dict[str, Any] = {"donor": frozenset({"DK"}), "type": "military"}
    rows = [
        Coded("row 2", TANKS, "DKM1", None, "Leopard 2 tank", {**values, "units": Decimal(14)}),
        Coded("row 3", TANKS, "DKM1", None, "truck", {**values, "units": Decimal(20)}),
        Coded("row 4", TANKS, "DKM2", None, "truck", {**values, "units": Decimal(20)}),
    ]
    fields = [[one.field for one in comparisons] for _, comparisons in check(rows, default_extractor())]
    assert fields == [["donor", "type", "units"], ["units"], ["donor", "type", "units"]]


@pytest.mark.parametrize(
    ("written", "codes"),
    [
        ("NO", {"NO"}), ("Norway", {"NO"}), ("Czech Republic", {"CZ"}), ("EU", {"EU"}),
        ("Norway; Denmark", {"NO", "DK"}), ("NO+DK", {"NO", "DK"}), ("European Investment Bank", {"EIB"}),
    ],
)  # fmt: skip
def test_parties_are_known_by_code_and_by_name(written: str, codes: set[str]) -> None:
    assert party_codes(written) == codes


@pytest.mark.parametrize("written", ["", "Atlantis", "XQ", "Norway; Atlantis"])
def test_a_party_that_is_not_known_is_none(written: str) -> None:
    assert party_codes(written) is None


@given(st.text(), st.text(), st.decimals(min_value=0, allow_nan=False, allow_infinity=False, places=2))
def test_any_text_can_be_compared(text: str, name: str, amount: Decimal) -> None:
    values: dict[str, Any] = {"donor": frozenset({"NO"}), "type": "military", "amount": amount, "currency": "EUR",
              "units": amount, "stage": "pledge", "finance": "loan"}  # fmt: skip
    for one in compared(text, name, "tanks", **values).values():
        assert one.quote in text
