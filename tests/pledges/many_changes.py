"""Random changes of everything that totals rest on, and the answers that are stored after each of them."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError

from history.rows import save_row
from history.selectors import last_seq
from pledges.cents import Cents
from pledges.drafts import ItemDraft, MoveDraft, PledgeDraft
from pledges.explaining import ExplainedLines, explain
from pledges.models import Pledge, Stage
from pledges.services import (
    convert_waiting,
    correct_pledge,
    create_pledge,
    merge_pledge,
    publish_pledge,
    withdraw_pledge,
)
from pledges.totals import Filters, Question, Totals, totals
from reference.figures import load_attribution, load_figures
from reference.kept import PARTY
from reference.models import Membership
from reference.services import DayRate, enter_rate, load_rates
from tests.builders import DAY, NOW, party, person
from tests.pledges.test_random_changes import random_draft

TODAY = NOW.date()
GROUPS = {"EU": ("IT", "ES", "SE"), "NATO": ("IT", "ES", "NO")}


def begin() -> None:
    """What stands before the first change: members of two groups, rates, a key and figures."""
    for group, members in GROUPS.items():
        for member in members:
            Membership.objects.create(group_id=party(group), member_id=party(member), since=date(2000, 1, 1))
    load_rates([DayRate(code, DAY, Decimal(rate)) for code, rate in
                (("USD", "1.1216"), ("SEK", "10.6"), ("JPY", "129.32"))], now=NOW)  # fmt: skip
    _figures(1)
    _key(1)


def _figures(number: int) -> None:
    rows = [f"{code},gdp,2021,{number * 1000 + place},EUR,A source" for place, code in enumerate(("IT", "ES", "NO"))]
    load_figures("\n".join(["party,measure,year,value,currency,source", *rows]).encode(), now=NOW, job="test")


def _key(number: int) -> None:
    rows = [f"EU,2000-01-01,{code},{number + place},A source" for place, code in enumerate(("IT", "ES", "SE"))]
    load_attribution("\n".join(["institution,valid_from,member,weight,source", *rows]).encode(), now=NOW, job="test")


def wide_draft(dice: random.Random) -> PledgeDraft:
    """A random pledge that may be of the EU, with goods of several categories and moves of parts."""
    draft = random_draft(dice)
    items = tuple(
        ItemDraft(f"Goods {place}", category=category, quantity=Decimal(dice.randrange(1, 50)), ref=f"i{place}",
                  **_priced(dice))
        for place, category in enumerate(dice.sample(["food", "medical", "energy"], dice.choice([0, 0, 1, 2, 3])))
    )  # fmt: skip
    moves = list(draft.moves)
    if items and dice.random() < 0.4:
        moves.append(MoveDraft(dice.choice(["delivery", "allocation"]), DAY, item="i0", units=Decimal(1)))
    if draft.stated is not None and dice.random() < 0.3:
        stage = dice.choice(["commitment", "allocation", "suspended"])
        moves.append(MoveDraft(stage, DAY, amount=draft.stated / dice.choice([1, 3, 7])))
    donors = draft.donors
    if dice.random() < 0.2:
        donors = (replace(donors[0], party_id=party("EU"), weight=None), *donors[1:]) if len(donors) == 1 else donors
    undated = dice.random() < 0.1
    days: dict[str, Any] = (
        {"announced_earliest": None, "announced_latest": None, "announced_precision": "unknown"} if undated else {}
    )
    return replace(draft, items=items, moves=tuple(moves), donors=donors, **days)


def _priced(dice: random.Random) -> dict[str, Any]:
    if dice.random() < 0.4:
        return {}
    price = Decimal(dice.randrange(1, 10**6)) / 100
    return {"unit_price": price, "price_currency": dice.choice(["EUR", "SEK"]), "price_source": "A list"}


def change_something(dice: random.Random, now: datetime) -> None:
    """One random change, of a record or of what answers rest on; what the services refuse is none."""
    user, ids = person(), list(Pledge.objects.values_list("pk", flat=True))
    what = dice.choice(["create"] * 4 + ["correct"] * 4 + ["withdraw", "merge", "rate", "member", "figures", "key"])
    try:
        if what == "create" or (len(ids) < 3 and what in {"correct", "withdraw", "merge"}):
            made = create_pledge(wide_draft(dice), now=now, acting_user=user)
            if dice.random() < 0.9:
                publish_pledge(made.pk, now=now, acting_user=user)
        elif what == "correct":
            correct_pledge(dice.choice(ids), wide_draft(dice), now=now, acting_user=user)
        elif what == "withdraw":
            withdraw_pledge(dice.choice(ids), reason="Random.", now=now, acting_user=user)
        elif what == "merge":
            first, second = dice.sample(ids, 2)
            merge_pledge(first, into_id=second, now=now, acting_user=user)
        else:
            _change_reference(what, dice, now)
    except ValidationError:
        return


def _change_reference(what: str, dice: random.Random, now: datetime) -> None:
    user = person()
    if what == "rate":
        code, rate = dice.choice(["UAH", "SEK", "JPY"]), Decimal(dice.randrange(10**4, 10**6)) / 1000
        enter_rate(currency=code, day=DAY, per_euro=rate, source="A bank", acting_user=user, now=now)
        convert_waiting(now=now, job="test")
    elif what == "member":
        member, group = party(dice.choice(["IT", "ES", "SE", "NO"])), party(dice.choice(["EU", "NATO"]))
        save_row(PARTY, member, lambda: _turn(member, group), now=now, acting_user=user)
    elif what == "figures":
        _figures(dice.randrange(1, 50))
    else:
        _key(dice.randrange(1, 50))


def _turn(member: int, group: int) -> Any:
    """Let the party join the group, or leave it as if it had never been in it."""
    row = Membership.objects.filter(member=member, group=group).first()
    if row is None:
        row = Membership.objects.create(member_id=member, group_id=group, since=date(2001, 1, 1))
    else:
        row.delete()
    return row.member


FILTERS = Filters(today=TODAY)
QUESTIONS: tuple[dict[str, Any], ...] = (
    {"group_by": ["donor", "type"], "filters": Filters()},
    {"group_by": ["donor_group", "stage"], "filters": FILTERS, "currency": "USD"},
    {"group_by": ["item_category"], "filters": replace(FILTERS, donor_group=("EU",))},
    {"group_by": ["donor"], "filters": FILTERS, "currency": "SEK"},
    {"group_by": ["item_category", "donor"], "filters": FILTERS, "currency": "JPY", "rates": DAY},
    {"group_by": ["donor_group"], "filters": FILTERS, "attribute_eu": "members"},
    {"group_by": ["donor"], "filters": replace(FILTERS, donor=("IT",)), "attribute_eu": "members", "currency": "SEK"},
    {"group_by": ["donor"], "filters": replace(FILTERS, stage_reached=Stage.DELIVERY)},
    {"group_by": ["item_category"], "filters": replace(FILTERS, stage_reached=Stage.ALLOCATION), "currency": "SEK"},
    {"group_by": ["donor"], "filters": replace(FILTERS, valued=True, amount_min=10**6, words=("random",))},
    {"group_by": ["donor"], "filters": FILTERS, "relative_to": "gdp"},
    {"group_by": ["donor"], "filters": Filters(), "value_basis": "source"},
)  # fmt: skip


def answers(as_of: int | None = None, ask: Callable[..., Totals] = totals) -> tuple[Totals, ...]:
    """What is answered to each of the questions, now or as of a change."""
    return tuple(ask(as_of=as_of, **asked) for asked in QUESTIONS)


def explained_sums(asked: dict[str, Any], as_of: int | None = None) -> tuple[Cents, Totals]:
    """What the counted lines of an explanation sum to, beside the total that they explain."""
    wanted = {name: value for name, value in asked.items() if name not in {"group_by", "relative_to"}}
    question = Question(wanted.pop("currency", "EUR"), wanted.pop("filters"), "tracker", as_of, **wanted)
    lines = ExplainedLines(question, counted=True)
    sums = Cents(0, 0, 0)
    for one in explain(lines[0 : len(lines)], question):
        sums = sums if one.amount is None else sums.plus(one.amount)
    return sums, totals(as_of=as_of, **{name: one for name, one in asked.items() if name != "relative_to"})


def run(seed: int, changes: int) -> list[tuple[int, tuple[Totals, ...]]]:
    """Make random changes; returns what was answered after each, by the number of the change."""
    dice = random.Random(seed)  # noqa: S311 - a reproducible run, nothing secret
    begin()
    said: list[tuple[int, tuple[Totals, ...]]] = []
    for number in range(changes):
        before = last_seq()
        change_something(dice, NOW + timedelta(seconds=number))
        if last_seq() != before:
            said.append((last_seq(), answers()))
    return said
