"""What a site's robots.txt allows us. Pure: the text is given, the answer comes from the kept parser (RFC 9309)."""

from __future__ import annotations

import functools
import logging

from protego import Protego

MAX_BYTES = 512_000  # as much as RFC 9309 asks a reader to take in
LONGEST_DELAY = 60.0  # a site that asks for more is asked once a minute all the same
AGENT = "pledge-tracker"

log = logging.getLogger(__name__)


class Rules:
    """The rules of one robots.txt for our own agent."""

    def __init__(self, text: str) -> None:
        self._parsed = Protego.parse(text)

    def allows(self, address: str) -> bool:
        """Whether this address may be asked for."""
        return bool(self._parsed.can_fetch(address, AGENT))

    @property
    def delay_seconds(self) -> float:
        """The pause between two requests that the site asks for; 0 if it does not ask."""
        asked = self._parsed.crawl_delay(AGENT)
        return 0.0 if asked is None else min(max(float(asked), 0.0), LONGEST_DELAY)


@functools.lru_cache(maxsize=256)
def rules_of(text: str) -> Rules:
    """The rules of a robots.txt; parsed once for as long as its words stay the same."""
    return Rules(text)
