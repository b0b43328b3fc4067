"""Flows of OCHA's Financial Tracking Service: stages, actors, boundaries, the source's own totals."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from interchange.fts.importing import import_fts, import_fts_from
from interchange.fts.reading import read_pages
from interchange.importing import Run
from interchange.problems import FileProblem
from pledges.models import Pledge
from pledges.totals import Filters, totals
from reference.models import ImportBatch, Party

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]
FUNDED = Filters(stage=("commitment", "delivery"))
Write = Callable[..., Path]


def organisation(number: str, name: str, kind: str) -> dict[str, Any]:
    return {"type": "Organization", "id": number, "name": name, "organizationTypes": [kind]}


def place(name: str) -> dict[str, Any]:
    return {"type": "Location", "id": "1", "name": name}


def flow(number: int, **fields: Any) -> dict[str, Any]:
    """A flow from Norway to Afghanistan by way of the WFP; invented."""
    given = {
        "id": str(number), "amountUSD": 1000, "boundary": "incoming", "onBoundary": "single", "status": "paid",
        "contributionType": "financial", "date": "2022-03-01T00:00:00Z", "firstReportedDate": "2022-03-05T00:00:00Z",
        "description": "Blankets", "childFlowIds": None, "parentFlowId": None, "versionId": 1,
        "sourceObjects": [organisation("2930", "Norway, Government of", "Government")],
        "destinationObjects": [organisation("3049", "World Food Programme", "UN agency"), place("Afghanistan"),
                               {"type": "UsageYear", "id": "41", "name": "2022"}],
    }  # fmt: skip
    return {**given, **fields}


def answer(*flows: dict[str, Any], link: str = "", **incoming: Any) -> dict[str, Any]:
    meta = {"count": len(flows), **({"nextLink": link} if link else {})}
    return {"data": {"incoming": incoming, "flows": list(flows)}, "meta": meta}


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(*flows: dict[str, Any], name: str = "flows.json", **incoming: Any) -> Path:
        path = tmp_path / name
        path.write_text(json.dumps(answer(*flows, **incoming)), encoding="utf-8")
        return path

    return written


def by_source(filters: Filters | None = None) -> int:
    return totals(dataset="fts", currency="USD", value_basis="source", filters=filters).total.central


def test_a_flow_is_a_record_with_donor_channel_place_and_year(write: Write, run: Run) -> None:
    import_fts([write(flow(7, originalAmount=9000, originalCurrency="NOK", exchangeRate=9))], run=run)
    made = Pledge.objects.get()
    assert [donor.party.code for donor in made.donors.all()] == ["NO"]
    assert [one.party.code for one in made.recipients.all()] == ["AF"]
    assert made.channel is not None
    assert (made.channel.code, made.stage, made.type) == ("WFP", "delivery", "humanitarian")
    assert (made.stated, made.currency, made.source_value) == (9000, "NOK", 1000)
    assert (made.period_from, made.period_to) == (date(2022, 1, 1), date(2022, 12, 31))
    assert "9 NOK for USD 1" in made.public_note
    assert made.evidence.get().dataset_row == "flows.json, flow 7"


def test_pledges_are_totalled_apart_from_what_is_funded(write: Write, run: Run) -> None:
    path = write(flow(1), flow(2, status="commitment"), flow(3, status="pledge", amountUSD=5), pledgeTotal=5)
    report = import_fts([path], run=run)
    assert by_source(FUNDED) == 200_000
    assert by_source(Filters(stage=("pledge",))) == 500
    assert report.facts["Pledges"] == "USD 5.00; the file says 5"


def test_what_is_passed_on_within_a_place_is_left_out_with_its_row(write: Write, run: Run) -> None:
    report = import_fts([write(flow(1), flow(2, boundary="internal"))], run=run)
    assert [str(note) for note in report.left_out] == [
        "file “flows.json”, row 2: flow 2: it passes on within the place what was counted when it came in."
    ]
    assert totals(dataset="fts", currency="USD").total.central == 100_000


def test_a_flow_shared_among_places_is_in_the_record_and_outside_of_the_sources_total(write: Write, run: Run) -> None:
    import_fts([write(flow(1), flow(2, onBoundary="shared"))], run=run)
    assert Pledge.objects.count() == 2
    assert by_source() == 100_000


def test_a_parent_holds_what_is_left_beside_its_children(write: Write, run: Run) -> None:
    divided, wholly = flow(1, amountUSD=400, childFlowIds=[2]), flow(3, amountUSD=0, childFlowIds=[4])
    report = import_fts([write(divided, flow(2, parentFlowId=1), wholly)], run=run)
    assert by_source() == 140_000
    assert totals(dataset="fts", currency="USD").total.central == 140_000
    assert "divided into" in str(report.left_out[0])


def test_an_organisation_becomes_a_party_of_its_own_once(write: Write, run: Run) -> None:
    fund = organisation("8148", "A fund of the country", "Pooled fund")
    import_fts([write(flow(1, sourceObjects=[fund]), flow(2, sourceObjects=[fund]))], run=run)
    party = Party.objects.get(code="FTS-8148")
    assert (party.kind, party.external_ids) == ("fund", {"fts": "8148"})
    assert totals(group_by=["donor"], dataset="fts", currency="USD").rows[0].sums.count == 2


def test_a_flow_without_a_donor_says_so(write: Write, run: Run) -> None:
    import_fts([write(flow(1, sourceObjects=[]))], run=run)
    assert Pledge.objects.get().donors_as_written == "Not specified"


def test_the_newest_version_of_a_flow_counts(write: Write, run: Run) -> None:
    first, second = write(flow(1)), write(flow(1, versionId=2, amountUSD=3), name="second.json")
    import_fts([second, first], run=run)
    assert by_source() == 300


def test_the_same_files_again_change_nothing(write: Write, run: Run) -> None:
    fund = organisation("8148", "A fund", "Pooled fund")
    path = write(flow(1), flow(2, sourceObjects=[fund]))
    import_fts([path], run=run)
    report = import_fts([path], run=run)
    assert (report.made, report.updated, report.unchanged, ImportBatch.objects.count()) == (0, 0, 2, 1)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"status": "promised"}, "“promised” is no status"),
        ({"contributionType": "kind words"}, "“kind words” is no contribution type"),
        ({"amountUSD": "many"}, "'many' is no amount"),
        ({"date": "soon"}, "“soon” is no day"),
        ({"sourceObjects": [organisation("5", "Ruritania, Government of", "Government")]}, "“Ruritania” is no country"),
        ({"sourceObjects": [organisation("5", "A club", "Club")]}, "“Club” is no type of organisation"),
    ],
)
def test_what_no_table_knows_stops_with_its_place(write: Write, run: Run, fields: dict[str, Any], words: str) -> None:
    with pytest.raises(FileProblem) as caught:
        import_fts([write(flow(1), flow(2, **fields))], run=run)
    assert words in str(caught.value)
    assert "row 2" in str(caught.value)
    assert not Pledge.objects.exists()
    assert not Party.objects.filter(code__startswith="FTS").exists()


@pytest.mark.parametrize("content", [b"", b"[1", b'{"data": {}}', b"\xff\xfe", b"[" * 100_000, b'{"a": NaN}'])
def test_a_file_that_is_no_answer_of_fts_is_refused_in_words(tmp_path: Path, run: Run, content: bytes) -> None:
    path = tmp_path / "bad.json"
    path.write_bytes(content)
    with pytest.raises(FileProblem, match=r"^File “bad\.json”: it is no"):
        import_fts([path], run=run)


def test_pages_of_the_api_are_followed(httpserver: HTTPServer, run: Run, settings: Any) -> None:
    settings.FETCH_ALLOW_LOOPBACK = True
    httpserver.expect_request("/robots.txt").respond_with_data("", status=404)
    httpserver.expect_request("/one").respond_with_json(answer(flow(1), link=httpserver.url_for("/two")))
    httpserver.expect_request("/two").respond_with_json(answer(flow(2, amountUSD=5)))
    report = import_fts_from(httpserver.url_for("/one"), run=run)
    assert (report.made, by_source()) == (2, 100_500)
    assert len(ImportBatch.objects.get().file_hash) == 64


def test_pages_that_go_round_in_a_circle_are_refused() -> None:
    with pytest.raises(FileProblem, match="go round in a circle"):
        list(read_pages("https://example.org/a", lambda address: json.dumps(answer(flow(1), link=address)).encode()))


@pytest.mark.real_data
def test_the_real_files_reproduce_the_sources_funding_total(run: Run) -> None:
    folder = Path(os.environ["REAL_DATA"]) / "data" / "fts"
    report = import_fts(sorted(folder.glob("*.json")), run=run)
    assert by_source(FUNDED) == 72_559_129_900
    assert by_source(Filters(stage=("pledge",))) == 0
    assert report.rows == report.made + len(report.left_out) == 484
