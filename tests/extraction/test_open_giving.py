"""Claims by their roles, verbs of several words, and promises taken back."""

from typing import Any

import pytest

from extraction.contract import Article
from extraction.reader import default_extractor


def read(text: str) -> tuple[Any, ...]:
    return default_extractor().read(Article(text)).findings


@pytest.mark.parametrize(
    "text",
    [
        "Norway scraped together 40 million kroner for refugees in Sudan.",
        "Sweden is stumping up 40 million kroner for refugees in Sudan.",
        "A further 40 million kroner was found by Norway for Sudan.",
    ],
)
def test_who_gives_how_much_to_whom_is_a_claim_whatever_the_verb(text: str) -> None:
    (finding,) = read(text)
    assert finding.recipients == ("SD",)
    assert finding.amount.value == 40_000_000


@pytest.mark.parametrize(
    "text",
    [
        "Norway exported goods worth 40 million kroner to Sudan.",
        "Norway's parliament turned down 40 million kroner for Sudan.",
        "Norway may scrape together 40 million kroner for Sudan.",
        "Norway estimates that the damage to Sudan is 40 million kroner.",
    ],
)
def test_other_business_between_two_states_is_no_claim(text: str) -> None:
    assert read(text) == ()


def test_verbs_of_several_words_are_read_in_every_form() -> None:
    stages = {form: read(f"Poland {form} 12 jets to Ukraine.")[0].stage for form in ("made over", "will make over")}
    assert stages == {"made over": "delivery", "will make over": "pledge"}


def test_a_promise_that_will_not_be_paid_out_is_cancelled() -> None:
    (finding,) = read("Denmark will not pay out the 70 million euros that were promised to Ethiopia.")
    assert finding.stage == "cancelled"


def test_who_has_the_plan_gives_what_it_will_see_shipped() -> None:
    (finding,) = read("Madrid has settled on a plan which will see six tanks shipped to Ukraine.")
    assert finding.donors == ("ES",)


def test_a_package_told_of_by_what_it_includes_is_a_claim() -> None:
    (finding,) = read("A new €40 million Danish aid package for Ukraine includes artillery rounds.")
    assert finding.donors == ("DK",)
