"""The one command: a real process on a folder and a port of its own."""

from __future__ import annotations

import json
import signal
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.launcher import Running, alive, free_port, refused, started

TOTALS = "/api/v1/totals/?group_by=donor,type&currency=EUR"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("start") / "data"


@pytest.fixture(scope="module")
def first(folder: Path) -> Iterator[Running]:
    with started(folder, STAFF_USERNAME="chief") as running:
        running.wait_until()
        yield running


@pytest.fixture(scope="module")
def first_stopped(first: Running) -> int:
    """The exit code of the first start after Ctrl-C; tests that need it running stand before those that use this."""
    return first.stop(signal.SIGINT)


def test_the_first_start_says_where_everything_is_and_how_to_stop(first: Running) -> None:
    for words in (
        "/admin/",
        "/api/v1/docs/",
        "Staff account: chief",
        "shown only this once",
        "Ctrl-C stops everything",
    ):
        assert words in first.output


def test_the_sample_shows_in_the_totals(first: Running) -> None:
    status, body = first.get(TOTALS)
    assert status == 200
    italy = next(row for row in json.loads(body)["results"] if row["donor"]["code"] == "IT")
    assert (italy["type"], italy["stated"]) == ("financial", "110000000.00")


def test_the_pages_that_it_names_answer(first: Running) -> None:
    pages = ("/", "/admin/login/", "/api/v1/", "/api/v1/docs/", "/static/tracker/home.css", "/healthz")
    assert {page: first.get(page)[0] for page in pages} == dict.fromkeys(pages, 200)


def test_a_second_start_on_the_same_folder_is_refused(first: Running, folder: Path) -> None:
    code, words = refused(folder, PORT=str(free_port()))
    assert code == 1
    assert "already runs on the folder" in words


def test_a_start_on_a_port_in_use_says_so_and_what_to_do(first: Running, tmp_path: Path) -> None:
    code, words = refused(tmp_path, PORT=str(first.port))
    assert code == 1
    assert f"Port {first.port} is in use" in words
    assert f"PORT={first.port + 1} make run" in words
    assert "Traceback" not in words


def test_ctrl_c_ends_it_cleanly_and_leaves_no_process(first: Running) -> None:
    family = first.family()
    assert first.stop(signal.SIGINT) == 0
    assert not family & alive()
    assert "Traceback" not in first.output


def test_a_later_start_keeps_the_data_and_the_account(first_stopped: int, folder: Path) -> None:
    with sqlite3.connect(folder / "tracker.sqlite3") as database:
        before = database.execute("SELECT public_id FROM pledges_pledge ORDER BY id").fetchall()
    with started(folder) as second:
        second.wait_until()
        assert json.loads(second.get(TOTALS)[1])["total"]["count"] == len(before)
        assert second.stop(signal.SIGTERM) == 0
    assert second.output.count("shown only this once") == 1
    with sqlite3.connect(folder / "tracker.sqlite3") as database:
        assert database.execute("SELECT public_id FROM pledges_pledge ORDER BY id").fetchall() == before


REFUSALS: list[tuple[dict[str, str], str]] = [
    ({"PORT": "eighty"}, "PORT is 'eighty'; choose a number"),
    ({"PORT": "70000"}, "PORT is '70000'; choose a number"),
    ({"BIND_ADDRESS": "192.0.2.1"}, "BIND_ADDRESS is '192.0.2.1', which is no address of this machine"),
    ({"DATABASE_URL": "postgres://nobody@127.0.0.1:1/none"}, "The database of DATABASE_URL does not answer"),
    ({"DATABASE_URL": "mysql://127.0.0.1/none"}, "DATABASE_URL must name PostgreSQL"),
    ({"REDIS_URL": "redis://127.0.0.1:1/0"}, "The Redis of REDIS_URL does not answer"),
    ({"REDIS_URL": "nonsense"}, "REDIS_URL cannot be read"),
    ({"LOG_LEVEL": "loud"}, "LOG_LEVEL is 'loud'; write one of"),
    ({"TRACKER_LOCAL": "0"}, "SECRET_KEY is not set"),
    ({"TRACKER_LOCAL": "0", "SECRET_KEY": "k" * 60}, "ALLOWED_HOSTS is empty"),
    ({"LOCAL_SOURCES_ROOT": "/no/such/folder"}, "The folder for local sources, /no/such/folder, does not exist."),
]


@pytest.mark.parametrize(("wanted", "sentence"), REFUSALS, ids=[str(wanted) for wanted, _ in REFUSALS])
def test_what_stands_in_the_way_is_told_in_a_sentence(wanted: dict[str, str], sentence: str, tmp_path: Path) -> None:
    code, words = refused(tmp_path, **{"PORT": str(free_port()), **wanted})
    assert code == 1
    assert sentence in words
    assert "Traceback" not in words


def test_a_folder_that_cannot_be_written_is_told_in_a_sentence(tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("a file where a folder should be")
    code, words = refused(in_the_way / "data", PORT=str(free_port()))
    assert code == 1
    assert "cannot be written" in words
    assert "Traceback" not in words
