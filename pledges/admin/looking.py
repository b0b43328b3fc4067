"""The stated amounts of a pledge for those who may only look: as people write them, not as the column keeps them."""

from __future__ import annotations

from typing import Any

from django.contrib import admin

from pledges.models import Pledge
from reference.amounts import write_amount

WRITTEN = {"stated": "stated_written", "stated_to": "stated_to_written", "stated_other": "stated_other_written"}


class AmountsAsWritten:
    """Ways to show the amounts, under names of their own, as Django takes a field's name for the field."""

    @admin.display(description="Amount")
    def stated_written(self, pledge: Pledge) -> str:
        """The amount, or the lower end."""
        return _written(pledge.stated)

    @admin.display(description="Upper end")
    def stated_to_written(self, pledge: Pledge) -> str:
        """The upper end of a range."""
        return _written(pledge.stated_to)

    @admin.display(description="Stated in another currency")
    def stated_other_written(self, pledge: Pledge) -> str:
        """The amount in the second currency."""
        return _written(pledge.stated_other)


def to_look_at(fieldsets: Any) -> list[tuple[Any, dict[str, Any]]]:
    """The groups of fields with the amounts as they are written."""
    return [(heading, {**group, "fields": [_line(one) for one in group["fields"]]}) for heading, group in fieldsets]


def _line(line: Any) -> Any:
    return tuple(WRITTEN.get(one, one) for one in line) if isinstance(line, tuple | list) else WRITTEN.get(line, line)


def _written(amount: Any) -> str:
    return "–" if amount is None else write_amount(amount)
