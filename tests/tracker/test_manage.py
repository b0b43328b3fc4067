"""The command line in a checkout whose environment says nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.launcher import ROOT

TEXT = "Norway will give Ukraine 12 million euros in humanitarian aid, the foreign ministry said on Monday."


def manage(*arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    bare = {"PATH": os.environ["PATH"], "ENV_FILE": "", **env}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT, env=bare, input=TEXT, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def test_reading_a_text_needs_no_settings_and_leaves_nothing_behind(tmp_path: Path) -> None:
    done = manage("extract", DATA_DIR=str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["findings"][0]["donors"] == ["NO"]
    assert list(tmp_path.iterdir()) == []


def test_a_missing_setting_is_a_sentence_and_no_traceback() -> None:
    done = manage("migrate")
    assert done.returncode == 1
    assert "SECRET_KEY is not set" in done.stderr
    assert "Traceback" not in done.stderr
