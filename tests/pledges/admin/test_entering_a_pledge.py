"""Entering and correcting pledges by the admin's form."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from history.models import Change, Version
from pledges.models import Evidence, Pledge
from pledges.services import create_pledge
from tests.admin_pages import client_of, errors_of, fields_of, messages_of, row, text_of
from tests.builders import DAY, NOW, draft, euros, party, person, published, rates

pytestmark = pytest.mark.django_db
ADD = "/admin/pledges/pledge/add/"


@pytest.fixture(autouse=True)
def _rates(db: None) -> None:
    rates(PLN="4.5")


@pytest.fixture
def desk() -> Client:
    return client_of(everything=True)


def address(pledge: Pledge, page: str = "change") -> str:
    return f"/admin/pledges/pledge/{pledge.pk}/{page}/"


def italy(desk: Client, **fields: Any) -> dict[str, Any]:
    """A filled form: Italy's €110m, in the words of a press release of our own."""
    data = fields_of(desk.get(ADD)) | {
        "title": "Financial support for the government",
        "type": "financial",
        "announced": "25 Feb 2022",
        "stated": "110m",
        "currency": "eur",
        "donors-0-party": party("IT"),
        "recipients-0-party": party("UA"),
        "evidence-0-url": "https://example.org/release",
        "evidence-0-quote": "The government will transfer 110 million euros.",
        "evidence-0-published_on": "2022-02-26",
    }
    return {**data, **fields}


def saved(desk: Client, data: dict[str, Any], path: str = ADD) -> Any:
    """The page that comes after saving."""
    page = desk.post(path, data, follow=True)
    assert page.status_code == 200
    assert page.redirect_chain, errors_of(page)
    return page


def refused(desk: Client, data: dict[str, Any], path: str = ADD) -> dict[str, list[str]]:
    """The errors of a form that was not saved."""
    before = Change.objects.count(), Pledge.objects.count()
    page = desk.post(path, data)
    assert page.status_code == 200
    assert (Change.objects.count(), Pledge.objects.count()) == before
    return errors_of(page)


def test_a_pledge_entered_by_hand_is_a_draft_with_its_value_in_euros_and_dollars_shown_at_once(desk: Client) -> None:
    page = saved(desk, italy(desk))
    pledge = Pledge.objects.get()
    assert (pledge.state, pledge.stage, pledge.stated, pledge.currency) == (
        "draft",
        "pledge",
        Decimal(110_000_000),
        "EUR",
    )
    assert (pledge.eur_central, pledge.usd_central) == (110_000_000_00, 123_376_000_00)
    assert pledge.donors.get().party.code == "IT"
    assert "EUR 110,000,000.00, USD 123,376,000.00." in messages_of(page)[0]
    seen = text_of(page)
    assert "EUR 110,000,000.00" in seen
    assert "EUR 1 = USD 1.1216 on 2022-02-25, ECB" in seen


def test_a_pledge_can_be_saved_and_published_in_one_numbered_change(desk: Client) -> None:
    saved(desk, italy(desk, _publish="1", why="Checked against the release."))
    pledge = Pledge.objects.get()
    assert pledge.state == "published"
    change = Change.objects.exclude(action="rate.load").get()
    assert (change.seq, change.action, change.why) == (
        pledge.last_seq,
        "pledge.publish",
        "Checked against the release.",
    )


def test_publishing_without_evidence_is_refused_in_a_sentence_above_the_evidence_and_nothing_is_kept(
    desk: Client,
) -> None:
    data = italy(desk, _publish="1")
    data |= {"evidence-0-url": "", "evidence-0-quote": "", "evidence-0-published_on": ""}
    errors = refused(desk, data)
    assert errors == {"evidence": ["A pledge needs evidence before it is published: an address and a quote."]}


def test_joint_shares_are_kept_and_what_is_not_divided_is_shown(desk: Client) -> None:
    data = italy(desk, **{"donors-0-share_amount": "60m"})
    page = saved(desk, row(data, "donors", party=party("FR"), share_amount="30 000 000"))
    shares = {donor.party.code: donor.share_amount for donor in Pledge.objects.get().donors.all()}
    assert shares == {"IT": Decimal(60_000_000), "FR": Decimal(30_000_000)}
    assert "20 million EUR (18.2 %) are joint among the donors, not allocated." in text_of(page)


def test_shares_above_the_amount_are_refused_above_the_table_of_donors(desk: Client) -> None:
    data = italy(desk, **{"donors-0-share_amount": "90m"})
    errors = refused(desk, row(data, "donors", party=party("FR"), share_amount="30m"))
    assert list(errors) == ["donors"]
    assert "more than the stated" in errors["donors"][0]


def test_a_donor_named_twice_is_refused_in_words(desk: Client) -> None:
    errors = refused(desk, row(italy(desk), "donors", party=party("IT")))
    assert errors["donors"] == ["A party is named twice; name it once, with all of its share."]


def test_a_deduction_lowers_what_counts(desk: Client) -> None:
    data = row(italy(desk), "deductions", amount="10m", reason="raises", note="Ten were pledged before.")
    page = saved(desk, data)
    assert Pledge.objects.get().eur_central == 100_000_000_00
    assert "100 million EUR after deductions" in text_of(page)


def test_moves_have_their_own_amounts_and_evidence_and_set_what_was_delivered(desk: Client) -> None:
    data = row(italy(desk), "moves", stage="commitment", when="27 Feb 2022")
    data = row(data, "moves", stage="delivery", when="Mar 2022", amount="20m", note="First tranche")
    data["evidence-0-move_number"] = "2"
    page = saved(desk, data)
    pledge = Pledge.objects.get()
    assert (pledge.stage, pledge.delivered_eur) == ("commitment", 20_000_000_00)
    move = Evidence.objects.get().move
    assert move is not None
    assert (move.stage, str(move.day), move.precision) == ("delivery", "2022-03-31", "month")
    assert "EUR 20,000,000.00" in text_of(page)


def test_units_of_goods_move_by_the_name_of_the_item_in_the_same_form(desk: Client) -> None:
    data = italy(desk, stated="", currency="", in_kind="on")
    data = row(data, "items", name="Rifle", category="light_armaments", quantity_qualifier="exact", quantity="1 000",
               unit_price="2k", price_currency="EUR", price_source="A catalogue")  # fmt: skip
    data = row(data, "moves", stage="delivery", when="2022-03-01", goods="rifle", units="250")
    saved(desk, data)
    pledge = Pledge.objects.get()
    assert (pledge.valuation, pledge.eur_central, pledge.delivered_eur) == ("estimated", 2_000_000_00, 500_000_00)


def test_a_move_of_goods_that_are_not_there_is_refused_beside_the_field(desk: Client) -> None:
    errors = refused(desk, row(italy(desk), "moves", stage="delivery", when="2022-03-01", goods="Tank"))
    assert errors["moves-0-goods"] == ["No item of this pledge is called so. Items: none."]


def test_evidence_of_a_move_that_is_not_there_is_refused_beside_the_field(desk: Client) -> None:
    errors = refused(desk, italy(desk, **{"evidence-0-move_number": "3"}))
    assert errors["evidence-0-move_number"] == ["There is no move no. 3."]


@pytest.mark.parametrize(
    ("field", "written", "said"),
    [
        ("stated", "1,250", "can be read in two ways"),
        ("stated", "0", "must be above zero"),
        ("stated", "110.123m", "two ways"),
        ("stated", "110.1230m", None),
        ("stated", "1.001", "two ways"),
        ("currency", "xx", "no currency that we know"),
        ("currency", "", "An amount needs its currency"),
        ("announced", "03/04/2022", "two ways: write the year first"),
        ("announced", "spring 2022", "no date that we can read"),
        ("stated_to", "200m", "Only a range has an upper end"),
        ("title", "", "Say in a few words what is pledged."),
        ("period_to", "2021-01-01", None),
        ("stated", "9" * 22, "check the number of zeros"),
    ],
)
def test_what_cannot_be_right_is_said_beside_its_field(
    desk: Client, field: str, written: str, said: str | None
) -> None:
    data = italy(desk, **{field: written})
    if said is None:
        saved(desk, data)
        return
    errors = refused(desk, data)
    assert list(errors) == [field]
    assert said in " ".join(errors[field])


@pytest.mark.parametrize(
    ("written", "first", "last", "precision"),
    [
        ("", None, None, "unknown"),
        ("Feb 2022", "2022-02-01", "2022-02-28", "month"),
        ("2022-02-24..2022-02-26", "2022-02-24", "2022-02-26", "range"),
        ("by 2022-02-25", None, "2022-02-25", "before"),
    ],
)
def test_the_announcement_is_kept_with_its_precision(
    desk: Client, written: str, first: str | None, last: str | None, precision: str
) -> None:
    saved(desk, italy(desk, announced=written))
    pledge = Pledge.objects.get()
    days = [str(day) if day else None for day in (pledge.announced_earliest, pledge.announced_latest)]
    assert (*days, pledge.announced_precision) == (first, last, precision)


def test_a_page_that_is_sent_untouched_changes_nothing(desk: Client) -> None:
    saved(desk, row(italy(desk), "moves", stage="commitment", when="Feb 2022"))
    pledge = Pledge.objects.get()
    page = saved(desk, fields_of(desk.get(address(pledge))), address(pledge))
    assert Change.objects.exclude(action="rate.load").count() == 1
    assert "Nothing was changed" in messages_of(page)[0]


def test_a_correction_keeps_what_the_form_does_not_show(desk: Client) -> None:
    made = create_pledge(
        draft("From a workbook", **euros("5"), source_value=Decimal("4.5"), source_value_currency="EUR",
              outside_source_total="Not bilateral"),
        now=NOW, acting_user=person(),
    )  # fmt: skip
    saved(desk, fields_of(desk.get(address(made))) | {"title": "Better words"}, address(made))
    made.refresh_from_db()
    assert (made.title, made.source_value, made.outside_source_total) == (
        "Better words",
        Decimal("4.5"),
        "Not bilateral",
    )
    assert made.evidence.get().quote == "They announced it."


def test_a_corrected_amount_gets_a_new_frozen_value_and_rows_can_be_removed(desk: Client) -> None:
    saved(desk, row(italy(desk), "deductions", amount="10m", reason="raises"))
    pledge = Pledge.objects.get()
    data = fields_of(desk.get(address(pledge))) | {"stated": "200m", "deductions-0-DELETE": "on", "why": "A slip."}
    saved(desk, data, address(pledge))
    pledge.refresh_from_db()
    assert (pledge.eur_central, pledge.deductions.count()) == (200_000_000_00, 0)


def test_the_second_of_two_editors_is_told_who_was_quicker_and_overwrites_nothing(desk: Client) -> None:
    saved(desk, italy(desk))
    pledge = Pledge.objects.get()
    opened = fields_of(desk.get(address(pledge)))
    colleague = client_of("rosa", everything=True)
    theirs = fields_of(colleague.get(address(pledge))) | {"evidence-0-DELETE": "on", "title": "Rosa's title"}
    saved(colleague, theirs, address(pledge))
    errors = refused(desk, opened | {"title": "My title"}, address(pledge))
    assert "rosa changed this record" in errors["__all__"][0]
    pledge.refresh_from_db()
    assert pledge.title == "Rosa's title"


def test_a_change_of_a_published_pledge_needs_a_reason(desk: Client) -> None:
    pledge = published("Public", **euros("5"))
    data = fields_of(desk.get(address(pledge))) | {"title": "Public, corrected"}
    assert list(refused(desk, data, address(pledge))) == ["why"]
    saved(desk, data | {"why": "A slip."}, address(pledge))
    assert Change.objects.order_by("-seq")[0].why == "A slip."


def test_taking_the_last_evidence_from_a_published_pledge_is_refused(desk: Client) -> None:
    pledge = published("Public", **euros("5"))
    data = fields_of(desk.get(address(pledge))) | {"evidence-0-DELETE": "on", "why": "Wrong."}
    assert list(refused(desk, data, address(pledge))) == ["evidence"]


def test_a_pledge_like_another_one_of_that_week_is_saved_with_a_warning(desk: Client) -> None:
    twin = published("The same, perhaps", **euros("110000000"))
    page = saved(desk, italy(desk))
    assert any(twin.public_id in message and "same donor and amount" in message for message in messages_of(page))


def test_parts_of_a_package_are_listed_with_the_remainder(desk: Client) -> None:
    package = published("Package", **euros("100"))
    published("One part", **euros("30"), package_id=package.pk)
    seen = text_of(desk.get(address(package)))
    assert "One part" in seen
    assert "Remainder of the package EUR 70.00" in seen


def test_a_part_cannot_be_the_package_of_its_own_package(desk: Client) -> None:
    package = published("Package", **euros("100"))
    part = published("One part", **euros("30"), package_id=package.pk)
    data = fields_of(desk.get(address(package))) | {"package": part.pk, "why": "Try."}
    errors = refused(desk, data, address(package))
    assert "circle" in errors["package"][0]


def test_a_currency_without_a_rate_is_said_to_wait_for_one(desk: Client) -> None:
    page = saved(desk, italy(desk, currency="UAH"))
    assert "It stays unconverted. No rate of UAH is known for 2022-02-25" in messages_of(page)[0]


def test_a_price_from_the_list_values_an_item(desk: Client) -> None:
    price = fields_of(desk.get("/admin/pledges/price/add/"))
    price |= {"item": "Helmet", "amount": "1.5k", "currency": "usd", "source": "A tender"}
    desk.post("/admin/pledges/price/add/", price)
    data = italy(desk, stated="", currency="")
    listed = desk.get(
        "/admin/autocomplete/", {"app_label": "pledges", "model_name": "item", "field_name": "price", "term": "hel"}
    )
    data = row(data, "items", name="Helmet", category="military_equipment", quantity_qualifier="exact", quantity="10",
               price=listed.json()["results"][0]["id"])  # fmt: skip
    saved(desk, data)
    assert Pledge.objects.get().usd_central == 15_000_00


def test_every_save_leaves_a_version_of_the_record(desk: Client) -> None:
    saved(desk, italy(desk))
    pledge = Pledge.objects.get()
    version = Version.objects.get(kind="pledge", object_id=pledge.pk)
    assert Decimal(version.state["stated"]) == 110_000_000
    assert version.since.actor == person()
    assert pledge.announced_latest == DAY


@pytest.mark.parametrize("sent", ["NaN", "9" * 40, "\x00", "-1"])
def test_a_party_that_cannot_be_is_refused_beside_its_field(desk: Client, sent: str) -> None:
    errors = refused(desk, italy(desk, **{"donors-0-party": sent, "channel": sent}))
    assert set(errors) == {"donors-0-party", "channel"}
