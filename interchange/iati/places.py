"""Where an activity's aid goes: countries with shares that make 100 per cent, else a region. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from interchange.iati.codes import code
from pledges.models import PledgeRecipient
from reference.currencies import EXACT
from reference.models import PartyKind

HUNDRED = 10_000  # hundredths of a per cent


@dataclass(frozen=True, slots=True)
class Place:
    """A country or a region with its share, which is empty for the only one."""

    code: str
    is_country: bool
    percentage: Decimal | None = None
    words: str = ""


def places(recipients: Sequence[PledgeRecipient], as_written: str) -> list[Place]:
    """The places. The standard wants shares of several; none are made up, so without them it is a region."""
    if len(recipients) == 1:
        return [_place(recipients[0])]
    shares = _shares(recipients)
    if shares is None:
        names = ", ".join(one.party.name for one in recipients) or as_written
        return [Place(code("region", "elsewhere"), is_country=False, words=names)]
    found: dict[tuple[str, bool], tuple[int, list[str]]] = {}
    for one, share in zip(recipients, shares, strict=True):
        place = _place(one)
        total, words = found.get((place.code, place.is_country), (0, []))
        found[place.code, place.is_country] = (total + share, [*words, *([place.words] if place.words else [])])
    return [
        Place(name, is_country, EXACT.scaleb(Decimal(share), -2), ", ".join(words))
        for (name, is_country), (share, words) in found.items()
    ]


def _place(recipient: PledgeRecipient) -> Place:
    party = recipient.party
    if party.kind == PartyKind.COUNTRY and len(party.code) == 2:
        return Place(party.code, is_country=True)
    return Place(code("region", "elsewhere"), is_country=False, words=party.name)


def _shares(recipients: Sequence[PledgeRecipient]) -> list[int] | None:
    """Shares in hundredths of a per cent, by the largest remainder; ``None`` where one is not known."""
    for column in ("share_weight", "share_amount"):
        known = [getattr(one, column) for one in recipients]
        if known and all(one is not None for one in known):
            whole = sum(known, Decimal(0))
            exact = [EXACT.divide(EXACT.multiply(one, Decimal(HUNDRED)), whole) for one in known]
            floors = [int(one) for one in exact]
            order = sorted(range(len(exact)), key=lambda place: (floors[place] - exact[place], place))
            for place in order[: HUNDRED - sum(floors)]:
                floors[place] += 1
            return floors
    return None
