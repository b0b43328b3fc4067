"""The seed article from paste to totals: exact, and the same on SQLite and PostgreSQL."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

ROOT = Path(__file__).resolve().parents[2]
CHANGING = {
    "generated_at",
    "id",
    "public_id",
    "created_at",
    "modified_at",
    "published_at",
    "reviewed_at",
    "url",
    "article",
}

pytestmark = pytest.mark.real_data


@pytest.fixture(scope="module")
def seed() -> Path:
    folder = os.environ.get("REAL_DATA")
    if not folder:
        pytest.skip("REAL_DATA is not set")
    return Path(folder) / "seed-article.txt"


def answer(seed: Path, database: str, folder: Path) -> Any:
    environment = {**os.environ, "DATABASE_URL": database, "DATA_DIR": str(folder), "TRACKER_LOCAL": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "tests.chain.scenario", str(seed)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def on_sqlite(seed: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("sqlite")
    return answer(seed, f"sqlite:///{folder / 'chain.sqlite3'}", folder)


@pytest.fixture(scope="module")
def fresh_postgres() -> Iterator[str]:
    """The address of a new database beside the one that DATABASE_URL names."""
    parts = urlsplit(os.environ["DATABASE_URL"])
    name = f"chain_{uuid.uuid4().hex[:12]}"
    server = urlunsplit(parts._replace(path="/postgres", scheme="postgresql"))
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    yield urlunsplit(parts._replace(path=f"/{name}"))
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def without_times_and_ids(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: without_times_and_ids(one) for name, one in value.items() if name not in CHANGING}
    if isinstance(value, list):
        return sorted((without_times_and_ids(one) for one in value), key=json.dumps)
    return value


def test_the_seed_article_gives_exactly_five_candidates(on_sqlite: Any) -> None:
    pledges = {
        (*one["donors"], one["type"], one["in_kind"], one["amount"], one["stage"], *one["recipients"])
        for one in on_sqlite["candidates"]
        if one["kind"] == "pledge"
    }
    sanctions = [one for one in on_sqlite["candidates"] if one["kind"] == "sanction"]
    assert pledges == {
        ("ES", "military", True, None, "pledge", "UA"),
        ("IT", "financial", False, "EUR 110000000", "pledge", "UA"),
        ("CZ", "unspecified", True, None, "pledge", "UA"),
        ("GR", "unspecified", True, None, "pledge", "UA"),
    }
    assert len(on_sqlite["candidates"]) == 5
    [sanction] = sanctions
    assert (sanction["imposers"], sanction["targets"], sanction["measures"]) == ([], ["RU"], ["unspecified"])
    assert sanction["imposers_as_written"].lower() == "western powers"
    assert sanction["action"] == "imposed"


def test_accepting_them_gives_italy_to_the_cent_and_the_others_unvalued(on_sqlite: Any) -> None:
    totals = on_sqlite["answers"]["/api/v1/totals/?group_by=donor,type&currency=EUR"]
    rows = {row["donor"]["code"]: row for row in totals["results"]}
    assert set(rows) == {"IT", "ES", "CZ", "GR"}
    assert rows["IT"]["amount"]["central"] == "110000000.00"
    assert all(rows[code]["unvalued_count"] == rows[code]["count"] == 1 for code in ("ES", "CZ", "GR"))
    total = totals["total"]
    assert (total["count"], total["valued_count"], total["unvalued_count"]) == (4, 1, 3)
    assert Decimal(total["amount"]["central"]) == 110_000_000


@pytest.mark.services
def test_postgresql_answers_the_same_but_for_times_and_ids(
    on_sqlite: Any, fresh_postgres: str, seed: Path, tmp_path: Path
) -> None:
    on_postgres = answer(seed, fresh_postgres, tmp_path)
    assert without_times_and_ids(on_postgres) == without_times_and_ids(on_sqlite)
