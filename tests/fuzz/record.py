"""A small record with something in every endpoint, and the values that lead to it."""

from __future__ import annotations

from django.test import Client

from pledges.services import correct_pledge, merge_pledge, withdraw_pledge
from reference.services import tracker_dataset
from sanctions.services import correct_measure
from tests.api.making import ROOT, listing, measure, measure_draft, rich_pledge, take_in
from tests.builders import NOW, draft, euros, person, published, rates


def make_record() -> None:
    """Pledges of all sorts, measures, programmes, designations, rates, corrections."""
    tracker_dataset()
    rates(SEK="10.6", JPY="129.6")
    rich = rich_pledge(children=2)
    published("A joint pledge", donors=("IT", "ES"), **euros("7.01"), finance_type="loan")
    published("A part", package_id=rich.pk, **euros("3", qualifier="at_least"))
    published("Goods, not valued", in_kind=True, type="military", to=("UA", "MD"))
    corrected, doubled, gone = published("Corrected"), published("Doubled"), published("Gone")
    correct_pledge(corrected.pk, draft("Corrected", **euros("8")), now=NOW, acting_user=person())
    merge_pledge(doubled.pk, into_id=rich.pk, now=NOW, acting_user=person())
    withdraw_pledge(gone.pk, reason="It was never said.", now=NOW, acting_user=person())
    take_in(listing("1", "A Company", aliases=("Another",)), listing("2", "Two", listed_on=None))
    ban = measure("A ban")
    correct_measure(ban.pk, measure_draft("A ban", sectors="oil"), now=NOW, acting_user=person())


def known_values() -> dict[str, list[str]]:
    """For each parameter, in the path or the query, values that lead somewhere."""
    client = Client()

    def names(path: str, key: str) -> list[str]:
        rows = client.get(f"{ROOT}{path}", {} if path == "vocabularies/" else {"page_size": "200"}).json()["results"]
        return [str(row[key]) for row in rows]

    parties, pledges, measures = names("parties/", "code"), names("pledges/", "id"), names("sanctions/", "id")
    programmes, articles = names("programmes/", "key"), names("articles/", "id")
    changed = [row["id"] for row in client.get(f"{ROOT}changes/").json()["results"]]
    days = ["2022-02-25", "2022-03-10", "0001-01-01", "9999-12-31"]
    moments = ["2022-03-10T12:00:00Z", "2022-03-10", "0001-01-01", "0001-01-01T00:00:00+14:00", "1969-12-31"]
    codes = ("donor", "recipient", "imposer", "target", "issuer", "country", "member_of", "parent", "channel",
             "financed_from", "code", "donor_group")  # fmt: skip
    return {
        **{name: [*parties, "IT,ES"] for name in codes},
        "public_id": [*pledges, *measures, *names("designations/", "id"), *changed],
        "key": [*programmes, "tracker"], "programme": programmes, "id": articles, "article": articles,
        "name": names("vocabularies/", "name"), "package": pledges, "pledge": pledges, "measure": [*measures, "tariff"],
        "sanction": measures, "dataset": ["tracker"], "currency": ["EUR", "USD", "SEK", "JPY", "RUB"],
        "cursor": ["start", *pledges, "2022-02-25.SEK"], "since": ["0", "3", "3-1"], "before": ["9", "5-2"],
        "page": ["1", "2"], "page_size": ["0", "1", "200"], "q": ["pledge", "a", "company (", "İ ß ſ", "\\d+ .*"],
        "amount_min": ["0", "7.01"], "amount_max": ["7.01", "999999999999999"], "round": ["17"],
        **dict.fromkeys(("as_of", "from", "until", "modified_since", "published_since"), moments),
        **dict.fromkeys(
            ("announced_from", "announced_until", "in_force_on", "listed_from", "listed_until", "day_from", "day_until",
             "first_step_from", "first_step_until", "member_on", "published_from", "published_until", "rates"), days),
    }  # fmt: skip
