"""Measures told as what is no longer allowed."""

from typing import Any

import pytest

from extraction.contract import Article
from extraction.reader import default_extractor


def read(text: str) -> tuple[Any, ...]:
    return default_extractor().read(Article(text)).findings


@pytest.mark.parametrize(
    ("text", "imposers", "target", "kind"),
    [
        ("Canada will buy no more oil from Russia.", ("CA",), ("RU",), "import_restrictions"),
        ("Norway will no longer sell weapons to Belarus.", ("NO",), ("BY",), "arms_embargo"),
        ("Russian ships may no longer dock in Canada.", ("CA",), ("RU",), "transportation_restrictions"),
        ("Twelve French diplomats have to leave Russia within a week.", ("RU",), ("FR",), "diplomatic_measure"),
        ("Estonia showed three Russian diplomats the door.", ("EE",), ("RU",), "diplomatic_measure"),
        ("Latvia will stop letting in Russians with tourist visas.", ("LV",), ("RU",), "travel_ban"),
    ],
)
def test_what_is_no_longer_allowed_is_a_measure(
    text: str, imposers: tuple[str, ...], target: tuple[str, ...], kind: str
) -> None:
    (finding,) = read(text)
    assert (finding.imposers, finding.targets, finding.measures) == (imposers, target, (kind,))


@pytest.mark.parametrize(
    "text",
    [
        "Canada could buy no more oil from Russia.",
        "Shops in Canada will sell no more wine from Chile.",
        "French diplomats in Moscow had no longer time for tennis.",
    ],
)
def test_what_may_happen_or_concerns_nobody_sanctioned_is_no_measure(text: str) -> None:
    assert read(text) == ()


def test_sanctions_that_run_for_another_year_are_extended() -> None:
    (finding,) = read("EU sanctions on Belarus will run for another year.")
    assert finding.action == "extended"
