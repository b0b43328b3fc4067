"""Staff's changes to sources. Each is one numbered change in history."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError

from history.services import RecordState, keep_version, recording
from ingestion import local_files
from ingestion.addresses import AddressError, parse_address
from ingestion.fetching import FetchError
from ingestion.models import Source, SourceKind, SourceState

SINGLE_NAME = "Single addresses and pasted texts"
LEAST_SECONDS = 30
MOST_SECONDS = 7 * 86_400


def check_source(*, kind: str, url: str, poll_floor: int, fetch_pages: bool = False) -> None:
    """Whether a source with these values can work. Raises ``ValidationError`` with a sentence for each field."""
    errors: dict[str, str] = {}
    if kind == SourceKind.SINGLE:
        if url:
            errors["url"] = "A source for single addresses and pasted texts has no address of its own; leave it empty."
    elif fault := _address_fault(kind, url):
        errors["url"] = fault
    if not LEAST_SECONDS <= poll_floor <= MOST_SECONDS:
        errors["poll_floor"] = f"Give a number of seconds from {LEAST_SECONDS} to {MOST_SECONDS:,} (a week)."
    if fetch_pages and kind != SourceKind.FEED:
        errors["fetch_pages"] = "Only a feed can have its articles' pages fetched; leave this unticked."
    if errors:
        raise ValidationError(errors)


def _address_fault(kind: str, url: str) -> str:
    if not url.strip():
        return "Give the address of the feed, or a path below the folder for local sources."
    try:
        if not local_files.is_local(url):
            if kind == SourceKind.FOLDER:
                return "A folder is on this machine: give its path below the folder for local sources."
            parse_address(url)
        else:
            local_files.locate(url)
    except (AddressError, FetchError) as error:
        return str(error)
    return ""


def create_source(
    *,
    name: str,
    kind: str,
    url: str = "",
    publisher: str = "",
    official: bool = False,
    fetch_pages: bool = False,
    poll_floor: int = 1800,
    acting_user: AbstractBaseUser | None = None,
    job: str = "",
    now: datetime,
) -> Source:
    """Add a source; it is due at once. Raises ``ValidationError``."""
    url = url.strip()
    check_source(kind=kind, url=url, poll_floor=poll_floor, fetch_pages=fetch_pages)
    _check_name(name, other_than=None)
    with recording(action="source.create", acting_user=acting_user, job=job, now=now) as change:
        source = Source.objects.create(
            name=name.strip(),
            kind=kind,
            url=url,
            publisher=publisher.strip(),
            official=official,
            fetch_pages=fetch_pages,
            poll_floor=poll_floor,
            created_at=now,
        )
        keep_version(change, _state(source))
    return source


def change_source(
    source_id: int,
    *,
    name: str,
    url: str,
    publisher: str,
    official: bool,
    fetch_pages: bool,
    poll_floor: int,
    acting_user: AbstractBaseUser,
    now: datetime,
) -> Source:
    """Change a source. A new address makes it due at once and forgets the old one's validators."""
    with recording(action="source.change", acting_user=acting_user, now=now) as change:
        source = Source.objects.select_for_update().get(pk=source_id)
        url = url.strip()
        check_source(kind=source.kind, url=url, poll_floor=poll_floor, fetch_pages=fetch_pages)
        _check_name(name, other_than=source_id)
        if url != source.url:
            source.etag = source.last_modified = ""
            source.claimed_until = source.next_poll_at = None
            source.failures = 0
        source.name, source.url, source.publisher = name.strip(), url, publisher.strip()
        source.official, source.fetch_pages, source.poll_floor = official, fetch_pages, poll_floor
        source.save(
            update_fields=[
                *("name", "url", "publisher", "official", "fetch_pages", "poll_floor"),
                *("etag", "last_modified", "claimed_until", "next_poll_at", "failures"),
            ]
        )
        keep_version(change, _state(source))
    return source


def _check_name(name: str, *, other_than: int | None) -> None:
    if not name.strip():
        raise ValidationError({"name": "Give the source a name."})
    namesakes = Source.objects.filter(name=name.strip())
    if other_than is not None:
        namesakes = namesakes.exclude(pk=other_than)
    if namesakes.exists():
        raise ValidationError({"name": f"There is a source named {name.strip()} already. Choose another name."})


def pause_source(source_id: int, *, acting_user: AbstractBaseUser, now: datetime) -> Source:
    """Stop polling a source until staff resume it."""
    return _set_state(source_id, SourceState.PAUSED, "source.pause", acting_user=acting_user, now=now)


def resume_source(source_id: int, *, acting_user: AbstractBaseUser, now: datetime) -> Source:
    """Poll a source again, from now on, with its failures forgotten."""
    return _set_state(source_id, SourceState.ACTIVE, "source.resume", acting_user=acting_user, now=now)


def request_fetch(source_id: int, *, acting_user: AbstractBaseUser, now: datetime) -> Source:
    """Make a source due now. The caller enqueues the poll; if that is lost, the schedule finds it due.

    Raises ``ValidationError`` if it cannot be polled.
    """
    source = Source.objects.get(pk=source_id)
    if source.kind == SourceKind.SINGLE:
        raise ValidationError(f"{source.name} is not polled: its articles are entered by hand.")
    if source.state == SourceState.PAUSED:
        raise ValidationError(f"{source.name} is paused. Resume it first.")
    return _set_state(source_id, SourceState.ACTIVE, "source.fetch_now", acting_user=acting_user, now=now)


def _set_state(
    source_id: int, state: SourceState, action: str, *, acting_user: AbstractBaseUser, now: datetime
) -> Source:
    with recording(action=action, acting_user=acting_user, now=now) as change:
        source = Source.objects.select_for_update().get(pk=source_id)
        source.state = state
        if state == SourceState.ACTIVE:
            source.next_poll_at, source.failures = now, 0
        source.save(update_fields=["state", "next_poll_at", "failures"])
        keep_version(change, _state(source))
    return source


def single_source(*, now: datetime) -> Source:
    """The source of what staff enter by hand; made on first use."""
    source, _made = Source.objects.get_or_create(
        name=SINGLE_NAME, defaults={"kind": SourceKind.SINGLE, "created_at": now}
    )
    return source


def _state(source: Source) -> RecordState:
    kept: dict[str, Any] = {
        name: getattr(source, name)
        for name in ("name", "kind", "url", "publisher", "official", "state", "fetch_pages", "poll_floor")
    }
    return RecordState(kind="source", object_id=source.pk, public_id="", state=kept, public=False)
