"""Whatever changes, every earlier answer can be had again, and the parts of each make its total."""

from __future__ import annotations

import os

import pytest

from tests.pledges.many_changes import QUESTIONS, answers, explained_sums, run

pytestmark = pytest.mark.django_db
# A thousand changes for each seed: MANY_CHANGES=1000.
CHANGES = int(os.environ.get("MANY_CHANGES", "25"))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_past_answer_is_given_again_and_its_parts_make_the_total(seed: int) -> None:
    said = run(seed, CHANGES)
    assert len(said) > CHANGES // 2
    for seq, then in said:
        assert answers(as_of=seq) == then
    for seq, _ in said[:: max(1, len(said) // 5)]:
        for asked in QUESTIONS:
            if "value_basis" not in asked:
                parts, whole = explained_sums(asked, seq)
                assert (parts.low, parts.central, parts.high) == (
                    whole.total.low, whole.total.central, whole.total.high
                )  # fmt: skip
