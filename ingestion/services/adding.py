"""Articles that staff bring by hand: a text, or an address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError

from history.services import RecordState, keep_version, recording
from ingestion.addresses import AddressError, canonical_address
from ingestion.deciding import content_hash
from ingestion.fetching import FetchError, PostponedError
from ingestion.models import FetchAttempt, Outcome, Source
from ingestion.parsing import Entry, UnreadableError
from ingestion.parsing.entry import MAX_TEXT, RawEntry
from ingestion.parsing.entry import finish as finish_entry
from ingestion.services.sources import single_source
from ingestion.services.storing import Tally, note_addresses, store_entries
from ingestion.services.taking import Ask, Clock, finish, finish_failed, politely, take_page

PATIENCE_OF_STAFF = 5.0  # seconds that staff wait for a host's turn


@dataclass(frozen=True, slots=True)
class Added:
    """What became of an article that staff brought."""

    article_id: int
    revision_id: int | None  # of the words brought, if they were new
    known_before: bool  # whether the article was there already


class NotAddedError(Exception):
    """An address whose article could not be had; the text is a sentence for staff."""


def add_text(
    *,
    text: str,
    title: str = "",
    url: str = "",
    published_on: date | None = None,
    source_id: int | None = None,
    acting_user: AbstractBaseUser,
    now: datetime,
) -> Added:
    """Take a text that staff pasted. The same words or the same address again give the article that is there.

    Raises ``ValidationError`` with a sentence for each field that cannot be taken.
    """
    entry = _entry_of_text(title=title, text=text, url=url, published_on=published_on, now=now)
    with recording(action="article.add", acting_user=acting_user, now=now) as change:
        source = Source.objects.get(pk=source_id) if source_id else single_source(now=now)
        attempt = FetchAttempt.objects.create(
            source=source, url=entry.url, started_at=now, finished_at=now, entries=1, outcome=Outcome.NOTHING_NEW
        )
        tally = store_entries(source, [entry], attempt=attempt, now=now, by_hand=True)
        added = _added(tally)
        finish(attempt, tally, [f"Pasted by {acting_user.get_username()}."], finished=now)
        keep_version(change, _state(added.article_id, entry))
    return added


def _entry_of_text(*, title: str, text: str, url: str, published_on: date | None, now: datetime) -> Entry:
    errors: dict[str, str] = {}
    if len(text) > MAX_TEXT:
        errors["text"] = f"The text is longer than {MAX_TEXT:,} characters. Paste only the article."
    if url.strip():
        try:
            canonical_address(url)
        except AddressError as error:
            errors["url"] = str(error)
    if published_on and not date(1990, 1, 1) <= published_on <= now.date():
        errors["published_on"] = "The day of publication must lie between 1990 and today."
    day = datetime(published_on.year, published_on.month, published_on.day, tzinfo=UTC) if published_on else None
    entry = finish_entry(
        RawEntry(place="The text", title=title, text=text, url=url, published_at=day), now=now, remarks=[]
    )
    if isinstance(entry, str) or not text.strip():
        errors.setdefault("text", "There is no text. Paste the article's words.")
    if errors or isinstance(entry, str):
        raise ValidationError(errors)
    return entry


def add_address(url: str, *, acting_user: AbstractBaseUser, now: datetime, ask: Ask | None = None) -> Added:
    """Fetch the page at an address and take its article. ``ask`` fetches; by default politely, within five seconds.

    Raises ``ValidationError`` for an address that cannot be used and :class:`NotAddedError` if the page could not be
    fetched or read, or not now; the attempt row keeps the reason.
    """
    try:
        canonical = canonical_address(url)
    except AddressError as error:
        raise ValidationError({"url": str(error)}) from error
    source = single_source(now=now)
    attempt = FetchAttempt.objects.create(source=source, url=canonical, started_at=now)
    clock = Clock(now)
    try:
        page = take_page(url, ask=ask or politely(now=now, patience=PATIENCE_OF_STAFF), now=now)
        with recording(action="article.add", acting_user=acting_user, now=now) as change:
            tally = store_entries(source, [page.entry], attempt=attempt, now=now, by_hand=True, origin=page.keeper)
            added = _added(tally)
            note_addresses(added.article_id, [canonical])
            attempt.http_status, attempt.entries = page.status, 1
            words = [f"Entered by {acting_user.get_username()}.", *tally.remarks, *page.keeper.faults]
            finish(attempt, tally, words, finished=clock.read())
            keep_version(change, _state(added.article_id, page.entry))
    except PostponedError as error:
        finish_failed(attempt, error, now=now, finished=clock.read())
        raise NotAddedError(f"{error} Try again after {error.until:%H:%M} UTC.") from error
    except (FetchError, UnreadableError) as error:
        finish_failed(attempt, error, now=now, finished=clock.read())
        raise NotAddedError(str(error)) from error
    except NotAddedError as error:
        finish_failed(attempt, UnreadableError(str(error)), now=now, finished=clock.read())
        raise
    return added


def _added(tally: Tally) -> Added:
    if not tally.article_ids:
        raise NotAddedError(" ".join(tally.dropped) or "The article could not be stored.")
    revision_id = tally.revision_ids[0] if tally.revision_ids else None
    return Added(article_id=tally.article_ids[0], revision_id=revision_id, known_before=not tally.added)


def _state(article_id: int, entry: Entry) -> RecordState:
    kept = {"title": entry.title, "url": entry.url, "content_hash": content_hash(entry.title, entry.text)}
    return RecordState(kind="article", object_id=article_id, public_id="", state=kept, public=False)
