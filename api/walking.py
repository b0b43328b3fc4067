"""Walks over a whole list by a cursor, which no concurrent change disturbs.

Pages by number shift when a record comes in or goes while somebody turns them. A walk goes through the records in an
order that never changes (that of their entry) and the cursor is the id of the record that was told last: whatever was
there from the beginning of a walk to its end comes exactly once, and later pages cost what the first one does.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django.db.models import Model, Q, QuerySet

from api.parameters import Parameter

START = "start"
LONGEST_CURSOR = 60


class Cursor(Parameter):
    """A place in a walk; cleans to the text itself, or to ``None`` where absent."""

    def clean(self, value: Any) -> str | None:
        """The cursor asked for."""
        if value is None:
            return None
        if not re.fullmatch(rf"[-0-9A-Za-z_.]{{1,{LONGEST_CURSOR}}}", str(value)):
            raise self.wrong(str(value))
        return str(value)

    def wrong(self, value: str) -> Any:
        """The error for a cursor that no answer gave."""
        return self.refused(value, f"a cursor. Allowed: {START}, or the cursor in the `next` of an answer")


class Walk:
    """A walk in the order of entry; the cursor is the public name of a record, kept in ``column``."""

    def __init__(self, model: type[Model], column: str) -> None:
        self.model, self.column = model, column

    def after(self, rows: QuerySet[Any], cursor: str) -> QuerySet[Any] | None:
        """The rows behind the place; ``None`` where there is no such place."""
        if cursor == START:
            return rows.order_by("pk")
        place = self.place(cursor)
        return None if place is None else rows.filter(pk__gt=place).order_by("pk")

    def place(self, cursor: str) -> int | None:
        """The primary key of the record that was told last, whatever became of it since."""
        if self.column == "pk" and not re.fullmatch(r"[0-9]{1,18}", cursor):
            return None
        found = self.model._default_manager.filter(**{self.column: cursor}).values_list("pk", flat=True).first()
        return None if found is None else int(found)

    def cursor_of(self, row: Any) -> str:
        """The place behind a row."""
        return str(getattr(row, self.column))


class WalkByDay(Walk):
    """A walk through exchange rates, by day and currency: a correction takes the place of what it corrects."""

    def after(self, rows: QuerySet[Any], cursor: str) -> QuerySet[Any] | None:
        """The rows behind the place; ``None`` where the cursor is none."""
        ordered = rows.order_by("day", "currency")
        if cursor == START:
            return ordered
        written = re.fullmatch(r"([0-9]{4}-[0-9]{2}-[0-9]{2})\.([A-Z]{3})", cursor)
        if written is None:
            return None
        try:
            day = date.fromisoformat(written[1])
        except ValueError:
            return None
        return ordered.filter(Q(day__gt=day) | Q(day=day, currency__gt=written[2]))

    def cursor_of(self, row: Any) -> str:
        """The place behind a row."""
        return f"{row.day}.{row.currency}"
