"""What one or two sentences say, phenomenon by phenomenon; the gold set has many more."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from extraction.contract import Article, PledgeFinding, SanctionFinding
from extraction.reader import default_extractor


def read(text: str, published: date | None = None) -> tuple[Any, ...]:
    return default_extractor().read(Article(text, published=published)).findings


def pledge(text: str) -> Any:
    (finding,) = read(text)
    assert isinstance(finding, PledgeFinding)
    return finding


def sanction(text: str) -> SanctionFinding:
    (finding,) = read(text)
    assert isinstance(finding, SanctionFinding)
    return finding


@pytest.mark.parametrize(
    ("actor", "code"),
    [
        ("Berlin", "DE"),
        ("The Dutch prime minister", "NL"),
        ("Norway's foreign ministry", "NO"),
        ("The government of Japan", "JP"),
        ("The European Commission", "EU"),
        ("Justin Trudeau", "CA"),
    ],
)
def test_whoever_acts_for_a_state_is_that_state(actor: str, code: str) -> None:
    assert pledge(f"{actor} pledged €5 million in humanitarian aid for Sudan.").donors == (code,)


def test_a_person_introduced_by_office_acts_for_the_state_later() -> None:
    text = "Danish Defence Minister Jane Roe flew to Kyiv. Roe promised 20 howitzers for Ukraine."
    assert pledge(text).donors == ("DK",)


def test_a_company_or_a_club_is_no_state() -> None:
    assert read("Siemens donated €1 million to Ukraine. Turkey Holdings gave Syria 20 ambulances.") == ()


@pytest.mark.parametrize(
    "text",
    [
        "Germany will not send tanks to Ukraine.",
        "Zelensky urged Germany to send tanks to Ukraine.",
        "Italy could send howitzers to Ukraine.",
        "The Netherlands is considering sending jets to Ukraine.",
        "Bulgaria will send Ukraine shells if parliament agrees.",
        "The United States is expected to announce a $400 million package for Ukraine.",
        "Israel refused to supply Ukraine with missiles.",
    ],
)
def test_what_is_denied_asked_imagined_or_expected_is_no_claim(text: str) -> None:
    assert read(text) == ()


def test_a_running_total_is_flagged_and_the_new_sum_beside_it_is_not() -> None:
    new, total = read("Britain pledged £53 million in aid for Yemen, taking its total this year to £144 million.")
    assert (new.amount.value, new.flags) == (Decimal(53_000_000), frozenset())
    assert total.flags == {"cumulative"}


def test_old_news_is_flagged_by_its_year() -> None:
    (finding,) = read("In 2015 Japan pledged $5 million to Nepal after the quake.", published=date(2023, 3, 1))
    assert "historical" in finding.flags


def test_respectively_gives_each_donor_its_own_sum() -> None:
    first, second = read("Finland and Iceland pledged €4 million and €1 million respectively for Kenya.")
    assert (first.donors, first.amount.value) == (("FI",), Decimal(4_000_000))
    assert (second.donors, second.amount.value) == (("IS",), Decimal(1_000_000))


def test_a_joint_gift_is_one_finding() -> None:
    assert pledge("Germany and the Netherlands will give Ukraine 100 Leopard 1 tanks.").donors == ("DE", "NL")


def test_what_the_package_holds_is_told_in_the_next_sentence() -> None:
    finding = pledge("Canada announced new military aid for Ukraine. The package includes four tanks and 200 vehicles.")
    assert [one.quantity for one in finding.goods] == [4, 200]


@pytest.mark.parametrize(
    ("verb", "stage"),
    [
        ("will send", "pledge"),
        ("has delivered", "delivery"),
        ("has earmarked", "allocation"),
        ("approved", "commitment"),
        ("has suspended", "suspended"),
        ("cancelled", "cancelled"),
    ],
)
def test_the_verb_shows_the_stage(verb: str, stage: str) -> None:
    assert pledge(f"Sweden {verb} €5 million in aid to Somalia.").stage == stage


def test_a_claim_told_twice_is_one_finding() -> None:
    text = "Greece to send ambulances to Armenia\n\nGreece will send six ambulances to Armenia, a minister said."
    assert pledge(text).goods[0].quantity == 6


def test_an_asset_freeze_and_a_travel_ban_are_two_measures_of_one_finding() -> None:
    finding = sanction("Britain imposed asset freezes and travel bans on eight Belarusian generals.")
    assert (finding.imposers, finding.targets) == (("GB",), ("BY",))
    assert set(finding.measures) == {"asset_freeze", "travel_ban"}
    assert (finding.action, finding.target_kind) == ("imposed", "Person")


@pytest.mark.parametrize(
    ("text", "action"),
    [
        ("Canada will ban imports of Russian steel.", "announced"),
        ("The European Commission has proposed a ban on exports of tools to Russia.", "proposed"),
        ("The EU extended its sanctions against Syria.", "extended"),
        ("Washington lifted its trade embargo on Sudan.", "lifted"),
        ("The United States eased oil sanctions on Venezuela.", "eased"),
    ],
)
def test_the_verb_shows_the_action(text: str, action: str) -> None:
    assert sanction(text).action == action


def test_halted_aid_is_no_asset_freeze() -> None:
    finding = pledge("The United States has frozen military aid to Egypt worth $130 million.")
    assert (finding.stage, finding.type) == ("suspended", "military")


def test_a_reading_explains_itself() -> None:
    reading = default_extractor().read(Article("Germany will not send tanks to Ukraine."), explain=True)
    (trace,) = reading.trace
    assert "party DE" in trace.mentions
    assert any("negated" in verdict for verdict in trace.verdicts)


@pytest.mark.parametrize(
    ("text", "donor"),
    [
        ("Norway is putting 90 million kroner into the repair of Ukraine's power grid.", "NO"),
        ("Sweden adds 1 billion kronor to its support for Ukraine.", "SE"),
        ("Ukraine gets $2bn in new US military aid.", "US"),
        ("Clinics in Sudan will receive medicines worth $3 million donated by Kuwait.", "KW"),
        ("Kyiv is to be given six jets by Belgium.", "BE"),
        ("Zelensky thanked Denmark for 19 howitzers.", "DK"),
        ("There will be another 40 million euros for Gaza from Berlin.", "DE"),
        ("Australia will send 28 armoured vehicles to Ukraine in a package worth A$110m (US$73m).", "AU"),
        ("The Spanish minister told reporters his country would give Ukraine €5 million in aid.", "ES"),
        ("Italy agreed in Brussels to provide Ukraine with 20 generators.", "IT"),
        ("Latvia will, however, give Ukraine 40 drones.", "LV"),
    ],
)
def test_whoever_gives_is_found_in_whatever_way_it_is_told(text: str, donor: str) -> None:
    assert pledge(text).donors == (donor,)


@pytest.mark.parametrize(
    ("text", "stage"),
    [
        ("Finland's parliament has given its final approval to €50 million in aid for Ukraine.", "commitment"),
        ("Estonia has handed over 40 howitzers to Ukraine.", "delivery"),
        ("Slovakia has withdrawn a planned package of 5,000 shells for Ukraine.", "cancelled"),
        ("Poland no longer sends arms to Ukraine.", "suspended"),
        ("Sweden's parliament voted to lend Ukraine 2 billion kronor.", "commitment"),
    ],
)
def test_what_is_said_of_a_gift_shows_how_far_it_has_come(text: str, stage: str) -> None:
    assert pledge(text).stage == stage


@pytest.mark.parametrize(
    "text",
    [
        "Germany has handed Ukraine nothing but promises of 40 tanks.",
        "China delivered six jets to Pakistan.",
        "The Turkish club agreed a two-year loan for the Ukraine midfielder for 12 million euros.",
        "The fund ended its review in Egypt without a date for the payment of $1.2 billion.",
    ],
)
def test_what_only_looks_like_a_gift_is_none(text: str) -> None:
    assert read(text) == ()


def test_what_was_given_till_now_is_a_running_total() -> None:
    assert pledge("Canada has now given Ukraine C$900 million in support.").flags == {"cumulative"}


def test_last_year_in_a_comparison_tells_no_old_news() -> None:
    assert not pledge("Britain has pledged £88m for Yemen, a fifth less than last year.").flags
