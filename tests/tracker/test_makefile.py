"""`make`: what is missing is said in a sentence, and nothing is installed twice."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.launcher import ROOT


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A folder with what the Makefile reads, and no virtual environment."""
    for name in ("Makefile", "requirements.txt", "requirements-dev.txt"):
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def make(folder: Path, *words: str) -> tuple[int, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    done = subprocess.run(
        ["make", *words], cwd=folder, env=kept, capture_output=True, text=True, timeout=60, check=False
    )
    return done.returncode, done.stdout + done.stderr


def a_python_that_fails_at(folder: Path, words: str) -> Path:
    """An interpreter like this one, but for code in which these words stand."""
    script = folder / "python"
    script.write_text(f'#!/bin/sh\ncase "$*" in *"{words}"*) exit 1;; esac\nexec "{sys.executable}" "$@"\n')
    script.chmod(0o755)
    return script


@pytest.mark.parametrize(
    ("failing", "sentence"),
    [
        ("import venv", "This Python has no venv module. Install it"),
        ("version_info", "The tracker needs Python 3.11, 3.12 or 3.13"),
        ("-m venv", "The virtual environment could not be made"),
    ],
)
def test_a_python_that_will_not_do_is_told_with_the_mend(copy: Path, failing: str, sentence: str) -> None:
    code, words = make(copy, "run", f"PYTHON={a_python_that_fails_at(copy, failing)}")
    assert code != 0
    assert sentence in words
    assert not (copy / ".venv").exists()


def test_no_python_at_all_is_told_with_the_mend(copy: Path) -> None:
    code, words = make(copy, "run", "PYTHON=")
    assert code != 0
    assert "No Python 3.11, 3.12 or 3.13 was found. Install one" in words


def test_packages_are_installed_again_only_when_the_list_has_changed(copy: Path) -> None:
    python = copy / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.touch(mode=0o755)
    stamp = copy / ".venv" / ".runtime"
    stamp.touch()
    assert "pip install" not in make(copy, "--dry-run", "run")[1]
    later = stamp.stat().st_mtime + 10
    os.utime(copy / "requirements.txt", (later, later))
    assert "pip install" in make(copy, "--dry-run", "run")[1]


def test_an_environment_whose_python_is_gone_is_made_again_with_its_packages(copy: Path) -> None:
    maker = copy / "maker"
    maker.write_text(
        '#!/bin/sh\ncase "$*" in "-m venv --clear .venv") mkdir -p .venv/bin && cp "$0" .venv/bin/python;; esac\n'
    )
    maker.chmod(0o755)
    words = [".venv/.runtime", f"PYTHON={maker}"]
    assert "Installing what the tracker runs on" in make(copy, *words)[1]
    assert "Installing" not in make(copy, *words)[1]
    (copy / ".venv" / "bin" / "python").unlink()
    code, output = make(copy, *words)
    assert code == 0
    assert "Making .venv" in output
    assert "Installing what the tracker runs on" in output
