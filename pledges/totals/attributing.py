"""Attributes what EU institutions give to the members, by a stored key; only where a question asks for that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from django.db.models import Q

from pledges.cents import Cents
from pledges.dividing import divided_cents
from reference.figures import shares_known
from reference.known import parents_known
from reference.models import Party

EU = "EU"
MEMBERS = "members"


@dataclass(frozen=True, slots=True)
class AttributionKey:
    """The shares of the members from a day on, in the order of their codes; they sum to one."""

    valid_from: date
    members: tuple[int, ...]
    fractions: tuple[Fraction, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Attribution:
    """Whose gifts are attributed, and by which keys, the latest first."""

    institutions: frozenset[int] = frozenset()
    keys: tuple[AttributionKey, ...] = field(default=())

    @classmethod
    def known(cls, as_of: int | None) -> Attribution:
        """The EU and the funds and banks under it, and the keys, as known right after a change or now."""
        eu = Party.objects.filter(code=EU).values_list("pk", flat=True).first()
        if eu is None:
            return cls()
        parents = parents_known(as_of)
        institutions = frozenset({eu, *(pk for pk, parent in parents.items() if parent == eu)})
        codes = dict(Party.objects.values_list("pk", "code"))
        by_day: dict[date, list[tuple[str, int, Fraction, str]]] = {}
        for share in shares_known(as_of):
            if share.institution == eu:
                row = (codes[share.member], share.member, Fraction(share.weight), share.source)
                by_day.setdefault(share.valid_from, []).append(row)
        return cls(institutions, tuple(_key(day, sorted(by_day[day])) for day in sorted(by_day, reverse=True)))

    def key_for(self, donor: int | None, announced: date | None, today: date) -> AttributionKey | None:
        """The key for a donor's gift announced on a day (undated: today's); ``None`` where it stays the donor's own."""
        if donor not in self.institutions:
            return None
        day = announced or today
        return next((key for key in self.keys if key.valid_from <= day), None)

    def lines(self, today: date | None, members: set[int] | None = None) -> Q:
        """The lines that are attributed; with ``members``, those by a key in which any of them has a share."""
        found, until = Q(pk__in=[]), None
        for key in self.keys:
            if members is None or members.intersection(key.members):
                within = Q(announced_on__gte=key.valid_from)
                if until is not None:
                    within &= Q(announced_on__lt=until)
                if today is not None and self._holds(key, today):
                    within |= Q(announced_on__isnull=True)
                found |= Q(donor_id__in=self.institutions) & within
            until = key.valid_from
        return found

    def _holds(self, key: AttributionKey, day: date) -> bool:
        return next((one for one in self.keys if one.valid_from <= day), None) == key


def _key(day: date, rows: Sequence[tuple[str, int, Fraction, str]]) -> AttributionKey:
    whole = sum((weight for _, _, weight, _ in rows), Fraction(0))
    return AttributionKey(
        day,
        tuple(member for _, member, _, _ in rows),
        tuple(weight / whole for _, _, weight, _ in rows),
        "; ".join(sorted({source for *_, source in rows})),
    )


def attributed(cents: Cents | None, key: AttributionKey) -> list[tuple[int, Cents | None]]:
    """An amount divided among the members to the minor unit."""
    return list(zip(key.members, divided_cents(cents, key.fractions), strict=True))
