"""What all tests share: which are skipped and why, and no way out into the network."""

from __future__ import annotations

import ipaddress
import os
import shutil
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.launcher import Running, started

ON_SERVICES = os.environ.get("DATABASE_URL", "").startswith("postgres") and bool(os.environ.get("REDIS_URL"))
CHROMIUM = os.environ.get("CHROMIUM") or next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
MISSING = {
    "services": None if ON_SERVICES else "needs PostgreSQL and Redis: set DATABASE_URL and REDIS_URL",
    "browser": None if CHROMIUM else "needs Chromium: install it, or set CHROMIUM to where it is",
    "real_data": None if os.environ.get("REAL_DATA") else "needs real data: set REAL_DATA to its folder",
}


DATABASE_FIXTURES = {"db", "transactional_db", "django_db_setup"}


def pytest_addoption(parser: pytest.Parser) -> None:
    """For a second run on other services: what needs none of them would only say the same again."""
    parser.addoption(
        "--touching-services",
        action="store_true",
        help="run only the tests that touch a database, a broker or processes of the tracker",
    )


def _touches_services(item: pytest.Item) -> bool:
    names = set(getattr(item, "fixturenames", ()))
    marked = any(item.get_closest_marker(mark) for mark in ("django_db", "services", "browser"))
    return marked or bool(names & DATABASE_FIXTURES) or item.path.parent.name in {"chain", "tracker"}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip what cannot run here, with the reason; where everything has to run, refuse to go on without it."""
    if config.getoption("--touching-services"):
        left_out = [item for item in items if not _touches_services(item)]
        items[:] = [item for item in items if _touches_services(item)]
        config.hook.pytest_deselected(items=left_out)
    if os.environ.get("CI") == "true" and (lacking := _lacking_in_ci()):
        raise pytest.UsageError(f"CI=true asks for every test, but: {lacking}.")
    for item in items:
        for mark, reason in MISSING.items():
            if reason and item.get_closest_marker(mark):
                item.add_marker(pytest.mark.skip(reason=reason))


def _lacking_in_ci() -> str:
    """Real data and a browser are always there in CI; PostgreSQL and Redis are either both meant or both not."""
    half = any(os.environ.get(name) for name in ("DATABASE_URL", "REDIS_URL")) and not ON_SERVICES
    wanted = ["real_data", "browser", "services"] if half else ["real_data", "browser"]
    return "; ".join(filter(None, (MISSING[mark] for mark in wanted)))


def _inside(host: object) -> bool:
    name = host.decode() if isinstance(host, bytes) else str(host)
    own = {urlsplit(os.environ.get(variable, "")).hostname for variable in ("DATABASE_URL", "REDIS_URL")}
    if name in {"", "None", "localhost", *own}:
        return True
    try:
        return ipaddress.ip_address(name.partition("%")[0]).is_loopback
    except ValueError:
        return False


def _literal(host: object) -> bool:
    try:
        ipaddress.ip_address(host.decode() if isinstance(host, bytes) else str(host))
    except ValueError:
        return False
    return True


@pytest.fixture(autouse=True, scope="session")
def no_way_out() -> Iterator[None]:
    """Connections reach this machine only, and names of other machines are not looked up."""
    connect, look_up = socket.socket.connect, socket.getaddrinfo

    def guarded_connect(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not _inside(address[0]):
            raise OSError(f"A test tried to reach {address[0]}: tests use no network.")
        connect(self, address)

    def guarded_look_up(host: Any, *args: Any, **kwargs: Any) -> Any:
        if not _inside(host) and not _literal(host):
            raise socket.gaierror(socket.EAI_NONAME, f"A test tried to look up {host}: tests use no network.")
        return look_up(host, *args, **kwargs)

    patch = pytest.MonkeyPatch()
    patch.setattr(socket.socket, "connect", guarded_connect)
    patch.setattr(socket, "getaddrinfo", guarded_look_up)
    yield
    patch.undo()


@pytest.fixture(scope="session")
def launch() -> Iterator[Callable[..., Running]]:
    """Starts the tracker embedded: ``launch(folder, NAME="value")``; all are ended with the run of the tests."""
    with ExitStack() as stack:

        def start(folder: Path, **wanted: str) -> Running:
            return stack.enter_context(started(folder, **wanted))

        yield start
