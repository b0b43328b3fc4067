"""When a measure is in force, by its dated steps. Pure: no database, no clock.

Only adopted steps have an effect: a plan to lift lifts nothing. An undated step counts as the earliest of its kind; a
measure imposed on an unknown day is in force, its start unknown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sanctions.models import StepKind, StepStatus

# News speaks of actions; the record has steps. Widening bans more, so in news it is an imposition.
ACTIONS = {
    StepKind.IMPOSE: "imposed",
    StepKind.WIDEN: "imposed",
    StepKind.EXTEND: "extended",
    StepKind.EASE: "eased",
    StepKind.LIFT: "lifted",
}


@dataclass(frozen=True, slots=True)
class Dated:
    """A step as the rules need it."""

    step: str
    status: str
    adopted_on: date | None
    applies_from: date | None
    ends_on: date | None

    @property
    def effective(self) -> date | None:
        """First day of effect; the day of adoption where no other is set."""
        return self.applies_from or self.adopted_on


@dataclass(frozen=True, slots=True)
class Force:
    """What the steps make of a measure: whether it was adopted, its last run in force, its last action."""

    adopted: bool
    since: date | None
    until: date | None
    last_action: str
    first_step_on: date | None

    def on(self, day: date) -> bool:
        """Whether it is in force on a day, by its last run."""
        begun = self.since is None or self.since <= day
        return self.adopted and begun and (self.until is None or day <= self.until)


def force_of(steps: Sequence[Dated]) -> Force:
    """Go through the steps in the order of their days."""
    ordered = sorted(steps, key=_order)
    adopted, since, until = False, None, None
    for step in ordered:
        if step.status != StepStatus.ADOPTED:
            continue
        if step.step == StepKind.LIFT:
            if adopted:
                until = step.effective - timedelta(days=1) if step.effective else until
            continue
        over = until is not None and step.effective is not None and step.effective > until
        if not adopted or (step.step == StepKind.IMPOSE and over):
            seamless = until is not None and step.effective == until + timedelta(days=1)
            if not seamless:
                since = step.effective if step.step == StepKind.IMPOSE else None
            adopted, until = True, step.ends_on
        elif step.ends_on is not None:
            until = step.ends_on
    days = [one.adopted_on or one.applies_from for one in ordered]
    return Force(
        adopted=adopted,
        since=since,
        until=until,
        last_action=action_of(ordered[-1].step, ordered[-1].status) if ordered else "",
        first_step_on=min((day for day in days if day is not None), default=None),
    )


def _order(step: Dated) -> tuple[bool, date, date]:
    """By the day of effect, undated ones first; on one day by adoption, so that the database's order plays no part."""
    return step.effective is not None, step.effective or date.min, step.adopted_on or date.min


def action_of(step: str, status: str) -> str:
    """The word that news has for a step: what is not adopted is proposed or announced, whatever it would do."""
    if status != StepStatus.ADOPTED:
        return str(status)
    return ACTIONS[StepKind(step)]
