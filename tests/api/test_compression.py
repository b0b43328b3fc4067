"""Answers of the public API, compressed as the reader prefers; validators of what has no number in history."""

from __future__ import annotations

import gzip
from typing import Any

import brotli
import pytest
from django.test import Client

from api.compression import preferred
from reference.services import load_parties
from tests.api.making import ROOT
from tests.builders import published, rates

pytestmark = pytest.mark.django_db
READ = {"br": brotli.decompress, "gzip": gzip.decompress}


def ask(path: str, encoding: str = "", **headers: str) -> Any:
    return Client().get(ROOT + path, headers={"accept-encoding": encoding, **headers} if encoding else headers)


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


@pytest.mark.parametrize("encoding", ["br", "gzip"])
@pytest.mark.parametrize("path", ["parties/", "parties/?format=csv", "parties/?format=ndjson", "schema/"])
def test_an_answer_is_the_same_whichever_way_it_is_compressed(path: str, encoding: str) -> None:
    load_parties()
    plain, small = ask(path), ask(path, encoding)
    assert small["Content-Encoding"] == encoding
    made = body(small)
    whole = body(plain)
    assert READ[encoding](made) == whole
    assert len(made) < len(whole) / 2
    if not small.streaming:
        assert small["Content-Length"] == str(len(made))


@pytest.mark.parametrize(
    ("header", "chosen"),
    [
        ("gzip, deflate, br, zstd", "br"), ("gzip", "gzip"), ("br;q=0.5, gzip", "gzip"), ("br;q=0, gzip;q=0", None),
        ("*", "br"), ("*;q=0", None), ("br;q=0, *", "gzip"), ("identity", None), ("", None), ("deflate", None),
        ("GZIP", "gzip"), ("gzip;q=x", None), ("gzip;q=0.001", "gzip"), (",,;;,", None), ("identity, gzip;q=0.5", None),
    ],
)  # fmt: skip
def test_the_encoding_is_the_one_that_the_reader_likes_best(header: str, chosen: str | None) -> None:
    assert preferred(header) == chosen


def test_small_answers_and_workbooks_stay_as_they_are() -> None:
    load_parties()
    assert "Content-Encoding" not in ask("nowhere/", "br, gzip")
    book = ask("parties/?format=xlsx", "br, gzip")
    assert "Content-Encoding" not in book
    body(book)


def test_pages_for_staff_are_not_compressed() -> None:
    answer = Client().get("/admin/login/", headers={"accept-encoding": "br, gzip"})
    assert "Content-Encoding" not in answer


def test_caches_are_told_what_an_answer_depends_on() -> None:
    made = published()
    for path in ("", "totals/", "pledges/", f"pledges/{made.public_id}/", "nowhere/", "feeds/pledges/"):
        told = {name.strip().lower() for name in ask(path)["Vary"].split(",")}
        assert {"accept", "accept-encoding"} <= told, path
        assert "cookie" not in told, path
    held = ask("pledges/")["ETag"]
    assert {"accept", "accept-encoding"} <= set(ask("pledges/", **{"if-none-match": held})["Vary"].lower().split(", "))


@pytest.mark.parametrize("path", ["parties/", "exchange-rates/", "vocabularies/", "programmes/", "articles/", ""])
def test_what_has_no_number_in_history_is_known_by_its_words(path: str) -> None:
    load_parties(), published()
    rates()
    first = ask(path, "br")
    again = ask(path, "gzip", **{"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    for name in ("ETag", "Cache-Control", "Vary"):
        assert again[name] == first[name]


def test_what_became_different_has_another_tag() -> None:
    rates()
    held = ask("exchange-rates/")["ETag"]
    rates(SEK="10.6")
    assert ask("exchange-rates/", **{"if-none-match": held}).status_code == 200


def test_errors_are_not_taken_for_unchanged() -> None:
    assert "ETag" not in ask("parties/?colour=red")
    assert ask("parties/?colour=red", **{"if-none-match": "*"}).status_code == 400
