"""Makes questions from the API's own description, asks them, and holds the answers against the description."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import schemathesis
from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.api.making import ROOT
from tracker.wsgi import application

CHECKS: list[Any] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
# What breaks things: injections, absurd dates and numbers, Unicode in all forms.
HURTFUL = (
    "' OR 1=1 --", "1; DROP TABLE pledges_pledge", "%' AND 1=1", "$(reboot)", "{{7*7}}", "../../etc/passwd", "\\", "*",
    "null", "NaN", "-1", "1e309", "9" * 400, "0x7f", "2022-02-30", "99999-01-01", "-0001-01-01", "2022-W09-1", "२०२२",
    "\x00", "\u202e", "\ufeff", "\U0001f691", "ﷺ", "İ", "ß",
    "a\u0301",
    "\r\nX-Injected: 1", "<script>alert(1)</script>", "(" * 100, "[" * 50, "(a+)+$", ",", ",,", "a," * 300, " ", "",
)  # fmt: skip


@dataclass
class Tally:
    """How many questions were asked of each endpoint, how they were answered, and what was found."""

    asked: Counter[str] = field(default_factory=Counter)
    answered: Counter[int] = field(default_factory=Counter)


def operations() -> Iterator[Any]:
    """Every operation that the description has."""
    described = schemathesis.openapi.from_wsgi(f"{ROOT}schema/?format=json", application)
    for found in described.get_all_operations():
        yield cast(Any, found).ok()


def questions(operation: Any, known: Mapping[str, Sequence[str]]) -> st.SearchStrategy[Any]:
    """Questions as the description allows, as it forbids, with values that lead somewhere, and with what hurts."""
    allowed = operation.as_strategy()
    names = [one.name for one in operation.query]
    wrong = operation.as_strategy(generation_mode=GenerationMode.NEGATIVE) if names else allowed

    @st.composite
    def sharpened(draw: Any) -> Any:
        case = draw(allowed)
        for name in case.path_parameters or {}:
            if known.get(name) and draw(st.integers(0, 9)):
                case.path_parameters[name] = draw(st.sampled_from(known[name]))
        kept = draw(st.lists(st.sampled_from(names), max_size=4, unique=True)) if names else []
        query = dict(case.query or {})
        chosen = {name: query[name] for name in kept if name in query}
        for name in kept:
            if name in known:
                chosen[name] = draw(st.sampled_from(known[name]))
            if draw(st.integers(0, 11)) == 0:
                chosen[name] = draw(st.sampled_from(HURTFUL))
        case.query = chosen
        return case

    return st.one_of(sharpened(), sharpened(), sharpened(), allowed, wrong)


def fuzz(operation: Any, *, cases: int, known: Mapping[str, Sequence[str]], tally: Tally) -> None:
    """Ask an endpoint so many questions. Raises what schemathesis finds, with the question that shows it."""

    @seed(int(os.environ.get("FUZZ_SEED", "1")))
    @settings(
        max_examples=cases, deadline=None, database=None, verbosity=Verbosity.quiet, print_blob=False,
        suppress_health_check=list(HealthCheck), phases=(Phase.explicit, Phase.generate, Phase.shrink),
    )  # fmt: skip
    @given(question=questions(operation, known))
    def ask(question: Any) -> None:
        answer = question.call(headers={"Accept-Encoding": "identity"})
        tally.asked[operation.path] += 1
        tally.answered[answer.status_code] += 1
        question.validate_response(answer, checks=CHECKS)

    ask()
