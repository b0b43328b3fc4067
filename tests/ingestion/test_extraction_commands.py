"""The commands for people and scripts that read texts: extract, evaluate_extraction, explain_extraction."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from extraction.contract import Article, Reading

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
    told = run("evaluate_extraction", "--calibration", "--brief", floor=FLOOR)
    assert "No score is below" in told
    assert "0.9 to 1.0" in told
    assert "What was missed" not in told


LABEL = {"donors": ["NO"], "recipient": "UA", "type": "financial", "amount": 12_000_000, "currency": "EUR",
         "amount_qualifier": "exact", "items": [], "stage": "pledge", "quote": "Norway will give Ukraine 12 million",
         "span": [0, 35]}  # fmt: skip
UNSAID = {**LABEL, "donors": ["SE"], "amount": 7, "quote": "Monday", "span": [91, 97]}


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    """One article of whose two labels the reader finds one, with another type, and one that has no claim."""
    articles = [{"id": "a", "text": TEXT, "published": "2022-03-01"}, {"id": "b", "text": "Nothing of the kind."}]
    labels = [
        {"id": "a", "phenomenon": "active", "split": "tuned", "pledges": [LABEL, UNSAID], "sanctions": []},
        {"id": "b", "phenomenon": "none", "split": "held_out", "pledges": [], "sanctions": []},
    ]
    for name, rows in (("articles", articles), ("labels", labels)):
        (tmp_path / f"{name}.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return tmp_path


def test_errors_stand_beside_their_quotes(gold: Path) -> None:
    told = run("evaluate_extraction", str(gold))
    assert "a pledges: wrong in type\n  labelled  financial\n            “Norway will give Ukraine 12 million”" in told
    assert "  read      humanitarian\n            “Norway will give Ukraine 12 million euros" in told
    assert "a pledges: missed\n  labelled  donors SE, recipient UA" in told
    assert "“Monday”" in told


def test_each_phenomenon_has_a_line_of_its_own(gold: Path) -> None:
    lines = run("evaluate_extraction", str(gold), "--brief").splitlines()
    [active], [none] = ([line.split() for line in lines if line.startswith(name)] for name in ("active", "none"))
    assert active == ["active", "1", "2", "1", "0", "0.67", "0.00", "<"]
    assert none == ["none", "1", "0", "0", "0", "-", "-"]


def test_a_split_is_scored_by_itself(gold: Path) -> None:
    assert "rules" in run("evaluate_extraction", str(gold), "--split", "held_out")
    assert "2 labelled" in run("evaluate_extraction", str(gold), "--split", "tuned")
    with pytest.raises(CommandError, match="there are: held_out, tuned"):
        run("evaluate_extraction", str(gold), "--split", "other")


def test_a_score_below_the_recorded_one_is_an_error(gold: Path) -> None:
    with pytest.raises(CommandError, match=r"pledges\.f1 is 0\.667, below 0\.9"):
        run("evaluate_extraction", str(gold), floor=FLOOR)


@dataclass(frozen=True)
class Silent:
    """A reader that finds nothing."""

    version: str = "silent-1"

    def read(self, article: Article, *, explain: bool = False) -> Reading:
        return Reading(())


def test_another_reader_is_scored_by_its_path(gold: Path) -> None:
    told = run("evaluate_extraction", str(gold), "--reader", f"{__name__}.Silent")
    assert told.startswith("silent-1, 2 articles")
    assert "2 labelled, 0 found" in told


class Failing(Silent):
    """A reader whose service does not answer."""

    def read(self, article: Article, *, explain: bool = False) -> Reading:
        raise TimeoutError("no answer")


def test_a_reader_that_fails_is_told_of(gold: Path) -> None:
    with pytest.raises(CommandError, match=r"silent-1 failed on “Norway will give .*TimeoutError: no answer"):
        run("evaluate_extraction", str(gold), "--reader", f"{__name__}.Failing")


def test_a_path_that_is_no_reader_is_said_to_be_none(gold: Path) -> None:
    with pytest.raises(CommandError, match=r"The module extraction\.reader has no other"):
        run("evaluate_extraction", str(gold), "--reader", "extraction.reader.other")


def test_a_folder_without_a_gold_set_is_named(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no gold set"):
        run("evaluate_extraction", str(tmp_path))


def test_a_bad_line_of_a_gold_set_is_named(gold: Path) -> None:
    with (gold / "labels.jsonl").open("a", encoding="utf-8") as file:
        file.write("\n[]")
    with pytest.raises(CommandError, match=r"labels\.jsonl, line 3: an object with id, pledges, sanctions is wanted"):
        run("evaluate_extraction", str(gold))


def test_an_explanation_shows_each_sentence_and_why(article: Path) -> None:
    told = run("explain_extraction", str(article))
    assert TEXT in told
    assert "→ finding" in told
    assert "1 findings by rules" in told


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("The club sold its striker for 20 million euros.", "nothing is given: “sell” is trade"),
        ("Norway needs 20 million euros more.", "nothing is given: “need” only asks"),
        ("20 million euros for nobody.", "nothing is given: no verb that the reader knows"),
        ("Oslo slept while 20 million euros rusted, they said.", "nothing is given: no such verb among “say”"),
        ("The singer gave 20 million euros.", "no state or organisation is named that could be the subject of “give”"),
        ("The Norwegian singer gave Malawi 20 million euros.", "no claim was made of “give”"),
        ("The sanctions on Russia hurt.", "nothing is imposed or lifted: no verb that the reader knows"),
    ],
)
def test_a_sentence_that_gave_nothing_says_what_it_lacks(tmp_path: Path, text: str, why: str) -> None:
    path = tmp_path / "article.txt"
    path.write_text(text, encoding="utf-8")
    assert f"→ none: {why}" in run("explain_extraction", str(path))


def test_a_sentence_without_anything_to_give_needs_no_reason(tmp_path: Path) -> None:
    path = tmp_path / "article.txt"
    path.write_text("The weather in Norway was fine.", encoding="utf-8")
    assert "→" not in run("explain_extraction", str(path))
