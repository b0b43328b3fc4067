"""The data files hold what the stages expect."""

import re
from typing import get_args

import pytest

from extraction.contract import TargetKind
from extraction.data_files import DATA, load
from extraction.goods import CATEGORIES
from extraction.lexicon import default_lexicon, territories
from pledges.models import ItemCategory
from sanctions.models import MeasureKind

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


def test_measures_are_those_of_the_vocabulary() -> None:
    measures = load("measures")
    assert set(measures["nouns"]) | set(measures["objects"]) <= set(MeasureKind.values)
    assert set(measures["targets"]) <= set(get_args(TargetKind))


def test_verbs_of_two_words_stand_for_forms_that_are_known() -> None:
    for phrase, form in load("words")["phrasal"].items():
        assert form in default_lexicon().verbs, phrase
        assert len(phrase.split()) > 1


def test_every_phrase_can_be_found_by_its_first_word() -> None:
    lexicon = default_lexicon()
    for table in ("parties", "aid", "goods", "measures", "offices", "alone"):
        for first in getattr(lexicon, table).by_first:
            assert table in lexicon.openers[first]
