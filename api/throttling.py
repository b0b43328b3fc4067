"""How often one address may ask, counted for all processes together, with the state of the count in the headers.

Counts live in the cache (Redis where there is one), in windows of a minute. If the cache does not answer, readers are
served uncounted for half a minute: a guard that is down must not take the API down with it.
"""

from __future__ import annotations

import ipaddress
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import redis
from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest
from django.utils.module_loading import import_string
from rest_framework.exceptions import APIException

WINDOW_SECONDS = 60
SILENT_SECONDS = 30
# The part of an IPv6 address that one subscriber has for himself.
IPV6_PREFIX = 64

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Budget:
    """What is left of one limit in the present window."""

    name: str
    quota: int
    remaining: int
    resets_in: int


@dataclass(frozen=True, slots=True)
class Limit:
    """How many requests an address has in a minute; a quota of 0 is no limit."""

    name: str
    setting: str

    @property
    def quota(self) -> int:
        """Requests a minute."""
        quota: int = getattr(settings, self.setting)
        return quota


REQUESTS = Limit("requests", "API_REQUESTS_PER_MINUTE")
DOWNLOADS = Limit("downloads", "API_DOWNLOADS_PER_MINUTE")


class TooManyRequests(APIException):
    """An address has asked more often than it may."""

    status_code = 429

    def __init__(self, budget: Budget) -> None:
        super().__init__(
            f"Your address has used its {budget.quota} {budget.name} of this minute. Ask again in "
            f"{budget.resets_in} {'second' if budget.resets_in == 1 else 'seconds'}; answers may be kept, and "
            "unchanged ones cost less with If-None-Match."
        )
        self.wait = budget.resets_in


class Counting:
    """Counts of requests by address."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self.clock = clock
        self.silent_until = 0.0

    def spend(self, request: HttpRequest, limit: Limit) -> Budget | None:
        """Take one request from the address's limit; ``None`` where nothing is counted."""
        now = self.clock()
        if limit.quota == 0 or now < self.silent_until:
            return None
        window, passed = divmod(int(now), WINDOW_SECONDS)
        try:
            used = self._count(f"{limit.name}:{network_of(request)}:{window}")
        except redis.RedisError as error:
            self.silent_until = now + SILENT_SECONDS
            log.warning("Requests are not counted for %s s, as the cache does not answer: %s", SILENT_SECONDS, error)
            return None
        return Budget(limit.name, limit.quota, limit.quota - used, WINDOW_SECONDS - passed)

    def _count(self, key: str) -> int:
        counts = caches["throttle"]
        try:
            return int(counts.incr(key))
        except ValueError:
            # Whoever comes first puts the count there; two at once count as two.
            counts.add(key, 0, timeout=2 * WINDOW_SECONDS)
            return int(counts.incr(key))


COUNTING = Counting()


def network_of(request: HttpRequest) -> str:
    """Whom a request is counted for: an IPv4 address, or the network of an IPv6 one."""
    address_of = import_string(settings.VISITOR_ADDRESS)
    address = str(address_of(request))
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(known, ipaddress.IPv4Address):
        return str(known)
    if known.ipv4_mapped is not None:
        return str(known.ipv4_mapped)
    return str(ipaddress.ip_network((known, IPV6_PREFIX), strict=False).network_address)


def headers_of(budgets: Sequence[Budget]) -> dict[str, str]:
    """The limits and what is left of them, as draft-ietf-httpapi-ratelimit-headers has them."""
    if not budgets:
        return {}
    policies = (f'"{one.name}";q={one.quota};w={WINDOW_SECONDS}' for one in budgets)
    left = (f'"{one.name}";r={max(one.remaining, 0)};t={one.resets_in}' for one in budgets)
    return {"RateLimit-Policy": ", ".join(policies), "RateLimit": ", ".join(left)}
