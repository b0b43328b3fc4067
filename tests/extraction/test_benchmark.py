"""The benchmark's articles, and that it prints its tables; how fast it is, no test says."""

from __future__ import annotations

import pytest

from benchmarks import extraction as benchmark
from benchmarks.articles import KINDS, MIXTURE, ODD, alike, gold_texts, mixture, odd
from extraction.reader import default_extractor


@pytest.mark.parametrize("kind", KINDS)
def test_articles_are_as_long_as_asked_for_and_the_same_for_the_same_seed(kind: str) -> None:
    texts = gold_texts()
    made = alike(kind, 3, 3000, 1, texts)
    assert [len(one.text) for one in made] == [3000] * 3
    assert made == alike(kind, 3, 3000, 1, texts)
    assert made != alike(kind, 3, 3000, 2, texts)


def test_a_mixture_has_each_kind_in_its_turn() -> None:
    texts = gold_texts()
    made = mixture(len(MIXTURE), 2000, 1, texts)
    claims = [one.article.text[:200] for one in texts.claims]
    assert [any(one.text.startswith(claim) for claim in claims) for one in made] == [True, False, False, False]


def test_everyday_news_has_no_claim_and_news_of_claims_has() -> None:
    reader, texts = default_extractor(), gold_texts()
    assert not any(reader.read(one).findings for one in alike("everyday news", 20, 3000, 1, texts))
    assert all(reader.read(one).findings for one in alike("news of a claim", 20, 3000, 1, texts))


@pytest.mark.parametrize("name", ODD)
def test_odd_texts_repeat_one_thing(name: str) -> None:
    text = odd(name, 500).text
    assert (len(text), text.startswith(ODD[name])) == (500, True)


def test_all_tables_are_printed(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(benchmark, "PASSES", 1)
    monkeypatch.setattr(benchmark, "LEAST_CHARACTERS", 3000)
    monkeypatch.setattr(benchmark, "_stay_on_one_core", lambda: None)
    benchmark.main(["--articles", "4", "--longest", "3000"])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith(default_extractor().version)
    assert [line.split("  ")[0] for line in lines[3:8]] == ["mixture", *KINDS]
    assert [line.split()[0] for line in lines[10:12]] == ["1,000", "3,000"]
    assert lines[11].split()[3] == "1.00"
    assert [line[:20].strip() for line in lines[14:]] == list(ODD)
