"""Asks hosts politely: one request at a time across all workers, a pause between two, and what robots.txt allows.

The right to ask a host is a row (:class:`ingestion.models.HostSlot`) taken by a conditional UPDATE. Who does not get
it is told when to come again; whoever dies with it loses it when its time is over.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import httpx
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q

from history.services import RecordState, keep_version, recording
from ingestion.addresses import AddressError, parse_address, shorten
from ingestion.fetching import (
    AskedToWaitError,
    Fetched,
    ForbiddenError,
    HttpError,
    NotModified,
    PostponedError,
    RefusedError,
    Validators,
    fetch,
)
from ingestion.hosts import key_of, origin_of
from ingestion.models import HostSlot
from ingestion.services.robots import rules_for

TOO_MANY = 429
UNAVAILABLE = 503
FIRST_WAIT = 60  # seconds, where a server says "too often" and not for how long
LONGEST_WAIT = 86_400
HELD_WAIT = 0.5  # seconds after which to look again whether a worker has done with a host
PATIENCE_OF_HOPS = 5.0  # seconds that a redirect waits for the host it leads to

Sleep = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Turn:
    """The right to ask a host, ours until ``until``."""

    host: str
    until: datetime
    delay: float  # seconds until the next request, as far as the row says


def lease_seconds() -> float:
    """How long a turn may last: a robots.txt and a fetch, each with its whole time, and some to spare."""
    return 2.0 * float(settings.FETCH_TIMEOUT_SECONDS) + 30.0


def _is_free(now: datetime) -> Q:
    return (Q(claimed_until__isnull=True) | Q(claimed_until__lte=now)) & (
        Q(not_before__isnull=True) | Q(not_before__lte=now)
    )


def claim_host(host: str, *, now: datetime) -> Turn | None:
    """Take the right to ask a host; ``None`` while someone else has it or the host wants its pause."""
    until = now + timedelta(seconds=lease_seconds())
    free = HostSlot.objects.filter(_is_free(now), host=host)
    if not free.update(claimed_until=until):
        if HostSlot.objects.filter(host=host).exists():
            return None
        HostSlot.objects.bulk_create([HostSlot(host=host)], ignore_conflicts=True)
        if not free.update(claimed_until=until):
            return None
    own = HostSlot.objects.values_list("delay_seconds", flat=True).get(host=host)
    return Turn(host, until, settings.HOST_DELAY_SECONDS if own is None else own)


def set_host_delay(host: str, *, delay_seconds: float | None, acting_user: AbstractBaseUser, now: datetime) -> HostSlot:
    """Set the pause between two requests to a host; ``None``: the installation's own.

    Raises ``ValidationError`` for one below 0 or above an hour.
    """
    if delay_seconds is not None and not 0 <= delay_seconds <= 3600:
        raise ValidationError(
            {"delay_seconds": "Give a number of seconds from 0 to 3,600 (an hour), or leave it empty."}
        )
    with recording(action="host.delay", acting_user=acting_user, now=now) as change:
        slot = HostSlot.objects.select_for_update().get(host=host)
        slot.delay_seconds = delay_seconds
        slot.save(update_fields=["delay_seconds"])
        kept = {"host": slot.host, "delay_seconds": slot.delay_seconds}
        keep_version(change, RecordState(kind="host", object_id=slot.pk, public_id="", state=kept, public=False))
    return slot


def release_host(turn: Turn, *, now: datetime, delay: float, answered: bool = True) -> None:
    """Give the right back; the next request waits for ``delay`` seconds.

    ``answered``: the host answered, and did not turn us away, which forgives how often it did before.
    """
    mine = HostSlot.objects.filter(host=turn.host, claimed_until=turn.until)
    mine.update(claimed_until=None, not_before=now + timedelta(seconds=delay), last_request_at=now)
    if answered:
        HostSlot.objects.filter(host=turn.host, refusals__gt=0).update(refusals=0, asked_to_wait="")


def free_at(host: str, *, now: datetime) -> datetime:
    """From when on a host may be asked, as far as is known."""
    slot = HostSlot.objects.filter(host=host).first()
    return now if slot is None else _earliest(slot, now)


def _earliest(slot: HostSlot, now: datetime) -> datetime:
    return max([now, *(moment for moment in (slot.claimed_until, slot.not_before) if moment is not None)])


def seconds_to_wait(host: str, *, now: datetime) -> float:
    """How long to wait before asking a host: its pause, or a moment if a worker is asking it; 0 if it is free."""
    slot = HostSlot.objects.filter(host=host).first()
    if slot is None:
        return 0.0
    wished = (slot.not_before - now).total_seconds() if slot.not_before is not None else 0.0
    held = HELD_WAIT if slot.claimed_until is not None and slot.claimed_until > now else 0.0
    return max(wished, held, 0.0)


def next_turn(host: str, *, now: datetime) -> datetime:
    """A moment to come again: each who asks gets a later one, so that those who wait do not all come at once."""
    with transaction.atomic():
        slot = HostSlot.objects.select_for_update().filter(host=host).first()
        if slot is None:
            return now
        pause = timedelta(seconds=settings.HOST_DELAY_SECONDS if slot.delay_seconds is None else slot.delay_seconds)
        # Whoever asks the host now is done much sooner than its claim says, which is for the case that it dies.
        held = now + pause if slot.claimed_until is not None and slot.claimed_until > now else now
        turn = max([held, *(moment for moment in (slot.not_before, slot.next_turn_at) if moment is not None)])
        slot.next_turn_at = turn + max(pause, timedelta(seconds=0.1))
        slot.save(update_fields=["next_turn_at"])
    return turn


def hold_off(turn: Turn, *, seconds: int, words: str, now: datetime) -> datetime:
    """Give the right back and ask the host for nothing for a while, as it wishes.

    If it gives no time of its own, the pause doubles from once to once. The moment from when on it may be asked.
    """
    with transaction.atomic():
        slot = HostSlot.objects.select_for_update().get(host=turn.host)
        wait = seconds or min(FIRST_WAIT * 2 ** min(slot.refusals, 11), LONGEST_WAIT)
        until = now + timedelta(seconds=wait)
        slot.not_before = max(until, slot.not_before or until)
        slot.refusals += 1
        slot.asked_to_wait, slot.last_request_at = words, now
        if slot.claimed_until == turn.until:
            slot.claimed_until = None
        slot.save(update_fields=["not_before", "refusals", "asked_to_wait", "last_request_at", "claimed_until"])
    return slot.not_before


def polite_fetch(
    address: str,
    *,
    validators: Validators | None = None,
    now: datetime,
    patience: float = 0.0,
    sleep: Sleep = time.sleep,
) -> Fetched | NotModified:
    """Fetch an address when it is its host's turn, if its robots.txt allows.

    Waits for the turn for ``patience`` seconds at most. Raises :class:`PostponedError` with the moment to come again
    when the host is busy or wants a pause (:class:`AskedToWaitError` if it has just said so),
    :class:`ForbiddenError` by robots.txt, and any other :class:`FetchError` of the fetch itself.
    """
    try:
        url = parse_address(address)
    except AddressError as error:
        raise RefusedError(str(error)) from error
    visit = _Visit(now=now, sleep=sleep)
    try:
        visit.go_to(url, patience=patience)
        answer = fetch(address, validators=validators, before_hop=visit.hop)
        visit.answered = True
    except HttpError as error:
        if _turns_us_away(error):
            raise visit.stay_away(error) from error
        visit.answered = True
        raise
    finally:
        visit.leave()
    return answer


def _turns_us_away(error: HttpError) -> bool:
    return error.status == TOO_MANY or (error.status == UNAVAILABLE and bool(error.retry_after))


class _Visit:
    """One fetch on its way: it holds the turn of one host at a time, and gives it back in the end.

    A fetch of a robots.txt goes on the turn of the visit that needs it (``borrowed``), and asks for no robots.txt.
    """

    def __init__(self, *, now: datetime, sleep: Sleep, borrowed: Turn | None = None) -> None:
        self._started, self._begun, self._sleep = now, time.monotonic(), sleep
        self._borrowed = borrowed
        self._turn: Turn | None = None
        self._delay = 0.0
        self.answered = False  # whether the host that it is at has answered, in whatever way but "not now"

    def _now(self) -> datetime:
        return self._started + timedelta(seconds=time.monotonic() - self._begun)

    def hop(self, url: httpx.URL) -> None:
        """A redirect leads here; the host that gave it has answered."""
        self.answered = True
        if self._turn is not None and self._turn.host != key_of(url):
            self.leave()
        self.answered = False
        self.go_to(url, patience=PATIENCE_OF_HOPS)

    def go_to(self, url: httpx.URL, *, patience: float) -> None:
        """Have the turn of the address's host, and its leave to ask for this address."""
        turn = self._turn_of(key_of(url), patience)
        if self._borrowed is None:
            rules = rules_for(origin_of(url), ask=self._ask_for_robots, now=self._now())
            self._delay = max(turn.delay, rules.delay_seconds)
            if not rules.allows(str(url)):
                raise ForbiddenError(
                    f"The site's robots.txt does not allow {shorten(str(url))} to be fetched by programs. "
                    "Bring its articles by hand, or ask the publisher for leave."
                )

    def _turn_of(self, host: str, patience: float) -> Turn:
        if self._borrowed is not None and self._borrowed.host == host:
            self.leave()
            return self._borrowed
        if self._turn is None or self._turn.host != host:
            self.leave()
            self._turn = self._wait_for(host, patience)
            self._delay = self._turn.delay
        return self._turn

    def _ask_for_robots(self, address: str) -> Fetched | NotModified:
        inner = _Visit(now=self._now(), sleep=self._sleep, borrowed=self._turn)
        try:
            return fetch(address, before_hop=inner.hop)
        except HttpError as error:
            if _turns_us_away(error):
                raise self.stay_away(error) from error
            raise
        finally:
            inner.leave()

    def _wait_for(self, host: str, patience: float) -> Turn:
        end = time.monotonic() + patience
        while True:
            now = self._now()
            if turn := claim_host(host, now=now):
                return turn
            left = end - time.monotonic()
            wait = (free_at(host, now=now) - now).total_seconds()
            if left <= 0 or (wait > left and not _is_held(host, now)):
                until = next_turn(host, now=now)
                raise PostponedError(
                    f"{host} is being asked already, or wants a pause; it is asked again a little later.", until=until
                )
            self._sleep(min(max(wait, 0.02), left, 0.25))

    def stay_away(self, error: HttpError) -> AskedToWaitError:
        """The host turns us away: keep to it, for everyone who would ask it."""
        now, until, who = self._now(), self._now(), "The host"
        if self._turn is not None:
            turn, self._turn = self._turn, None
            until = hold_off(turn, seconds=error.seconds_to_wait(now), words=str(error), now=now)
            who = turn.host
        minutes = math.ceil((until - now).total_seconds() / 60)
        words = f"{error} {who} is asked again in {minutes} minutes at the earliest."
        return AskedToWaitError(words, until=until, status=error.status)

    def leave(self) -> None:
        """Give the turn back."""
        if self._turn is not None:
            turn, self._turn = self._turn, None
            release_host(turn, now=self._now(), delay=self._delay, answered=self.answered)


def _is_held(host: str, now: datetime) -> bool:
    """Whether it is a worker that keeps us waiting, who may be done any moment, and not the host's own wish."""
    held = Q(claimed_until__gt=now) & (Q(not_before__isnull=True) | Q(not_before__lte=now))
    return HostSlot.objects.filter(held, host=host).exists()
