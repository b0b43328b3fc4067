"""Every endpoint, asked at random: never a fault of ours, never an answer off the description.

A short run in the suite; `make fuzz-api` asks 20,000 questions (`CASES=` for another number, `SEED=` for others).
"""

from __future__ import annotations

import logging
import math
import os
import sys
from collections.abc import Iterator

import pytest

from tests.fuzz.asking import Tally, fuzz, operations
from tests.fuzz.record import known_values, make_record

# Asked through WSGI as a server does, which closes its connection after a request: no transaction can span them.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.filterwarnings("ignore")]

CASES = int(os.environ.get("FUZZ_CASES", "600"))


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Thousands of refused questions are no news."""
    log = logging.getLogger("django.request")
    log.disabled = True
    yield
    log.disabled = False


def test_no_question_breaks_anything_or_is_answered_off_the_description() -> None:
    make_record()
    known, tally = known_values(), Tally()
    ways = list(operations())
    for operation in ways:
        fuzz(operation, cases=math.ceil(CASES / len(ways)), known=known, tally=tally)
    told = ", ".join(f"{status}: {count}" for status, count in sorted(tally.answered.items()))
    sys.stdout.write(f"\n{sum(tally.asked.values())} questions to {len(ways)} endpoints; answers {told}\n")
    assert set(tally.asked) == {operation.path for operation in ways}
    assert sum(tally.asked.values()) >= CASES
    # Most questions get through to the record, or nothing much was tried.
    assert tally.answered[200] > sum(tally.answered.values()) / 4
