"""A search finds a record by each of its words, once, whoever it names."""

from __future__ import annotations

import pytest

from history.searching import words_of
from tests.admin_pages import client_of
from tests.builders import published

pytestmark = pytest.mark.django_db
LIST = "/admin/pledges/pledge/"


def found(term: str) -> list[str]:
    return [one.title for one in client_of(everything=True).get(LIST, {"q": term}).context["cl"].result_list]


def test_each_word_may_be_in_the_title_or_in_the_name_of_a_party() -> None:
    published("Tents", donors=("IT", "FR"))
    published("Tents of another", donors=("ES",))
    assert found("tents FR") == ["Tents"]
    assert found("Land") == ["Tents of another", "Tents"]
    assert found("tents nobody") == []


def test_words_in_quotes_are_one() -> None:
    assert list(words_of('"of another" tents \'')) == ["of another", "tents", "'"]
    published("Tents of another")
    published("Another of tents")
    assert found('"of another"') == ["Tents of another"]
