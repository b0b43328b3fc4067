"""Checks of the settings, each with an id and the mend. Those marked for deployment run with ``check --deploy``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register


@register(Tags.files)
def local_sources(**_: Any) -> list[CheckMessage]:
    """The folder for local sources exists."""
    root = Path(settings.LOCAL_SOURCES_ROOT)
    if root.is_dir():
        return []
    return [
        Error(
            f"The folder for local sources, {root}, does not exist.",
            hint="Make it, or set LOCAL_SOURCES_ROOT to a folder that exists.",
            id="tracker.E001",
        )
    ]


@register(Tags.security, deploy=True)
def local_mode(**_: Any) -> list[CheckMessage]:
    """Local mode is for a laptop."""
    if not settings.LOCAL:
        return []
    return [
        Error(
            "TRACKER_LOCAL is on: this is the mode for a laptop.",
            hint="Unset TRACKER_LOCAL, and set SECRET_KEY and ALLOWED_HOSTS.",
            id="tracker.E002",
        )
    ]


@register(Tags.security, deploy=True)
def fetching_inside(**_: Any) -> list[CheckMessage]:
    """Sources may not lead the fetcher to machines inside of the network."""
    if not settings.FETCH_ALLOW_LOOPBACK:
        return []
    return [
        Error(
            "FETCH_ALLOW_LOOPBACK is on: a source could read what this machine shows only to itself.",
            hint="Unset FETCH_ALLOW_LOOPBACK; it is for tests and for trying things out.",
            id="tracker.E003",
        )
    ]


@register(Tags.security, deploy=True)
def allowed_hosts(**_: Any) -> list[CheckMessage]:
    """The site knows its own name."""
    if not settings.ALLOWED_HOSTS:
        return [
            Error(
                "ALLOWED_HOSTS is empty: the site would answer every request with 400.",
                hint="Set ALLOWED_HOSTS to its host names, separated by commas.",
                id="tracker.E004",
            )
        ]
    if "*" in settings.ALLOWED_HOSTS:
        return [
            Warning(
                "ALLOWED_HOSTS allows every name.",
                hint="Set ALLOWED_HOSTS to the host names of the site, separated by commas.",
                id="tracker.W005",
            )
        ]
    return []


@register(Tags.security, deploy=True)
def contact(**_: Any) -> list[CheckMessage]:
    """Publishers can learn who reads their feeds."""
    if settings.CONTACT_ADDRESS != settings.NO_CONTACT:
        return []
    return [
        Warning(
            "CONTACT_ADDRESS is not set: publishers cannot tell who reads their feeds.",
            hint="Set CONTACT_ADDRESS to a web page or a mail address.",
            id="tracker.W006",
        )
    ]


@register(Tags.security, deploy=True)
def mail_server(**_: Any) -> list[CheckMessage]:
    """Mail to staff has a server that takes it."""
    if not settings.STAFF_MAIL or settings.EMAIL_URL_GIVEN:
        return []
    return [
        Warning(
            "STAFF_MAIL is set and EMAIL_URL is not: mail goes to a mail server on this very machine.",
            hint="Set EMAIL_URL to your mail server, for example smtp+tls://user:password@host:587.",
            id="tracker.W007",
        )
    ]
