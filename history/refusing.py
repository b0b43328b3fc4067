"""Refusals of a record as entered: what is to be mended, by field, in sentences for the person who enters it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils import timezone

from history.models import Change


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend; ``field`` is a field of the draft that was handed over."""

    field: str
    message: str


def refuse(problems: Iterable[Problem]) -> None:
    """Raise ``ValidationError`` with the problems by field, if there are any."""
    by_field: dict[str, list[str]] = {}
    for problem in problems:
        by_field.setdefault(problem.field, []).append(problem.message)
    if by_field:
        raise ValidationError(by_field)


def somebody_was_quicker(what: str, last_seq: int) -> Problem:
    """The second of two editors is told who changed the record after it was opened."""
    last = Change.objects.select_related("actor").filter(seq=last_seq).first()
    who = str(last.actor or last.job) if last else "Somebody"
    when = f" at {timezone.localtime(last.at):%H:%M}" if last else ""
    return Problem(
        "based_on",
        f"{who} changed this {what}{when}, after you opened it. Reload the page and enter your correction again.",
    )
