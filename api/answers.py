"""Examples for the description: an answer of each endpoint as the application gave it, and each kind of error.

The answers are kept in a file that the tests write (``WRITE_EXAMPLES=1``) from a small made-up record; a test holds
them against the description, and against what the application answers now.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from api.problems import KIND, TITLES

FILE = Path(__file__).parent / "data" / "answers.json"
HOST = "https://tracker.example.org"
SENTENCES = {
    403: "KIEL1 belongs to the dataset “Another tracker”, whose single records may not be given out (all rights "
    "reserved). Its totals may be asked for.",
    404: "There is nothing to be found under this address or page.",
    406: "The Accept header asks for a format that is not given here. Allowed: application/json.",
    410: "P2222222 was withdrawn. Reason: It was never said.",
    429: "Your address has used its 300 requests of this minute. Ask again in 20 seconds; answers may be kept, and "
    "unchanged ones cost less with If-None-Match.",
}


@cache
def answers() -> dict[str, Any]:
    """By path of the description: the question, and the answer."""
    found: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else {}
    return found


def add_examples(path: str, operation: dict[str, Any]) -> None:
    """Give an operation's answers examples, where they have none."""
    kept = answers().get(path)
    for status, response in operation["responses"].items():
        for media_type, media in response.get("content", {}).items():
            if media.get("examples"):
                continue
            if status == "200" and kept and media_type == "application/json":
                media["examples"] = {"answer": {"summary": kept["question"], "value": kept["answer"]}}
            elif media_type == "application/problem+json":
                media["examples"] = {"problem": {"value": _problem(path, int(status), operation)}}


def _problem(path: str, status: int, operation: dict[str, Any]) -> dict[str, Any]:
    name, title = TITLES[status]
    body = {"type": KIND + name, "title": title, "status": status, "detail": "", "instance": path}
    if status == 400:
        taken = sorted(one["name"] for one in operation.get("parameters", []) if one["in"] == "query")
        detail = f"There is no parameter “colour” here. Allowed: {', '.join(taken)}."
        errors = [{"parameter": "colour", "value": "red", "detail": detail, "allowed": taken}]
        return {**body, "detail": detail, "errors": errors}
    body["detail"] = SENTENCES[status]
    return {**body, "reason": "It was never said."} if status == 410 else body
