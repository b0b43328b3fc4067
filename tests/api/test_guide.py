"""The guide is true: each command in it is run as it stands there, against the running server."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.fuzz.record import known_values, make_record

GUIDE = Path(__file__).parents[2] / "docs" / "api.md"
SITE = "http://127.0.0.1:8000"


def commands() -> list[str]:
    """The commands of the guide, one a line; a line that ends in a backslash goes on."""
    blocks = re.findall(r"```sh\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    lines = "\n".join(blocks).replace("\\\n", " ").splitlines()
    return [line for line in lines if line.strip() and not line.startswith("#")]


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
def test_every_command_of_the_guide_works(live_server: Any, tmp_path: Path) -> None:
    make_record()
    known = known_values()
    assert len(commands()) >= 10
    for command in commands():
        assert command.startswith("curl "), command
        asked = command.replace(SITE, live_server.url).replace("PABC2345", known["pledge"][0])
        done = subprocess.run(
            ["/bin/sh", "-c", f"{asked} --silent --show-error --fail --noproxy '*'"],
            cwd=tmp_path, capture_output=True, timeout=60, check=False,
        )  # fmt: skip
        assert done.returncode == 0, (command, done.stdout[-500:], done.stderr)
