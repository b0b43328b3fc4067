"""Atom feeds: new pledges, one donor's, and published figures that moved."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from xml.etree import ElementTree

import feedparser
import pytest
from django.test import Client

from pledges.models import Pledge
from pledges.services import correct_pledge, publish_pledge, withdraw_pledge
from tests.api.making import ROOT, get, unpublished
from tests.builders import NOW, draft, euros, person, published, rates

pytestmark = pytest.mark.django_db


def feed(path: str, **query: Any) -> Any:
    """A feed as a reader of feeds reads it."""
    answer = Client().get(f"{ROOT}feeds/{path}/", query)
    assert answer.status_code == 200, answer.content
    assert answer["Content-Type"] == "application/atom+xml; charset=utf-8"
    ElementTree.fromstring(answer.content)  # noqa: S314 - our own answer, which has to be well-formed
    found = feedparser.parse(answer.content)
    assert not found.bozo
    return found


def test_a_new_pledge_is_told_in_words_with_its_address_and_a_lasting_id() -> None:
    made = published("Money for Kyiv", type="financial", finance_type="loan", **euros("110000000", qualifier="up_to"))
    (entry,) = feed("pledges").entries
    assert entry.title == "Land IT: Money for Kyiv"
    assert entry.summary == (
        "Land IT to Land UA: financial aid as a loan, up to EUR 110,000,000.00, announced by 25 February 2022."
    )
    assert entry.link == f"http://testserver/api/v1/pledges/{made.public_id}/"
    assert entry.id == f"urn:aid-and-sanctions-tracker:pledge:{made.public_id}"
    assert (entry.published, entry.updated) == ("2022-03-10T12:00:00+00:00", "2022-03-10T12:00:00+00:00")


def test_those_published_last_come_first_whenever_they_were_announced_and_drafts_do_not_come() -> None:
    waiting = unpublished("Entered first")
    published("Published first")
    publish_pledge(waiting.pk, now=NOW + timedelta(days=1), acting_user=person())
    unpublished("Never")
    assert [entry.title for entry in feed("pledges").entries] == ["Land IT: Entered first", "Land IT: Published first"]


def test_one_donor_has_a_feed_of_its_own_that_names_its_own_address() -> None:
    published("Theirs", donors=("ES",))
    published("Ours", donors=("IT", "ES"))
    found = feed("pledges", donor="IT")
    assert [entry.title for entry in found.entries] == ["Land IT and Land ES: Ours"]
    assert found.feed.title == "New pledges of IT"
    assert found.feed.id == "http://testserver/api/v1/feeds/pledges/?donor=IT"
    assert [link.href for link in found.feed.links if link.rel == "self"] == [found.feed.id]


def test_a_feed_has_the_last_fifty() -> None:
    for n in range(51):
        published(f"Number {n}")
    entries = feed("pledges").entries
    assert len(entries) == 50
    assert entries[0].title == "Land IT: Number 50"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "aid, no amount stated, announced"),
        (euros("5", qualifier="about"), "about EUR 5.00"),
        ({**euros("5", qualifier="range"), "stated_to": euros("7")["stated"]}, "from EUR 5.00 to EUR 7.00"),
        ({"type": "mixed", "finance_type": "grant"}, "aid of several types as a grant"),
        ({"donors": (), "donors_as_written": "Some <allies>"}, "Some &lt;allies&gt; to Land UA"),
        ({"donors": ("IT", "ES", "FR")}, "Land IT, Land ES and Land FR to"),
    ],
)
def test_what_a_pledge_says_is_said_in_words(fields: dict[str, Any], words: str) -> None:
    published("Money", **fields)
    assert words in feed("pledges").entries[0].summary


def test_markup_and_characters_that_xml_cannot_hold_do_no_harm() -> None:
    published("Money & <b>goods</b>")
    Pledge.objects.update(title="Money & <b>goods</b> \x0b\x1b")
    assert feed("pledges").entries[0].title_detail.value.startswith("Land IT: Money &")


def test_a_figure_that_moved_is_told_as_it_was_and_as_it_is() -> None:
    rates()
    made = published("Money", **euros("110000000"))
    corrected = correct_pledge(made.pk, draft("Money", **euros("100000000")), now=NOW, acting_user=person(), why="Slip")
    (entry,) = feed("corrections").entries
    assert entry.title == "Corrected: Money"
    assert entry.summary == (
        "The stated amount was 110,000,000.00 and is 100,000,000.00. "
        "The value in euros was 110,000,000.00 and is 100,000,000.00. "
        "The value in US dollars was 123,376,000.00 and is 112,160,000.00."
    )
    assert entry.id == f"urn:aid-and-sanctions-tracker:correction:{corrected.last_seq}:{made.public_id}"


def test_a_withdrawn_record_is_told_with_its_reason_and_what_moved_no_figure_is_not() -> None:
    made, other = published("Wrong"), published("Right")
    withdraw_pledge(made.pk, reason="It was never promised.", now=NOW, acting_user=person())
    correct_pledge(other.pk, draft("Right, told better"), now=NOW, acting_user=person())
    (entry,) = feed("corrections").entries
    assert entry.title == f"Withdrawn: {made.public_id}"
    assert entry.summary == "Reason: It was never promised."


def test_an_unchanged_feed_is_not_given_again() -> None:
    published("Money")
    first = Client().get(ROOT + "feeds/pledges/")
    again = Client().get(ROOT + "feeds/pledges/", headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_a_wrong_parameter_of_a_feed_is_a_problem_in_json() -> None:
    assert get("feeds/pledges/", status=400, ordering="announced")["errors"][0]["parameter"] == "ordering"
    assert get("feeds/corrections/", status=400, kind="money")["errors"][0]["parameter"] == "kind"


@pytest.mark.parametrize("path", ["pledges", "corrections"])
def test_an_empty_feed_is_a_feed(path: str) -> None:
    assert feed(path).entries == []
