"""Exported tables brought back: what was changed is corrected, what was added is a draft, nothing else changes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from history.models import Change, Version
from interchange.datatables.pledges import STAFF_PLEDGES
from interchange.importing import Run
from interchange.own_form.importing import import_record
from interchange.problems import FileProblem
from pledges.drafts import EvidenceDraft
from pledges.models import Pledge
from pledges.services import correct_pledge
from pledges.standing import standing_draft
from reference.models import ImportBatch
from tests.builders import NOW, euros, person, published, rates
from tests.interchange.brought_back import WHY, as_book, as_csv, exported, imported, refused, set_cell
from tests.interchange.recorded import designation, joint, measure

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("dollars")]


@pytest.fixture
def dollars(db: None) -> None:
    rates()


@pytest.fixture
def run() -> Run:
    return Run(job="import_record", now=NOW + timedelta(days=1))


# --- the round trip ---------------------------------------------------------------------------------------------------
WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
DAYS = st.dates(date(2022, 1, 1), date(2022, 3, 1))
AMOUNTS = st.decimals(Decimal("0.01"), Decimal(10) ** 12, places=2)


@pytest.mark.parametrize("write", [as_csv, as_book])
@settings(
    max_examples=8, deadline=None, phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck)
)
@given(
    title=WORDS.filter(lambda text: text.strip()), note=WORDS, amount=AMOUNTS, day=DAYS, quote=WORDS, many=st.booleans()
)
def test_a_round_trip_changes_nothing(
    write: Callable[[Path], list[Path]], tmp_path: Path, run: Run, title: str, note: str, amount: Decimal, day: date,
    quote: str, many: bool,
) -> None:  # fmt: skip
    with transaction.atomic():
        whole = {"stated": amount + 100, "announced_earliest": day, "announced_latest": day, "public_note": note}
        joint(
            title,
            public=many,
            evidence=(EvidenceDraft("https://example.org/q", quote if quote.strip() else "Words."),),
            **whole,
        )
        published("Plain", **euros(str(amount)), donors_as_written=note[:300])
        measure(title)
        designation(reason=note, annex=title[:100])
        before = Change.objects.count(), list(Version.objects.order_by("pk").values_list("pk", "state"))
        report = import_record(write(tmp_path), run=run, why="")
        assert (report.made, report.updated, report.left_out, report.remarks, report.changes) == (0, 0, [], [], [])
        assert report.unchanged == report.rows > 10
        assert (Change.objects.count(), list(Version.objects.order_by("pk").values_list("pk", "state"))) == before
        assert not ImportBatch.objects.exists()
        transaction.set_rollback(True)  # each example begins with an empty record


def test_a_record_that_was_published_at_midnight_comes_back_from_a_workbook_unchanged(tmp_path: Path, run: Run) -> None:
    pledge = joint()
    Pledge.objects.filter(pk=pledge.pk).update(published_at=datetime(2022, 3, 1, tzinfo=UTC))
    report = imported(*as_book(tmp_path), run=run)
    assert (report.updated, report.remarks, report.unchanged) == (0, [], report.rows)


# --- corrections ------------------------------------------------------------------------------------------------------
def test_a_changed_cell_corrects_its_record_with_the_reason_and_nothing_else(tmp_path: Path, run: Run) -> None:
    pledge, other = joint(), joint("Another")
    before = standing_draft(pledge)
    report = imported(exported(tmp_path, "pledges", set_cell("title", "A better title")), run=run)
    pledge.refresh_from_db()
    assert standing_draft(pledge) == replace(before, title="A better title")
    assert (report.made, report.updated, report.unchanged) == (0, 1, 1)
    assert [str(note) for note in report.changes] == [
        f"file “pledges.csv”, row 2: {pledge.public_id} is corrected: title “=A joint gift” → “A better title”"
    ]
    change = Change.objects.get(seq=pledge.last_seq)
    assert (change.why, change.action) == (WHY, "record.import")
    assert other.last_seq == Pledge.objects.get(pk=other.pk).last_seq


def test_all_corrections_of_a_file_are_one_change(tmp_path: Path, run: Run) -> None:
    joint("One")
    joint("Two")
    before = Change.objects.count()

    def both(rows: list[dict[str, str]]) -> None:
        for row in rows:
            row["note"] = "Seen again."

    assert imported(exported(tmp_path, "pledges", both), run=run).updated == 2
    assert Change.objects.count() == before + 1
    assert len({pledge.last_seq for pledge in Pledge.objects.all()}) == 1


def test_a_new_row_becomes_a_draft_and_taken_in_again_changes_nothing(tmp_path: Path, run: Run) -> None:
    path = tmp_path / "new.csv"
    path.write_text(
        "id,version,title,donors,recipients,stated,currency,announced_earliest,announced_latest,announced_precision\r\n"
        "new-1,,Tents,IT;FR,UA,110m,EUR,2022-03-01,2022-03-01,day\r\n"
    )
    joint()
    report = imported(path, run=run)
    made = Pledge.objects.get(title="Tents")
    assert (report.made, made.state, made.stated) == (1, "draft", Decimal(110_000_000))
    assert [share.party.code for share in made.donors.all()] == ["IT", "FR"]
    again = imported(path, run=run)
    assert (again.made, again.unchanged, Pledge.objects.count()) == (0, 1, 2)
    assert f"{made.public_id} was made of this very row before" in str(again.remarks[0])


def test_rows_of_a_new_record_and_of_what_belongs_to_it_find_each_other(tmp_path: Path, run: Run) -> None:
    rows = {
        "pledges": "id,version,title,stated,currency,package\nnew-1,,Package,100,EUR,\nnew-2,,Part,40,EUR,new-1\n",
        "items": "pledge,version,id,name,category,quantity\r\nnew-1,,new-a,Tents,shelter,12\r\n",
        "moves": "pledge,version,id,stage,precision,item,units\r\nnew-1,,,delivery,unknown,new-a,2\r\n",
        "pledge_evidence": "pledge,version,id,url,quote\r\nnew-1,,,https://example.org/n,They said so.\r\n",
    }
    paths = []
    for name, text in rows.items():
        paths.append(tmp_path / f"{name}.csv")
        paths[-1].write_text(text, newline="")
    assert imported(*paths, run=run).made == 2
    package = Pledge.objects.get(title="Package")
    assert package.parts.get().title == "Part"
    (move,) = package.moves.all()
    assert (move.item, move.units, package.evidence.count()) == (package.items.get(), Decimal(2), 1)


def test_shares_are_corrected_by_their_own_table(tmp_path: Path, run: Run) -> None:
    pledge = joint()

    def shift(rows: list[dict[str, str]]) -> None:
        rows[0]["share_amount"], rows[1]["share_amount"] = "50", "50"

    imported(exported(tmp_path, "pledge_donors", shift), run=run)
    assert [share.share_amount for share in pledge.donors.all()] == [50, 50]


def test_a_donor_that_stays_keeps_its_share(tmp_path: Path, run: Run) -> None:
    pledge = joint()
    imported(exported(tmp_path, "pledges", set_cell("donors", "IT;UA")), run=run)
    assert [(one.party.code, one.share_amount) for one in pledge.donors.all()] == [("IT", Decimal(60)), ("UA", None)]


def test_a_row_is_taken_out_by_saying_so_and_never_by_missing(tmp_path: Path, run: Run) -> None:
    pledge = joint()
    path = exported(tmp_path, "pledge_evidence", lambda rows: rows.pop())
    assert imported(path, run=run).updated == 0
    imported(exported(tmp_path, "pledge_evidence", set_cell("remove", "true", 1)), run=run)
    assert [one.url for one in pledge.evidence.all()] == ["https://example.org/a"]


def test_a_measure_and_its_steps_are_corrected(tmp_path: Path, run: Run) -> None:
    made = measure()
    imported(exported(tmp_path, "measures", set_cell("types", "asset_freeze;media_ban")), run=run)
    imported(exported(tmp_path, "steps", set_cell("ends_on", "2023-02-24")), run=run)
    made.refresh_from_db()
    assert [one.type for one in made.types.all()] == ["asset_freeze", "media_ban"]
    assert (made.in_force_until, made.steps.get().evidence.count()) == (date(2023, 2, 24), 1)


def test_a_workbook_is_taken_back_as_a_csv_file_is(tmp_path: Path, run: Run) -> None:
    pledge = joint()
    (path,) = as_book(tmp_path)
    book = load_workbook(path)
    book["pledges"].cell(2, STAFF_PLEDGES.names.index("stated") + 1).value = 120
    book.save(path)
    assert imported(path, run=run).updated == 1
    pledge.refresh_from_db()
    assert pledge.stated == 120


def test_what_the_tracker_fills_in_is_not_taken_and_told(tmp_path: Path, run: Run) -> None:
    joint()
    report = imported(exported(tmp_path, "pledges", set_cell("eur_central", "1")), run=run)
    assert (report.updated, report.unchanged) == (0, 1)
    assert "eur_central: this the tracker fills in by itself; the change was not taken" in str(report.remarks[0])


def test_a_record_that_was_changed_since_the_export_is_told_and_left(tmp_path: Path, run: Run) -> None:
    pledge, other = joint(), joint("Another")

    def both(rows: list[dict[str, str]]) -> None:
        for row in rows:
            row["title"] = f"From the file {row['id']}"

    path = exported(tmp_path, "pledges", both)
    quicker = replace(standing_draft(pledge), title="By hand")
    correct_pledge(pledge.pk, quicker, now=NOW, acting_user=person("somebody"))
    report = imported(path, run=run)
    assert {one.title for one in Pledge.objects.all()} == {"By hand", f"From the file {other.public_id}"}
    assert f"{pledge.public_id} was changed by somebody after it was exported" in str(report.left_out[0])


def test_a_dry_run_tells_each_rows_fate_and_keeps_nothing(tmp_path: Path, run: Run) -> None:
    pledge = joint()
    before = Change.objects.count(), Version.objects.count()
    report = imported(exported(tmp_path, "pledges", set_cell("stated", "120")), run=replace(run, dry_run=True))
    assert [note.words for note in report.changes] == [f"{pledge.public_id} is corrected: stated “100.00” → “120”"]
    assert (Change.objects.count(), Version.objects.count()) == before
    assert not ImportBatch.objects.exists()


def test_everything_is_refused_for_one_row_that_cannot_be_right(tmp_path: Path, run: Run) -> None:
    joint("One")
    joint("Two")

    def one_bad(rows: list[dict[str, str]]) -> None:
        rows[0]["title"], rows[1]["currency"] = "Good", "XXQ"

    assert refused(exported(tmp_path, "pledges", one_bad), run=run).startswith(
        "File “pledges.csv”, row 3, column “currency”: "
    )


def test_a_correction_needs_a_reason(tmp_path: Path, run: Run) -> None:
    joint()
    with pytest.raises(FileProblem, match="Say why"):
        imported(exported(tmp_path, "pledges", set_cell("title", "New")), run=run, why=" ")


def test_who_may_not_correct_by_hand_may_not_by_a_file(tmp_path: Path, run: Run) -> None:
    joint()
    path = exported(tmp_path, "pledges", set_cell("title", "New"))
    assert refused(path, run=replace(run, acting_user=person("viewer"))) == (
        "You may not correct pledges, and these files do."
    )


def test_a_record_that_was_published_stays_so_and_keeps_its_evidence(tmp_path: Path, run: Run) -> None:
    joint()

    def none(rows: list[dict[str, str]]) -> None:
        for row in rows:
            row["remove"] = "true"

    assert "evidence" in refused(exported(tmp_path, "pledge_evidence", none), run=run)
