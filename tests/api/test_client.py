"""A typed client, made from the description as a reader would make it, and used against the running server."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django.test import Client

from tests.api.making import ROOT
from tests.fuzz.record import make_record

NAME = "aid_and_sanctions_pledge_tracker_client"
CONFIG = {"post_hooks": [], "content_type_overrides": {"application/atom+xml": "application/octet-stream"}}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, django_db_blocker: Any) -> Iterator[Path]:
    """The folder of the client that was made."""
    folder = tmp_path_factory.mktemp("client")
    with django_db_blocker.unblock():
        schema = Client().get(f"{ROOT}schema/").json()
    (folder / "schema.json").write_text(json.dumps(schema))
    (folder / "config.yml").write_text(json.dumps(CONFIG))
    program = str(Path(sys.executable).with_name("openapi-python-client"))
    wanted = "--fail-on-warning --path schema.json --config config.yml --output-path made --meta none"
    command = [program, "generate", *wanted.split()]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (folder / "made").rename(folder / NAME)
    sys.path.insert(0, str(folder))
    yield folder / NAME
    sys.path.remove(str(folder))
    for name in [one for one in sys.modules if one.startswith(NAME)]:
        del sys.modules[name]


def way(tag: str, operation: str) -> ModuleType:
    return importlib.import_module(f"{NAME}.api.{tag}.{operation}")


@pytest.mark.django_db(transaction=True)
@pytest.mark.filterwarnings("ignore")
def test_a_client_made_from_the_description_reads_the_running_api(made: Path, live_server: Any) -> None:
    make_record()
    client = importlib.import_module(NAME).Client(base_url=live_server.url)
    models = importlib.import_module(f"{NAME}.models")
    page = way("pledges", "list_pledges").sync(client=client, donor=["IT"], page_size=2)
    assert (page.count, len(page.results)) == (5, 2)
    row = page.results[0]
    assert type(row).__name__ == "PledgeListed"
    record = way("pledges", "get_pledge").sync(public_id=row.id, client=client)
    assert (record.title, record.type_, record.eur) == (row.title, row.type_, row.eur)
    totals = way("totals", "get_totals").sync(client=client)
    assert totals.total.count >= 5
    assert totals.total.amount.central.replace(".", "").isdigit()
    measures = way("sanctions", "list_sanctions").sync(client=client, expand=[models.ListSanctionsExpandItem.STAGES])
    assert measures.results[0].steps[0].step == "impose"
    problem = way("pledges", "get_pledge").sync(public_id="P2222222", client=client)
    assert (type(problem).__name__, problem.status) == ("Problem", 404)
    (part,) = (
        way("pledges", "list_pledges")
        .sync(client=client, fields=[models.ListPledgesFieldsItem.ID], page_size=1)
        .results
    )
    assert (type(part).__name__, part.id) == ("PledgeListedPart", row.id)


def test_the_client_has_every_operation(made: Path) -> None:
    schema = json.loads((made.parent / "schema.json").read_text())
    operations = {ways["get"]["operationId"] for ways in schema["paths"].values()}
    files = {path.stem.replace("_", "") for path in (made / "api").rglob("*.py") if path.stem != "__init__"}
    assert {name.lower() for name in operations} == files
