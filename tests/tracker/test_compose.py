"""The compose file: well-formed, without a password, and its services' commands work with its environment."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
import redis
import yaml

from tests.launcher import ROOT, Running, alive, free_port

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = ("setup", "web", "worker", "beat")
TOTALS = "/api/v1/totals/?group_by=donor,type&currency=EUR"
NEEDED = {
    "POSTGRES_PASSWORD": "not-used-here",
    "SECRET_KEY": "only-for-this-test-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEF",
    "ALLOWED_HOSTS": "tracker.example.org",
    "CONTACT_ADDRESS": "https://tracker.example.org/about",
}


def filled_in(value: object, given: dict[str, str]) -> str:
    """A value of the compose file with ``${NAME:-default}`` and ``${NAME:?words}`` filled in, as compose does."""

    def one(match: re.Match[str]) -> str:
        name, sign, rest = match.groups()
        if given.get(name):
            return given[name]
        if sign == ":-":
            return rest
        raise KeyError(f"{name} is not set: {rest}")

    return re.sub(r"\$\{([A-Z_]+)(:-|:\?)([^}]*)\}", one, str(value))


def test_it_is_valid_by_the_compose_schema() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", "docker-compose.yml"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def test_each_lasting_service_has_a_health_check_and_no_root_user() -> None:
    lasting = {name: service for name, service in SERVICES.items() if name != "setup"}
    assert set(lasting) == {"web", "worker", "beat", "postgres", "redis"}
    assert [name for name, service in lasting.items() if "test" not in service.get("healthcheck", {})] == []
    assert [name for name, service in SERVICES.items() if str(service["user"]).split(":")[0] in {"", "0", "root"}] == []


def test_what_has_to_last_is_kept_in_named_volumes() -> None:
    mounted = {volume.split(":")[0] for service in SERVICES.values() for volume in service.get("volumes", [])}
    assert mounted == set(COMPOSE["volumes"])


@pytest.mark.parametrize("name", sorted(NEEDED))
def test_a_secret_that_is_not_given_stops_it_with_a_sentence(name: str) -> None:
    given = {other: value for other, value in NEEDED.items() if other != name}
    everything = [value for service in SERVICES.values() for value in service.get("environment", {}).values()]
    with pytest.raises(KeyError, match=f"{name} is not set: Set {name} in .env"):
        [filled_in(value, given) for value in everything]


def test_no_secret_is_written_in_the_file() -> None:
    secret = re.compile(r"PASSWORD|SECRET|TOKEN")
    for service in SERVICES.values():
        for name, value in service.get("environment", {}).items():
            if secret.search(name):
                assert str(value).startswith("${"), name


def test_the_folder_of_the_image_holds_every_room() -> None:
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    rooms = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests", "benchmarks"}
    assert rooms <= {line.removeprefix("!") for line in ignored if line.startswith("!")}


@pytest.fixture(scope="module")
def own_database() -> Iterator[str]:
    """A fresh database on the PostgreSQL of DATABASE_URL; its address."""
    server = urlsplit(os.environ["DATABASE_URL"])
    name = f"compose_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(urlunsplit(server._replace(path="/postgres")), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        yield urlunsplit(server._replace(path=f"/{name}"))
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="module")
def own_redis() -> Iterator[str]:
    """An empty database on the Redis of REDIS_URL; its address."""
    server = urlsplit(os.environ["REDIS_URL"])
    for number in range(15, 0, -1):
        address = urlunsplit(server._replace(path=f"/{number}"))
        with redis.Redis.from_url(address) as client:
            # The claim keeps it from another run of the tests that looks for one at the same time.
            if client.dbsize() == 0 and client.set("claimed-by-tests", os.getpid(), nx=True):
                yield address
                client.flushdb()
                return
    pytest.fail("No database of this Redis is empty, so none can be used.")


class Natively:
    """The services of the compose file as processes of this machine."""

    def __init__(self, folder: Path, database: str, broker: str) -> None:
        self.folder, self.port, self.running = folder, free_port(), dict[str, Running]()
        self.instead = {
            "DATABASE_URL": database,
            "REDIS_URL": broker,
            "DATA_DIR": str(folder / "data"),
            "BIND_ADDRESS": "127.0.0.1",
            "PORT": str(self.port),
        }

    def environment(self, name: str) -> dict[str, str]:
        """What the file says, with the addresses of this machine."""
        given = {**NEEDED, "LOAD_SAMPLE": "1"}
        written = {key: filled_in(value, given) for key, value in SERVICES[name]["environment"].items()}
        assert set(self.instead) <= set(written)
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        return {"PATH": path, "HOME": str(self.folder), "ENV_FILE": "", **written, **self.instead}

    def run(self, name: str, command: list[str]) -> subprocess.CompletedProcess[str]:
        """Run a command of a service to its end."""
        return subprocess.run(
            command, cwd=ROOT, env=self.environment(name), capture_output=True, text=True, timeout=180, check=False
        )

    def start(self, name: str) -> Running:
        """Start a service by its command."""
        command = SERVICES[name]["command"]
        self.running[name] = Running(command, self.environment(name), self.folder / f"{name}.log")
        return self.running[name]

    def health(self, name: str) -> subprocess.CompletedProcess[str]:
        """Run the health check of a service."""
        kind, *command = SERVICES[name]["healthcheck"]["test"]
        assert kind == "CMD"
        return self.run(name, [word.replace(":8000/", f":{self.port}/") for word in command])


@pytest.fixture(scope="module")
def site(own_database: str, own_redis: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Natively]:
    """Setup has run and web, worker and beat are up."""
    natively = Natively(tmp_path_factory.mktemp("compose"), own_database, own_redis)
    done = natively.run("setup", SERVICES["setup"]["command"])
    assert done.returncode == 0, done.stdout + done.stderr
    assert "shown only this once" in done.stdout
    with contextlib.ExitStack() as stack:
        for name in ("web", "worker", "beat"):
            stack.callback(natively.start(name).end)
        natively.running["web"].wait_until("/readyz")
        yield natively


@pytest.mark.services
def test_the_running_site_gives_totals(site: Natively) -> None:
    status, body = site.running["web"].get(TOTALS, host="tracker.example.org", https=True)
    assert status == 200, body
    italy = next(row for row in json.loads(body)["results"] if row["donor"]["code"] == "IT")
    assert (italy["type"], italy["amount"]["central"]) == ("financial", "110000000.00")


@pytest.mark.services
def test_the_health_checks_pass(site: Natively) -> None:
    for name in ("web", "worker", "beat"):
        done = site.health(name)
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.services
def test_the_site_answers_to_its_own_name_and_over_https_only(site: Natively) -> None:
    web = site.running["web"]
    assert web.get("/api/v1/", host="elsewhere.example.org", https=True)[0] == 400
    assert web.get("/api/v1/", host="tracker.example.org")[0] == 301


@pytest.mark.services
def test_static_files_are_gathered_and_carry_a_hash(site: Natively) -> None:
    web = site.running["web"]
    page = web.get("/", host="tracker.example.org", https=True)[1]
    (style,) = re.findall(r'href="(/static/tracker/home\.[0-9a-f]+\.css)"', page)
    assert web.get(style, host="tracker.example.org", https=True)[0] == 200


@pytest.mark.services
def test_every_service_stops_when_asked_and_leaves_no_process(site: Natively) -> None:
    families = {name: running.family() for name, running in site.running.items()}
    codes = {name: running.stop(signal.SIGTERM) for name, running in site.running.items()}
    assert codes == {"web": 0, "worker": 0, "beat": 0}
    assert not set.union(*families.values()) & alive()
