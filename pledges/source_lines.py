"""How imported pledges count in their source's own totals: as the source says, none of our rules applied. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from enum import StrEnum

from pledges.counting import Counted
from pledges.dividing import Goods
from pledges.lining import about
from pledges.models import Part, Pledge, SourceLine
from pledges.shares import Portion, divide, portions
from reference.currencies import EXACT

DECIMALS = 14  # of a source's value, as the column keeps them


class LeftOutBySource(StrEnum):
    """Why an imported pledge is not in its source's own totals."""

    COUNTED = ""
    OUTSIDE = "outside_source_total"  # the source says so; the pledge has the words
    PART_OF_PACKAGE = "part_of_package"  # the source values the package and not this part of it


def source_lines(pledge: Pledge, counted: Counted) -> list[SourceLine]:
    """A pledge's lines in the source's totals; none for a pledge that was not imported."""
    if not pledge.origin_key and pledge.source_value is None:
        return []
    value = pledge.source_value
    donors = portions(counted.donors, counted.stated)
    recipients = portions(counted.recipients, counted.stated)
    parts = [
        (donor, recipient, part)
        for donor, own in zip(donors, _divided(value, donors), strict=True)
        for recipient, part in zip(recipients, _divided(own, recipients), strict=True)
        if part is not None or Part.JOINT not in (donor.part, recipient.part)
    ]
    return [_line(pledge, counted.goods, place, part) for place, part in enumerate(parts)]


def _left_out(pledge: Pledge) -> LeftOutBySource:
    if pledge.outside_source_total:
        return LeftOutBySource.OUTSIDE
    if pledge.package_id is not None and pledge.source_value is None:
        return LeftOutBySource.PART_OF_PACKAGE
    return LeftOutBySource.COUNTED


def _divided(value: Decimal | None, among: list[Portion]) -> list[Decimal | None]:
    if value is None:
        return [None] * len(among)
    units = int(EXACT.scaleb(value, DECIMALS))
    parts = divide(units, [portion.fraction for portion in among])
    return [None if part is None else EXACT.scaleb(Decimal(part), -DECIMALS) for part in parts]


def _line(
    pledge: Pledge, goods: Sequence[Goods], position: int, part: tuple[Portion, Portion, Decimal | None]
) -> SourceLine:
    donor, recipient, value = part
    return SourceLine(
        pledge=pledge,
        dataset_id=pledge.dataset_id,
        position=position,
        left_out=_left_out(pledge),
        donor_id=donor.party,
        donor_part=donor.part,
        recipient_id=recipient.party,
        recipient_part=recipient.part,
        **about(pledge, goods),
        value=value,
        currency=pledge.source_value_currency if value is not None else "",
    )
