"""Short ways to make records for tests, always through the services that the project itself uses."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser

from pledges.drafts import EvidenceDraft, PledgeDraft, ShareDraft
from pledges.models import Pledge
from pledges.services import create_pledge, publish_pledge
from reference.models import Party, PartyKind
from reference.services import DayRate, load_rates

NOW = datetime(2022, 3, 10, 12, 0, tzinfo=UTC)
DAY = date(2022, 2, 25)  # a Friday on which the ECB published rates
GROUNDS = (EvidenceDraft(url="https://example.org/news", quote="They announced it.", published_on=DAY),)


def person(name: str = "editor") -> AbstractBaseUser:
    """A staff account."""
    found, _ = get_user_model().objects.get_or_create(username=name, defaults={"is_staff": True})
    return found


def party(code: str) -> int:
    """The id of a party by its code, made if it is missing."""
    found, _ = Party.objects.get_or_create(code=code, defaults={"name": f"Land {code}", "kind": PartyKind.COUNTRY})
    return found.pk


def rates(day: date = DAY, **per_euro: str) -> None:
    """ECB rates of one day; a dollar rate always stands, as it marks a day on which the ECB published."""
    figures = {"USD": "1.1216", **per_euro}
    load_rates([DayRate(code, day, Decimal(figure)) for code, figure in figures.items()], now=NOW)


def shares(*codes: str) -> tuple[ShareDraft, ...]:
    """Donors or recipients without shares of their own."""
    return tuple(ShareDraft(party(code)) for code in codes)


def draft(
    title: str = "A pledge", *, donors: tuple[str, ...] = ("IT",), to: tuple[str, ...] = ("UA",), **fields: Any
) -> PledgeDraft:
    """A pledge announced on ``DAY``, with evidence."""
    given: dict[str, Any] = {
        "donors": shares(*donors),
        "recipients": shares(*to),
        "announced_earliest": DAY,
        "announced_latest": DAY,
        "announced_precision": "day",
        "evidence": GROUNDS,
    }
    return PledgeDraft(title=title, **{**given, **fields})


def euros(amount: str, **fields: Any) -> dict[str, Any]:
    """The fields of an amount stated in euros."""
    return {"stated": Decimal(amount), "currency": "EUR", **fields}


def published(title: str = "A pledge", **fields: Any) -> Pledge:
    """A published pledge."""
    user = person()
    made = create_pledge(draft(title, **fields), now=NOW, acting_user=user)
    publish_pledge(made.pk, now=NOW, acting_user=user)
    made.refresh_from_db()
    return made
