"""Every parameter of every endpoint, given what hurts: refused in words, in bounded size."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.api.making import ROOT
from tests.api.test_examples import described, everything, question

pytestmark = pytest.mark.django_db

SHARE = 4
LARGEST_ERROR = 20_000
HURTFUL = (
    "' OR 1=1 --", "\x00", "\ud83d", "\u202e\ufeff", "9" * 5000, "-1", "NaN", "0000-00-00", "9999-12-31", "0001-01-01",
    "a," * 20_000, "(" * 5000, "\\" * 5000, "%" * 5000, "é" * 100_000,
)  # fmt: skip


def parameters(schema: dict[str, Any], path: str) -> list[dict[str, Any]]:
    return [one for one in schema["paths"][path]["get"].get("parameters", []) if one["in"] == "query"]


def test_no_value_of_any_parameter_of_any_endpoint_breaks_anything() -> None:
    known, schema = everything(), described()
    tried = asked = 0
    for path in schema["paths"]:
        base = ROOT + question(path, known).partition("?")[0]
        for one in parameters(schema, path):
            # A share of them each, in turn, so that every endpoint meets all of them.
            for value in HURTFUL[tried % SHARE :: SHARE]:
                answer = Client().get(base, QUERY_STRING=f"{one['name']}={quoted(value)}")
                assert answer.status_code in {200, 400, 404}, (base, one["name"], value[:40])
                if answer.status_code != 200:
                    assert len(answer.content) < LARGEST_ERROR, (base, one["name"], value[:40])
                    assert answer["Content-Type"] == "application/problem+json"
                asked += 1
            tried += 1
    assert asked > 800


def quoted(value: str) -> str:
    """A value as bytes in an address, whatever it is."""
    return "".join(f"%{byte:02X}" for byte in value[:20_000].encode("utf-8", "surrogatepass"))
