"""The project's own labelled articles: what was reached stays reached."""

import json
from pathlib import Path

import pytest

from extraction.contract import Article
from extraction.evaluation import Report, read_gold, score
from extraction.reader import default_extractor

GOLD = Path(__file__).parents[1] / "gold"
PLEDGES_AT_LEAST, SANCTIONS_AT_LEAST = 0.90, 0.90  # detection F1 over all articles
NEGATIVES_AT_MOST = 0.05


@pytest.fixture(scope="module")
def report() -> Report:
    gold = read_gold(GOLD / "articles.jsonl", GOLD / "labels.jsonl")
    return score(gold, {one.id: default_extractor().read(one.article) for one in gold})


def test_pledges_are_found(report: Report) -> None:
    assert report.pledges.f1 >= PLEDGES_AT_LEAST


def test_sanctions_are_found(report: Report) -> None:
    assert report.sanctions.f1 >= SANCTIONS_AT_LEAST


def test_few_articles_without_a_claim_get_one(report: Report) -> None:
    assert report.negatives_with_finding / report.negatives <= NEGATIVES_AT_MOST


def test_what_is_found_is_right_in_its_fields(report: Report) -> None:
    for kind in (report.pledges, report.sanctions):
        for name, field in kind.fields.items():
            assert field.share >= 0.9, name


def test_every_phenomenon_has_its_score(report: Report) -> None:
    named = {json.loads(line)["phenomenon"] for line in (GOLD / "labels.jsonl").read_text("utf-8").splitlines()}
    assert set(report.phenomena) == named


def test_labels_quote_their_articles() -> None:
    for one in read_gold(GOLD / "articles.jsonl", GOLD / "labels.jsonl"):
        assert isinstance(one.article, Article)
        for label in (*one.pledges, *one.sanctions):
            start, end = label["span"]
            assert one.article.text[start:end] == label["quote"]
