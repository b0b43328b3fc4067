"""Takes one web page: asks for it, reads its article, and keeps count of the attempt."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from ingestion.blobs import Keeper, Origin
from ingestion.fetching import Fetched, FetchError, NotModified, UnreachableError
from ingestion.models import BlobKind, FetchAttempt, Outcome
from ingestion.parsing import Entry, UnreadableError, parse_page
from ingestion.services.hosts import polite_fetch
from ingestion.services.polling import failure_of
from ingestion.services.storing import Tally

Ask = Callable[[str], Fetched | NotModified]  # fetches an address; raises FetchError


@dataclass(frozen=True, slots=True)
class Page:
    """A page that was had, and the article on it."""

    entry: Entry
    keeper: Keeper
    status: int


class Clock:
    """The moment that work began, and what has gone by since."""

    def __init__(self, now: datetime) -> None:
        self._now, self._begun = now, time.monotonic()

    def read(self) -> datetime:
        """The moment now."""
        return self._now + timedelta(seconds=time.monotonic() - self._begun)


def politely(*, now: datetime, patience: float = 0.0) -> Ask:
    """Asks a host when it is its turn; waits for that for ``patience`` seconds at most."""
    return partial(polite_fetch, now=now, patience=patience)


def take_page(address: str, *, ask: Ask, now: datetime) -> Page:
    """Fetch a page and read its article. Raises :class:`FetchError` or :class:`UnreadableError`."""
    answer = ask(address)
    if not isinstance(answer, Fetched):
        raise UnreachableError("The server says that nothing has changed, though nothing was asked before.")
    entry = parse_page(answer.body, address=answer.url, content_type=answer.content_type, now=now)
    origin = Origin(BlobKind.PAGE, answer.body, answer.content_type, answer.url)
    return Page(entry, Keeper(origin), answer.status)


def finish(attempt: FetchAttempt, tally: Tally, sentences: list[str], *, finished: datetime) -> None:
    """Write down what an attempt brought."""
    attempt.added, attempt.revised, attempt.unchanged = tally.added, tally.revised, tally.unchanged
    attempt.outcome = Outcome.NEW if tally.revision_ids else Outcome.NOTHING_NEW
    attempt.words, attempt.finished_at = "\n".join(sentences), finished
    attempt.save()


def finish_failed(
    attempt: FetchAttempt, error: FetchError | UnreadableError, *, now: datetime, finished: datetime, more: str = ""
) -> None:
    """Write down why an attempt brought nothing; ``more`` is a sentence on what follows from it."""
    failure = failure_of(error, now)
    attempt.outcome, attempt.http_status = failure.outcome, failure.http_status or attempt.http_status
    attempt.words = f"{failure.words} {more}".strip()
    attempt.finished_at = finished
    attempt.save()
