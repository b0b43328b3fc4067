"""Which downloads can be asked for."""

from __future__ import annotations

from django.db.models import QuerySet

from api.filters.machinery import By, StrictFilterSet
from api.parameters import Flag
from interchange.publishing.models import Edition


class EditionFilters(StrictFilterSet):
    """What downloads can be asked for by."""

    released = By(Flag, method="by_release", about="Only named releases (`true`), or only nightly editions (`false`).")

    def by_release(self, rows: QuerySet[Edition], _name: str, value: bool | None) -> QuerySet[Edition]:
        """Releases, or the others."""
        if value is None:
            return rows
        return rows.exclude(release="") if value else rows.filter(release="")
