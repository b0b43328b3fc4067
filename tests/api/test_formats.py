"""Lists and totals as CSV, XLSX and NDJSON; which format is chosen; counts before a download."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from typing import Any

import openpyxl
import pytest
import time_machine
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from api import tables
from api.views import downloads
from interchange.datatables.catalogue import BY_NAME
from reference.models import Dataset
from reference.services import tracker_dataset
from tests.api.making import ROOT, get, listing, measure, programme, rich_pledge, take_in
from tests.builders import NOW, euros, published, rates

pytestmark = pytest.mark.django_db

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LISTS = ["pledges", "sanctions", "programmes", "designations", "parties", "articles", "datasets", "exchange-rates"]


def ask(path: str, status: int = 200, accept: str = "", **query: str) -> Any:
    answer = Client().get(ROOT + path, query, headers={"accept": accept} if accept else {})
    assert answer.status_code == status, answer.content
    return answer


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def rows(path: str, **query: str) -> list[dict[str, str]]:
    text = body(ask(path, 200, format="csv", **query)).decode()
    return list(csv.DictReader(io.StringIO(text, newline="")))


def sheets(path: str, **query: str) -> Any:
    return openpyxl.load_workbook(io.BytesIO(body(ask(path, 200, format="xlsx", **query))))


def everything() -> None:
    """A row in every list."""
    rates()
    rich_pledge(), measure(), tracker_dataset()
    take_in(listing("1", "A Company", aliases=("Another",)))


@pytest.mark.parametrize("path", LISTS)
def test_every_list_is_given_in_every_format_with_all_its_rows(path: str) -> None:
    everything()
    count = get(f"{path}/")["count"]
    assert count >= 1
    told = rows(f"{path}/")
    assert len(told) == count
    lines = [json.loads(line) for line in body(ask(f"{path}/", format="ndjson")).splitlines()]
    assert [list(line) for line in lines] == [list(row) for row in told]
    sheet = sheets(f"{path}/").worksheets[1]
    assert sheet.max_row == count + 1
    assert [cell.value for cell in sheet[1]] == list(told[0])


def test_a_table_holds_what_the_filters_pick_out_and_not_one_page() -> None:
    for n in range(230):
        published(f"Of France {n}", donors=("FR",))
    published("Of Italy")
    told = rows("pledges/", donor="FR", ordering="announced")
    assert [row["title"] for row in told] == [f"Of France {n}" for n in range(230)]


def test_a_table_has_the_columns_of_the_data_package() -> None:
    everything()
    for path, name in (("pledges", "pledges"), ("sanctions", "measures"), ("exchange-rates", "exchange_rates")):
        assert list(rows(f"{path}/")[0]) == list(BY_NAME[name].table.names)


def test_amounts_are_exact_in_every_format() -> None:
    rates()
    published("Much", **euros("123456789012.91"))
    assert rows("pledges/")[0]["stated"] == "123456789012.91"
    assert json.loads(body(ask("pledges/", format="ndjson")))["stated"] == "123456789012.91"
    sheet = sheets("pledges/").worksheets[1]
    place = [cell.value for cell in sheet[1]].index("stated")
    assert str(sheet[2][place].value) == "123456789012.91"


@pytest.mark.parametrize("title", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", '=HYPERLINK("https://example.org")'])
def test_no_title_becomes_a_formula(title: str) -> None:
    published(title.strip() if title != "\tx" else "=x")
    (row,) = rows("pledges/")
    assert row["title"].startswith("'")
    sheet = sheets("pledges/").worksheets[1]
    place = [cell.value for cell in sheet[1]].index("title")
    assert sheet[2][place].data_type == "s"


def test_letters_of_every_script_arrive() -> None:
    published('Допомога 援助 ‘é’ 🚑, "quoted"\nand more')
    assert rows("pledges/")[0]["title"] == 'Допомога 援助 ‘é’ 🚑, "quoted"\nand more'


def test_columns_can_be_chosen_and_wrong_ones_are_refused() -> None:
    published("Money", **euros("5"))
    assert rows("pledges/", fields="title,eur_central") == [{"title": "Money", "eur_central": "5.00"}]
    problem = ask("pledges/", status=400, format="csv", fields="title,colour").json()
    assert problem["errors"][0]["parameter"] == "fields"
    assert "eur_central" in problem["errors"][0]["allowed"]


@pytest.mark.parametrize("name", ["page", "page_size", "cursor", "expand"])
def test_what_belongs_to_pages_is_refused_for_a_table(name: str) -> None:
    value = {"page": "1", "page_size": "5", "cursor": "start", "expand": "items"}[name]
    problem = ask("pledges/", status=400, format="csv", **{name: value}).json()
    assert [one["parameter"] for one in problem["errors"]] == [name]


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("", "application/json"), ("*/*", "application/json"), ("application/*", "application/json"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "application/json"), ("text/csv", "text/csv; charset=utf-8"),
        ("text/*", "text/csv; charset=utf-8"), ("text/csv;q=0.2, application/json", "application/json"),
        ("application/json;q=0.2, text/csv", "text/csv; charset=utf-8"), (XLSX, XLSX),
        ("application/x-ndjson", "application/x-ndjson; charset=utf-8"),
    ],
)  # fmt: skip
def test_the_format_is_the_one_that_the_reader_likes_best(accept: str, kind: str) -> None:
    answer = ask("pledges/", accept=accept)
    assert answer["Content-Type"] == kind
    body(answer)


def test_the_parameter_goes_before_the_header() -> None:
    assert ask("pledges/", accept="text/csv", format="json")["Content-Type"] == "application/json"


def test_a_format_that_is_not_given_is_refused_in_words() -> None:
    problem = ask("pledges/", status=400, format="xml").json()
    assert problem["detail"] == "format: “xml” is not given here. Allowed: json, csv, xlsx, ndjson."
    assert "text/csv" in ask("pledges/", status=406, accept="image/png").json()["detail"]
    made = published()
    assert ask(f"pledges/{made.public_id}/", status=400, format="csv").json()["errors"][0]["allowed"] == ["json"]


def test_errors_are_problem_details_whatever_format_is_asked_for() -> None:
    for form in ("csv", "xlsx", "ndjson"):
        answer = ask("pledges/", status=400, format=form, donor="NOBODY")
        assert answer["Content-Type"] == "application/problem+json"
        assert answer.json()["errors"][0]["parameter"] == "donor"


def test_a_table_has_a_name_a_licence_and_its_size() -> None:
    published()
    with time_machine.travel(datetime(2022, 3, 10, tzinfo=UTC), tick=False):
        answer = ask("exchange-rates/", format="csv")
    assert answer["Content-Disposition"] == 'attachment; filename="exchange-rates-2022-03-10.csv"'
    assert answer["Link"] == '<http://testserver/api/v1/datasets/>; rel="license"'
    assert ask("pledges/", format="ndjson")["X-Total-Count"] == "1"


def test_a_workbook_says_what_it_holds_and_how_it_may_be_used() -> None:
    published()
    Dataset.objects.create(key="x", name="Another", licence="CC0", citation="A. Author", redistributable=True)
    told = [row[0].value for row in sheets("pledges/")["Read me"].iter_rows(max_row=6)]
    assert told[0].startswith("Pledges: ")
    assert "http://testserver/api/v1/pledges/?format=xlsx" in told[1]
    assert "The tracker's own record: CC BY 4.0." in told
    assert "Another: CC0. Cite as: A. Author" in told


def test_a_head_request_counts_and_makes_no_rows() -> None:
    for n in range(5):
        published(f"{n}")
    for form in ("csv", "xlsx", "ndjson"):
        with CaptureQueriesContext(connection) as captured:
            answer = Client().head(ROOT + "pledges/", {"format": form})
        assert (answer["X-Total-Count"], body(answer)) == ("5", b"")
        assert len(captured) <= 3
        whole = ask("pledges/", format=form)
        assert answer["Content-Type"] == whole["Content-Type"]
        body(whole)


def test_a_workbook_that_would_be_too_long_is_refused_before_it_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    for n in range(3):
        published(f"{n}")
    monkeypatch.setattr(downloads, "MOST_ROWS_OF_A_WORKBOOK", 2)
    problem = ask("pledges/", status=400, format="xlsx").json()
    assert "these are 3. Allowed: fewer rows by a filter, or csv or ndjson." in problem["detail"]


def test_rows_are_read_a_thousand_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer begins before all rows are read, and each chunk takes the same queries."""
    from interchange.datatables import reading

    monkeypatch.setattr(reading, "ROWS_AT_ONCE", 2)
    monkeypatch.setattr(tables, "ROWS_AT_ONCE", 2)
    for n in range(6):
        rich_pledge(f"{n}")
    taken = []
    for path in ("pledges/", "articles/"):
        answer = ask(path, format="ndjson")
        with CaptureQueriesContext(connection) as captured:
            assert len(b"".join(answer.streaming_content).splitlines()) == 6
        taken.append(len(captured))
    assert taken == [1 + 3 * 4, 1 + 3 * 3]


def test_downloads_have_a_limit_of_their_own(settings: Settings) -> None:
    settings.API_REQUESTS_PER_MINUTE, settings.API_DOWNLOADS_PER_MINUTE = 100, 2
    caches["throttle"].clear()
    with time_machine.travel(NOW, tick=False):
        answers = [Client().get(ROOT + "pledges/", {"format": "csv"}) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200, 200, 429]
        assert answers[1]["RateLimit"] == '"requests";r=98;t=60, "downloads";r=0;t=60'
        assert ask("pledges/").status_code == 200
        assert Client().head(ROOT + "pledges/", {"format": "csv"}).status_code == 200
    caches["throttle"].clear()


def test_an_unchanged_table_is_not_given_again() -> None:
    published()
    first = ask("pledges/", format="csv")
    again = Client().get(ROOT + "pledges/", {"format": "csv"}, headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert first["ETag"] != ask("pledges/", format="ndjson")["ETag"] != ask("pledges/")["ETag"]


def test_totals_are_a_table_with_a_column_for_each_figure() -> None:
    rates()
    published("Joint", donors=("IT", "ES"), finance_type="loan", **euros("7.01"))
    published("Goods", in_kind=True)
    (joint, goods, *_) = sorted(rows("totals/", group_by="donor,type"), key=lambda row: row["donor"] != "joint")
    assert (joint["donor"], joint["donor_name"], joint["amount_central"]) == ("joint", "Joint, not allocated", "7.01")
    assert joint["by_finance_type_loan"] == "7.01"
    assert goods["unvalued_count"] in {"0", "1"}
    lines = body(ask("totals/", format="ndjson", group_by="year")).splitlines()
    assert json.loads(lines[0])["amount_central"] == "7.01"
    assert "totals" in sheets("totals/", group_by="donor").sheetnames


def test_counts_of_sanctions_are_a_table_too() -> None:
    measure()
    (row,) = rows("sanctions/totals/", group_by="imposer,measure")
    assert (row["imposer"], row["measure"], row["count"]) == ("EU", "asset_freeze", "1")


def test_totals_without_groups_are_a_table_of_one_row() -> None:
    rates()
    published("Money", **euros("7"))
    (row,) = rows("totals/")
    assert (row["count"], row["amount_central"]) == ("1", "7.00")


def test_a_table_without_rows_has_its_type_all_the_same() -> None:
    for path in ("totals/", "pledges/"):
        asked = {"group_by": "donor"} if path == "totals/" else {}
        answer = ask(path, 200, format="ndjson", **asked)
        assert answer["Content-Type"].startswith("application/x-ndjson")
        assert body(answer) == b""


def test_a_table_names_no_regime_that_may_not_be_given_out() -> None:
    closed = Dataset.objects.create(key="closed", name="Closed", licence="none", redistributable=False)
    hidden = programme("HIDDEN", "Hidden regime", dataset=closed)
    made = measure("A ban", programme_id=hidden.pk)
    for text in (
        body(ask("sanctions/", format="csv")).decode(), str(get("sanctions/")), str(get(f"sanctions/{made.public_id}/"))
    ):  # fmt: skip
        assert "HIDDEN" not in text
        assert "Hidden regime" not in text
    assert get("sanctions/", status=400, programme="HIDDEN")["errors"][0]["parameter"] == "programme"
