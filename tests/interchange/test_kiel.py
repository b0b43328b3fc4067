"""The Kiel workbook's forms: packages, parts, items, dates in words, placeholders, values of the source."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from history.models import Change
from interchange.importing import Run
from interchange.kiel.comparing import donor_rows
from interchange.kiel.importing import import_kiel
from interchange.problems import FileProblem
from pledges.models import Evidence, Pledge, TotalLine
from pledges.totals import totals
from reference.models import Dataset, ImportBatch
from tests.interchange.books import ACTIVITY, FOLLOWING, book, item

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "book.xlsx"


def one(path: Path, run: Run, **cells: Any) -> Pledge:
    """The record that a workbook of one row makes."""
    import_kiel(book(path, cells), run=run)
    return Pledge.objects.get()


def test_a_row_becomes_a_published_record_with_its_source_and_row(path: Path, run: Run) -> None:
    made = one(path, run, ID="NOF1")
    evidence = made.evidence.get()
    assert (made.origin_key, made.state, made.stage, made.finance_type) == ("NOF1", "published", "commitment", "grant")
    assert (made.stated, made.currency, made.source_value, made.eur_central) == (100, "EUR", Decimal("100.5"), 10_000)
    assert (evidence.url, evidence.dataset_row, evidence.official) == ("https://example.org/a", "Main, row 2", True)


def test_the_dataset_says_who_made_it_and_that_it_may_not_be_given_out(path: Path, run: Run) -> None:
    made = one(path, run)
    assert (made.dataset.key, made.dataset.redistributable) == ("kiel", False)
    assert "Working Paper 2218" in made.dataset.citation
    batch = ImportBatch.objects.get()
    assert (made.import_batch, batch.report["made"], len(batch.file_hash)) == (batch, 1, 64)


def test_item_rows_are_items_of_one_record(path: Path, run: Run) -> None:
    goods = {"Type of Aid General": "Military", "Monetary Value as Given by Source": "Not given",
             "Original Currency": "USD"}  # fmt: skip
    book(
        path,
        {**goods, **item("tank", 4, 1.5, delivered=3)},
        {**goods, **FOLLOWING, **item("radio", "undisclosed", delivered="undisclosed")},
        {**goods, **FOLLOWING, **item("lorry", "1.000.00", " 20.5 \n")},
    )
    report = import_kiel(path, run=run)
    made = Pledge.objects.get()
    assert [(one.name, one.quantity, one.unit_price) for one in made.items.all()] == [
        ("tank", 4, Decimal("1.5")),
        ("radio", None, None),
        ("lorry", None, Decimal("20.5")),
    ]
    moves = made.moves.filter(stage="delivery")
    assert [(move.item.name, move.units, move.extent_unknown) for move in moves if move.item] == [
        ("tank", 3, False),
        ("radio", None, True),
    ]
    assert (made.valuation, made.value_currency, made.central) == ("partial", "USD", 6)
    assert "several ways" in str(report.remarks[0])
    assert "row 4" in str(report.remarks[0])


def test_rows_of_another_date_or_value_are_parts_of_a_package(path: Path, run: Run) -> None:
    given = "Monetary Value as Given by Source"
    book(
        path,
        {given: 60, "Total ": 100},
        {given: 40, **FOLLOWING, "Announcement Date": date(2022, 3, 2)},
    )
    import_kiel(path, run=run)
    keys = dict(Pledge.objects.values_list("origin_key", "stated"))
    assert keys == {"XX1": 100, "XX1/1": 60, "XX1/2": 40}
    assert TotalLine.objects.get(pledge__origin_key="XX1", until=None).left_out == "parts_make_whole"
    assert totals(dataset="kiel").total.central == 10_000
    assert totals(dataset="kiel", value_basis="source").total.central == 10_050


def test_parts_that_repeat_the_packages_value_have_none_of_their_own(path: Path, run: Run) -> None:
    book(path, {}, {**FOLLOWING, "Announcement Date": "until 3/9/2022"})
    import_kiel(path, run=run)
    assert list(Pledge.objects.exclude(package=None).values_list("stated", flat=True)) == [None, None]
    assert totals(dataset="kiel").total.central == 10_000


@pytest.mark.parametrize(
    ("cell", "earliest", "latest", "precision"),
    [
        ("until 3/10/2022", None, date(2022, 3, 10), "before"),
        ("since 2/24/2022", date(2022, 2, 24), None, "after"),
        ("between 3/4/22 & 3/11/22", date(2022, 3, 4), date(2022, 3, 11), "range"),
        ("unclear, 04/22", date(2022, 4, 1), date(2022, 4, 30), "month"),
        ("not specified, 04/2022", date(2022, 4, 1), date(2022, 4, 30), "month"),
        ("unspecified", None, None, "unknown"),
        (date(2922, 2, 9), None, None, "unknown"),
    ],
)
def test_dates_in_words_are_dates_with_precision(
    path: Path, run: Run, cell: Any, earliest: date | None, latest: date | None, precision: str
) -> None:
    made = one(path, run, **{"Announcement Date": cell})
    found = (made.announced_earliest, made.announced_latest, made.announced_precision, made.announced_as_written)
    assert found == (earliest, latest, precision, str(cell))


def test_a_date_after_the_newest_of_the_file_is_kept_and_remarked_on(path: Path, run: Run) -> None:
    book(path, {}, {"ID": "XX2", "Announcement Date": "until 3/10/2027"})
    report = import_kiel(path, run=run)
    assert Pledge.objects.get(origin_key="XX2").announced_latest == date(2027, 3, 10)
    assert "after the newest day of the file" in str(report.remarks[0])


def test_an_amount_that_the_source_worked_out_is_its_valuation_and_not_stated(path: Path, run: Run) -> None:
    made = one(path, run, **{"Monetary Value as Given by Source": 915.4374093, "Total ": 915.4374093})
    assert (made.stated, made.valuation, made.source_value) == (None, "none", Decimal("100.5"))


def test_a_fund_outside_of_the_sources_summary_is_in_the_record_and_not_in_its_total(path: Path, run: Run) -> None:
    book(path, {}, {"ID": "EPF1", "countries": "European Peace Facility"})
    report = import_kiel(path, run=run)
    assert totals(dataset="kiel").total.count == 2
    assert totals(dataset="kiel", value_basis="source").total.count == 1
    assert any("European Peace Facility" in words for words in report.facts.values())


def test_the_same_workbook_again_changes_nothing(path: Path, run: Run) -> None:
    book(path, {}, {"ID": "XX2"})
    import_kiel(path, run=run)
    changes, batches = Change.objects.count(), ImportBatch.objects.count()
    report = import_kiel(path, run=run)
    assert (report.made, report.updated, report.unchanged) == (0, 0, 2)
    assert (Change.objects.count(), ImportBatch.objects.count()) == (changes, batches)


def test_a_newer_release_corrects_what_it_changed(path: Path, run: Run) -> None:
    book(path, {}, {"ID": "XX2"})
    import_kiel(path, run=run)
    book(path, {"Monetary Value as Given by Source": 150, "Converted Value in EUR": 150}, {"ID": "XX2"})
    report = import_kiel(path, run=run)
    assert (report.updated, report.unchanged) == (1, 1)
    assert totals(dataset="kiel", value_basis="source").total.central == 25_050


def test_a_dry_run_keeps_nothing(path: Path, run: Run) -> None:
    report = import_kiel(book(path, {}), run=replace(run, dry_run=True))
    assert (report.made, report.dry_run) == (1, True)
    assert not Pledge.objects.exists()
    assert not Dataset.objects.filter(key="kiel").exists()


@pytest.mark.parametrize(
    ("column", "word", "what"),
    [
        ("countries", "Ruritania", "donor"),
        ("Type of Aid General", "Moral", "general type of aid"),
        ("Type of Aid Specific", "Applause", "specific type of aid"),
        ("Official Source", "Perhaps", "answer (Yes or No)"),
    ],
)
def test_a_word_that_no_table_has_stops_with_sheet_row_and_column(
    path: Path, run: Run, column: str, word: str, what: str
) -> None:
    book(path, {}, {"ID": "XX2", column: word})
    with pytest.raises(FileProblem) as caught:
        import_kiel(path, run=run)
    assert str(caught.value).startswith(f"Sheet “Main”, row 3, column “{column}”: “{word}” is no {what}")
    assert not Pledge.objects.exists()


def test_several_problems_are_told_at_once(path: Path, run: Run) -> None:
    book(path, {"countries": "Ruritania"}, {"ID": "XX2", "Official Source": "Perhaps"})
    with pytest.raises(FileProblem, match="2 things are to be mended"):
        import_kiel(path, run=run)


def test_the_header_may_stand_lower(path: Path, run: Run) -> None:
    import_kiel(book(path, {}, below=4), run=run)
    assert Evidence.objects.get().dataset_row == "Main, row 5"


def newer(path: Path) -> Path:
    """Two activities; the second lists its commitment and an allocation out of it."""
    redistributed = "tot_sub_activity_value_EUR_redistr"
    second = {"activity_id": "XX2", "aid_type_general": "Military"}
    return book(
        path,
        {"donor": "European Investment Bank"},
        {**second, "sub_activity_id": "XX2-1", "tot_activity_value_EUR": 50},
        {**second, "sub_activity_id": "XX2-2", "measure": "Allocation",
         "tot_activity_value_EUR": ".", redistributed: 20, "item": "tank", "item_numb": 2, "item_price_USD": 10},
        header=ACTIVITY,
    )  # fmt: skip


def test_the_newer_form_gives_commitments_by_activity(path: Path, run: Run) -> None:
    import_kiel(newer(path), run=run)
    by_source = totals(group_by=["donor"], dataset="kiel", value_basis="source")
    assert by_source.total.central == 15_050
    assert {getattr(row.keys["donor"], "code", ""): row.sums.central for row in by_source.rows} == {
        "EU": 10_050,
        "NO": 5_000,
    }
    assert Pledge.objects.get(origin_key="XX1").financed_from is not None


def test_the_newer_form_gives_allocations_as_a_dataset_of_their_own(path: Path, run: Run) -> None:
    newer(path)
    import_kiel(path, run=run)
    import_kiel(path, run=run, measure="allocation")
    assert totals(dataset="kiel-allocations", value_basis="source").total.central == 2_000
    assert totals(dataset="kiel", value_basis="source").total.central == 15_050
    made = Pledge.objects.get(dataset__key="kiel-allocations")
    assert (made.origin_key, made.stage, made.items.get().quantity) == ("XX2-2", "allocation", 2)


def test_the_comparison_sets_our_conversion_beside_theirs(path: Path, run: Run) -> None:
    one(path, run, **{"Original Currency": "NOK", "Monetary Value as Given by Source": 1000, "Total ": 1000})
    *rows, total = donor_rows()
    assert [(row.donor, row.theirs.central, row.ours.central, row.difference) for row in rows] == [
        ("NO", 10_050, 10_000, -50)
    ]
    assert total.difference == -50
