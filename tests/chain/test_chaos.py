"""A short run under faults in real processes, as ``make chaos`` is a long one; and what such a run rests on."""

from __future__ import annotations

import subprocess
import sys

import pytest
from django.apps import apps
from django.db.models import DateTimeField

from extraction.contract import Article
from extraction.jsonl import finding_as_dict
from extraction.reader import default_extractor
from tests.chaos import plan
from tests.chaos.clock import MOVED, TOLD
from tests.chaos.judging import claim_of
from tests.chaos.news import News
from tests.conftest import ON_SERVICES
from tests.launcher import ROOT

PATIENCE_SECONDS = 500


def chaos(kind: str, *, minutes: float, articles: int) -> None:
    command = [sys.executable, "-m", "tests.chaos", kind, "--minutes", str(minutes), "--articles", str(articles)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-3000:]


@pytest.mark.services
def test_killed_workers_and_lost_servers_lose_and_double_nothing() -> None:
    chaos("services", minutes=0.4, articles=300)


@pytest.mark.skipif(ON_SERVICES, reason="it is embedded, and runs where no services are set")
def test_an_embedded_tracker_that_is_killed_loses_and_doubles_nothing() -> None:
    chaos("embedded", minutes=0.3, articles=100)


def test_every_moment_in_the_tables_is_either_waited_for_or_only_told() -> None:
    for model in apps.get_app_config("ingestion").get_models():
        moments = {field.name for field in model._meta.concrete_fields if isinstance(field, DateTimeField)}
        moved, told = set(MOVED.get(model.__name__, {})), TOLD.get(model.__name__, set())
        assert moved | told == moments, f"tests/chaos/clock.py does not say what {model.__name__} does with time"
        assert not moved & told


def test_the_reader_finds_the_claims_that_the_news_make_and_no_others() -> None:
    reader = default_extractor()
    for planned in News(seed=3, articles_wanted=60, feeds=6).articles:
        for edition in planned.editions:
            for text, claims in (("\n\n".join(edition.paragraphs), edition.claims), (edition.summary, frozenset())):
                found = reader.read(Article(text=text, title=planned.title, published=None)).findings
                assert sorted(claim_of(finding_as_dict(one)) for one in found) == sorted(claims)


@pytest.mark.parametrize("seed", range(5))
def test_three_minutes_have_faults_of_every_kind(seed: int) -> None:
    drawn = {fault.what for fault in plan.draw(seed, 180, embedded=False)}
    assert drawn == {*plan.ON_SERVICES, *plan.FEED_SERVER}


def test_the_same_seed_gives_the_same_news_and_the_same_faults() -> None:
    assert News(7, 50, 5).articles == News(7, 50, 5).articles
    assert plan.draw(7, 60, embedded=True) == plan.draw(7, 60, embedded=True)
    assert plan.draw(7, 60, embedded=True) != plan.draw(8, 60, embedded=True)
