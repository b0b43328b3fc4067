"""A backfill whose process is killed in the middle of a fetch, and started again."""

from __future__ import annotations

import os
import re
import sqlite3
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connection
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from tests.ingestion.test_backfill import page
from tests.launcher import Running, environment

ADDRESSES = 8
KILLED_AT = 5  # articles asked for
SECONDS = 30

Ask = Callable[[str], list[tuple[Any, ...]]]


@pytest.fixture
def database(tmp_path: Path, transactional_db: None) -> tuple[dict[str, str], Ask]:
    """A database that other processes can use: what they are to be told of it, and a way to ask it."""
    if connection.vendor == "postgresql":
        url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}")

        def ask(sql: str) -> list[tuple[Any, ...]]:
            with connection.cursor() as cursor:
                cursor.execute(sql)
                return [] if cursor.description is None else list(cursor.fetchall())

        return {"DATABASE_URL": url.geturl()}, ask
    file = tmp_path / "copy.sqlite3"
    connection.ensure_connection()
    with closing(sqlite3.connect(file)) as copy:
        connection.connection.backup(copy)

    def ask_file(sql: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(file)) as opened, opened:
            return list(opened.execute(sql).fetchall())

    return {"DATABASE_URL": f"sqlite:///{file}"}, ask_file


class Site:
    """A site that stops in the middle of an answer, until it may go on."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        self.reached, self.may_go_on = threading.Event(), threading.Event()

    def __call__(self, request: Request) -> Response:
        if request.path == "/robots.txt":
            return Response("none", status=404)
        self.asked[request.path] += 1
        if self.asked.total() == KILLED_AT:
            self.reached.set()
            self.may_go_on.wait(SECONDS)
        return Response(page(request.path.strip("/")), content_type="text/html")


@pytest.fixture
def site() -> Iterator[tuple[Site, HTTPServer]]:
    """The site, on a server that answers several at once."""
    site = Site()
    with HTTPServer(threaded=True) as server:
        server.expect_request(re.compile(".*")).respond_with_handler(site)
        yield site, server
        site.may_go_on.set()


def test_a_run_killed_in_the_middle_of_a_fetch_loses_nothing_and_doubles_nothing(
    tmp_path: Path, database: tuple[dict[str, str], Ask], site: tuple[Site, HTTPServer]
) -> None:
    (told, ask), (articles, server) = database, site
    file = tmp_path / "list.txt"
    hosts = ("127.0.0.1", "localhost")
    names = [f"a{number}" for number in range(ADDRESSES)]
    file.write_text("".join(f"http://{hosts[place % 2]}:{server.port}/{name}\n" for place, name in enumerate(names)))
    env = environment(tmp_path, TRACKER_LOCAL="1", FETCH_ALLOW_LOOPBACK="1", HOST_DELAY_SECONDS="0", **told)
    command = [sys.executable, "manage.py", "backfill", str(file), "--at-once", "2"]

    killed = Running(command, env, tmp_path / "killed.log")
    assert articles.reached.wait(SECONDS), killed.output
    killed.process.kill()
    assert killed.process.wait(SECONDS) < 0
    articles.may_go_on.set()
    found: dict[str, int] = dict(ask("SELECT state, count(*) FROM ingestion_backfillline GROUP BY state"))
    (taken,) = ask("SELECT count(*) FROM ingestion_article")[0]
    assert found["added"] == taken == ADDRESSES - found["waiting"]
    assert 0 < found["waiting"] < ADDRESSES

    ask("UPDATE ingestion_hostslot SET claimed_until = NULL")  # as if the claims of the dead process had run out
    again = Running(command, env, tmp_path / "again.log")
    assert again.process.wait(SECONDS) == 0, again.output
    assert f"{ADDRESSES} lines; {ADDRESSES} brought a new article" in again.output
    assert ask("SELECT count(*), count(DISTINCT canonical_url) FROM ingestion_article") == [(ADDRESSES, ADDRESSES)]
    assert ask("SELECT count(*) FROM ingestion_revision") == [(ADDRESSES,)]
    doubled = [path for path, times in articles.asked.items() if times > 1]
    assert len(doubled) <= 2, "only what was under way is asked for once more"
