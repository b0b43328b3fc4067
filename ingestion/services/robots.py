"""Keeps each site's robots.txt: asked for before anything else of the site, and again once a day (RFC 9309)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from ingestion.addresses import shorten
from ingestion.fetching import (
    Fetched,
    FetchError,
    HttpError,
    NotModified,
    PostponedError,
    RefusedError,
    TooManyRedirectsError,
    UnreachableError,
)
from ingestion.models import RobotsFile, RobotsState
from ingestion.robots import MAX_BYTES, Rules, rules_of

KEPT = timedelta(days=1)
FIRST_RETRY = timedelta(minutes=1)
LAST_RETRY = timedelta(hours=6)
OLD_COPY_KEPT = timedelta(days=30)  # how long the last one had stands in for one that cannot be had
TOO_MANY = 429

Ask = Callable[[str], Fetched | NotModified]


def rules_for(origin: str, *, ask: Ask, now: datetime) -> Rules:
    """The rules of a site, asked for with ``ask`` if they are not known or older than a day.

    None there (any status of the four hundreds): everything is allowed. If it cannot be had, the last one had stands
    for thirty days; without one nothing may be asked, and :class:`UnreachableError` says so.
    """
    known = RobotsFile.objects.filter(origin=origin).first()
    if known is None or known.expires_at <= now:
        known = _look(origin, known, ask, now)
    if known.state != RobotsState.UNAVAILABLE:
        return rules_of(known.text)
    if known.text and known.unavailable_since is not None and now - known.unavailable_since <= OLD_COPY_KEPT:
        return rules_of(known.text)
    raise UnreachableError(
        f"The robots.txt of {shorten(origin)} could not be had, so nothing else is asked of that site. {known.words} "
        f"It is asked for again after {known.expires_at:%H:%M} UTC."
    )


def _look(origin: str, known: RobotsFile | None, ask: Ask, now: datetime) -> RobotsFile:
    try:
        answer = ask(f"{origin}/robots.txt")
    except TooManyRedirectsError as error:
        return _note(origin, RobotsState.NONE, str(error), now)
    except (PostponedError, RefusedError):
        raise  # of no bearing on the site's wishes: the fetch itself would end in the same way
    except HttpError as error:
        if 400 <= error.status < 500 and error.status != TOO_MANY:
            return _note(origin, RobotsState.NONE, str(error), now)
        return _unavailable(origin, known, error, now)
    except FetchError as error:
        return _unavailable(origin, known, error, now)
    if not isinstance(answer, Fetched):
        return _note(origin, RobotsState.NONE, "It answered that nothing has changed, though nothing was known.", now)
    text = answer.body[:MAX_BYTES].decode("utf-8", "replace").replace("\x00", "")
    return _note(origin, RobotsState.READ, "", now, text=text)


def _note(origin: str, state: RobotsState, words: str, now: datetime, *, text: str = "") -> RobotsFile:
    values = {"state": state, "text": text, "words": words, "fetched_at": now, "expires_at": now + KEPT}
    row, _made = RobotsFile.objects.update_or_create(origin=origin, defaults={**values, "unavailable_since": None})
    return row


def _unavailable(origin: str, known: RobotsFile | None, error: FetchError, now: datetime) -> RobotsFile:
    """Keep what was had before, and look again after as long as it has been missing, within bounds."""
    since = known.unavailable_since if known is not None and known.unavailable_since is not None else now
    pause = min(max(now - since, FIRST_RETRY), LAST_RETRY)
    row, _made = RobotsFile.objects.update_or_create(
        origin=origin,
        defaults={
            "state": RobotsState.UNAVAILABLE,
            "text": known.text if known is not None else "",
            "words": str(error),
            "fetched_at": now,
            "expires_at": now + pause,
            "unavailable_since": since,
        },
    )
    return row
