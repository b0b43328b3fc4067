"""The environment: every variable is listed, and a wrong one is answered with its name and what to write."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from tests.launcher import ROOT, environment
from tracker import env

READERS = {"flag", "whole_number", "seconds", "text", "words", "choice", "days"}
LISTED = re.findall(r"^#?([A-Z_]+)=(.*)$", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE)


def read_by_the_code() -> set[str]:
    """The variables that the code asks the environment for, by name."""
    found = set()
    for path in [*(ROOT / "tracker").rglob("*.py"), ROOT / "gunicorn.conf.py"]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                called = node.func
                name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
                from_env = name in READERS or ast.unparse(called) in {"os.environ.get", "env.str"}
                if from_env and re.fullmatch(r"[A-Z][A-Z_]+", str(node.args[0].value)):
                    found.add(str(node.args[0].value))
    return found


def read_by_compose() -> set[str]:
    """The variables that the compose file takes from ``.env``."""
    return set(re.findall(r"\$\{([A-Z_]+)", (ROOT / "docker-compose.yml").read_text(encoding="utf-8")))


def settings_with(tmp_path: Path, **wanted: str) -> subprocess.CompletedProcess[str]:
    """What ``manage.py check`` says under these variables alone."""
    return subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT,
        env=environment(tmp_path, **wanted),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_example_lists_every_variable_that_is_read_and_no_other() -> None:
    assert {name for name, _ in LISTED} == read_by_the_code() | read_by_compose()


def test_the_example_lists_each_variable_once() -> None:
    assert len(LISTED) == len(dict(LISTED))


def test_the_example_with_every_line_taken_is_a_valid_environment(tmp_path: Path) -> None:
    file = tmp_path / "taken.env"
    file.write_text("".join(f"{name}={value}\n" for name, value in LISTED if value) + "SECRET_KEY=only-for-this\n")
    done = settings_with(tmp_path, ENV_FILE=str(file), LOCAL_SOURCES_ROOT=str(ROOT / "sample"))
    assert done.returncode == 0, done.stderr[-2000:]


def test_the_environment_goes_before_the_file(tmp_path: Path) -> None:
    file = tmp_path / "other.env"
    file.write_text("TRACKER_LOCAL=perhaps\n")
    assert settings_with(tmp_path, ENV_FILE=str(file), TRACKER_LOCAL="1").returncode == 0
    assert "TRACKER_LOCAL is 'perhaps'" in settings_with(tmp_path, ENV_FILE=str(file)).stderr


def test_the_tests_read_no_env_file() -> None:
    assert os.environ["ENV_FILE"] == ""


@pytest.mark.parametrize(
    ("reader", "value", "sentence"),
    [
        (lambda: env.flag("TRIED", default=False), "perhaps", "TRIED is 'perhaps'; write 1 for yes or 0 for no."),
        (lambda: env.whole_number("TRIED", default=1, least=1), "0", "TRIED is '0'; write a whole number"),
        (lambda: env.whole_number("TRIED", default=1), "٣", "write a whole number"),
        (lambda: env.days("TRIED", default=""), "UA=24.2.2022", "TRIED is 'UA=24.2.2022'; write codes with a day each"),
        (lambda: env.choice("TRIED", default="A", allowed=("A", "B")), "c", "TRIED is 'c'; write one of A, B."),
    ],
)  # fmt: skip
def test_a_malformed_variable_is_named(
    monkeypatch: pytest.MonkeyPatch, reader: object, value: str, sentence: str
) -> None:
    monkeypatch.setenv("TRIED", value)
    assert callable(reader)
    with pytest.raises(ImproperlyConfigured) as caught:
        reader()
    assert sentence in str(caught.value)


def test_an_empty_variable_counts_as_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIED", "")
    assert env.flag("TRIED", default=True)
    assert env.whole_number("TRIED", default=7) == 7
    assert env.words("TRIED", default=["a"]) == ["a"]
