"""An earlier version of a pledge comes back whole, as a new change, or not at all."""

from __future__ import annotations

import random
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from history.models import Change, Version
from history.selectors import versions_of
from pledges.drafts import DeductionDraft, ItemDraft, MoveDraft
from pledges.models import Pledge
from pledges.restoring import draft_of, restore_pledge
from pledges.services import correct_pledge, create_pledge, merge_pledge, publish_pledge, withdraw_pledge
from pledges.standing import standing_draft
from pledges.state import ENTERED, KIND
from reference.models import Party
from tests.builders import DAY, GROUNDS, NOW, draft, euros, party, person, published, rates, shares
from tests.pledges.test_random_changes import random_draft

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _rates(db: None) -> None:
    rates(SEK="10.6")


def full(**fields: Any) -> Pledge:
    wanted = draft(
        "Tents and money",
        **euros("110"),
        deductions=(DeductionDraft(Decimal(20), "raises", note="from 20"),),
        items=(
            ItemDraft(
                "Tents",
                quantity=Decimal(3),
                unit_price=Decimal(5),
                price_currency="EUR",
                price_source="A list",
                ref="tents",
            ),
        ),
        moves=(MoveDraft("delivery", DAY, item="tents", units=Decimal(2), ref="went"), MoveDraft("commitment", DAY)),
        evidence=(replace(GROUNDS[0], move="went"),),
        **fields,
    )
    return create_pledge(wanted, now=NOW, acting_user=person())


def restore(pledge: Pledge, seq: int, **how: Any) -> Pledge:
    how = {"why": "The correction was wrong.", **how}
    return restore_pledge(pledge.pk, seq=seq, now=NOW, acting_user=person(), **how)


def strip(pledge: Pledge) -> Pledge:
    """Correct a pledge so that nothing of it stays."""
    bare = draft("Bare", donors=("FR",), evidence=(replace(GROUNDS[0], quote="Other words."),), type="financial")
    return correct_pledge(pledge.pk, bare, now=NOW, acting_user=person())


def content(pledge: Pledge) -> dict[str, Any]:
    """What people entered, whatever ids and order its rows have."""
    state = versions_of(KIND, pledge.pk)[0].state
    return {name: plain(state[name]) for name in ENTERED}


def plain(value: Any) -> Any:
    """A list without what only tells its rows apart."""
    if not isinstance(value, list):
        return value
    ids = ("id", "item_id", "move_id")
    return sorted(({name: one for name, one in row.items() if name not in ids} for row in value), key=repr)


def test_a_restored_version_has_every_field_and_row_that_it_had() -> None:
    pledge = full()
    before, first = content(pledge), pledge.last_seq
    strip(pledge)
    assert content(pledge) != before
    restored = restore(pledge, first)
    assert content(restored) == before
    assert restored.moves.get(stage="delivery").item == restored.items.get()
    assert restored.evidence.get().move == restored.moves.get(stage="delivery")


def test_restoring_is_one_new_numbered_change_with_its_reason_and_forgets_nothing() -> None:
    pledge = full()
    first = pledge.last_seq
    strip(pledge)
    restored = restore(pledge, first, public_reason="A correction was taken back.")
    change = Change.objects.get(seq=restored.last_seq)
    assert (change.action, change.why) == ("pledge.restore", "The correction was wrong.")
    assert change.public_reason == "A correction was taken back."
    assert versions_of(KIND, pledge.pk).count() == 3


def test_the_value_follows_the_restored_amount() -> None:
    pledge = full()
    first, worth = pledge.last_seq, pledge.eur_central
    strip(pledge)
    restored = restore(pledge, first)
    assert (worth, restored.eur_central, restored.valuation) == (9000, 9000, "stated")


def test_restoring_neither_publishes_nor_takes_back() -> None:
    pledge = full()
    first = pledge.last_seq
    publish_pledge(pledge.pk, now=NOW, acting_user=person())
    strip(pledge)
    assert restore(pledge, first).state == "published"


def test_a_version_is_restored_only_with_a_reason() -> None:
    pledge = full()
    with pytest.raises(ValidationError, match="Say why"):
        restore(pledge, pledge.last_seq, why="  ")


def test_a_version_of_another_record_is_not_restored() -> None:
    pledge, other = full(), full()
    with pytest.raises(ValidationError, match="left no version of this record"):
        restore(pledge, other.last_seq)


def test_restoring_what_stands_changes_nothing() -> None:
    pledge = full()
    before = Change.objects.count(), Version.objects.count()
    restore(pledge, pledge.last_seq)
    assert (Change.objects.count(), Version.objects.count()) == before


def test_somebody_quicker_is_not_overwritten() -> None:
    pledge = full()
    first = pledge.last_seq
    strip(pledge)
    with pytest.raises(ValidationError, match="after you opened it"):
        restore(pledge, first, based_on=first)


def test_a_version_that_refers_to_a_party_that_is_gone_is_refused_and_nothing_is_saved() -> None:
    pledge = full(donors=("XX",))
    first = pledge.last_seq
    strip(pledge)
    Party.objects.get(code="XX").delete()
    before = content(pledge)
    with pytest.raises(ValidationError, match=r"refers to party no\. \d+ \(party\), which is no longer there"):
        restore(pledge, first)
    assert content(pledge) == before


def test_a_version_whose_package_was_withdrawn_since_is_refused_by_name() -> None:
    package = published("The package")
    pledge = full(package_id=package.pk)
    first = pledge.last_seq
    strip(pledge)
    withdraw_pledge(package.pk, reason="A slip.", now=NOW, acting_user=person())
    with pytest.raises(ValidationError, match=f"refers to {package.public_id} .*, which is withdrawn by now"):
        restore(pledge, first)


def test_what_is_withdrawn_or_merged_is_not_restored() -> None:
    gone, merged, into = full(), full(), full()
    withdraw_pledge(gone.pk, reason="A slip.", now=NOW, acting_user=person())
    merge_pledge(merged.pk, into_id=into.pk, now=NOW, acting_user=person())
    for pledge in (gone, merged):
        with pytest.raises(ValidationError, match="can no longer be corrected"):
            restore(pledge, pledge.last_seq)


def test_a_published_record_is_not_restored_to_a_version_without_evidence() -> None:
    pledge = create_pledge(draft("Bare", evidence=()), now=NOW, acting_user=person())
    first = pledge.last_seq
    correct_pledge(pledge.pk, draft("Grounded"), now=NOW, acting_user=person())
    publish_pledge(pledge.pk, now=NOW, acting_user=person())
    with pytest.raises(ValidationError, match="needs evidence"):
        restore(pledge, first)


def test_a_version_kept_before_a_column_was_added_takes_the_column_as_on_a_new_record() -> None:
    pledge = full()
    version = versions_of(KIND, pledge.pk)[0]
    state = {name: value for name, value in version.state.items() if name not in ("goods_from", "stated_other")}
    assert draft_of({**state, "a_column_that_is_gone": 1}) == draft_of(version.state)


def test_the_draft_of_a_version_is_the_draft_of_the_record_as_it_stood() -> None:
    pledge = full()
    assert draft_of(versions_of(KIND, pledge.pk)[0].state) == standing_draft(pledge)


@pytest.mark.parametrize("seed", [1, 2])
def test_any_of_many_random_versions_comes_back_as_it_was(seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311 - a reproducible run, nothing secret
    pledge = create_pledge(draft(donors=("IT",), recipients=shares("UA")), now=NOW, acting_user=person())
    party("UA")
    said = {pledge.last_seq: content(pledge)}
    for _ in range(8):
        wanted = replace(random_draft(dice), package_id=None, supersedes_id=None)
        pledge = correct_pledge(pledge.pk, wanted, now=NOW, acting_user=person())
        said[pledge.last_seq] = content(pledge)
    for seq, before in dice.sample(sorted(said.items()), len(said)):
        assert content(restore(pledge, seq)) == before
