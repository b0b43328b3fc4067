"""How much of a pledge came, as a share, and for how long the rest has been outstanding."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from pledges.models import Pledge, Stage
from reference.currencies import EXACT

SHARE = Decimal("0.0001")


def fulfilment_of(pledge: Pledge) -> Decimal | None:
    """The share that was delivered or paid: of the value, by the same valuation; else of the units of its one kind of
    goods; ``None`` where neither can be said. More than was pledged is more than one.
    """
    if pledge.eur_central and pledge.delivered_eur is not None:
        return share(pledge.delivered_eur, pledge.eur_central)
    units = pledge.breakdown.get("units")
    return share(Decimal(units[0]), Decimal(units[1])) if units else None


def share(part: Decimal | int, whole: Decimal | int) -> Decimal:
    """A share with four decimals, half to even."""
    return EXACT.quantize(EXACT.divide(Decimal(part), Decimal(whole)), SHARE)


def outstanding_days(pledge: Pledge, today: date) -> int | None:
    """Days since the latest day of announcement, while something is still to come; ``None`` where nothing is, or it
    is undated, or was cancelled.
    """
    announced, done = pledge.announced_latest, fulfilment_of(pledge)
    over = pledge.stage in (Stage.DELIVERY, Stage.CANCELLED) or (done is not None and done >= 1)
    return None if over or announced is None else max(0, (today - announced).days)
