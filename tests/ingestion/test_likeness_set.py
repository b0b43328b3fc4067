"""How well copies are found and other texts left alone, on the project's own labelled pairs."""

from __future__ import annotations

from io import StringIO
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command

from ingestion.likeness.evaluating import STRAY, Pair, Sample, evaluate
from ingestion.management.commands import evaluate_likeness
from tests.ingestion.test_likeness import prose
from tests.likeness_set.build import labelled
from tests.likeness_set.changes import OTHER, SAME
from tests.likeness_set.stories import base_stories


@pytest.mark.parametrize("split", ["dev", "held_out"])
def test_precision_and_recall_do_not_fall(split: str) -> None:
    report = evaluate(*labelled(split))
    assert report.precision >= 0.98
    assert report.recall >= 0.98
    figures = [
        name.__name__.replace("_", " ") for name in OTHER if "figure" in name.__name__ or "quan" in name.__name__
    ]
    assert [report.by_change[change].found for change in figures] == [0, 0, 0, 0], "a changed figure is no duplicate"


def test_the_set_is_as_large_and_as_varied_as_it_says() -> None:
    stories = base_stories()
    lengths = sorted(len("\n\n".join(story.lines())) for story in stories)
    assert (len(stories), len({story.id for story in stories})) == (64, 64)
    assert lengths[0] < 1000
    assert lengths[-1] > 3500
    samples, pairs = labelled("dev")
    assert len({sample.id for sample in samples}) == len(samples)
    texts = {sample.id: (sample.title, sample.text) for sample in samples}
    for pair in pairs:
        assert texts[pair.one] != texts[pair.other], f"{pair.other} changes nothing"
    assert (len(SAME), len(OTHER)) == (8, 9)


def test_scores_count_what_is_missed_and_what_is_invented() -> None:
    text, other = prose(1, 20), prose(2, 20)
    samples = [
        Sample("a", "a", "", text),
        Sample("a-copy", "a", "", text + " End."),
        Sample("a-lost", "a", "", prose(3, 20)),
        Sample("b", "b", "", other),
        Sample("b-like", "b", "", other + " End."),
        Sample("stray", "c", "", text),
    ]
    pairs = [
        Pair("a", "a-copy", "copy", same=True),
        Pair("a", "a-lost", "copy", same=True),
        Pair("b", "b-like", "like", same=False),
    ]
    report = evaluate(samples, pairs)
    copy, like, stray = (report.by_change[name] for name in ("copy", "like", STRAY))
    assert [(one.pairs, one.named, one.found) for one in (copy, like, stray)] == [(2, 1, 1), (1, 1, 1), (0, 2, 2)]
    assert (report.recall, report.precision) == (0.5, 0.25)
    assert report.wrong == [("a", "a-lost"), ("a", "stray"), ("a-copy", "stray"), ("b", "b-like")]


def test_the_command_prints_each_kind_of_change_with_its_figures_and_the_errors(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    samples = [Sample("a", "a", "", prose(1, 20)), Sample("b", "a", "", prose(1, 9)), Sample("c", "a", "", "No.")]
    pairs = [Pair("a", "b", "cut ending", same=True), Pair("a", "c", "cut ending", same=True)]
    small = SimpleNamespace(SPLITS=("dev", "held_out"), labelled=lambda split: (samples, pairs))
    monkeypatch.setattr(evaluate_likeness, "import_module", lambda name: small)
    out = StringIO()
    call_command("evaluate_likeness", split="dev", errors=True, stdout=out)
    lines = out.getvalue().splitlines()
    assert "dev: 3 texts, 1 pairs compared" in lines
    assert any(line.split() == ["cut", "ending", "2", "1", "1"] for line in lines)
    assert "  precision 1.000, recall 0.500" in lines
    assert lines[-1] == "  a  /  c"


def test_the_command_says_where_the_set_is_if_it_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evaluate_likeness, "SET", "tests.no_such_set")
    with pytest.raises(CommandError, match="tests/likeness_set, which is not part of this installation"):
        call_command("evaluate_likeness")
