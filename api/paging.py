"""Finds a page far behind in a list: first the ids, from an index, then the rows of the page alone."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet

# Up to here one query for both is quicker.
NEAR = 1_000


if TYPE_CHECKING:
    AnyPaginator = Paginator[Any]
    AnyPage = Page[Any]
else:  # Django's own know their parameter in the type checker alone
    AnyPaginator, AnyPage = Paginator, Page


class QuickPaginator(AnyPaginator):
    """Pages with an exact count, which may be known beforehand; a page far behind does not read what is before it."""

    known_count: int | None = None

    @cached_property
    def count(self) -> int:
        """How many rows there are."""
        return self._counted() if self.known_count is None else self.known_count

    def _counted(self) -> int:
        rows = self.object_list
        return int(rows.count() if isinstance(rows, QuerySet) else len(rows))

    def page(self, number: int | str) -> AnyPage:
        """The rows of a page."""
        number = self.validate_number(number)
        first = (number - 1) * self.per_page
        rows = self.object_list
        if first < NEAR or not isinstance(rows, QuerySet):
            return super().page(number)
        ids = list(rows.values_list("pk", flat=True)[first : first + self.per_page])
        found = {row.pk: row for row in rows.order_by().filter(pk__in=ids)}
        return Page([found[one] for one in ids if one in found], number, self)
