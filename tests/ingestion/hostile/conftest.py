"""A hostile server, a fetcher in a hurry, and a poll of what it serves."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from pytest_django import Settings

from ingestion import services
from ingestion.models import FetchAttempt
from tests.ingestion.conftest import NOW, MakeSource
from tests.ingestion.hostile.attacks import (
    MOST,
)
from tests.ingestion.hostile.server import (
    HostileServer,
)


@pytest.fixture(scope="module")
def server() -> Iterator[HostileServer]:
    """The hostile server."""
    opened = HostileServer()
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def encrypted() -> Iterator[HostileServer]:
    """A server whose certificate nobody signed."""
    opened = HostileServer(encrypted=True)
    yield opened
    opened.close()


@pytest.fixture(autouse=True)
def hurried(settings: Settings, db: None) -> None:
    """Loopback is let in, and a fetch has little time and room."""
    settings.FETCH_ALLOW_LOOPBACK = True
    settings.FETCH_TIMEOUT_SECONDS = 0.8
    settings.FETCH_MAX_BYTES = MOST


@pytest.fixture
def poll(make_source: MakeSource) -> Callable[..., FetchAttempt]:
    """Polls a new source; its attempt."""

    def do(address: str, **values: object) -> FetchAttempt:
        source = make_source(address, **values)
        result = services.poll_source(source.pk, now=NOW)
        assert result is not None
        return FetchAttempt.objects.get(pk=result.attempt_id)

    return do
