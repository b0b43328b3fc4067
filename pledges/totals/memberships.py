"""Which donors belong to which group, on which day, as it is known now or was known at a past change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from pledges.models import Part
from reference.known import memberships_known, parents_known
from reference.models import Party, PartyKind

AT_DATE, TODAY = "at_date", "today"
MEMBERSHIP = (AT_DATE, TODAY)


@dataclass(frozen=True, slots=True)
class Span:
    """A time in a group; without ``until`` it lasts."""

    since: date
    until: date | None

    def holds(self, day: date) -> bool:
        """Whether the day lies in it."""
        return self.since <= day and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True)
class Memberships:
    """The members of some groups. A fund, an agency or a city belongs where its parent belongs.

    A group without a purse of its own that gives is counted in itself: it gives for its members.
    """

    spans: dict[int, dict[int, tuple[Span, ...]]]  # by group, by party

    @classmethod
    def of(cls, codes: Iterable[str] | None, as_of: int | None) -> Memberships:
        """Of the groups with these codes, or of all groups that have members."""
        own = memberships_known(as_of)
        parents = parents_known(as_of)
        named = Party.objects.filter(code__in=set(codes)) if codes is not None else None
        groups = {one.group for found in own.values() for one in found}
        if named is not None:
            groups = set(named.values_list("pk", flat=True))
        spans: dict[int, dict[int, tuple[Span, ...]]] = {group: {} for group in groups}
        for pk in parents:
            for ancestor in _line_of(pk, parents):
                for one in own.get(ancestor, ()):
                    if one.group in groups:
                        before = spans[one.group].get(pk, ())
                        spans[one.group][pk] = (*before, Span(one.since, one.until))
        purseless = Party.objects.filter(pk__in=groups, kind=PartyKind.GROUP)
        for group in purseless.values_list("pk", flat=True):
            spans[group][group] = (Span(date.min, None),)
        return cls(spans)

    def groups_of(self, donor: int | None, announced: date | None, membership: str, today: date | None) -> list[int]:
        """The groups to which a donor belongs for a pledge; undated ones go by today."""
        day = today if membership == TODAY or announced is None else announced
        if donor is None or day is None:
            return []
        return [group for group, own in self.spans.items() if any(span.holds(day) for span in own.get(donor, ()))]

    def lines(self, membership: str, today: date | None, group: int | None = None) -> Q:
        """The lines whose donor belongs to any of the groups, or to this one."""
        found = Q(pk__in=[])
        for one in [group] if group is not None else self.spans:
            found |= self._of_group(one, membership, today)
        return found

    def none(self, membership: str, today: date | None) -> Q:
        """The lines of a named donor that belongs to none of the groups."""
        return Q(donor_part=Part.NAMED) & ~self.lines(membership, today)

    def _of_group(self, group: int, membership: str, today: date | None) -> Q:
        now = Q(donor_id__in=self._members_on(group, today))
        if membership == TODAY:
            return now
        found = Q(announced_on__isnull=True) & now
        for span, members in self._by_span(group).items():
            condition = Q(donor_id__in=members, announced_on__gte=span.since)
            found |= condition if span.until is None else condition & Q(announced_on__lte=span.until)
        return found

    def _members_on(self, group: int, day: date | None) -> Sequence[int]:
        if day is None:
            return []
        return sorted(pk for pk, spans in self.spans[group].items() if any(span.holds(day) for span in spans))

    def _by_span(self, group: int) -> dict[Span, list[int]]:
        found: dict[Span, list[int]] = {}
        for pk, spans in sorted(self.spans[group].items()):
            for span in spans:
                found.setdefault(span, []).append(pk)
        return found


def _line_of(pk: int, parents: dict[int, int | None]) -> list[int]:
    """A party, its parent, and so on; each once."""
    found: list[int] = []
    at: int | None = pk
    while at is not None and at not in found:
        found.append(at)
        at = parents.get(at)
    return found
