"""How well the matching tells what is recorded already, on labelled pairs and on a real workbook."""

from __future__ import annotations

import os
from datetime import date
from decimal import Decimal
from io import StringIO
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command

from review.management.commands import evaluate_matching
from review.matching import Claim, Sum
from review.matching.evaluation import Pair, evaluate
from tests.matching_set import kiel
from tests.matching_set.build import SPLITS, labelled

DAY = date(2022, 5, 3)


def claim(millions: int, *texts: str, giver: str = "IT") -> Claim:
    amount = Decimal(millions) * 1_000_000
    total = Sum(f"EUR {millions} million", amount, "EUR", millions * 100_000_000)
    return Claim(frozenset({giver}), frozenset({"UA"}), sum=total, stage="pledge", days=(DAY, DAY), texts=texts)


@pytest.mark.parametrize("split", SPLITS)
def test_precision_and_recall_do_not_fall(split: str) -> None:
    report = evaluate(labelled(split))
    same, move, new = (report.first[name] for name in ("same", "stage_move", "part_or_new"))
    assert same.precision >= 0.97
    assert same.recall >= 0.93
    assert move.precision >= 0.94
    assert move.recall >= 0.90
    assert new.recall >= 0.90
    assert report.alone["different"].precision >= 0.95


def test_the_set_is_as_large_and_as_varied_as_it_says() -> None:
    pairs = [pair for split in SPLITS for pair in labelled(split)]
    givers = set().union(*(pair.claim.givers for pair in pairs))
    sums = [pair.claim.sum for pair in pairs if pair.claim.sum is not None]
    months = {pair.claim.days[1].replace(day=1) for pair in pairs if pair.claim.days[1] is not None}
    assert len(pairs) >= 300
    assert min(len([pair for pair in pairs if pair.label == label]) for label in ("different", "part_or_new")) >= 30
    assert len([pair for pair in pairs if not pair.of_aid]) >= 50
    assert len(givers) >= 40
    assert len({one.currency for one in sums}) >= 12
    assert len(months) >= 40
    assert len({(pair.claim, pair.record) for pair in pairs}) == len(pairs), "each pair stands once"


def test_scores_count_only_a_first_suggestion_of_the_right_record_and_case() -> None:
    one, two = claim(10, "Ten million"), claim(30, "Thirty million")
    pairs = [
        Pair(claim(10, "Again ten"), one, "same", "right"),
        Pair(claim(30, "Ten, misread"), one, "same", "of another record"),
        Pair(claim(30, "Thirty again"), two, "stage_move", "of another case"),
        Pair(claim(10, "From elsewhere", giver="FR"), one, "different", "of nothing"),
    ]
    report = evaluate(pairs)
    same, different = report.first["same"], report.first["different"]
    assert (same.labelled, same.said, same.right) == (2, 3, 1)
    assert (same.precision, same.recall) == (1 / 3, 1 / 2)
    assert (different.labelled, different.said, different.right) == (1, 1, 1)
    assert len(report.wrong) == 2


def test_the_command_prints_each_case_each_phenomenon_and_the_errors(monkeypatch: pytest.MonkeyPatch) -> None:
    record = claim(10, "Ten million")
    pairs = [
        Pair(claim(10, "Again ten"), record, "same", "plain"),
        Pair(claim(12, "Twelve"), record, "same", "revised"),
    ]
    small = SimpleNamespace(SPLITS=SPLITS, labelled=lambda split: pairs)
    monkeypatch.setattr(evaluate_matching, "import_module", lambda name: small)
    out = StringIO()
    call_command("evaluate_matching", split="dev", stdout=out)
    lines = [line.split() for line in out.getvalue().splitlines()]
    assert ["dev:", "2", "pairs"] in lines
    assert ["same", "2", "1.00", "0.50", "1.00", "0.50"] in lines
    assert ["same", "plain", "1", "of", "1"] in lines
    assert ["same", "revised", "0", "of", "1"] in lines
    assert ["Twelve", "/", "Ten", "million"] in lines


def test_the_command_says_where_the_set_is_if_it_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evaluate_matching, "SET", "tests.no_such_set")
    with pytest.raises(CommandError, match="tests/matching_set, which is not part of this installation"):
        call_command("evaluate_matching")


@pytest.mark.real_data
def test_claims_read_in_a_real_workbook_find_the_activity_that_they_tell_of() -> None:
    workbook = Path(os.environ["REAL_DATA"]) / "data/kiel/Ukraine_Support_Tracker_Release_07.xlsx"
    outcome = kiel.measured(workbook)
    assert outcome.agreeing >= 40
    assert outcome.recall >= 0.90
    assert outcome.precision >= 0.85  # some descriptions speak of other recorded activities, too
