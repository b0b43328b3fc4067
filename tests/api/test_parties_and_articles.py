"""Parties with their memberships, and the articles that ground published records."""

from __future__ import annotations

from typing import Any

import pytest

from pledges.services import withdraw_pledge
from reference.services import load_parties
from sanctions.drafts import EvidenceDraft
from tests.api.making import QUOTE, TEXT, article, get, measure, quoting, rich_pledge, unpublished
from tests.builders import NOW, person, published

pytestmark = pytest.mark.django_db


def test_parties_are_listed_in_order_of_their_codes() -> None:
    load_parties()
    page = get("parties/", page_size="200")
    codes = [row["code"] for row in page["results"]]
    assert codes == sorted(codes)
    assert page["count"] > 249


def test_a_party_tells_its_codes_kind_parent_and_memberships() -> None:
    load_parties()
    italy = get("parties/IT/")
    assert (italy["alpha3"], italy["name"], italy["kind"], italy["parent"]) == ("ITA", "Italy", "country", None)
    assert "EU" in [group["code"] for group in italy["groups"]]
    assert get("parties/EIB/")["parent"]["code"] == "EU"


def test_members_of_a_group_are_those_of_the_day_asked_about() -> None:
    load_parties()
    before = get("parties/", member_of="EU", member_on="2020-01-31", page_size="200")
    after = get("parties/", member_of="EU", member_on="2020-02-01", page_size="200")
    assert (before["count"], after["count"]) == (28, 27)
    assert get("parties/", member_of="G7", kind="country")["count"] == 7


def test_a_party_that_nobody_knows_is_not_found() -> None:
    assert get("parties/ZZ/", status=404)["detail"].startswith("No party has the code “ZZ”.")


def test_an_article_that_grounds_a_pledge_is_listed_without_its_text() -> None:
    made = rich_pledge()
    (row,) = get("articles/")["results"]
    assert (row["title"], row["url"], row["publisher"], row["language"]) == (
        "Rome pledges money", "https://example.org/0", "A paper", "en",
    )  # fmt: skip
    assert row["published_at"] == "2022-02-27T09:30:00Z"
    assert (row["pledges"], row["sanctions"], row["revisions_quoted"]) == ([made.public_id], [], [1])
    assert TEXT not in str(row)
    assert QUOTE not in str(row)


def test_an_article_that_grounds_a_measure_names_the_measure() -> None:
    revision = article()
    start = revision.text.index(QUOTE)
    ground = EvidenceDraft(quote=QUOTE, revision_id=revision.pk, start=start, end=start + len(QUOTE))
    made = measure(evidence=(ground,))
    assert get("articles/")["results"][0]["sanctions"] == [made.public_id]


def test_articles_that_ground_nothing_published_are_not_shown() -> None:
    idle, drafted, gone = article(), article(), article()
    unpublished(evidence=(quoting(drafted),))
    withdrawn = published(evidence=(quoting(gone),))
    withdraw_pledge(withdrawn.pk, reason="Wrong.", now=NOW, acting_user=person())
    assert get("articles/")["count"] == 0
    for revision in (idle, drafted, gone):
        get(f"articles/{revision.article_id}/", status=404)


def test_a_text_handed_in_by_staff_has_no_address() -> None:
    revision = article(url="")
    published(evidence=(quoting(revision),))
    assert get(f"articles/{revision.article_id}/")["url"] is None


def test_one_article_of_two_pledges_is_listed_once_and_names_both() -> None:
    revision = article()
    one, two = (published(f"Pledge {n}", evidence=(quoting(revision),)) for n in (1, 2))
    (row,) = get("articles/")["results"]
    assert row["pledges"] == [one.public_id, two.public_id]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({"published_from": "2022-02-27"}, 1),
        ({"published_from": "2022-02-28"}, 0),
        ({"published_until": "2022-02-27"}, 1),
        ({"published_until": "2022-02-26"}, 0),
        ({"published_until": "9999-12-31"}, 1),
    ],
)
def test_articles_can_be_asked_for_by_their_day(query: dict[str, Any], count: int) -> None:
    published(evidence=(quoting(article()),))
    assert get("articles/", **query)["count"] == count
