"""The commands: options, the bar, the report."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.core.management.base import OutputWrapper

from interchange.management.commands.import_kiel import Command
from interchange.problems import Place
from interchange.report import Report
from pledges.models import Pledge
from tests.interchange.books import book


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def bar(stream: io.StringIO) -> str:
    command = Command()
    command.stderr = OutputWrapper(stream)
    command.progress(5, 10)
    command.progress(10, 10)
    return stream.getvalue()


def test_a_terminal_is_shown_a_bar_and_a_log_is_not() -> None:
    assert bar(Terminal()) == f"\r[{'#' * 15}{' ' * 15}] 5 of 10\r[{'#' * 30}] 10 of 10\n"
    assert bar(io.StringIO()) == ""


def report(remarks: int) -> Report:
    made = Report(rows=3, made=2)
    made.leave_out(Place("Main", 4), "it is empty.")
    for number in range(remarks):
        made.remark(Place("Main", number), "odd.")
    return made


def test_the_report_counts_and_tells_rows_with_their_place() -> None:
    first, *rest = report(1).lines()
    assert first.startswith("3 rows read; 2 records made, 0 updated, 0 unchanged, 1 left out, 1 remarks")
    assert rest == ["Left out:", "  sheet “Main”, row 4: it is empty.", "Remarks:", "  sheet “Main”, row 0: odd."]


def test_a_long_report_is_cut_on_the_screen_unless_all_of_it_is_wanted() -> None:
    cut = report(60)
    assert "  … and 20 more; --full shows all of them." in list(cut.lines())
    cut.shown = None
    assert len([line for line in cut.lines() if line.endswith("odd.")]) == 60
    assert len(cut.as_json()["remarks"]) == 60


@pytest.mark.django_db
@pytest.mark.usefixtures("reference")
class TestKiel:
    def test_the_command_takes_in_and_compares(self, tmp_path: Path) -> None:
        path = str(book(tmp_path / "book.xlsx", {}))
        out = io.StringIO()
        call_command("import_kiel", path, "--dry-run", stdout=out)
        assert "This was a dry run: nothing was kept." in out.getvalue()
        assert not Pledge.objects.exists()
        call_command("import_kiel", path, stdout=out)
        call_command("compare_kiel", stdout=out)
        assert "1 rows read; 1 records made" in out.getvalue()
        assert "Norway" in out.getvalue()
        assert "-0.50" in out.getvalue()

    def test_comparing_before_taking_in_says_what_to_do(self) -> None:
        with pytest.raises(CommandError, match="run import_kiel first"):
            call_command("compare_kiel")

    def test_a_file_that_is_not_there_is_said_so(self, tmp_path: Path) -> None:
        with pytest.raises(CommandError, match="is no file that can be read"):
            call_command("import_kiel", str(tmp_path / "none.xlsx"))


def test_flows_come_from_files_or_from_an_address_and_not_from_both(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="Name files of flows, or an address"):
        call_command("import_fts")


@pytest.mark.django_db
def test_without_the_reference_data_an_import_says_what_to_do(tmp_path: Path) -> None:
    path = str(book(tmp_path / "book.xlsx", {}, {"ID": "XX2"}))
    with pytest.raises(CommandError, match=r"^Nothing was taken in\. There is no party with the code NO\. Load the"):
        call_command("import_kiel", path)
