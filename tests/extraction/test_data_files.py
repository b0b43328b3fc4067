"""The data files hold what the stages expect."""

import re

import pytest

from extraction.data_files import DATA, load
from extraction.goods import CATEGORIES
from extraction.lexicon import default_lexicon, territories
from pledges.models import ItemCategory

CODE = re.compile(r"[A-Z]{2}|NATO|IMF|EBRD|EIB|G7")
OURS = ("goods", "measures", "parties", "sets", "words")


@pytest.mark.parametrize("name", OURS)
def test_a_file_says_what_it_is_for(name: str) -> None:
    assert (DATA / f"{name}.toml").read_text(encoding="utf-8").startswith("# ")


def test_parties_stand_under_codes_of_the_vocabulary() -> None:
    parties = load("parties")
    for group in ("names", "demonyms", "leaders"):
        for code, phrases in parties[group].items():
            assert CODE.fullmatch(code), code
            assert phrases
            assert all(isinstance(one, str) and one.strip() == one for one in phrases)


def test_every_country_has_a_name_and_the_usual_donors_an_adjective() -> None:
    assert len(territories()) > 240
    assert {"XK", "TW", "PS", "UA", "US"} <= territories().keys()
    assert set(load("parties")["demonyms"]) >= {"US", "GB", "DE", "FR", "NO", "JP", "UA", "RU"}


def test_goods_stand_under_item_categories() -> None:
    goods = load("goods")
    assert set(goods["heads"]) | set(goods["models"]) <= set(CATEGORIES)
    assert set(CATEGORIES.values()) <= set(ItemCategory.values)


def test_every_verb_has_its_forms() -> None:
    verbs = default_lexicon().verbs
    assert {
        "sent",
        "sending",
        "pledges",
        "froze",
        "frozen",
        "committed",
        "supplied",
        "expelled",
        "cancelled",
    } <= verbs.keys()
