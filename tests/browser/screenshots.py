"""Pictures of every screen, in both themes and two widths: ``make screenshots``, or this module with ``--help``.

Starts the tracker with its sample and a made-up world in a folder that goes away, logs in as each group that is needed,
and writes one PNG for each screen, theme and width into ``screenshots/``, which git ignores.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.looking import NARROW, PASSWORD, THEMES, WIDE, enter, faults, open_page
from tests.launcher import ROOT, environment, started

FOLDER = ROOT / "screenshots"
SETTINGS = {"TRACKER_LOCAL": "1", "LOG_LEVEL": "WARNING", "STAFF_PASSWORD": PASSWORD}
NO_BROWSER = """\
There is no Chromium on this machine. Install it (on Debian and Ubuntu: apt install chromium) or name it:
CHROMIUM=/path/to/chromium make screenshots
"""
FILL = """
import json, django
django.setup()
from django.utils import timezone
from tests.browser.screens import screens
from tests.browser.world import make_world
make_world(now=timezone.now())
print(json.dumps({room: [[one.name, one.address, one.user] for one in some] for room, some in screens().items()}))
"""


def say(words: str) -> None:
    """Print a line at once."""
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


def main() -> int:
    """Take the pictures, and with ``--check`` say what is wrong with the pages."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", help="only the screens whose room or name has this in it")
    parser.add_argument("--check", action="store_true", help="say what axe-core finds, and take no pictures")
    wanted = parser.parse_args()
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not chromium:
        sys.stderr.write(NO_BROWSER)
        return 2
    with tempfile.TemporaryDirectory(prefix="tracker-pictures-") as name, sync_playwright() as play:
        folder = Path(name) / "data"
        folder.mkdir()
        with started(folder, **SETTINGS) as running:
            running.wait_until()
            chosen = _fill(folder, wanted.only)
            with play.chromium.launch(executable_path=chromium, args=["--no-sandbox"]) as browser:
                return _look(browser, f"http://127.0.0.1:{running.port}", chosen, check=wanted.check)


def _fill(folder: Path, only: str) -> list[tuple[str, str, str]]:
    """Make the world in the database of the running tracker; the screens by name, address and user."""
    env = environment(folder, **SETTINGS, DJANGO_SETTINGS_MODULE="tracker.settings")
    made = subprocess.run([sys.executable, "-c", FILL], cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    if made.returncode:
        raise RuntimeError(f"The made-up world could not be made:\n{made.stderr[-3000:]}")
    rooms = json.loads(made.stdout.strip().splitlines()[-1])
    return [
        (f"{room}-{name}", address, user)
        for room, some in rooms.items()
        for name, address, user in some
        if only in f"{room}-{name}"
    ]


def _look(browser: Browser, base: str, chosen: list[tuple[str, str, str]], *, check: bool) -> int:
    FOLDER.mkdir(exist_ok=True)
    wrong = 0
    for theme in THEMES:
        pages: dict[str, Page] = {}
        for name, address, user in chosen:
            if user not in pages:
                pages[user] = open_page(browser, base, theme)
                if user:
                    enter(pages[user], user)
            page = pages[user]
            page.goto(address)
            if check:
                found = faults(page)
                wrong += len(found)
                for one in found:
                    say(f"{name}, {theme}: {one}")
                continue
            for size in (WIDE, NARROW):
                page.set_viewport_size(size)
                # As high as the page, or what sticks to the lower edge lies over the midst of it.
                height = page.evaluate("document.documentElement.scrollHeight")
                page.set_viewport_size({**size, "height": max(size["height"], height)})
                page.screenshot(path=FOLDER / f"{name}-{theme}-{size['width']}.png", full_page=True)
    say(f"{wrong} faults" if check else f"{len(chosen)} screens, each in {len(THEMES)} themes and 2 widths: {FOLDER}")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
