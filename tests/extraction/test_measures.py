"""Measures and their actions, phenomenon by phenomenon."""

from typing import Any

import pytest

from extraction.contract import Article
from extraction.reader import default_extractor


def read(text: str) -> tuple[Any, ...]:
    return default_extractor().read(Article(text)).findings


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Canada banned exports of aircraft parts to Myanmar.", {"export_control"}),
        ("Japan imposed curbs on imports of Russian coal.", {"import_restrictions"}),
        ("Norway imposed a ban on exports and imports of gold from Iran.", {"export_control", "import_restrictions"}),
        ("Sweden suspended arms exports to Turkey.", {"arms_embargo"}),
        ("Poland barred Russian lorries from its roads.", {"transportation_restrictions"}),
        ("France banned 28 Israeli settlers from its territory.", {"travel_ban"}),
        ("Estonia will stop issuing visas to Russian citizens.", {"visa_restrictions"}),
        ("The EU will cap the price of Russian oil.", {"price_cap"}),
        ("Greece announced the expulsion of 12 Russian diplomats.", {"diplomatic_measure"}),
        ("The EU cut three Belarusian banks off from SWIFT.", {"financial_restrictions"}),
    ],
)
def test_what_is_banned_shows_the_measure(text: str, kinds: set[str]) -> None:
    (finding,) = read(text)
    assert set(finding.measures) == kinds


@pytest.mark.parametrize(
    ("text", "action"),
    [
        ("Britain widened its sanctions on Iran.", "imposed"),
        ("Britain extended its sanctions on Iran until May.", "extended"),
        ("Britain extended its sanctions on Iran to six more banks.", "imposed"),
        ("The EU decided to renew and extend until 1 June the sanctions against Burundi.", "extended"),
        ("Brussels put forward a ban on imports of Russian diamonds.", "proposed"),
        ("Germany said it would propose that the bloc suspend sanctions on Syria.", "proposed"),
        ("Washington approved the lifting of sanctions on Sudan.", "lifted"),
        ("Washington plans to lift sanctions on Sudan.", "announced"),
        ("Washington is easing restrictions on fuel sales to Cuba.", "eased"),
    ],
)
def test_the_words_show_the_action(text: str, action: str) -> None:
    (finding,) = read(text)
    assert finding.action == action


def test_what_follows_explains_the_sanctions_before_it() -> None:
    findings = read(
        "Britain announced sanctions on eight Iranian generals, freezing their assets and barring entry to them."
    )
    assert {kind for one in findings for kind in one.measures} == {"asset_freeze", "travel_ban"}


def test_the_measures_themselves_may_be_the_subject() -> None:
    (finding,) = read("Tokyo announced measures against Moscow on Friday. The sanctions target 12 Russian officials.")
    assert (finding.imposers, finding.targets, finding.measures) == (("JP",), ("RU",), ("designation",))


@pytest.mark.parametrize(
    "text",
    [
        "Western sanctions imposed on Russia over the war have hit car sales.",
        "The United States will sanction anyone who undermines the peace in South Sudan.",
        "Kenya lifted its ban on travel from China as the pandemic ebbed.",
        "Switzerland will not follow the EU in banning Russian broadcasters.",
        "Indonesia lifted its ban on palm oil exports.",
        "The EU will keep its sanctions on Burundi.",
        "US sanctions on Iran, imposed in 2018, have cut its oil sales.",
        "The Treasury is preparing sanctions on a Turkish bank, people familiar with the matter said.",
    ],
)
def test_background_threats_and_trade_are_no_sanctions(text: str) -> None:
    assert read(text) == ()


def test_points_of_a_list_are_measures_of_their_own() -> None:
    first = "First, Canada will freeze the assets of three Russian banks."
    second = "Second, it will freeze the assets of Russia's largest shipping firm."
    assert len(read(first + "\n\n" + second)) == 2
    assert len(read(first + "\n\n" + second.replace("Second, it", "It"))) == 1


def test_sanctions_with_an_aim_of_their_own_stand_beside_another_measure() -> None:
    found = read("Australia imposed sanctions on two Iranian firms and visa restrictions on eight officials.")
    assert {one.measures for one in found} == {("designation",), ("visa_restrictions",)}


def test_a_general_licence_eases() -> None:
    (finding,) = read("The US Treasury issued a general licence for fuel deliveries to Syria.")
    assert (finding.action, finding.targets) == ("eased", ("SY",))


def test_names_are_listed_for_the_regime_and_not_for_where_they_sit() -> None:
    (finding,) = read("Washington sanctioned nine firms in Turkey and Serbia for supplying Russia's army.")
    assert finding.targets == ("RU",)


def test_an_order_that_ends_sanctions_lifts_them() -> None:
    (finding,) = read("Justin Trudeau signed an order that ends sanctions on Cuba.")
    assert finding.action == "lifted"


def test_a_measure_that_is_dodged_is_none() -> None:
    assert read("Japan announced checks on ships that carry Russian oil above the price cap.") == ()


def test_whoever_follows_others_in_a_deed_does_it_too() -> None:
    (finding,) = read("Austria followed Poland in expelling four Russian diplomats.")
    assert (finding.imposers, finding.measures) == (("AT",), ("diplomatic_measure",))
