"""The sums that are kept: always what adding up the lines gives, whatever is changed and whatever is asked."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from pledges.bulk import Entry, import_pledges
from pledges.drafts import EvidenceDraft, PledgeDraft, ShareDraft
from pledges.models import JointCell, Pledge, RecordState, SummingState, TotalCell
from pledges.models.cells import LARGEST_SUM
from pledges.services import correct_pledge, create_pledge, merge_pledge, publish_pledge, withdraw_pledge
from pledges.summing.reading import published_count
from pledges.summing.rebuilding import ensure_kept, rebuild
from pledges.totals import Filters, totals
from reference.models import Dataset, ImportBatch
from reference.services import TRACKER_DATASET, tracker_dataset
from tests.builders import DAY, NOW, draft, euros, party, person, published, rates
from tests.pledges.test_random_changes import random_draft

pytestmark = pytest.mark.django_db
RECIPIENTS = ("UA", "MD", "GE")


def varied_draft(dice: random.Random) -> PledgeDraft:
    """A random draft that differs in all that cells tell apart."""
    made = random_draft(dice)
    first = DAY - timedelta(days=dice.randrange(900)) if dice.random() < 0.9 else None
    weighted = dice.random() < 0.5
    return replace(
        made,
        recipients=tuple(
            ShareDraft(party(code), weight=Decimal(dice.randrange(1, 9)) if weighted else None)
            for code in dice.sample(RECIPIENTS, dice.choice([0, 1, 1, 1, 2]))
        ),
        announced_earliest=first,
        announced_latest=first,
        announced_precision="day" if first else "unknown",
        finance_type=dice.choice(["grant", "loan", "unspecified"]),
        in_kind=dice.random() < 0.3,
        refugee_costs=dice.random() < 0.1,
    )


def change_one(dice: random.Random) -> None:
    """One random change, by the services or by an import of several records."""
    ids = list(Pledge.objects.values_list("pk", flat=True))
    what = dice.choice(["create", "create", "create", "correct", "withdraw", "merge", "import"])
    if what == "create" or len(ids) < 3:
        made = create_pledge(varied_draft(dice), now=NOW, acting_user=person())
        publish_pledge(made.pk, now=NOW, acting_user=person())
    elif what == "correct":
        correct_pledge(dice.choice(ids), varied_draft(dice), now=NOW, acting_user=person())
    elif what == "withdraw":
        withdraw_pledge(dice.choice(ids), reason="Random.", now=NOW, acting_user=person())
    elif what == "merge":
        first, second = dice.sample(ids, 2)
        merge_pledge(first, into_id=second, now=NOW, acting_user=person())
    else:
        import_some(dice)


def import_some(dice: random.Random) -> None:
    dataset, _ = Dataset.objects.get_or_create(key="theirs", name="theirs", licence="theirs", redistributable=False)
    batch = ImportBatch.objects.create(dataset=dataset, file_name="f.xlsx", file_hash="0" * 64, started_at=NOW)
    row = (EvidenceDraft(dataset_row="Sheet, row 2"),)
    drafts = [
        replace(varied_draft(dice), package_id=None, supersedes_id=None, deductions=(), evidence=row, origin_key=key)
        for key in dice.sample("ABCDEFGH", 4)
    ]
    import_pledges([Entry(one) for one in drafts], batch=batch, now=NOW, job="test")


def run(dice: random.Random, changes: int) -> None:
    rates(SEK="10.6")
    rates(DAY - timedelta(days=300), SEK="10.4")
    for _ in range(changes):
        try:
            change_one(dice)
        except ValidationError:
            continue  # a change that the services refuse is none


def kept() -> tuple[set[Any], set[Any]]:
    """Everything that is kept, shapes by their own keys."""
    cells = {
        tuple(vars(cell)[name.attname] for name in TotalCell._meta.concrete_fields) for cell in TotalCell.objects.all()
    }
    joint = set(
        JointCell.objects.values_list(
            "dataset_id", "shape__key", "type", "stage", "period", "finance_type", "in_kind", "refugee_costs", "count"
        )
    )
    return cells, joint


GROUPS = ["donor", "recipient", "type", "finance_type", "in_kind", "stage", "year", "quarter", "month"]


def random_filters(dice: random.Random) -> Filters:
    def some(values: Any) -> tuple[str, ...]:
        return tuple(dice.sample(values, dice.choice([0, 0, 0, 0, 1, 2])))

    first = dice.choice([None, None, date(2021, 1, 1), date(2021, 3, 1), date(2021, 6, 17), date(2022, 1, 15)])
    last = dice.choice([None, None, date(2021, 12, 31), date(2022, 1, 31), date(2022, 1, 16), date(2022, 2, 24)])
    if first and last and first > last:
        first = None
    return Filters(
        donor=some(["IT", "ES", "SE", "NO"]),
        recipient=some(list(RECIPIENTS)),
        type=some(["military", "financial", "unspecified"]),
        finance_type=some(["grant", "loan"]),
        stage=some(["pledge", "delivery", "suspended"]),
        in_kind=dice.choice([None, None, True, False]),
        announced_from=first,
        announced_until=last,
        refugee_costs=dice.random() < 0.5,
    )


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_any_question_has_the_same_answer_by_cells_as_by_lines(seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311 - a reproducible run, nothing secret
    for code in (*RECIPIENTS, "IT", "ES", "SE", "NO"):
        party(code)
    run(dice, 50)
    questions: list[dict[str, Any]] = [
        {
            "group_by": dice.sample(GROUPS, dice.choice([0, 1, 1, 2, 3])),
            "currency": dice.choice(["EUR", "USD"]),
            "filters": random_filters(dice),
            "dataset": dice.choice(["tracker", "tracker", "theirs"]),
        }
        for _ in range(80)
    ]
    by_cells = [totals(**one) for one in questions]
    SummingState.objects.all().delete()
    by_lines = [totals(**one) for one in questions]
    for question, quick, slow in zip(questions, by_cells, by_lines, strict=True):
        assert quick == slow, question
    assert sum(bool(one.total.count) for one in by_lines) > 20


@pytest.mark.parametrize("seed", [4, 5])
def test_what_is_kept_never_drifts_from_what_the_lines_give_anew(seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311 - a reproducible run, nothing secret
    run(dice, 60)
    before = kept()
    assert len(before[0]) > 500
    assert before[1]
    rebuild()
    assert kept() == before


def test_nothing_is_left_of_a_pledge_that_was_withdrawn() -> None:
    pledge = published("Joint", donors=("IT", "ES"), **euros("100"))
    assert TotalCell.objects.exists()
    withdraw_pledge(pledge.pk, reason="Never promised.", now=NOW, acting_user=person())
    assert kept() == (set(), set())


def test_the_number_of_published_records_is_kept() -> None:
    run(random.Random(9), 30)  # noqa: S311
    assert (
        published_count(TRACKER_DATASET)
        == Pledge.objects.filter(state=RecordState.PUBLISHED, dataset=tracker_dataset()).count()
    )


def test_a_joint_pledge_counts_once_where_two_of_its_donors_are_asked_for_together() -> None:
    published("Joint", donors=("IT", "ES"), **euros("100"))
    published("Alone", donors=("IT",), **euros("50"))
    answer = totals(group_by=["donor"], filters=Filters(donor=("IT", "ES")))
    assert [row.sums.count for row in answer.rows] == [1, 2]  # Spain, Italy
    assert answer.total.count == 2


def test_a_sum_that_would_be_too_large_to_keep_is_refused_and_nothing_is_written() -> None:
    published("Large", **euros("1000"))
    TotalCell.objects.update(eur_high=LARGEST_SUM)
    made = create_pledge(draft("One more", **euros("1000")), now=NOW, acting_user=person())
    with pytest.raises(ValidationError, match="Check the amount and its currency"):
        publish_pledge(made.pk, now=NOW, acting_user=person())
    made.refresh_from_db()
    assert made.state == RecordState.DRAFT


def test_records_from_before_the_cells_are_added_up_by_their_lines_until_they_are_made() -> None:
    published("Old", **euros("100"))
    TotalCell.objects.all().delete()
    SummingState.objects.all().delete()
    published("New", **euros("1"))
    assert not TotalCell.objects.exists()
    assert totals().total.central == 10_100
    ensure_kept()
    assert TotalCell.objects.exists()
    assert totals().total.central == 10_100
