"""Opening pages as somebody, and what may be wrong with a page as it is shown. Needs no Django of its own."""

from __future__ import annotations

from typing import Any, Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, ViewportSize

Theme = Literal["light", "dark"]
THEMES: tuple[Theme, ...] = ("light", "dark")
PASSWORD = "a long pass phrase"
WIDE, NARROW = ViewportSize(width=1280, height=900), ViewportSize(width=390, height=844)
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
OUT_OF_SIGHT = """() => {
  const inside = (one) => one.closest(".results, .desk-scrolls, .module, pre, [hidden], .visually-hidden");
  const wide = [...document.querySelectorAll("#content *")].filter(
    (one) => one.getBoundingClientRect().right > document.documentElement.clientWidth + 1 && !inside(one));
  return wide.slice(0, 3).map((one) => one.tagName.toLowerCase() + "." + one.className + "#" + one.id);
}"""


def open_page(browser: Browser, base: str, theme: Theme) -> Page:
    """A page of a browser of its own, in a theme."""
    context = browser.new_context(base_url=base, viewport=WIDE, color_scheme=theme)
    context.set_default_timeout(15_000)
    return context.new_page()


def enter(page: Page, group: str) -> None:
    """Log in as the person of a group."""
    page.goto("/admin/login/")
    page.get_by_label("Username").fill(group)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url("**/admin/")


def faults(page: Page) -> list[str]:
    """What axe-core finds at 1280 pixels, and what has to be scrolled sideways there and at 390."""
    page.set_viewport_size(WIDE)
    found = _by_axe(page)
    for size in (WIDE, NARROW):
        page.set_viewport_size(size)
        beyond = page.evaluate(SIDEWAYS)
        if beyond > 0:
            found.append(f"to be scrolled sideways by {beyond} at {size['width']}: {page.evaluate(OUT_OF_SIGHT)}")
    return found


def _by_axe(page: Page) -> list[str]:
    response: dict[str, Any] = Axe().run(page, options=RULES).response
    return [
        f"{one['id']}: {one['help']} {[node['target'][0] for node in one['nodes'][:3]]} ({len(one['nodes'])})"
        for one in response["violations"]
    ]
