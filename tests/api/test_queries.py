"""How many queries an answer takes: the same for two rows and for fifty."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from pledges.services import correct_pledge
from reference.services import DayRate, load_rates
from sanctions.drafts import EvidenceDraft, StepDraft
from tests.api.making import ROOT, listing, measure, programme, rich_pledge, take_in
from tests.builders import DAY, NOW, draft, euros, party, person, published

pytestmark = pytest.mark.django_db

FEW, MANY = 2, 50


def queries(path: str) -> int:
    """How many queries the answer takes; it must be a good one."""
    with CaptureQueriesContext(connection) as captured:
        answer = Client().get(ROOT + path)
    assert answer.status_code == 200, answer.content
    return len(captured)


def pledges(count: int) -> None:
    for n in range(count):
        package = published(f"Package {n}", **euros("500"))
        rich_pledge(f"Rich {n}", package_id=package.pk, donors=(f"D{n}", f"E{n}"))


def measures(count: int) -> None:
    for n in range(count):
        measure(f"Ban {n}", imposers=(party(f"I{n}"), party("EU")), targets=(party(f"T{n}"),))


def names(count: int) -> None:
    """As many programmes as names on the list of one of them."""
    for n in range(count):
        programme(f"P{n}", targets=(f"T{n}", "RU"))
    take_in(*(listing(f"{n}", f"Company {n}", aliases=(f"Alias {n}",)) for n in range(count)), regime=programme("P0"))


def corrected(count: int) -> None:
    """Pledges that were published and then corrected."""
    for n in range(count):
        made = published(f"Money {n}", **euros("5"))
        better = draft(f"More money {n}", donors=(f"D{n}",), channel_id=party(f"C{n}"), **euros("6"))
        correct_pledge(made.pk, better, now=NOW, acting_user=person())


def both(count: int) -> None:
    """Pledges and measures of one party."""
    for n in range(count):
        published(f"Money {n}", donors=("EU", f"D{n}"))
        measure(f"Ban {n}", targets=(party(f"T{n}"),))


def days(count: int) -> None:
    """Rates of the first ``count`` days, one of them corrected."""
    figures = [DayRate("SEK", DAY + timedelta(days=n), Decimal("10.6")) for n in range(count)]
    load_rates([*figures, DayRate("SEK", DAY, Decimal("10.7"))], now=NOW)


@pytest.mark.parametrize(
    ("path", "make", "most"),
    [
        ("pledges/?page_size=200", pledges, 6),
        ("pledges/?page_size=200&donor=IT&type=mixed&ordering=modified", pledges, 7),
        ("sanctions/?page_size=200", measures, 6),
        ("parties/?page_size=200", measures, 3),
        ("articles/?page_size=200", pledges, 5),
        ("programmes/?page_size=200", names, 3),
        ("designations/?page_size=200&q=company", names, 4),
        ("parties/EU/timeline/?page_size=200", both, 14),
        ("changes/?page_size=200", corrected, 3),
        ("corrections/?page_size=200", corrected, 9),
        ("feeds/pledges/", pledges, 5),
        ("feeds/corrections/", corrected, 8),
        ("exchange-rates/?page_size=200&currency=SEK", days, 2),
        ("totals/?group_by=donor,recipient,type", pledges, 9),
        ("sanctions/totals/?group_by=imposer,measure", measures, 4),
    ],
)
def test_an_answer_with_fifty_rows_takes_as_many_queries_as_one_with_two(
    path: str, make: Callable[[int], None], most: int
) -> None:
    party("IT")
    make(FEW)
    few = queries(path)
    MORE.get(make, pledges_beyond)()
    assert queries(path) == few <= most


def pledges_beyond() -> None:
    for n in range(FEW, MANY):
        rich_pledge(f"Rich {n}", donors=(f"D{n}",))


MORE: dict[Callable[[int], None], Callable[[], None]] = {
    measures: lambda: measures(MANY - FEW),
    days: lambda: days(MANY),
    both: lambda: both(MANY - FEW),
    corrected: lambda: corrected(MANY),
    names: lambda: names(MANY),
}


def test_a_pledge_with_fifty_items_takes_as_many_queries_as_one_with_two() -> None:
    few, many = rich_pledge(children=FEW), rich_pledge(children=MANY)
    for pledge, parts in ((few, FEW), (many, MANY)):
        for n in range(parts):
            published(f"Part {n}", package_id=pledge.pk)
    counted = queries(f"pledges/{few.public_id}/")
    assert queries(f"pledges/{many.public_id}/") == counted <= 12


def test_a_measure_with_fifty_steps_takes_as_many_queries_as_one_with_two() -> None:
    def steps(count: int) -> tuple[StepDraft, ...]:
        return tuple(StepDraft(step="widen" if n else "impose", adopted_on=DAY, ref=f"s{n}") for n in range(count))

    def grounds(count: int) -> tuple[EvidenceDraft, ...]:
        return tuple(EvidenceDraft(url=f"https://example.org/{n}", quote="So.", step=f"s{n}") for n in range(count))

    few, many = (measure(steps=steps(count), evidence=grounds(count)) for count in (FEW, MANY))
    counted = queries(f"sanctions/{few.public_id}/")
    assert queries(f"sanctions/{many.public_id}/") == counted <= 8


def test_one_article_or_party_takes_a_few_queries() -> None:
    rich_pledge()
    assert queries("parties/IT/") <= 2
    assert queries(f"articles/{_an_article()}/") <= 4
    (one,) = take_in(listing("1"))
    assert queries(f"designations/{one.public_id}/") <= 6
    assert queries("programmes/EU-X/") <= 3


def _an_article() -> int:
    return int(Client().get(ROOT + "articles/").json()["results"][0]["id"])
