"""Staff's changes to sources. Each is one numbered change in history."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypedDict, Unpack

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError

from history.services import RecordState, keep_version, recording
from ingestion import local_files
from ingestion.addresses import AddressError, parse_address
from ingestion.fetching import FetchError
from ingestion.models import NoticeKind, Source, SourceKind, SourceState
from ingestion.parsing import BadSelectorError, parse_selector
from ingestion.services.notices import end_notice
from ingestion.services.weighing import source_speaks

SINGLE_NAME = "Single addresses and pasted texts"
LEAST_SECONDS = 30
MOST_SECONDS = 30 * 86_400
DEFAULT_FLOOR = 900
DEFAULT_CEILING = 21_600
EXPECTATIONS = ("articles_week_least", "articles_week_most", "findings_month_least", "findings_month_most")
FIELDS = ("name", "url", "link_selector", "publisher", "official", "fetch_pages", "poll_floor", "poll_ceiling")


class SourceValues(TypedDict, total=False):
    """What staff may say of a source beside its name, its kind and its address; what is left out has its default."""

    link_selector: str
    publisher: str
    official: bool
    fetch_pages: bool
    poll_floor: int  # seconds
    poll_ceiling: int  # seconds
    articles_week_least: int | None
    articles_week_most: int | None
    findings_month_least: int | None
    findings_month_most: int | None


def _complete(values: SourceValues) -> SourceValues:
    floor = values.get("poll_floor", DEFAULT_FLOOR)
    return {
        "link_selector": values.get("link_selector", "").strip(),
        "publisher": values.get("publisher", "").strip(),
        "official": values.get("official", False),
        "fetch_pages": values.get("fetch_pages", False),
        "poll_floor": floor,
        "poll_ceiling": values.get("poll_ceiling", max(floor, DEFAULT_CEILING)),
        "articles_week_least": values.get("articles_week_least"),
        "articles_week_most": values.get("articles_week_most"),
        "findings_month_least": values.get("findings_month_least"),
        "findings_month_most": values.get("findings_month_most"),
    }


def check_source(*, kind: str, url: str, **values: Unpack[SourceValues]) -> None:
    """Whether a source with these values can work. Raises ``ValidationError`` with a sentence for each field."""
    given = _complete(values)
    errors: dict[str, str] = {}
    if kind == SourceKind.SINGLE:
        if url:
            errors["url"] = "A source for single addresses and pasted texts has no address of its own; leave it empty."
    elif fault := _address_fault(kind, url):
        errors["url"] = fault
    if fault := _selector_fault(kind, given["link_selector"]):
        errors["link_selector"] = fault
    if given["fetch_pages"] and kind != SourceKind.FEED:
        errors["fetch_pages"] = "This is for feeds alone: of sitemaps and index pages the pages are fetched anyway."
    errors |= _pace_faults(given) | _expectation_faults(given)
    if errors:
        raise ValidationError(errors)


def _pace_faults(given: SourceValues) -> dict[str, str]:
    bounds = f"Give a number of seconds from {LEAST_SECONDS} to {MOST_SECONDS:,} (thirty days)."
    faults = {
        field: bounds
        for field, seconds in (("poll_floor", given["poll_floor"]), ("poll_ceiling", given["poll_ceiling"]))
        if not LEAST_SECONDS <= seconds <= MOST_SECONDS
    }
    if not faults and given["poll_ceiling"] < given["poll_floor"]:
        faults["poll_ceiling"] = "The longest pause between two polls is shorter than the shortest one."
    return faults


def _expectation_faults(given: SourceValues) -> dict[str, str]:
    faults: dict[str, str] = {}
    for least, most, field in (
        (given["articles_week_least"], given["articles_week_most"], "articles_week_most"),
        (given["findings_month_least"], given["findings_month_most"], "findings_month_most"),
    ):
        if least is not None and most is not None and most < least:
            faults[field] = "The most that is expected is less than the least."
    return faults


def _selector_fault(kind: str, selector: str) -> str:
    if kind != SourceKind.INDEX:
        return "Only an index page has a selector for its links; leave it empty." if selector else ""
    if not selector:
        return "Say which links lead to articles, as a CSS selector: main h2 a"
    try:
        parse_selector(selector)
    except BadSelectorError as error:
        return str(error)
    return ""


def _address_fault(kind: str, url: str) -> str:
    if not url.strip():
        return "Give the address of the feed, or a path below the folder for local sources."
    try:
        if local_files.is_local(url):
            if kind in {SourceKind.SITEMAP, SourceKind.INDEX}:
                return "Sitemaps and index pages are read from the web: give an address that begins with https://."
            local_files.locate(url)
        elif kind == SourceKind.FOLDER:
            return "A folder is on this machine: give its path below the folder for local sources."
        else:
            parse_address(url)
    except (AddressError, FetchError) as error:
        return str(error)
    return ""


def create_source(
    *,
    name: str,
    kind: str,
    url: str = "",
    acting_user: AbstractBaseUser | None = None,
    job: str = "",
    now: datetime,
    **values: Unpack[SourceValues],
) -> Source:
    """Add a source; it is due at once. Raises ``ValidationError``."""
    url = url.strip()
    check_source(kind=kind, url=url, **values)
    _check_name(name, other_than=None)
    with recording(action="source.create", acting_user=acting_user, job=job, now=now) as change:
        source = Source.objects.create(name=name.strip(), kind=kind, url=url, created_at=now, **_complete(values))
        keep_version(change, state_of_source(source))
    return source


def change_source(
    source_id: int,
    *,
    name: str,
    url: str,
    acting_user: AbstractBaseUser,
    now: datetime,
    **values: Unpack[SourceValues],
) -> Source:
    """Change a source. A new address makes it due at once and forgets what was learnt of the old one."""
    with recording(action="source.change", acting_user=acting_user, now=now) as change:
        source = Source.objects.select_for_update().get(pk=source_id)
        url = url.strip()
        check_source(kind=source.kind, url=url, **values)
        _check_name(name, other_than=source_id)
        if url != source.url:
            source.etag = source.last_modified = source.former_url = ""
            source.claimed_until = source.next_poll_at = source.moved_at = None
            source.failures = source.hard_failures = 0
        was_official = source.official
        source.name, source.url = name.strip(), url
        for field, value in _complete(values).items():
            setattr(source, field, value)
        if source.poll_interval is not None:
            source.poll_interval = min(max(source.poll_interval, source.poll_floor), source.poll_ceiling)
        source.save()
        if source.official != was_official:
            source_speaks(source_id, officially=source.official)
        keep_version(change, state_of_source(source))
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
            source.next_poll_at, source.failures, source.hard_failures = now, 0, 0
        source.save(update_fields=["state", "next_poll_at", "failures", "hard_failures"])
        keep_version(change, state_of_source(source))
        if state != SourceState.FAILING:
            end_notice(NoticeKind.PAUSED, source_id=source_id, now=now)  # staff have seen to it
    return source


def single_source(*, now: datetime) -> Source:
    """The source of what staff enter by hand; made on first use."""
    source, _made = Source.objects.get_or_create(
        name=SINGLE_NAME, defaults={"kind": SourceKind.SINGLE, "created_at": now}
    )
    return source


def state_of_source(source: Source) -> RecordState:
    """A source as history keeps it."""
    kept: dict[str, Any] = {name: getattr(source, name) for name in ("kind", "state", *FIELDS, *EXPECTATIONS)}
    return RecordState(kind="source", object_id=source.pk, public_id="", state=kept, public=False)
