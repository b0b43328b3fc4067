"""The commands for people and scripts that read texts: extract, evaluate_extraction, explain_extraction."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

TEXT = "Norway will give Ukraine 12 million euros in humanitarian aid, the foreign ministry said on Monday."
FLOOR = Path(__file__).resolve().parents[1] / "gold" / "floor.toml"


def run(command: str, *arguments: str, **options: object) -> str:
    out = io.StringIO()
    call_command(command, *arguments, stdout=out, **options)
    return out.getvalue()


@pytest.fixture
def article(tmp_path: Path) -> Path:
    path = tmp_path / "article.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path


def test_the_findings_of_a_file_are_printed_as_json(article: Path) -> None:
    [finding] = json.loads(run("extract", str(article)))["findings"]
    assert (finding["donors"], finding["amount"]["value"]) == (["NO"], "12000000")
    assert TEXT[finding["start"] : finding["end"]] == finding["quote"]


def test_lines_of_articles_give_a_line_of_findings_each(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [
        json.dumps({"id": "a", "title": "", "text": TEXT, "published": "2022-03-01"}),
        "",
        '{"id": "b", "text": ""}',
    ]
    monkeypatch.setattr("sys.stdin", io.StringIO("\n".join(lines)))
    first, second = (json.loads(line) for line in run("extract", "--jsonl").splitlines())
    assert (first["id"], first["pledges"][0]["amount"], first["sanctions"]) == ("a", 12_000_000, [])
    assert (second["id"], second["pledges"]) == ("b", [])


@pytest.mark.parametrize(
    "line", ["no json", "[]", '{"id": "a"}', '{"id": 1, "text": "x"}', '{"id": "a", "text": "x", "published": "soon"}']
)
def test_a_line_that_is_no_article_stops_with_its_number(line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(line))
    with pytest.raises(CommandError, match="Line 1 is no article"):
        run("extract", "--jsonl")


def test_a_file_that_is_not_there_is_named() -> None:
    with pytest.raises(CommandError, match=r"nowhere\.txt cannot be read"):
        run("extract", "nowhere.txt")


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    path = tmp_path / "picture"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CommandError, match="no UTF-8 text"):
        run("extract", str(path))


def test_the_projects_own_gold_set_holds_the_recorded_scores() -> None:
    told = run("evaluate_extraction", "--calibration", "--errors", floor=FLOOR)
    assert "No score is below" in told
    assert "confidence" in told


def test_a_score_below_the_recorded_one_is_an_error(tmp_path: Path) -> None:
    gold = [{"id": "a", "text": "Nothing of the kind.", "published": "2022-03-01"}]
    label = {"donors": ["NO"], "recipient": "UA", "type": "humanitarian", "amount": None, "currency": None,
             "amount_qualifier": None, "items": [], "stage": "pledge", "quote": "Nothing", "span": [0, 7]}  # fmt: skip
    (tmp_path / "articles.jsonl").write_text(json.dumps(gold[0]))
    (tmp_path / "labels.jsonl").write_text(json.dumps({"id": "a", "pledges": [label], "sanctions": []}))
    with pytest.raises(CommandError, match=r"pledges\.f1 is 0\.000"):
        run("evaluate_extraction", str(tmp_path), floor=FLOOR)


def test_a_folder_without_a_gold_set_is_named(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no gold set"):
        run("evaluate_extraction", str(tmp_path))


def test_an_explanation_shows_each_sentence_and_why(article: Path) -> None:
    told = run("explain_extraction", str(article))
    assert TEXT in told
    assert "→ finding" in told
    assert "1 findings by rules" in told
