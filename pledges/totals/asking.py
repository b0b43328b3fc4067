"""A question put to the lines, and the way in which its sums are found: by kept sums, by the database, or by a walk."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import Q, QuerySet

from pledges.models import Part
from pledges.source_totals import sums_by_source
from pledges.sums import Sums
from pledges.totals.adding import sums_of_sets
from pledges.totals.attributing import Attribution
from pledges.totals.bounding import bounded
from pledges.totals.choosing import Filters, line_sets, source_lines_of
from pledges.totals.dimensions import CATEGORY, GROUP_COLUMNS, MADE, NO_GROUP
from pledges.totals.memberships import Memberships
from pledges.totals.quick import QuickSums, quick_sums
from pledges.totals.walking import Share, Telling, Walk, walked_sums
from reference.models import Party
from reference.rate_books import RateBook

OURS, BY_SOURCE = "ours", "source"
VALUE_BASES = (OURS, BY_SOURCE)
MEMBERS = "members"
SumsBy = dict[tuple[Any, ...], Sums]
# Lines that are walked for one answer; at some forty thousand a second, a few seconds.
MOST_WALKED = 200_000


class TooManyLinesError(ValueError):
    """A question that would have to be worked out over too many lines; the message says what to do."""


@dataclass(frozen=True)
class Question:
    """What totals are asked for; see :func:`pledges.totals.totals`."""

    currency: str
    filters: Filters
    dataset: str
    as_of: int | None = None
    value_basis: str = OURS
    rates: date | None = None
    attribute_eu: str = ""

    @cached_property
    def telling(self) -> Telling:
        """How amounts are told."""
        return Telling(self.currency, self.rates, RateBook(self.as_of))

    @cached_property
    def attribution(self) -> Attribution | None:
        """By which keys gifts of EU institutions are attributed; ``None`` where that is not asked for."""
        return Attribution.known(self.as_of) if self.attribute_eu == MEMBERS else None

    @cached_property
    def memberships(self) -> Memberships:
        """The groups that rows may be of: those that are filtered by, or all."""
        return Memberships.of(self.filters.donor_group or None, self.as_of)

    @property
    def walked(self) -> bool:
        """Whether lines have to be added up one by one."""
        return self.value_basis == OURS and (not self.telling.frozen or self.attribution is not None)

    @cached_property
    def walk(self) -> Walk:
        """How lines are walked for this question."""
        return Walk(self.telling, self.filters.today or date.max, self.attribution, self._wanted())

    def _wanted(self) -> Callable[[int | None, date | None], bool]:
        """Which donors are asked about, for lines that are attributed before they are filtered."""
        filters = self.filters
        codes = set(filters.donor)
        ids = set(Party.objects.filter(code__in=codes).values_list("pk", flat=True)) if codes else set()

        def wanted(donor: int | None, announced: date | None) -> bool:
            if codes and donor not in ids:
                return False
            return not filters.donor_group or bool(
                self.memberships.groups_of(donor, announced, filters.membership, filters.today)
            )

        return wanted

    def with_refugee_costs(self) -> Question:
        """The same question, with refugee costs taken in."""
        return replace(self, filters=replace(self.filters, refugee_costs=True))

    def sets(self, *, by_category: bool = False, left_out_too: bool = False) -> list[QuerySet[Any]]:
        """The lines that it is about. Where gifts are attributed, donors are chosen among the members afterwards."""
        filters = self.filters
        if self.attribution is not None:
            filters = replace(filters, donor=(), donor_group=())
        sets = line_sets(self.dataset, filters, self.as_of, by_category=by_category, left_out_too=left_out_too)
        return [lines.filter(self._attributable()) for lines in sets]

    def _attributable(self) -> Q:
        """The lines of donors that are asked about, and those that may be attributed to one of them."""
        filters = self.filters
        if self.attribution is None or not (filters.donor or filters.donor_group):
            return Q()
        own = Q(donor__code__in=filters.donor) if filters.donor else Q()
        if filters.donor_group:
            own &= self.memberships.lines(filters.membership, filters.today)
        own &= ~self.attribution.lines(filters.today)
        return own | self.attribution.lines(filters.today, self._members_wanted())

    def _members_wanted(self) -> set[int] | None:
        codes = self.filters.donor
        return set(Party.objects.filter(code__in=codes).values_list("pk", flat=True)) if codes else None

    def sums(self, columns: Sequence[str]) -> SumsBy:
        """Sums by the values of the columns of lines."""
        if self.walked:
            return self._walked(columns)
        found = self._quick(columns) if self._quick is not None else None
        if found is not None:
            return found
        with bounded():
            return self._added(columns, Q()) if GROUP_COLUMNS[0] not in columns else self._by_group(columns)

    def _walked(self, columns: Sequence[str]) -> SumsBy:
        with bounded():
            self._refuse_too_many()
            made = self._made(columns, self.sets(by_category=CATEGORY in columns))
            return walked_sums(made, self.walk, columns, self._groups)

    def _refuse_too_many(self) -> None:
        """What is added up one by one takes its time, so there is a limit to it."""
        left = MOST_WALKED
        for lines in self.sets():
            left -= lines.order_by().values("pk")[: left + 1].count()
            if left < 0:
                raise TooManyLinesError(
                    f"This is worked out record by record, which is done for up to {MOST_WALKED:,} lines. Ask for "
                    "less (donor, type, announced_from …), or in EUR or USD by the rates of the announcements."
                )

    @cached_property
    def _quick(self) -> QuickSums | None:
        """The way by the sums that are kept, which hold for now."""
        if self.as_of is not None or self.value_basis != OURS:
            return None
        return quick_sums(self.dataset, self.currency, self.filters)

    def _added(self, columns: Sequence[str], condition: Q) -> SumsBy:
        if self.value_basis == BY_SOURCE:
            lines = source_lines_of(self.dataset, self.filters, self.as_of).filter(condition)
            return sums_by_source(self._made(columns, [lines])[0], self.currency, columns)
        sets = [lines.filter(condition) for lines in self.sets(by_category=CATEGORY in columns)]
        return sums_of_sets(self._made(columns, sets), self.currency, columns)

    def _made(self, columns: Sequence[str], sets: Iterable[QuerySet[Any]]) -> list[QuerySet[Any]]:
        made = {column: MADE[column] for column in columns if column in MADE}
        return [lines.annotate(**made) for lines in sets]

    def _by_group(self, columns: Sequence[str]) -> SumsBy:
        """One sum for each group, as a donor may belong to several of them at once."""
        filters, book = self.filters, self.memberships
        rest = [name for name in columns if name not in GROUP_COLUMNS]
        found: SumsBy = {}

        def put(condition: Q, part: str, group: int | None, names: Sequence[str]) -> None:
            for key, sums in self._added(names, condition).items():
                own = dict(zip(names, key, strict=True))
                own |= {GROUP_COLUMNS[0]: part or own[PART], GROUP_COLUMNS[1]: group}
                place = tuple(own[name] for name in columns)
                found[place] = found.get(place, Sums()).plus(sums)

        for group in book.spans:
            put(book.lines(filters.membership, filters.today, group), Part.NAMED, group, rest)
        put(book.none(filters.membership, filters.today), NO_GROUP, None, rest)
        put(~Q(donor_part=Part.NAMED), "", None, [*dict.fromkeys([*rest, PART])])
        return found

    def _groups(self, share: Share, announced: date | None) -> list[tuple[str, int | None]]:
        if share.donor is None:
            return [(share.donor_part, None)]
        own = self.memberships.groups_of(share.donor, announced, self.filters.membership, self.filters.today)
        return [(Part.NAMED, group) for group in own] or [(NO_GROUP, None)]


PART = "donor_part"
